//! The schemas that are packed in, by their addresses.

use serde_json::{Value, json};

use crate::{DATACUBE, RASTER, ZARR};

/// An address and the schema there.
type Packed = (&'static str, &'static str);

/// Core schemas, which others refer to.
const CORE: [Packed; 21] = [
    (
        "https://schemas.stacspec.org/v1.1.0/catalog-spec/json-schema/catalog.json",
        include_str!("../../schemas/core/catalog.json"),
    ),
    (
        "https://schemas.stacspec.org/v1.1.0/collection-spec/json-schema/collection.json",
        include_str!("../../schemas/core/collection.json"),
    ),
    (
        "https://schemas.stacspec.org/v1.1.0/item-spec/json-schema/item.json",
        include_str!("../../schemas/core/item.json"),
    ),
    (
        "https://schemas.stacspec.org/v1.1.0/item-spec/json-schema/common.json",
        include_str!("../../schemas/core/common.json"),
    ),
    (
        "https://schemas.stacspec.org/v1.1.0/item-spec/json-schema/bands.json",
        include_str!("../../schemas/core/bands.json"),
    ),
    (
        "https://schemas.stacspec.org/v1.1.0/item-spec/json-schema/basics.json",
        include_str!("../../schemas/core/basics.json"),
    ),
    (
        "https://schemas.stacspec.org/v1.1.0/item-spec/json-schema/data-values.json",
        include_str!("../../schemas/core/data-values.json"),
    ),
    (
        "https://schemas.stacspec.org/v1.1.0/item-spec/json-schema/datetime.json",
        include_str!("../../schemas/core/datetime.json"),
    ),
    (
        "https://schemas.stacspec.org/v1.1.0/item-spec/json-schema/instrument.json",
        include_str!("../../schemas/core/instrument.json"),
    ),
    (
        "https://schemas.stacspec.org/v1.1.0/item-spec/json-schema/licensing.json",
        include_str!("../../schemas/core/licensing.json"),
    ),
    (
        "https://schemas.stacspec.org/v1.1.0/item-spec/json-schema/provider.json",
        include_str!("../../schemas/core/provider.json"),
    ),
    (
        "https://schemas.stacspec.org/v1.0.0/catalog-spec/json-schema/catalog.json",
        include_str!("../../schemas/core-1.0.0/catalog.json"),
    ),
    (
        "https://schemas.stacspec.org/v1.0.0/collection-spec/json-schema/collection.json",
        include_str!("../../schemas/core-1.0.0/collection.json"),
    ),
    (
        "https://schemas.stacspec.org/v1.0.0/item-spec/json-schema/item.json",
        include_str!("../../schemas/core-1.0.0/item.json"),
    ),
    (
        "https://schemas.stacspec.org/v1.0.0/item-spec/json-schema/basics.json",
        include_str!("../../schemas/core-1.0.0/basics.json"),
    ),
    (
        "https://schemas.stacspec.org/v1.0.0/item-spec/json-schema/datetime.json",
        include_str!("../../schemas/core-1.0.0/datetime.json"),
    ),
    (
        "https://schemas.stacspec.org/v1.0.0/item-spec/json-schema/instrument.json",
        include_str!("../../schemas/core-1.0.0/instrument.json"),
    ),
    (
        "https://schemas.stacspec.org/v1.0.0/item-spec/json-schema/licensing.json",
        include_str!("../../schemas/core-1.0.0/licensing.json"),
    ),
    (
        "https://schemas.stacspec.org/v1.0.0/item-spec/json-schema/provider.json",
        include_str!("../../schemas/core-1.0.0/provider.json"),
    ),
    ("https://geojson.org/schema/Feature.json", include_str!("../../schemas/core/Feature.json")),
    ("https://geojson.org/schema/Geometry.json", include_str!("../../schemas/core/Geometry.json")),
];

/// Extensions, as they are published.
const EXTENSIONS: [Packed; 22] = [
    (
        "https://stac-extensions.github.io/classification/v2.0.0/schema.json",
        include_str!("../../schemas/extensions/classification-2.0.0.json"),
    ),
    (
        "https://stac-extensions.github.io/datacube/v2.2.0/schema.json",
        include_str!("../../schemas/extensions/datacube-2.2.0.json"),
    ),
    ("https://stac-extensions.github.io/eo/v1.1.0/schema.json", include_str!("../../schemas/extensions/eo-1.1.0.json")),
    (
        "https://stac-extensions.github.io/file/v2.1.0/schema.json",
        include_str!("../../schemas/extensions/file-2.1.0.json"),
    ),
    (
        "https://stac-extensions.github.io/grid/v1.1.0/schema.json",
        include_str!("../../schemas/extensions/grid-1.1.0.json"),
    ),
    (
        "https://stac-extensions.github.io/mgrs/v1.0.0/schema.json",
        include_str!("../../schemas/extensions/mgrs-1.0.0.json"),
    ),
    (
        "https://stac-extensions.github.io/pointcloud/v1.0.0/schema.json",
        include_str!("../../schemas/extensions/pointcloud-1.0.0.json"),
    ),
    (
        "https://stac-extensions.github.io/processing/v1.0.0/schema.json",
        include_str!("../../schemas/extensions/processing-1.0.0.json"),
    ),
    (
        "https://stac-extensions.github.io/processing/v1.1.0/schema.json",
        include_str!("../../schemas/extensions/processing-1.1.0.json"),
    ),
    (
        "https://stac-extensions.github.io/projection/v2.0.0/schema.json",
        include_str!("../../schemas/extensions/projection-2.0.0.json"),
    ),
    (
        "https://stac-extensions.github.io/raster/v1.1.0/schema.json",
        include_str!("../../schemas/extensions/raster-1.1.0.json"),
    ),
    (
        "https://stac-extensions.github.io/render/v2.0.0/schema.json",
        include_str!("../../schemas/extensions/render-2.0.0.json"),
    ),
    (
        "https://stac-extensions.github.io/sar/v1.0.0/schema.json",
        include_str!("../../schemas/extensions/sar-1.0.0.json"),
    ),
    (
        "https://stac-extensions.github.io/sat/v1.0.0/schema.json",
        include_str!("../../schemas/extensions/sat-1.0.0.json"),
    ),
    (
        "https://stac-extensions.github.io/scientific/v1.0.0/schema.json",
        include_str!("../../schemas/extensions/scientific-1.0.0.json"),
    ),
    (
        "https://stac-extensions.github.io/storage/v2.0.0/schema.json",
        include_str!("../../schemas/extensions/storage-2.0.0.json"),
    ),
    (
        "https://stac-extensions.github.io/table/v1.2.0/schema.json",
        include_str!("../../schemas/extensions/table-1.2.0.json"),
    ),
    (
        "https://stac-extensions.github.io/timestamps/v1.1.0/schema.json",
        include_str!("../../schemas/extensions/timestamps-1.1.0.json"),
    ),
    (
        "https://stac-extensions.github.io/version/v1.2.0/schema.json",
        include_str!("../../schemas/extensions/version-1.2.0.json"),
    ),
    (
        "https://stac-extensions.github.io/view/v1.0.0/schema.json",
        include_str!("../../schemas/extensions/view-1.0.0.json"),
    ),
    (
        "https://stac-extensions.github.io/xarray-assets/v1.0.0/schema.json",
        include_str!("../../schemas/extensions/xarray-assets-1.0.0.json"),
    ),
    (
        "https://stac-extensions.github.io/zarr/v1.0.0/schema.json",
        include_str!("../../schemas/extensions/zarr-1.0.0.json"),
    ),
];

/// What extensions refer to.
const FURTHER: [Packed; 4] = [
    ("https://proj.org/schemas/v0.7/projjson.schema.json", include_str!("../../schemas/extensions/projjson-0.7.json")),
    (
        "https://stac-extensions.github.io/storage/v2.0.0/platforms/aws-s3.json",
        include_str!("../../schemas/extensions/storage-2.0.0-aws-s3.json"),
    ),
    (
        "https://stac-extensions.github.io/storage/v2.0.0/platforms/custom-s3.json",
        include_str!("../../schemas/extensions/storage-2.0.0-custom-s3.json"),
    ),
    (
        "https://stac-extensions.github.io/storage/v2.0.0/platforms/ms-azure.json",
        include_str!("../../schemas/extensions/storage-2.0.0-ms-azure.json"),
    ),
];

/// The members of extensions whose schemas no package carries, written after their descriptions.
const OWN: [Packed; 6] = [
    (
        "https://stac-extensions.github.io/item-assets/v1.0.0/schema.json",
        include_str!("../../schemas/own/item-assets-1.0.0.json"),
    ),
    (RASTER, include_str!("../../schemas/own/raster-2.0.0.json")),
    ("https://stac-extensions.github.io/eo/v2.0.0/schema.json", include_str!("../../schemas/own/eo-2.0.0.json")),
    (
        "https://stac-extensions.github.io/projection/v1.0.0/schema.json",
        include_str!("../../schemas/own/projection-1.json"),
    ),
    (
        "https://stac-extensions.github.io/projection/v1.1.0/schema.json",
        include_str!("../../schemas/own/projection-1.json"),
    ),
    (
        "https://stac-extensions.github.io/projection/v1.2.0/schema.json",
        include_str!("../../schemas/own/projection-1.json"),
    ),
];

/// The address of the schema for a type of object and a version; `None` for other versions.
pub(super) fn core(kind: &str, version: &str) -> Option<&'static str> {
    let name = match kind {
        "Catalog" => "catalog",
        "Collection" => "collection",
        _ => "item",
    };
    let address = format!("https://schemas.stacspec.org/v{version}/{name}-spec/json-schema/{name}.json");
    CORE.iter().find(|(known, _)| *known == address).map(|(known, _)| *known)
}

/// Versions whose schemas no package carries, and those that stand in for them: `schemas/README.md` says how they differ.
const STAND_INS: [Packed; 4] = [
    (DATACUBE, "https://stac-extensions.github.io/datacube/v2.2.0/schema.json"),
    (ZARR, "https://stac-extensions.github.io/zarr/v1.0.0/schema.json"),
    (
        "https://stac-extensions.github.io/eo/v1.0.0/schema.json",
        "https://stac-extensions.github.io/eo/v1.1.0/schema.json",
    ),
    (
        "https://stac-extensions.github.io/raster/v1.0.0/schema.json",
        "https://stac-extensions.github.io/raster/v1.1.0/schema.json",
    ),
];

/// Whether the schema of an extension is packed in.
pub(super) fn is_extension(address: &str) -> bool {
    EXTENSIONS.iter().chain(&OWN).chain(&STAND_INS).any(|(known, _)| *known == address)
}

/// The schema at an address.
pub(super) fn at(address: &str) -> Result<Value, String> {
    if let Some((_, members)) = OWN.iter().find(|(known, _)| *known == address) {
        return Ok(of_members(&parsed(members)?));
    }
    let instead = STAND_INS.iter().find(|(known, _)| *known == address).map_or(address, |(_, other)| *other);
    let row = CORE.iter().chain(&EXTENSIONS).find(|(known, _)| *known == instead);
    let text = row.map(|(_, text)| *text).ok_or_else(|| format!("{address} is not there"))?;
    let folder = |address: &str| address.trim_end_matches("schema.json").to_owned();
    // The published datacube and the newer one refer to the same PROJJSON.
    let text = text.replace("v0.4/projjson.schema.json", "v0.7/projjson.schema.json");
    parsed(&text.replace(&folder(instead), &folder(address)))
}

/// All schemas that others refer to, with their addresses.
pub(super) fn referred_to() -> Result<Vec<(&'static str, Value)>, String> {
    CORE.iter().chain(&FURTHER).map(|(address, text)| Ok((*address, parsed(text)?))).collect()
}

fn parsed(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|e| e.to_string())
}

/// A schema by which these members are what they should be wherever an object may have them.
fn of_members(members: &Value) -> Value {
    let fields = json!({"$ref": "#/definitions/fields"});
    let asset = json!({"allOf": [fields, {"properties": {"bands": {"items": fields}}}]});
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "definitions": {"fields": {"properties": members}},
        "allOf": [fields],
        "properties": {
            "properties": fields,
            "bands": {"items": fields},
            "assets": {"additionalProperties": asset},
            "item_assets": {"additionalProperties": asset},
        },
    })
}
