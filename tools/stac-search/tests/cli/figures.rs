//! Calendars and maps.

use super::{DATELINE, S2, search, write};

/// The texts of an SVG.
fn texts(svg: &str) -> Vec<String> {
    let document = roxmltree::Document::parse(svg).unwrap();
    document.descendants().filter_map(|n| n.attribute("aria-label").map(str::to_owned)).collect()
}

#[test]
fn a_calendar_ends_with_the_number_of_dates() {
    let said = search(S2, &["--calendar", "--datetime", "2019-01-01/2019-06-04"]);
    let lines: Vec<&str> = said.ok().lines().collect();
    assert_eq!(lines.last(), Some(&"108 dates"));
    assert!(lines.contains(&" a  sentinel-2a  90 items on 56 dates"), "{said}");
    assert!(lines.contains(&" b  sentinel-2b  83 items on 52 dates"), "{said}");
    assert!(lines.iter().all(|line| line.chars().count() <= 80 && !line.contains('\x1b')), "{said}");
}

#[test]
fn a_calendar_as_a_picture_and_as_a_page() {
    let svg = write(S2, "calendar.svg", &["--calendar"]).text();
    let said = texts(&svg);
    for text in [
        "January 2019",
        "June 2019",
        "108 dates",
        "sentinel-2b: 83 items on 52 dates",
        "2019-01-01 to 2019-06-04, 173 items",
    ] {
        assert!(said.iter().any(|one| one == text), "{text} in {said:?}");
    }
    let html = write(S2, "calendar.html", &["--format", "calendar"]).text();
    assert!(html.contains("<tr><td>2019-01-01</td><td>sentinel-2a</td><td>2</td></tr>"));
    let png = write(S2, "calendar.png", &["--format", "calendar"]).bytes();
    assert!(png.starts_with(b"\x89PNG"));
    // The same bytes each time.
    assert_eq!(png, write(S2, "calendar.png", &["--format", "calendar"]).bytes());
}

#[test]
fn items_calendar_and_map_by_one_search() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (items, calendar, map) = (path("items.ndjson"), path("calendar.html"), path("map.png"));
    let said = search(S2, &["-o", &items, "--calendar", "--calendar-file", &calendar, "--footprints", &map]);
    assert!(said.ok().ends_with("108 dates\n"), "{said}");
    assert_eq!(std::fs::read_to_string(&items).unwrap().lines().count(), 173);
    assert!(std::fs::read_to_string(&calendar).unwrap().contains("108 dates"));
    assert!(std::fs::read(&map).unwrap().starts_with(b"\x89PNG"));
}

#[test]
fn a_map_of_what_lies_at_the_dateline_is_not_as_wide_as_the_earth() {
    let svg = write(DATELINE, "map.svg", &["--format", "map"]).text();
    let said = texts(&svg);
    for text in ["180°", "175°E", "175°W", "radar: 2 items", "sea-level: 3 items", "5 items, 5 footprints"] {
        assert!(said.iter().any(|one| one == text), "{text} in {said:?}");
    }
    assert!(!said.iter().any(|one| one == "0°" || one == "90°E"), "{said:?}");
    let one = texts(&write(DATELINE, "map.svg", &["--format", "map", "--collection", "radar"]).text());
    assert!(one.iter().any(|text| text == "sentinel-1a: 2 items"), "{one:?}");
}
