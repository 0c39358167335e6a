use super::*;

#[test]
fn extents_of_the_whole_map() {
    let r = RADIUS;
    let pi = std::f64::consts::PI;
    let mercator = |lat: f64| r * lat.to_radians().tan().asinh();
    for (name, expected) in [
        ("platecarree", [-pi * r, -pi / 2.0 * r, pi * r, pi / 2.0 * r]),
        ("robinson", [-0.8487 * pi * r, -1.3523 * r, 0.8487 * pi * r, 1.3523 * r]),
        ("mercator", [-pi * r, mercator(-80.0), pi * r, mercator(84.0)]),
        ("orthographic", [-r, -r, r, r]),
        ("lambert-azimuthal", [-2.0 * r, -2.0 * r, 2.0 * r, 2.0 * r]),
        ("+proj=robin +R=6371007.181", [-0.8487 * pi * r, -1.3523 * r, 0.8487 * pi * r, 1.3523 * r]),
        (
            "+proj=moll +lon_0=77 +R=6371007.181",
            [-2.0 * 2.0_f64.sqrt() * r, -2.0_f64.sqrt() * r, 2.0 * 2.0_f64.sqrt() * r, 2.0_f64.sqrt() * r],
        ),
        ("+proj=ortho +R=6371007.181 +lat_0=30", [-r, -r, r, r]),
    ] {
        let found = plain(name).extent();
        for (a, b) in found.iter().zip(expected) {
            assert!((a - b).abs() < 1e-3 * r, "{name}: {found:?}, expected {expected:?}");
        }
    }
}

#[test]
fn outlines_are_rings_on_the_map() {
    let foreign = [
        "EPSG:3035",
        "EPSG:3995",
        "EPSG:32633",
        "+proj=wintri",
        "+proj=hammer +lon_0=-160",
        "+proj=geos +h=35785831",
        "EPSG:4326",
        "EPSG:3857",
        "+proj=ob_tran +o_proj=moll +o_lat_p=40 +o_lon_p=0 +R=6371000",
    ];
    for map in all().into_iter().chain(foreign.map(plain)) {
        let ring = map.outline();
        assert!(ring.len() > 4 && ring.first() == ring.last(), "{}: {}", map.name(), ring.len());
        let [x0, y0, x1, y1] = map.extent();
        let slack = 1e-9 * (x1 - x0);
        let middle = (f64::midpoint(x0, x1), f64::midpoint(y0, y1));
        assert!(x1 > x0 && y1 > y0);
        for &(x, y) in &ring {
            assert!(x >= x0 - slack && x <= x1 + slack && y >= y0 - slack && y <= y1 + slack, "{} {x} {y}", map.name());
            let (x, y) = (middle.0 + 0.9999 * (x - middle.0), middle.1 + 0.9999 * (y - middle.1));
            let fan = map.name() == "lambert";
            assert!(fan || map.inverse(x, y).is_some(), "{} {x} {y} of {x0} {y0} {x1} {y1}", map.name());
        }
    }
}

#[test]
fn extents_of_boxes() {
    let degree = 1.0_f64.to_radians() * RADIUS;
    for (name, area, expected) in [
        ("platecarree", [10.0, 20.0, 30.0, 40.0], Some([10.0, 20.0, 30.0, 40.0])),
        // Over the seam: both ends of the map.
        ("platecarree", [170.0, -5.0, -170.0, 5.0], Some([-180.0, -5.0, 180.0, 5.0])),
        ("platecarree", [0.0, -90.0, 360.0, 90.0], Some([-180.0, -90.0, 180.0, 90.0])),
        ("platecarree", [0.0, 0.0, 180.0, 5.0], Some([0.0, 0.0, 180.0, 5.0])),
        ("platecarree", [-180.0, 0.0, 0.0, 5.0], Some([-180.0, 0.0, 0.0, 5.0])),
        (
            "sinusoidal",
            [-60.0, 10.0, 60.0, 60.0],
            Some([-60.0 * 10.0_f64.to_radians().cos(), 10.0, 60.0 * 10.0_f64.to_radians().cos(), 60.0]),
        ),
        ("orthographic", [100.0, -5.0, 170.0, 5.0], None),
        (
            "orthographic",
            [60.0, -5.0, 170.0, 5.0],
            Some([
                60.0_f64.to_radians().sin().to_degrees() * 5.0_f64.to_radians().cos(),
                -5.0_f64.to_radians().sin().to_degrees(),
                1.0_f64.to_degrees(),
                5.0_f64.to_radians().sin().to_degrees(),
            ]),
        ),
        // All around the pole to 60°: 2 tan 15° either way.
        (
            "north-polar",
            [-180.0, 60.0, 180.0, 90.0],
            Some([-1.0, -1.0, 1.0, 1.0].map(|it: f64| it * (2.0 * 15.0_f64.to_radians().tan()).to_degrees())),
        ),
        ("EPSG:4326", [10.0, 20.0, 30.0, 40.0], Some([10.0, 20.0, 30.0, 40.0])),
        ("platecarree", [0.0, 50.0, 10.0, 40.0], None),
        ("platecarree", [f64::NAN, 50.0, 10.0, 40.0], None),
    ] {
        let map = plain(name);
        let found = map.extent_of(area).map(|it| it.map(|it| it * map.metres_per_unit() / degree));
        let near = match (found, expected) {
            (Some(a), Some(b)) => a.iter().zip(b).all(|(a, b)| (a - b).abs() < 2e-3),
            (a, b) => a == b,
        };
        assert!(near, "{name} {area:?}: {found:?}, expected {expected:?}");
    }
}

#[test]
fn the_whole_globe_is_shown_as_far_as_it_is_of_use() {
    for name in ["mercator", "north-polar", "robinson", "EPSG:3857", "+proj=tmerc"] {
        let map = plain(name);
        assert_eq!(map.extent_of([-180.0, -90.0, 180.0, 90.0]), Some(map.extent()), "{name}");
        let [x0, y0, x1, y1] = map.extent();
        assert!(x1 - x0 < 4.5e7 && y1 - y0 < 4.5e7, "{name}: {:?}", map.extent());
    }
}
