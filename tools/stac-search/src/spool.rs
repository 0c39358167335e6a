//! Items put aside on disk, compressed, to be read a second time in the same order.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Seek, Write};
use std::path::Path;

use pangeo::{Error, Result};
use search::Item;
use zstd::stream::{read::Decoder, write::Encoder};

/// Items on disk, in a file that has no name and goes with the program, however that ends.
pub(crate) struct Spool {
    packed: Encoder<'static, BufWriter<File>>,
    count: u64,
}

impl Spool {
    /// An empty one, in the folder in which temporary files belong.
    ///
    /// # Errors
    /// When the folder can't be written.
    pub(crate) fn new() -> Result<Self> {
        let file = tempfile::tempfile().map_err(failed)?;
        // Items are alike: even the fastest level makes them ten times smaller.
        let packed = Encoder::new(BufWriter::new(file), 1).map_err(failed)?;
        Ok(Self { packed, count: 0 })
    }

    /// How many items there are.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// Put an item behind the others.
    ///
    /// # Errors
    /// When the disk is full.
    pub(crate) fn put(&mut self, item: &Item) -> Result<()> {
        serde_json::to_writer(&mut self.packed, item).map_err(|e| failed(e.into()))?;
        self.packed.write_all(b"\n").map_err(failed)?;
        self.count += 1;
        Ok(())
    }

    /// All items in their order.
    ///
    /// # Errors
    /// When they can't be read.
    pub(crate) fn read(self) -> Result<impl Iterator<Item = Result<Item>>> {
        let file = self.packed.finish().and_then(|out| Ok(out.into_inner()?));
        let mut file = file.map_err(failed)?;
        file.rewind().map_err(failed)?;
        let lines = BufReader::new(Decoder::new(file).map_err(failed)?).lines();
        Ok(lines.map(|line| serde_json::from_str(&line.map_err(failed)?).map_err(|e| failed(e.into()))))
    }
}

fn failed(error: std::io::Error) -> Error {
    Error::io("use a temporary file in", Path::new(&std::env::temp_dir()), error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_in_comes_out() {
        let mut spool = Spool::new().unwrap();
        for i in 0..1000 {
            spool.put(serde_json::json!({"id": i, "text": "two\nlines"}).as_object().unwrap()).unwrap();
        }
        assert_eq!(spool.count(), 1000);
        let back: Vec<Item> = spool.read().unwrap().map(Result::unwrap).collect();
        assert_eq!((back.len(), &back[999]["id"], &back[999]["text"]), (1000, &999.into(), &"two\nlines".into()));
        assert_eq!(Spool::new().unwrap().read().unwrap().count(), 0);
    }
}
