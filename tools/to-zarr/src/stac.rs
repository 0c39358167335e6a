//! The store in a STAC catalog.

use std::path::Path;

use catalog::{Catalog, Facts, StoreAsset, collection, id_of};
use pangeo::Result;
use pangeo::cli::Session;
use pangeo::io::open;
use pangeo::model::Origin;

use crate::arguments::Catalogued;

/// Describe the store at `store` in the catalog that is named, if one is.
///
/// # Errors
/// When the store can't be opened, or the catalog not read or written.
pub(crate) fn describe(wanted: &Catalogued, store: &Path, session: &Session) -> Result<()> {
    let Some(folder) = &wanted.folder else { return Ok(()) };
    let dataset = open::open(&store.to_string_lossy())?;
    let facts = Facts::of(&dataset)?;
    facts.notes.iter().for_each(|note| session.say(&format!("note: {note}")));
    let stem = store.file_name().map_or_else(|| "store".to_owned(), |n| n.to_string_lossy().into_owned());
    let stem = stem.trim_end_matches(".zip").trim_end_matches(".zarr").to_owned();
    let id = id_of(wanted.id.as_deref().unwrap_or(&stem));
    let version = if let Origin::Zarr(version) = dataset.origin { version } else { 3 };
    let href = wanted.href.clone().unwrap_or_else(|| store.to_string_lossy().into_owned());
    let mut asset = StoreAsset::new(href, version);
    asset.consolidated = Some(true);
    let mut catalog = Catalog::open_or_create(folder)?;
    catalog.add(collection(&facts, &id, &asset)?)?;
    let root = catalog.write()?;
    session.say(&format!("{}: collection '{id}'", root.display()));
    Ok(())
}
