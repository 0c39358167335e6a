//! From arguments to a catalog.

use std::collections::BTreeMap;

use catalog::facts::licence;
use catalog::{Catalog, Data, Document, Form, Group, ItemAsset, Look, collection_of, id_of, item, public};
use pangeo::cli::{Session, paths};
use pangeo::io::store;
use pangeo::{Error, Result};

use crate::archive;
use crate::arguments::{Args, Href, Kind};
use crate::places::{name, references, refuse_inside};

/// The collection of items that nobody named.
const COLLECTION: &str = "data";

/// Read all data, then write the catalog.
///
/// # Errors
/// When arguments contradict each other, data can't be read, or the catalog not written; nothing is written then.
pub(crate) fn run(args: &Args, session: &Session) -> Result<()> {
    let places = paths(&args.data)?;
    for place in places.iter().filter(|place| public(place) != **place) {
        session.say(&format!("note: keys in the address of {} stay out of the catalog", public(place)));
    }
    let hrefs = references(&places, args.references.href_prefix.as_deref())?;
    refuse_inside(&args.output, &places)?;
    if args.id.is_some() && places.len() != 1 {
        return Err(Error::usage(format!("--id names one item, and there are {}", places.len()))
            .with_hint("leave it out: each is called after its file"));
    }
    let mut catalog = Catalog::open_or_create(&args.output)?
        .with_absolute_paths(args.references.href == Href::Absolute)
        .checked(!args.no_validate);
    if let Some(title) = &args.about.catalog_title {
        catalog = catalog.with_title(title);
    }
    let data = read(args, &places, session)?;
    let pairs: Vec<(Data, String)> = data.into_iter().zip(hrefs).collect();
    let (collections, items): (Vec<_>, Vec<_>) =
        pairs.into_iter().partition(|(data, _)| is_collection(args, data, places.len()));
    add_collections(args, &mut catalog, &collections)?;
    add_items(args, &mut catalog, items)?;
    let written = catalog.store()?;
    if let Some(path) = &args.zip {
        archive::write(&args.output, path)?;
    }
    written.notes.iter().for_each(|note| session.warn(note));
    let (root, added, replaced) = (written.root.display(), written.added, written.replaced);
    session.say(&format!("{root}: {added} added, {replaced} replaced in {:.2} s", session.seconds()));
    Ok(())
}

/// All data, in their order, as far as the arguments tell more of them.
fn read(args: &Args, places: &[String], session: &Session) -> Result<Vec<Data>> {
    let engine = &session.engine;
    let look = Look { statistics: args.stats, checksum: args.checksum };
    let mut found = Vec::with_capacity(places.len());
    let one = |at: usize| {
        let place = places.get(at).map_or("", String::as_str);
        let mut data = Data::at(place, look, engine)?;
        if let Some(dating) = &args.datetime {
            let time = dating.of(&data);
            data = data.or_from(time);
        }
        Ok(if let Some(bbox) = &args.bbox { data.or_in(bbox) } else { data })
    };
    // Statistics take all threads for one file.
    let window = if args.stats { 1 } else { 4 * engine.threads() };
    engine.ordered(places.len(), window, one, |_, data| {
        found.push(data);
        Ok(())
    })?;
    let mut notes: BTreeMap<String, (String, usize)> = BTreeMap::new();
    for note in store::take_notes() {
        session.say(&format!("note: {note}"));
    }
    for data in &found {
        for note in &data.facts.notes {
            notes.entry(note.clone()).or_insert_with(|| (data.place.clone(), 0)).1 += 1;
        }
    }
    for (note, (place, count)) in notes {
        let more = if count > 1 { format!(", and {} more", count - 1) } else { String::new() };
        session.say(&format!("note: {note} ({place}{more})"));
    }
    Ok(found)
}

fn is_collection(args: &Args, data: &Data, count: usize) -> bool {
    match args.kind {
        Kind::Item => false,
        Kind::Collection => true,
        Kind::Auto => matches!(data.form, Form::Zarr { .. }) && (count == 1 || args.collection.is_none()),
    }
}

fn add_collections(args: &Args, catalog: &mut Catalog, data: &[(Data, String)]) -> Result<()> {
    if let (Some(id), [_, _, ..]) = (&args.collection, data) {
        return Err(Error::usage(format!("{} data can't be one collection '{id}'", data.len()))
            .with_hint("make items of them (--as item), or leave --collection out: each is called after its file"));
    }
    let mut known = BTreeMap::new();
    for (data, href) in data {
        let id = args.collection.as_ref().or(args.id.as_ref());
        let id = id.cloned().unwrap_or_else(|| id_of(name(&data.place)));
        if let Some(other) = known.insert(id.clone(), &data.place) {
            return Err(Error::usage(format!("{other} and {} would both be the collection '{id}'", data.place))
                .with_hint("describe them one by one, with a --collection of its own for each"));
        }
        let mut collection = collection_of(data, &id, &ItemAsset::new(href))?;
        group(args, &id).tell(&mut collection);
        catalog.add_collection(collection)?;
    }
    Ok(())
}

fn add_items(args: &Args, catalog: &mut Catalog, data: Vec<(Data, String)>) -> Result<()> {
    if data.is_empty() {
        return Ok(());
    }
    let mut items: Vec<Document> = Vec::with_capacity(data.len());
    for (data, href) in &data {
        let id = args.id.clone().unwrap_or_else(|| id_of(name(&data.place)));
        items.push(item(data, &id, &ItemAsset::new(href)).map_err(in_words)?);
    }
    let group = group(args, args.collection.as_deref().unwrap_or(COLLECTION));
    let data: Vec<Data> = data.into_iter().map(|(data, _)| data).collect();
    catalog.add_items(group.clone(), group.or_as(&data), items)
}

/// What is missing, by the flags that tell it.
fn in_words(error: Error) -> Error {
    match error {
        Error::Data { .. } => error.with_hint(
            "tell it with --datetime 2020-01-31 or START/END, --datetime name or tag; --as collection goes without",
        ),
        other => other,
    }
}

fn group(args: &Args, id: &str) -> Group {
    let about = &args.about;
    Group {
        id: id.to_owned(),
        title: about.title.clone(),
        description: about.description.clone(),
        licence: about.licence.as_deref().map(spdx),
        licence_link: about.licence.as_ref().filter(|text| text.starts_with("http")).cloned(),
        providers: about.provider.clone(),
        keywords: about.keyword.iter().map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()).collect(),
    }
}

/// A known licence by its identifier; another identifier as it is, if it can be one.
fn spdx(text: &str) -> String {
    let known = licence(text);
    let may_be = text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+'));
    if known == "other" && may_be { text.to_owned() } else { known }
}
