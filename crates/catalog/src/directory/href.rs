//! References between the files of a catalog.

use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};

use pangeo::{Error, Result};
use url::Url;

/// A reference from the folder `here`: relative for local paths, or in full, as it is for URLs.
pub(super) fn href(target: &str, here: &Path, full: bool) -> Result<String> {
    let path = match Url::parse(target) {
        Ok(url) if url.scheme() == "file" => match url.to_file_path() {
            Ok(path) => path,
            Err(()) => return Ok(target.to_owned()),
        },
        // What may not stand in a URL is written by its number; what means something there stays.
        Ok(_) if target.contains("://") => return Ok(legal(target)),
        _ => PathBuf::from(target),
    };
    let path = named(&path)?;
    Ok(if full { escaped(&path.to_string_lossy()) } else { relative(&path, here) })
}

/// The path from the root to something by its own name, be it a link: who gave it the name means the name.
fn named(path: &Path) -> Result<PathBuf> {
    match (path.parent(), path.components().next_back()) {
        (Some(folder), Some(Component::Normal(name))) => {
            let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
            Ok(absolute(folder)?.join(name))
        }
        _ => absolute(path),
    }
}

/// The path from the root without links, `.` and `..`; the part that exists is followed.
pub(super) fn absolute(path: &Path) -> Result<PathBuf> {
    let whole = std::path::absolute(path).map_err(|e| Error::io("find", path, e))?;
    let mut plain = PathBuf::new();
    for component in whole.components() {
        match component {
            Component::ParentDir => {
                // `..` of a link is where it leads to.
                plain = plain.canonicalize().unwrap_or(plain);
                plain.pop();
            }
            Component::CurDir => {}
            other => plain.push(other),
        }
    }
    let mut rest: Vec<&OsStr> = Vec::new();
    let mut known = plain.as_path();
    loop {
        if let Ok(found) = known.canonicalize() {
            return Ok(rest.iter().rev().fold(found, |path, name| path.join(name)));
        }
        match (known.parent(), known.file_name()) {
            (Some(parent), Some(name)) => {
                rest.push(name);
                known = parent;
            }
            _ => return Ok(plain.clone()),
        }
    }
}

/// The way from a folder to a path, as a reference of a URL.
pub(super) fn relative(to: &Path, from: &Path) -> String {
    let (to, from): (Vec<Component>, Vec<Component>) = (to.components().collect(), from.components().collect());
    let shared = to.iter().zip(&from).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..".to_owned(), from.len().saturating_sub(shared));
    let down = to.iter().skip(shared).map(|c| escaped(&c.as_os_str().to_string_lossy()));
    let parts: Vec<String> = up.chain(down).collect();
    match parts.first().map(String::as_str) {
        None => ".".to_owned(),
        Some("..") => parts.join("/"),
        Some(_) => format!("./{}", parts.join("/")),
    }
}

/// What means something else in a URL, or may not stand there, by its number.
fn escaped(text: &str) -> String {
    without(text, " #?%\"<>[\\]^`{|}")
}

/// A URL with nothing in its path that may not stand there; brackets stand around addresses of hosts.
fn legal(url: &str) -> String {
    let host = url.find("://").map_or(0, |at| at + 3);
    let path = url.get(host..).and_then(|rest| rest.find('/')).map_or(url.len(), |at| host + at);
    let (front, path) = url.split_at_checked(path).unwrap_or((url, ""));
    front.to_owned() + &without(path, " \"<>[\\]^`{|}")
}

/// A text with these characters and what is no character at all by their numbers (RFC 3986 §2.1).
fn without(text: &str, characters: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() || characters.contains(c) {
            let mut bytes = [0; 4];
            c.encode_utf8(&mut bytes).bytes().for_each(|b| out.push_str(&format!("%{b:02X}")));
        } else {
            out.push(c);
        }
    }
    out
}

/// The local file that a reference leads to from a file in the folder `here`, whose own address is `base` where it says
/// one; nothing outside of `within`, whatever a file says.
pub(super) fn local(reference: &str, here: &Path, base: Option<&str>, within: &Path) -> Option<PathBuf> {
    let reference = match base.and_then(|base| Some((base, base.rsplit_once('/')?.0))) {
        // A published catalog whose copy this is.
        Some((base, folder)) if base.contains("://") => {
            reference.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/')).unwrap_or(reference)
        }
        _ => reference,
    };
    let path = match Url::parse(reference) {
        Ok(url) if url.scheme() == "file" => url.to_file_path().ok()?,
        Ok(_) if reference.contains("://") => return None,
        _ => here.join(unescaped(reference)),
    };
    let path = plain(&path);
    path.starts_with(plain(within)).then_some(path)
}

/// A path without `.` and `..`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => drop(plain.pop()),
            Component::CurDir => {}
            other => plain.push(other),
        }
    }
    plain
}

/// The path that a reference of a URL names.
fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        let digits = after.get(..2).filter(|_| *byte == b'%').and_then(|two| std::str::from_utf8(two).ok());
        if let Some(value) = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            bytes.push(value);
            rest = after.get(2..).unwrap_or_default();
        } else {
            bytes.push(*byte);
            rest = after;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_from_a_folder_to_a_store() {
        for (to, from, expected) in [
            ("/data/air.zarr", "/data/stac/air", "../../air.zarr"),
            ("/data/stac/air/air.zarr", "/data/stac/air", "./air.zarr"),
            ("/other/a b#c.zarr", "/data/stac", "../../other/a%20b%23c.zarr"),
            ("/data", "/data", "."),
        ] {
            assert_eq!(relative(Path::new(to), Path::new(from)), expected);
        }
    }

    #[test]
    fn urls_stay_and_paths_become_relative() {
        let here = Path::new("/nowhere/stac/air");
        for (target, expected) in [
            ("s3://bucket/air.zarr", "s3://bucket/air.zarr"),
            ("https://host/air.zarr", "https://host/air.zarr"),
            ("s3://bucket/a b%20c.zarr?x=1", "s3://bucket/a%20b%20c.zarr?x=1"),
            ("http://[::1]:80/a[1].zarr", "http://[::1]:80/a%5B1%5D.zarr"),
            ("/nowhere/a[1].zarr", "../../a%5B1%5D.zarr"),
            ("file:///nowhere/air.zarr", "../../air.zarr"),
            ("/nowhere/x/../air.zarr", "../../air.zarr"),
        ] {
            assert_eq!(href(target, here, false).unwrap(), expected, "{target}");
        }
    }

    #[test]
    fn references_lead_back_to_files_of_the_catalog_alone() {
        let (here, all) = (Path::new("/d/stac/air"), Path::new("/d/stac"));
        for (reference, base, expected) in [
            ("./x/a%20b.json", None, Some("/d/stac/air/x/a b.json")),
            ("../catalog.json", None, Some("/d/stac/catalog.json")),
            ("../../secret.json", None, None),
            ("/d/stac/b.json", None, Some("/d/stac/b.json")),
            ("/etc/passwd", None, None),
            ("https://host/air/x.json", Some("https://host/air/collection.json"), Some("/d/stac/air/x.json")),
            ("https://host/air/x.json", None, None),
            ("file:///d/stac/y.json", None, Some("/d/stac/y.json")),
            ("%zz%4", None, Some("/d/stac/air/%zz%4")),
        ] {
            assert_eq!(local(reference, here, base, all).as_deref(), expected.map(Path::new), "{reference}");
        }
    }
}
