//! Maps: each cell in its colour at its place.

use figure::colour::ColourMap;
use projection::{Centre, Projection};
use serde_json::json;
use testkit::Store;

use super::{AIR, Pixels, plot, texts};

/// A global grid of 10° cells, each with a value of its own from 0 to 647; one of them missing.
fn numbered(folder: &std::path::Path) -> std::path::PathBuf {
    let lat: Vec<f64> = (0..18).map(|j| 85.0 - 10.0 * f64::from(j)).collect();
    let lon: Vec<f64> = (0..36).map(|i| 5.0 + 10.0 * f64::from(i)).collect();
    let mut values: Vec<f32> = (0..648).map(|i| i as f32).collect();
    values[300] = f32::NAN;
    Store::new(folder, "numbered.zarr", json!({}))
        .array("lat", &["lat"], &[18], &lat, json!({"units": "degrees_north", "standard_name": "latitude"}))
        .array("lon", &["lon"], &[36], &lon, json!({"units": "degrees_east", "standard_name": "longitude"}))
        .array("v", &["lat", "lon"], &[18, 36], &values, json!({"units": "1", "long_name": "Numbers"}))
        .path()
}

/// The rectangle of the only image in an SVG: x, y, width, height.
pub(super) fn image(svg: &str) -> [f64; 4] {
    let document = roxmltree::Document::parse(svg).unwrap();
    let images: Vec<_> = document.descendants().filter(|n| n.has_tag_name("image")).collect();
    // The other is the colour bar.
    let largest =
        images.iter().map(|n| ["x", "y", "width", "height"].map(|a| n.attribute(a).unwrap().parse().unwrap()));
    largest.max_by(|a: &[f64; 4], b| a[2].total_cmp(&b[2]).then(a[3].total_cmp(&b[3]))).unwrap()
}

/// Where between the ends of the colour map a pixel's colour is, by the map's own entries: to two of 256 steps, as
/// some of them differ by less than is told apart.
pub(super) fn share(pixel: [u8; 3]) -> f64 {
    let map = ColourMap::named("viridis").unwrap();
    let far = |i: usize| {
        let c = map.entry(i);
        [(c.r, pixel[0]), (c.g, pixel[1]), (c.b, pixel[2])]
            .iter()
            .map(|(a, b)| i32::from(a.abs_diff(*b)).pow(2))
            .sum::<i32>()
    };
    let best = (0..256).min_by_key(|&i| far(i)).unwrap();
    assert!(far(best) <= 3, "{pixel:?} is no colour of the map");
    (best as f64 + 0.5) / 256.0
}

const PLAIN: [&str; 6] = ["--coastlines", "none", "--cmap", "viridis", "--size", "1000x700"];

fn drawn(input: &std::path::Path, projection: &str) -> (Pixels, [f64; 4], Projection) {
    let arguments = [&PLAIN[..], &["--projection", projection, "--extent", "global"]].concat();
    let pixels = plot(input, "map.png", &arguments).pixels();
    let rect = image(&plot(input, "map.svg", &arguments).text());
    (pixels, rect, Projection::parse(projection, Centre::default()).unwrap())
}

#[test]
fn cells_have_their_colours_at_their_places_in_any_projection() {
    let folder = tempfile::tempdir().unwrap();
    let input = numbered(folder.path());
    for name in ["platecarree", "robinson", "mollweide", "north-polar", "orthographic"] {
        let (pixels, rect, projection) = drawn(&input, name);
        let [x0, y0, x1, y1] = projection.extent();
        let mut seen = 0;
        for cell in (0..648).filter(|c| *c != 300) {
            let (lon, lat) = (5.0 + 10.0 * f64::from(cell % 36), 85.0 - 10.0 * f64::from(cell / 36));
            // The plane's pixels near the poles are fewer than cells.
            if lat.abs() > 70.0 && name != "north-polar" {
                continue;
            }
            let Some((x, y)) = projection.forward(lon, lat) else { continue };
            let at = (rect[0] + (x - x0) / (x1 - x0) * rect[2], rect[1] + (y1 - y) / (y1 - y0) * rect[3]);
            let inside = at.0 > rect[0] + 8.0
                && at.0 < rect[0] + rect[2] - 8.0
                && at.1 > rect[1] + 8.0
                && at.1 < rect[1] + rect[3] - 8.0;
            if !inside || (name == "orthographic" && x.hypot(y) > 5.5e6) || (name == "north-polar" && lat < 30.0) {
                continue;
            }
            let found = 647.0 * share(pixels.at(at.0, at.1));
            assert!(
                (found - f64::from(cell)).abs() < 4.0,
                "{name}: cell {cell} at {lon} {lat} has the colour of {found}"
            );
            seen += 1;
        }
        assert!(seen > 100, "{name}: {seen}");
    }
}

#[test]
fn the_smallest_and_the_largest_value_are_drawn_and_only_missing_ones_are_grey() {
    let folder = tempfile::tempdir().unwrap();
    let (pixels, rect, _) = drawn(&numbered(folder.path()), "platecarree");
    let at = |lon: f64, lat: f64| {
        pixels.at(rect[0] + (lon + 180.0) / 360.0 * rect[2], rect[1] + (90.0 - lat) / 180.0 * rect[3])
    };
    let map = ColourMap::named("viridis").unwrap();
    let (first, last) = (map.entry(0), map.entry(255));
    assert_eq!(at(5.0, 85.0), [first.r, first.g, first.b]);
    assert_eq!(at(-5.0, -85.0), [last.r, last.g, last.b]);
    // Cell 300: row 8, column 12.
    let grey = at(125.0, 5.0);
    assert!(grey[0] == grey[1] && grey[1] == grey[2] && grey[0] > 150, "{grey:?}");
}

#[test]
fn no_gap_is_left_at_the_seam_and_the_poles() {
    let folder = tempfile::tempdir().unwrap();
    let input = numbered(folder.path());
    for center in ["0", "180", "-90"] {
        let arguments =
            [&PLAIN[..], &["--projection", "platecarree", "--extent", "global", "--center", center]].concat();
        let pixels = plot(&input, "map.png", &arguments).pixels();
        let rect = image(&plot(&input, "map.svg", &arguments).text());
        let missing = |p: [u8; 3]| p[0] == p[1] && p[1] == p[2];
        let mut empty = 0;
        for y in 3..rect[3] as usize - 3 {
            for x in 3..rect[2] as usize - 3 {
                empty += usize::from(missing(pixels.at(rect[0] + x as f64, rect[1] + y as f64)));
            }
        }
        // One cell of 648 is missing.
        let share = empty as f64 / (rect[2] * rect[3]) * 648.0;
        assert!((share - 1.0).abs() < 0.1, "--center {center}: {share} cells are grey");
    }
}

#[test]
fn grids_of_every_kind_are_drawn() {
    for (input, arguments) in [
        ("orca2_votemper.nc", &["--projection", "robinson"][..]),
        ("rotated_pole.nc", &[]),
        ("hybrid_height.nc", &[]),
        ("toa_brightness_stereographic.nc", &[]),
        ("mesh_C4_synthetic_float.nc", &["--projection", "mollweide"]),
        ("made/curvilinear_pole.nc", &["--projection", "north-polar"]),
        ("made/cams_like.nc", &["--contour"]),
        ("made/pressure_dateline.nc", &["--levels", "5"]),
    ] {
        let pixels = plot(input, "map.png", arguments).pixels();
        let mut colours = pixels.rgb.clone();
        colours.sort_unstable();
        colours.dedup();
        assert!(colours.len() > 6, "{input}: {} colours", colours.len());
    }
}

#[test]
fn the_same_arguments_make_the_same_bytes_for_any_threads() {
    for name in ["a.png", "a.svg", "a.pdf", "a.html"] {
        let [one, two] = ["1", "2"].map(|n| plot(AIR, name, &["--isel", "time=0", "--threads", n]).bytes());
        assert!(one == two && !one.is_empty(), "{name}");
    }
    let [one, two] = [(), ()].map(|()| plot(AIR, "a.gif", &["--isel", "time=0:3", "--animate", "time"]).bytes());
    assert!(one == two);
}

#[test]
fn sizes_are_those_asked_for() {
    for (size, dpi) in [("800x400", "100"), ("800x600", "200"), ("1001x333", "72")] {
        let pixels = plot(AIR, "a.png", &["--isel", "time=0", "--size", size, "--dpi", dpi]).pixels();
        assert_eq!(format!("{}x{}", pixels.width, pixels.height), size, "{dpi}");
    }
}

#[test]
fn titles_tell_date_level_and_calendar() {
    let svg = plot(AIR, "a.svg", &["--time", "2014-02-25T06"]).text();
    assert!(svg.contains("4xDaily Air temperature at sigma level 995") && svg.contains("2014-02-25 06:00"));
    let svg = plot("made/calendar_360_day.nc", "a.svg", &["--kind", "timeseries"]);
    svg.said.ok();
    let svg = plot(AIR, "a.svg", &["--isel", "time=0", "--title", "<&> \"µ\"", "--label", "m^{2}"]).text();
    assert!(roxmltree::Document::parse(&svg).unwrap().descendants().any(|n| n.text() == Some("<&> \"µ\"")));
}

#[test]
fn panels_share_their_colours_and_say_what_they_are() {
    let svg = plot(AIR, "a.svg", &["--isel", "time=0:4", "--facet", "time", "--columns", "2"]).text();
    for date in ["2014-02-24 00:00", "2014-02-24 06:00", "2014-02-24 12:00", "2014-02-24 18:00"] {
        assert!(svg.contains(date), "{date}");
    }
    let document = roxmltree::Document::parse(&svg).unwrap();
    assert_eq!(document.descendants().filter(|n| n.has_tag_name("image")).count(), 5); // four maps, one bar
}

#[test]
fn animations_have_a_frame_a_step() {
    let gif = plot(AIR, "a.gif", &["--isel", "time=0:3", "--animate", "time", "--size", "400x300"]).bytes();
    assert_eq!(&gif[..6], b"GIF89a");
    let apng = plot(AIR, "a.apng", &["--isel", "time=0:3", "--animate", "time", "--size", "400x300"]);
    let decoder = png::Decoder::new(std::io::Cursor::new(apng.bytes()));
    assert_eq!(decoder.read_info().unwrap().info().animation_control().unwrap().num_frames, 3);
    let page = plot(AIR, "a.html", &["--isel", "time=0:3", "--animate", "time"]).text();
    assert!(page.contains("type=\"range\"") && page.contains("2014-02-24 06:00") && !page.contains("src=\"http"));
}

#[test]
fn places_without_an_extent_are_dots_and_few_with_times_are_lines() {
    let folder = tempfile::tempdir().unwrap();
    let (lat, lon) = ([50.0, 52.0, 54.0], [5.0, 8.0, 12.0]);
    let store = Store::new(folder.path(), "stations.zarr", json!({}))
        .array("lat", &["station"], &[3], &lat, json!({"units": "degrees_north", "standard_name": "latitude"}))
        .array("lon", &["station"], &[3], &lon, json!({"units": "degrees_east", "standard_name": "longitude"}))
        .array("time", &["time"], &[2], &[0.0, 1.0], json!({"units": "days since 2001-01-01", "standard_name": "time"}))
        .array(
            "t",
            &["time", "station"],
            &[2, 3],
            &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
            json!({"coordinates": "lat lon", "units": "K"}),
        );
    let figure = plot(store.path(), "a.svg", &[]);
    assert!(figure.said.stderr.contains("a chart"), "{}", figure.said);
    let svg = plot(store.path(), "a.svg", &["--kind", "map", "--isel", "time=0", "--cmap", "viridis"]).text();
    // The colours of 1 and 3, the ends of viridis.
    assert!(svg.contains("#440154") && svg.contains("#fde724"), "the ends of viridis are missing");
}

/// A box of 10° cells over land and sea, one of them missing; beside it nothing.
fn part(folder: &std::path::Path) -> std::path::PathBuf {
    let lat: Vec<f64> = (0..4).map(|j| 25.0 - 10.0 * f64::from(j)).collect();
    let lon: Vec<f64> = (0..4).map(|i| 5.0 + 10.0 * f64::from(i)).collect();
    let mut values: Vec<f32> = (0..16).map(|i| i as f32).collect();
    values[5] = f32::NAN;
    let east: Vec<f32> = (0..16).map(|i| if i % 4 < 2 { 8.0 } else { 4.0 }).collect();
    let units = json!({"units": "m s-1"});
    Store::new(folder, "part.zarr", json!({}))
        .array("lat", &["lat"], &[4], &lat, json!({"units": "degrees_north", "standard_name": "latitude"}))
        .array("lon", &["lon"], &[4], &lon, json!({"units": "degrees_east", "standard_name": "longitude"}))
        .array("v", &["lat", "lon"], &[4, 4], &values, json!({"units": "1"}))
        .array("east", &["lat", "lon"], &[4, 4], &east, units.clone())
        .array("north", &["lat", "lon"], &[4, 4], &[0.0f32; 16], units)
        .path()
}

#[test]
fn missing_cells_land_and_sea_have_colours_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = [&PLAIN[..], &["-v", "v", "--projection", "platecarree", "--extent", "-40,-30,60,40"]].concat();
    let pixels = plot(part(folder.path()), "a.png", &arguments).pixels();
    let rect = image(&plot(part(folder.path()), "a.svg", &arguments).text());
    let at = |lon: f64, lat: f64| {
        pixels.at(rect[0] + (lon + 40.0) / 100.0 * rect[2], rect[1] + (40.0 - lat) / 70.0 * rect[3])
    };
    let map = ColourMap::named("viridis").unwrap();
    assert_eq!(at(5.0, 25.0), [map.entry(0).r, map.entry(0).g, map.entry(0).b]);
    let (missing, land, sea) = (at(15.0, 15.0), at(-5.0, 20.0), at(-30.0, 10.0));
    // The Sahara west of the cells, the Atlantic; Madagascar and the Indian Ocean beyond them.
    assert_eq!((land, sea), (at(46.0, -20.0), at(55.0, -10.0)));
    let light = |p: [u8; 3]| p.iter().map(|c| u32::from(*c)).sum::<u32>();
    assert!(light(missing) < light(land) && light(land) < light(sea), "{missing:?} {land:?} {sea:?}");
    assert!(missing[0] == missing[1] && missing[1] == missing[2], "{missing:?} is no grey");
}

/// How long the shapes of seven corners of an SVG are from left to right, as level arrows are.
fn lengths(svg: &str) -> Vec<f64> {
    let document = roxmltree::Document::parse(svg).unwrap();
    let mut found = Vec::new();
    // Letters are defined before they are used.
    let drawn = document.descendants().filter(|n| !n.ancestors().any(|a| a.has_tag_name("defs")));
    for data in drawn.filter_map(|n| n.attribute("d")).filter(|d| !d.contains('c')) {
        for shape in data.split('z') {
            let numbers = shape.replace(['m', 'l'], " ").replace('-', " -");
            let steps: Vec<f64> = numbers.split_whitespace().filter_map(|n| n.parse().ok()).collect();
            // The first pair is a place, the others are steps from there.
            let mut x = 0.0;
            let along = steps.chunks(2).skip(1).map(|step| {
                x += step[0];
                x
            });
            let (low, high) = along.fold((0.0f64, 0.0f64), |(low, high), x| (low.min(x), high.max(x)));
            if steps.len() == 14 {
                found.push(high - low);
            }
        }
    }
    found
}

#[test]
fn what_belongs_to_a_variable_is_not_drawn_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let (lat, lon) = ([10.0, 20.0, 30.0], [5.0, 8.0, 12.0, 15.0]);
    let values: Vec<f64> = (0..12).map(f64::from).collect();
    let store = Store::new(folder.path(), "quality.zarr", json!({}))
        .array("lat", &["lat"], &[3], &lat, json!({"units": "degrees_north", "standard_name": "latitude"}))
        .array("lon", &["lon"], &[4], &lon, json!({"units": "degrees_east", "standard_name": "longitude"}))
        .array("ht", &["lat", "lon"], &[3, 4], &values, json!({"units": "m", "ancillary_variables": "ht_qc"}))
        .array("ht_qc", &["lat", "lon"], &[3, 4], &[0i8; 12], json!({"long_name": "quality"}))
        .array("east", &["lat", "lon"], &[3, 4], &values, json!({"units": "m s-1"}))
        .array("north", &["lat", "lon"], &[3, 4], &values, json!({"units": "m s-1"}));
    for (arguments, title) in [
        (&["-v", "ht"][..], "ht"),
        (&["-v", "ht_qc"], "Quality"),
        (&["--vectors", "east,north"], "ht"),
        (&["-v", "east", "--vectors", "east,north"], "east"),
    ] {
        let words = texts(&plot(store.path(), "a.svg", arguments).text());
        assert_eq!(words.first().map(String::as_str), Some(title), "{arguments:?} {words:?}");
    }
    let words = texts(&plot(store.path(), "a.svg", &["-v", "ht", "--kind", "histogram"]).text());
    assert!(!words.iter().any(|t| t.contains("Quality")), "{words:?}");
}

#[test]
fn geostationary_grids_are_where_the_satellite_looks() {
    let folder = tempfile::tempdir().unwrap();
    // Angles of 0.02 rad are about 720 km below the satellite at 35,786 km.
    let angle: Vec<f64> = (0..5).map(|i| 0.02 * f64::from(i - 2)).collect();
    let axis = |name: &str| json!({"units": "rad", "standard_name": format!("projection_{name}_coordinate")});
    let mapping = json!({"grid_mapping_name": "geostationary", "perspective_point_height": 35_786_023.0,
        "semi_major_axis": 6_378_137.0, "semi_minor_axis": 6_356_752.314_14, "sweep_angle_axis": "x",
        "longitude_of_projection_origin": -75.0, "latitude_of_projection_origin": 0.0});
    let store = Store::new(folder.path(), "goes.zarr", json!({}))
        .array("x", &["x"], &[5], &angle, axis("x"))
        .array("y", &["y"], &[5], &angle, axis("y"))
        .array("goes", &["one"], &[1], &[0i32], mapping)
        .array("v", &["y", "x"], &[5, 5], &(0..25).map(f64::from).collect::<Vec<_>>(), json!({"grid_mapping": "goes"}));
    let arguments = [&PLAIN[..], &["--projection", "platecarree", "--extent", "-85,-10,-65,10"]].concat();
    let pixels = plot(store.path(), "a.png", &arguments).pixels();
    let rect = image(&plot(store.path(), "a.svg", &arguments).text());
    // By the formulas of the GOES-R product definition: 0.02 rad away at (0, 0.02) is 6.45° east.
    for (lon, lat, value) in [(-75.0, 0.0, 12.0), (-75.0 + 6.45, 0.0, 13.0), (-75.0, 6.49, 17.0)] {
        let at = (rect[0] + (lon + 85.0) / 20.0 * rect[2], rect[1] + (10.0 - lat) / 20.0 * rect[3]);
        let found = 24.0 * share(pixels.at(at.0, at.1));
        assert!((found - value).abs() < 0.3, "{found} at {lon} {lat}, not {value}");
    }
}

#[test]
fn arrows_are_as_long_as_the_key_says() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = [&PLAIN[..], &["-v", "v", "--vectors", "east,north", "--projection", "platecarree"]].concat();
    let svg = plot(part(folder.path()), "a.svg", &arguments).text();
    let words = texts(&svg);
    let key = words.iter().find_map(|t| t.strip_suffix(" m s−1"));
    let key: f64 = key.unwrap_or_else(|| panic!("no key in {words:?}")).parse().unwrap();
    let found = lengths(&svg);
    let (one, rest) = found.split_last().unwrap();
    let longest = rest.iter().copied().fold(0.0, f64::max);
    let shortest = rest.iter().copied().fold(f64::INFINITY, f64::min);
    assert!((longest / one - 8.0 / key).abs() < 0.02 && (shortest / one - 4.0 / key).abs() < 0.02, "{key} {found:?}");
}
