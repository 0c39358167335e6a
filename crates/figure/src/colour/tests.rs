//! Colour maps and scales against matplotlib, cmcrameri and cmocean (`data/colour/oracle.py`), and by hand.

use proptest::prelude::*;

use super::*;
use crate::Error;
use crate::draw::Colour;

const ORACLE: &str = include_str!("../../data/colour/oracle.tsv");

fn rows(kind: &str) -> Vec<Vec<&'static str>> {
    let all = ORACLE.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let found: Vec<_> = all.filter(|row| row[0] == kind).collect();
    assert!(!found.is_empty());
    found
}

fn numbers(text: &str) -> Vec<f64> {
    text.split(',').map(|n| n.parse().unwrap()).collect()
}

fn hex(colour: Colour) -> String {
    format!("{:02x}{:02x}{:02x}", colour.r, colour.g, colour.b)
}

fn map(name: &str) -> ColourMap {
    ColourMap::named(name).unwrap()
}

fn palette(scale: Scale, name: &str) -> Palette {
    Palette::new(scale, map(name))
}

#[test]
fn entries_equal_those_published() {
    for row in rows("entry") {
        let map = map(row[1]);
        assert_eq!(map.entries.len().to_string(), row[2], "{row:?}");
        assert_eq!(hex(map.entries[row[3].parse::<usize>().unwrap()]), row[4], "{row:?}");
    }
    for row in rows("at") {
        assert_eq!(hex(map(row[1]).at(row[2].parse().unwrap())), row[3], "{row:?}");
    }
}

#[test]
fn all_maps_are_there() {
    assert!(ColourMap::all().len() >= 160, "{}", ColourMap::all().len());
    for map in ColourMap::all() {
        assert!(map.entries.len() >= 8, "{}", map.name);
        let again = ColourMap::named(&map.full_name()).unwrap();
        assert_eq!(&again, map);
        assert_eq!(ColourMap::named(&format!("{}_r", map.full_name())).unwrap().reversed(), again);
    }
    assert!(map("jet").misleads && map("turbo").misleads && !map("viridis").misleads);
}

#[test]
fn names_as_users_type_them() {
    let same = [
        ("VIRIDIS", "viridis"),
        ("rdbu_R", "RdBu_r"),
        ("cmo.thermal", "thermal"),
        ("cmocean:thermal", "thermal"),
        ("cmocean.cm.haline", "cmo.haline"),
        ("Crameri/roma", "cmc.roma"),
        ("cmc.roma_r", "roma_r"),
        ("romao", "romaO"),
        ("plt.cm.grey", "gray"),
        (" jet ", "jet"),
        ("gist_yarg", "binary"),
        ("vanimo", "cmc.vanimo"),
    ];
    for (typed, meant) in same {
        assert_eq!(map(typed), map(meant), "{typed}");
    }
    assert_ne!(map("gray").family, map("cmo.gray").family);
    assert_eq!(map("BATLOW").name, "batlow");
}

#[test]
fn unknown_names_get_similar_ones() {
    let hint = |name: &str| match ColourMap::named(name) {
        Err(Error::Request { hint: Some(hint), .. }) => hint,
        other => panic!("{other:?}"),
    };
    assert!(hint("virdis").contains("viridis"), "{}", hint("virdis"));
    assert!(hint("cmo.termal").contains("cmo.thermal"), "{}", hint("cmo.termal"));
    assert!(hint("RdYBu_r").contains("RdYlBu"), "{}", hint("RdYBu_r"));
    assert!(hint("").contains("viridis"));
    assert!(hint("äö€").contains("viridis"));
}

#[test]
fn samples() {
    let grey = map("gray");
    assert_eq!(grey.sampled(2), [Colour::BLACK, Colour::WHITE]);
    assert_eq!(grey.sampled(1), [Colour::grey(127)]);
    assert!(grey.sampled(0).is_empty());
    assert_eq!(map("tab10").sampled(23)[22], map("tab10").entries[2]);
    let wheel = map("romaO").sampled(4);
    assert_ne!(wheel[0], wheel[3]);
    assert_eq!(map("stripes").entries.len(), 16);
    assert_eq!((hex(map("stripes").at(0.0)), hex(map("stripes").at(1.0))), ("08306b".into(), "67000d".into()));
}

#[test]
fn scales_equal_matplotlib() {
    for row in rows("place") {
        let n = numbers(row[2]);
        let scale = match row[1] {
            "linear" => Scale::linear(n[0], n[1]),
            "log" => Scale::log(n[0], n[1]),
            _ => Scale::diverging(n[0], n[1], n[2]),
        }
        .unwrap();
        let value: f64 = row[3].parse().unwrap();
        let wanted: f64 = row[4].parse().unwrap();
        let found = scale.position(value).unwrap();
        assert!((found - wanted).abs() <= 4.0 * f64::EPSILON, "{row:?} {found}");
        let viridis = map("viridis");
        let entry = viridis.entries[row[5].parse::<usize>().unwrap()];
        assert_eq!(Palette::new(scale, viridis).colour(value), entry, "{row:?}");
    }
    for row in rows("bins") {
        let plain = palette(Scale::levels(numbers(row[1])).unwrap(), row[3]);
        let palette = plain.extended(row[4] == "both", row[4] != "neither");
        assert_eq!(hex(palette.colour(row[2].parse().unwrap())), row[5], "{row:?}");
    }
}

#[test]
fn percentiles_equal_numpy() {
    for row in rows("robust") {
        let mut values = numbers(row[1]);
        values.extend([f64::NAN, f64::INFINITY, f64::NEG_INFINITY]);
        let found = robust(&values, row[2].parse().unwrap(), row[3].parse().unwrap()).unwrap();
        assert_eq!(found, (row[4].parse().unwrap(), row[5].parse().unwrap()), "{row:?}");
    }
    assert_eq!(robust(&[f64::NAN], 2.0, 98.0), None);
    assert_eq!(robust(&[1.0], 98.0, 2.0), None);
    assert_eq!(percentiles(&[1.0, 2.0, 4.0], &[50.0, 75.0]), [2.0, 3.0]);
}

#[test]
fn ends_are_drawn_and_the_rest_is_outside() {
    let one = palette(Scale::linear(1.0, 2.0).unwrap(), "viridis")
        .with_under(Colour::WHITE)
        .with_over(Colour::BLACK)
        .with_missing(Colour::NONE);
    let map = map("viridis");
    let first = map.entries[0];
    let last = map.entries[255];
    assert_eq!((one.colour(1.0), one.colour(2.0)), (first, last));
    assert_eq!((one.colour(1.0 - 1e-9), one.colour(f64::NEG_INFINITY)), (Colour::WHITE, Colour::WHITE));
    assert_eq!((one.colour(2.0 + 1e-9), one.colour(f64::INFINITY)), (Colour::BLACK, Colour::BLACK));
    assert_eq!(one.colour(f64::NAN), Colour::NONE);
    assert_eq!(one.extends(0.0, 2.0), (true, false));
    assert_eq!(one.extends(f64::NAN, f64::NAN), (false, false));
    assert_eq!(one.position(1.25), Some(0.25));
    assert_eq!(one.position(3.0), None);
    assert_eq!(one.blocks().len(), 256);
}

#[test]
fn levels_are_closed_below() {
    let levels = Scale::levels(vec![0.0, 1.0, 2.0]).unwrap();
    let plain = palette(levels.clone(), "gray");
    let (black, white) = (Colour::BLACK, Colour::WHITE);
    for (value, colour) in [(0.0, black), (0.99, black), (1.0, white), (2.0, white), (2.1, white), (-0.1, black)] {
        assert_eq!(plain.colour(value), colour, "{value}");
    }
    let four = palette(levels, "gray").extended(true, true);
    let shades: Vec<u8> = [-1.0, 0.0, 1.0, 2.0, 2.1].iter().map(|&v| four.colour(v).r).collect();
    assert_eq!(shades, [0, 85, 170, 170, 255]);
    assert_eq!(four.position(1.5), Some(0.75));
    assert_eq!(four.position(2.0), Some(1.0));
    for wrong in [vec![], vec![1.0], vec![1.0, 1.0], vec![2.0, 1.0], vec![0.0, f64::NAN]] {
        assert!(Scale::levels(wrong).is_err());
    }
}

#[test]
fn categories_have_their_own_colours() {
    let names = vec!["sea".to_owned(), "land".to_owned()];
    let two = palette(Scale::categories(vec![2.0, 0.0, 7.0], &names).unwrap(), "tab10");
    let tab = map("tab10");
    assert_eq!([2.0, -0.0, 7.0].map(|v| two.colour(v)), [tab.entries[0], tab.entries[1], tab.entries[2]]);
    assert_eq!([1.0, f64::NAN, f64::INFINITY].map(|v| two.colour(v)), [Colour::grey(217); 3]);
    let labels: Vec<_> = two.ticks(3).ticks.into_iter().map(|t| t.label).collect();
    assert_eq!(labels, ["sea", "land", "7"]);
    assert!(Scale::categories(vec![], &[]).is_err());
}

#[test]
fn other_ranges() {
    assert_eq!(Scale::linear(5.0, 5.0).unwrap().position(5.0), Some(0.5));
    assert_eq!(Scale::linear(0.0, 0.0).unwrap().limits(), (-1.0, 1.0));
    assert_eq!(Scale::symmetric(0.0, -2.0, 7.0).unwrap().limits(), (-7.0, 7.0));
    assert_eq!(Scale::diverging(0.0, 2.0, 7.0).unwrap().limits(), (-7.0, 7.0));
    assert_eq!(Scale::diverging(0.0, -2.0, 7.0).unwrap().position(0.0), Some(0.5));
    assert_eq!(Scale::linear(f64::MIN, f64::MAX).unwrap().position(0.0), Some(0.5));
    assert!(Scale::linear(2.0, 1.0).is_err());
    assert!(Scale::linear(f64::NAN, 1.0).is_err());
    let log = Scale::log(1.0, 100.0).unwrap();
    assert_eq!(log.position(10.0), Some(0.5));
    assert_eq!(Palette::new(log, map("viridis")).colour(0.0), map("viridis").entries[0]);
    let message = Scale::log(0.0, 3.0).unwrap_err().to_string();
    assert_eq!(message, "a logarithmic scale cannot begin at 0");
}

#[test]
fn marks_of_colour_bars() {
    let marks = |palette: &Palette| -> Vec<String> { palette.ticks(6).ticks.into_iter().map(|t| t.label).collect() };
    let linear = palette(Scale::linear(0.0, 1e-5).unwrap(), "viridis");
    assert_eq!(marks(&linear), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
    assert_eq!(linear.ticks(6).power.as_deref(), Some("×10^{−5}"));
    let two = palette(Scale::diverging(0.0, -2.0, 30.0).unwrap(), "vik");
    assert_eq!(marks(&two), ["−2", "−1", "0", "10", "20", "30"]);
    let log = palette(Scale::log(0.1, 100.0).unwrap(), "viridis");
    assert_eq!(marks(&log), ["0.1", "1", "10", "100"]);
    assert_eq!(log.ticks(4).minor.len(), 24);
    assert_eq!(linear.ticks_at(&[0.0, 5e-6, 1.0]).ticks.len(), 2);
    let bins = palette(Scale::levels(vec![0.1, 0.5, 1.0, 10.0]).unwrap(), "viridis");
    assert_eq!(marks(&bins), ["0.1", "0.5", "1", "10"]);
    let many = palette(Scale::levels((-15..=15).map(f64::from).collect()).unwrap(), "vik");
    assert_eq!(marks(&many), ["−15", "−10", "−5", "0", "5", "10", "15"]);
}

#[test]
fn round_levels() {
    assert_eq!(nice_levels(0.3, 9.7, 5), [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]);
    assert_eq!(nice_levels(-1.0, 1.0, 8), [-1.0, -0.75, -0.5, -0.25, 0.0, 0.25, 0.5, 0.75, 1.0]);
    assert_eq!(nice_levels(0.0, 0.1 + 0.2, 3), [0.0, 0.1, 0.2, 0.1 + 0.2]);
    assert!(nice_levels(f64::NAN, 1.0, 3).is_empty());
    assert_eq!(nice_levels(0.0, 30.0, 10), (0..=10).map(|i| 3.0 * f64::from(i)).collect::<Vec<_>>());
    assert_eq!(nice_levels(-44.8, 32.3, 12), (-7..=5).map(|i| 7.0 * f64::from(i)).collect::<Vec<_>>());
    for (low, high) in [(227.3, 301.9), (-3.7e-6, 9.1e-6), (0.0, 1.0), (95_000.0, 104_321.0), (-80.0, 15.0)] {
        for count in [2, 3, 5, 7, 8, 9, 11, 12, 16, 20, 30] {
            let levels = nice_levels(low, high, count);
            assert!((levels.len() - 1).abs_diff(count) <= 1, "{low} {high} {count}: {levels:?}");
            assert!(levels[0] <= low && levels[levels.len() - 1] >= high);
        }
    }
    assert!(nice_levels(7.0, 7.0, 4).len() > 2);
}

#[test]
fn defaults_by_kind_of_variable() {
    let cases = [
        (("air_temperature", "K", false, false), "cmo.thermal"),
        (("air_temperature", "degC", true, false), "cmo.thermal"),
        (("air_temperature", "K", true, true), "RdBu_r"),
        (("precipitation_flux", "kg m-2 s-1", false, false), "cmo.rain"),
        (("precipitation_flux", "kg m-2 s-1", true, true), "BrBG"),
        (("relative_humidity", "%", false, false), "YlGnBu"),
        (("wind_speed", "m s-1", false, false), "cmo.speed"),
        (("eastward_wind", "m s-1", true, false), "vik"),
        (("wind_from_direction", "degree", false, false), "romaO"),
        (("air_pressure_at_mean_sea_level", "Pa", false, false), "viridis"),
        (("sea_water_salinity", "1", false, false), "cmo.haline"),
        (("mass_concentration_of_chlorophyll_a_in_sea_water", "kg m-3", false, false), "cmo.algae"),
        (("surface_altitude", "m", false, false), "bamako"),
        (("surface_altitude", "m", true, false), "oleron"),
        (("sea_floor_depth_below_geoid", "m", false, false), "cmo.deep"),
        (("sea_ice_area_fraction", "1", false, false), "cmo.ice"),
        (("mass_concentration_of_ozone_in_air", "µg/m3", false, false), "cmo.matter"),
        (("pm2p5_conc", "µg/m3", false, false), "cmo.matter"),
        (("", "µg m-3", false, false), "cmo.matter"),
        (("", "", false, false), "viridis"),
        (("", "m", true, false), "vik"),
    ];
    for ((name, units, spans, anomaly), wanted) in cases {
        assert_eq!(default_for(name, units, spans, anomaly), wanted, "{name} {units}");
        assert!(!map(wanted).misleads);
    }
    for count in 0..30 {
        assert_eq!(map(categories_default(count)).kind, Kind::Qualitative);
    }
    assert_eq!(cycle(8), cycle(0));
    assert_eq!((0..8).map(cycle).collect::<Vec<_>>(), map("categories").entries);
}

fn any_number() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<u64>().prop_map(f64::from_bits),
        -10.0..10.0f64,
        prop::sample::select(vec![0.0, -0.0, f64::MAX, f64::MIN, f64::INFINITY, f64::NAN, 5e-324]),
    ]
}

proptest! {
    #[test]
    fn nothing_panics_and_many_are_as_one(
        a in any_number(), b in any_number(), c in any_number(), values in prop::collection::vec(any_number(), 1..20),
        about in 0usize..40,
    ) {
        let (low, high) = (a.min(b), a.max(b));
        let mut sorted = values.clone();
        sorted.sort_by(f64::total_cmp);
        sorted.dedup();
        let scales = [
            Scale::linear(low, high), Scale::log(low, high), Scale::diverging(c, low, high),
            Scale::symmetric(c, low, high), Scale::levels(sorted), Scale::categories(values.clone(), &[]),
            Scale::levels(nice_levels(a, b, about)),
        ];
        for scale in scales.into_iter().flatten() {
            let (min, max) = scale.limits();
            let palette = palette(scale, "viridis").extended(true, false);
            let mut probes = values.clone();
            probes.extend([min, max, a, b, c]);
            let mut out = vec![Colour::NONE; probes.len()];
            palette.colours(&probes, &mut out);
            for (&value, &colour) in probes.iter().zip(&out) {
                prop_assert_eq!(palette.colour(value), colour);
                prop_assert!(palette.position(value).is_none_or(|at| (0.0..=1.0).contains(&at)));
            }
            prop_assert!(palette.position(min).is_some() && palette.position(max).is_some());
            let ticks = palette.ticks(about);
            prop_assert!(ticks.ticks.len() <= (4 * about + 8).max(values.len()), "{:?}", ticks);
            prop_assert!(ticks.ticks.iter().all(|tick| !tick.label.is_empty()));
        }
        robust(&values, a, b);
        map("batlow").at(a);
    }
}
