use super::*;
use proptest::prelude::*;

mod lines;
mod oracle;
mod regions;

/// Every named projection about a meridian, those that can about latitudes as well.
fn all() -> Vec<Projection> {
    let mut all = Vec::new();
    for named in Projection::names() {
        let latitudes: &[f64] = match named.kind {
            Kind::LambertConformal => &[45.0, -30.0, 12.0, 89.0],
            Kind::LambertAzimuthal | Kind::Orthographic => &[0.0, 52.0, -23.5, 90.0, -90.0],
            Kind::NorthPolar => &[90.0],
            Kind::SouthPolar => &[-90.0],
            _ => &[0.0],
        };
        for longitude in [0.0, 10.0, 180.0, -97.25] {
            all.extend(latitudes.iter().map(|&latitude| parse(named.name, longitude, latitude)));
        }
    }
    all
}

fn parse(name: &str, longitude: f64, latitude: f64) -> Projection {
    Projection::parse(name, Centre { longitude: Some(longitude), latitude: Some(latitude) }).unwrap()
}

fn plain(text: &str) -> Projection {
    Projection::parse(text, Centre::default()).unwrap()
}

/// The angle between two places in degrees.
fn apart(a: (f64, f64), b: (f64, f64)) -> f64 {
    let vector = |(lon, lat): (f64, f64)| {
        let ((sin, cos), (sin_lon, cos_lon)) = (lat.to_radians().sin_cos(), lon.to_radians().sin_cos());
        [cos * cos_lon, cos * sin_lon, sin]
    };
    let (a, b) = (vector(a), vector(b));
    let chord = (a[0] - b[0]).hypot(a[1] - b[1]).hypot(a[2] - b[2]);
    2.0 * (chord / 2.0).min(1.0).asin().to_degrees()
}

proptest! {
    #[test]
    fn inverse_of_forward_is_the_place(lon in -400.0..400.0_f64, lat in -90.0..=90.0_f64) {
        for map in all() {
            let Some((x, y)) = map.forward(lon, lat) else { continue };
            prop_assert!(x.is_finite() && y.is_finite());
            let back = map.inverse(x, y);
            prop_assert!(back.is_some(), "{} {lon} {lat}", map.name());
            // At the rim of the globe seen from space, and at the rim of an equal-area disc, a micrometre on the plane
            // is far on the ground.
            let rim = back.is_some_and(|it| apart(it, centre(&map)) > 89.0) && map.name() == "orthographic"
                || back.is_some_and(|it| apart(it, centre(&map)) > 179.0);
            // Maps that keep areas crowd their parallels at the poles: the last digit of y is as much more of latitude as
            // the cosine is small.
            let crowded = ["equal-earth", "mollweide"].contains(&map.name());
            let pole = if crowded { 5e-14 / lat.to_radians().cos().max(1e-17) } else { 0.0 };
            let tolerance = if rim { 1e-5 } else { (1e-9 + pole).min(1e-5) };
            prop_assert!(apart(back.unwrap(), (lon, lat)) < tolerance, "{} {lon} {lat} {back:?}", map.name());
        }
    }

    #[test]
    fn any_point_of_the_plane_is_on_the_map_or_not(x in -5e7..5e7_f64, y in -5e7..5e7_f64) {
        for map in all() {
            if let Some((lon, lat)) = map.inverse(x, y) {
                prop_assert!(lon.abs() <= 360.0 && lat.abs() <= 90.0, "{} {x} {y} {lon} {lat}", map.name());
                let again = map.forward(lon, lat);
                // Where a pole is at infinity the last digit of latitude is metres of the plane.
                let digit = map.forward(lon, if lat > 0.0 { lat.next_down() } else { lat.next_up() });
                let coarse = again.zip(digit).map_or(0.0, |(a, b)| (a.0 - b.0).hypot(a.1 - b.1));
                prop_assert!(
                    again.is_some_and(|it| (it.0 - x).hypot(it.1 - y) < 2e-5 * (1.0 + y.abs() / 1e5) + 4.0 * coarse),
                    "{} {x} {y} {lon} {lat} {again:?}", map.name()
                );
            }
        }
    }
}

/// Where a map is centred.
fn centre(map: &Projection) -> (f64, f64) {
    map.inverse(0.0, 0.0).unwrap_or((0.0, 90.0))
}

#[test]
fn what_is_no_place_is_none() {
    for map in all() {
        for (lon, lat) in
            [(f64::NAN, 0.0), (0.0, f64::NAN), (f64::INFINITY, 0.0), (0.0, 91.0), (0.0, f64::NEG_INFINITY)]
        {
            assert_eq!(map.forward(lon, lat), None, "{} {lon} {lat}", map.name());
        }
        for (x, y) in [(f64::NAN, 0.0), (0.0, f64::INFINITY), (1e300, 1e300), (f64::MAX, 0.0), (-1e9, 1e9)] {
            let inverse = map.inverse(x, y);
            assert!(inverse.is_none() || map.name() == "mercator" && x == 0.0, "{} {x} {y} {inverse:?}", map.name());
        }
    }
}

#[test]
fn poles_and_edges() {
    let quarter = std::f64::consts::FRAC_PI_2 * RADIUS;
    for (name, lon, lat, expected) in [
        ("platecarree", 180.0, 90.0, Some((2.0 * quarter, quarter))),
        ("platecarree", -180.0, -90.0, Some((-2.0 * quarter, -quarter))),
        ("mollweide", 0.0, 90.0, Some((0.0, std::f64::consts::SQRT_2 * RADIUS))),
        ("mollweide", -180.0, 0.0, Some((-2.0 * std::f64::consts::SQRT_2 * RADIUS, 0.0))),
        ("sinusoidal", 180.0, 90.0, Some((0.0, quarter))),
        ("robinson", 180.0, 90.0, Some((0.8487 * 0.5322 * 2.0 * quarter, 1.3523 * RADIUS))),
        ("mercator", 0.0, 90.0, None),
        ("mercator", 0.0, -90.0, None),
        ("orthographic", 90.0, 0.0, Some((RADIUS, 0.0))),
        ("orthographic", 91.0, 0.0, None),
        ("lambert-azimuthal", 180.0, 0.0, None),
        ("north-polar", 0.0, 0.0, Some((0.0, -2.0 * RADIUS))),
        ("north-polar", 0.0, -61.0, None),
        ("south-polar", 90.0, -90.0, Some((0.0, 0.0))),
        ("lambert", 0.0, -31.0, None),
    ] {
        let found = plain(name).forward(lon, lat);
        let near = match (found, expected) {
            (Some(a), Some(b)) => (a.0 - b.0).abs() < 1e-6 && (a.1 - b.1).abs() < 1e-6,
            (a, b) => a == b,
        };
        assert!(near, "{name} {lon} {lat}: {found:?}, expected {expected:?}");
    }
}

#[test]
fn many_places_are_the_same_as_each() {
    let (lon, lat): (Vec<f64>, Vec<f64>) =
        (0..1000).map(|i| (f64::from(i) - 500.0, f64::from(i % 200) - 100.0)).unzip();
    for map in [plain("robinson"), plain("orthographic"), plain("EPSG:3035"), plain("+proj=ortho +lat_0=40")] {
        let (mut x, mut y) = (vec![0.0; 1000], vec![0.0; 1000]);
        map.forward_all(&lon, &lat, &mut x, &mut y);
        let mut points: Vec<(f64, f64)> = x.iter().copied().zip(y.iter().copied()).collect();
        map.inverse_all(&mut points);
        for (i, (px, py)) in x.iter().zip(&y).enumerate() {
            let one = map.forward(lon[i], lat[i]);
            assert_eq!(one, (!px.is_nan()).then_some((*px, *py)), "{} {}", map.name(), i);
            assert!(points[i].0.is_nan() == px.is_nan() && points[i].1.is_nan() == py.is_nan());
        }
    }
}

#[test]
fn centres_that_cannot_be() {
    for (name, longitude, latitude, says) in [
        ("robinson", 0.0, 40.0, "projection 'robinson' cannot be centred on latitude 40"),
        ("lambert", 0.0, 0.0, "projection 'lambert' cannot be centred on latitude 0"),
        ("north-polar", 0.0, 60.0, "projection 'north-polar' cannot be centred on latitude 60"),
        ("orthographic", 0.0, 95.0, "projection 'orthographic' cannot be centred on latitude 95"),
        ("orthographic", f64::NAN, 0.0, "projection 'orthographic' cannot be centred on longitude NaN"),
        ("EPSG:3035", 10.0, 0.0, "projection 'EPSG:3035' cannot be centred on a place given beside it"),
    ] {
        let centre = Centre { longitude: Some(longitude), latitude: Some(latitude) };
        let error = Projection::parse(name, centre).unwrap_err();
        assert_eq!(error.to_string(), says);
        assert!(!error.hint().is_empty());
    }
}

#[test]
fn a_box_chooses_what_is_open() {
    let over = |name, area| Projection::parse_for(name, Centre::default(), Some(area)).unwrap();
    let middle = |map: Projection| map.inverse(0.0, 0.0).unwrap();
    assert!(apart(middle(over("orthographic", [-10.0, 30.0, 30.0, 70.0])), (10.0, 50.0)) < 1e-9);
    assert!(apart(middle(over("robinson", [170.0, -10.0, -150.0, 10.0])), (-170.0, 0.0)) < 1e-9);
    assert!(apart(middle(over("robinson", [-10.0, -10.0, 50.0, 10.0])), (0.0, 0.0)) < 1e-9);
    let Inner::Sphere(Sphere { layout: Layout::Conic(cone), centre }) = over("lambert", [0.0, 30.0, 40.0, 60.0]).inner
    else {
        panic!("not a cone")
    };
    assert_eq!((cone.parallels(), centre), ((35.0, 55.0), 20.0));
    let Inner::Sphere(Sphere { layout: Layout::Conic(cone), .. }) = plain("lambert").inner else {
        panic!("not a cone")
    };
    assert_eq!(cone.parallels(), (39.0, 51.0));
}
