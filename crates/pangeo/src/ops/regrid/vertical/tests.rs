use std::sync::{Arc, Mutex};

use super::*;
use crate::cf::roles::cdl::dataset;
use crate::model::array::LazyArray;
use crate::model::{Array, Block, Buffer, DataType, Region, Starts};

fn levels(text: &str) -> Levels {
    Levels { levels: text.split(',').map(|l| l.parse().unwrap()).collect(), ..Levels::default() }
}

fn values(data: &Dataset, name: &str) -> Vec<f64> {
    data.variable(name).unwrap().array.read_all().unwrap().data().to_f64().unwrap()
}

/// The values of `t` of a dataset in text form at other levels, to be compared as text for NaN.
fn at(text: &str, request: &Levels) -> String {
    let (out, _) = interpolate(dataset(text), request).unwrap();
    format!("{:?}", values(&out, "t"))
}

const PRESSURES: &str = r#"netcdf p { dimensions: plev = 4 ; x = 2 ; bnds = 2 ; variables:
    float plev(plev) ; plev:units = "Pa" ; plev:positive = "down" ; plev:bounds = "plev_bnds" ;
    float plev_bnds(plev, bnds) ; float flag_like(x) ;
    float t(plev, x) ; t:units = "K" ; t:_FillValue = -9.f ; t:cell_methods = "plev: point" ;
    data: plev = 100000, 85000, 50000, 25000 ;
    t = 10, 20,  7, 14,  0, -9,  -5, -10 ; }"#;

#[test]
fn levels_between_at_and_outside_those_there_are() {
    assert_eq!(at(PRESSURES, &levels("92500")), "[8.5, 17.0]");
    assert_eq!(at(PRESSURES, &levels("850,925hPa")), "[7.0, 14.0, 8.5, 17.0]");
    // One of two is missing: only the level itself has its value.
    assert_eq!(at(PRESSURES, &levels("700hPa,500hPa,250hPa")), "[4.0, -9.0, 0.0, -9.0, -5.0, -10.0]");
    assert_eq!(at(PRESSURES, &levels("1010,850,100hPa")), "[-9.0, -9.0, 7.0, 14.0, -9.0, -9.0]");
    let error = interpolate(dataset(PRESSURES), &levels("850,500")).unwrap_err();
    assert!(error.hint().unwrap().contains("25000 to 100000 Pa; with a unit"), "{error}");
    let beyond = Levels { extrapolate: true, ..levels("1010,100hPa") };
    assert_eq!(at(PRESSURES, &beyond), "[10.0, 20.0, -5.0, -10.0]");
}

#[test]
fn a_field_linear_in_the_logarithm_is_met_exactly() {
    let places = [1000.0, 700.0, 300.0, 10.0];
    let t: Vec<String> = places.iter().map(|p: &f64| format!("{:.17e}", 3.0 - 2.0 * p.ln())).collect();
    let text = format!(
        r#"netcdf l {{ dimensions: lev = 4 ; variables: double lev(lev) ; lev:units = "hPa" ; double t(lev) ;
        data: lev = 1000, 700, 300, 10 ; t = {} ; }}"#,
        t.join(", ")
    );
    let request = Levels { scale: Scale::Log, ..levels("850,500,20,300") };
    let (out, _) = interpolate(dataset(&text), &request).unwrap();
    for (value, p) in values(&out, "t").iter().zip([850.0_f64, 500.0, 20.0, 300.0]) {
        assert!((value - (3.0 - 2.0 * p.ln())).abs() < 1e-12, "{p}: {value}");
    }
}

#[test]
fn the_coordinate_keeps_its_units_and_attributes_but_no_bounds() {
    let (out, notes) = interpolate(dataset(PRESSURES), &levels("500,1100hPa")).unwrap();
    assert_eq!(values(&out, "plev"), [50_000.0, 110_000.0]);
    let plev = out.variable("plev").unwrap();
    assert_eq!((plev.attributes.text("positive"), plev.attributes.text("bounds")), (Some("down"), None));
    assert!(out.variable("plev_bnds").is_none() && out.variable("flag_like").is_some());
    assert_eq!(out.dimension("plev").unwrap().length, 2);
    assert_eq!(out.variable("t").unwrap().attributes.text("cell_methods"), Some("plev: point"));
    assert_eq!(notes, ["missing, being outside plev (25000 to 100000 Pa): 1100hPa"]);
}

#[test]
fn depths_and_model_levels() {
    let text = r#"netcdf d { dimensions: depth = 3 ; variables: float depth(depth) ; depth:units = "m" ;
        depth:positive = "down" ; short t(depth) ; t:scale_factor = 0.1 ; t:add_offset = 5. ; t:_FillValue = -1s ;
        t:valid_range = 0s, 100s ; data: depth = 5, 15, 55 ; t = 10, 30, 50 ; }"#;
    assert_eq!(at(text, &levels("35,5,10")), "[9.0, 6.0, 7.0]");
    assert_eq!(at(text, &levels("0.01km")), "[7.0]");
    let (out, _) = interpolate(dataset(text), &levels("35,5,10")).unwrap();
    let t = out.variable("t").unwrap();
    assert_eq!((t.data_type().name(), t.attributes.number("valid_max")), ("float", Some(15.0)));
    assert!(t.attributes.get("scale_factor").is_none() && t.attributes.number("_FillValue").unwrap().is_nan());
    // Levels that are all there stay as they are stored.
    let (out, _) = interpolate(dataset(text), &levels("55,5")).unwrap();
    let t = out.variable("t").unwrap();
    assert_eq!(
        (t.array.read_all().unwrap().into_data(), t.attributes.number("scale_factor")),
        (Buffer::I16(vec![50, 10]), Some(0.1))
    );
    let numbers = r#"netcdf n { dimensions: lev = 2 ; variables: int lev(lev) ; lev:axis = "Z" ; double t(lev) ;
        data: lev = 1, 2 ; t = 1, 3 ; }"#;
    assert_eq!(at(numbers, &levels("1.5,2")), "[2.0, 3.0]");
    assert_eq!(interpolate(dataset(numbers), &levels("2hPa")).unwrap_err().exit_code(), 1);
}

const HYBRID: &str = r#"netcdf h { dimensions: lev = 3 ; ilev = 2 ; y = 2 ; variables:
    double lev(lev) ; lev:standard_name = "atmosphere_hybrid_sigma_pressure_coordinate" ; lev:units = "1" ;
      lev:formula_terms = "a: hyam b: hybm p0: p0 ps: ps" ; lev:positive = "down" ; lev:bounds = "lev_bnds" ;
    double lev_bnds(lev, bnds) ; double hyam(lev) ; double hybm(lev) ; double p0 ; p0:units = "Pa" ;
    float ps(y) ; ps:units = "hPa" ; float t(lev, y) ; t:units = "K" ; float zonal(lev) ; float y(y) ;
    data: lev = 0.1, 0.5, 1 ; hyam = 0.1, 0.2, 0 ; hybm = 0, 0.3, 1 ; p0 = 100000 ; ps = 1000, 900 ;
    t = 100, 200, 500, 470, 1000, 900 ; zonal = 1, 2, 3 ; y = 0, 1 ; }"#;

#[test]
fn hybrid_levels_become_pressures_column_by_column() {
    let text = HYBRID.replace("ilev = 2", "bnds = 2");
    // Pressures: 100, 500, 1000 hPa in one column; 100, 470, 900 hPa in the other, in which t is 200 at 100 hPa.
    let (out, notes) = interpolate(dataset(&text), &levels("750,100,470,950hPa")).unwrap();
    let t = values(&out, "t");
    let second = 470.0 + 430.0 * (750.0 - 470.0) / 430.0;
    for (value, expected) in t.iter().zip([750.0, second, 100.0, 200.0, 470.0, 470.0, 950.0]) {
        assert!((value - expected).abs() < 1e-4, "{t:?}");
    }
    assert!(t[7].is_nan(), "below the ground");
    assert_eq!(values(&out, "plev"), [75_000.0, 10_000.0, 47_000.0, 95_000.0]);
    let plev = out.variable("plev").unwrap();
    assert_eq!(
        (plev.attributes.text("standard_name"), plev.attributes.text("units")),
        (Some("air_pressure"), Some("Pa"))
    );
    assert_eq!(out.variable("t").unwrap().dimensions, ["plev", "y"]);
    // `zonal` has no surface pressure of its own, so that the old levels stay with it.
    assert!(notes.iter().any(|n| n == "staying on lev, since ps varies along y: zonal"), "{notes:?}");
    assert!(out.variable("lev").is_some());
    let alone = text.replace("float zonal(lev) ;", "").replace("zonal = 1, 2, 3 ;", "");
    let (out, _) = interpolate(dataset(&alone), &levels("750hPa")).unwrap();
    let names: Vec<&str> = out.variables.iter().map(|v| v.name.as_str()).collect();
    assert_eq!(names, ["ps", "plev", "t", "y"]);
    assert!(out.dimension("lev").is_none());
    // Without a unit: that of the surface pressure.
    let (out, notes) = interpolate(dataset(&alone), &levels("750")).unwrap();
    assert_eq!(values(&out, "plev"), [75_000.0]);
    assert_eq!(notes, ["levels without a unit are taken as air pressure in hPa"]);
}

#[test]
fn the_terms_of_files_from_grib_run_along_a_dimension_of_their_own() {
    let text = r#"netcdf e { dimensions: lev = 2 ; nhym = 2 ; y = 2 ; variables: double lev(lev) ;
        lev:standard_name = "hybrid_sigma_pressure" ; lev:units = "level" ;
        lev:formula_terms = "ap: hyam b: hybm ps: aps" ; double hyam(nhym) ; hyam:units = "Pa" ; double hybm(nhym) ;
        float aps(y) ; aps:units = "Pa" ; float t(lev, y) ; data: lev = 1, 2 ; hyam = 10000, 0 ; hybm = 0, 1 ;
        aps = 100000, 90000 ; t = 1, 1, 10, 9 ; }"#;
    let (out, _) = interpolate(dataset(text), &levels("550,500hPa")).unwrap();
    assert_eq!(values(&out, "t"), [5.5, 5.5, 5.0, 5.0]);
    let names: Vec<&str> = out.dimensions.iter().map(|d| d.name.as_str()).collect();
    assert_eq!(names, ["plev", "y"]);
}

#[test]
fn a_formula_without_a_term_is_named() {
    let text = HYBRID.replace("ilev = 2", "bnds = 2").replace("ps: ps", "ps: sp");
    let error = interpolate(dataset(&text), &levels("750hPa")).unwrap_err();
    assert!(error.to_string().contains("'sp' (ps)"), "{error}");
    let (_, notes) = interpolate(dataset(&text), &levels("0.3")).unwrap();
    assert!(notes.iter().any(|n| n.contains("numbers of lev")), "{notes:?}");
}

#[test]
fn heights_given_for_each_column() {
    let text = r#"netcdf z { dimensions: lev = 2 ; x = 2 ; variables: double lev(lev) ; lev:units = "hPa" ;
        float zg(lev, x) ; zg:standard_name = "geopotential_height" ; zg:units = "m" ; double t(lev, x) ;
        data: lev = 1000, 500 ; zg = 100, 0, 5500, 5000 ; t = 100, 0, 5500, 5000 ; }"#;
    let (out, _) = interpolate(dataset(text), &levels("2km")).unwrap();
    assert_eq!(values(&out, "t"), [2000.0, 2000.0]);
    assert_eq!(out.variable("t").unwrap().dimensions, ["height", "x"]);
    assert!(out.variable("zg").is_none() && out.variable("lev").is_none());
    // A unit of the axis itself means the axis.
    let (out, _) = interpolate(dataset(text), &levels("750hPa")).unwrap();
    assert_eq!(values(&out, "zg"), [2800.0, 2500.0]);
}

#[test]
fn flags_stay_with_levels_that_are_there() {
    let text = r#"netcdf f { dimensions: z = 3 ; variables: double z(z) ; z:units = "m" ; z:axis = "Z" ;
        double t(z) ; t:ancillary_variables = "ok" ; byte ok(z) ; ok:flag_values = 0b, 1b ;
        data: z = 1, 2, 3 ; t = 1, 2, 3 ; ok = 0, 1, 0 ; }"#;
    let (out, _) = interpolate(dataset(text), &levels("3,2")).unwrap();
    assert_eq!(values(&out, "ok"), [0.0, 1.0]);
    let (out, notes) = interpolate(dataset(text), &levels("2.5,2")).unwrap();
    assert!(out.variable("ok").is_none() && out.variable("t").unwrap().attributes.get("ancillary_variables").is_none());
    assert_eq!(notes, ["left out, having no meaning between levels: ok"]);
}

#[test]
fn any_part_of_the_result_is_the_same_part_of_the_whole() {
    let text = HYBRID.replace("ilev = 2", "bnds = 2");
    for (text, asked) in [(text.as_str(), "750,100,470,950hPa"), (PRESSURES, "700,850,1050,500,920hPa")] {
        let (out, _) = interpolate(dataset(text), &levels(asked)).unwrap();
        let array = &out.variable("t").unwrap().array;
        let whole = array.read_all().unwrap();
        let n = array.shape()[0];
        for (from, to, x) in (0..n).flat_map(|a| (a..=n).flat_map(move |b| [(a, b, 0..1), (a, b, 1..2), (a, b, 0..2)]))
        {
            let region = Region::new(vec![from..to, x]);
            let (part, expected) = (array.read(&region).unwrap(), whole.slice(&region).unwrap());
            assert_eq!(format!("{part:?}"), format!("{expected:?}"));
            assert!(array.read_bytes(&region) >= region.bytes(array.data_type()));
        }
        assert!(array.read(&Region::new(vec![0..n + 1, 0..2])).is_err());
    }
}

#[test]
fn ocean_levels_become_depths() {
    let text = r#"netcdf o { dimensions: s = 3 ; y = 2 ; variables:
        double s(s) ; s:standard_name = "ocean_sigma_coordinate" ; s:formula_terms = "sigma: s eta: zeta depth: h" ;
        float zeta(y) ; zeta:units = "m" ; float h(y) ; h:units = "m" ; double t(s, y) ; double y(y) ; y:axis = "Y" ;
        data: s = -1, -0.5, 0 ; zeta = 0, 0 ; h = 100, 40 ; t = 100, 40, 50, 20, 0, 0 ; }"#;
    let (out, _) = interpolate(dataset(text), &levels("30,60m")).unwrap();
    assert_eq!(format!("{:?}", values(&out, "t")), "[30.0, 30.0, 60.0, NaN]");
    assert_eq!(out.variable("depth").unwrap().attributes.text("positive"), Some("down"));
}

#[test]
fn whole_numbers_are_those_of_the_nearest_level() {
    let counts = PRESSURES.replace("float t(plev, x)", "int t(plev, x)");
    let (out, notes) = interpolate(dataset(&counts), &levels("700,500hPa")).unwrap();
    assert_eq!(values(&out, "t")[..2], [7.0, 14.0]);
    assert_eq!(notes, ["t holds whole numbers: those of the nearest level"]);
    let (_, notes) = interpolate(dataset(&counts), &levels("500,850hPa")).unwrap();
    assert!(notes.is_empty(), "{notes:?}");
}

#[test]
fn what_cannot_be_is_refused_by_name() {
    let refused = |text: &str, request: &Levels| interpolate(dataset(text), request).unwrap_err();
    let folded = PRESSURES.replace("100000, 85000", "80000, 85000");
    assert!(refused(&folded, &levels("700hPa")).to_string().contains("plev"));
    let error = refused(PRESSURES, &levels("5km"));
    assert!(error.hint().unwrap().contains("plev is in 'Pa'"), "{error}");
    for wrong in ["500hPa,850", "850hPa,85000Pa", "850hPa,1km", "70000,7e4"] {
        assert_eq!(refused(PRESSURES, &levels(wrong)).exit_code(), 2, "{wrong}");
    }
    assert_eq!(refused(PRESSURES, &Levels::default()).exit_code(), 2);
    let log = Levels { scale: Scale::Log, ..levels("700hPa") };
    assert!(refused(&PRESSURES.replace("25000 ;", "0 ;"), &log).to_string().contains("logarithm"));
    for text in ["", "hPa", "5 quux", "1/2"] {
        assert_eq!(text.parse::<Level>().unwrap_err().exit_code(), 2, "{text}");
    }
}

#[test]
fn terms_that_are_left_out_are_zero_and_their_case_does_not_count() {
    let text = r#"netcdf o { dimensions: s = 3 ; y = 2 ; variables:
        double s(s) ; s:standard_name = "ocean_sigma_coordinate" ; s:formula_terms = "Sigma: s Depth: h" ;
        float h(y) ; h:units = "m" ; double t(s, y) ; double y(y) ; y:axis = "Y" ;
        data: s = -1, -0.5, 0 ; h = 100, 40 ; t = 100, 40, 50, 20, 0, 0 ; }"#;
    let (out, _) = interpolate(dataset(text), &levels("30,60m")).unwrap();
    assert_eq!(format!("{:?}", values(&out, "t")), "[30.0, 30.0, 60.0, NaN]");
    let error = interpolate(dataset(&text.replace(" Depth: h", "")), &levels("30m")).unwrap_err();
    assert!(error.to_string().contains("'depth'"), "{error}");
}

#[test]
fn levels_on_both_sides_of_the_limit_of_a_double_sigma() {
    // The limit is at 40 m where the bottom is at 100 m, hence levels at 0, 20, 40, 70 and 100 m.
    let text = r#"netcdf o { dimensions: k = 5 ; x = 1 ; variables: double k(k) ; k:axis = "Z" ; k:positive = "down" ;
        k:standard_name = "ocean_double_sigma_coordinate" ;
        k:formula_terms = "sigma: k depth: h z1: z1 z2: z2 a: a href: href k_c: kc" ;
        double h(x) ; h:units = "m" ; double z1 ; z1:units = "m" ; double z2 ; z2:units = "m" ; double a ;
        a:units = "m" ; double href ; href:units = "m" ; int kc ; double t(k, x) ;
        data: k = 0, 0.5, 1, 1.5, 2 ; h = 100 ; z1 = 60 ; z2 = 20 ; a = 0.5 ; href = 100 ; kc = 3 ;
        t = 0, 200, 400, 700, 1000 ; }"#;
    let (out, _) = interpolate(dataset(text), &levels("10,30,55,100,120m")).unwrap();
    assert_eq!(format!("{:?}", values(&out, "t")), "[100.0, 300.0, 550.0, 1000.0, NaN]");
}

/// An array in chunks of one level that remembers which levels were read.
#[derive(Debug)]
struct Watched(Array, Mutex<Vec<usize>>);

impl LazyArray for Watched {
    fn data_type(&self) -> &DataType {
        self.0.data_type()
    }
    fn shape(&self) -> &[usize] {
        self.0.shape()
    }
    fn chunk_starts(&self, axis: usize) -> Starts {
        Starts::regular(self.shape()[axis], usize::from(axis == 0))
    }
    fn read(&self, region: &Region) -> Result<Block> {
        self.1.lock().unwrap().extend(region.ranges()[0].clone());
        self.0.read(region)
    }
}

#[test]
fn levels_that_no_target_lies_next_to_are_not_read_and_others_once() {
    let (count, columns) = (40, 700);
    let list = |values: Vec<f64>| values.iter().map(f64::to_string).collect::<Vec<_>>().join(", ");
    let sigma: Vec<f64> = (0..count).map(|k| f64::from(k + 1) / f64::from(count)).collect();
    let surface: Vec<f64> = (0..columns).map(|x| 1000.0 - 0.1 * f64::from(x)).collect();
    let text = format!(
        r#"netcdf w {{ dimensions: lev = {count} ; x = {columns} ; variables: double lev(lev) ; lev:axis = "Z" ;
        lev:standard_name = "atmosphere_sigma_coordinate" ; lev:formula_terms = "sigma: lev ps: ps ptop: top" ;
        double ps(x) ; ps:units = "hPa" ; double top ; top:units = "Pa" ; double t(lev, x) ;
        data: lev = {} ; ps = {} ; top = 0 ; t = {} ; }}"#,
        list(sigma.clone()),
        list(surface.clone()),
        list(sigma.iter().flat_map(|s| surface.iter().map(move |p| s * p)).collect())
    );
    let mut data = dataset(&text);
    let t = data.variables.iter_mut().find(|v| v.name == "t").unwrap();
    let watched = Arc::new(Watched(Arc::clone(&t.array), Mutex::default()));
    t.array = Arc::clone(&watched) as Array;
    let (out, _) = interpolate(data, &levels("510,900hPa")).unwrap();
    let array = &out.variable("t").unwrap().array;
    let whole = Region::whole(array.shape());
    assert!(array.read_bytes(&whole) < 700 * 8 * 12, "{}", array.read_bytes(&whole));
    for (i, value) in array.read(&whole).unwrap().data().to_f64().unwrap().iter().enumerate() {
        assert!((value - if i < 700 { 510.0 } else { 900.0 }).abs() < 1e-9, "{i}: {value}");
    }
    // 510 hPa is 0.51 to 0.5483 of the surface pressure, 900 hPa is 0.9 to 0.9676: levels 20 to 22, 36 to 39.
    assert_eq!(*watched.1.lock().unwrap(), [19, 20, 21, 35, 36, 37, 38]);
}
