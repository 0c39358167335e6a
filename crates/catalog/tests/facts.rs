//! What is found of datasets of every kind of grid and calendar. Boxes on planes and rotated spheres: pyproj 3.7
//! (`Transformer.transform_bounds`, 2000 points a side); the others follow from the coordinates by hand.

mod made;

use catalog::{DimensionKind, Facts};
use made::{latlon, projected, sheared};
use serde_json::{Value, json};
use testkit::fixture;

fn facts(name: &str) -> Facts {
    let path = fixture(name);
    Facts::of(&pangeo::io::open::open(path.to_str().unwrap()).unwrap()).unwrap()
}

fn dimension(facts: &Facts, name: &str) -> Value {
    facts.dimensions.iter().find(|d| d.name == name).map(catalog::CubeDimension::to_json).unwrap_or_default()
}

fn close(found: Option<[f64; 4]>, expected: [f64; 4], slack: f64) -> bool {
    found.is_some_and(|found| found.iter().zip(expected).all(|(a, b)| (a - b).abs() <= slack))
}

#[test]
fn boxes_of_every_kind_of_grid() {
    for (name, expected, slack) in [
        ("made/monthly_bounds.nc", [-180.0, -90.0, 180.0, 90.0], 0.0),
        ("made/monthly_v2.zarr", [-180.0, -90.0, 180.0, 90.0], 0.0),
        ("made/pressure_dateline.nc", [157.5, -12.5, -157.5, 12.5], 0.0),
        ("air_temperature_small.nc", [-161.25, 13.75, -28.75, 76.25], 0.0),
        ("A1B_north_america.nc", [-135.9375, 14.375, -44.0625, 60.625], 0.0),
        ("coads_climatology.cdf", [-180.0, -90.0, 180.0, 90.0], 0.0),
        ("made/cams_like.nc", [-5.5, 39.5, 5.5, 45.5], 0.0),
        ("made/curvilinear_pole.nc", [-180.0, 61.715_728_8, 180.0, 90.0], 0.0),
        ("made/rotated_winds.nc", [10.512_275, 47.049_259, 23.831_775, 53.247_179], 1e-5),
        ("mesh_C4_synthetic_float.nc", [-180.0, -90.0, 180.0, 90.0], 0.0),
        ("orca2_votemper.nc", [-180.0, -78.397, 180.0, 90.0], 1e-6),
    ] {
        let found = facts(name).bbox;
        assert!(close(found, expected, slack), "{name}: {found:?}");
    }
}

#[test]
fn boxes_of_planes() {
    for (epsg, unit, x, y, expected) in [
        ("EPSG:3035", "m", (2.5e6, 5.5e6), (1.5e6, 4.5e6), [-23.647_229, 34.427_825, 32.780_749, 63.603_862]),
        ("EPSG:3035", "km", (2500.0, 5500.0), (4500.0, 1500.0), [-23.647_229, 34.427_825, 32.780_749, 63.603_862]),
        ("EPSG:3413", "m", (-1e6, 1e6), (-1e6, 1e6), [-180.0, 76.998_816, 180.0, 90.0]),
        ("EPSG:3832", "m", (2e6, 6e6), (-1e6, 1e6), [167.966_306, -9.005_883, -156.101_083, 9.005_883]),
    ] {
        let found = Facts::of(&projected(epsg, unit, x, y)).unwrap();
        assert!(close(found.bbox, expected, 2e-3), "{epsg} in {unit}: {:?}", found.bbox);
        let raster = found.raster.unwrap();
        assert_eq!(raster.bbox, Some([x.0, y.0.min(y.1), x.1, y.0.max(y.1)]));
        assert_eq!(raster.shape, [20, 30]);
        let step = ((x.1 - x.0) / 30.0, (y.1 - y.0) / 20.0);
        let transform = raster.transform.unwrap();
        assert!((transform[0] - step.0).abs() < 1e-6 && (transform[4] - step.1).abs() < 1e-6);
        assert_eq!((transform[2], transform[5]), (x.0, y.0));
    }
}

/// By corners for the fewer cells, by centres and half a cell more for the many: the same here to half a cell.
#[test]
fn boxes_of_many_cells_need_no_corners() {
    for rows in [200, 2100] {
        let found = Facts::of(&sheared(rows)).unwrap().bbox;
        let cell = 20.0 / rows as f64;
        let expected = [170.0 - cell / 2.0, -10.0 - cell / 2.0, -165.0 - 0.625 * cell, 10.0 - cell / 2.0];
        assert!(close(found, expected, 0.5 * cell), "{rows}: {found:?}");
    }
}

#[test]
fn a_coordinate_without_end_is_refused_at_once() {
    let path = fixture("made/endless_coordinate.h5");
    let began = std::time::Instant::now();
    let found = pangeo::io::open::open(path.to_str().unwrap()).and_then(|dataset| Facts::of(&dataset));
    assert!(began.elapsed().as_secs() < 5, "{found:?}");
}

#[test]
fn planes_are_told_by_their_code_or_in_full() {
    let metres = Facts::of(&projected("EPSG:3035", "m", (2.5e6, 5.5e6), (1.5e6, 4.5e6))).unwrap();
    assert_eq!(dimension(&metres, "x")["reference_system"], 3035);
    assert_eq!(dimension(&metres, "y")["extent"], json!([1_575_000.0, 4_425_000.0]));
    assert_eq!(dimension(&metres, "y")["step"], 150_000.0);
    assert_eq!(metres.raster.unwrap().system.code.as_deref(), Some("EPSG:3035"));
    let kilometres = Facts::of(&projected("EPSG:3035", "km", (2500.0, 5500.0), (1500.0, 4500.0))).unwrap();
    let system = &dimension(&kilometres, "x")["reference_system"];
    assert_eq!(system["type"], "ProjectedCRS");
    assert_eq!(system["coordinate_system"]["axis"][0]["unit"]["conversion_factor"], 1000.0);
    assert!(system.get("id").is_none());
}

#[test]
fn rows_and_columns() {
    let air = facts("air_temperature_small.nc");
    let lat = dimension(&air, "lat");
    assert_eq!((&lat["type"], &lat["axis"], &lat["step"]), (&json!("spatial"), &json!("y"), &json!(-2.5)));
    assert_eq!((&lat["extent"], &lat["reference_system"]), (&json!([15.0, 75.0]), &json!(4326)));
    let raster = air.raster.as_ref().unwrap();
    assert_eq!(raster.transform, Some([2.5, 0.0, 198.75, 0.0, -2.5, 76.25]));
    let rotated = dimension(&facts("made/rotated_winds.nc"), "rlat");
    assert_eq!(rotated["reference_system"]["type"], "DerivedGeographicCRS");
    let stereographic = dimension(&facts("toa_brightness_stereographic.nc"), "y");
    assert_eq!(stereographic["reference_system"]["type"], "ProjectedCRS");
    let curvilinear = dimension(&facts("made/curvilinear_pole.nc"), "j");
    assert_eq!((&curvilinear["type"], &curvilinear["extent"]), (&json!("index"), &json!([0, 7])));
    let mesh = dimension(&facts("mesh_C4_synthetic_float.nc"), "nexample_C4_face");
    assert_eq!((&mesh["type"], &mesh["geometry_types"]), (&json!("geometry"), &json!(["Polygon"])));
}

#[test]
fn coordinates_without_a_value_are_places_by_number() {
    let mut dataset = latlon();
    for variable in &mut dataset.variables[..2] {
        let missing = vec![f64::NAN; variable.shape()[0]];
        let block = pangeo::model::Block::vector(pangeo::model::Buffer::F64(missing));
        variable.array = pangeo::model::array::Memory::array(block);
    }
    let lat = dimension(&Facts::of(&dataset).unwrap(), "lat");
    assert_eq!((&lat["type"], lat.get("reference_system")), (&json!("index"), None));
}

#[test]
fn other_dimensions() {
    let plev = dimension(&facts("made/pressure_dateline.nc"), "plev");
    assert_eq!((&plev["type"], &plev["axis"], &plev["unit"]), (&json!("spatial"), &json!("z"), &json!("Pa")));
    assert_eq!(plev["extent"], json!([25_000.0, 100_000.0]));
    let depth = dimension(&facts("atlantic_profiles.nc"), "depth");
    assert_eq!((&depth["step"], depth["values"].as_array().map(Vec::len)), (&Value::Null, Some(40)));
}

#[test]
fn times_of_every_calendar() {
    for (name, first, last) in [
        ("made/monthly_bounds.nc", "1990-01-16T12:00:00Z", "1991-12-16T12:00:00Z"),
        ("air_temperature_small.nc", "", ""),
        ("A1B_north_america.nc", "1860-06-01T00:00:00Z", "2099-06-01T00:00:00Z"),
        ("rotated_pole.nc", "2006-06-15T00:00:00Z", "2006-06-15T00:00:00Z"),
        ("made/calendar_360_day.nc", "2000-01-01T12:00:00Z", "2000-12-30T12:00:00Z"),
        ("made/calendar_noleap.nc", "2000-01-01T12:00:00Z", "2000-12-31T12:00:00Z"),
    ] {
        let found = facts(name).interval.unwrap();
        let [Some(from), Some(to)] = found else { panic!("{name}: {found:?}") };
        if !first.is_empty() {
            assert_eq!((from.as_str(), to.as_str()), (first, last), "{name}");
        }
    }
}

#[test]
fn steps_and_dates_of_time_dimensions() {
    let monthly = dimension(&facts("made/monthly_bounds.nc"), "time");
    assert_eq!((&monthly["type"], &monthly["step"]), (&json!("temporal"), &json!("P1M")));
    let air = dimension(&facts("air_temperature_small.nc"), "time");
    assert_eq!((&air["type"], &air["step"]), (&json!("temporal"), &json!("PT6H")));
    let noleap = dimension(&facts("made/calendar_noleap.nc"), "time");
    assert_eq!((&noleap["type"], &noleap["step"]), (&json!("temporal"), &Value::Null));
    assert!(noleap["description"].as_str().unwrap().contains("noleap, every 1 day"));
    let model = dimension(&facts("made/calendar_360_day.nc"), "time");
    assert_eq!((&model["type"], &model["reference_system"]), (&json!("temporal"), &json!("360_day")));
    assert_eq!((&model["extent"], &model["unit"]), (&json!([0.5, 359.5]), &json!("days since 2000-01-01")));
    assert!(model["description"].as_str().unwrap().contains("2000-12-30T12:00:00"));
    let climatology = facts("coads_climatology.cdf");
    assert_eq!((climatology.interval.clone(), climatology.notes.len()), (Some([None, None]), 1));
    assert_eq!(dimension(&climatology, "TIME")["extent"], json!([366.0, 8401.335]));
    let forecast = dimension(&facts("made/cams_like.nc"), "time");
    assert_eq!((&forecast["type"], &forecast["extent"]), (&json!("temporal"), &json!([0.0, 24.0])));
}

#[test]
fn variables() {
    let found = facts("made/monthly_v3.zarr");
    let json =
        |name: &str| found.variables.iter().find(|v| v.name == name).map(catalog::CubeVariable::to_json).unwrap();
    let tas = json("tas");
    assert_eq!((&tas["type"], &tas["unit"], &tas["data_type"]), (&json!("data"), &json!("K"), &json!("float32")));
    assert_eq!(tas["dimensions"], json!(["time", "lat", "lon"]));
    assert_eq!((&tas["shape"], &tas["nodata"]), (&json!([24, 6, 12]), &json!("nan")));
    let bounded = facts("made/monthly_bounds.nc");
    let json =
        |name: &str| bounded.variables.iter().find(|v| v.name == name).map(catalog::CubeVariable::to_json).unwrap();
    assert_eq!((&json("height")["type"], &json("areacella")["type"]), (&json!("auxiliary"), &json!("auxiliary")));
    assert_eq!(json("tas")["attrs"]["standard_name"], "air_temperature");
    assert!(bounded.variables.iter().all(|v| v.name != "time_bnds"));
    let air = facts("air_temperature_small.nc");
    assert_eq!(air.variables.iter().find(|v| v.name == "air").unwrap().data_type, "int16");
}

#[test]
fn what_attributes_say() {
    let mut dataset = latlon();
    for (name, text) in [
        ("title", "Air"),
        ("summary", "Air of the year"),
        ("keywords", "air, temperature; air"),
        ("license", "CC BY 4.0, see https://example.org/licence."),
        ("institution", "A"),
        ("creator_name", "B"),
        ("publisher_name", "A"),
        ("publisher_url", "https://a.example"),
    ] {
        dataset.attributes.set(name, text);
    }
    let found = Facts::of(&dataset).unwrap();
    assert_eq!((found.title.as_deref(), found.description.as_str()), (Some("Air"), "Air of the year"));
    assert_eq!(found.keywords, ["air", "temperature"]);
    assert_eq!(
        (found.licence.as_str(), found.licence_link.as_deref()),
        ("CC-BY-4.0", Some("https://example.org/licence"))
    );
    let providers: Vec<(&str, Vec<&str>)> =
        found.providers.iter().map(|p| (p.name.as_str(), p.roles.clone())).collect();
    assert_eq!(providers, [("A", vec!["producer", "host"]), ("B", vec!["producer"])]);
}

#[test]
fn a_dataset_without_places_takes_what_it_declares() {
    let mut dataset = pangeo::model::Dataset::default();
    let found = Facts::of(&dataset).unwrap();
    assert_eq!((found.bbox, found.interval, found.licence.as_str()), (None, None, "other"));
    assert!(!found.description.is_empty());
    assert_eq!(found.notes.len(), 2, "what a collection makes up is told");
    for (name, value) in [("lat_min", -10.0), ("lat_max", 10.0), ("lon_min", 350.0), ("lon_max", 370.0)] {
        dataset.attributes.set(format!("geospatial_{name}"), value);
    }
    dataset.attributes.set("time_coverage_start", "2001-02");
    let found = Facts::of(&dataset).unwrap();
    assert_eq!(found.bbox, Some([-10.0, -10.0, 10.0, 10.0]));
    assert_eq!(found.interval, Some([Some("2001-02-01T00:00:00Z".to_owned()), None]));
}

#[test]
fn names_of_dimensions_and_variables_are_unique_together() {
    for name in ["air_temperature_small.nc", "hybrid_height.nc", "made/groups.nc", "nemo_201501.nc", "made/ragged.nc"] {
        let found = facts(name);
        let dimensions: Vec<&str> = found.dimensions.iter().map(|d| d.name.as_str()).collect();
        assert!(found.variables.iter().all(|v| !dimensions.contains(&v.name.as_str())), "{name}");
        for variable in &found.variables {
            assert!(variable.dimensions.iter().all(|d| dimensions.contains(&d.as_str())), "{name}: {}", variable.name);
        }
    }
    let kinds: Vec<DimensionKind> = facts("hybrid_height.nc").dimensions.into_iter().map(|d| d.kind).collect();
    assert!(kinds.contains(&DimensionKind::Vertical) && kinds.contains(&DimensionKind::Horizontal('x')));
}

#[test]
fn broken_files_are_errors_and_no_panics() {
    for entry in std::fs::read_dir(fixture("made/malformed")).unwrap() {
        let path = entry.unwrap().path();
        let found = pangeo::io::open::open(path.to_str().unwrap()).and_then(|dataset| Facts::of(&dataset));
        if let Err(error) = found {
            assert!(!error.to_string().contains("internal"), "{}: {error}", path.display());
        }
    }
}
