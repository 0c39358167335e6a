//! A store read back and compared with what it was made of, bit by bit.

use std::path::Path;

use pangeo::cli::Session;
use pangeo::io::open;
use pangeo::model::{Block, Buffer, Dataset, Variable};
use pangeo::{Error, Result};

/// Compare every value of the store at `path` with `dataset`'s, as they are stored; how many values were compared.
///
/// # Errors
/// [`Error::Data`] naming the variable and the first place that differs; when one of them can't be read.
pub(crate) fn store(dataset: &Dataset, path: &Path, session: &Session) -> Result<u64> {
    let back = open::open(&path.to_string_lossy())?;
    let mut values = 0_u64;
    for variable in &dataset.variables {
        let theirs = back.require(&variable.name)?;
        if theirs.dimensions.len() != variable.dimensions.len() || theirs.shape() != variable.shape() {
            let what = format!(
                "variable '{}' has shape {:?} in the store, not {:?}",
                variable.name,
                theirs.shape(),
                variable.shape()
            );
            return Err(Error::data(what, back.source.clone()));
        }
        compare(variable, theirs, &back.source, session)?;
        values = values.saturating_add(variable.array.len() as u64);
    }
    session
        .say(&format!("verified: {values} values of {} variables are the same in the store", dataset.variables.len()));
    Ok(values)
}

fn compare(mine: &Variable, theirs: &Variable, place: &str, session: &Session) -> Result<()> {
    for array in [&mine.array, &theirs.array] {
        session.engine.confine(array);
    }
    let chunk: Vec<usize> = (0..mine.shape().len()).map(|d| theirs.array.chunk_starts(d).longest().max(1)).collect();
    let check = |request: &pangeo::engine::Request| -> Result<()> {
        let (here, there) = (request.read()?, theirs.array.read(request.region)?);
        if same(&here, &there) {
            return Ok(());
        }
        let what = format!("variable '{}' differs in the store at {:?}", mine.name, request.region.ranges());
        Err(Error::data(what, place.to_owned()).with_hint("make the store anew; if it happens again, report it"))
    };
    session.engine.stream(&mine.array, &chunk, check, |_, ()| Ok(()))
}

/// Equal to the bit; texts of one byte that were characters are the same.
fn same(a: &Block, b: &Block) -> bool {
    match (a.data(), b.data()) {
        (Buffer::F32(a), Buffer::F32(b)) => a.iter().map(|x| x.to_bits()).eq(b.iter().map(|x| x.to_bits())),
        (Buffer::F64(a), Buffer::F64(b)) => a.iter().map(|x| x.to_bits()).eq(b.iter().map(|x| x.to_bits())),
        (a, b) => a == b,
    }
}
