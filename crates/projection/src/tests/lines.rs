use super::*;

/// A line on the plane runs along the ground too: between two of its points there is nothing far from both.
fn check(map: &Projection, pieces: &[Vec<(f64, f64)>], what: &str) {
    for piece in pieces {
        assert!(piece.len() > 1);
        for pair in piece.windows(2) {
            let ((ax, ay), (bx, by)) = (pair[0], pair[1]);
            let (a, b) = (map.inverse(ax, ay).unwrap(), map.inverse(bx, by).unwrap());
            let Some(middle) = map.inverse(f64::midpoint(ax, bx), f64::midpoint(ay, by)) else { continue };
            // At the rim of the equal-area disc the width of a line is many degrees.
            if map.name() == "lambert-azimuthal" && apart(middle, centre(map)) > 165.0 {
                continue;
            }
            let far = apart(a, middle).max(apart(b, middle));
            // A parallel on a straight line of the map is longer than the way over the pole.
            let long = apart(a, b).max((a.0 - b.0).abs().min(360.0) * a.1.to_radians().cos());
            assert!(far <= long * 1.5 + 0.6, "{} {what}: {a:?} {middle:?} {b:?}", map.name());
        }
    }
}

#[test]
fn no_line_runs_across_a_map() {
    for map in all() {
        for lat in [-90.0, -89.0, -60.0, -20.0, 0.0, 20.0, 60.0, 89.0, 90.0] {
            check(&map, &map.line(&[(-180.0, lat), (180.0, lat)], 5e3), "parallel");
        }
        for lon in [-180.0, -97.25, -60.0, 0.0, 10.0, 100.0, 180.0, 190.0] {
            check(&map, &map.line(&[(lon, -90.0), (lon, 90.0)], 5e3), "meridian");
        }
    }
}

proptest! {
    #[test]
    fn no_line_between_any_places_runs_across_a_map(
        points in prop::collection::vec((-360.0..360.0_f64, -90.0..=90.0_f64), 2..5), great: bool
    ) {
        let course = if great { Course::GreatCircle } else { Course::Straight };
        for map in all() {
            check(&map, &map.line_along(&points, course, 2e4), "any");
        }
    }
}

#[test]
fn rounding_near_a_blunt_pole_stays_on_the_map() {
    // Found by chance: 190 m from the pole the last digit of the height is micrometres of the half width.
    let map = parse("mollweide", 180.0, 0.0);
    let points = [(-231.127_033_433_425_5, 42.718_553_460_403_19), (-4.916_688_661_344_564, 89.998_304_678_109_9)];
    check(&map, &map.line_along(&points, Course::GreatCircle, 2e4), "to the pole");
}

#[test]
fn pieces_reach_the_seam_and_the_rim() {
    let edge = std::f64::consts::PI * RADIUS;
    let map = plain("platecarree");
    let pieces = map.line(&[(170.0, 0.0), (-170.0, 10.0)], 1e3);
    assert_eq!(pieces.len(), 2);
    let (first, second) = (pieces[0].last().unwrap(), pieces[1].first().unwrap());
    assert!((first.0 - edge).abs() < 1e-6 && (second.0 + edge).abs() < 1e-6 && (first.1 - second.1).abs() < 1e-6);
    assert!((first.1 - 5.0_f64.to_radians() * RADIUS).abs() < 1e-6);

    // Halfway by longitude, seen from space: from the middle of the globe to its rim and no farther.
    let globe = plain("orthographic");
    let pieces = globe.line(&[(0.0, 0.0), (170.0, 0.0)], 1e3);
    assert_eq!(pieces.len(), 1);
    assert!((pieces[0].last().unwrap().0 - RADIUS).abs() < 1e-3);

    // PROJ's seam is found by looking.
    let proj = plain("+proj=robin +R=6371007.181");
    let pieces = proj.line(&[(170.0, 40.0), (190.0, 40.0)], 1e3);
    let named = plain("robinson").line(&[(170.0, 40.0), (190.0, 40.0)], 1e3);
    assert_eq!((pieces.len(), named.len()), (2, 2));
    let ends = |it: &[Vec<(f64, f64)>]| (it[0].last().copied().unwrap(), it[1].first().copied().unwrap());
    let ((a, b), (c, d)) = (ends(&pieces), ends(&named));
    assert!((a.0 - c.0).hypot(a.1 - c.1) < 3.0 && (b.0 - d.0).hypot(b.1 - d.1) < 3.0, "{a:?} {b:?} {c:?} {d:?}");
}

#[test]
fn a_map_about_a_centre_has_no_seam() {
    for course in [Course::Straight, Course::GreatCircle] {
        for name in ["north-polar", "lambert-azimuthal"] {
            let pieces = plain(name).line_along(&[(170.0, 60.0), (-170.0, 60.0), (-150.0, 60.0)], course, 1e3);
            assert_eq!(pieces.len(), 1, "{name} {course:?}");
            assert!(pieces[0].windows(2).all(|it| it[0] != it[1]));
        }
    }
    assert_eq!(plain("north-polar").line(&[(-180.0, 60.0), (180.0, 60.0)], 1e3).len(), 1);
}

#[test]
fn courses() {
    let map = plain("platecarree");
    let length = |pieces: &[Vec<(f64, f64)>]| -> f64 {
        let degree = 1.0_f64.to_radians() * RADIUS;
        pieces.iter().flat_map(|it| it.windows(2)).map(|it| (it[0].0 - it[1].0).hypot(it[0].1 - it[1].1) / degree).sum()
    };
    for (from, to, course, degrees) in [
        (179.0, -179.0, Course::Straight, 2.0),
        (179.0, -179.0, Course::Literal, 358.0),
        (-180.0, 180.0, Course::Straight, 360.0),
        (0.0, 360.0, Course::Straight, 360.0),
        (0.0, 0.0, Course::Straight, 0.0),
        (10.0, 40.0, Course::GreatCircle, 30.0),
        (170.0, -160.0, Course::GreatCircle, 30.0),
    ] {
        let found = length(&map.line_along(&[(from, 0.0), (to, 0.0)], course, 1.0));
        assert!((found - degrees).abs() < 1e-6, "{from} {to} {course:?}: {found}");
    }
    // The great circle from 30°E to 150°E at 60°N runs at most at atan(tan 60° / cos 60°) = 73.898°N.
    let top = map
        .line_along(&[(30.0, 60.0), (150.0, 60.0)], Course::GreatCircle, 10.0)
        .concat()
        .iter()
        .fold(0.0_f64, |top, it| top.max(it.1));
    assert!(((top / RADIUS).to_degrees() - 73.897_886).abs() < 1e-3, "{}", (top / RADIUS).to_degrees());
}

#[test]
fn a_line_is_smooth() {
    let map = plain("orthographic");
    for tolerance in [1e5, 1e4, 1e3, 1e2] {
        let meridian = map.line(&[(45.0, -90.0), (45.0, 90.0)], tolerance);
        assert_eq!(meridian.len(), 1);
        for pair in meridian[0].windows(2) {
            // Meridians are ellipses with half axes R sin 45° and R.
            let (x, y) = (f64::midpoint(pair[0].0, pair[1].0), f64::midpoint(pair[0].1, pair[1].1));
            let true_x = (RADIUS * RADIUS - y * y).max(0.0).sqrt() * 45.0_f64.to_radians().sin();
            let true_y = (RADIUS * RADIUS - 2.0 * x * x).max(0.0).sqrt();
            assert!((true_x - x).abs().min((true_y - y.abs()).abs()) <= 1.5 * tolerance, "{tolerance} {x} {y}");
        }
    }
}

#[test]
fn maps_without_end_take_finite_lines() {
    for definition in ["+proj=gnom +lat_0=40", "+proj=merc", "+proj=stere", "+proj=lcc +lat_1=30 +lat_2=60"] {
        let map = plain(definition);
        let lines = (-6..6).map(|lon| map.line(&[(f64::from(lon) * 30.0, -90.0), (f64::from(lon) * 30.0, 90.0)], 1e3));
        let points: usize = lines.flatten().map(|it| it.len()).sum();
        assert!(points > 100 && points < 60_000, "{definition}: {points}");
    }
}

#[test]
fn a_plane_of_degrees_has_a_seam_too() {
    let pieces = plain("EPSG:4326").line(&[(170.0, 0.0), (190.0, 10.0)], 1e3);
    assert_eq!(pieces.len(), 2);
    assert!((pieces[0][pieces[0].len() - 1].0 - 180.0).abs() < 1e-6 && (pieces[1][0].0 + 180.0).abs() < 1e-6);
}

#[test]
fn what_is_not_finite_cuts() {
    let map = plain("robinson");
    let points = [(0.0, 0.0), (10.0, 0.0), (f64::NAN, 0.0), (20.0, 0.0), (30.0, 0.0)];
    assert_eq!(map.line(&points, 1e3).len(), 2);
    assert!(map.line(&[(f64::INFINITY, 0.0), (1.0, 0.0)], 1e3).is_empty());
    assert!(map.line(&[(0.0, 0.0)], 1e3).is_empty());
    assert!(map.line(&[(-1e300, 0.0), (1e300, 0.0)], 1e3).len() < 3);
    assert!(!map.line(&[(0.0, 0.0), (10.0, 0.0)], f64::NAN).is_empty());
}
