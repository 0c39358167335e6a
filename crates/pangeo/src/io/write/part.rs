//! One part of a variable: its chunks computed, encoded and placed.

use super::pieces::Pieces;
use super::{Part, Report};
use crate::Result;
use crate::engine::{Engine, Request};
use crate::io::{Encoded, Sink};
use crate::model::{Array, Block, Buffer, Dataset, Region, Starts, StoredChunk};

/// Arrays of fewer values keep all bits: there is no room to be saved.
const MANY: usize = 1 << 15;

/// The extent of what is computed and encoded at a time: a chunk of the output, or a piece of one where as many chunks
/// as there are threads would not fit the budget.
pub(super) fn unit(sink: &dyn Sink, variable: usize, array: &Array, engine: &Engine) -> Vec<usize> {
    let chunk = sink.chunk_shape(variable);
    // Its values, its bytes in the order of the file and encoded.
    let each = Region::whole(&chunk).bytes(array.data_type()).saturating_mul(3);
    let large = each.saturating_mul(engine.threads()) > engine.memory();
    sink.piece_shape(variable).filter(|piece| large && *piece != chunk).unwrap_or(chunk)
}

/// Whether chunks of `array` that are too large to be decoded are taken over as they are stored, to judge by the first.
pub(super) fn copies(
    sink: &dyn Sink,
    variable: usize,
    array: &Array,
    chunk: &[usize],
    engine: &Engine,
) -> Result<bool> {
    let Some(format) = sink.chunk_format(variable) else { return Ok(false) };
    let one_for_one = |(axis, (&n, &c)): (usize, (&usize, &usize))| array.chunk_starts(axis) == Starts::regular(n, c);
    let first = Region::of_chunk(&vec![0; chunk.len()], chunk, array.shape());
    let large = array.read_bytes(&first) > engine.memory();
    if first.is_empty() || !large || !array.shape().iter().zip(chunk).enumerate().all(one_for_one) {
        return Ok(false);
    }
    Ok(stored(array, &first, Some(format))?.is_some())
}

/// Compute, encode and place every chunk of one part, whose values are `array`.
///
/// # Errors
/// When a block can't be read, encoded or written, or a stop was asked for.
pub(super) fn write_part(
    dataset: &Dataset,
    part: &Part,
    array: &Array,
    sink: &dyn Sink,
    engine: &Engine,
    report: &mut Report,
) -> Result<()> {
    let number = part.variable;
    let Some(variable) = dataset.variables.get(number) else { return Ok(()) };
    let (chunk, unit) = (sink.chunk_shape(number), unit(sink, number, array, engine));
    let many = variable.shape().iter().product::<usize>() >= MANY;
    let spare_bits = if many { variable.encoding.spare_bits } else { 0 };
    let each = |(range, (c, u)): (&std::ops::Range<usize>, (&usize, &usize))| range.start.saturating_mul(c / u.max(&1));
    let first: Vec<usize> = part.chunks.iter().zip(chunk.iter().zip(&unit)).map(each).collect();
    let place =
        |index: &[usize]| -> Vec<usize> { index.iter().zip(&first).map(|(i, f)| i.saturating_add(*f)).collect() };
    let written = if unit == chunk {
        let encode = |request: &Request| -> Result<(Encoded, bool)> {
            if let Some(stored) = stored(array, request.region, sink.chunk_format(number))? {
                return Ok((stored, true));
            }
            let block = rounded(request.read()?, spare_bits);
            Ok((sink.encode(number, &place(request.index), block)?, false))
        };
        engine.stream(array, &chunk, encode, |index, (encoded, copied)| {
            *(if copied { &mut report.copied } else { &mut report.encoded }) += 1;
            sink.store(number, &place(index), encoded)
        })
    } else {
        let encode = |request: &Request| -> Result<Encoded> {
            sink.encode_piece(number, &place(request.index), rounded(request.read()?, spare_bits))
        };
        let folder = engine.scratch_folder();
        let mut pieces = Pieces::new(sink, part, &chunk, &unit, variable.shape(), &folder);
        let streamed = engine.stream(array, &unit, encode, |index, piece| pieces.put(&place(index), piece));
        streamed.and_then(|()| pieces.finish()).map(|chunks| report.encoded += chunks as u64)
    };
    written.map_err(|e| e.about(&variable.name, &dataset.source))
}

/// The chunk of `region` as it is stored, if that is in `format`.
fn stored(array: &Array, region: &Region, format: Option<&str>) -> Result<Option<Encoded>> {
    let Some(format) = format else { return Ok(None) };
    let stored = array.stored_chunk(region, Some(format))?.filter(|c| StoredChunk::fits(&c.format, format));
    Ok(stored.map(|chunk| Encoded::Bytes { bytes: chunk.bytes, filter_mask: chunk.filter_mask }))
}

/// Doubles to the nearest ones with zeros for their lowest `spare_bits`; other types as they are.
pub(super) fn rounded(mut block: Block, spare_bits: u32) -> Block {
    let half = spare_bits.checked_sub(1).and_then(|bits| 1u64.checked_shl(bits));
    if let (Some(half), Buffer::F64(values)) = (half, block.data_mut()) {
        for value in values.iter_mut().filter(|v| v.is_finite()) {
            let near = f64::from_bits(value.to_bits().saturating_add(half) & !(half + (half - 1)));
            *value = if near.is_finite() { near } else { *value };
        }
    }
    block
}
