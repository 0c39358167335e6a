//! What can't be done is refused, with the status of whose fault it is and a way out.

use testkit::Command;

use super::{S2, STORES, search, write};

/// Fails with `status`, saying all of `words`.
#[track_caller]
fn refused(input: &str, arguments: &[&str], status: i32, words: &[&str]) {
    let said = search(input, arguments);
    let error = said.fails(status);
    assert!(words.iter().all(|word| error.contains(word)), "{words:?}\n{said}");
    assert_eq!(said.stdout, "", "{said}");
}

#[test]
fn wrong_arguments_end_with_2() {
    refused(S2, &["--bbox=1,2,3"], 2, &["1,2,3", "hint: "]);
    refused(S2, &["--datetime", "yesterday"], 2, &["yesterday", "hint: "]);
    refused(S2, &["--query", "eo:cloud_cover"], 2, &["eo:cloud_cover", "hint: "]);
    refused(S2, &["--filter", "eo:cloud_cover <"], 2, &["eo:cloud_cover <"]);
    refused(S2, &["--cover"], 2, &["--bbox or --intersects"]);
    refused(
        S2,
        &["--cover", "--intersects", r#"{"type":"Point","coordinates":[1,43]}"#],
        2,
        &["points and lines have none"],
    );
    refused(S2, &["--asset", "B04"], 2, &["--format urls"]);
    refused(S2, &["--format", "map"], 2, &["standard output", "map.png"]);
    refused(S2, &["--format", "geoparquet"], 2, &["standard output", "items.parquet"]);
    refused(S2, &["-o", "a.svg"], 2, &["--format calendar", "--format map"]);
    refused(S2, &["-o", "a.json", "--footprints", "a.gif"], 2, &["a.gif", ".svg"]);
    refused(S2, &["-o", "a.svg", "--format", "calendar", "--footprints", "a.svg"], 2, &["same name"]);
    refused(S2, &["--group-by", "date", "--format", "geoparquet"], 2, &["csv, tabular or json"]);
    refused(S2, &["--columns", "id,"], 2, &["--columns"]);
    refused(S2, &["--header", "Authorization"], 2, &["NAME=ENVVAR"]);
    refused(S2, &["--header", "Authorization=NO_SUCH_VARIABLE"], 2, &["Authorization is not set"]);
    refused(S2, &["--timeout", "0"], 2, &["--timeout 0"]);
    refused(S2, &["--max-items", "0"], 2, &["--max-items"]);
}

#[test]
fn what_is_not_there_ends_with_1() {
    refused(S2, &["--datetime", "1999"], 1, &["no item matches", "hint: ", "--allow-empty"]);
    refused(
        STORES,
        &["--asset", "nothing", "--format", "urls"],
        1,
        &["none of the 3 items has such an asset", "hint: "],
    );
    let said = testkit::run("stac-search", &["no-such-file.json"]);
    assert!(said.fails(1).contains("no-such-file.json"), "{said}");
}

#[test]
fn a_failed_run_leaves_no_output() {
    for (name, arguments) in [
        ("items.json", &["--datetime", "1999"][..]),
        ("items.parquet", &["--datetime", "1999"]),
        ("urls.txt", &["--asset", "nothing"]),
        ("calendar.svg", &["--format", "calendar", "--datetime", "1999"]),
    ] {
        let written = write(S2, name, arguments);
        written.said.fails(1);
        assert_eq!(std::fs::read_dir(written.folder.path()).unwrap().count(), 0, "{name}");
    }
}

#[test]
fn an_output_is_not_written_over_its_input() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("items.json");
    std::fs::copy(testkit::fixture(STORES), &input).unwrap();
    let said = Command::new("stac-search").folder(folder.path()).arguments(["items.json", "-o", "./items.json"]).run();
    assert!(said.fails(2).contains("is also an input"), "{said}");
}

#[test]
fn values_of_headers_are_never_repeated() {
    let command = Command::new("stac-search").environment("TOKEN_OF_TEST", Some("s3cr3t-value"));
    let said =
        command.arguments(["http://127.0.0.1:9/", "--header", "Authorization=TOKEN_OF_TEST", "--retries", "0"]).run();
    assert!(!said.fails(1).contains("s3cr3t"), "{said}");
    // Whoever writes the value itself does not see it again either.
    let said = search(S2, &["--header", "Authorization=s3cr3t-value"]);
    assert!(!said.fails(2).contains("s3cr3t"), "{said}");
}
