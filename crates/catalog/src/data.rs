//! What data at a place are: netCDF, Zarr or GeoTIFF, with what their headers and coordinates say.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use pangeo::engine::Engine;
use pangeo::grid::Bbox;
use pangeo::io::store::{self, ByteRange};
use pangeo::io::{ObjectTree, Opened, open};
use pangeo::model::{Dataset, Origin};
use pangeo::ops::statistics::Statistics;
use pangeo::{Error, Result};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::cube::CubeVariable;
use crate::facts::{Footprint, NEVER, NOWHERE};
use crate::{Facts, When, public, tiff};

/// What data are stored as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// netCDF of any kind.
    Netcdf,
    /// A Zarr store.
    Zarr {
        /// 2 or 3.
        version: u8,
        /// Whether there is consolidated metadata.
        consolidated: bool,
    },
    /// A TIFF image.
    Tiff {
        /// Whether it says where it lies.
        geo: bool,
        /// Whether it is a cloud-optimised GeoTIFF.
        cloud_optimised: bool,
    },
}

impl Form {
    /// The media type.
    ///
    /// Those of Zarr are the STAC best practices' for it (2026-03-16), those of TIFF the STAC best practices' for assets
    /// (the last by OGC 21-026). IANA knows none for netCDF: Unidata's choice (Unidata/netcdf#42) is what pystac and the
    /// large catalogs use.
    pub fn media_type(self) -> String {
        match self {
            Self::Netcdf => "application/netcdf".to_owned(),
            Self::Zarr { version, .. } => format!("application/vnd.zarr; version={version}"),
            Self::Tiff { cloud_optimised: true, geo: true } => {
                "image/tiff; application=geotiff; profile=cloud-optimized".to_owned()
            }
            Self::Tiff { geo: true, .. } => "image/tiff; application=geotiff".to_owned(),
            Self::Tiff { .. } => "image/tiff".to_owned(),
        }
    }
}

/// What is looked at beyond headers and coordinates.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Look {
    /// Read all values for minimum, maximum and mean.
    pub statistics: bool,
    /// Read all bytes of local files for a checksum.
    pub checksum: bool,
}

/// Data as a catalog sees them.
#[derive(Debug, Clone, PartialEq)]
pub struct Data {
    /// The path or URL, without secrets ([`crate::public()`]).
    pub place: String,
    /// How they are stored.
    pub form: Form,
    /// What they say of themselves.
    pub facts: Facts,
    /// The asset's `bands`: variables, or samples of an image.
    pub bands: Vec<Value>,
    /// A closer outline than the box, where there is one (GeoJSON).
    pub geometry: Option<Value>,
    /// When a TIFF image says it was made, without a time zone.
    pub made: Option<String>,
    /// The number of bytes of a local file.
    pub size: Option<u64>,
    /// The multihash of a local file in hexadecimal digits: `1220` and the SHA-256.
    pub checksum: Option<String>,
}

impl Data {
    /// The data at a path or URL.
    ///
    /// # Errors
    /// When they can't be reached, are of no format that is known, or break its rules.
    pub fn at(place: &str, look: Look, engine: &Engine) -> Result<Self> {
        let local = Path::new(place);
        let size = local.metadata().ok().filter(std::fs::Metadata::is_file).map(|metadata| metadata.len());
        let checksum = if size.is_some() && look.checksum { Some(multihash(local, engine)?) } else { None };
        // The content decides; the name tells what to try first.
        let named = public(place);
        let end = Path::new(&named).extension().and_then(|end| end.to_str()).unwrap_or_default();
        let is_likely = ["tif", "tiff"].iter().any(|known| end.eq_ignore_ascii_case(known));
        let likely = if is_likely { image(place)? } else { None };
        let data = match likely {
            Some(picture) => Self::of_image(place, picture, look),
            None => match open::open(place) {
                Ok(dataset) => Self::of(place, &dataset, look, engine)?,
                Err(error) => Self::of_image(place, image(place)?.ok_or(error)?, look),
            },
        };
        Ok(Self { size, checksum, ..data })
    }

    fn of(place: &str, dataset: &Dataset, look: Look, engine: &Engine) -> Result<Self> {
        let facts = Facts::of(dataset)?;
        let form = match dataset.origin {
            Origin::Zarr(version) => Form::Zarr { version: version.clamp(2, 3), consolidated: is_consolidated(place)? },
            _ => Form::Netcdf,
        };
        let mut bands: Vec<Value> = facts.variables.iter().filter(|v| v.is_data).map(CubeVariable::to_band).collect();
        if look.statistics {
            for band in bands.iter_mut().filter_map(Value::as_object_mut) {
                let Some(variable) = band.get("name").and_then(Value::as_str).and_then(|n| dataset.variable(n)) else {
                    continue;
                };
                let found = Statistics::of(variable, engine).map_err(|e| e.about(&variable.name, &dataset.source))?;
                if let Some(found) = found.as_ref().and_then(statistics) {
                    band.insert("statistics".to_owned(), found);
                }
            }
        }
        let place = public(place);
        Ok(Self { place, form, facts, bands, geometry: None, made: None, size: None, checksum: None })
    }

    fn of_image(place: &str, picture: tiff::Picture, look: Look) -> Self {
        let mut facts = picture.facts;
        if look.statistics {
            facts.notes.push("no statistics of images are made: their values are not read".to_owned());
        }
        Self {
            place: public(place),
            form: Form::Tiff { geo: picture.is_geo, cloud_optimised: picture.is_cloud_optimised },
            facts,
            bands: picture.bands,
            geometry: picture.geometry,
            made: picture.made,
            size: None,
            checksum: None,
        }
    }

    /// The same data in this box, unless they tell themselves where they lie.
    #[must_use]
    pub fn or_in(mut self, bbox: &Bbox) -> Self {
        if self.facts.bbox.is_none() {
            let mut footprint = Footprint::new();
            footprint.add_latitudes(bbox.south, bbox.north);
            footprint.add_longitudes(bbox.west, bbox.east);
            self.facts.notes.retain(|note| note != NOWHERE);
            self.facts.bbox = footprint.bbox();
        }
        self
    }

    /// The same data from this time, unless they tell it themselves.
    #[must_use]
    pub fn or_from(mut self, time: Option<When>) -> Self {
        if When::of(&self).is_none()
            && let Some(time) = time
        {
            self.facts.notes.retain(|note| note != NEVER);
            self.facts.interval = Some(match time {
                When::At(instant) => [Some(instant.clone()), Some(instant)],
                When::Period(start, end) => [Some(start), Some(end)],
            });
        }
        self
    }

    /// Members of bands of the raster extension are used.
    pub(crate) fn is_scaled(&self) -> bool {
        let scaled = |band: &Value| ["raster:scale", "raster:offset"].iter().any(|key| band.get(key).is_some());
        self.bands.iter().any(scaled)
    }
}

/// The header of a TIFF image; `None` for anything else.
fn image(place: &str) -> Result<Option<tiff::Picture>> {
    let Ok(Opened::Object(bytes)) = store::open(place) else { return Ok(None) };
    let head = bytes.read(0..bytes.len().min(4))?;
    if tiff::is_tiff(&head) { tiff::read(bytes.as_ref()).map(Some) } else { Ok(None) }
}

/// Whether a store has consolidated metadata: `.zmetadata` of version 2, a member of `zarr.json` of version 3.
fn is_consolidated(place: &str) -> Result<bool> {
    let Opened::Tree(tree) = store::open(place)? else { return Ok(false) };
    let has = |tree: &dyn ObjectTree| -> Result<bool> {
        if let Some(root) = tree.get("zarr.json", ByteRange::All)? {
            let root: Value = serde_json::from_slice(&root).unwrap_or_default();
            return Ok(root.get("consolidated_metadata").is_some_and(Value::is_object));
        }
        Ok(tree.get(".zmetadata", ByteRange::All)?.is_some())
    };
    has(tree.as_ref())
}

/// As STAC's common metadata has them; nothing for a variable without values.
fn statistics(found: &Statistics) -> Option<Value> {
    let (minimum, maximum, mean) = (found.min?, found.max?, found.mean?);
    if ![minimum, maximum, mean].iter().all(|x| x.is_finite()) {
        return None;
    }
    let valid = found.values.saturating_sub(found.missing);
    let percent = (valid as f64 / found.values.max(1) as f64 * 1e6).round() / 1e4;
    let mut out = Map::new();
    out.insert("minimum".to_owned(), json!(minimum));
    out.insert("maximum".to_owned(), json!(maximum));
    out.insert("mean".to_owned(), json!(mean));
    out.insert("count".to_owned(), json!(found.values));
    out.insert("valid_percent".to_owned(), json!(percent));
    Some(Value::Object(out))
}

/// The SHA-256 of a file's bytes as a multihash (multiformats: code 0x12, 32 bytes).
fn multihash(path: &Path, engine: &Engine) -> Result<String> {
    let failed = |e| Error::io("read", path, e);
    let mut file = File::open(path).map_err(failed)?;
    let (mut hasher, mut buffer) = (Sha256::new(), vec![0; 1 << 20]);
    loop {
        engine.check()?;
        let count = file.read(&mut buffer).map_err(failed)?;
        if count == 0 {
            break;
        }
        hasher.update(buffer.get(..count).unwrap_or_default());
    }
    Ok(hasher.finalize().iter().fold("1220".to_owned(), |text, byte| text + &format!("{byte:02x}")))
}
