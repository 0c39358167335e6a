//! Stores as xarray and zarr-python write them, against the values that those read
//! (`tests/oracles/zarr_xarray.py`).

use serde_json::Value;

use super::stores::InMemory;
use crate::io::zarr::open;
use crate::model::{AttributeValue, Buffer, Dataset};

fn oracle() -> Value {
    serde_json::from_str(include_str!("../../../../tests/oracles/zarr_xarray.json")).unwrap()
}

fn unhex(text: &str) -> Vec<u8> {
    text.as_bytes().chunks(2).map(|c| u8::from_str_radix(std::str::from_utf8(c).unwrap(), 16).unwrap()).collect()
}

fn dataset(oracle: &Value, name: &str) -> Dataset {
    let mut store = InMemory::of(&[]);
    for (key, hex) in oracle[name]["objects"].as_object().unwrap() {
        store.objects.insert(key.clone(), unhex(hex.as_str().unwrap()));
    }
    open(store.shared()).unwrap()
}

#[test]
fn every_value_is_the_one_that_python_reads() {
    let oracle = oracle();
    for store in ["xarray2", "xarray3", "zarr2", "zarr3"] {
        let dataset = dataset(&oracle, store);
        let expected = oracle[store]["values"].as_object().unwrap();
        assert_eq!(dataset.variables.len(), expected.len(), "{store}");
        for (name, values) in expected {
            let block = dataset.variable(name).unwrap().array.read_all().unwrap();
            match block.data() {
                Buffer::String(texts) => assert_eq!(&serde_json::json!(texts), values, "{store} {name}"),
                numbers => {
                    let wanted: Vec<f64> = values.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect();
                    assert_eq!(numbers.to_f64().unwrap(), wanted, "{store} {name}");
                }
            }
        }
    }
}

#[test]
fn attributes_are_those_of_the_dataset_that_xarray_was_given() {
    let oracle = oracle();
    for store in ["xarray2", "xarray3"] {
        let dataset = dataset(&oracle, store);
        let attribute = |variable: &str, name: &str| dataset.variable(variable).unwrap().attributes.get(name).cloned();
        let numbers = |buffer| Some(AttributeValue::Numbers(buffer));
        assert_eq!(attribute("packed", "_FillValue"), numbers(Buffer::I16(vec![-9])), "{store}");
        assert_eq!(attribute("sst", "_FillValue"), numbers(Buffer::F64(vec![-9.5])), "{store}");
        assert!(attribute("t2m", "_FillValue").unwrap().as_f64().unwrap().is_nan(), "{store}");
        assert_eq!(attribute("t2m", "valid_min"), numbers(Buffer::F32(vec![0.1])), "{store}");
        assert!(attribute("t2m", "missing_value").unwrap().as_f64().unwrap().is_nan(), "{store}");
        assert_eq!(attribute("flags", "flag_values"), numbers(Buffer::I8(vec![0, 1])), "{store}");
        assert_eq!(attribute("flags", "_FillValue"), None, "{store}");
        assert_eq!(attribute("land", "_FillValue"), None, "{store}");
        assert_eq!(attribute("name", "_FillValue"), None, "{store}");
        assert_eq!(dataset.attributes.number("inf"), Some(f64::INFINITY));
        assert_eq!(dataset.attributes.get("n"), numbers(Buffer::I64(vec![3])).as_ref());
        assert_eq!(dataset.variable("t2m").unwrap().dimensions, ["time", "x"]);
        assert!(dataset.variable("land").unwrap().encoding.boolean);
        assert_eq!(dataset.variable("t2m").unwrap().encoding.chunk_shape.as_deref(), Some(&[2, 3][..]));
    }
}
