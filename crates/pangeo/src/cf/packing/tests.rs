use super::*;
use crate::cf::roles::cdl::dataset;
use crate::model::array::Memory;

/// The packing of `NAME` declared as `TYPE v(n)` with the attributes in CDL.
fn packing(data_type: &str, attributes: &str) -> Result<Packing> {
    Packing::of(&variable(data_type, attributes))
}

fn variable(data_type: &str, attributes: &str) -> Variable {
    let text = format!("netcdf t {{ dimensions: n = 4 ; variables: {data_type} v(n) ; {attributes} }}");
    dataset(&text).variables.remove(0)
}

fn decode(packing: &Packing, stored: Buffer) -> Vec<f64> {
    packing.decode_f64(&Block::vector(stored)).unwrap()
}

/// NaN equals NaN here.
fn same(a: &[f64], b: &[f64]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(x, y)| x == y || (x.is_nan() && y.is_nan()))
}

const NAN: f64 = f64::NAN;

#[test]
fn temperatures_packed_in_shorts() {
    // netCDF4-python: data * 0.01 + 273.15 in double precision.
    let p = packing("short", "v:scale_factor=0.01; v:add_offset=273.15; v:_FillValue=-32767s;").unwrap();
    let got = decode(&p, Buffer::I16(vec![0, 1, -1, -32767]));
    assert!(same(&got, &[273.15, 273.15 + 0.01, 273.15 - 0.01, NAN]), "{got:?}");
    assert_eq!(*p.unpacked_type(), DataType::F64);
}

#[test]
fn every_short_survives_decoding_and_encoding() {
    let all: Vec<i16> = (i16::MIN..=i16::MAX).collect();
    for attributes in [
        "v:scale_factor=0.01; v:add_offset=273.15;",
        "v:scale_factor=0.01f; v:add_offset=273.15f;",
        "v:scale_factor=-0.0003f; v:add_offset=101325.f;", // too fine for float: decoded as double
        "v:scale_factor=1.e-9; v:add_offset=1.;",
        "",
        "v:_Unsigned=\"true\"; v:scale_factor=0.5;",
    ] {
        let p = packing("short", attributes).unwrap();
        let stored = Block::vector(Buffer::I16(all.clone()));
        let back = p.encode_block(&p.decode_block(&stored).unwrap()).unwrap();
        assert_eq!(back, stored, "{attributes}");
    }
}

#[test]
fn types_of_physical_values() {
    let unpacked = |t: &str, a: &str| packing(t, a).unwrap().unpacked_type().name().to_owned();
    assert_eq!(unpacked("short", "v:scale_factor=0.01f;"), "float");
    assert_eq!(unpacked("short", "v:scale_factor=0.01;"), "double");
    assert_eq!(unpacked("short", "v:scale_factor=0.01f; v:add_offset=1.;"), "double");
    assert_eq!(unpacked("int", "v:scale_factor=0.01f;"), "double");
    assert_eq!(unpacked("short", "v:scale_factor=0.0001f; v:add_offset=100000.f;"), "double");
    assert_eq!(unpacked("float", "v:scale_factor=1.; v:add_offset=0.;"), "float");
    assert_eq!(unpacked("float", "v:scale_factor=2.;"), "double");
    assert_eq!([unpacked("byte", ""), unpacked("int", ""), unpacked("double", "")], ["float", "double", "double"]);
    assert_eq!(unpacked("char", "v:_FillValue=\"x\";"), "char");
}

#[test]
fn several_missing_values_in_other_types() {
    let p = packing("float", "v:_FillValue=1.e20; v:missing_value=-999., 1e36;").unwrap();
    let got = decode(&p, Buffer::F32(vec![1e20, -999.0, 1e36, 5.0, f32::NAN]));
    assert!(same(&got, &[NAN, NAN, NAN, 5.0, NAN]), "{got:?}");
    let p = packing("short", "v:missing_value=-999.; v:_FillValue=1.e20;").unwrap();
    assert!(same(&decode(&p, Buffer::I16(vec![-999, 0])), &[NAN, 0.0]));
    let p = packing("short", "v:_FillValue=65535;").unwrap();
    assert!(same(&decode(&p, Buffer::I16(vec![-1])), &[-1.0]), "beyond the type: matches nothing");
    let mut v = variable("int64", "");
    v.attributes.set("_FillValue", AttributeValue::Numbers(Buffer::I64(vec![9_007_199_254_740_993])));
    let p = Packing::of(&v).unwrap();
    let got = p.missing(&Buffer::I64(vec![9_007_199_254_740_992, 9_007_199_254_740_993]));
    assert_eq!(got.unwrap(), [false, true], "exact beyond 2^53");
}

#[test]
fn a_fill_value_of_nan() {
    let p = packing("float", "v:_FillValue=NaNf;").unwrap();
    assert!(same(&decode(&p, Buffer::F32(vec![f32::NAN, 1.0])), &[NAN, 1.0]));
    let back = p.encode_block(&Block::vector(Buffer::F32(vec![f32::NAN]))).unwrap();
    assert!(back.data().get_f64(0).unwrap().is_nan());
    assert_eq!(packing("int", "v:_FillValue=NaN;").unwrap().missing(&Buffer::I32(vec![0])).unwrap(), [false]);
}

#[test]
fn numbers_written_as_text() {
    let p = packing("short", r#"v:scale_factor="0.1"; v:missing_value="-999s"; v:_FillValue="none";"#).unwrap();
    assert!(same(&decode(&p, Buffer::I16(vec![10, -999])), &[1.0, NAN]));
    let p = packing("double", r#"v:_FillValue="AAAAAAAA+H8=";"#).unwrap(); // xarray on Zarr v3: NaN
    assert!(p.fill().unwrap().is_nan());
    let p = packing("double", r#"v:_FillValue="AAAAAABAj8A=";"#).unwrap(); // struct.pack('<d', -1000.0)
    assert_eq!(p.fill(), Some(-1000.0));
}

#[test]
fn nonsense_is_an_error_that_names_the_variable() {
    for attributes in [
        "v:scale_factor=0.;",
        "v:scale_factor=\"x\";",
        "v:add_offset=NaN;",
        "v:scale_factor=1.,2.;",
        "v:scale_factor=\"\";",
    ] {
        let error = packing("short", attributes).unwrap_err().to_string();
        assert!(error.contains("variable 'v'") && error.contains("attribute"), "{error}");
    }
}

#[test]
fn bytes_read_as_unsigned() {
    let p = packing("byte", r#"v:_Unsigned="true"; v:_FillValue=-1b; v:scale_factor=0.5f;"#).unwrap();
    let stored = Block::vector(Buffer::I8(vec![-2, -1, 0, 127]));
    let physical = p.decode_block(&stored).unwrap();
    assert!(same(&physical.data().to_f64().unwrap(), &[127.0, NAN, 0.0, 63.5]));
    assert_eq!(p.encode_block(&physical).unwrap(), stored);
    let p = packing("byte", r#"v:_Unsigned="true"; v:_FillValue=255s; v:valid_range=0b,-6b;"#).unwrap();
    assert!(same(&decode(&p, Buffer::I8(vec![-1, -6, -5])), &[NAN, 250.0, NAN]));
    let p = packing("ubyte", r#"v:_Unsigned="false"; v:_FillValue=-1s;"#).unwrap();
    assert!(same(&decode(&p, Buffer::U8(vec![255, 254])), &[NAN, -2.0]));
}

#[test]
fn valid_limits_in_packed_or_physical_units() {
    let p = packing("short", "v:scale_factor=0.1; v:valid_min=0s; v:valid_max=1000s;").unwrap();
    assert!(same(&decode(&p, Buffer::I16(vec![-1, 0, 1000, 1001])), &[NAN, 0.0, 1000.0 * 0.1, NAN]));
    let p = packing("short", "v:scale_factor=0.1; v:valid_range=0.,100.;").unwrap();
    assert!(same(&decode(&p, Buffer::I16(vec![-1, 0, 1000, 1001])), &[NAN, 0.0, 1000.0 * 0.1, NAN]));
    let p = packing("short", "v:scale_factor=-0.1; v:valid_range=0.,100.;").unwrap();
    assert!(same(&decode(&p, Buffer::I16(vec![1, 0, -1000, -1001])), &[NAN, 0.0, 1000.0 * 0.1, NAN]));
    let p = packing("short", "v:valid_range=0s,10s;").unwrap().without_valid_range();
    assert!(same(&decode(&p, Buffer::I16(vec![-1, 11])), &[-1.0, 11.0]));
    let p = packing("float", "v:valid_range=10.f,0.f;").unwrap();
    assert!(same(&decode(&p, Buffer::F32(vec![5.0])), &[5.0]), "an impossible range is no range");
    let p = packing("float", "v:valid_max=0.1;").unwrap();
    assert!(same(&decode(&p, Buffer::F32(vec![0.1])), &[f64::from(0.1f32)]), "the edge is valid");
}

#[test]
fn what_was_never_written_is_missing_where_that_is_sure() {
    let p = packing("float", "").unwrap();
    assert!(same(&decode(&p, Buffer::F32(vec![9.96921e36, 1.0])), &[NAN, 1.0]));
    let p = packing("short", "").unwrap();
    assert!(same(&decode(&p, Buffer::I16(vec![-32767])), &[-32767.0]));
    let p = packing("float", "v:_FillValue=-1.f;").unwrap();
    assert_eq!(p.missing(&Buffer::F32(vec![9.96921e36])).unwrap(), [false]);
    let p = packing("float", "").unwrap();
    let back = p.encode_block(&Block::vector(Buffer::F64(vec![NAN]))).unwrap();
    assert!(back.data().get_f64(0).unwrap().is_nan(), "no fill value declared: NaN is written");
}

#[test]
fn what_does_not_fit_is_an_error() {
    let p = packing("short", "v:scale_factor=0.01; v:_FillValue=-32767s;").unwrap();
    let encode = |x: f64| p.encode_block(&Block::vector(Buffer::F64(vec![x])));
    assert_eq!(encode(NAN).unwrap().data(), &Buffer::I16(vec![-32767]));
    assert_eq!(encode(327.67).unwrap().data(), &Buffer::I16(vec![32767]));
    assert_eq!(encode(327.68).unwrap_err().to_string(), "value 327.68 does not fit packed short, variable 'v'");
    assert!(encode(-327.67).is_err(), "it would read back as missing");
    assert!(encode(f64::INFINITY).is_err());
    let p = packing("short", "").unwrap();
    assert!(p.encode_block(&Block::vector(Buffer::F64(vec![NAN]))).unwrap_err().to_string().contains("missing"));
    let p = packing("float", "").unwrap();
    assert!(p.encode_block(&Block::vector(Buffer::F64(vec![1e300]))).is_err());
}

#[test]
fn halves_round_to_even() {
    let p = packing("short", "v:scale_factor=1.; v:add_offset=0.5;").unwrap();
    let back = p.encode_block(&Block::vector(Buffer::F64(vec![1.0, 2.0, 3.0]))).unwrap();
    assert_eq!(back.data(), &Buffer::I16(vec![0, 2, 2]));
}

#[test]
fn a_variable_decodes_lazily_and_its_attributes_come_back_in_place() {
    let mut v = variable(
        "short",
        "v:long_name=\"t\"; v:scale_factor=0.5; v:_FillValue=-1s; v:units=\"K\"; v:valid_max=100s; v:missing_value=-1s;",
    );
    v.array = Memory::array(Block::vector(Buffer::I16(vec![2, -1, 101, 4])));
    let p = Packing::of(&v).unwrap();
    let decoded = p.decode(&v);
    assert_eq!(*decoded.data_type(), DataType::F64);
    assert!(same(&decoded.array.read_all().unwrap().data().to_f64().unwrap(), &[1.0, NAN, NAN, 2.0]));
    let names: Vec<&str> = decoded.attributes.iter().map(|(n, _)| n).collect();
    assert_eq!(names, ["long_name", "_FillValue", "units", "valid_max"]);
    assert_eq!(decoded.attributes.number("valid_max"), Some(50.0));
    assert!(decoded.attributes.number("_FillValue").unwrap().is_nan());
    let encoded = p.encode(&decoded);
    assert_eq!(encoded.attributes, v.attributes);
    assert_eq!(encoded.array.read_all().unwrap().data(), &Buffer::I16(vec![2, -1, -1, 4]));
}

#[test]
fn a_variable_without_missing_values_gets_no_fill_value() {
    let v = variable("float", "v:units=\"K\";");
    assert_eq!(Packing::of(&v).unwrap().decode(&v).attributes, v.attributes);
}

#[test]
fn blocks_of_another_type_are_refused() {
    let p = packing("short", "").unwrap();
    assert!(p.decode_block(&Block::vector(Buffer::F32(vec![1.0]))).is_err());
    assert!(p.missing(&Buffer::U16(vec![1])).is_err());
}
