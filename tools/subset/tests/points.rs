//! `subset --point`, `--points` and tables, through the binary.
//!
//! Cells and distances are those of brute force over all cells in numpy (haversine on a sphere of
//! 6371.0088 km), values those of xarray at these cells: `crates/pangeo/tests/oracles/points.py`.

use std::path::{Path, PathBuf};

use testkit::{Outcome, fixture, run, shared_data};

/// A folder for outputs that goes with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("subset-points-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn holding(&self, name: &str, text: &str) -> String {
        std::fs::write(self.file(name), text).unwrap();
        text_of(&self.file(name))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn text_of(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

fn subset(input: &Path, output: &Path, arguments: &[&str]) -> Outcome {
    let mut all = vec![text_of(input), "-o".to_owned(), text_of(output)];
    all.extend(arguments.iter().map(|&a| a.to_owned()));
    run("subset", &all)
}

/// The rows of a table that a run must have written, without the header, split at the separator.
fn table(input: &Path, output: &Path, arguments: &[&str]) -> (String, Vec<Vec<String>>) {
    subset(input, output, arguments).ok();
    let text = std::fs::read_to_string(output).unwrap();
    let separator = if output.extension().is_some_and(|e| e == "csv") { ',' } else { '\t' };
    let mut lines = text.lines();
    let header = lines.next().unwrap().to_owned();
    (header, lines.map(|l| l.split(separator).map(str::to_owned).collect()).collect())
}

fn close(text: &str, expected: f64) -> bool {
    text.parse::<f64>().is_ok_and(|got| (got - expected).abs() <= 1e-6 * expected.abs().max(1.0))
}

#[test]
fn a_series_at_each_station() {
    let folder = Folder::new("stations");
    let stations = text_of(&fixture("made/stations.csv"));
    let (header, rows) = table(&fixture("air_temperature_small.nc"), &folder.file("t.csv"), &["--points", &stations]);
    assert_eq!(header, "time,point,lat,lon,requested_longitude,requested_latitude,point_name,distance,air");
    assert_eq!(rows.len(), 20 * 3);
    for (row, expected) in [(0, (27.798_770, 275.4)), (1, (72.028_165, 270.1)), (2, (110.953_306, 296.1))] {
        let row: &Vec<String> = &rows[row];
        assert!(close(&row[7], expected.0) && close(&row[8], expected.1), "{row:?}");
    }
    assert_eq!(rows[1][..5], ["2014-02-24T00:00:00", "1", "45", "285", "284.3"]);
    assert_eq!(rows[2][6], "Mexico City");
}

#[test]
fn a_track_takes_each_place_at_its_own_time() {
    let folder = Folder::new("track");
    let track = folder.holding(
        "track.csv",
        "Time;LAT;LON\n2014-02-25T06;39,75;-105\n2014-02-26;45,42;284,3\n2014-02-24 18:00Z;19,43;-99,13\n",
    );
    let (header, rows) = table(&fixture("air_temperature_small.nc"), &folder.file("t.tsv"), &["--points", &track]);
    assert_eq!(header, "point\tlat\tlon\ttime\trequested_longitude\trequested_latitude\tdistance\tair");
    let got: Vec<(&str, &str)> = rows.iter().map(|r| (r[3].as_str(), r[7].as_str())).collect();
    for ((time, air), (at, value)) in got.iter().zip([
        ("2014-02-25T06:00:00", 262.7),
        ("2014-02-26T00:00:00", 259.79),
        ("2014-02-24T18:00:00", 293.79),
    ]) {
        assert!(*time == at && close(air, value), "{time} {air}");
    }
    let late = folder.holding("late.csv", "lon,lat,time\n255,40,2015\n");
    let run = subset(&fixture("air_temperature_small.nc"), &folder.file("late.nc"), &["--points", &late]);
    let error = run.fails(1);
    assert!(error.contains("time 2015 of point 1 (255,40) selects nothing"), "{error}");
    assert!(error.contains("hint: time runs from 2014-02-24T00:00:00 to 2014-02-28T18:00:00 in 20 steps"), "{error}");
}

#[test]
fn wrapped_longitudes_and_no_reference_date() {
    let folder = Folder::new("cams");
    let cams = fixture("made/cams_like.nc");
    let (_, rows) = table(&cams, &folder.file("t.csv"), &["--point", "1.2,41.1", "--point=-0.4,42.3"]);
    assert_eq!(rows.len(), 25 * 2);
    assert!(close(&rows[0][7], 20.122_580_777) && close(&rows[1][7], 46.905_971_018), "{rows:?}");
    assert_eq!([&rows[0][8], &rows[2][8], &rows[1][8], &rows[3][8]], ["6400", "6401", "5300", "5301"]);
    assert_eq!(rows[2][0], "1", "hours without a date stay hours");
    let dated = ["--point", "1.2,41.1", "--reference-time", "2021-12-22", "--time", "2021-12-22T02"];
    let (_, rows) = table(&cams, &folder.file("d.csv"), &dated);
    assert_eq!((rows.len(), rows[0][0].as_str(), rows[0][8].as_str()), (1, "2021-12-22T02:00:00", "6402"));
    // Naples lies 778 km east of this grid; the tools of today would take its last column.
    let run = subset(&cams, &folder.file("far.nc"), &["--point", "14.2681,40.8518"]);
    assert!(run.fails(1).contains("is 778.5 km away, outside the grid; allow it with --max-distance 779"), "{run}");
    assert!(!folder.file("far.nc").exists());
    subset(&cams, &folder.file("far.nc"), &["--point", "14.2681,40.8518", "--max-distance", "779"]).ok();
}

#[test]
fn cells_of_curvilinear_grids_by_great_circle() {
    let folder = Folder::new("curvilinear");
    let points = ["--point=-30,40", "--point=179.9,-10", "--point=0,85", "--point=142.2,11.35"];
    let (header, rows) = table(&fixture("orca2_votemper.nc"), &folder.file("t.csv"), &points);
    let column = |name: &str| header.split(',').position(|n| n == name).unwrap();
    let (distance, value) = (column("distance"), column("votemper"));
    let expected = [
        (41.495_630_993, 15.898_099),
        (74.076_575_130, 28.915_136),
        (25.960_022_078, -1.495_483_6),
        (65.877_692_642, 27.815_693),
    ];
    for (row, (km, degrees)) in rows.iter().zip(expected) {
        assert!(close(&row[distance], km) && close(&row[value], degrees), "{row:?}");
    }
    // Over the pole; the grid's cells are 900 km wide.
    let (header, rows) =
        table(&fixture("made/curvilinear_pole.nc"), &folder.file("p.csv"), &["--point=30,89.5", "--point=-170,87"]);
    let value = header.split(',').position(|n| n == "siconc").unwrap();
    assert_eq!((rows[0][value].as_str(), rows[1][value].as_str()), ("28", "35"));
}

#[test]
fn points_files_that_are_none() {
    let folder = Folder::new("wrong");
    let input = fixture("air_temperature_small.nc");
    for (text, why) in [
        ("255,40\n260,45\n", "has no columns 'lon' and 'lat', its first line is '255, 40'"),
        ("lon,lat\n", "the table has no points"),
        ("", "has no columns"),
        ("lon,lat\n255,40\n260,N45\n", "'N45' in column latitude of line 3 is no number"),
    ] {
        let file = folder.holding("p.csv", text);
        let run = subset(&input, &folder.file("o.csv"), &["--points", &file]);
        assert!(run.fails(1).contains(why), "{text:?}: {run}");
        assert!(!folder.file("o.csv").exists(), "nothing is written");
    }
    let run = subset(&input, &folder.file("o.csv"), &["--point", "40,255"]);
    assert!(run.stderr.contains("latitude 255 is not between -90 and 90 (longitude comes first)"), "{run}");
    assert_eq!(run.status, Some(2));
}

#[test]
fn any_dataset_as_a_table() {
    let folder = Folder::new("table");
    let input = fixture("A1B_north_america.nc");
    let (header, rows) = table(&input, &folder.file("t.tabular"), &["--time", "1860", "--isel", "latitude=0"]);
    assert_eq!(
        header.replace('\t', ","),
        "time,latitude,longitude,forecast_period,forecast_reference_time,height,air_temperature"
    );
    assert_eq!((rows.len(), rows[1][6].as_str()), (49, "296.17642"));
    let run = subset(&input, &folder.file("t.csv"), &["--format", "csv", "--chunk", "time=1"]);
    assert!(run.fails(2).contains("format csv has neither chunks nor"), "{run}");
    let run = subset(&fixture("nemo_201501.nc"), &folder.file("t.parquet"), &["--point=-30,40"]);
    run.ok();
    let bytes = std::fs::read(folder.file("t.parquet")).unwrap();
    assert!(bytes.starts_with(b"PAR1") && bytes.ends_with(b"PAR1"));
}

/// The IBI reanalysis of the Galaxy xarray tutorial, cut down: chlorophyll off Asturias.
#[test]
fn phytoplankton_of_the_galaxy_tutorial() {
    let Some(data) = shared_data("") else { return };
    let input = data.join("galaxy/tools-ecology/data_manipulation/xarray/test-data/all.netcdf");
    let folder = Folder::new("ibi");
    let (header, rows) = table(&input, &folder.file("t.csv"), &["-v", "phy", "--point=-5.6,43.76"]);
    let value = header.split(',').position(|n| n == "phy").unwrap();
    let got: Vec<(&str, &str)> = rows.iter().map(|r| (r[0].as_str(), r[value].as_str())).collect();
    // -29944 and -29864 times 0.01f plus 300f, worked out in double precision and rounded once. xarray, in
    // single precision, loses the last digits against the offset: 0.55999756 and 1.3600159.
    assert_eq!(got, [("2003-10-15T00:00:00", "0.5600067"), ("2003-11-15T00:00:00", "1.3600067")]);
    // xarray's nearest snaps a place west of the grid to its edge without a word.
    let run = subset(&input, &folder.file("o.csv"), &["-v", "phy", "--point=-7,43.75"]);
    assert!(run.fails(1).contains("outside the grid; allow it with --max-distance 108"), "{run}");
}
