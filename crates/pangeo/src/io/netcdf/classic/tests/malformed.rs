//! Broken files end in an error that names the file: no panic, no large allocation, no long wait.

use std::time::{Duration, Instant};

use super::*;
use crate::model::DataType;

/// Open and read everything; whatever happens must be a value or an error.
fn exercise(bytes: &[u8]) {
    let Ok(dataset) = opened(bytes) else { return };
    for variable in &dataset.variables {
        let array = &variable.array;
        let starts: Vec<_> = (0..variable.shape().len()).map(|d| array.chunk_starts(d)).collect();
        assert!(starts.iter().all(|s| s.get(0) == Some(0)));
        if let Ok(block) = array.read_all() {
            let bytes_read = block.bytes();
            assert!(bytes_read <= bytes.len(), "{bytes_read} bytes of values in {}", bytes.len());
        }
    }
}

#[test]
fn every_flipped_byte() {
    let start = Instant::now();
    for file in [INTERLEAVED, LONE, TYPES] {
        for at in 0..file.len().min(2000) {
            for flip in [0x01, 0x80, 0xFF] {
                let mut broken = file.to_vec();
                broken[at] ^= flip;
                exercise(&broken);
            }
        }
    }
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}

#[test]
fn every_number_of_the_header_at_its_extremes() {
    for file in [INTERLEAVED, LONE, TYPES] {
        for at in (4..file.len() - 3).step_by(4) {
            for word in [0u32, 1, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFC, 0xFFFF_FFFF] {
                let mut broken = file.to_vec();
                broken[at..at + 4].copy_from_slice(&word.to_be_bytes());
                exercise(&broken);
                if let Some(both) = broken.get_mut(at..at + 8) {
                    both.copy_from_slice(&u64::from(word).rotate_left(24).to_be_bytes());
                    exercise(&broken);
                }
            }
        }
    }
}

#[test]
fn every_length() {
    for file in [INTERLEAVED, LONE, TYPES] {
        for length in 0..file.len() {
            exercise(&file[..length]);
        }
    }
}

#[test]
fn a_file_cut_short_opens_and_says_so_when_read() {
    let cut = &INTERLEAVED[..INTERLEAVED.len() - 20];
    let dataset = opened(cut).unwrap();
    let height = dataset.variable("height").unwrap().array.read_all();
    assert!(height.is_ok());
    let time = &dataset.variable("time").unwrap().array;
    assert!(time.read(&Region::whole(&[1])).is_ok());
    let error = time.read_all().unwrap_err().to_string();
    assert!(error.contains("cut short") && error.contains("'time'") && error.contains("memory.nc"), "{error}");
}

#[test]
fn more_records_than_the_file_holds_are_refused_when_read() {
    let mut file = LONE.to_vec();
    file[4..8].copy_from_slice(&0xFFFF_FFFEu32.to_be_bytes());
    let dataset = opened(&file).unwrap();
    let v = dataset.variable("v").unwrap();
    assert_eq!(v.shape(), [0xFFFF_FFFE, 3]);
    assert!(v.array.chunk_starts(0).len() <= 1 << 20, "strips of many records");
    assert!(v.array.read_all().is_err());
    assert_eq!(v.array.read(&Region::new(vec![2..3, 0..3])).unwrap().data(), &crate::model::Buffer::I16(vec![7, 8, 9]));
}

#[test]
fn errors_name_what_is_wrong() {
    let parse = |edit: &dyn Fn(&mut Vec<u8>)| {
        let mut file = LONE.to_vec();
        edit(&mut file);
        opened(&file).unwrap_err().to_string()
    };
    let variable = LONE.windows(4).position(|w| w == b"v\0\0\0").unwrap();
    assert!(parse(&|f| f[variable + 11] = 9).contains("variable 'v' has dimension number 9, the file has 2"));
    assert!(parse(&|f| f[variable + 27] = 13).contains("variable 'v' has the unknown type 13"));
    assert!(parse(&|f| f[variable + 12..variable + 16].copy_from_slice(&[0; 4])).contains("is not its first"));
    assert!(parse(&|f| f[15] = 200).contains("announces 200 dimensions"));
    assert!(parse(&|f| f[3] = 4).contains("no netCDF classic"));
}

#[test]
fn a_long_header_is_read_in_steps() {
    let mut dataset = opened(LONE).unwrap();
    for n in 0..3000 {
        dataset.attributes.set(format!("attribute_{n}"), "x".repeat(100).as_str());
    }
    let (bytes, _) = written(&dataset, None).unwrap();
    let again = opened(&bytes).unwrap();
    assert_eq!(again.attributes, dataset.attributes);
    assert_eq!(*again.variable("v").unwrap().data_type(), DataType::I16);
}
