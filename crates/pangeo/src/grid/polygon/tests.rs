//! Polygons as users draw them, real regions against shapely, and files that are broken.

use std::io::{Cursor, Write};
use std::time::Instant;

use super::{Extent, Feature, FeaturePick, Polygon, Properties, parse, pick};

/// A polygon of one ring.
fn ring(points: &[(f64, f64)]) -> Polygon {
    Polygon::new(vec![points.to_vec()]).unwrap()
}

/// The ring around a box.
fn outline(west: f64, south: f64, east: f64, north: f64) -> Vec<(f64, f64)> {
    vec![(west, south), (east, south), (east, north), (west, north), (west, south)]
}

fn rectangle(west: f64, south: f64, east: f64, north: f64) -> Polygon {
    Polygon::new(vec![outline(west, south, east, north)]).unwrap()
}

fn read(text: &str) -> crate::Result<Vec<Feature>> {
    parse(text.as_bytes(), "area.geojson")
}

#[test]
fn a_box_of_whole_cells_has_them_once() {
    let (west, east) = (rectangle(0.0, 0.0, 10.0, 10.0), rectangle(10.0, 0.0, 20.0, 10.0));
    let count = |polygon: &Polygon| (0..=20).filter(|x| polygon.contains(f64::from(*x), 5.0)).count();
    assert_eq!((count(&west), count(&east)), (10, 10), "the common border belongs to the eastern box");
    assert!(west.contains(0.0, 0.0) && !west.contains(5.0, 10.0) && !west.contains(f64::NAN, 5.0));
    assert!(!west.contains(5.0, f64::NAN) && !west.contains(9.97e36, 5.0));
}

#[test]
fn longitudes_compare_modulo_360() {
    for polygon in [rectangle(170.0, -20.0, 190.0, 0.0), rectangle(-190.0, -20.0, -170.0, 0.0)] {
        for (x, inside) in [(175.0, true), (-175.0, true), (185.0, true), (180.0, true), (-180.0, true), (0.0, false)] {
            assert_eq!(polygon.contains(x, -10.0), inside, "{x}");
        }
    }
    let europe = rectangle(-10.0, 35.0, 30.0, 70.0);
    assert!(europe.contains(355.0, 50.0) && europe.contains(-5.0, 50.0) && europe.contains(10.0, 50.0));
}

#[test]
fn the_whole_globe_holds_every_point_and_both_poles() {
    for (west, east) in [(-180.0, 180.0), (0.0, 360.0)] {
        let globe = rectangle(west, -90.0, east, 90.0);
        for x in [-180.0, -0.0, 0.0, 179.5, 180.0, 359.999, 360.0] {
            for y in [-90.0, 0.0, 90.0] {
                assert!(globe.contains(x, y), "{x} {y}");
            }
        }
    }
}

#[test]
fn holes_and_islands_in_them() {
    let rings = vec![outline(0.0, 0.0, 10.0, 10.0), outline(2.0, 2.0, 8.0, 8.0), outline(4.0, 4.0, 6.0, 6.0)];
    let lake = Polygon::new(rings).unwrap();
    assert!(lake.contains(1.0, 5.0) && !lake.contains(3.0, 5.0) && lake.contains(5.0, 5.0));
    assert!(Polygon::new(vec![vec![(0.0, 0.0), (1.0, 1.0)]]).is_none());
}

#[test]
fn a_cell_touches_by_area_not_by_border() {
    let polygon = rectangle(0.0, 0.0, 10.0, 10.0);
    let cell = |x: f64, y: f64, size: f64| polygon.touches_cell(&outline(x, y, x + size, y + size)[..4]);
    assert!(cell(9.5, 9.5, 1.0) && cell(0.0, 0.0, 10.0) && cell(-5.0, -5.0, 20.0) && cell(4.0, 4.0, 1.0));
    assert!(!cell(10.0, 5.0, 1.0) && !cell(10.0, 10.0, 1.0) && !cell(-1.0, 0.0, 1.0) && !cell(20.0, 0.0, 1.0));
    assert!(!cell(10.0 - 1e-7, 5.0, 1.0), "single precision bounds make no common area");
    assert!(cell(359.5, 5.0, 1.0) && cell(-0.5 - 360.0, 5.0, 1.0));
    let clockwise = [(9.0, 9.0), (9.0, 11.0), (11.0, 11.0), (11.0, 9.0)];
    assert!(polygon.touches_cell(&clockwise));
    assert!(!polygon.touches_cell(&[]) && !polygon.touches_cell(&[(f64::NAN, 0.0)]));
    assert!(polygon.touches_cell(&[(5.0, 5.0)]), "a cell without area is a point");
}

#[test]
fn a_sliver_between_the_corners_is_found() {
    let needle = ring(&[(0.4, -5.0), (0.6, -5.0), (0.5, 5.0)]);
    assert!(needle.touches_cell(&outline(0.0, 0.0, 1.0, 1.0)));
    let inside_hole = Polygon::new(vec![outline(0.0, 0.0, 10.0, 10.0), outline(2.0, 2.0, 8.0, 8.0)]).unwrap();
    assert!(!inside_hole.touches_cell(&outline(4.0, 4.0, 5.0, 5.0)));
    assert!(!inside_hole.touches_cell(&outline(2.0, 2.0, 8.0, 8.0)));
}

#[test]
fn cells_across_the_dateline_and_around_the_pole() {
    let fiji = rectangle(179.0, -20.0, 181.0, -15.0);
    assert!(fiji.touches_cell(&[(179.9, -18.0), (-179.9, -18.0), (-179.9, -17.0), (179.9, -17.0)]));
    assert!(!fiji.touches_cell(&[(-178.5, -18.0), (-177.5, -18.0), (-177.5, -17.0), (-178.5, -17.0)]));
    let cap = [(0.0, 89.0), (90.0, 89.0), (180.0, 89.0), (270.0, 89.0)];
    assert!(rectangle(40.0, 89.5, 50.0, 89.9).touches_cell(&cap));
    assert!(!rectangle(40.0, 80.0, 50.0, 85.0).touches_cell(&cap));
    assert!(!rectangle(40.0, -89.9, 50.0, -89.5).touches_cell(&cap));
}

#[test]
fn the_extent_of_a_split_region_crosses_the_dateline() {
    let polygons = vec![rectangle(-180.0, -20.0, -178.0, -15.0), rectangle(177.0, -18.0, 180.0, -12.0)];
    let fiji = Feature { properties: Properties::new(), polygons };
    assert_eq!(fiji.extent(), Extent { west: 177.0, south: -20.0, east: 182.0, north: -12.0 });
    assert_eq!(rectangle(350.0, 0.0, 370.0, 1.0).extent(), Extent { west: -10.0, south: 0.0, east: 10.0, north: 1.0 });
    let globe = rectangle(0.0, -90.0, 360.0, 90.0).extent();
    assert_eq!((globe.west, globe.east), (0.0, 360.0));
}

#[test]
fn edges_are_drawn_as_written_and_long_ones_can_be_told() {
    let unsplit = ring(&[(170.0, -20.0), (-170.0, -20.0), (-170.0, 0.0), (170.0, 0.0)]);
    assert!(unsplit.contains(0.0, -10.0) && !unsplit.contains(175.0, -10.0));
    assert_eq!(unsplit.widest_edge(), 340.0);
    assert_eq!(rectangle(170.0, -20.0, 190.0, 0.0).widest_edge(), 20.0);
}

#[test]
fn geojson_in_all_its_forms() {
    let square = "[[[0,0],[10,0],[10,10],[0,10],[0,0]]]";
    let polygon = format!(r#"{{"coordinates": {square}, "type": "Polygon"}}"#);
    let feature = format!(r#"{{"type":"Feature","id":7,"properties":{{"name":"A","n":3}},"geometry":{polygon}}}"#);
    let point = r#"{"type":"Feature","properties":null,"geometry":{"type":"Point","coordinates":[1,2,3.5]}}"#;
    for (text, count) in [
        (polygon.clone(), 1),
        (feature.clone(), 1),
        (format!(r#"{{"type":"MultiPolygon","coordinates":[{square},{square}]}}"#), 1),
        (format!(r#"{{"type":"GeometryCollection","geometries":[{polygon}]}}"#), 1),
        (format!(r#"{{"type":"FeatureCollection","features":[{feature},{point},{feature}]}}"#), 2),
        (format!("\u{feff} {feature}"), 1),
    ] {
        let features = read(&text).unwrap();
        assert_eq!(features.len(), count, "{text}");
        assert!(features[0].contains(5.0, 5.0) && !features[0].contains(15.0, 5.0));
    }
    let features = read(&feature).unwrap();
    assert_eq!((features[0].name("name"), features[0].name("id")), (Some("A".into()), Some("7".into())));
    assert_eq!(features[0].name("absent"), None);
}

#[test]
fn what_is_no_polygon_in_degrees_is_refused() {
    for (text, part) in [
        ("", "neither GeoJSON nor"),
        ("{", "not valid GeoJSON"),
        (r#"{"type":"Topology","objects":{},"arcs":[]}"#, "TopoJSON"),
        (r#"{"type":"Point","coordinates":[1,2]}"#, "no polygon"),
        (r#"{"type":"FeatureCollection","features":[]}"#, "no polygon"),
        (r#"{"type":"FeatureCollection"}"#, "no 'features'"),
        (r#"{"type":"Polygon","coordinates":[[[0,0],[500000,0],[5,5]]]}"#, "no longitude and latitude"),
        (r#"{"type":"Polygon","coordinates":[[0,0],[1,1]]}"#, "not nested"),
        (r#"{"type":"Polygon","coordinates":[[[0],[1]]]}"#, "no latitude"),
        (r#"{"type":"Polygon","coordinates":[[0,[1,2]]]}"#, "not valid GeoJSON"),
        (r#"{"type":"Blob"}"#, "no type of GeoJSON"),
        (
            r#"{"type":"Polygon","coordinates":[],"crs":{"properties":{"name":"urn:ogc:def:crs:EPSG::3857"}}}"#,
            "EPSG::3857",
        ),
    ] {
        let error = read(text).unwrap_err().to_string();
        assert!(error.contains(part) && error.contains("area.geojson"), "{text}: {error}");
    }
    let deep = format!(r#"{{"type":"Polygon","coordinates":{}"#, "[".repeat(100_000));
    assert!(read(&deep).is_err());
}

#[test]
fn features_are_picked_by_value() {
    let feature = |name: &str, code: u8| Feature {
        properties: [("name".into(), name.into()), ("code".into(), code.into())].into_iter().collect(),
        polygons: vec![rectangle(0.0, 0.0, 1.0, 1.0)],
    };
    let all = vec![feature("Fiji", 1), feature("Tonga", 2), feature("Samoa", 3)];
    let names = |picks: &[&str]| -> crate::Result<Vec<String>> {
        let picks: Vec<FeaturePick> = picks.iter().map(|text| text.parse()).collect::<crate::Result<_>>()?;
        Ok(pick(all.clone(), &picks, "f.zip")?.iter().filter_map(|feature| feature.name("name")).collect())
    };
    assert_eq!(names(&["name=Fiji", "code=3.0"]).unwrap(), ["Fiji", "Samoa"]);
    assert_eq!(names(&[]).unwrap().len(), 3);
    let error = names(&["name=Atlantis"]).unwrap_err();
    assert_eq!(error.to_string(), "region 'name=Atlantis' not found in f.zip");
    assert_eq!(error.hint().as_deref(), Some("it has Fiji, Samoa, Tonga"));
    assert_eq!(names(&["nme=Fiji"]).unwrap_err().hint().as_deref(), Some("it has code, name"));
    assert_eq!(names(&["Fiji"]).unwrap_err().exit_code(), 2);
}

/// Files under `stem` as a zip archive.
fn zipped(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        writer.start_file(name.as_str(), zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn real_regions_hold_the_cells_that_shapely_finds() {
    let Some(folder) = testkit::shared_data("geo") else { return };
    let ar6 = std::fs::read(folder.join("regionmask/data/IPCC-WGI-reference-regions-v4.zip")).unwrap();
    let earth: Vec<(String, Vec<u8>)> = ["shp", "dbf", "prj", "cpg"]
        .map(|kind| format!("naturalearth_lowres.{kind}"))
        .map(|name| {
            (format!("ne/{name}"), std::fs::read(folder.join("geopandas/naturalearth_lowres").join(name)).unwrap())
        })
        .into();
    let (ar6, earth) = (parse(&ar6, "ar6.zip").unwrap(), parse(&zipped(&earth), "ne.zip").unwrap());
    assert_eq!((ar6.len(), earth.len()), (58, 177));
    for line in include_str!("../../../tests/oracles/polygons.tsv").lines() {
        let columns: Vec<&str> = line.split('\t').collect();
        let [file, name, value, ref numbers @ ..] = columns[..] else { panic!("{line}") };
        let expected: Vec<i64> = numbers.iter().map(|number| number.parse().unwrap()).collect();
        let features = if file == "ar6" { &ar6 } else { &earth };
        let feature = features.iter().find(|feature| feature.name(name).as_deref() == Some(value)).unwrap();
        let mut found = [0i64; 4];
        for (i, j) in (0..180i32).flat_map(|j| (0..360).map(move |i| (i, j))) {
            let (x, y) = (f64::from(i), f64::from(j));
            let cell = outline(x - 180.0, y - 90.0, x - 179.0, y - 89.0);
            // The same place in another convention must not matter.
            let turned = if x < 180.0 { x + 180.37 } else { x - 179.63 };
            let checks = [feature.contains(turned, y - 89.81), feature.touches_cell(&cell)];
            for (place, hit) in checks.into_iter().enumerate().filter(|(_, hit)| *hit) {
                found[2 * place] += i64::from(hit);
                found[2 * place + 1] += i64::from(360 * j + i);
            }
        }
        assert_eq!(found.to_vec(), expected, "{line}");
    }
}

#[test]
fn broken_shapefiles_end_in_errors() {
    let Some(folder) = testkit::shared_data("geo") else { return };
    let whole = std::fs::read(folder.join("regionmask/data/IPCC-WGI-reference-regions-v4.zip")).unwrap();
    let mut archive = zip::ZipArchive::new(Cursor::new(&whole)).unwrap();
    let mut member = |kind: &str| {
        let mut content = Vec::new();
        let mut file = archive.by_name(&format!("IPCC-WGI-reference-regions-v4.{kind}")).unwrap();
        std::io::Read::read_to_end(&mut file, &mut content).unwrap();
        content
    };
    let (shapes, table) = (member("shp"), member("dbf"));
    // Cut and changed in the headers and first records, where the lengths are.
    for at in (0..400).chain((400..4000).step_by(37)) {
        for value in [0x00, 0x7f, 0x80, 0xff] {
            let (mut shapes, mut table) = (shapes[..6000].to_vec(), table[..2000].to_vec());
            shapes[at] = value;
            table[at % 2000] = value;
            let _ = super::shapefile::read(&shapes, Some(&table), None, "bad.shp");
            let _ = super::shapefile::read(&shapes[..at], Some(&table[..at % 2000]), None, "bad.shp");
        }
    }
    for at in (0..whole.len()).step_by(whole.len() / 200) {
        let _ = parse(&whole[..at], "bad.zip");
        let mut changed = whole.clone();
        changed[at] ^= 0xff;
        let _ = parse(&changed, "bad.zip");
    }
}

#[test]
fn archives_that_are_no_shapefile_say_what_is_missing() {
    let refuse = |files: &[(&str, &[u8])]| {
        let files: Vec<_> = files.iter().map(|(name, content)| ((*name).to_owned(), content.to_vec())).collect();
        parse(&zipped(&files), "area.zip").unwrap_err().to_string()
    };
    assert!(refuse(&[]).contains("no shapefile"));
    assert!(refuse(&[("a.txt", b"x")]).contains("no shapefile"));
    assert!(refuse(&[("a.shp", b""), ("b.shp", b"")]).contains("several shapefiles (a.shp, b.shp)"));
    assert!(refuse(&[("a.shp", b""), ("a.prj", b"PROJCS[\"UTM\"")]).contains("projected"));
    assert!(refuse(&[("a.shp", b"nonsense")]).contains("does not begin as one"));
    assert!(refuse(&[("a.shp", &vec![0; 40 << 20])]).contains("unpacks to more than 16 MiB"));
    let geojson = br#"{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1]]]}"#.to_vec();
    assert_eq!(parse(&zipped(&[("a.geojson".into(), geojson)]), "area.zip").unwrap().len(), 1);
}

#[test]
fn a_million_points_take_a_moment() {
    let coast = |turn: f64| {
        let angle = turn * std::f64::consts::TAU;
        let reach = 60.0 + 10.0 * (angle * 97.0).sin();
        (reach * angle.cos(), reach * angle.sin())
    };
    let polygon = Polygon::new(vec![(0..10_000).map(|step| coast(f64::from(step) / 10_000.0)).collect()]).unwrap();
    let start = Instant::now();
    let inside = (0..1_000_000)
        .filter(|cell| polygon.contains(f64::from(cell % 1000) * 0.36, f64::from(cell / 1000) * 0.18 - 90.0))
        .count();
    // π·(60² + 10²/2) square degrees in cells of 0.36 × 0.18.
    assert!((inside as f64 * 0.0648 - 11_467.0).abs() < 20.0, "{inside}");
    assert!(start.elapsed().as_secs_f64() < 2.0, "{:?}", start.elapsed());
}

#[test]
fn edges_across_all_latitudes_do_not_fill_the_memory() {
    let comb: Vec<_> =
        (0..200_000).map(|step| (f64::from(step) * 1e-3, if step % 2 == 0 { -80.0 } else { 80.0 })).collect();
    assert!(Polygon::new(vec![comb]).unwrap().contains(100.0, -79.999));
}
