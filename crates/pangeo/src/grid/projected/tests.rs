use super::*;
use crate::model::{AttributeValue, Attributes, Buffer};

const LAT: &str = "latitude_of_projection_origin";
const LON: &str = "longitude_of_projection_origin";
const MERIDIAN: &str = "longitude_of_central_meridian";
const VERTICAL: &str = "straight_vertical_longitude_from_pole";
const PARALLEL: &str = "standard_parallel";
const SCALE: &str = "scale_factor_at_projection_origin";
const RADIUS: &str = "earth_radius";
const MAJOR: &str = "semi_major_axis";
const MINOR: &str = "semi_minor_axis";
const FLATTENING: &str = "inverse_flattening";
const HEIGHT: &str = "perspective_point_height";

/// A grid mapping; a parameter that is given twice is a list.
fn mapping(name: &str, numbers: &[(&str, f64)]) -> Attributes {
    let mut attributes = Attributes::new();
    attributes.set("grid_mapping_name", name);
    for (key, value) in numbers {
        let given = attributes.numbers(key).unwrap_or_default();
        attributes.set(*key, AttributeValue::Numbers(Buffer::F64([given.as_slice(), &[*value]].concat())));
    }
    attributes
}

/// Longitude and latitude of the point 400 km east and 300 km north of the false origin.
fn place(attributes: &Attributes) -> (f64, f64) {
    let at = |name| attributes.number(name).unwrap_or(0.0);
    let (x, y) = (400_000.0 + at("false_easting"), 300_000.0 + at("false_northing"));
    Plane::parse(&definition(attributes).unwrap()).unwrap().places(&[y], &[x])[0]
}

/// `place(mapping)` is what `pyproj.Transformer.from_crs(crs, crs.geodetic_crs)` of `pyproj.CRS.from_cf` says.
fn check(name: &str, numbers: &[(&str, f64)], expected: (f64, f64)) {
    near(name, place(&mapping(name, numbers)), expected);
}

fn near(what: &str, got: (f64, f64), expected: (f64, f64)) {
    let apart = (got.0 - expected.0).abs().max((got.1 - expected.1).abs());
    assert!(apart < 1e-9, "{what}: {got:?} {expected:?}");
}

#[test]
fn cones_as_pyproj() {
    let name = "lambert_conformal_conic";
    let origin = [("false_easting", 5e5), ("false_northing", -2e5), (RADIUS, 6_371_229.0)];
    let two = [(PARALLEL, 30.0), (PARALLEL, 60.0), (LAT, 45.0), (MERIDIAN, 10.0)];
    check(name, &[two.as_slice(), &origin].concat(), (15.532_328_200_685_127, 47.664_689_328_364_54));
    let one = [(PARALLEL, 25.0), (LAT, 25.0), (MERIDIAN, -95.0), (RADIUS, 6_371_229.0)];
    check(name, &one, (-90.943_083_804_903_58, 27.643_099_858_156_53));
    let albers = [(PARALLEL, 29.5), (PARALLEL, 45.5), (LAT, 23.0), (MERIDIAN, -96.0)];
    check("albers_conical_equal_area", &albers, (-92.054_451_675_762_86, 25.671_577_668_745_35));
}

#[test]
fn maps_of_poles_as_pyproj() {
    let name = "polar_stereographic";
    let ssmi = [(MAJOR, 6_378_273.0), (FLATTENING, 298.279_411_123_064)];
    let north = [(PARALLEL, 70.0), (LAT, 90.0), (VERTICAL, -45.0)];
    check(name, &[north.as_slice(), &ssmi].concat(), (81.869_897_645_844_02, 85.386_849_435_474_69));
    let south = [(PARALLEL, -71.0), (LAT, -90.0), (VERTICAL, 0.0)];
    check(name, &south, (53.130_102_354_155_98, -85.400_542_325_505_74));
    check(name, &south.map(|(key, value)| if key == LAT { ("", 0.0) } else { (key, value) }), place_of_south());
    let scaled = [(SCALE, 0.994), (LAT, -90.0), (VERTICAL, 20.0), ("false_easting", 2e6), ("false_northing", 2e6)];
    check(name, &scaled, (73.130_102_354_155_98, -85.498_684_784_983_58));
}

/// The pole is told by the parallel alone.
fn place_of_south() -> (f64, f64) {
    (53.130_102_354_155_98, -85.400_542_325_505_74)
}

#[test]
fn azimuthal_maps_as_pyproj() {
    let etrs = [("false_easting", 4_321_000.0), ("false_northing", 3_210_000.0), (MAJOR, 6_378_137.0)];
    let laea = [[(LAT, 52.0), (LON, 10.0), (FLATTENING, 298.257_222_101)], etrs].concat();
    check("lambert_azimuthal_equal_area", &laea, (16.187_322_296_445_938, 54.541_882_279_531_656));
    let oblique = [(LAT, 40.0), (LON, -35.0), (SCALE, 0.9), (RADIUS, 6_378_169.0)];
    check("stereographic", &oblique, (-29.554_755_400_992_928, 42.868_088_872_278_03));
    check("azimuthal_equidistant", &[(LAT, 53.0), (LON, 24.0)], (30.341_530_189_191_86, 55.534_424_051_812_536));
    let sphere = [(LAT, 53.0), (LON, 24.0), (RADIUS, 6_371_000.0)];
    check("orthographic", &sphere, (30.370_473_169_579_117, 55.538_917_003_634_25));
    let high = [(LAT, 10.0), (LON, 15.0), (HEIGHT, 5e6), (RADIUS, 6_371_000.0)];
    check("vertical_perspective", &high, (18.704_535_988_212_577, 12.689_358_538_276_716));
}

#[test]
fn cylinders_as_pyproj() {
    let airy = [("false_easting", 4e5), ("false_northing", -1e5), (MAJOR, 6_377_563.396), (MINOR, 6_356_256.909)];
    let osgb = [(LAT, 49.0), (MERIDIAN, -2.0), ("scale_factor_at_central_meridian", 0.999_601_271_7)];
    check("transverse_mercator", &[osgb.as_slice(), &airy].concat(), (3.772_499_935_978_084, 51.556_157_810_778_24));
    let scaled = [(LON, 110.0), (SCALE, 0.997), ("false_easting", 3.9e6), ("false_northing", 9e5)];
    check("mercator", &scaled, (113.604_073_356_547_73, 2.720_236_051_015_943));
    let parallel = [(LON, 0.0), (PARALLEL, 41.0), (RADIUS, 6_371_000.0)];
    check("mercator", &parallel, (4.766_451_252_166_548, 3.572_521_309_373_718_3));
    let equal = [(PARALLEL, 30.0), (MERIDIAN, 15.0)];
    check("lambert_cylindrical_equal_area", &equal, (19.145_667_124_485_126, 2.352_232_476_395_504));
    // pyproj.Proj('+proj=sinu +lon_0=15 +R=6371007.181'); from_cf loses the meridian.
    check("sinusoidal", &[(MERIDIAN, 15.0), (RADIUS, 6_371_007.181)], (18.601_274_201_135_81, 2.697_961_776_779_340_7));
}

#[test]
fn satellites_as_pyproj() {
    let figure = [(MAJOR, 6_378_169.0), (MINOR, 6_356_583.8)];
    let mut meteosat =
        mapping("geostationary", &[(LON, 9.5), (LAT, 0.0), (HEIGHT, 35_785_831.0), figure[0], figure[1]]);
    near("no axis", place(&meteosat), (13.101_758_618_214_758, 2.715_989_219_746_238_5));
    meteosat.set("fixed_angle_axis", "y");
    near("fixed y", place(&meteosat), (13.101_884_847_180_248, 2.715_819_430_058_953));
    meteosat.set("sweep_angle_axis", "y");
    near("sweep y", place(&meteosat), (13.101_758_618_214_758, 2.715_989_219_746_238_5));
    let goes = [(LON, -75.0), (HEIGHT, 35_786_023.0), (MAJOR, 6_378_137.0), (MINOR, 6_356_752.314_14)];
    let mut goes = mapping("geostationary", &goes);
    goes.set("sweep_angle_axis", "x");
    near("goes", place(&goes), (-71.398_097_320_594_5, 2.715_661_857_184_570_8));
}

#[test]
fn whole_definitions_come_first() {
    let mut attributes = mapping("lambert_azimuthal_equal_area", &[(LAT, 52.0), (LON, 10.0)]);
    attributes.set("epsg_code", "EPSG:3035");
    assert_eq!(definition(&attributes).unwrap(), "EPSG:3035");
    attributes.set("epsg_code", 3035.0);
    assert_eq!(definition(&attributes).unwrap(), "EPSG:3035");
    attributes.set("proj4", "+proj=merc");
    attributes.set("spatial_ref", " PROJCS[] ");
    assert_eq!(definition(&attributes).unwrap(), "PROJCS[]");
    // What PROJ does not accept is passed over.
    let all = definition::definitions(&attributes, 1000.0);
    assert_eq!(all.len(), 4, "{all:?}");
    assert!(definition(&mapping("healpix", &[])).is_none() && definition(&Attributes::new()).is_none());
    assert_eq!(definition(&mapping("latitude_longitude", &[(RADIUS, 1.0)])).unwrap(), "+proj=longlat +R=1 +no_defs");
}

/// PROJ's parameters become CF's, and these lead back to the same plane.
#[test]
fn mappings_of_codes_lead_back() {
    let back = |code: &str, x: f64, y: f64| {
        let plane = Plane::parse(code).unwrap();
        let mut attributes = plane.mapping();
        let name = attributes.text("grid_mapping_name").unwrap().to_owned();
        assert!(attributes.remove("crs_wkt").is_some() && attributes.remove("epsg_code").is_some());
        let again = Plane::parse(&definition(&attributes).unwrap()).unwrap();
        near(code, again.places(&[y], &[x])[0], plane.places(&[y], &[x])[0]);
        name
    };
    assert_eq!(back("epsg:3035", 4e6, 3e6), "lambert_azimuthal_equal_area");
    assert_eq!(back("epsg:3034", 4e6, 3e6), "lambert_conformal_conic");
    assert_eq!(back("epsg:5070", 1e6, 2e6), "albers_conical_equal_area");
    assert_eq!(back("epsg:3413", 1e6, 2e6), "polar_stereographic");
    assert_eq!(back("epsg:3031", 1e6, 2e6), "polar_stereographic");
    assert_eq!(back("epsg:32661", 1e6, 1.5e6), "polar_stereographic");
    assert_eq!(back("epsg:32632", 5e5, 5e6), "transverse_mercator");
    assert_eq!(back("epsg:3395", 1e6, 2e6), "mercator");
    assert_eq!(back("epsg:6933", 1e6, 2e6), "lambert_cylindrical_equal_area");
    assert_eq!(back("epsg:4326", 10.0, 20.0), "latitude_longitude");
}
