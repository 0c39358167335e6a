//! A catalog in a folder, which further runs extend.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::path::{Component, Path, PathBuf};

use pangeo::io::staging::{Kind, Staged};
use pangeo::{Error, Result};
use serde::Serialize;
use stac::{Collection, Link};
use url::Url;

use crate::store::check_id;

/// The catalog's file in its folder.
const CATALOG: &str = "catalog.json";
/// A collection's file in its own.
const COLLECTION: &str = "collection.json";
/// A catalog is no larger than this; a broken or foreign file may be.
const LARGEST: u64 = 64 << 20;

/// A static STAC catalog: `FOLDER/catalog.json` and `FOLDER/<id>/collection.json`, with relative links.
///
/// What others wrote into `catalog.json` stays: its identifier, title, other children and links. Children are sorted by
/// where they are, so that the same collections make the same bytes, in whatever order they came. Files appear whole or
/// not at all, and runs that extend one catalog at a time wait for each other (where the file system has locks).
#[derive(Debug)]
pub struct Catalog {
    folder: PathBuf,
    title: Option<String>,
    collections: BTreeMap<String, Collection>,
}

impl Catalog {
    /// The catalog in `folder`, which need not exist. Nothing is written yet.
    ///
    /// # Errors
    /// [`Error::Usage`] for a place that is no local folder, [`Error::Malformed`] where there is a `catalog.json` that is
    /// no STAC catalog, [`Error::Io`] where it can't be read.
    pub fn open_or_create(folder: &Path) -> Result<Self> {
        if folder.to_str().is_some_and(|text| text.contains("://")) {
            return Err(Error::usage(format!("catalogs are written to local folders, not to {}", folder.display()))
                .with_hint("write to a local folder, then upload it"));
        }
        if folder.exists() && !folder.is_dir() {
            return Err(Error::usage(format!("{} is no folder", folder.display()))
                .with_hint("give the folder of a catalog, or a new name"));
        }
        read(&folder.join(CATALOG))?;
        Ok(Self { folder: folder.to_owned(), title: None, collections: BTreeMap::new() })
    }

    /// A title for a catalog that has none yet.
    #[must_use]
    pub fn with_title(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// Add a collection, in the place of one with the same identifier. Paths in its assets and its `store` link become
    /// relative to its file; URLs stay.
    ///
    /// # Errors
    /// [`Error::Usage`] for an identifier that is no name of a folder; [`Error::Io`] where the current folder, to which
    /// paths are relative, is not known.
    pub fn add(&mut self, mut collection: Collection) -> Result<()> {
        check_id(&collection.id)?;
        let here = absolute(&self.folder)?.join(&collection.id);
        for asset in collection.assets.values_mut() {
            asset.href = href(&asset.href, &here)?;
        }
        for link in collection.links.iter_mut().filter(|link| link.rel == "store") {
            link.href = href(&link.href, &here)?;
        }
        collection.links.retain(|link| !matches!(link.rel.as_str(), "root" | "parent" | "self"));
        let up = |rel: &str| json_link(rel, "../catalog.json".to_owned(), None);
        collection.links.splice(0..0, [up("root"), up("parent")]);
        self.collections.insert(collection.id.clone(), collection);
        Ok(())
    }

    /// Write the collections, then the catalog that leads to them; the path of `catalog.json`.
    ///
    /// # Errors
    /// [`Error::Io`] where the system refuses; as [`Catalog::open_or_create`] where another program broke the catalog
    /// meanwhile.
    pub fn write(self) -> Result<PathBuf> {
        let made = |path: &Path| fs::create_dir_all(path).map_err(|e| Error::io("make", path, e));
        made(&self.folder)?;
        // Held until the end; file systems without locks do without.
        let folder = File::open(&self.folder).map_err(|e| Error::io("open", &self.folder, e))?;
        let _ = folder.lock();
        let path = self.folder.join(CATALOG);
        let mut catalog = read(&path)?.unwrap_or_else(|| fresh(&self.folder));
        catalog.title = catalog.title.take().or(self.title);
        for (id, collection) in &self.collections {
            made(&self.folder.join(id))?;
            save(&self.folder.join(id).join(COLLECTION), collection)?;
        }
        let children = self.collections.values();
        let children = children.map(|c| json_link("child", format!("./{}/{COLLECTION}", c.id), c.title.clone()));
        catalog.links = linked(std::mem::take(&mut catalog.links), children.collect());
        save(&path, &catalog)?;
        Ok(path)
    }
}

/// The links of a catalog with further children: other links first, as they were, then all children, each once.
fn linked(old: Vec<Link>, new: Vec<Link>) -> Vec<Link> {
    let (mut children, mut others): (Vec<Link>, Vec<Link>) = old.into_iter().partition(|link| link.rel == "child");
    if !others.iter().any(|link| link.rel == "root") {
        others.insert(0, json_link("root", format!("./{CATALOG}"), None));
    }
    let plain = |href: &str| href.trim_start_matches("./").to_owned();
    children.retain(|link| !new.iter().any(|other| plain(&other.href) == plain(&link.href)));
    children.extend(new);
    children.sort_by_key(|link| plain(&link.href));
    others.extend(children);
    others
}

fn json_link(rel: &str, href: String, title: Option<String>) -> Link {
    let mut link = Link::new(href, rel);
    link.r#type = Some("application/json".to_owned());
    link.title = title;
    link
}

/// A new catalog, named after its folder.
fn fresh(folder: &Path) -> stac::Catalog {
    let whole = absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let name = whole.file_name().map_or("catalog".to_owned(), |name| name.to_string_lossy().into_owned());
    stac::Catalog::new(crate::id_of(&name), "Collections of datasets")
}

/// The catalog in a file; `None` where there is no file.
fn read(path: &Path) -> Result<Option<stac::Catalog>> {
    let failed = |e: io::Error| Error::io("read", path, e);
    match path.metadata() {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(failed(e)),
        Ok(metadata) if metadata.len() > LARGEST => {
            return Err(Error::malformed(path.display().to_string(), "no catalog is so large"));
        }
        Ok(_) => {}
    }
    let text = fs::read_to_string(path).map_err(failed)?;
    let catalog = serde_json::from_str(&text)
        .map_err(|why| Error::malformed(path.display().to_string(), format!("no STAC catalog: {why}")))?;
    Ok(Some(catalog))
}

fn save(path: &Path, object: &impl Serialize) -> Result<()> {
    let mut text = serde_json::to_string_pretty(object)
        .map_err(|why| Error::Internal { what: format!("a STAC object that is no JSON: {why}") })?;
    text.push('\n');
    let staged = Staged::new(path, Kind::File, true)?;
    fs::write(staged.path(), text).map_err(|e| Error::io("write", path, e))?;
    staged.commit()
}

/// A reference from the folder `here`: relative for local paths, as it is for URLs.
fn href(target: &str, here: &Path) -> Result<String> {
    let path = match Url::parse(target) {
        Ok(url) if url.scheme() == "file" => match url.to_file_path() {
            Ok(path) => path,
            Err(()) => return Ok(target.to_owned()),
        },
        Ok(_) if target.contains("://") => return Ok(target.to_owned()),
        _ => PathBuf::from(target),
    };
    Ok(relative(&absolute(&path)?, here))
}

/// The path from the root without links, `.` and `..`; the part that exists is followed.
fn absolute(path: &Path) -> Result<PathBuf> {
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
fn relative(to: &Path, from: &Path) -> String {
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
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() || matches!(c, ' ' | '#' | '?' | '%' | '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}') {
            let mut bytes = [0; 4];
            c.encode_utf8(&mut bytes).bytes().for_each(|b| out.push_str(&format!("%{b:02X}")));
        } else {
            out.push(c);
        }
    }
    out
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
            ("file:///nowhere/air.zarr", "../../air.zarr"),
            ("/nowhere/x/../air.zarr", "../../air.zarr"),
        ] {
            assert_eq!(href(target, here).unwrap(), expected, "{target}");
        }
    }
}
