//! Charts: the right numbers along the right axes.

use serde_json::json;
use testkit::Store;

use super::{AIR, plot, plot_all, texts};

#[test]
fn each_kind_is_drawn_with_its_axes() {
    for (kind, input, words) in [
        ("timeseries", AIR, &["24 Feb", "2014"][..]),
        ("hovmoller", AIR, &["24 Feb", "100°W"]),
        ("histogram", AIR, &["Number of values"]),
        ("stripes", AIR, &["24 Feb"]),
        ("section", "pressure.zarr", &["Air pressure (Pa)", "5°N"]),
        ("profile", "pressure.zarr", &["Air pressure (Pa)", "50000"]),
    ] {
        let figure = plot(input, "a.svg", &["--kind", kind]);
        let found = texts(&figure.text());
        for word in words {
            assert!(found.iter().any(|t| t == word), "{kind}: no '{word}' in {found:?}");
        }
    }
}

#[test]
fn pressure_decreases_upwards() {
    let svg = plot("pressure.zarr", "a.svg", &["--kind", "profile"]).text();
    let document = roxmltree::Document::parse(&svg).unwrap();
    let place = |label: &str| -> f64 {
        let group = document.descendants().find(|n| n.attribute("aria-label") == Some(label)).unwrap();
        let placed = group.descendants().find_map(|n| n.attribute("transform").or(n.attribute("y"))).unwrap();
        // The last number of a matrix or translation is y.
        let numbers = placed.split(|c: char| !(c.is_ascii_digit() || c == '.' || c == '-'));
        numbers.filter_map(|n| n.parse().ok()).next_back().unwrap()
    };
    assert!(place("100000") > place("50000"), "{} {}", place("100000"), place("50000"));
}

#[test]
fn what_is_drawn_is_chosen_by_the_dimensions() {
    for (input, said) in [("SOI_Darwin.nc", "a chart"), ("etopo60.cdf", "a map")] {
        let figure = plot(input, "a.png", &[]);
        assert!(figure.said.stderr.contains(said), "{}", figure.said);
    }
    let figure = plot(AIR, "a.png", &[]);
    assert!(figure.said.stderr.contains("note: time has 20 steps, drawn is the first"), "{}", figure.said);
}

#[test]
fn series_with_gaps_single_values_and_nothing_are_drawn() {
    let folder = tempfile::tempdir().unwrap();
    let time: Vec<f64> = (0..6).map(f64::from).collect();
    let units = json!({"units": "days since 2001-01-01", "standard_name": "time"});
    for (name, values) in [
        ("gaps", [1.0, f64::NAN, 3.0, f64::NAN, f64::NAN, 2.0]),
        ("constant", [5.0; 6]),
        ("missing", [f64::NAN; 6]),
        ("huge", [1e30, -1e30, 0.0, 1.0, 2.0, 3.0]),
    ] {
        let store = Store::new(folder.path(), &format!("{name}.zarr"), json!({}))
            .array("time", &["time"], &[6], &time, units.clone())
            .array("v", &["time"], &[6], &values, json!({"units": "K"}));
        for kind in ["timeseries", "histogram", "stripes"] {
            let figure = plot(store.path(), "a.png", &["--kind", kind]);
            figure.said.ok();
            assert_eq!(name == "missing", figure.said.stderr.contains("every value is missing"), "{}", figure.said);
        }
    }
}

#[test]
fn files_that_do_not_join_are_lines_in_one_chart() {
    let both = [AIR, "SOI_Darwin.nc"];
    for (inputs, arguments) in [
        (both, &[][..]),
        // Each is averaged over its own axes, whichever comes first, and shows those variables that it has.
        ([both[1], both[0]], &[]),
        (both, &["-v", "SOI_Darwin,air"]),
    ] {
        let figure = plot_all(&inputs, "a.svg", &[&["--kind", "timeseries"], arguments].concat());
        let found = texts(&figure.text());
        for words in ["4xDaily Air temperature at sigma level 995 (K)", "SOI Darwin"] {
            assert!(found.iter().any(|t| t.starts_with(words)), "no '{words}' in {found:?}");
        }
        assert!(figure.said.stderr.contains("side by side"), "{}", figure.said);
    }
    let figure = plot_all(&both, "a.svg", &["--kind", "timeseries", "-v", "air"]);
    assert!(!texts(&figure.text()).iter().any(|t| t.contains("SOI")), "{}", figure.said);
    let figure = plot_all(&both, "a.svg", &["--kind", "timeseries", "-v", "nothing"]);
    assert!(figure.said.fails(1).contains("'nothing' not found"), "{}", figure.said);
    // Files that join are one line, which needs no legend.
    let figure = plot_all(&["nemo_201501.nc", "nemo_201502.nc"], "a.svg", &["--kind", "timeseries", "-v", "votemper"]);
    assert!(!figure.said.stderr.contains("side by side"), "{}", figure.said);
}

/// The points of the lines of the series in an SVG, by their colours.
fn curves(svg: &str) -> Vec<(String, Vec<(f64, f64)>)> {
    let document = roxmltree::Document::parse(svg).unwrap();
    let colours: Vec<String> =
        (0..6).map(figure::colour::cycle).map(|c| format!("#{:02x}{:02x}{:02x}", c.r, c.g, c.b)).collect();
    let mut found = Vec::new();
    for node in document.descendants().filter(|n| n.has_tag_name("path")) {
        let Some(colour) = node.attribute("stroke").filter(|c| colours.iter().any(|known| known == c)) else {
            continue;
        };
        let spaced = node.attribute("d").unwrap().replace(['m', 'l', 'M', 'L', ','], " ").replace('-', " -");
        let numbers: Vec<f64> = spaced.split_whitespace().map(|n| n.parse().unwrap()).collect();
        let mut at = (0.0, 0.0);
        let points = numbers.chunks(2).map(|step| {
            at = (at.0 + step[0], at.1 + step[1]);
            at
        });
        found.push((colour.to_owned(), points.collect()));
    }
    found
}

fn series(folder: &std::path::Path, name: &str, time: &[f64], calendar: &str, values: &[f64]) -> std::path::PathBuf {
    let units = json!({"units": "days since 2000-01-01", "standard_name": "time", "calendar": calendar,
        "_FillValue": "NaN"});
    Store::new(folder, name, json!({}))
        .array("time", &["time"], &[time.len()], time, units)
        .array("v", &["time"], &[values.len()], values, json!({"units": "K"}))
        .path()
}

#[test]
fn years_of_calendars_lie_upon_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let time = |length: f64| -> Vec<f64> { (0..13).map(|i| f64::from(i) / 12.0 * length).collect() };
    let values: Vec<f64> = (0..13).map(f64::from).collect();
    let short = series(folder.path(), "short.zarr", &time(360.0), "360_day", &values);
    let long = series(folder.path(), "long.zarr", &time(365.0), "noleap", &values);
    for inputs in [[&short, &long], [&long, &short]] {
        let svg = plot_all(&inputs, "a.svg", &["--kind", "timeseries"]).text();
        let words = texts(&svg);
        assert!(["short", "long"].iter().all(|name| words.iter().any(|t| t == name)), "{words:?}");
        let found = curves(&svg);
        let [(_, one), (_, two), ..] = found.as_slice() else { panic!("{found:?}") };
        assert!(one.len() == 13 && one.iter().zip(two).all(|(a, b)| (a.0 - b.0).abs() < 0.2), "{one:?} {two:?}");
    }
}

#[test]
fn steps_without_a_time_are_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let time = [100.0, 101.0, f64::NAN, 103.0, 104.0];
    let input = series(folder.path(), "a.zarr", &time, "standard", &[1.0, 2.0, 9.0, 2.0, 1.0]);
    let found = curves(&plot(&input, "a.svg", &["--kind", "timeseries"]).text());
    let steps: Vec<f64> = found[0].1.windows(2).map(|p| p[1].0 - p[0].0).collect();
    assert!(found.len() == 1 && steps.len() == 3 && (steps[1] / steps[0] - 2.0).abs() < 0.01, "{found:?}");
    plot(&input, "a.png", &["--kind", "stripes"]).said.ok();
}

#[test]
fn values_beyond_the_range_are_not_drawn() {
    let folder = tempfile::tempdir().unwrap();
    let input = series(folder.path(), "a.zarr", &[0.0, 1.0, 2.0, 3.0], "standard", &[1.0, 5.0, 5.0, 1.0]);
    let found = curves(&plot(&input, "a.svg", &["--kind", "timeseries", "--range", "0,3"]).text());
    // Up to half-way, and down again.
    assert!(found.len() == 2 && found.iter().all(|(_, points)| points.len() == 2), "{found:?}");
    let words = texts(&plot(&input, "a.svg", &["--kind", "timeseries", "--log", "--range", "0.5,20"]).text());
    assert!(["0.5", "1", "10", "20"].iter().all(|w| words.iter().any(|t| t == w)), "{words:?}");
}

#[test]
fn gaps_of_time_are_blank() {
    let folder = tempfile::tempdir().unwrap();
    let input = series(folder.path(), "a.zarr", &[0.0, 1.0, 2.0, 7.0, 8.0], "standard", &[1.0, 2.0, 3.0, 4.0, 5.0]);
    let pixels = plot(&input, "a.png", &["--kind", "stripes"]).pixels();
    // Nine days, of which 2.5 to 6.5 have no step.
    let row: Vec<bool> = (0..905).map(|x| pixels.at(f64::from(x), 150.0) == [255; 3]).collect();
    let longest = row.split(|white| !white).map(<[bool]>::len).max().unwrap();
    let shown = row.iter().filter(|white| !**white).count();
    assert!((longest as f64 / shown as f64 - 4.0 / 5.0).abs() < 0.04, "{longest} of {shown}");
}

#[test]
fn logarithmic_sections_reach_up_to_half_of_their_highest_level() {
    let folder = tempfile::tempdir().unwrap();
    let lat: Vec<f64> = (0..5).map(|j| f64::from(j) * 10.0).collect();
    let lev = [1000.0, 500.0, 100.0, 10.0];
    let pressure = json!({"units": "hPa", "standard_name": "air_pressure"});
    let input = Store::new(folder.path(), "a.zarr", json!({}))
        .array("lat", &["lat"], &[5], &lat, json!({"units": "degrees_north", "standard_name": "latitude"}))
        .array("lev", &["lev"], &[4], &lev, pressure)
        .array("v", &["lev", "lat"], &[4, 5], &(0..20).map(f64::from).collect::<Vec<_>>(), json!({"units": "K"}))
        .path();
    // Half-way between the two highest levels and as far beyond is below nothing.
    let words = texts(&plot(&input, "a.svg", &["--kind", "section", "--log"]).text());
    assert!(["10", "100", "1000"].iter().all(|w| words.iter().any(|t| t == w)), "{words:?}");
}

/// Two variables of other units, hours of a day, and whole numbers with a flag.
fn several(folder: &std::path::Path) -> std::path::PathBuf {
    let time: Vec<f64> = (0..8).map(f64::from).collect();
    let flags = json!({"flag_values": [0, 1, 2], "flag_meanings": "clear cloud_free dusty", "long_name": "mask"});
    Store::new(folder, "several.zarr", json!({}))
        .array("time", &["time"], &[8], &time, json!({"units": "hours since 2001-01-01", "standard_name": "time"}))
        .array("t", &["time"], &[8], &time, json!({"units": "K", "long_name": "Temperature"}))
        .array("d", &["time"], &[8], &time, json!({"units": "K", "long_name": "Dew point"}))
        .array("p", &["time"], &[8], &time, json!({"units": "hPa", "long_name": "Pressure"}))
        .array("mask", &["time"], &[8], &[0i8, 0, 0, 1, 1, 2, 2, 2], flags)
        .array("n", &["time"], &[8], &[0i16, 1, 1, 2, 5, 5, 9, 30], json!({"units": "1", "scale_factor": 0.5}))
        .path()
}

#[test]
fn variables_of_other_units_have_charts_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let input = several(folder.path());
    let figure = plot(&input, "a.svg", &["--kind", "timeseries", "-v", "t,d,p"]);
    let words = texts(&figure.text());
    let count = |word: &str| words.iter().filter(|t| *t == word).count();
    // Temperatures share a chart with a legend; the axis of time stands below the lower one alone.
    let expected = ["Dew point, Temperature, Pressure", "Pressure (hPa)", "Temperature (K)", "K", "2001-01-01"];
    assert_eq!(expected.map(count), [1; 5], "{words:?}");
    assert!(figure.said.stderr.contains("charts"), "{}", figure.said);
    let words = texts(&plot(&input, "a.svg", &["--kind", "histogram", "-v", "t,p"]).text());
    assert_eq!(words.iter().filter(|t| *t == "Number of values").count(), 2, "{words:?}");
}

#[test]
fn bars_of_whole_numbers_hold_as_many_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let input = several(folder.path());
    let words = texts(&plot(&input, "a.svg", &["--kind", "histogram", "-v", "mask"]).text());
    assert!(["clear", "cloud free", "dusty"].iter().all(|w| words.iter().any(|t| t == w)), "{words:?}");
    plot(&input, "a.svg", &["--kind", "histogram", "-v", "n"]).said.ok();
}

#[test]
fn pages_say_mean_and_missing_values_in_few_figures() {
    let folder = tempfile::tempdir().unwrap();
    let values = [0.1 + 0.2, f64::NAN, 1.0 / 3.0, 2.0];
    let input = series(folder.path(), "a.zarr", &[0.0, 1.0, 2.0, 3.0], "standard", &values);
    let page = plot(&input, "a.html", &[]).text();
    assert!(page.contains("values from 0.3 to 2 K, mean 0.877778; 1 of 4 missing"), "{page}");
}

#[test]
fn notes_have_no_marks_and_times_no_noise() {
    let folder = tempfile::tempdir().unwrap();
    let (lat, lon, third) = ([10.0, 20.0], [5.0, 8.0, 12.0], [1.0 / 3.0, 2.0 / 3.0]);
    let input = Store::new(folder.path(), "a.zarr", json!({}))
        .array("time", &["time"], &[2], &third, json!({"units": "hours since 2001-01-01", "standard_name": "time"}))
        .array("w", &["w"], &[2], &[1.0, 2.0], json!({"units": "m s-1"}))
        .array("lat", &["lat"], &[2], &lat, json!({"units": "degrees_north", "standard_name": "latitude"}))
        .array("lon", &["lon"], &[3], &lon, json!({"units": "degrees_east", "standard_name": "longitude"}))
        .array("v", &["time", "w", "lat", "lon"], &[2, 2, 2, 3], &[1.0; 24], json!({"units": "K"}))
        .path();
    let said = plot(&input, "a.png", &[]).said.stderr;
    assert!(said.contains("(1 m s⁻¹)") && said.contains("(2001-01-01 00:20)"), "{said}");
}
