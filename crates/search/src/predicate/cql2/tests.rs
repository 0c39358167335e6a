use serde_json::json;

use super::*;

fn truth(filter: &str, item: &serde_json::Value) -> Option<bool> {
    let expression = crate::parse::filter(filter).unwrap_or_else(|error| panic!("{filter}: {error}"));
    Filter::of(&expression).unwrap().0.truth(item.as_object().unwrap()).unwrap()
}

fn item() -> serde_json::Value {
    json!({
        "type": "Feature", "id": "LC08_1", "collection": "landsat", "bbox": [0, 0, 10, 10],
        "geometry": {"type": "Polygon", "coordinates": [[[0, 0], [10, 0], [10, 10], [0, 10], [0, 0]]]},
        "properties": {
            "datetime": "2020-06-01T10:00:00Z", "eo:cloud_cover": 10.5, "platform": "Landsat-8", "gsd": 30, "title": "Café",
            "instruments": ["oli", "tirs"], "flag": true, "none": null, "big": 9_007_199_254_740_993_u64,
            "updated": "2020-06-02T00:00:00.5Z", "day": "2020-06-01", "row": "033",
            "footprint": {"type": "Point", "coordinates": [5, 5]}
        }
    })
}

#[test]
fn filters_are_decided() {
    const T: Option<bool> = Some(true);
    const F: Option<bool> = Some(false);
    let cases = [
        ("eo:cloud_cover < 11", T),
        ("\"eo:cloud_cover\" >= 10.5", T),
        ("properties.eo:cloud_cover <> 10.5", F),
        ("eo:cloud_cover = 10.5 AND gsd = 30", T),
        ("absent < 1", None),
        ("absent <> 1", None),
        ("NOT absent = 1", None),
        ("absent = 1 OR gsd = 30", T),
        ("absent = 1 AND gsd = 31", F),
        ("absent = 1 AND gsd = 30", None),
        ("none IS NULL", T),
        ("absent IS NULL", T),
        ("gsd IS NOT NULL", T),
        ("geometry IS NULL", F),
        ("flag", T),
        ("NOT flag", F),
        ("flag = true", T),
        ("gsd = '30'", F),
        ("row = '033'", T),
        ("big = 9007199254740992", F),
        ("id = 'LC08_1' AND collection = 'landsat'", T),
        ("id LIKE 'LC0%'", T),
        ("platform LIKE 'landsat%'", F),
        ("CASEI(platform) LIKE CASEI('LANDSAT-_')", T),
        ("CASEI(platform) = casei('LANDSAT-8')", T),
        ("CASEI(platform) IN (CASEI('LANDSAT-8'), casei('x'))", T),
        ("ACCENTI(title) = 'Cafe'", T),
        ("CASEI(ACCENTI(title)) = 'cafe'", T),
        ("gsd LIKE '3%'", None),
        ("platform NOT LIKE 'x%'", T),
        ("gsd IN (10, 20, 30)", T),
        ("gsd NOT IN (10, 20)", T),
        ("platform IN ('a')", F),
        ("absent IN ('a')", None),
        ("gsd BETWEEN 30 AND 40", T),
        ("gsd NOT BETWEEN 10 AND 20", T),
        ("eo:cloud_cover BETWEEN 11 AND 12", F),
        ("platform BETWEEN 'A' AND 'M'", T),
        ("gsd + 2 * 3 = 36", T),
        ("(gsd + 2) * 3 = 96", T),
        ("10 - 3 - 2 = 5", T),
        ("gsd / 0 > 1", None),
        ("gsd div 4 = 7", T),
        ("gsd % 7 = 2", T),
        ("2 ^ 3 = 8", T),
        ("-gsd = -30", T),
        ("platform + 1 = 2", None),
        ("a_contains(instruments, ('oli'))", T),
        ("A_CONTAINS(instruments, ('oli', 'x'))", F),
        ("A_EQUALS(instruments, ('tirs', 'oli'))", T),
        ("A_CONTAINEDBY(instruments, ('tirs', 'oli', 'x'))", T),
        ("A_OVERLAPS(instruments, ('x', 'oli'))", T),
        ("A_OVERLAPS(platform, ('x'))", None),
    ];
    for (filter, expected) in cases {
        assert_eq!(truth(filter, &item()), expected, "{filter}");
    }
}

#[test]
fn times_are_decided() {
    const T: Option<bool> = Some(true);
    const F: Option<bool> = Some(false);
    let cases = [
        ("datetime = TIMESTAMP('2020-06-01T12:00:00+02:00')", T),
        ("datetime > TIMESTAMP('2020-06-01T10:00:00.001Z')", F),
        ("datetime > '2020-06-01T09:59:59Z'", T),
        ("datetime = DATE('2020-06-01')", T),
        ("datetime <= DATE('2020-05-31')", F),
        ("datetime < DATE('2020-06-02')", T),
        ("day = DATE('2020-06-01')", T),
        ("updated > datetime", T),
        ("T_AFTER(datetime, DATE('2020-05-31'))", T),
        ("T_BEFORE(datetime, TIMESTAMP('2020-06-01T10:00:00Z'))", F),
        ("T_INTERSECTS(datetime, INTERVAL('2020-06-01', '..'))", T),
        ("T_INTERSECTS(datetime, INTERVAL('..', '2020-06-01'))", F),
        ("T_DURING(datetime, INTERVAL('2020-06-01T00:00:00Z', '2020-06-02T00:00:00Z'))", T),
        ("T_DURING(INTERVAL(datetime, updated), INTERVAL('2020-01-01', '2021-01-01'))", T),
        ("T_CONTAINS(INTERVAL(datetime, updated), TIMESTAMP('2020-06-01T12:00:00Z'))", T),
        ("T_CONTAINS(INTERVAL(datetime, absent), TIMESTAMP('2020-06-01T12:00:00Z'))", None),
        ("T_DISJOINT(datetime, day)", F),
        ("T_EQUALS(datetime, TIMESTAMP('2020-06-01T10:00:00Z'))", T),
        ("T_MEETS(INTERVAL('2020-01-01', '2020-06-01'), INTERVAL('2020-06-01', '2020-07-01'))", T),
        ("T_STARTS(INTERVAL('2020-01-01', '2020-06-01'), INTERVAL('2020-01-01', '2020-07-01'))", T),
        ("T_OVERLAPS(INTERVAL('2020-01-01', '2020-06-01'), INTERVAL('2020-05-01', '2020-07-01'))", T),
        ("T_FINISHES(INTERVAL('2020-02-01', '2020-07-01'), INTERVAL('2020-01-01', '2020-07-01'))", T),
    ];
    for (filter, expected) in cases {
        assert_eq!(truth(filter, &item()), expected, "{filter}");
    }
    let range = json!({"id": "a", "properties": {
        "datetime": null, "start_datetime": "2020-01-01T00:00:00Z", "end_datetime": "2020-01-31T00:00:00Z"
    }});
    let cases = [
        ("datetime IS NULL", T),
        ("datetime < '2020-01-02T00:00:00Z'", T),
        ("T_INTERSECTS(datetime, TIMESTAMP('2020-01-15T00:00:00Z'))", T),
        ("T_AFTER(datetime, TIMESTAMP('2020-01-15T00:00:00Z'))", F),
    ];
    for (filter, expected) in cases {
        assert_eq!(truth(filter, &range), expected, "{filter}");
    }
}

#[test]
fn places_are_decided() {
    const T: Option<bool> = Some(true);
    const F: Option<bool> = Some(false);
    let cases = [
        ("S_INTERSECTS(geometry, POINT(5 5))", T),
        ("S_INTERSECTS(geometry, POINT(365 5))", T),
        ("S_INTERSECTS(POINT(15 5), geometry)", F),
        ("S_INTERSECTS(geometry, BBOX(9, 9, 20, 20))", T),
        ("S_INTERSECTS(geometry, BBOX(170, -10, -170, 10))", F),
        ("S_INTERSECTS(geometry, BBOX(170, -10, 1, 10))", T),
        ("S_DISJOINT(geometry, POINT(15 5))", T),
        ("S_WITHIN(geometry, POLYGON((-1 -1, 11 -1, 11 11, -1 11, -1 -1)))", T),
        ("S_CONTAINS(geometry, footprint)", T),
        ("S_TOUCHES(geometry, POINT(10 5))", T),
        ("S_CROSSES(LINESTRING(5 5, 15 5), geometry)", T),
        ("S_OVERLAPS(geometry, POLYGON((5 5, 15 5, 15 15, 5 15, 5 5)))", T),
        ("S_EQUALS(geometry, POLYGON((10 0, 10 10, 0 10, 0 0, 10 0)))", T),
        ("S_INTERSECTS(absent, POINT(5 5))", None),
        ("S_INTERSECTS(platform, POINT(5 5))", None),
    ];
    for (filter, expected) in cases {
        assert_eq!(truth(filter, &item()), expected, "{filter}");
    }
    let json =
        r#"{"op": "s_intersects", "args": [{"property": "geometry"}, {"type": "Point", "coordinates": [5, 5]}]}"#;
    assert_eq!(truth(json, &item()), T);
    let nowhere = json!({"id": "a", "geometry": null, "properties": {}});
    assert_eq!(truth("S_DISJOINT(geometry, POINT(15 5))", &nowhere), None);
}

#[test]
fn what_cannot_be_asked_is_refused() {
    let cases = [
        ("nearby(geometry, 'x')", "function 'nearby' of the filter is not known here"),
        ("1 = 1 AND my(nearby(2))", "function 'nearby' of the filter is not known here"),
    ];
    for (filter, expected) in cases {
        let expression = crate::parse::filter(filter).unwrap();
        assert_eq!(Filter::of(&expression).unwrap_err().to_string(), expected);
    }
}
