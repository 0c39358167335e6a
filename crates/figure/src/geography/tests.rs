//! Coastlines against Natural Earth's own files (`data/geography/oracle.py`) and against what everybody knows.

use proptest::prelude::*;

use super::*;

const ORACLE: &str = include_str!("../../data/geography/oracle.tsv");
const DETAILS: [Detail; 2] = [Detail::Low, Detail::Medium];

fn rows(kind: &str) -> Vec<Vec<&'static str>> {
    let all = ORACLE.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let found: Vec<_> = all.filter(|row| row[0] == kind).collect();
    assert!(!found.is_empty());
    found
}

/// Kilometres on a sphere of 6371 km.
fn length(lines: &Lines) -> f64 {
    let edge = |a: (f64, f64), b: (f64, f64)| {
        let (x, y) = ((b.0 - a.0).to_radians(), (b.1 - a.1).to_radians());
        let across = a.1.to_radians().cos() * b.1.to_radians().cos() * (x / 2.0).sin().powi(2);
        2.0 * 6371.0 * ((y / 2.0).sin().powi(2) + across).sqrt().asin()
    };
    lines.iter().flat_map(|line| line.windows(2)).map(|pair| edge(pair[0], pair[1])).sum()
}

#[test]
fn as_long_as_natural_earths_own() {
    let near = |lines: &Lines, kind: &str, part: f64| {
        let wanted: f64 = rows(kind)[0][2].parse().unwrap();
        let found = length(lines);
        assert!((found / wanted - 1.0).abs() < part, "{kind}: {found} for {wanted}");
    };
    near(coastlines(Detail::Low), "length", 0.005);
    near(borders(Detail::Low), "length-borders", 0.02);
    assert!(length(coastlines(Detail::Medium)) > 1.3 * length(coastlines(Detail::Low)));
    assert!(lakes(Detail::Low).len() > 15 && lakes(Detail::Medium).len() > 200);
}

#[test]
fn no_line_runs_along_a_seam() {
    for detail in DETAILS {
        for lines in [coastlines(detail), borders(detail), lakes(detail)] {
            assert!(!lines.is_empty());
            for line in lines.iter() {
                assert!(line.len() >= 2);
                for pair in line.windows(2) {
                    let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
                    assert!((x0 - x1).abs() < 12.0, "{pair:?}");
                    assert!(x0.abs() < 180.0 || x1.abs() < 180.0, "{pair:?}");
                    assert!(y0 > -86.0 && y1 > -86.0, "{pair:?}");
                    assert_ne!(pair[0], pair[1]);
                }
            }
        }
    }
}

#[test]
fn ends_at_the_antimeridian_meet() {
    for detail in DETAILS {
        let ends = |side: f64| -> Vec<f64> {
            let both = coastlines(detail).iter().flat_map(|line| [line[0], line[line.len() - 1]]);
            let mut found: Vec<f64> = both.filter(|p| p.0 == side).map(|p| p.1).collect();
            found.sort_by(f64::total_cmp);
            found
        };
        let (east, west) = (ends(180.0), ends(-180.0));
        assert!(east.len() == west.len() && !east.is_empty());
        // The source rounds both sides by themselves.
        assert!(east.iter().zip(&west).all(|(a, b)| (a - b).abs() < 0.002), "{east:?} {west:?}");
        let open = coastlines(detail).iter().filter(|line| line[0] != line[line.len() - 1]);
        for line in open {
            assert!(line[0].0.abs() == 180.0 && line[line.len() - 1].0.abs() == 180.0, "{:?}", line[0]);
        }
    }
}

#[test]
fn cities_and_seas() {
    #[rustfmt::skip]
    let cities = [
        ("Berlin", 13.4, 52.5), ("Paris", 2.35, 48.86), ("Madrid", -3.7, 40.4), ("Moscow", 37.6, 55.75),
        ("Beijing", 116.4, 39.9), ("Delhi", 77.2, 28.6), ("Nairobi", 36.8, -1.3), ("Kinshasa", 15.4, -4.4),
        ("Johannesburg", 28.0, -26.2), ("Cairo", 31.3, 30.0), ("Riyadh", 46.7, 24.7), ("Tehran", 51.4, 35.7),
        ("Denver", -105.0, 39.7), ("Mexico City", -99.1, 19.4), ("Bogotá", -74.1, 4.6), ("Brasília", -47.9, -15.8),
        ("La Paz", -68.1, -16.5), ("Alice Springs", 133.9, -23.7), ("Ulan Bator", 106.9, 47.9),
        ("Summit, Greenland", -38.5, 72.6), ("Vostok", 106.8, -78.5), ("South Pole", 0.0, -90.0),
        ("Antananarivo", 47.5, -18.9), ("Anadyr's west", 170.0, 66.0), ("Chukotka across 180", -175.0, 66.8),
    ];
    #[rustfmt::skip]
    let seas = [
        ("North Pole", 0.0, 90.0), ("Atlantic", -30.0, 0.0), ("Pacific", -150.0, 0.0), ("dateline", 180.0, 10.0),
        ("Indian Ocean", 80.0, -20.0), ("North Sea", 3.0, 56.0), ("Mediterranean", 18.0, 35.0), ("Baltic", 19.5, 57.0),
        ("Black Sea", 34.0, 43.0), ("Caspian Sea", 51.0, 42.0), ("Hudson Bay", -85.0, 60.0), ("Bering Sea", -178.0, 58.0),
        ("Gulf of Mexico", -90.0, 25.0), ("Red Sea", 38.0, 20.0), ("Drake Passage", -65.0, -58.0),
        ("Ross Sea", 180.0, -73.0), ("Tasman Sea", 160.0, -38.0), ("Arctic", 150.0, 82.0),
    ];
    for detail in DETAILS {
        let land = land(detail);
        for turn in [-720.0, 0.0, 360.0] {
            cities.iter().for_each(|&(name, x, y)| assert!(land.contains(x + turn, y), "{name} {detail:?}"));
            seas.iter().for_each(|&(name, x, y)| assert!(!land.contains(x + turn, y), "{name} {detail:?}"));
        }
        for lon in -1800..=1800 {
            let lon = f64::from(lon) / 10.0;
            assert!(land.contains(lon, -90.0) && land.contains(lon, -86.0) && !land.contains(lon, 90.0), "{lon}");
        }
        assert!(!land.contains(f64::NAN, 0.0) && !land.contains(13.4, f64::NAN));
        assert!(!land.contains(f64::INFINITY, 0.0));
    }
    // London and Tokyo are on coasts that 1:110m does not follow so far.
    assert!(land(Detail::Medium).contains(-0.12, 51.5) && land(Detail::Medium).contains(139.5, 35.7));
}

#[test]
fn as_finer_polygons_say() {
    let mut counted = 0;
    for row in rows("place") {
        let n: Vec<f64> = row[1..].iter().map(|n| n.parse().unwrap()).collect();
        let is_land = n[2] == 1.0;
        if n[3] >= 0.4 {
            assert_eq!(land(Detail::Medium).contains(n[0], n[1]), is_land, "50m {row:?}");
            counted += 1;
        }
        if n[3] >= 2.0 {
            assert_eq!(land(Detail::Low).contains(n[0], n[1]), is_land, "110m {row:?}");
        }
    }
    assert!(counted > 1000);
}

#[test]
fn cells_say_what_counting_says() {
    for detail in DETAILS {
        for place in 0..40_000 {
            // Multiples of the golden ratio fall everywhere.
            let lon = (f64::from(place) * 222.492_235_949_962).rem_euclid(360.0) - 180.0;
            let lat = f64::from(place) / 222.223 - 90.0;
            assert_eq!(land(detail).contains(lon, lat), land(detail).counted(lon, lat), "{lon} {lat}");
        }
    }
}

#[test]
fn damaged_files_give_nothing() {
    assert_eq!(Lines::read(&[]), None);
    assert_eq!(Lines::read(&[255; 64]), None);
    assert_eq!(Lines::read(&[9, 0, 0, 0, 120, 1, 0]), None);
}

proptest! {
    #[test]
    fn any_place_has_an_answer(lon in any::<u64>().prop_map(f64::from_bits), lat in any::<u64>().prop_map(f64::from_bits)) {
        land(Detail::Low).contains(lon, lat);
    }

    #[test]
    fn turns_do_not_matter(lon in -180i16..180, lat in -90i16..=90, turns in -3i16..3) {
        let (x, y) = (f64::from(lon) + 0.5, f64::from(lat));
        let land = land(Detail::Low);
        prop_assert_eq!(land.contains(x, y), land.contains(x + 360.0 * f64::from(turns), y));
    }
}
