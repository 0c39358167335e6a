//! Recognising inputs by content and opening them.

use std::sync::Arc;

use super::netcdf::{classic, hdf5};
use super::store::{self, ByteSource, Opened};
use super::zarr;
use crate::cf::packing::{default_fill, may_be_unwritten};
use crate::cf::roles::{Role, Roles};
use crate::engine::Engine;
use crate::model::{Dataset, Origin, Variable};
use crate::{Error, Result};

/// A format of single objects: how it is recognised and opened. One row a format.
struct Format {
    recognise: fn(&[u8], &dyn ByteSource) -> bool,
    open: fn(Arc<dyn ByteSource>) -> Result<Dataset>,
}

const FORMATS: [Format; 2] = [
    Format { recognise: |head, _| classic::sniff(head), open: classic::open },
    Format { recognise: |head, bytes| hdf5::sniff(head) || hdf5::sniff_source(bytes), open: hdf5::open },
];

/// What else files may begin with, for a helpful refusal.
const KNOWN_STRANGERS: [(&[u8], &str, &str); 8] = [
    (b"GRIB", "a GRIB file", "convert it to netCDF first (cdo -f nc4 copy)"),
    (b"<!DO", "an HTML page, not data", "check the address: a login page or an error was saved"),
    (b"<htm", "an HTML page, not data", "check the address: a login page or an error was saved"),
    (b"\x1f\x8b", "gzip-compressed", "unpack it first (gunzip)"),
    (b"II*\0", "a TIFF image", "GeoTIFF is not read yet"),
    (b"MM\0*", "a TIFF image", "GeoTIFF is not read yet"),
    (b"\x0e\x03\x13\x01", "an HDF4 file", "convert it first (h4toh5, or ncdump of an HDF4-enabled netCDF)"),
    (b"netc", "CDL, the text form of netCDF", "compile it first (ncgen)"),
];

/// Open one input: a path or URL of a netCDF file or Zarr store. Reads metadata only.
///
/// # Errors
/// When it can't be reached, is no format that is known, or breaks its format's rules.
pub fn open(input: &str) -> Result<Dataset> {
    let mut dataset = recognised(input)?;
    mark_unwritten(&mut dataset);
    Ok(dataset)
}

/// Note which integers are missing where nothing was written ([`may_be_unwritten`]): those of data
/// variables, if the file is filled with netCDF's defaults. Coordinates and what belongs to them have all
/// their values.
fn mark_unwritten(dataset: &mut Dataset) {
    let classic = matches!(dataset.origin, Origin::Classic | Origin::Offset64 | Origin::Cdf5);
    let filled = |v: &Variable| {
        classic || v.encoding.fill_value.is_some() && v.encoding.fill_value == default_fill(v.data_type())
    };
    let fits = |v: &Variable| may_be_unwritten(v) && filled(v);
    if !dataset.variables.iter().any(fits) {
        return;
    }
    let roles = Roles::of(dataset);
    for variable in &mut dataset.variables {
        let is_data = matches!(
            roles.role(&variable.name),
            Some(Role::Data | Role::Ancillary | Role::CellMeasure | Role::FormulaTerm)
        );
        variable.encoding.default_fill = is_data && fits(variable);
    }
}

fn recognised(input: &str) -> Result<Dataset> {
    match store::open(input)? {
        Opened::Tree(tree) => {
            if zarr::sniff(tree.as_ref())? {
                return zarr::open(tree);
            }
            let what = "not a Zarr store: it has no zarr.json, .zgroup or .zarray";
            Err(Error::data(what, tree.name().to_owned()).with_hint("name the folder that holds one of these"))
        }
        Opened::Object(bytes) => open_object(bytes),
    }
}

fn open_object(bytes: Arc<dyn ByteSource>) -> Result<Dataset> {
    let head = bytes.read(0..bytes.len().min(8))?;
    if let Some(format) = FORMATS.iter().find(|f| (f.recognise)(&head, bytes.as_ref())) {
        return (format.open)(bytes);
    }
    let name = bytes.name().to_owned();
    if let Some(store) = store_of(&name).filter(|_| head.starts_with(b"{")) {
        let what = "this is the metadata of a Zarr store, not the store";
        return Err(Error::data(what, name.clone()).with_hint(format!("give the folder: {store}")));
    }
    if head.is_empty() {
        return Err(Error::malformed(name, "the file is empty"));
    }
    match KNOWN_STRANGERS.iter().find(|(magic, ..)| head.starts_with(magic)) {
        Some((_, what, hint)) => Err(Error::unsupported(format!("this is {what}"), name).with_hint(*hint)),
        None => Err(Error::malformed(name, "neither netCDF nor HDF5 nor Zarr")),
    }
}

/// The folder whose Zarr metadata a path or URL names.
fn store_of(name: &str) -> Option<&str> {
    let (folder, file) = name.rsplit_once('/').unwrap_or((".", name));
    ["zarr.json", ".zgroup", ".zarray", ".zattrs", ".zmetadata"].contains(&file).then_some(folder)
}

/// Open several inputs, in parallel, in their order.
///
/// # Errors
/// As [`open`], of the first input that fails.
pub fn open_all(inputs: &[String], engine: &Engine) -> Result<Vec<Dataset>> {
    let mut datasets = Vec::with_capacity(inputs.len());
    let produce = |i: usize| inputs.get(i).map_or_else(|| Ok(Dataset::default()), |input| open(input));
    engine.ordered(inputs.len(), 4 * engine.threads(), produce, |_, dataset| {
        datasets.push(dataset);
        Ok(())
    })?;
    Ok(datasets)
}

/// Open several inputs, in parallel, each with an answer of its own, in their order.
///
/// # Errors
/// [`Error::Cancelled`] once a stop was asked for. What keeps one input from being opened ([`open`]) is its answer.
pub fn open_each(inputs: &[String], engine: &Engine) -> Result<Vec<Result<Dataset>>> {
    let mut answers = Vec::with_capacity(inputs.len());
    let produce = |i: usize| Ok(inputs.get(i).map_or_else(|| Ok(Dataset::default()), |input| open(input)));
    engine.ordered(inputs.len(), 4 * engine.threads(), produce, |_, answer| {
        answers.push(answer);
        Ok(())
    })?;
    Ok(answers)
}
