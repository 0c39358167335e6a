//! A catalog in one file.

use std::io::{Cursor, Write};
use std::path::Path;

use pangeo::cli::write_with;
use pangeo::{Error, Result};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// Write the catalog in `folder` into a zip file: the same catalog makes the same bytes.
///
/// # Errors
/// When a file can't be read or the archive not be written.
pub(crate) fn write(folder: &Path, path: &Path) -> Result<()> {
    let root = folder.canonicalize().map_err(|e| Error::io("open", folder, e))?;
    let failed = |e: zip::result::ZipError| Error::io("write", path, std::io::Error::other(e));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for file in catalog::files(folder)? {
        let bytes = std::fs::read(&file).map_err(|e| Error::io("read", &file, e))?;
        let name = file.strip_prefix(&root).unwrap_or(&file).to_string_lossy().into_owned();
        archive.start_file(name, options).map_err(failed)?;
        archive.write_all(&bytes).map_err(|e| Error::io("write", path, e))?;
    }
    let bytes = archive.finish().map_err(failed)?.into_inner();
    write_with(path, &[], |out| out.write_all(&bytes).map_err(|e| Error::io("write", path, e)))
}
