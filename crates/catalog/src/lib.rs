//! STAC catalogs (spatio-temporal asset catalogs, version 1.1) of CF-described datasets, above all of Zarr stores.
//!
//! Steps, each usable alone:
//!
//! 1. [`Facts::of`] reads the coordinates of a lazily opened dataset and says what a catalog says of it: title, licence
//!    and providers (ACDD), the box in degrees of any grid, the period, the dimensions and variables of the cube (datacube
//!    extension 2.3), the reference system (projection extension 2); [`Data::at`] does so for whatever lies at a path or
//!    URL, images with a GeoTIFF header among them;
//! 2. [`collection()`] makes of them and of a [`StoreAsset`] a STAC collection, as the STAC best practices for Zarr have
//!    it: one store over time is one collection with an asset of its own and without items; [`item()`] makes an item of
//!    a single file;
//! 3. [`Catalog`] keeps collections and items in a folder that further runs extend.
//!
//! [`Validator`] holds any STAC object against the schemas, which are packed in.
//!
//! ```
//! use catalog::{Catalog, Facts, StoreAsset, collection};
//! use pangeo::model::Dataset;
//! let folder = tempfile::tempdir().unwrap();
//! let facts = Facts::of(&Dataset::default())?;
//! let store = StoreAsset::new("s3://bucket/air.zarr", 3);
//! let mut catalog = Catalog::open_or_create(&folder.path().join("stac"))?;
//! catalog.add(collection(&facts, "air", &store)?)?;
//! catalog.write()?;
//! assert!(folder.path().join("stac/air/collection.json").is_file());
//! # Ok::<(), pangeo::Error>(())
//! ```

mod cube;
mod data;
mod directory;
pub mod facts;
mod geometry;
mod item;
mod public;
mod reference;
mod store;
mod tiff;
mod validate;
mod when;

pub use cube::{CubeDimension, CubeVariable, DimensionKind};
pub use data::{Data, Form, Look};
pub use directory::{Catalog, Group, Written, files};
pub use facts::Facts;
pub use item::{ItemAsset, item};
pub use public::public;
pub use reference::{Raster, ReferenceSystem};
pub use store::{StoreAsset, collection, collection_of, id_of};
pub use validate::{Findings, Problem, Validator, validate};
pub use when::When;

/// A STAC object as JSON.
pub type Document = serde_json::Map<String, serde_json::Value>;

/// The datacube extension that is written.
pub const DATACUBE: &str = "https://stac-extensions.github.io/datacube/v2.3.0/schema.json";
/// The Zarr extension that is written.
pub const ZARR: &str = "https://stac-extensions.github.io/zarr/v1.1.0/schema.json";
/// The projection extension that is written.
pub const PROJECTION: &str = "https://stac-extensions.github.io/projection/v2.0.0/schema.json";
/// The raster extension that is written.
pub const RASTER: &str = "https://stac-extensions.github.io/raster/v2.0.0/schema.json";
/// The file extension that is written.
pub const FILE: &str = "https://stac-extensions.github.io/file/v2.1.0/schema.json";
