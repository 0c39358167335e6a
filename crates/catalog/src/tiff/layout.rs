//! Whether an image is a cloud-optimised GeoTIFF (OGC 21-026).

use pangeo::Result;

use super::tags::{Image, Tiff};

/// Images beyond this many cells a side must have tiles.
const SMALL: u64 = 512;

/// What GDAL writes before the first directory of files that it optimised.
const GHOST: &[u8] = b"GDAL_STRUCTURAL_METADATA_SIZE=";

/// Tiles, all directories at the beginning and in order, coarse overviews before finer ones before the image.
pub(super) fn is_cloud_optimised(tiff: &Tiff) -> Result<bool> {
    let mut levels = Vec::new();
    for (at, image) in tiff.images.iter().enumerate() {
        let kind = tiff.one(image, 254)?.unwrap_or(0);
        // Masks (4) lie beside what they are of; any second image that is no overview (1) is a page.
        if kind & 4 == 0 && (at == 0 || kind & 1 == 1) {
            levels.push(Level::of(tiff, image)?);
        }
    }
    let Some(first) = tiff.images.first() else { return Ok(false) };
    let ghost = [8, 16].into_iter().any(|at| tiff.head().get(at..).is_some_and(|head| head.starts_with(GHOST)));
    let early = first.offset <= 16 || ghost;
    let ordered = tiff.images.windows(2).all(|pair| matches!(pair, [a, b] if a.offset < b.offset));
    let tiled = levels.iter().all(|level| level.tiled || level.width <= SMALL && level.height <= SMALL);
    let shrinking = levels.windows(2).all(|pair| {
        matches!(pair, [fine, coarse] if coarse.width < fine.width && coarse.height < fine.height
            && (coarse.data == 0 || fine.data == 0 || coarse.data < fine.data))
    });
    let behind = levels.iter().all(|level| level.data == 0 || level.data > level.directory);
    Ok(early && ordered && tiled && shrinking && behind)
}

struct Level {
    directory: u64,
    width: u64,
    height: u64,
    tiled: bool,
    /// Where its first tile or strip begins; 0 for one that is not written.
    data: u64,
}

impl Level {
    fn of(tiff: &Tiff, image: &Image) -> Result<Self> {
        let tiled = image.has(324);
        Ok(Self {
            directory: image.offset,
            width: tiff.one(image, 256)?.unwrap_or(0),
            height: tiff.one(image, 257)?.unwrap_or(0),
            tiled,
            data: tiff.one(image, if tiled { 324 } else { 273 })?.unwrap_or(0),
        })
    }
}
