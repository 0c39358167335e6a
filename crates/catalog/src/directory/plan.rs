//! The files that extend a catalog, all made before the first is written.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use pangeo::{Error, Result};
use serde_json::{Map, Value, json};

use super::derived::{Derived, Summary, update};
use super::links::{in_place_of, joined, led, link, links, member, own_address, rel};
use super::{Added, CATALOG, COLLECTION, Written, file, href, text};
use crate::{Document, Findings, Validator};

const JSON: &str = "application/json";
const GEOJSON: &str = "application/geo+json";

/// A file and what stood in it before.
struct Change {
    path: PathBuf,
    object: Document,
    before: Option<Document>,
}

/// An object that the catalog leads to already, and by which reference.
pub(super) struct Known {
    pub(super) path: PathBuf,
    href: String,
}

/// What will be written.
pub(super) struct Plan {
    /// Absolute, without links.
    folder: PathBuf,
    shown: PathBuf,
    absolute: bool,
    catalog: Document,
    before: Option<Document>,
    /// Where the catalog's collections are, by their identifiers.
    places: BTreeMap<String, Known>,
    children: Vec<Value>,
    changes: Vec<Change>,
}

impl Plan {
    /// For the catalog in a folder.
    pub(super) fn new(folder: &Path, absolute: bool) -> Result<Self> {
        let shown = folder.join(CATALOG);
        let folder = href::absolute(folder)?;
        let before = file::read(&shown, &["Catalog"])?;
        let catalog = before.clone().unwrap_or_else(|| fresh(&folder));
        let mut places = BTreeMap::new();
        for known in children(&catalog, &folder, &folder, "child") {
            // A child that can't be read is somebody else's affair.
            if let Ok(Some(collection)) = file::read(&known.path, &["Collection"]) {
                places.entry(text(&collection, "id")).or_insert(known);
            }
        }
        Ok(Self { folder, shown, absolute, catalog, before, places, children: Vec::new(), changes: Vec::new() })
    }

    /// A title for a catalog without one.
    pub(super) fn set_title(&mut self, title: &str) {
        if !self.catalog.contains_key("title") {
            self.catalog.insert("title".to_owned(), json!(title));
        }
    }

    /// A collection with assets of its own.
    pub(super) fn collection(&mut self, id: &str, mut collection: Document) -> Result<()> {
        let path = self.place(id);
        self.localise(&mut collection, &path)?;
        let before = file::read(&path, &["Collection"])?;
        let collection = in_place_of(before.as_ref(), collection);
        self.child(path, collection, before);
        Ok(())
    }

    /// Added of a collection.
    pub(super) fn items(&mut self, Added { group, fresh, items }: Added) -> Result<()> {
        let path = self.place(&group.id);
        let here = path.parent().unwrap_or(&self.folder).to_owned();
        let before = match self.changes.iter().position(|change| change.path == path) {
            // The same run has added it as a collection with assets.
            Some(at) => Some(self.changes.swap_remove(at).object),
            None => file::read(&path, &["Collection"])?,
        };
        let group = if before.is_some() { group } else { fresh };
        let mut collection = group.upon(before.as_ref());
        let mut known: BTreeMap<String, (Known, Summary)> = BTreeMap::new();
        for item in before.iter().flat_map(|old| children(old, &here, &self.folder, "item")) {
            if let Ok(Some(read)) = file::read(&item.path, &["Feature"]) {
                known.entry(text(&read, "id")).or_insert_with(|| (item, Summary::of(&read)));
            }
        }
        let derived = Derived::of(known.values().map(|(_, summary)| summary));
        let mut added = Vec::new();
        for (id, item) in items {
            let place = known.remove(&id).map(|(place, _)| place);
            let place = place.unwrap_or_else(|| {
                let path = here.join(&id).join(format!("{id}.json"));
                Known { href: href::relative(&path, &here), path }
            });
            let item = self.item(item, &place.path, &path, &collection)?;
            let title = item.get("properties").and_then(|all| member(all, "title"));
            added.push(link("item", &place.href, GEOJSON, title));
            known.insert(id, (place, Summary::of(&item)));
        }
        update(&mut collection, &derived, &Derived::of(known.values().map(|(_, summary)| summary)));
        let all = joined(links(&collection), "item", &added);
        collection.insert("links".to_owned(), Value::Array(all));
        self.child(path, collection, before);
        Ok(())
    }

    /// An item with its links, in the place of one that is there.
    fn item(&mut self, mut item: Document, place: &Path, collection: &Path, of: &Document) -> Result<Document> {
        self.localise(&mut item, place)?;
        item.insert("collection".to_owned(), of.get("id").cloned().unwrap_or_default());
        let before = file::read(place, &["Feature"])?;
        let mut item = in_place_of(before.as_ref(), item);
        let here = place.parent().unwrap_or(&self.folder);
        let (root, parent) = (href::relative(&self.folder.join(CATALOG), here), href::relative(collection, here));
        let title = of.get("title").and_then(Value::as_str);
        let up = [
            link("root", &root, JSON, self.catalog.get("title").and_then(Value::as_str)),
            link("parent", &parent, JSON, title),
            link("collection", &parent, JSON, title),
        ];
        let all = led(links(&item), &up);
        item.insert("links".to_owned(), Value::Array(all));
        self.changes.push(Change { path: place.to_owned(), object: item.clone(), before });
        Ok(item)
    }

    /// Where a collection is, or will be.
    fn place(&self, id: &str) -> PathBuf {
        let known = self.places.get(id).map(|known| known.path.clone());
        known.unwrap_or_else(|| self.folder.join(id).join(COLLECTION))
    }

    /// A collection, with the links up and the link that leads to it.
    fn child(&mut self, path: PathBuf, mut collection: Document, before: Option<Document>) {
        let here = path.parent().unwrap_or(&self.folder);
        let root = href::relative(&self.folder.join(CATALOG), here);
        let title = self.catalog.get("title").and_then(Value::as_str);
        let all = led(links(&collection), &[link("root", &root, JSON, title), link("parent", &root, JSON, title)]);
        collection.insert("links".to_owned(), Value::Array(all));
        let title = collection.get("title").and_then(Value::as_str);
        let known = self.places.values().find(|known| known.path == path).map(|known| known.href.clone());
        let down = link("child", &known.unwrap_or_else(|| href::relative(&path, &self.folder)), JSON, title);
        self.children.retain(|known| member(known, "href") != member(&down, "href"));
        self.children.push(down);
        self.changes.push(Change { path, object: collection, before });
    }

    /// Paths of assets and stores, as the file at `path` refers to them.
    fn localise(&self, object: &mut Document, path: &Path) -> Result<()> {
        let here = path.parent().unwrap_or(&self.folder);
        let refer = |value: &mut Value| -> Result<()> {
            if let Some(target) = value.get("href").and_then(Value::as_str) {
                let reference = href::href(target, here, self.absolute)?;
                if let Some(value) = value.as_object_mut() {
                    value.insert("href".to_owned(), json!(reference));
                }
            }
            Ok(())
        };
        if let Some(assets) = object.get_mut("assets").and_then(Value::as_object_mut) {
            assets.values_mut().try_for_each(refer)?;
        }
        let links = object.get_mut("links").and_then(Value::as_array_mut);
        links.into_iter().flatten().filter(|link| rel(link) == "store").try_for_each(refer)
    }

    /// Check and write all, the catalog last.
    pub(super) fn finish(mut self, checked: bool) -> Result<Written> {
        let root = link("root", &format!("./{CATALOG}"), JSON, None);
        let all = joined(led(links(&self.catalog), &[root]), "child", &self.children);
        self.catalog.insert("links".to_owned(), Value::Array(all));
        let replaced = self.changes.iter().filter(|change| change.before.is_some() && change.counts()).count();
        let added = self.changes.iter().filter(|change| change.before.is_none() && change.counts()).count();
        let path = self.folder.join(CATALOG);
        self.changes.push(Change { path, object: self.catalog, before: self.before });
        let mut notes = Vec::new();
        if checked {
            let validator = Validator::new();
            for change in &self.changes {
                notes.extend(change.check(&validator)?);
            }
        }
        // What is led to before what leads there.
        let (items, others): (Vec<&Change>, Vec<&Change>) =
            self.changes.iter().partition(|change| text(&change.object, "type") == "Feature");
        save_all(&items)?;
        others.into_iter().try_for_each(Change::save)?;
        Ok(Written { root: self.shown, added, replaced, notes })
    }
}

/// Files in any order. Most of the time goes by until a disk has them for certain: many at once wait no longer than one.
fn save_all(changes: &[&Change]) -> Result<()> {
    const AT_ONCE: usize = 16;
    let share = changes.len().div_ceil(AT_ONCE).max(1);
    std::thread::scope(|scope| {
        let save = |part: &[&Change]| part.iter().try_for_each(|change| change.save());
        let running: Vec<_> = changes.chunks(share).map(|part| scope.spawn(move || save(part))).collect();
        let ended = |thread: std::thread::ScopedJoinHandle<Result<()>>| {
            thread.join().unwrap_or_else(|panic| Err(Error::from_panic(panic.as_ref())))
        };
        // All come to their end, whatever the first says.
        let results: Vec<Result<()>> = running.into_iter().map(ended).collect();
        results.into_iter().collect()
    })
}

impl Change {
    fn save(&self) -> Result<()> {
        file::save(&self.path, &file::bytes(&self.object)?)
    }

    /// Added count, and collections without: those that changed by themselves.
    fn counts(&self) -> bool {
        let items = links(&self.object).iter().any(|link| rel(link) == "item");
        !items
    }

    /// What was wrong already; an error for what is wrong only now.
    fn check(&self, validator: &Validator) -> Result<Vec<String>> {
        let found = |object: &Document| validator.check(&Value::Object(object.clone()));
        let now = found(&self.object)?.problems;
        if now.is_empty() {
            return Ok(Vec::new());
        }
        let before: Findings = self.before.as_ref().map(found).transpose()?.unwrap_or_default();
        // Links move when others are added: their number says nothing.
        let (known, new): (Vec<_>, Vec<_>) = now.into_iter().partition(|problem| {
            before
                .problems
                .iter()
                .any(|old| old.what == problem.what && member_of(&old.path) == member_of(&problem.path))
        });
        if let Some(problem) = new.first() {
            let what = format!("{} would break the rules of STAC at {problem}", self.path.display());
            return Err(Error::Internal { what });
        }
        Ok(known.iter().map(|problem| format!("{}: {problem}", self.path.display())).collect())
    }
}

/// A JSON pointer without places in lists.
fn member_of(pointer: &str) -> Vec<&str> {
    pointer.split('/').filter(|part| part.parse::<usize>().is_err()).collect()
}

/// A new catalog, named after its folder.
fn fresh(folder: &Path) -> Document {
    let name = folder.file_name().map_or("catalog".to_owned(), |name| name.to_string_lossy().into_owned());
    let mut out = Map::new();
    for (key, value) in [
        ("type", json!("Catalog")),
        ("stac_version", json!("1.1.0")),
        ("id", json!(crate::id_of(&name))),
        ("description", json!("Collections of datasets")),
        ("links", json!([])),
    ] {
        out.insert(key.to_owned(), value);
    }
    out
}

/// The files in the catalog that an object links to with a relation.
pub(super) fn children(object: &Document, here: &Path, within: &Path, of: &str) -> Vec<Known> {
    let base = own_address(object);
    let all = links(object).into_iter().filter(|link| rel(link) == of);
    let known = |link: Value| {
        let href = member(&link, "href")?.to_owned();
        Some(Known { path: href::local(&href, here, base.as_deref(), within)?, href })
    };
    all.filter_map(known).collect()
}
