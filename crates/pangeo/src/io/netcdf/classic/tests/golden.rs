//! What the C library wrote is read as it was meant.

use super::*;
use crate::io::netcdf::classic::{parse_header, sniff};
use crate::model::{AttributeValue, Buffer, DataType};

#[test]
fn the_example_of_the_users_guide() {
    // netCDF Users Guide, "file format specification", the bytes of tst_small.nc
    let words: [u32; 23] = [
        0x4344_4601,
        0,
        10,
        1,
        3,
        0x6469_6D00,
        5,
        0,
        0,
        11,
        1,
        2,
        0x7678_0000,
        1,
        0,
        0,
        0,
        3,
        12,
        80,
        0x0003_0001,
        0x0004_0001,
        0x0005_8001,
    ];
    let bytes: Vec<u8> = words.iter().flat_map(|w| w.to_be_bytes()).collect();
    let dataset = opened(&bytes).unwrap();
    assert_eq!(dataset.dimension("dim").unwrap().length, 5);
    assert_eq!(all(&dataset, "vx").data(), &Buffer::I16(vec![3, 1, 4, 1, 5]));
    assert_eq!(written(&dataset, None).unwrap().0, bytes);
}

#[test]
fn records_of_several_variables() {
    assert!(sniff(INTERLEAVED));
    let dataset = opened(INTERLEAVED).unwrap();
    let time = dataset.dimension("time").unwrap();
    assert!(time.unlimited && time.length == 3);
    assert_eq!(all(&dataset, "time").data(), &Buffer::F64(vec![0.0, 1.0, 2.5]));
    assert_eq!(all(&dataset, "flag").data(), &Buffer::I8(vec![1, 2, 3, 4, 5, 6, 7, 8, -1]));
    assert_eq!(all(&dataset, "packed").data(), &Buffer::I16(vec![-1, 0, 300]));
    assert_eq!(all(&dataset, "station").data(), &Buffer::Char(b"Oslo\0Lima\0Quito".to_vec()));
    assert_eq!(all(&dataset, "crs"), Block::scalar(Buffer::F32(vec![1.5])).unwrap());
    assert_eq!(all(&dataset, "height").data(), &Buffer::I32(vec![10, -20, 2850]));
    // `ncgen` writes an empty text as one NUL, which is kept.
    assert_eq!(dataset.attributes.get("empty"), Some(&AttributeValue::Text("\0".into())));
    assert_eq!(
        dataset.variable("packed").unwrap().attributes.get("valid_range"),
        Some(&AttributeValue::Numbers(Buffer::I16(vec![-100, 100, 7])))
    );
}

#[test]
fn a_box_reads_the_same_as_the_whole() {
    let dataset = opened(INTERLEAVED).unwrap();
    let flag = &dataset.variable("flag").unwrap().array;
    let some = flag.read(&Region::new(vec![1..3, 1..3])).unwrap();
    assert_eq!((some.shape(), some.data()), (&[2, 2][..], &Buffer::I8(vec![5, 6, 8, -1])));
    let none = flag.read(&Region::new(vec![3..3, 0..3])).unwrap();
    assert_eq!(none.shape(), [0, 3]);
    assert!(flag.read(&Region::new(vec![0..4, 0..3])).is_err());
}

#[test]
fn records_of_a_single_variable_touch() {
    let dataset = opened(LONE).unwrap();
    assert_eq!(all(&dataset, "v").data(), &Buffer::I16((1..10).collect()));
}

#[test]
fn the_types_of_cdf5() {
    let dataset = opened(TYPES).unwrap();
    assert_eq!(all(&dataset, "a").data(), &Buffer::U8(vec![1, 2, 255, 4, 5, 6]));
    assert_eq!(all(&dataset, "b").data(), &Buffer::U16(vec![0, 1, 65_535]));
    assert_eq!(all(&dataset, "c").data(), &Buffer::U32(vec![0, 1, u32::MAX]));
    assert_eq!(all(&dataset, "d").data(), &Buffer::I64(vec![-5_000_000_000, 5_000_000_000]));
    assert_eq!(all(&dataset, "e").data(), &Buffer::U64(vec![0, 1, u64::MAX]));
    let Buffer::F32(f) = all(&dataset, "f").into_data() else { panic!("type") };
    assert!(f[0].is_nan() && f[1] == f32::NEG_INFINITY && f[2] == 1e-40);
    let limits = AttributeValue::Numbers(Buffer::I64(vec![i64::MIN, i64::MAX]));
    assert_eq!(dataset.variable("d").unwrap().attributes.get("limits"), Some(&limits));
}

#[test]
fn a_header_can_be_parsed_alone() {
    let header = parse_header(TYPES, TYPES.len() as u64, "types.nc").unwrap();
    assert_eq!(header.kind, ClassicKind::Cdf5);
    assert_eq!(header.variables[4].data_type, DataType::U64);
    assert!(parse_header(&TYPES[..100], TYPES.len() as u64, "types.nc").is_err());
}

#[test]
fn a_file_being_written_has_as_many_records_as_fit_it() {
    let mut streaming = INTERLEAVED.to_vec();
    streaming[4..8].copy_from_slice(&[0xFF; 4]);
    assert_eq!(opened(&streaming).unwrap().dimension("time").unwrap().length, 3);
    let record = 8 + 4 + 4;
    streaming.truncate(INTERLEAVED.len() - record + 5);
    assert_eq!(opened(&streaming).unwrap().dimension("time").unwrap().length, 2);
    // The padding of the last record may be missing.
    streaming = INTERLEAVED.to_vec();
    streaming[4..8].copy_from_slice(&[0xFF; 4]);
    streaming.truncate(INTERLEAVED.len() - 2);
    assert_eq!(opened(&streaming).unwrap().dimension("time").unwrap().length, 3);
}

#[test]
fn what_was_read_is_written_byte_for_byte() {
    for (file, kind) in [(INTERLEAVED, None), (LONE, Some(ClassicKind::Cdf2)), (TYPES, Some(ClassicKind::Cdf5))] {
        let (bytes, notes) = written(&opened(file).unwrap(), kind).unwrap();
        assert_eq!(bytes, file);
        assert!(notes.is_empty(), "{notes:?}");
    }
}

#[test]
fn names_and_texts_of_other_encodings_are_kept_apart() {
    let mut file = INTERLEAVED.to_vec();
    let at = file.windows(5).position(|w| w == b"title").unwrap();
    file[at + 1] = 0xE9;
    let text = file.windows(7).position(|w| w == b"records").unwrap();
    file[text] = 0xB0;
    let dataset = opened(&file).unwrap();
    assert!(matches!(dataset.attributes.get("t\u{E9}tle"), Some(AttributeValue::Bytes(b)) if b[0] == 0xB0));
}
