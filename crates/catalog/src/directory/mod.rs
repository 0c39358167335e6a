//! A catalog in a folder, which further runs extend.

mod derived;
mod file;
mod group;
mod href;
mod links;
mod plan;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use pangeo::{Error, Result};
use serde_json::Value;
use stac::Collection;

use crate::Document;
use crate::store::check_id;
pub use group::Group;
use plan::Plan;

/// The catalog's file in its folder.
const CATALOG: &str = "catalog.json";
/// A collection's file in its own.
const COLLECTION: &str = "collection.json";

/// A static STAC catalog: `FOLDER/catalog.json`, `FOLDER/<collection>/collection.json` and
/// `FOLDER/<collection>/<item>/<item>.json`, with relative links.
///
/// What others wrote stays: identifiers, titles, other children, links and members of all objects; a collection or an
/// item that lies elsewhere in the folder is replaced where it is. Children and items are sorted by where they are, so
/// that the same objects make the same bytes, in whatever order they came. Files appear whole or not at all, children
/// before what leads to them, and runs that extend one catalog at a time wait for each other (where the file system has
/// locks).
#[derive(Debug)]
pub struct Catalog {
    folder: PathBuf,
    title: Option<String>,
    absolute: bool,
    checked: bool,
    collections: BTreeMap<String, Document>,
    groups: BTreeMap<String, Added>,
}

/// The items of a collection that are added.
#[derive(Debug)]
struct Added {
    /// What is said of the collection.
    group: Group,
    /// What is said of it if it is new.
    fresh: Group,
    items: BTreeMap<String, Document>,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The path of `catalog.json`.
    pub root: PathBuf,
    /// How many items and collections are new.
    pub added: usize,
    /// How many took the place of one with the same identifier.
    pub replaced: usize,
    /// What was wrong with the catalog before.
    pub notes: Vec<String>,
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
        let known = file::read(&folder.join(CATALOG), &["Catalog"])?;
        if known.is_none() && folder.join(COLLECTION).exists() {
            return Err(Error::usage(format!("{} is the folder of a collection, not of a catalog", folder.display()))
                .with_hint("give the folder above it, in which a catalog will lead to the collection"));
        }
        Ok(Self {
            folder: folder.to_owned(),
            title: None,
            absolute: false,
            checked: false,
            collections: BTreeMap::new(),
            groups: BTreeMap::new(),
        })
    }

    /// A title for a catalog that has none yet.
    #[must_use]
    pub fn with_title(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// Whether paths of data are written in full instead of from the object that names them.
    #[must_use]
    pub fn with_absolute_paths(mut self, absolute: bool) -> Self {
        self.absolute = absolute;
        self
    }

    /// Whether all objects are held against the schemas before anything is written.
    #[must_use]
    pub fn checked(mut self, checked: bool) -> Self {
        self.checked = checked;
        self
    }

    /// Add a collection, in the place of one with the same identifier. Paths in its assets and its `store` link become
    /// relative to its file; URLs stay.
    ///
    /// # Errors
    /// [`Error::Usage`] for an identifier that is no name of a folder.
    pub fn add(&mut self, collection: Collection) -> Result<()> {
        match serde_json::to_value(collection) {
            Ok(Value::Object(document)) => self.add_collection(document),
            _ => Err(Error::Internal { what: "a collection that is no JSON object".to_owned() }),
        }
    }

    /// As [`Catalog::add`], of a collection as JSON.
    ///
    /// # Errors
    /// As [`Catalog::add`].
    pub fn add_collection(&mut self, collection: Document) -> Result<()> {
        let id = text(&collection, "id");
        check_id(&id)?;
        self.collections.insert(id, collection);
        Ok(())
    }

    /// Add items to a collection, each in the place of one with the same identifier. Of a collection that is not there
    /// yet `fresh` is said, of one that is, `group`. Paths in assets and `store` links become relative to their files.
    ///
    /// # Errors
    /// [`Error::Usage`] for an identifier that is no name of a folder, and for two items with the same.
    pub fn add_items(&mut self, group: Group, fresh: Group, items: Vec<Document>) -> Result<()> {
        check_id(&group.id)?;
        let id = group.id.clone();
        let known = self.groups.entry(id).or_insert_with(|| Added { group, fresh, items: BTreeMap::new() });
        for item in items {
            let id = text(&item, "id");
            check_id(&id)?;
            if known.items.insert(id.clone(), item).is_some() {
                return Err(Error::usage(format!("two items are called '{id}'"))
                    .with_hint("give data different names, or add them one by one with identifiers of their own"));
            }
        }
        Ok(())
    }

    /// Write all objects, then the catalog that leads to them; the path of `catalog.json`.
    ///
    /// # Errors
    /// As [`Catalog::store`].
    pub fn write(self) -> Result<PathBuf> {
        self.store().map(|written| written.root)
    }

    /// Write items, then collections, then the catalog that leads to them.
    ///
    /// # Errors
    /// [`Error::Io`] where the system refuses; as [`Catalog::open_or_create`] where another program broke the catalog
    /// meanwhile; [`Error::Internal`] where an object would break the schemas ([`Catalog::checked`]).
    pub fn store(self) -> Result<Written> {
        fs::create_dir_all(&self.folder).map_err(|e| Error::io("make", &self.folder, e))?;
        // Held until the end; file systems without locks do without.
        let folder = File::open(&self.folder).map_err(|e| Error::io("open", &self.folder, e))?;
        let _ = folder.lock();
        let mut plan = Plan::new(&self.folder, self.absolute)?;
        if let Some(title) = self.title {
            plan.set_title(&title);
        }
        for (id, collection) in self.collections {
            plan.collection(&id, collection)?;
        }
        for added in self.groups.into_values() {
            plan.items(added)?;
        }
        plan.finish(self.checked)
    }
}

/// The files of the catalog in a folder, as far as its links lead to files in it, in the order of their names.
///
/// # Errors
/// As [`Catalog::open_or_create`].
pub fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let folder = href::absolute(folder)?;
    let mut found = BTreeSet::new();
    let mut left = vec![folder.join(CATALOG)];
    while let Some(path) = left.pop() {
        // What can't be read is left out, as whoever follows the links would leave it out.
        let Ok(Some(object)) = file::read(&path, &["Catalog", "Collection", "Feature"]) else { continue };
        let here = path.parent().unwrap_or(&folder).to_owned();
        if found.insert(path) {
            for of in ["child", "item"] {
                left.extend(plan::children(&object, &here, &folder, of).into_iter().map(|known| known.path));
            }
        }
    }
    Ok(found.into_iter().collect())
}

/// A member that is a text; empty where it is none.
fn text(object: &Document, key: &str) -> String {
    object.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}
