use super::*;
use crate::cf::packing::numbers;
use crate::cf::roles::Roles;
use crate::grid::{GridKind, Places, distance_km};
use crate::model::{AttributeValue, Dataset};

fn places(target: &Target) -> (Vec<f64>, Vec<f64>) {
    match &target.grid.places {
        Places::Separable { latitudes, longitudes } | Places::PerCell { latitudes, longitudes } => {
            (latitudes.clone(), longitudes.clone())
        }
        Places::Unknown => (Vec::new(), Vec::new()),
    }
}

fn values(target: &Target, name: &str) -> Vec<f64> {
    numbers(target.variables.iter().find(|v| v.name == name).unwrap()).unwrap()
}

fn names(target: &Target) -> Vec<&str> {
    target.variables.iter().map(|v| v.name.as_str()).collect()
}

fn text<'a>(target: &'a Target, name: &str, attribute: &str) -> &'a str {
    target.variables.iter().find(|v| v.name == name).unwrap().attributes.text(attribute).unwrap()
}

/// The target as a dataset, its grid read back.
fn read_back(target: &Target) -> Grid {
    let mut field = target.variables[0].clone();
    field.name = "field".to_owned();
    let on = target.grid.cells.iter().chain(&target.grid.y).chain(&target.grid.x);
    field.dimensions = on.map(|axis| axis.dimension.clone()).collect();
    let shape = field.dimensions.iter().map(|d| target.dimensions.iter().find(|k| k.name == *d).unwrap().length);
    field.array = crate::model::array::Constant::array(crate::model::Buffer::F64(vec![0.0]), shape.collect());
    field.attributes = target.attributes.clone();
    let mut dataset = Dataset { dimensions: target.dimensions.clone(), ..Dataset::default() };
    dataset.variables = target.variables.iter().cloned().chain([field]).collect();
    Grid::of(&dataset, &Roles::of(&dataset), "field").unwrap().unwrap()
}

/// `cdo griddes -const,0,WORD` (CDO 2.1.1): rows, columns, first latitude and longitude.
#[test]
fn words_as_cdo() {
    for (word, rows, columns, lat, lon) in [
        ("r36x18", 18, 36, -85.0, 0.0),
        ("R5x3", 3, 5, -90.0, 0.0),
        ("r360x181", 181, 360, -90.0, 0.0),
        ("r1x1", 1, 1, 0.0, 0.0),
        ("n4", 8, 16, 73.799_213_628_563_2, 0.0),
        ("F5", 10, 20, 76.882_457_932_483_6, 0.0),
        ("t21grid", 32, 64, 85.760_587_120_443_8, 0.0),
        ("T63grid", 96, 192, 88.572_168_514_007_3, 0.0),
        ("tl63grid", 64, 128, 87.863_798_839_232_6, 0.0),
        ("tl20grid", 22, 44, 83.876_666_212_039_5, 0.0),
        ("global_30", 6, 12, -75.0, -165.0),
        ("global_2.5", 72, 144, -88.75, -178.75),
        ("lon=10.5_lat=-4e1", 1, 1, -40.0, 10.5),
        ("lon=10/lat=50", 1, 1, 50.0, 10.0),
    ] {
        let target = Target::word(word).unwrap();
        let (latitudes, longitudes) = places(&target);
        assert_eq!(target.grid.shape(), (rows, columns), "{word}");
        assert!((latitudes[0] - lat).abs() < 1e-10 && longitudes[0] == lon, "{word} {}", latitudes[0]);
        assert!(is_word(word) && read_back(&target) == target.grid, "{word}");
    }
}

#[test]
fn cells_of_words_cover_the_earth() {
    for word in ["r36x18", "r7x5", "n80", "global_10", "r1x1"] {
        let target = Target::word(word).unwrap();
        let Corners::Separable { rows, columns } = target.corners().unwrap() else { panic!("{word}") };
        let widths: f64 = columns.iter().map(|(west, east)| east - west).sum();
        let heights: f64 = rows.iter().map(|(a, b)| (b - a).abs()).sum();
        assert!((widths - 360.0).abs() < 1e-9 && (heights - 180.0).abs() < 1e-9, "{word} {widths} {heights}");
        assert_eq!(values(&target, "lat_bnds").len(), 2 * rows.len(), "{word}");
    }
    assert!(Target::word("lon=10_lat=50").unwrap().corners().is_err(), "a point has no cell");
    // The areas that cdo gencon,n16 writes.
    let edges = values(&Target::word("n16").unwrap(), "lat_bnds");
    assert!((edges[1] - 83.014_683_096_346_9).abs() < 1e-10, "{}", edges[1]);
}

#[test]
fn what_is_no_word_is_told() {
    for text in [
        "",
        "r",
        "r10",
        "n",
        "n-4",
        "global_",
        "air.nc",
        "lon=_lat=",
        "t21",
        "r1e1x2",
        "n80 ",
        "r99999999999999999999x1",
    ] {
        assert!(text == "n80 " || !is_word(text), "{text}");
    }
    let error = Target::word("air.nc").unwrap_err();
    assert!(error.exit_code() == 2 && error.hint().unwrap().contains("r360x180"));
    for text in [
        "r0x4",
        "n0",
        "n9999",
        "r4000000x4000000",
        "r9999999999x1",
        "global_0",
        "global_1e-9",
        "global_7",
        "lon=0_lat=91",
        "global_-5",
    ] {
        assert_eq!(Target::word(text).unwrap_err().exit_code(), 2, "{text}");
    }
}

#[test]
fn coordinates_are_described_as_cf_has_it() {
    let target = Target::word("r36x18").unwrap();
    assert_eq!(names(&target), ["lat", "lat_bnds", "lon", "lon_bnds"]);
    assert_eq!(text(&target, "lat", "standard_name"), "latitude");
    assert_eq!(text(&target, "lon", "units"), "degrees_east");
    assert_eq!((text(&target, "lon", "axis"), text(&target, "lon", "bounds")), ("X", "lon_bnds"));
    let dimensions: Vec<(&str, usize)> = target.dimensions.iter().map(|d| (d.name.as_str(), d.length)).collect();
    assert_eq!(dimensions, [("lat", 18), ("lon", 36), ("bnds", 2)]);
    let named = target.named("latitude", "longitude");
    assert_eq!(names(&named), ["latitude", "latitude_bnds", "longitude", "longitude_bnds"]);
    assert_eq!(text(&named, "longitude", "bounds"), "longitude_bnds");
    assert_eq!(read_back(&named), named.grid);
    assert_eq!(names(&named.clone().named("bnds", "x"))[0], "latitude", "the name is taken");
    assert_eq!(names(&named.clone().named("y", "y"))[0], "latitude", "two of a name");
}

fn regular(dx: f64, dy: f64, bbox: &str) -> Result<Target> {
    Target::regular((dx, dy), if bbox.is_empty() { None } else { Some(bbox.parse()?) })
}

#[test]
fn cells_begin_at_the_edges_of_the_box() {
    let europe = regular(0.5, 0.25, "-25,35,45,70").unwrap();
    let (lat, lon) = places(&europe);
    assert_eq!((europe.grid.shape(), lat[0], lon[0], europe.notes.len()), ((140, 140), 35.125, -24.75, 0));
    assert_eq!(values(&europe, "lon_bnds")[278..], [44.5, 45.0]);
    let globe = regular(0.1, 0.1, "").unwrap();
    let (lat, lon) = places(&globe);
    assert_eq!((globe.grid.shape(), lat[0], lon[0], globe.grid.periodic), ((1800, 3600), -89.95, 0.05, true));
    let thirds = regular(0.333_333, 0.333_333, "").unwrap();
    assert_eq!((thirds.grid.shape(), thirds.notes.len()), ((540, 1080), 0));
    let pacific = regular(5.0, 5.0, "170,-10,-170,10").unwrap();
    assert_eq!(places(&pacific).1, [172.5, 177.5, 182.5, 187.5]);
}

#[test]
fn sizes_that_do_not_divide_the_box() {
    let target = regular(4.0, 3.0, "0,0,10,10").unwrap();
    assert_eq!((target.grid.shape(), target.notes.len()), ((4, 3), 2));
    assert!(target.notes[0].contains("12") && target.notes[1].contains("12"), "{:?}", target.notes);
    let polar = regular(10.0, 7.0, "0,70,360,90").unwrap();
    assert_eq!(values(&polar, "lat_bnds"), [70.0, 77.0, 77.0, 84.0, 84.0, 90.0]);
    assert_eq!(places(&polar).0, [73.5, 80.5, 87.0]);
    let around = regular(7.0, 10.0, "").unwrap_err();
    assert!(around.hint().unwrap().contains("51 columns"), "{:?}", around.hint());
    for (dx, dy, bbox) in
        [(0.0, 1.0, ""), (1.0, f64::NAN, ""), (-1.0, 1.0, ""), (1.0, 1.0, "5,0,5,10"), (1e-7, 1.0, "")]
    {
        assert_eq!(regular(dx, dy, bbox).unwrap_err().exit_code(), 2, "{dx} {dy} {bbox}");
    }
    assert_eq!(regular(1e-4, 1e-4, "").unwrap_err().exit_code(), 2, "more cells than can be counted");
}

#[test]
fn planes_of_projections() {
    let bbox: Bbox = "0,40,20,55".parse().unwrap();
    assert!(is_projection("epsg:3035") && is_projection(" EPSG:4326 ") && is_projection("+proj=laea +lat_0=52"));
    assert!(!is_projection("epsg:") && !is_projection("esri:1") && !is_projection("+x"));
    let target = Target::projected("epsg:3035", (50_000.0, 100_000.0), bbox).unwrap();
    assert_eq!(names(&target), ["y", "y_bnds", "x", "x_bnds", "crs", "lat", "lat_bnds", "lon", "lon_bnds"]);
    assert_eq!(target.attributes.text("grid_mapping"), Some("crs"));
    assert_eq!(target.attributes.text("coordinates"), Some("lat lon"));
    assert_eq!(text(&target, "crs", "grid_mapping_name"), "lambert_azimuthal_equal_area");
    assert!(text(&target, "crs", "crs_wkt").starts_with("PROJCRS[\"ETRS89-extended / LAEA Europe\""));
    assert_eq!(text(&target, "crs", "epsg_code"), "EPSG:3035");
    assert_eq!((target.grid.kind, read_back(&target) == target.grid), (GridKind::Projected, true));
    // Multiples of the size, which hold the corners of the box.
    let (x, y) = (values(&target, "x_bnds"), values(&target, "y_bnds"));
    assert!(x.iter().all(|v| v % 50_000.0 == 0.0) && y.iter().all(|v| v % 100_000.0 == 0.0));
    // pyproj.Transformer.from_crs(4326, 3035, always_xy=True).transform_bounds(0, 40, 20, 55, 100)
    assert_eq!((x[0], x[x.len() - 1], y[0], y[y.len() - 1]), (3_450_000.0, 5_200_000.0, 1_800_000.0, 3_600_000.0));
    // The south-west corner of the first cell, by the same the other way.
    let corner = target.corners().unwrap().outline(0)[0];
    assert!(distance_km(corner, (0.009_545_348_174_389_578, 38.771_657_804_377_476)) < 1e-6, "{corner:?}");
    let refused = |text: &str, d: f64| Target::projected(text, (d, d), bbox).unwrap_err().exit_code();
    assert_eq!([refused("epsg:99", 1e5), refused("epsg:3035", 0.0), refused("epsg:3035", 0.001)], [2; 3]);
}

#[test]
fn geographic_codes_make_latitudes_and_longitudes() {
    let target = Target::projected("epsg:4326", (1.0, 0.5), "0,40,20,55".parse().unwrap()).unwrap();
    assert_eq!((target.grid.kind, target.grid.shape()), (GridKind::Rectilinear, (30, 20)));
    assert_eq!(text(&target, "crs", "grid_mapping_name"), "latitude_longitude");
    let sphere = Target::projected("+proj=longlat +R=6371000", (1.0, 1.0), "0,40,20,55".parse().unwrap()).unwrap();
    let crs = sphere.variables.iter().find(|v| v.name == "crs").unwrap();
    assert_eq!(crs.attributes.get("earth_radius"), Some(&AttributeValue::from(6_371_000.0)));
}
