//! From facts and a store to a STAC collection.

use pangeo::{Error, Result};
use serde_json::{Map, Value, json};

use crate::cube::{CubeDimension, CubeVariable};
use crate::facts::Provider;
use crate::{DATACUBE, Data, Document, Facts, ItemAsset, PROJECTION, RASTER, ZARR};

/// A Zarr store as a collection refers to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreAsset {
    /// Where the group with the arrays is: a path, or a URL (`s3://…`, `https://…`).
    pub href: String,
    /// Where the root of the hierarchy is, if the group is not it.
    pub root: Option<String>,
    /// 2 or 3.
    pub zarr_format: u8,
    /// Whether there is consolidated metadata (`.zmetadata`, or `consolidated_metadata` in `zarr.json`); nothing is
    /// said where that is not known.
    pub consolidated: Option<bool>,
    /// The key of the asset.
    pub key: String,
    /// What to call it; the collection's title by default.
    pub title: Option<String>,
}

impl StoreAsset {
    /// A store that is one group, with the key `data`.
    pub fn new(href: impl Into<String>, zarr_format: u8) -> Self {
        Self { href: href.into(), root: None, zarr_format, consolidated: None, key: "data".to_owned(), title: None }
    }

    /// Its media type, by the best practices for Zarr.
    pub fn media_type(&self) -> String {
        format!("application/vnd.zarr; version={}", self.zarr_format)
    }
}

/// An identifier made of any text, such as a store's name: letters and digits of ASCII, `.`, `_`, `-`; `dataset` where
/// nothing is left.
///
/// ```
/// assert_eq!(catalog::id_of("Lufttemperatur (2 m).zarr"), "Lufttemperatur-2-m");
/// ```
pub fn id_of(text: &str) -> String {
    let text = text.trim_end_matches('/').rsplit('/').next().unwrap_or(text);
    let ends = [".zip", ".zarr", ".nc", ".nc4", ".cdf", ".h5", ".tif", ".tiff"];
    let text = ends.into_iter().fold(text, |text, end| text.strip_suffix(end).unwrap_or(text));
    let kept = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '_') { c } else { '-' };
    let mut id: String = text.chars().map(kept).collect();
    while id.contains("--") {
        id = id.replace("--", "-");
    }
    let id = id.trim_matches(['-', '.']);
    if id.is_empty() { "dataset".to_owned() } else { id.to_owned() }
}

/// The collection of a store: extents, datacube, Zarr and projection extensions, an asset of its own whose `bands` name
/// the variables, a link `store` to the root of the hierarchy. What is not known of the extent is the whole Earth and all
/// time.
///
/// Paths stay as they are until [`crate::Catalog::add`] makes them relative to the collection's file.
///
/// # Errors
/// [`Error::Usage`] for another Zarr format than 2 and 3 and for an identifier that [`id_of`] would not leave as it is.
pub fn collection(facts: &Facts, id: &str, store: &StoreAsset) -> Result<stac::Collection> {
    if !matches!(store.zarr_format, 2 | 3) {
        return Err(Error::usage(format!("Zarr format {} is none that can be catalogued", store.zarr_format))
            .with_hint("2 or 3"));
    }
    let scaled = facts.variables.iter().any(CubeVariable::is_scaled);
    let mut links = licence_links(facts);
    let root = store.root.as_ref().unwrap_or(&store.href);
    links.push(json!({"rel": "store", "href": root, "type": store.media_type(), "title": "Zarr store"}));
    let extensions = [(!facts.dimensions.is_empty(), DATACUBE), (facts.raster.is_some(), PROJECTION), (scaled, RASTER)];
    let extensions =
        extensions.into_iter().filter(|(is, _)| *is).map(|(_, address)| address).chain([ZARR]).collect::<Vec<_>>();
    let whole = whole(facts, id, &extensions, links, json!({store.key.clone(): asset(facts, store)}))?;
    serde_json::from_value(Value::Object(whole))
        .map_err(|why| Error::Internal { what: format!("a collection that the STAC types refuse: {why}") })
}

/// The collection of data of any form, which are an asset of its own.
///
/// # Errors
/// As [`collection()`].
pub fn collection_of(data: &Data, id: &str, asset: &ItemAsset) -> Result<Document> {
    let mut links = licence_links(&data.facts);
    links.extend(crate::item::store_link(data, asset));
    let mut described = crate::item::described(data, asset);
    if let Some(title) = &data.facts.title {
        described.insert("title".to_owned(), json!(title));
    }
    described.extend(data.facts.raster.iter().flat_map(crate::Raster::to_json));
    whole(&data.facts, id, &crate::item::extensions(data), links, json!({asset.key.clone(): described}))
}

fn whole(facts: &Facts, id: &str, extensions: &[&str], links: Vec<Value>, assets: Value) -> Result<Document> {
    check_id(id)?;
    let mut whole = Map::new();
    let mut set = |key: &str, value: Value| {
        whole.insert(key.to_owned(), value);
    };
    set("type", json!("Collection"));
    set("stac_version", json!("1.1.0"));
    set("stac_extensions", json!(extensions));
    set("id", json!(id));
    set("description", json!(facts.description));
    set("license", json!(facts.licence));
    set("links", Value::Array(links));
    set("extent", extent(facts));
    set("assets", assets);
    if let Some(title) = &facts.title {
        set("title", json!(title));
    }
    if !facts.keywords.is_empty() {
        set("keywords", json!(facts.keywords));
    }
    if !facts.providers.is_empty() {
        set("providers", providers(&facts.providers));
    }
    if !facts.dimensions.is_empty() {
        set("cube:dimensions", named(facts.dimensions.iter().map(|d| (d.name.as_str(), CubeDimension::to_json(d)))));
        set("cube:variables", named(facts.variables.iter().map(|v| (v.name.as_str(), v.to_json()))));
    }
    Ok(whole)
}

/// Refuses identifiers that are no name of a folder or that STAC advises against.
pub(crate) fn check_id(id: &str) -> Result<()> {
    let kept = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if !id.is_empty() && id.len() <= 200 && id.chars().all(kept) && !id.starts_with(['.', '-']) {
        return Ok(());
    }
    let suggested = id_of(id.get(..id.len().min(200)).unwrap_or("dataset"));
    Err(Error::usage(format!("'{id}' is no identifier of a collection or an item"))
        .with_hint(format!("use letters, digits, '.', '_' and '-', such as {suggested}")))
}

pub(crate) fn named<'a>(members: impl Iterator<Item = (&'a str, Value)>) -> Value {
    Value::Object(members.map(|(name, value)| (name.to_owned(), value)).collect())
}

fn extent(facts: &Facts) -> Value {
    let bbox = facts.bbox.unwrap_or([-180.0, -90.0, 180.0, 90.0]);
    let interval = facts.interval.clone().unwrap_or_default();
    json!({"spatial": {"bbox": [bbox]}, "temporal": {"interval": [interval]}})
}

fn licence_links(facts: &Facts) -> Vec<Value> {
    facts.licence_link.iter().map(|href| json!({"rel": "license", "href": href, "title": "Licence"})).collect()
}

pub(crate) fn providers(list: &[Provider]) -> Value {
    let provider = |p: &Provider| {
        let mut out = Map::new();
        out.insert("name".to_owned(), json!(p.name));
        if !p.roles.is_empty() {
            out.insert("roles".to_owned(), json!(p.roles));
        }
        if let Some(url) = &p.url {
            out.insert("url".to_owned(), json!(url));
        }
        Value::Object(out)
    };
    list.iter().map(provider).collect()
}

fn asset(facts: &Facts, store: &StoreAsset) -> Value {
    let mut asset = Map::new();
    let mut set = |key: &str, value: Value| {
        asset.insert(key.to_owned(), value);
    };
    set("href", json!(store.href));
    if let Some(title) = store.title.as_ref().or(facts.title.as_ref()) {
        set("title", json!(title));
    }
    set("type", json!(store.media_type()));
    set("roles", json!(["data"]));
    let bands = facts.variables.iter().filter(|v| v.is_data).map(|variable| {
        let mut band = variable.to_band();
        // The types of the crate `stac` know numbers alone here.
        if let Some(band) = band.as_object_mut().filter(|band| band.get("nodata").is_some_and(Value::is_string)) {
            band.remove("nodata");
        }
        band
    });
    let bands: Vec<Value> = bands.collect();
    if !bands.is_empty() {
        set("bands", Value::Array(bands));
    }
    if let Some(consolidated) = store.consolidated {
        set("zarr:consolidated", json!(consolidated));
    }
    set("zarr:node_type", json!("group"));
    set("zarr:zarr_format", json!(store.zarr_format));
    if let Some(raster) = &facts.raster {
        asset.extend(raster.to_json());
    }
    Value::Object(asset)
}
