//! The closed forms against PROJ.

use super::*;
use proj::Proj;

/// The closed form, the same in PROJ, and how far they may be from each other in metres.
const SAME: &[(&str, f64, f64, &str, f64)] = &[
    ("platecarree", 0.0, 0.0, "+proj=eqc", 1e-6),
    ("platecarree", 100.0, 0.0, "+proj=eqc +lon_0=100", 1e-6),
    ("mercator", 0.0, 0.0, "+proj=merc", 1e-6),
    ("mollweide", 0.0, 0.0, "+proj=moll", 1e-6),
    ("mollweide", -150.0, 0.0, "+proj=moll +lon_0=-150", 1e-6),
    ("equal-earth", 0.0, 0.0, "+proj=eqearth", 1e-6),
    ("sinusoidal", 30.0, 0.0, "+proj=sinu +lon_0=30", 1e-6),
    // PROJ rounds the coefficients of the same spline to six digits.
    ("robinson", 0.0, 0.0, "+proj=robin", 2.5),
    ("robinson", 180.0, 0.0, "+proj=robin +lon_0=180", 2.5),
    ("lambert", 0.0, 45.0, "+proj=lcc +lat_0=45 +lat_1=39 +lat_2=51", 1e-6),
    ("lambert", 135.0, -25.0, "+proj=lcc +lat_0=-25 +lat_1=-31 +lat_2=-19 +lon_0=135", 1e-6),
    ("lambert-azimuthal", 10.0, 52.0, "+proj=laea +lat_0=52 +lon_0=10", 1e-6),
    ("lambert-azimuthal", 0.0, 0.0, "+proj=laea", 1e-6),
    ("lambert-azimuthal", 0.0, -90.0, "+proj=laea +lat_0=-90", 1e-6),
    ("orthographic", -75.0, 40.0, "+proj=ortho +lat_0=40 +lon_0=-75", 1e-6),
    ("orthographic", 0.0, 90.0, "+proj=ortho +lat_0=90", 1e-6),
    ("north-polar", -45.0, 90.0, "+proj=stere +lat_0=90 +lon_0=-45", 1e-6),
    ("south-polar", 0.0, -90.0, "+proj=stere +lat_0=-90", 1e-6),
];

#[test]
fn closed_forms_are_those_of_proj() {
    for &(name, longitude, latitude, definition, tolerance) in SAME {
        let ours = parse(name, longitude, latitude);
        let theirs = Proj::new(&format!("{definition} +R={RADIUS}")).unwrap();
        let mut worst = (0.0, 0.0, 0.0, 0.0);
        let mut seen = 0;
        for lon in (-180..180).step_by(3).map(|it| f64::from(it) + 0.5) {
            for lat in (-890..=890).step_by(25).map(|it| f64::from(it) / 10.0) {
                let Some((x, y)) = ours.forward(lon, lat) else { continue };
                // Towards the antipode of an equal-area map PROJ loses digits.
                if name == "lambert-azimuthal" && apart((lon, lat), (longitude + 180.0, -latitude)) < 15.0 {
                    continue;
                }
                let Ok(proj) = theirs.project((lon.to_radians(), lat.to_radians()), false) else { continue };
                seen += 1;
                let off = (x - proj.0).hypot(y - proj.1);
                let back = theirs.project((x, y), true).map(|it| (it.0.to_degrees(), it.1.to_degrees()));
                let around = back.map_or(f64::NAN, |it| apart(it, ours.inverse(x, y).unwrap()));
                if off > worst.0 || around.is_nan() || around > worst.1 {
                    worst = (off.max(worst.0), around.max(worst.1), lon, lat);
                }
            }
        }
        // A lattice of 120 × 72, of which the globe seen from space shows half.
        assert!(seen > 3500, "{name}: {seen}");
        assert!(worst.0 <= tolerance, "{name} {definition}: {worst:?}");
        assert!(worst.1 <= 1e-7_f64.max(tolerance / 1e5), "{name} {definition}: {worst:?}");
    }
}

#[test]
fn a_definition_is_projected_as_proj_does() {
    // From pyproj 3.7.2, Transformer.from_crs('EPSG:4326', …, always_xy=True).transform.
    for &(definition, lon, lat, x, y) in PYPROJ {
        let map = plain(definition);
        let (a, b) = map.forward(lon, lat).unwrap();
        assert!((a - x).abs() < 1e-3 && (b - y).abs() < 1e-3, "{definition}: {a} {b}");
        let (a, b) = map.inverse(x, y).unwrap();
        // The table is rounded to six digits, of degrees as well.
        assert!(apart((a, b), (lon, lat)) < 2e-6, "{definition}: {a} {b}");
    }
}

const PYPROJ: &[(&str, f64, f64, f64, f64)] = &[
    ("EPSG:3035", 10.0, 52.0, 4_321_000.0, 3_210_000.0),
    ("EPSG:3035", -20.0, 65.0, 2_948_183.070_523, 4_956_848.020_417),
    ("EPSG:32633", 15.5, 48.2, 537_153.311_222, 5_338_650.634_532),
    ("EPSG:3995", -100.0, 75.0, -1_613_886.438_69, 284_571.722_941),
    ("epsg:3857", 170.0, -45.0, 18_924_313.434_857, -5_621_521.486_192),
    ("EPSG:4326", 12.5, -33.0, 12.5, -33.0),
    ("ESRI:54030", 100.0, 42.0, 8_615_016.128_303, 4_488_495.335_151),
    ("+proj=wintri +R=6371000", 120.0, -50.0, 11_329_269.625_081, -5_984_560.092_438),
    (
        "+proj=aea +lat_1=29.5 +lat_2=45.5 +lat_0=37.5 +lon_0=-96 +datum=NAD83",
        -80.0,
        40.0,
        1_347_574.626_54,
        393_900.353_449,
    ),
    (
        "+proj=ob_tran +o_proj=longlat +lon_0=18 +o_lon_p=0 +o_lat_p=39.25 +R=6371229",
        10.0,
        50.0,
        -5.132_645,
        -0.472_428,
    ),
    ("+proj=geos +h=35785831 +lon_0=0", 20.0, 30.0, 1_828_663.488_195, 3_057_432.236_438),
    ("+proj=utm +zone=33 +units=km", 15.5, 48.2, 537.153_311, 5_338.650_635),
];

#[test]
fn units_of_the_plane() {
    for (definition, metres) in [
        ("EPSG:3035", 1.0),
        ("EPSG:4326", 111_195.051_977),
        ("EPSG:2230", 0.304_800_609_601_219),
        ("+proj=utm +zone=33 +units=km", 1000.0),
        ("robinson", 1.0),
    ] {
        let found = plain(definition).metres_per_unit();
        assert!((found / metres - 1.0).abs() < 1e-6, "{definition}: {found}");
    }
}

#[test]
fn outside_the_map_is_nowhere() {
    for (definition, lon, lat) in [
        ("+proj=ortho +lat_0=0 +lon_0=0", 120.0, 0.0),
        ("+proj=geos +h=35785831", 100.0, 0.0),
        ("+proj=robin", f64::NAN, 0.0),
        ("+proj=robin", 0.0, 100.0),
    ] {
        assert_eq!(plain(definition).forward(lon, lat), None, "{definition}");
    }
    for (definition, x, y) in [
        ("+proj=robin", 1.75e7, 8e6),
        ("+proj=moll", 1.75e7, 8e6),
        ("+proj=wintri", 1.8e7, 9.9e6),
        ("+proj=hammer", 1.75e7, 8e6),
        ("+proj=merc", 3e7, 0.0),
        ("+proj=ortho", 7e6, 0.0),
        ("+proj=robin", f64::NAN, 0.0),
    ] {
        assert_eq!(plain(definition).inverse(x, y), None, "{definition}");
    }
}

#[test]
fn what_proj_refuses_is_named() {
    for text in [
        "+proj=nonsense",
        "EPSG:999999",
        "+proj=lcc +lat_1=abc +lat_2=-0",
        "GEOGCS[\"broken",
        "+foo",
        "{}",
        "a:b",
        "EPSG:4979\0",
        "+proj=pipeline",
        "+proj=geocent",
        "EPSG:4978",
        "EPSG:5773",
    ] {
        let error = Projection::parse(text, Centre::default()).unwrap_err();
        let said = error.to_string();
        assert!(said.starts_with(&format!("PROJ does not accept the projection '{text}': ")), "{said}");
        assert!(!error.hint().is_empty());
    }
}

#[test]
fn threads_share_a_projection() {
    let map = plain("epsg:3035");
    let expected = map.forward(10.0, 52.0);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                // PROJ cleans up after each object: others must not notice.
                for other in ["EPSG:32633", "+proj=robin", "EPSG:27700", "EPSG:3995", "+proj=wintri", "ESRI:54030"] {
                    assert!(plain(other).forward(10.0, 70.0).is_some(), "{other}");
                    assert_eq!(map.forward(10.0, 52.0), expected);
                }
            });
        }
    });
}
