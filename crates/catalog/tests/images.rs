//! Headers of TIFF images against rasterio 1.4.4 (GDAL; `transform_bounds` with 63 places a side) and rio-cogeo 7.
//! In the column of types `float32` stands for half floats, too: GDAL has none.

use catalog::{Data, Form, Look};
use pangeo::engine::Engine;
use serde_json::Value;
use testkit::{for_each_malformed, shared_data};

struct Row {
    name: &'static str,
    /// Rows, columns.
    shape: [usize; 2],
    types: &'static str,
    nodata: &'static str,
    code: &'static str,
    transform: Option<[f64; 6]>,
    bbox: Option<[f64; 4]>,
    cloud_optimised: bool,
}

/// `images.tsv`, which `images.py` wrote.
fn rows() -> Vec<Row> {
    let lines = include_str!("images.tsv").lines().filter(|line| !line.starts_with('#'));
    let row = |line: &'static str| {
        let columns: Vec<&str> = line.split('\t').collect();
        let [name, width, height, types, nodata, code, transform, bbox, optimised] = columns[..] else {
            panic!("{line}")
        };
        Row {
            name,
            shape: [height.parse().unwrap(), width.parse().unwrap()],
            types,
            nodata,
            code,
            transform: numbers(transform),
            bbox: numbers(bbox),
            cloud_optimised: optimised == "True",
        }
    };
    lines.map(row).collect()
}

fn numbers<const N: usize>(text: &str) -> Option<[f64; N]> {
    let found: Vec<f64> = text.split_whitespace().map(|number| number.parse().unwrap()).collect();
    found.try_into().ok()
}

fn read(path: &str) -> Data {
    Data::at(path, Look::default(), &Engine::new(1, 1 << 26)).unwrap()
}

fn close<const N: usize>(a: Option<[f64; N]>, b: Option<[f64; N]>, slack: f64) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a.iter().zip(b).all(|(a, b)| (a - b).abs() <= slack * b.abs().max(1.0)),
        (None, None) => true,
        _ => false,
    }
}

#[test]
fn headers_are_what_gdal_makes_of_them() {
    let Some(folder) = shared_data("tiff") else { return };
    let mut bad = Vec::new();
    for row in &rows() {
        let data = read(folder.join(row.name).to_str().unwrap());
        let mut differs = |what: &str, is: bool| {
            if !is {
                bad.push(format!("{}: {what}: {:?} {:?} {:?}", row.name, data.facts, data.bands, data.form));
            }
        };
        let kind = |band: &Value| band["data_type"].as_str().unwrap().replace("float16", "float32");
        let types = format!("{} {}", data.bands.len(), kind(&data.bands[0]));
        differs("types", types == row.types && data.bands.iter().all(|band| kind(band) == kind(&data.bands[0])));
        let nodata = match &data.bands[0]["nodata"] {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            number => format!("{:?}", number.as_f64().unwrap()),
        };
        // Values of `float` are told by the decimal that the file has.
        differs("nodata", nodata.parse::<f32>().ok() == row.nodata.parse().ok() || nodata == row.nodata);
        let raster = data.facts.raster.as_ref();
        differs("size", raster.is_none_or(|r| r.shape == row.shape));
        let code = raster.and_then(|r| r.system.code.clone()).unwrap_or_default();
        differs("code", code == row.code);
        differs("transform", close(raster.and_then(|r| r.transform), row.transform, 1e-9));
        differs("bbox", close(data.facts.bbox, row.bbox, 1e-6));
        let optimised = matches!(data.form, Form::Tiff { cloud_optimised: true, .. });
        differs("layout", optimised == row.cloud_optimised);
    }
    assert!(bad.is_empty(), "{} differ:\n{}", bad.len(), bad.join("\n"));
}

#[test]
fn broken_images_are_errors_and_no_panics() {
    let Some(folder) = shared_data("malformed/image-tiff") else { return };
    let engine = Engine::new(1, 1 << 26);
    for_each_malformed(&folder, |path| {
        if let Err(error) = Data::at(path.to_str().unwrap(), Look::default(), &engine) {
            assert!(!error.to_string().contains("internal"), "{error}");
        }
    });
}

#[test]
fn images_that_are_cut_short_are_errors_and_no_panics() {
    let Some(folder) = shared_data("tiff") else { return };
    let engine = Engine::new(1, 1 << 26);
    let made = tempfile::tempdir().unwrap();
    for row in rows().iter().step_by(5) {
        let whole = std::fs::read(folder.join(row.name)).unwrap();
        let path = made.path().join("cut.tif");
        for cut in (0..whole.len().min(4000)).step_by(131) {
            let mut bytes = whole[..cut].to_vec();
            std::fs::write(&path, &bytes).unwrap();
            let _ = Data::at(path.to_str().unwrap(), Look::default(), &engine);
            // And with a byte that is another one.
            bytes.extend_from_slice(&whole[cut..whole.len().min(8000)]);
            if let Some(byte) = bytes.get_mut(cut) {
                *byte ^= 0xa5;
            }
            std::fs::write(&path, &bytes).unwrap();
            let _ = Data::at(path.to_str().unwrap(), Look::default(), &engine);
        }
    }
}
