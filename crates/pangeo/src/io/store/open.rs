//! From what the user wrote to something that can be read.

use std::path::Path;
use std::sync::Arc;

use url::Url;

use super::directory::DirectoryTree;
use super::local::LocalFile;
use super::remote::{Net, open_http, open_s3};
use super::zip::ZipTree;
use super::{ByteSource, Opened};
use crate::{Error, Result};

/// What an input can be, for messages.
const SUPPORTED: &str = "give a path, or a URL that begins with http://, https://, s3:// or file://";

/// Opens `input`: the path of a file or folder, or a URL (`file://`, `http://`, `https://`, `s3://bucket/key`).
///
/// A folder is a tree, a file an object, a zip archive (by content) the tree of its members. Behind a URL that ends in
/// `/` or `.zarr` a Zarr store is looked for first, elsewhere an object; in either case the other one next. S3 is set
/// up by the usual `AWS_…` variables; without credentials requests are not signed. User, password and query of a URL
/// are sent, but appear in no name and no message.
///
/// # Errors
/// When there is nothing there, or nothing that can be read at any offset; [`Error::Usage`] for what is no input at
/// all.
pub fn open(input: &str) -> Result<Opened> {
    open_on(input, Net::shared)
}

/// [`open`], with URLs read over the network that `net` gives.
pub(super) fn open_on(input: &str, net: impl FnOnce() -> Result<Arc<Net>>) -> Result<Opened> {
    if input.is_empty() {
        return Err(Error::usage("an input is an empty text").with_hint(SUPPORTED));
    }
    if input == "-" {
        return Err(Error::usage(
            "data can't be read from standard input, since they are read in pieces at any offset",
        )
        .with_hint("write them to a file first"));
    }
    let Some((scheme, rest)) = split_scheme(input) else { return open_path(Path::new(input)) };
    let opened = match scheme.to_ascii_lowercase().as_str() {
        "file" => {
            let path = parse(input)?.to_file_path();
            let path = path.map_err(|()| Error::usage(format!("{} names no local file", shown(input))));
            return open_path(&path?);
        }
        "http" | "https" => {
            let url = parse(input)?;
            open_http(&net()?, url)?
        }
        "s3" | "s3a" => {
            let (bucket, key) = bucket_and_key(input, rest)?;
            open_s3(&net()?, bucket, key)?
        }
        other => return Err(unknown_scheme(other, input)),
    };
    unpacked(opened)
}

/// `("https", "host/path")` of a URL; a path has no `://` after a plain word.
pub(in crate::io) fn split_scheme(input: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = input.split_once("://")?;
    let plain = scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    (plain && scheme.starts_with(|c: char| c.is_ascii_alphabetic())).then_some((scheme, rest))
}

/// The bucket and the key in `rest`, what stands behind `s3://` in `url`.
pub(super) fn bucket_and_key<'a>(url: &str, rest: &'a str) -> Result<(&'a str, &'a str)> {
    let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
    let named = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    if bucket.is_empty() || !bucket.chars().all(named) {
        return Err(Error::usage(format!("no bucket is named in {}", shown(url)))
            .with_hint("write s3://BUCKET/KEY; credentials belong into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"));
    }
    Ok((bucket, key))
}

fn parse(input: &str) -> Result<Url> {
    Url::parse(input).map_err(|e| Error::usage(format!("{} is no URL: {e}", shown(input))))
}

/// A URL as far as it may be shown, even if it can't be parsed.
pub(super) fn shown(input: &str) -> String {
    let plain = input.split(['?', '#']).next().unwrap_or_default();
    match plain.split_once("://") {
        Some((scheme, rest)) => format!("{scheme}://{}", rest.rsplit('@').next().unwrap_or_default()),
        None => plain.to_owned(),
    }
}

fn unknown_scheme(scheme: &str, input: &str) -> Error {
    let hint = match scheme {
        "gs" | "gcs" => "for a public bucket of Google write https://storage.googleapis.com/BUCKET/KEY",
        "az" | "abfs" | "abfss" | "adl" | "wasb" => {
            "for Azure write https://ACCOUNT.blob.core.windows.net/CONTAINER/KEY"
        }
        "dods" | "dap4" => "OPeNDAP is not read; give the server's https:// address of the file (fileServer)",
        "ftp" | "ftps" | "sftp" => "download it first",
        _ => SUPPORTED,
    };
    Error::usage(format!("{scheme}:// is not read: {}", shown(input))).with_hint(hint)
}

fn open_path(path: &Path) -> Result<Opened> {
    match path.metadata() {
        Ok(metadata) if metadata.is_dir() => Ok(Opened::Tree(Arc::new(DirectoryTree::open(path)?))),
        Ok(_) => unpacked(Opened::Object(Arc::new(LocalFile::open(path)?))),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Err(missing(path)),
        Err(e) => Err(Error::io("open", path, e)),
    }
}

/// The tree of its members instead of a zip archive.
fn unpacked(opened: Opened) -> Result<Opened> {
    let Opened::Object(source) = &opened else { return Ok(opened) };
    if !is_zip(&**source)? {
        return Ok(opened);
    }
    let tree = ZipTree::open(Arc::clone(source))?;
    if tree.is_zarr() { Ok(Opened::Tree(Arc::new(tree))) } else { Err(tree.refusal()) }
}

/// Whether a member's header, or the end of an empty archive, stands at the beginning.
fn is_zip(source: &dyn ByteSource) -> Result<bool> {
    if source.len() < 4 {
        return Ok(false);
    }
    let magic = source.read(0..4)?;
    Ok(magic == b"PK\x03\x04"[..] || magic == b"PK\x05\x06"[..])
}

/// The error for a path that does not exist, with names that may be meant.
fn missing(path: &Path) -> Error {
    let name = path.display().to_string();
    if let Ok(target) = path.read_link() {
        return Error::data(format!("the link leads to {}, which does not exist", target.display()), name);
    }
    let error = Error::data("no such file or folder", name);
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !folder.is_dir() {
        return error.with_hint(format!("the folder {} does not exist", folder.display()));
    }
    let wanted = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let alike = alike(folder, &wanted);
    if alike.is_empty() { error } else { error.with_hint(format!("did you mean {}", alike.join(" or "))) }
}

/// Up to three names in `folder` that differ little from `wanted`, the most alike first.
fn alike(folder: &Path, wanted: &str) -> Vec<String> {
    /// In a larger folder the search would take noticeable time.
    const SEARCHED: usize = 2000;
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let names = entries.take(SEARCHED).filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let wanted = wanted.to_lowercase();
    let mut found: Vec<_> = names
        .map(|name| (distance(&wanted, &name.to_lowercase()), name))
        .filter(|(distance, _)| *distance <= (wanted.chars().count() / 4).max(1))
        .collect();
    found.sort();
    found.into_iter().take(3).map(|(_, name)| name).collect()
}

/// How many letters must be changed, added or taken away (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (to, cell) in b.iter().zip(row.iter_mut().skip(1)) {
            let best = (diagonal + usize::from(from != *to)).min(left + 1).min(*cell + 1);
            diagonal = std::mem::replace(cell, best);
            left = best;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn no_network() -> Result<Arc<Net>> {
        panic!("nothing here needs a network")
    }

    fn refused(input: &str) -> (String, String, u8) {
        let error = open_on(input, no_network).unwrap_err();
        (error.to_string(), error.hint().unwrap_or_default(), error.exit_code())
    }

    #[test]
    fn paths_and_file_urls() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("two words.nc");
        std::fs::write(&path, b"CDF\x01").unwrap();
        let text = path.to_str().unwrap();
        assert!(matches!(open(text).unwrap(), Opened::Object(o) if o.len() == 4 && o.name() == text));
        assert!(matches!(open(folder.path().to_str().unwrap()).unwrap(), Opened::Tree(_)));
        let url = Url::from_file_path(&path).unwrap();
        assert!(url.as_str().contains("%20"));
        assert!(matches!(open(url.as_str()).unwrap(), Opened::Object(o) if o.name() == text));
    }

    #[test]
    fn missing_files_name_what_may_be_meant() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("air_2013.nc"), b"").unwrap();
        std::fs::write(folder.path().join("other.nc"), b"").unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        let (what, hint, code) = refused(&path("air_2031.nc"));
        assert!(what.starts_with("no such file or folder, "), "{what}");
        assert_eq!((hint.as_str(), code), ("did you mean air_2013.nc", 1));
        assert!(refused(&path("absent/x.nc")).1.ends_with("absent does not exist"));
        assert_eq!(refused(&path("zzzzzzzz.nc")).1, "");
        std::os::unix::fs::symlink("nowhere", folder.path().join("link")).unwrap();
        assert!(refused(&path("link")).0.starts_with("the link leads to nowhere"));
    }

    #[test]
    fn what_is_no_input() {
        for input in ["", "-", "gopher://x/y", "gs://b/k.nc", "s3://", "s3:///key", "http://", "https://[::bad/x"] {
            let (what, _, code) = refused(input);
            assert_eq!(code, 2, "{input}: {what}");
        }
        assert!(refused("gs://b/k.nc").1.contains("storage.googleapis.com"));
        assert!(refused("/dev/null").0.contains("pipes and devices"));
    }

    #[test]
    fn secrets_are_not_repeated() {
        for input in ["s3://AKIA:sec/ret@bucket/k", "http://u:secret@/x", "gopher://u:secret@h/x?sig=secret"] {
            let (what, hint, _) = refused(input);
            let told = format!("{what} {hint}");
            assert!(!told.contains("secret") && !told.contains("AKIA"), "{told}");
        }
    }

    #[test]
    fn distances() {
        for (a, b, expected) in [("kitten", "sitting", 3), ("", "abc", 3), ("abc", "", 3), ("same", "same", 0)] {
            assert_eq!(distance(a, b), expected);
        }
    }
}
