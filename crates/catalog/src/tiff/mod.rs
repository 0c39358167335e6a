//! What the header of a GeoTIFF says: nothing but directories of tags is read, by ranges.

mod keys;
mod layout;
mod outline;
mod samples;
mod tags;

use pangeo::Result;
use pangeo::io::ByteSource;
use projection::{Centre, Projection};
use serde_json::Value;

use crate::Facts;
use crate::facts::NOWHERE;
use crate::reference::{Raster, ReferenceSystem};
use keys::{Keys, System};
use tags::{Image, Tiff};

pub(crate) use tags::is_tiff;

/// What is known of a TIFF file.
#[derive(Debug, Clone)]
pub(crate) struct Picture {
    pub(crate) facts: Facts,
    /// One for each sample, as the asset's `bands`.
    pub(crate) bands: Vec<Value>,
    /// The outline of the image on the Earth.
    pub(crate) geometry: Option<Value>,
    /// Whether it has keys of a reference system, or a transform.
    pub(crate) is_geo: bool,
    /// Whether it is laid out for reading by ranges.
    pub(crate) is_cloud_optimised: bool,
    /// The tag `DateTime`, `2020-01-31T12:00:00`.
    pub(crate) made: Option<String>,
}

/// What the header of a TIFF file says.
///
/// # Errors
/// [`pangeo::Error::Malformed`] for what breaks the rules of TIFF, or when bytes can't be had.
pub(crate) fn read(bytes: &dyn ByteSource) -> Result<Picture> {
    let tiff = Tiff::open(bytes)?;
    let image = tiff.images.first().ok_or_else(|| pangeo::Error::malformed(bytes.name(), "it holds no image"))?;
    let shape = samples::shape(&tiff, image, bytes.name())?;
    let bands = samples::bands(&tiff, image, bytes.name())?;
    let keys = Keys::of(&tiff, image)?;
    let transform = transform(&tiff, image, keys.as_ref())?;
    let mut notes = Vec::new();
    let system = keys.as_ref().map_or(System::Unknown, |keys| keys.system.clone());
    let place = Place::of(&system, &mut notes);
    // What holds for points of control is no system of the rows and columns.
    let place = place.filter(|_| transform.is_some() || !image.has(33922));
    let outline = transform
        .zip(place.as_ref())
        .and_then(|(transform, place)| outline::of(shape, transform, |points| place.to_earth(points)));
    if outline.is_none() {
        notes.push(NOWHERE.to_owned());
    }
    let unknown = || ReferenceSystem { code: None, projjson: None, wkt2: None };
    let raster = (place.is_some() || transform.is_some()).then(|| Raster {
        system: place.map_or_else(unknown, |place| place.system),
        shape,
        transform,
        bbox: transform.map(|transform| outline::bounds(shape, transform)),
    });
    let title = tiff.text(image, 270)?.filter(|text| text.len() <= 200 && !text.contains(['{', '<', '\n']));
    let facts = Facts {
        description: described(&bands, shape),
        title,
        licence: "other".to_owned(),
        bbox: outline.as_ref().map(|outline| outline.bbox),
        raster,
        notes,
        ..Facts::default()
    };
    Ok(Picture {
        facts,
        bands,
        geometry: outline.map(|outline| outline.geometry),
        is_geo: keys.is_some() || transform.is_some(),
        is_cloud_optimised: layout::is_cloud_optimised(&tiff)?,
        made: tiff.text(image, 306)?.as_deref().and_then(date),
    })
}

/// From columns and rows to x and y: by the scale and a tie point, else by a matrix. Points of control in larger number
/// tell no transform.
fn transform(tiff: &Tiff, image: &Image, keys: Option<&Keys>) -> Result<Option<[f64; 6]>> {
    let (scale, ties) = (tiff.reals(image, 33550)?, tiff.reals(image, 33922)?);
    let found = match (scale.as_slice(), ties.as_slice(), tiff.reals(image, 34264)?.as_slice()) {
        (&[dx, dy, ..], &[i, j, _, x, y, _, ..], _) if dx != 0.0 && dy != 0.0 => {
            // Rows run to the south whatever the sign, as GDAL and others read it.
            let dy = dy.abs();
            [dx, 0.0, x - i * dx, 0.0, -dy, y + j * dy]
        }
        (_, _, &[a, b, _, c, d, e, _, f, ..]) => [a, b, c, d, e, f],
        _ => return Ok(None),
    };
    let [a, b, mut c, d, e, mut f] = found;
    if keys.is_some_and(|keys| keys.is_point) {
        (c, f) = (c - 0.5 * (a + b), f - 0.5 * (d + e));
    }
    let found = [a, b, c, d, e, f];
    Ok(Some(found).filter(|all| all.iter().all(|x| x.is_finite()) && a * e - b * d != 0.0))
}

/// Where x and y lie on the Earth.
struct Place {
    system: ReferenceSystem,
    /// Without one they are longitudes and latitudes.
    map: Option<Projection>,
}

impl Place {
    fn of(system: &System, notes: &mut Vec<String>) -> Option<Self> {
        let text = match system {
            System::Geographic(code) => {
                let system = ReferenceSystem { code: Some(format!("EPSG:{code}")), projjson: None, wkt2: None };
                return Some(Self { system, map: None });
            }
            System::Plane(code) => format!("EPSG:{code}"),
            System::Own(text) => text.clone(),
            System::Unknown => {
                notes.push("its reference system is not one that is understood".to_owned());
                return None;
            }
        };
        match Projection::parse(&text, Centre::default()) {
            Ok(map) => {
                let system = match system {
                    System::Plane(_) => ReferenceSystem { code: Some(text), projjson: None, wkt2: None },
                    _ => ReferenceSystem::of(&map)?,
                };
                Some(Self { system, map: Some(map) })
            }
            Err(why) => {
                notes.push(format!("its reference system is left out: {why}"));
                None
            }
        }
    }

    /// NaN where there is no place.
    fn to_earth(&self, mut points: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
        if let Some(map) = &self.map {
            map.inverse_all(&mut points);
        }
        points
    }
}

fn described(bands: &[Value], shape: [usize; 2]) -> String {
    let kind = bands.first().and_then(|band| band.get("data_type")?.as_str()).unwrap_or("other");
    let count = bands.len();
    let plural = if count == 1 { "" } else { "s" };
    format!("An image of {} columns and {} rows, {count} band{plural} of {kind}", shape[1], shape[0])
}

/// `2020:01:31 12:00:00` as ISO 8601 has it.
fn date(text: &str) -> Option<String> {
    let digits = |from: usize, to: usize| text.get(from..to).filter(|part| part.bytes().all(|b| b.is_ascii_digit()));
    let parts = [digits(0, 4)?, digits(5, 7)?, digits(8, 10)?, digits(11, 13)?, digits(14, 16)?, digits(17, 19)?];
    let [year, month, day, hour, minute, second] = parts;
    (year != "0000").then(|| format!("{year}-{month}-{day}T{hour}:{minute}:{second}"))
}

#[cfg(test)]
mod tests;
