//! Several inputs as one: what must not be mixed without a word, one test each.
//!
//! Inputs are Zarr stores written here, so that every value can be seen.

use std::path::Path;

use serde_json::{Map, Value, json};
use testkit::{Outcome, run};

/// A variable to be written: name, dimensions, values and attributes.
struct Variable(&'static str, &'static [&'static str], Values, Value);

#[derive(Clone)]
enum Values {
    Double(Vec<f64>),
    Float(Vec<f32>),
    Short(Vec<i16>),
    Int(Vec<i32>),
}

use Values::{Double, Float, Int, Short};

impl Values {
    fn encoded(&self) -> (&'static str, usize, Vec<u8>) {
        match self {
            Double(v) => ("<f8", v.len(), v.iter().flat_map(|x| x.to_le_bytes()).collect()),
            Float(v) => ("<f4", v.len(), v.iter().flat_map(|x| x.to_le_bytes()).collect()),
            Short(v) => ("<i2", v.len(), v.iter().flat_map(|x| x.to_le_bytes()).collect()),
            Int(v) => ("<i4", v.len(), v.iter().flat_map(|x| x.to_le_bytes()).collect()),
        }
    }
}

/// A folder of stores.
struct Stores(tempfile::TempDir);

/// An output.
struct Joined {
    _folder: Stores,
    path: String,
    said: Outcome,
}

impl Stores {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// Write a store; variables have no or one dimension, of as many values as they have.
    fn with(self, name: &str, variables: Vec<Variable>) -> Self {
        let root = self.0.path().join(name);
        write(&root.join(".zgroup"), &json!({"zarr_format": 2}));
        for Variable(name, dimensions, values, attributes) in variables {
            let (dtype, length, bytes) = values.encoded();
            let shape: Vec<usize> = dimensions.iter().map(|_| length).collect();
            let chunks: Vec<usize> = shape.iter().map(|&n| n.max(1)).collect();
            let mut attributes: Map<String, Value> = attributes.as_object().cloned().unwrap_or_default();
            let fill = attributes.remove("_FillValue").unwrap_or(Value::Null);
            attributes.insert("_ARRAY_DIMENSIONS".into(), json!(dimensions));
            let array = json!({"zarr_format": 2, "shape": shape, "chunks": chunks, "dtype": dtype, "order": "C",
                "compressor": null, "filters": null, "fill_value": fill});
            write(&root.join(name).join(".zarray"), &array);
            write(&root.join(name).join(".zattrs"), &Value::Object(attributes));
            if length > 0 {
                std::fs::write(root.join(name).join("0"), bytes).unwrap();
            }
        }
        self
    }

    /// Give `names` to `subset` with arguments.
    fn subset(self, names: &[&str], arguments: &[&str]) -> Joined {
        let at = |name: &str| self.0.path().join(name).display().to_string();
        let path = at("out.nc");
        let inputs: Vec<String> = names.iter().map(|n| at(n)).collect();
        let inputs = inputs.iter().map(String::as_str);
        let all: Vec<&str> = inputs.chain(["-o", &path]).chain(arguments.iter().copied()).collect();
        Joined { said: run("subset", &all), _folder: self, path }
    }

    /// `a` and `b`, in both orders the same failure.
    #[track_caller]
    fn refused(self, parts: &[&str]) {
        let joined = self.subset(&["a", "b"], &[]);
        let said = joined.said.fails(1);
        assert!(parts.iter().all(|part| said.contains(part)), "{said}");
        assert!(said.contains("/a") && said.contains("/b"), "both files are named: {said}");
        assert!(!Path::new(&joined.path).exists());
    }
}

impl Joined {
    #[track_caller]
    fn values(&self, name: &str) -> Vec<String> {
        self.said.ok();
        let said = run("inspect", &["--coordinate", name, &self.path]);
        said.ok().lines().skip(1).map(|l| l.split('\t').nth(1).unwrap_or_default().to_owned()).collect()
    }

    #[track_caller]
    fn variable(&self, name: &str) -> Value {
        self.said.ok();
        let json = run("inspect", &["--stats", "--format", "json", &self.path]).json();
        let found = json["variables"].as_array().unwrap().iter().find(|v| v["name"] == name);
        found.unwrap_or_else(|| panic!("no variable {name} in {json}")).clone()
    }
}

fn write(path: &Path, value: &Value) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, value.to_string()).unwrap();
}

/// A time coordinate in days since 2000.
fn days(values: &[f64]) -> Variable {
    time(Double(values.to_vec()), "days since 2000-01-01")
}

fn time(values: Values, units: &str) -> Variable {
    Variable("time", &["time"], values, json!({"units": units, "calendar": "standard", "standard_name": "time"}))
}

fn kelvin(values: &[f64]) -> Variable {
    Variable("t", &["time"], Double(values.to_vec()), json!({"units": "K"}))
}

#[test]
fn a_day_apart_is_another_day_however_large_the_number() {
    let date = |day: i32| Variable("date", &["date"], Int(vec![day]), json!({}));
    let value = |name: &'static str| Variable(name, &["date"], Double(vec![1.0]), json!({}));
    let stores = Stores::new().with("a", vec![date(20_130_101), value("t")]);
    stores.with("b", vec![date(20_130_102), value("p")]).refused(&["coordinate 'date' has other values"]);
    let stores = Stores::new().with("a", vec![date(20_130_101), value("t")]);
    let joined = stores.with("b", vec![date(20_130_102), value("t")]).subset(&["b", "a"], &[]);
    assert_eq!(joined.values("date"), ["20130101", "20130102"]);
}

#[test]
fn variables_in_other_calendars_are_not_merged() {
    let in_calendar = |calendar: &str| {
        let attributes = json!({"units": "days since 1970-01-01", "calendar": calendar, "standard_name": "time"});
        Variable("time", &["time"], Double(vec![0.0, 1.0]), attributes)
    };
    let value = |name: &'static str| Variable(name, &["time"], Double(vec![1.0, 2.0]), json!({}));
    let first = || Stores::new().with("a", vec![in_calendar("standard"), value("t")]);
    first().with("b", vec![in_calendar("360_day"), value("p")]).refused(&["'time' is in another calendar"]);
    first().with("b", vec![in_calendar("360_day"), value("t")]).refused(&["'time' is in another calendar"]);
    // After 1582 these are two names of one calendar.
    first().with("b", vec![in_calendar("proleptic_gregorian"), value("p")]).subset(&["a", "b"], &[]).said.ok();
}

#[test]
fn packed_times_are_unpacked_before_they_are_joined() {
    let packed = |scale: f64, values: [i16; 3]| {
        let attributes = json!({"units": "days since 2000-01-01", "standard_name": "time", "scale_factor": scale});
        Variable("time", &["time"], Short(values.to_vec()), attributes)
    };
    let stores = Stores::new().with("a", vec![packed(0.5, [0, 1, 2]), kelvin(&[0.0, 1.0, 2.0])]);
    let stores = stores.with("b", vec![packed(1.0, [2, 3, 4]), kelvin(&[3.0, 4.0, 5.0])]);
    assert_eq!(stores.subset(&["a", "b"], &[]).values("time"), ["0", "0.5", "1", "2", "3", "4"]);
}

#[test]
fn what_is_not_joined_is_the_same_in_all_inputs() {
    let with =
        |clim: f64| vec![days(&[clim]), kelvin(&[clim]), Variable("clim", &["x"], Double(vec![clim; 3]), json!({}))];
    let stores = || Stores::new().with("a", with(1.0)).with("b", with(2.0));
    stores().refused(&["variable 'clim' has other values", "hint: ", "-v"]);
    // As the hint has it.
    assert_eq!(stores().subset(&["a", "b"], &["-v", "t"]).values("t"), ["1", "2"]);
}

#[test]
fn a_reference_time_is_kept_for_every_step() {
    let scalar = |name: &'static str, standard: &str, hour: f64| {
        Variable(name, &[], Double(vec![hour]), json!({"units": "hours since 2000-01-01", "standard_name": standard}))
    };
    let run = |hour: f64| {
        let t = Variable("t", &["x"], Double(vec![hour; 2]), json!({"coordinates": "time run"}));
        vec![scalar("time", "time", hour + 6.0), scalar("run", "forecast_reference_time", hour), t]
    };
    let joined = Stores::new().with("a", run(0.0)).with("b", run(12.0)).subset(&["b", "a"], &[]);
    assert_eq!(joined.variable("t")["shape"], json!([2, 2]));
    let times = |name: &str| joined.variable(name)["statistics"].clone();
    assert_eq!((&times("run")["min"], &times("run")["max"]), (&json!(0.0), &json!(12.0)));
    assert_eq!(joined.variable("run")["shape"], json!([2]));
}

#[test]
fn flags_of_other_meaning_are_not_mixed() {
    let flags = |day: f64, meanings: &str| {
        let attributes = json!({"flag_values": [0, 1], "flag_meanings": meanings});
        vec![days(&[day]), Variable("sky", &["time"], Int(vec![1]), attributes)]
    };
    let stores = Stores::new().with("a", flags(0.0, "clear cloud"));
    stores.with("b", flags(1.0, "cloud clear")).refused(&["'flag_meanings' of variable 'sky'"]);
}

#[test]
fn files_without_a_step_give_nothing() {
    let empty = || vec![days(&[]), kelvin(&[])];
    let stores =
        || Stores::new().with("a", empty()).with("b", empty()).with("c", vec![days(&[1.0, 2.0]), kelvin(&[3.0, 4.0])]);
    for order in [["a", "b", "c"], ["c", "a", "b"], ["a", "c", "b"]] {
        assert_eq!(stores().subset(&order, &[]).values("t"), ["3", "4"]);
    }
    assert_eq!(stores().subset(&["a", "b"], &[]).variable("t")["shape"], json!([0]));
}

#[test]
fn a_missing_time_is_an_error_that_names_the_file() {
    let stores = Stores::new().with("a", vec![days(&[0.0]), kelvin(&[1.0])]);
    let stores = stores.with("b", vec![days(&[1.0, f64::NAN]), kelvin(&[1.0, 2.0])]);
    let said = stores.subset(&["a", "b"], &[]).said;
    assert!(said.fails(1).contains("the time at index 1 is missing") && said.stderr.contains("/b\n"), "{said}");
}

#[test]
fn a_step_in_two_files_is_refused() {
    let stores = Stores::new().with("a", vec![days(&[0.0, 1.0]), kelvin(&[1.0, 2.0])]);
    stores.with("b", vec![days(&[1.0, 2.0]), kelvin(&[2.0, 3.0])]).refused(&["time 2000-01-02T00:00:00 is also in"]);
}

#[test]
fn other_units_are_converted_or_refused() {
    let in_units = |day: f64, value: f64, units: &str| {
        vec![days(&[day]), Variable("t", &["time"], Double(vec![value]), json!({"units": units}))]
    };
    let first = || Stores::new().with("a", in_units(0.0, 280.0, "K"));
    assert_eq!(first().with("b", in_units(1.0, 0.0, "degC")).subset(&["a", "b"], &[]).values("t"), ["280", "273.15"]);
    let said = first().with("b", in_units(1.0, 0.0, "m")).subset(&["a", "b"], &[]).said;
    assert!(["variable 't'", "'m'", "'K'", "/b\n"].iter().all(|part| said.fails(1).contains(part)), "{said}");
}

#[test]
fn levels_in_other_units_are_the_same_levels() {
    let levels = |values: [f32; 2], units: &str| {
        let attributes = json!({"units": units, "axis": "Z", "positive": "down"});
        let t = Variable("t", &["lev"], Double(vec![1.0, 2.0]), json!({}));
        vec![Variable("lev", &["lev"], Float(values.to_vec()), attributes), t]
    };
    let first = || Stores::new().with("a", levels([1000.0, 850.0], "hPa"));
    let joined = first().with("b", levels([70_000.0, 50_000.0], "Pa")).subset(&["b", "a"], &[]);
    assert_eq!(joined.values("lev"), ["1000", "850", "700", "500"]);
    first().with("b", levels([85_000.0, 50_000.0], "Pa")).refused(&["lev 850 is also in"]);
}

#[test]
fn lengths_of_time_in_other_units_are_joined_as_lengths() {
    let of = |values: &[f64], units: &str| vec![time(Double(values.to_vec()), units), kelvin(values)];
    let stores = Stores::new().with("a", of(&[0.0, 24.0], "hours")).with("b", of(&[2.0, 3.0], "days"));
    assert_eq!(stores.subset(&["a", "b"], &[]).values("t"), ["0", "24", "2", "3"]);
}

#[test]
fn another_quantity_or_statistic_is_not_the_same_variable() {
    let of = |day: f64, attribute: &str, text: &str| {
        vec![days(&[day]), Variable("t", &["time"], Double(vec![day]), json!({attribute: text}))]
    };
    for (attribute, one, two) in
        [("standard_name", "air_temperature", "soil_temperature"), ("cell_methods", "time: mean", "time: maximum")]
    {
        let stores = Stores::new().with("a", of(0.0, attribute, one)).with("b", of(1.0, attribute, two));
        stores.refused(&[&format!("'{attribute}' of variable 't'")]);
    }
}

#[test]
fn fill_values_and_types_meet_as_values() {
    let of = |day: f64, values: Values, attributes: Value| {
        vec![days(&[day, day + 1.0]), Variable("t", &["time"], values, attributes)]
    };
    let stores = Stores::new().with("a", of(0.0, Double(vec![-999.0, 1.0]), json!({"_FillValue": -999.0})));
    let joined =
        stores.with("b", of(2.0, Double(vec![1e20, -999.0]), json!({"_FillValue": 1e20}))).subset(&["a", "b"], &[]);
    let statistics = joined.variable("t")["statistics"].clone();
    assert_eq!((&statistics["missing"], &statistics["min"]), (&json!(2), &json!(-999.0)));
    let stores = Stores::new().with("a", of(0.0, Short(vec![1, 2]), json!({})));
    let joined = stores.with("b", of(2.0, Int(vec![100_000, 3]), json!({}))).subset(&["a", "b"], &[]);
    assert_eq!((joined.values("t").join(" "), &joined.variable("t")["type"]), ("1 2 100000 3".into(), &json!("int")));
}

#[test]
fn heights_of_two_variables_stay_apart() {
    let at = |name: &'static str, height: f64| {
        let attributes = json!({"units": "m", "standard_name": "height", "positive": "up"});
        let value = Variable(name, &["time"], Double(vec![1.0]), json!({"coordinates": "height"}));
        vec![days(&[0.0]), Variable("height", &[], Double(vec![height]), attributes), value]
    };
    let joined = Stores::new().with("a", at("tas", 2.0)).with("b", at("uas", 10.0)).subset(&["a", "b"], &[]);
    assert_eq!(joined.variable("uas")["attributes"]["coordinates"], "height_2");
    assert_eq!(joined.variable("height_2")["statistics"]["mean"], 10.0);
    assert_eq!(joined.variable("height")["statistics"]["mean"], 2.0);
    let joined = Stores::new().with("a", at("tas", 2.0)).with("b", at("uas", 2.0)).subset(&["a", "b"], &[]);
    assert_eq!(joined.variable("uas")["attributes"]["coordinates"], "height");
}

#[test]
fn descending_and_interleaved_files_are_put_in_order() {
    let of = |values: &[f64]| vec![days(values), kelvin(values)];
    let joined = Stores::new().with("a", of(&[1.0, 0.0])).with("b", of(&[3.0, 2.0])).subset(&["a", "b"], &[]);
    assert_eq!(joined.values("t"), ["3", "2", "1", "0"]);
    let joined = Stores::new().with("a", of(&[0.0, 2.0])).with("b", of(&[1.0, 3.0])).subset(&["b", "a"], &[]);
    assert_eq!(joined.values("t"), ["0", "1", "2", "3"]);
}
