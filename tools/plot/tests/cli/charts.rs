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
        for words in ["air_temperature_small, ", "SOI_Darwin, SOI"] {
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
