use proptest::prelude::*;

use super::*;
use crate::model::array::Memory;

fn variable(data: Buffer, attributes: &[(&str, AttributeValue)]) -> Variable {
    Variable {
        name: "v".into(),
        dimensions: vec!["x".into()],
        attributes: attributes.iter().map(|(n, v)| ((*n).to_owned(), v.clone())).collect(),
        encoding: Encoding::default(),
        array: Memory::array(Block::vector(data)),
    }
}

fn numbers(buffer: Buffer) -> AttributeValue {
    AttributeValue::Numbers(buffer)
}

fn decoded(variable: &Variable) -> Buffer {
    decode(variable).unwrap().array.read_all().unwrap().into_data()
}

fn same(a: &[f64], b: &[f64]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(x, y)| x == y || (x.is_nan() && y.is_nan()))
}

#[test]
fn packed_shorts_become_values_with_nan_for_missing() {
    let packed = variable(
        Buffer::I16(vec![0, 100, -32767, 7]),
        &[
            ("scale_factor", 0.01.into()),
            ("add_offset", 280.0.into()),
            ("_FillValue", numbers(Buffer::I16(vec![-32767]))),
            ("missing_value", numbers(Buffer::I16(vec![7]))),
        ],
    );
    let got = decoded(&packed).to_f64().unwrap();
    assert!(same(&got, &[280.0, 281.0, f64::NAN, f64::NAN]), "{got:?}");
    let attributes = decode(&packed).unwrap().attributes;
    assert!(attributes.get("scale_factor").is_none() && attributes.get("missing_value").is_none());
}

#[test]
fn the_unpacked_type_follows_the_attributes_but_never_loses_digits() {
    let float = |x: f32| numbers(Buffer::F32(vec![x]));
    let cases = [
        (Buffer::I16(vec![1]), float(0.5), DataType::F32),
        (Buffer::I16(vec![1]), 0.5.into(), DataType::F64),
        (Buffer::I32(vec![1]), float(0.5), DataType::F64),
        (Buffer::F32(vec![1.0]), float(0.5), DataType::F32),
    ];
    for (data, scale, expected) in cases {
        let got = Packing::of(&variable(data, &[("scale_factor", scale)])).unwrap();
        assert_eq!(*got.unpacked_type(), expected);
    }
}

#[test]
fn unsigned_bytes_in_signed_clothes() {
    let bytes = variable(
        Buffer::I8(vec![-1, 0, 127, -128]),
        &[("_Unsigned", "true".into()), ("_FillValue", numbers(Buffer::I8(vec![-1])))],
    );
    assert!(same(&decoded(&bytes).to_f64().unwrap(), &[f64::NAN, 0.0, 127.0, 128.0]));
}

#[test]
fn fill_values_of_another_type_are_met_in_the_stored_type() {
    let wide = variable(Buffer::F32(vec![1e20, 1.0]), &[("_FillValue", numbers(Buffer::F64(vec![1e20])))]);
    assert!(same(&decoded(&wide).to_f64().unwrap(), &[f64::NAN, 1.0]));
    // -9999.5 is no short: no value can equal it.
    let never = variable(Buffer::I16(vec![-9999, -10000]), &[("missing_value", numbers(Buffer::F32(vec![-9999.5])))]);
    assert!(same(&decoded(&never).to_f64().unwrap(), &[-9999.0, -10000.0]));
}

#[test]
fn floats_never_written_are_missing() {
    let fill = default_fill(&DataType::F32).unwrap();
    assert_eq!(fill.get_f64(0), Some(9.969_209_968_386_869e36));
    let unwritten = variable(fill, &[]);
    assert!(decoded(&unwritten).get_f64(0).unwrap().is_nan());
}

#[test]
fn nonsense_in_attributes_is_told() {
    for attribute in [AttributeValue::from(0.0), f64::NAN.into(), "much".into()] {
        assert!(Packing::of(&variable(Buffer::I16(vec![1]), &[("scale_factor", attribute)])).is_err());
    }
    let spelled = variable(Buffer::I16(vec![4]), &[("scale_factor", "0.5".into())]);
    assert_eq!(decoded(&spelled).get_f64(0), Some(2.0));
}

#[test]
fn values_that_do_not_fit_are_refused() {
    let packing = Packing::of(&variable(Buffer::I8(vec![]), &[("_FillValue", numbers(Buffer::I8(vec![-1])))])).unwrap();
    let encode = |x: f64| packing.encode_block(&Block::vector(Buffer::F64(vec![x]))).map(Block::into_data);
    assert_eq!(encode(127.0).unwrap(), Buffer::I8(vec![127]));
    assert_eq!(encode(f64::NAN).unwrap(), Buffer::I8(vec![-1]));
    assert!(encode(128.0).is_err());
    assert!(encode(-1.0).is_err(), "a value must not turn into a gap");
}

proptest! {
    #[test]
    fn encoding_what_was_decoded_gives_the_same_bits(
        stored in prop::collection::vec(any::<i16>(), 1..50),
        scale in prop_oneof![Just(1.0), Just(0.01), Just(-0.5), Just(1.5e-3), 1e-6..1e3f64],
        offset in -1e4..1e4f64,
        unsigned in any::<bool>(),
    ) {
        let mut attributes = vec![
            ("scale_factor", AttributeValue::from(scale)),
            ("add_offset", offset.into()),
            ("_FillValue", numbers(Buffer::I16(vec![-32767]))),
        ];
        if unsigned {
            attributes.push(("_Unsigned", "true".into()));
        }
        let packed = variable(Buffer::I16(stored.clone()), &attributes);
        let packing = Packing::of(&packed).unwrap();
        let block = Block::vector(Buffer::I16(stored));
        prop_assert_eq!(packing.encode_block(&packing.decode_block(&block).unwrap()).unwrap(), block);
    }
}
