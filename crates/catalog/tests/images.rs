//! Headers of TIFF images against rasterio 1.4.4 (GDAL; `transform_bounds` with 63 places a side) and rio-cogeo 7.
//! In the column of types `float32` stands for half floats, too: GDAL has none.

use catalog::{Data, Form, Look};
use pangeo::engine::Engine;
use serde_json::Value;
use testkit::{for_each_malformed, shared_data};

struct Row {
    name: &'static str,
    /// Columns, rows.
    size: [u64; 2],
    types: &'static str,
    nodata: &'static str,
    code: &'static str,
    transform: Option<[f64; 6]>,
    bbox: Option<[f64; 4]>,
    cloud_optimised: bool,
}

#[rustfmt::skip]
const ROWS: [Row; 45] = [
    Row { name: "async-tiff/image-tiff/12bit.cropped.rgb.tiff", size: [64, 64], types: "3 uint16", nodata: "", code: "", transform: None, bbox: None, cloud_optimised: false },
    Row { name: "async-tiff/image-tiff/bigtiff/BigTIFFMotorola.tif", size: [64, 64], types: "3 uint8", nodata: "", code: "", transform: None, bbox: None, cloud_optimised: false },
    Row { name: "async-tiff/image-tiff/cmyk-3c-8b.tiff", size: [157, 151], types: "4 uint8", nodata: "", code: "", transform: None, bbox: None, cloud_optimised: false },
    Row { name: "async-tiff/image-tiff/gradient-1c-32b.tiff", size: [256, 1], types: "1 uint32", nodata: "", code: "", transform: None, bbox: None, cloud_optimised: false },
    Row { name: "async-tiff/image-tiff/gradient-3c-32b-float.tiff", size: [256, 1], types: "3 float32", nodata: "", code: "", transform: None, bbox: None, cloud_optimised: false },
    Row { name: "async-tiff/image-tiff/int16.tif", size: [64, 64], types: "1 int16", nodata: "", code: "", transform: None, bbox: None, cloud_optimised: true },
    Row { name: "async-tiff/image-tiff/int8.tif", size: [64, 64], types: "1 int8", nodata: "", code: "", transform: None, bbox: None, cloud_optimised: true },
    Row { name: "async-tiff/image-tiff/issue_69_packbits.tiff", size: [45, 45], types: "1 uint16", nodata: "", code: "", transform: None, bbox: None, cloud_optimised: false },
    Row { name: "async-tiff/image-tiff/minisblack-1c-i8b.tiff", size: [157, 151], types: "1 int8", nodata: "", code: "", transform: None, bbox: None, cloud_optimised: true },
    Row { name: "async-tiff/image-tiff/miniswhite-1c-1b.tiff", size: [157, 151], types: "1 uint8", nodata: "", code: "", transform: None, bbox: None, cloud_optimised: false },
    Row { name: "async-tiff/image-tiff/palette-1c-8b.tiff", size: [157, 151], types: "1 uint8", nodata: "", code: "", transform: None, bbox: None, cloud_optimised: false },
    Row { name: "async-tiff/image-tiff/predictor-3-rgb-f32.tif", size: [200, 200], types: "3 float32", nodata: "", code: "", transform: None, bbox: None, cloud_optimised: true },
    Row { name: "async-tiff/image-tiff/random-fp16-pred2.tiff", size: [16, 16], types: "1 float32", nodata: "", code: "", transform: None, bbox: None, cloud_optimised: true },
    Row { name: "async-tiff/image-tiff/random-fp16.tiff", size: [16, 16], types: "1 float32", nodata: "", code: "", transform: None, bbox: None, cloud_optimised: false },
    Row { name: "async-tiff/image-tiff/rgb-3c-8b.tiff", size: [157, 151], types: "3 uint8", nodata: "", code: "", transform: None, bbox: None, cloud_optimised: false },
    Row { name: "async-tiff/image-tiff/tiled-gray-i1.tif", size: [37, 51], types: "1 uint8", nodata: "", code: "", transform: None, bbox: None, cloud_optimised: true },
    Row { name: "async-tiff/image-tiff/tiled-oversize-gray-i8.tif", size: [499, 374], types: "1 int8", nodata: "", code: "", transform: None, bbox: None, cloud_optimised: false },
    Row { name: "async-tiff/image-tiff/white-fp16-pred2.tiff", size: [256, 256], types: "1 float32", nodata: "", code: "", transform: None, bbox: None, cloud_optimised: true },
    Row { name: "async-tiff/other/geogtowgs_subset_USGS_13_s14w171.tif", size: [1, 1], types: "1 float32", nodata: "", code: "EPSG:4269", transform: None, bbox: None, cloud_optimised: false },
    Row { name: "image-tiff/geotiff/geo-5b.tif", size: [10, 10], types: "5 int16", nodata: "", code: "EPSG:21897", transform: Some([60.0, 0.0, 440720.0, 0.0, -60.0, 100000.0]), bbox: Some([-79.10462571752689, -3.534708369054876, -79.0992174577689, -3.529274140533503]), cloud_optimised: true },
    Row { name: "image-tiff/libtiffpic/off_l16.tif", size: [333, 225], types: "1 int16", nodata: "", code: "", transform: None, bbox: None, cloud_optimised: false },
    Row { name: "kerchunk/lcmap_tiny_cog_2019.tif", size: [2048, 2048], types: "1 uint8", nodata: "0.0", code: "", transform: Some([30.0, 0.0, -1801185.0, 0.0, -30.0, 2700405.0]), bbox: Some([-119.20747944427733, 44.76662677250914, -118.26315082076097, 45.434019326651374]), cloud_optimised: true },
    Row { name: "rasterio/RGB.byte.tif", size: [791, 718], types: "3 uint8", nodata: "0.0", code: "EPSG:32618", transform: Some([300.0379266750948, 0.0, 101985.0, 0.0, -300.041782729805, 2826915.0]), bbox: Some([-78.95864996539397, 23.564991210892646, -76.57492370013779, 25.550873767434343]), cloud_optimised: false },
    Row { name: "rasterio/RGBA.uint16.tif", size: [634, 411], types: "4 uint16", nodata: "", code: "EPSG:32612", transform: Some([1.3799837222012503, 0.0, 733268.9826600894, 0.0, -1.3793428722732763, 4078301.2436217787]), bbox: Some([-108.38481687448038, 36.81652201693926, -108.3748431039259, 36.82184326239639]), cloud_optimised: false },
    Row { name: "rasterio/all-nodata.tif", size: [71, 2475], types: "4 uint16", nodata: "0.0", code: "EPSG:32628", transform: Some([3.0, 0.0, 341970.0, 0.0, -3.0, 1603902.0]), bbox: Some([-16.466473140767253, 14.436237552725483, -16.46405710029767, 14.503361968419664]), cloud_optimised: false },
    Row { name: "rasterio/byte.tif", size: [20, 20], types: "1 uint8", nodata: "", code: "EPSG:26711", transform: Some([60.0, 0.0, 440720.0, 0.0, -60.0, 3751320.0]), bbox: Some([-117.64204279334717, 33.891546129503816, -117.6289845627537, 33.90243533203517]), cloud_optimised: false },
    Row { name: "rasterio/corrupt.tif", size: [1024, 1024], types: "3 uint8", nodata: "", code: "EPSG:3857", transform: Some([0.5971640348434448, 0.0, 14321853.115736904, 0.0, -0.5971640348434448, 4533021.525424092]), bbox: Some([128.6553955078125, 37.66642921390105, 128.66088866958788, 37.670777372883144]), cloud_optimised: true },
    Row { name: "rasterio/float_nan.tif", size: [3, 2], types: "1 float32", nodata: "nan", code: "", transform: Some([100.0, 0.0, 0.0, 0.0, 100.0, 0.0]), bbox: None, cloud_optimised: false },
    Row { name: "rasterio/float_raster_with_nodata.tif", size: [13, 12], types: "1 float32", nodata: "-3.3999999521443642e+38", code: "", transform: Some([500.0, 0.0, 6301612.204093784, 0.0, -500.0, 3314112.2306177607]), bbox: Some([38.07402923996949, 49.392246791473106, 38.188844515557314, 49.46365520677555]), cloud_optimised: true },
    Row { name: "rasterio/rotated.tif", size: [10, 15], types: "1 uint8", nodata: "", code: "", transform: Some([17.320508075688775, 4.999999999999999, 100.0, 9.999999999999998, -8.660254037844387, 200.0]), bbox: None, cloud_optimised: true },
    Row { name: "rasterio/world.byte.tif", size: [2880, 1200], types: "1 uint8", nodata: "", code: "EPSG:4326", transform: Some([0.125, 0.0, -180.0, 0.0, -0.125, 75.0]), bbox: Some([-180.0, -75.0, 180.0, 75.0]), cloud_optimised: true },
    Row { name: "rio-tiler/blue.tif", size: [255, 259], types: "1 uint16", nodata: "0.0", code: "EPSG:32617", transform: Some([900.0, 0.0, 471585.0, 0.0, -900.0, 3787515.0]), bbox: Some([-81.30852270801293, 32.10817938759765, -78.81735409341115, 34.22870670316844]), cloud_optimised: true },
    Row { name: "rio-tiler/cog.tif", size: [2658, 2667], types: "1 uint16", nodata: "", code: "EPSG:32621", transform: Some([100.01126757344893, 0.0, 373185.0, 0.0, -100.01126757344893, 8286015.0]), bbox: Some([-61.28762442711404, 72.22979795551834, -52.301598718454485, 74.66306179656783]), cloud_optimised: true },
    Row { name: "rio-tiler/cog_dateline.tif", size: [2325, 2355], types: "1 uint16", nodata: "", code: "EPSG:32660", transform: Some([100.01290322580645, 0.0, 570585.0, 0.0, -100.01273885350318, 5847615.0]), bbox: Some([177.9985713516777, 50.58185346765347, -178.51382291899003, 52.773743003086366]), cloud_optimised: true },
    Row { name: "rio-tiler/cog_gcps_ovr.tif", size: [1280, 837], types: "1 uint8", nodata: "0.0", code: "", transform: None, bbox: None, cloud_optimised: true },
    Row { name: "rio-tiler/cog_nonearth.tif", size: [921, 884], types: "1 float32", nodata: "-3.4028226550889045e+38", code: "", transform: Some([282.0, 0.0, -1379262.0, 0.0, -282.0, 630270.0]), bbox: None, cloud_optimised: true },
    Row { name: "rio-tiler/cog_rgb.tif", size: [383, 232], types: "3 uint8", nodata: "", code: "EPSG:26913", transform: Some([0.14981552941953233, 0.0, 519467.4957275815, 0.0, -0.1499978958645129, 4311669.7657353515]), bbox: Some([-104.77532797937599, 38.953449351934275, -104.77466478299503, 38.953764219435996]), cloud_optimised: true },
    Row { name: "rio-tiler/cog_scale.tif", size: [256, 256], types: "2 int16", nodata: "0.0", code: "", transform: Some([428.90624999999994, 0.0, 300000.0, 0.0, -428.90624999999994, 4200000.0]), bbox: Some([126.72447176380308, 36.93664190703152, 127.98687485674208, 37.94311117417417]), cloud_optimised: true },
    Row { name: "rio-tiler/cog_uint8_rgb_mask.tif", size: [256, 256], types: "3 uint8", nodata: "", code: "EPSG:4326", transform: Some([0.01, 0.0, 0.0, 0.0, -0.01, 0.0]), bbox: Some([0.0, -2.56, 2.56, 0.0]), cloud_optimised: true },
    Row { name: "rio-tiler/green.tif", size: [255, 259], types: "1 uint16", nodata: "0.0", code: "EPSG:32617", transform: Some([900.0, 0.0, 471585.0, 0.0, -900.0, 3787515.0]), bbox: Some([-81.30852270801293, 32.10817938759765, -78.81735409341115, 34.22870670316844]), cloud_optimised: true },
    Row { name: "rio-tiler/inverted_lat.tif", size: [720, 360], types: "1 float32", nodata: "-9999.0", code: "EPSG:4326", transform: Some([0.5, 0.0, -180.0, 0.0, 0.5, -90.0]), bbox: Some([-180.0, -90.0, 180.0, 90.0]), cloud_optimised: true },
    Row { name: "rio-tiler/mosaic_value_1.tif", size: [779, 790], types: "3 uint16", nodata: "0.0", code: "EPSG:32618", transform: Some([300.038239038384, 0.0, 425085.0, 0.0, -300.038239038384, 5215515.0]), bbox: Some([-75.98703377413769, 44.94205659982972, -72.90811027838139, 47.093142058479025]), cloud_optimised: true },
    Row { name: "rio-tiler/mosaic_value_2.tif", size: [770, 781], types: "3 uint16", nodata: "0.0", code: "EPSG:32618", transform: Some([300.03868277394554, 0.0, 547185.0, 0.0, -300.03868277394554, 5216115.0]), bbox: Some([-74.40144738395827, 44.93504283293787, -71.33760472399901, 47.09685599202326]), cloud_optimised: true },
    Row { name: "rio-tiler/red.tif", size: [255, 259], types: "1 uint16", nodata: "0.0", code: "EPSG:32617", transform: Some([900.0, 0.0, 471585.0, 0.0, -900.0, 3787515.0]), bbox: Some([-81.30852270801293, 32.10817938759765, -78.81735409341115, 34.22870670316844]), cloud_optimised: true },
    Row { name: "titiler/src/titiler/core/tests/fixtures/dem.tif", size: [400, 400], types: "1 float32", nodata: "-9999.0", code: "EPSG:2056", transform: Some([2.5, 0.0, 2573000.0, 0.0, -2.5, 1086000.0]), bbox: Some([7.090624928537462, 45.91605844102821, 7.1035698381384185, 45.92509300025415]), cloud_optimised: true },
];

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
    for row in &ROWS {
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
        differs("size", raster.is_none_or(|r| r.shape == [row.size[1] as usize, row.size[0] as usize]));
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
    for row in ROWS.iter().step_by(3) {
        let whole = std::fs::read(folder.join(row.name)).unwrap();
        let path = made.path().join("cut.tif");
        for cut in (0..whole.len().min(4000)).step_by(97) {
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
