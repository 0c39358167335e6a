//! From data to a STAC item.

use pangeo::{Error, Result};
use serde_json::{Map, Value, json};

use crate::cube::CubeDimension;
use crate::store::named;
use crate::{DATACUBE, Data, Document, FILE, Form, PROJECTION, RASTER, When, ZARR, geometry};

/// The asset of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemAsset {
    /// Its key.
    pub key: String,
    /// A path or URL; paths become relative to the item once it is in a [`crate::Catalog`].
    pub href: String,
}

impl ItemAsset {
    /// With the key `data`.
    pub fn new(href: impl Into<String>) -> Self {
        Self { key: "data".to_owned(), href: href.into() }
    }
}

/// The item of data, STAC 1.1: the outline of the data, when they are from, the datacube, projection, raster, file and
/// Zarr extensions as far as they apply, one asset with a band for each variable.
///
/// Data whose place is not known have no geometry. Links to a collection and a catalog come with [`crate::Catalog`].
///
/// # Errors
/// [`Error::Usage`] for an identifier that [`crate::id_of`] would not leave as it is; [`Error::Data`] where nothing tells
/// when the data are from, which every item must.
pub fn item(data: &Data, id: &str, asset: &ItemAsset) -> Result<Document> {
    crate::store::check_id(id)?;
    let facts = &data.facts;
    let time = When::of(data).ok_or_else(|| {
        Error::data("nothing tells when the data are from, which every item must", data.place.clone())
            .with_hint("give the time of the data, or describe them as a collection, which may go without")
    })?;
    let mut item = Map::new();
    let mut set = |key: &str, value: Value| {
        item.insert(key.to_owned(), value);
    };
    set("type", json!("Feature"));
    set("stac_version", json!("1.1.0"));
    set("stac_extensions", json!(extensions(data)));
    set("id", json!(id));
    let outline = || data.geometry.clone().or_else(|| facts.bbox.map(geometry::of_box));
    set("geometry", outline().unwrap_or(Value::Null));
    if let Some(bbox) = facts.bbox {
        set("bbox", json!(bbox));
    }
    set("properties", Value::Object(properties(data, time)));
    set("links", store_link(data, asset).into_iter().collect());
    set("assets", json!({asset.key.clone(): described(data, asset)}));
    Ok(item)
}

/// The link to the root of a Zarr hierarchy.
pub(crate) fn store_link(data: &Data, asset: &ItemAsset) -> Option<Value> {
    let link = json!({"rel": "store", "href": asset.href, "type": data.form.media_type(), "title": "Zarr store"});
    matches!(data.form, Form::Zarr { .. }).then_some(link)
}

/// The extensions that an item or a collection of these data uses.
pub(crate) fn extensions(data: &Data) -> Vec<&'static str> {
    let facts = &data.facts;
    let used = [
        (!facts.dimensions.is_empty(), DATACUBE),
        (facts.raster.is_some(), PROJECTION),
        (data.is_scaled(), RASTER),
        (data.size.is_some() || data.checksum.is_some(), FILE),
        (matches!(data.form, Form::Zarr { .. }), ZARR),
    ];
    used.into_iter().filter(|(is, _)| *is).map(|(_, address)| address).collect()
}

fn properties(data: &Data, time: When) -> Document {
    let facts = &data.facts;
    let mut properties = Map::new();
    let mut set = |key: &str, value: Value| {
        properties.insert(key.to_owned(), value);
    };
    match time {
        When::At(instant) => set("datetime", json!(instant)),
        When::Period(start, end) => {
            set("datetime", Value::Null);
            set("start_datetime", json!(start));
            set("end_datetime", json!(end));
        }
    }
    if let Some(title) = &facts.title {
        set("title", json!(title));
    }
    set("description", json!(facts.description));
    if !facts.keywords.is_empty() {
        set("keywords", json!(facts.keywords));
    }
    if let Some(raster) = &facts.raster {
        raster.to_json().into_iter().for_each(|(key, value)| set(&key, value));
    }
    if !facts.dimensions.is_empty() {
        set("cube:dimensions", named(facts.dimensions.iter().map(|d| (d.name.as_str(), CubeDimension::to_json(d)))));
        set("cube:variables", named(facts.variables.iter().map(|v| (v.name.as_str(), v.to_json()))));
    }
    properties
}

/// The asset.
pub(crate) fn described(data: &Data, asset: &ItemAsset) -> Document {
    let mut out = Map::new();
    let mut set = |key: &str, value: Value| {
        out.insert(key.to_owned(), value);
    };
    set("href", json!(asset.href));
    set("type", json!(data.form.media_type()));
    set("roles", json!(["data"]));
    if !data.bands.is_empty() {
        set("bands", json!(data.bands));
    }
    if let Some(size) = data.size {
        set("file:size", json!(size));
    }
    if let Some(checksum) = &data.checksum {
        set("file:checksum", json!(checksum));
    }
    if let Form::Zarr { version, consolidated } = data.form {
        set("zarr:consolidated", json!(consolidated));
        set("zarr:node_type", json!("group"));
        set("zarr:zarr_format", json!(version));
    }
    out
}
