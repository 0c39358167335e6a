//! STAC catalogs (spatio-temporal asset catalogs, version 1.1) of CF-described datasets, above all of Zarr stores.
//!
//! Three steps, each usable alone:
//!
//! 1. [`Facts::of`] reads the coordinates of a lazily opened dataset and says what a catalog says of it: title, licence
//!    and providers (ACDD), the box in degrees of any grid, the period, the dimensions and variables of the cube (datacube
//!    extension 2.3), the reference system (projection extension 2);
//! 2. [`collection()`] makes of them and of a [`StoreAsset`] a STAC collection, as the STAC best practices for Zarr have
//!    it: one store over time is one collection with an asset of its own and without items;
//! 3. [`Catalog`] keeps collections in a folder that further runs extend.
//!
//! [`validate()`] holds any STAC object against the schemas, which are packed in.
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
mod directory;
pub mod facts;
mod reference;
mod store;
mod validate;

pub use cube::{CubeDimension, CubeVariable, DimensionKind};
pub use directory::Catalog;
pub use facts::Facts;
pub use reference::{Raster, ReferenceSystem};
pub use store::{StoreAsset, collection, id_of};
pub use validate::{Findings, validate};

/// The datacube extension that is written.
pub const DATACUBE: &str = "https://stac-extensions.github.io/datacube/v2.3.0/schema.json";
/// The Zarr extension that is written.
pub const ZARR: &str = "https://stac-extensions.github.io/zarr/v1.1.0/schema.json";
/// The projection extension that is written.
pub const PROJECTION: &str = "https://stac-extensions.github.io/projection/v2.0.0/schema.json";
