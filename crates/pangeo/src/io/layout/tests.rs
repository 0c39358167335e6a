use super::*;
use crate::model::array::Constant;
use crate::model::{Attributes, Buffer, Dimension, Origin};

fn variable(shape: &[usize], encoding: Encoding) -> Dataset {
    let names: Vec<String> = ["time", "lat", "lon"].iter().take(shape.len()).map(ToString::to_string).collect();
    let dimensions =
        names.iter().zip(shape).map(|(name, &length)| Dimension { name: name.clone(), length, unlimited: false });
    Dataset {
        origin: Origin::Netcdf4,
        dimensions: dimensions.collect(),
        variables: vec![Variable {
            name: "t2m".into(),
            dimensions: names.clone(),
            attributes: Attributes::new(),
            encoding,
            array: Constant::array(Buffer::F32(vec![0.0]), shape.to_vec()),
        }],
        ..Dataset::default()
    }
}

fn settled(shape: &[usize], encoding: Encoding, layout: &Layout, format: Format) -> Encoding {
    let mut dataset = variable(shape, encoding);
    layout.settle(&mut dataset, format).unwrap();
    dataset.variables.remove(0).encoding
}

#[test]
fn characters_keep_their_compression_and_texts_of_any_length_have_none() {
    for (value, kept) in [(Buffer::Char(vec![b'a']), true), (Buffer::String(vec![String::new()]), false)] {
        let mut dataset = variable(&[20_000, 32], chunked(&[20_000, 32]));
        dataset.variables[0].array = Constant::array(value, vec![20_000, 32]);
        Layout::default().settle(&mut dataset, Format::Netcdf4).unwrap();
        let got = dataset.variables.remove(0).encoding;
        assert_eq!(got == chunked(&[20_000, 32]), kept, "{got:?}");
    }
}

fn chunked(chunk: &[usize]) -> Encoding {
    Encoding {
        chunk_shape: Some(chunk.to_vec()),
        compression: Some(Compression::Deflate { level: 4 }),
        shuffle: true,
        ..Encoding::default()
    }
}

#[test]
fn chunks_and_compression_are_kept_and_cut() {
    let got = settled(&[120, 101, 161], chunked(&[1, 721, 1440]), &Layout::default(), Format::Netcdf4);
    assert_eq!(got, chunked(&[1, 101, 161]));
}

#[test]
fn tiny_chunks_are_merged() {
    let got = settled(&[53, 20, 25], chunked(&[1, 20, 25]), &Layout::default(), Format::Netcdf4);
    assert_eq!(got.chunk_shape, Some(vec![53, 20, 25]));
}

#[test]
fn strips_are_whole_rows_of_a_handy_size() {
    assert_eq!(strips(&[120, 721, 1440], 4), [1, 364, 1440]);
    assert_eq!(strips(&[1000, 10, 10], 8), [1000, 10, 10]);
    assert_eq!(strips(&[3, 4_000_000], 8), [1, 262_144]);
    assert_eq!(strips(&[], 4), Vec::<usize>::new());
    assert_eq!(strips(&[0, 5], 4), [1, 5]);
}

#[test]
fn asked_chunks_win_over_the_input() {
    let layout = Layout { chunks: vec![("time".into(), 48), ("lat".into(), 64)], ..Layout::default() };
    let got = settled(&[48, 721, 1440], chunked(&[1, 721, 1440]), &layout, Format::Netcdf4);
    assert_eq!(got.chunk_shape, Some(vec![48, 64, 1440]));
}

#[test]
fn classic_input_gets_the_default_of_each_family() {
    let nc = settled(&[48, 721, 1440], Encoding::default(), &Layout::default(), Format::Netcdf4);
    assert_eq!(nc.compression, Some(Compression::Deflate { level: 1 }));
    assert!(nc.shuffle);
    assert_eq!(nc.chunk_shape, Some(vec![1, 721, 1440]));
    let zarr = settled(&[48, 721, 1440], Encoding::default(), &Layout::default(), Format::Zarr3);
    assert_eq!(zarr.compression, Some(Compression::Blosc { codec: "zstd".into(), level: 3 }));
}

#[test]
fn classic_output_has_neither() {
    let got = settled(&[4, 5, 6], chunked(&[1, 5, 6]), &Layout::default(), Format::Netcdf3);
    assert_eq!((got.chunk_shape, got.compression), (None, None));
}

#[test]
fn texts_of_compressors() {
    assert_eq!("deflate".parse::<Compression>().unwrap(), Compression::Deflate { level: 1 });
    assert_eq!("zstd:9".parse::<Compression>().unwrap(), Compression::Zstd { level: 9 });
    let blosc = Compression::Blosc { codec: "lz4".into(), level: 5 };
    assert_eq!("blosc:lz4:5".parse::<Compression>().unwrap(), blosc);
    for wrong in ["gzip", "deflate:0", "deflate:10", "zstd:99", "blosc:brotli", "none:1", ""] {
        assert!(wrong.parse::<Compression>().is_err(), "{wrong}");
    }
}
