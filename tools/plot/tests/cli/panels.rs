//! Panels: what is written at which of them.

use super::{AIR, plot, texts};

/// How often a text stands in a figure of AIR.
fn written(arguments: &[&str], label: &str) -> usize {
    texts(&plot(AIR, "a.svg", arguments).text()).iter().filter(|text| *text == label).count()
}

#[test]
fn axes_that_panels_share_have_numbers_at_the_outer_ones() {
    let series = ["--kind", "timeseries", "--facet", "lat", "--isel", "lat=0:5", "--columns", "3", "--size", "900x500"];
    // Two rows of values; three columns of dates, the last of which has an empty place below.
    assert_eq!([written(&series, "250"), written(&series, "2014")], [2, 3]);
    let maps = ["--facet", "time", "--isel", "time=0:5", "--columns", "3", "--size", "900x440"];
    assert_eq!([written(&maps, "60°N"), written(&maps, "90°W")], [2, 3]);
    let whole = [&maps[..], &["--projection", "robinson", "--extent", "global"]].concat();
    assert_eq!(written(&whole, "60°N"), 0);
}

#[test]
fn axes_of_their_own_keep_their_numbers() {
    let bars = ["--kind", "histogram", "--facet", "time", "--isel", "time=0:4", "--columns", "2"];
    assert_eq!([written(&bars, "240"), written(&bars, "Number of values")], [4, 2]);
}

#[test]
fn what_panels_are_of_is_no_axis() {
    // Latitudes along time: the longitude is that of the panel.
    let time = ["--kind", "hovmoller", "--facet", "lon", "--isel", "lon=0:4"];
    assert_eq!([written(&time, "160°W"), written(&time, "40°N"), written(&time, "2014")], [1, 2, 2]);
}
