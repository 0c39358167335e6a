//! Items as collections, lines, tables and addresses.

use serde_json::{Value, json};
use testkit::{Table, case, fixture};

use super::{DATELINE, S2, STORES, items, search, write};

#[test]
fn tables_lists_and_calendars_are_as_expected() {
    let read = |path: &std::path::Path| std::fs::read_to_string(path).unwrap();
    Table::new("stac-search", &[S2], read).check(&[
        case("a calendar of 108 dates", &["--format", "calendar"], "stac-search/calendar.txt"),
        case("items by month", &["--group-by", "month"], "stac-search/months.tabular"),
        case(
            "the clearest scenes of a tile as CSV",
            &["--query", "s2:mgrs_tile=31TCJ", "--sortby", "eo:cloud_cover,id", "--max-items", "5", "--format", "csv"],
            "stac-search/clearest.csv",
        ),
        case(
            "columns that are chosen",
            &[
                "--datetime",
                "2019-01-01/2019-01-06",
                "--format",
                "tabular",
                "--columns",
                "id,date,west,assets.B04.href,nothing",
            ],
            "stac-search/columns.tabular",
        ),
        case(
            "what is where at what time",
            &["--bbox=3,43,3,44", "--datetime", "2019-05-30/..", "--format", "tabular"],
            "stac-search/edge.tabular",
        ),
    ]);
    Table::new("stac-search", &[STORES], read).check(&[case(
        "texts with quotes and line ends",
        &["--format", "csv", "--columns", "id,note,level,origin"],
        "stac-search/quotes.csv",
    )]);
}

#[test]
fn a_collection_says_what_was_searched() {
    let written =
        write(S2, "items.json", &["-c", "sentinel-2-l2a", "--datetime", "2019-01", "--query", "eo:cloud_cover<20"]);
    let whole: Value = serde_json::from_str(&written.text()).unwrap();
    assert_eq!(whole["type"], "FeatureCollection");
    assert_eq!(whole["search"]["query"], json!(["eo:cloud_cover<20"]));
    assert_eq!(whole["search"]["datetime"], "2019-01");
    let features = whole["features"].as_array().unwrap();
    assert_eq!(whole["numberReturned"], features.len());
    assert!(!features.is_empty() && features.iter().all(|f| f["properties"]["eo:cloud_cover"].as_u64().unwrap() < 20));
    // Items stay as they were.
    let all: Value = serde_json::from_slice(&std::fs::read(fixture(S2)).unwrap()).unwrap();
    assert!(features.iter().all(|f| all["features"].as_array().unwrap().contains(f)));
    // The same to standard output, and as lines.
    let printed = search(S2, &["-c", "sentinel-2-l2a", "--datetime", "2019-01", "--query", "eo:cloud_cover<20"]).json();
    assert_eq!(printed, whole);
    assert_eq!(&items(S2, &["--datetime", "2019-01", "--query", "eo:cloud_cover<20"]), features);
}

#[test]
fn an_items_file_can_be_searched_again() {
    let first = write(S2, "one.json", &["--datetime", "2019-02"]);
    let output = first.path().display().to_string();
    let again = testkit::run("stac-search", &[output.as_str(), "--query", "platform=sentinel-2b", "--matched"]);
    let direct = search(S2, &["--datetime", "2019-02", "--query", "platform=sentinel-2b", "--matched"]);
    assert_eq!(again.ok(), direct.ok());
}

#[test]
fn addresses_of_assets() {
    let lines = |input: &str, arguments: &[&str]| {
        let said = search(input, &[&["--format", "urls"], arguments].concat());
        said.ok().lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let beside = fixture("air_temperature_small.nc").display().to_string();
    assert_eq!(
        lines(STORES, &[]),
        ["s3://bucket/one.zarr", &beside, "/data/three.nc", "https://data.example.org/three.txt"]
    );
    assert_eq!(lines(STORES, &["--asset-type", "netcdf"]), [&beside, "/data/three.nc"]);
    assert_eq!(lines(STORES, &["--asset-type", "zarr"]), ["s3://bucket/one.zarr"]);
    assert_eq!(lines(STORES, &["--asset-role", "overview"]), ["https://data.example.org/one.png"]);
    let bands = lines(S2, &["--id", "S2A_31TCJ_20190101_R051_N0211", "--asset", "B0*"]);
    let folder = "https://catalog.example.org/sentinel-2-l2a/S2A_31TCJ_20190101_R051_N0211";
    assert_eq!(bands, [format!("{folder}/B04.tif"), format!("{folder}/B08.tif")]);
    // The list feeds the other tools.
    let list = write(STORES, "files.txt", &["--asset-type", "netcdf", "--id", "two"]);
    testkit::run("inspect", &[&format!("@{}", list.path().display())]).ok();
}

#[test]
fn counts_and_order() {
    assert_eq!(search(S2, &["--matched"]).ok(), "173\n");
    assert_eq!(search(S2, &["--matched", "--max-items", "5"]).ok(), "173\n");
    assert_eq!(search(S2, &["--datetime", "1999", "--matched"]).ok(), "0\n");
    assert_eq!(super::ids(DATELINE, &["--sortby", "-id", "--max-items", "2"]), ["whole", "west"]);
    assert_eq!(super::ids(DATELINE, &["--bbox=179.5,-30,-179.5,0"]), ["cut", "whole"]);
    let kept = items(DATELINE, &["--id", "gauge", "--fields", "id,-links,-assets,-geometry"]);
    assert!(kept[0].get("links").is_none() && kept[0].get("geometry").is_none(), "{}", kept[0]);
}

#[test]
fn nothing_is_said_of_success_when_quiet() {
    let said = search(S2, &["--quiet", "--max-items", "1", "--format", "ndjson"]);
    assert_eq!((said.ok().lines().count(), said.stderr.as_str()), (1, ""));
    let said = search(S2, &["--max-items", "1", "--format", "ndjson"]);
    assert!(said.stderr.starts_with("1 item"), "{said}");
}

#[test]
fn an_empty_result_is_empty_only_if_wanted() {
    let empty = search(S2, &["--datetime", "1999", "--allow-empty"]).json();
    assert_eq!((&empty["features"], &empty["numberReturned"]), (&json!([]), &json!(0)));
    for (format, expected) in
        [("csv", "id,date\n"), ("tabular", "#id\tdate\n"), ("ndjson", ""), ("calendar", "0 dates\n")]
    {
        let said = search(S2, &["--datetime", "1999", "--allow-empty", "--format", format, "--columns", "id,date"]);
        assert_eq!(said.ok(), expected, "{format}");
    }
}

#[test]
fn problems_of_items_are_listed() {
    let said = search("stac/invalid.json", &["--validate"]);
    let error = said.fails(1).to_owned();
    assert!(error.contains("2 items of 4 break the rules of STAC"), "{said}");
    let rows: Vec<Vec<&str>> = said.stdout.lines().skip(1).map(|row| row.split('\t').collect()).collect();
    assert!(rows.iter().any(|row| row[0] == "late" && row[1] == "/properties/datetime"), "{said}");
    assert!(rows.iter().any(|row| row[0] == "bare" && row[1] == "/assets/data" && row[2].contains("href")), "{said}");
    assert!(rows.iter().all(|row| row.len() == 3 && row[0] != "good" && row[0] != "old"), "{said}");
    let right = search("stac/invalid.json", &["--validate", "--id", "good,old"]);
    assert_eq!(right.ok(), "#item\tpath\tproblem\n");
    assert!(right.stderr.contains("2 items, all valid"), "{right}");
    search(S2, &["--validate", "--max-items", "3"]).ok();
}
