//! Defining the file: groups, dimensions, types, variables and attributes, through netCDF-C, which
//! makes the dimension scales and everything else by which other programs know a netCDF-4 file.

use std::collections::HashMap;
use std::ffi::c_int;
use std::path::Path;

use super::Netcdf4Options;
use super::attribute::Target;
use super::encode::Compressing;
use super::ffi::{Failure, netcdf};
use super::layout::Layout;
use crate::cf::packing::declared_fill;
use crate::model::{Buffer, Dataset, Enumeration, Variable};
use crate::{Error, Result};

/// What the definition leaves to be done through HDF5.
#[derive(Debug, Default)]
pub(super) struct Defined {
    /// For each variable the folder of its group in HDF5 (`/`, `/a/`) and its name there.
    pub(super) variables: Vec<(String, String)>,
    /// The same for each unlimited dimension, and its length.
    pub(super) unlimited: Vec<(String, String, usize)>,
}

/// Define everything in `dataset` in an empty file at `path`, which is closed again.
///
/// # Errors
/// When the dataset holds what the format can't, or the file can't be written.
pub(super) fn define(path: &Path, dataset: &Dataset, layouts: &[Layout], options: Netcdf4Options) -> Result<Defined> {
    let place = path.display().to_string();
    let absolute = std::path::absolute(path).map_err(|e| Error::io("create", path, e))?;
    let root = netcdf::create(&absolute, options.classic_model).map_err(|f| failed(f, "", &place))?;
    let mut file = Definer { root, place, groups: HashMap::new(), dimensions: HashMap::new(), types: Vec::new() };
    let defined = file.all(dataset, layouts);
    let closed = netcdf::close(root).map_err(|f| failed(f, "", &file.place));
    let defined = defined?;
    closed?;
    Ok(defined)
}

/// The error for what a library refused: `what` is `variable 'x'` or nothing.
pub(super) fn failed(failure: Failure, what: &str, place: &str) -> Error {
    match failure.errno {
        Some(number) => Error::io("write", place, std::io::Error::from_raw_os_error(number)),
        None if what.is_empty() => Error::io("write", place, std::io::Error::other(failure.text)),
        None => Error::data(format!("{what}: {}", failure.text), place),
    }
}

/// A file in the making.
struct Definer {
    root: c_int,
    place: String,
    /// The id and HDF5 folder of each group made so far, by path.
    groups: HashMap<String, (c_int, String)>,
    /// The id of each dimension, by its full name.
    dimensions: HashMap<String, c_int>,
    /// The enumerated types made so far: the group, name in the file and id of each.
    types: Vec<(c_int, Enumeration, String, c_int)>,
}

impl Definer {
    fn all(&mut self, dataset: &Dataset, layouts: &[Layout]) -> Result<Defined> {
        let mut defined = Defined::default();
        Target { group: self.root, variable: netcdf::GLOBAL }
            .put_all(&dataset.attributes, None)
            .map_err(|f| self.failed(f, "the file"))?;
        for (path, attributes) in &dataset.groups {
            let what = format!("group '{path}'");
            let (group, _) = self.group(path).map_err(|f| self.failed(f, &what))?;
            Target { group, variable: netcdf::GLOBAL }.put_all(attributes, None).map_err(|f| self.failed(f, &what))?;
        }
        for dimension in &dataset.dimensions {
            let unlimited = dimension.unlimited || dimension.length == 0;
            let (path, name) = split(&dimension.name);
            let made = self.group(path).and_then(|(group, folder)| {
                let id = netcdf::define_dimension(group, name, (!unlimited).then_some(dimension.length))?;
                Ok((id, folder, netcdf::dimension_name(group, id)?))
            });
            let (id, folder, kept) = made.map_err(|f| self.failed(f, &format!("dimension '{}'", dimension.name)))?;
            self.dimensions.insert(dimension.name.clone(), id);
            if unlimited {
                defined.unlimited.push((folder, kept, dimension.length));
            }
        }
        for (variable, layout) in dataset.variables.iter().zip(layouts) {
            let fill = declared_fill(&variable.attributes, variable.data_type()).map_err(Failure::new);
            let made = fill.and_then(|fill| self.variable(variable, layout, fill.as_ref(), dataset));
            let made = made.map_err(|f| self.failed(f, &format!("variable '{}'", variable.name)))?;
            defined.variables.push(made);
        }
        Ok(defined)
    }

    fn failed(&self, failure: Failure, what: &str) -> Error {
        failed(failure, what, &self.place)
    }

    /// The id and HDF5 folder of a group, which is made with its parents if it is not there yet.
    fn group(&mut self, path: &str) -> Result<(c_int, String), Failure> {
        if path.is_empty() {
            return Ok((self.root, "/".to_owned()));
        }
        if let Some(group) = self.groups.get(path) {
            return Ok(group.clone());
        }
        let (parent, name) = split(path);
        let (parent, folder) = self.group(parent)?;
        let id = netcdf::define_group(parent, name)?;
        let group = (id, format!("{folder}{}/", netcdf::group_name(id)?));
        self.groups.insert(path.to_owned(), group.clone());
        Ok(group)
    }

    fn variable(
        &mut self,
        variable: &Variable,
        layout: &Layout,
        fill: Option<&Buffer>,
        dataset: &Dataset,
    ) -> Result<(String, String), Failure> {
        let (path, name) = split(&variable.name);
        let (group, folder) = self.group(path)?;
        let type_id = match &variable.encoding.enumeration {
            Some(enumeration) => self.enumeration(group, path, enumeration, dataset)?,
            None => netcdf::type_id(&layout.data_type).ok_or_else(|| Failure::new("a type without name"))?,
        };
        let dimensions = variable.dimensions.iter().map(|name| self.dimensions.get(name).copied());
        let dimensions: Option<Vec<_>> = dimensions.collect();
        let dimensions = dimensions.ok_or_else(|| Failure::new("a dimension is missing"))?;
        let id = netcdf::define_variable(group, name, type_id, &dimensions)?;
        if !layout.shape.is_empty() {
            netcdf::define_chunks(group, id, layout.chunked.then_some(&*layout.piece))?;
        }
        if layout.data_type.is_numeric() && variable.encoding.enumeration.is_none() {
            netcdf::define_order(group, id, layout.order == crate::model::ByteOrder::Big)?;
        }
        define_filters(group, id, layout)?;
        Target { group, variable: id }.put_all(&variable.attributes, fill.map(|f| (f, type_id)))?;
        Ok((folder, netcdf::variable_name(group, id)?))
    }

    /// The id of an enumerated type, which variables of the same group share.
    fn enumeration(
        &mut self,
        group: c_int,
        path: &str,
        enumeration: &Enumeration,
        dataset: &Dataset,
    ) -> Result<c_int, Failure> {
        let known = self.types.iter().find(|(g, known, ..)| *g == group && known == enumeration);
        if let Some((.., id)) = known {
            return Ok(*id);
        }
        let mut name = if enumeration.name.is_empty() { "enum".to_owned() } else { enumeration.name.clone() };
        // Types share their names with variables, groups and other types.
        while self.types.iter().any(|(g, _, taken, _)| *g == group && *taken == name)
            || dataset.variables.iter().any(|v| split(&v.name) == (path, name.as_str()))
            || dataset.groups.iter().any(|(g, _)| split(g) == (path, name.as_str()))
        {
            name.push_str("_t");
        }
        let id = netcdf::define_enum(group, &name, &enumeration.names, &enumeration.values)?;
        self.types.push((group, enumeration.clone(), name, id));
        Ok(id)
    }
}

/// Name the filters of a variable in the order in which chunks are encoded.
fn define_filters(group: c_int, variable: c_int, layout: &Layout) -> Result<(), Failure> {
    let Some(codec) = layout.codec else { return Ok(()) };
    if codec.checksum {
        netcdf::define_checksum(group, variable)?;
    }
    if codec.shuffle {
        netcdf::define_shuffle(group, variable)?;
    }
    match codec.compressing {
        Compressing::No => Ok(()),
        Compressing::Deflate(level) => netcdf::define_filter(group, variable, netcdf::DEFLATE, &[u32::from(level)]),
        Compressing::Zstd(level) => netcdf::define_filter(group, variable, netcdf::ZSTD, &[level.cast_unsigned()]),
    }
}

/// The group path and the last part of a full name.
fn split(name: &str) -> (&str, &str) {
    name.rsplit_once('/').unwrap_or(("", name))
}
