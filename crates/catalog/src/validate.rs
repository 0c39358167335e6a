//! Whether a STAC object keeps the rules: JSON schemas of STAC 1.1 and of the extensions that are written here, packed
//! into the program, so that no network is needed. Where they are from: `schemas/README.md`.

use jsonschema::{Draft, Resource, Retrieve, Uri, Validator};
use pangeo::{Error, Result};
use serde_json::Value;

use crate::{DATACUBE, PROJECTION, ZARR};

/// What is wrong with an object, and what could not be looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    /// Each breach with where it is: `/extent/spatial/bbox: …`.
    pub problems: Vec<String>,
    /// Extensions that the object names and whose schemas are not packed in.
    pub unknown_extensions: Vec<String>,
}

/// The address of each core schema that others refer to, and the schema.
const CORE: [(&str, &str); 13] = [
    (
        "https://schemas.stacspec.org/v1.1.0/catalog-spec/json-schema/catalog.json",
        include_str!("../schemas/core/catalog.json"),
    ),
    (
        "https://schemas.stacspec.org/v1.1.0/collection-spec/json-schema/collection.json",
        include_str!("../schemas/core/collection.json"),
    ),
    ("https://schemas.stacspec.org/v1.1.0/item-spec/json-schema/item.json", include_str!("../schemas/core/item.json")),
    (
        "https://schemas.stacspec.org/v1.1.0/item-spec/json-schema/common.json",
        include_str!("../schemas/core/common.json"),
    ),
    (
        "https://schemas.stacspec.org/v1.1.0/item-spec/json-schema/bands.json",
        include_str!("../schemas/core/bands.json"),
    ),
    (
        "https://schemas.stacspec.org/v1.1.0/item-spec/json-schema/basics.json",
        include_str!("../schemas/core/basics.json"),
    ),
    (
        "https://schemas.stacspec.org/v1.1.0/item-spec/json-schema/data-values.json",
        include_str!("../schemas/core/data-values.json"),
    ),
    (
        "https://schemas.stacspec.org/v1.1.0/item-spec/json-schema/datetime.json",
        include_str!("../schemas/core/datetime.json"),
    ),
    (
        "https://schemas.stacspec.org/v1.1.0/item-spec/json-schema/instrument.json",
        include_str!("../schemas/core/instrument.json"),
    ),
    (
        "https://schemas.stacspec.org/v1.1.0/item-spec/json-schema/licensing.json",
        include_str!("../schemas/core/licensing.json"),
    ),
    (
        "https://schemas.stacspec.org/v1.1.0/item-spec/json-schema/provider.json",
        include_str!("../schemas/core/provider.json"),
    ),
    ("https://geojson.org/schema/Feature.json", include_str!("../schemas/core/Feature.json")),
    ("https://geojson.org/schema/Geometry.json", include_str!("../schemas/core/Geometry.json")),
];

const DATACUBE_SCHEMA: &str = include_str!("../schemas/extensions/datacube-2.2.0.json");
const ZARR_SCHEMA: &str = include_str!("../schemas/extensions/zarr-1.0.0.json");
const PROJECTION_SCHEMA: &str = include_str!("../schemas/extensions/projection-2.0.0.json");
const PROJJSON: &str = include_str!("../schemas/extensions/projjson-0.7.json");
const PROJJSON_ADDRESS: &str = "https://proj.org/schemas/v0.7/projjson.schema.json";

/// What of the object breaks the schema of its type (catalog, collection, item) or of an extension that it names.
///
/// # Errors
/// [`Error::Data`] for JSON that is no STAC 1.1 object.
pub fn validate(object: &Value) -> Result<Findings> {
    let version = object.get("stac_version").and_then(Value::as_str).unwrap_or_default();
    let place = || object.get("id").and_then(Value::as_str).unwrap_or("a JSON text").to_owned();
    let core = match object.get("type").and_then(Value::as_str) {
        Some("Catalog") => "https://schemas.stacspec.org/v1.1.0/catalog-spec/json-schema/catalog.json",
        Some("Collection") => "https://schemas.stacspec.org/v1.1.0/collection-spec/json-schema/collection.json",
        Some("Feature") => "https://schemas.stacspec.org/v1.1.0/item-spec/json-schema/item.json",
        _ => return Err(Error::data("no STAC catalog, collection or item", place())),
    };
    if version != "1.1.0" {
        return Err(Error::data(format!("STAC version '{version}', where 1.1.0 is known"), place()));
    }
    let mut findings = Findings::default();
    let text = CORE.iter().find(|(address, _)| *address == core).map_or("", |(_, text)| text);
    check(text, object, &mut findings)?;
    let named = object.get("stac_extensions").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    for address in named.iter().filter_map(Value::as_str) {
        match extension(address) {
            Some(text) => check(&text, object, &mut findings)?,
            None => findings.unknown_extensions.push(address.to_owned()),
        }
    }
    Ok(findings)
}

/// The schema of an extension. Newer versions are stood in for as `schemas/README.md` says.
fn extension(address: &str) -> Option<String> {
    Some(match address {
        DATACUBE => DATACUBE_SCHEMA
            .replace("datacube/v2.2.0/", "datacube/v2.3.0/")
            .replace("v0.4/projjson.schema.json", "v0.7/projjson.schema.json"),
        ZARR => ZARR_SCHEMA.replace("zarr/v1.0.0/", "zarr/v1.1.0/"),
        PROJECTION => PROJECTION_SCHEMA.to_owned(),
        _ => return None,
    })
}

fn check(schema: &str, object: &Value, findings: &mut Findings) -> Result<()> {
    let validator =
        build(schema).map_err(|why| Error::Internal { what: format!("a schema that is packed in: {why}") })?;
    findings.problems.extend(validator.iter_errors(object).map(|error| format!("{}: {error}", error.instance_path)));
    Ok(())
}

fn build(schema: &str) -> std::result::Result<Validator, String> {
    let parsed = |text: &str| serde_json::from_str::<Value>(text).map_err(|e| e.to_string());
    let mut options = jsonschema::options().with_draft(Draft::Draft7).with_retriever(Nothing);
    for (address, text) in CORE.iter().chain(&[(PROJJSON_ADDRESS, PROJJSON)]) {
        let resource = Resource::from_contents(parsed(text)?).map_err(|e| e.to_string())?;
        options = options.with_resource(*address, resource);
    }
    options.build(&parsed(schema)?).map_err(|e| e.to_string())
}

/// Fetches no schema from anywhere.
struct Nothing;

impl Retrieve for Nothing {
    fn retrieve(&self, uri: &Uri<String>) -> std::result::Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        Err(format!("the schema {uri} is not packed in").into())
    }
}
