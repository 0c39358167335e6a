//! Groups, dimensions and variables of the model, from those of the file.

use std::sync::{Arc, Mutex, OnceLock};

use super::array::Hdf5Array;
use super::attribute::{Unkept, visible};
use super::chunk_format::chunk_format;
use super::dims::{self, Dim};
use super::file::File;
use super::object::{Layout, Object};
use super::pieces::Grid;
use super::tree::Tree;
use super::types::Text;
use crate::cf::packing::{declared_fill, default_fill};
use crate::io::codec::Filter;
use crate::io::large::large;
use crate::io::layout::strips;
use crate::io::store::note;
use crate::model::{Attributes, Buffer, Compression, Dataset, Dimension, Encoding, Enumeration, Origin, Variable};

/// Put before the names of variables that are called like a dimension but are not its coordinate.
const NOT_COORDINATE: &str = "_nc4_non_coord_";

/// The dataset that a file's tree of groups makes.
pub(super) fn dataset(file: &Arc<File>, tree: Tree) -> Dataset {
    let dims = dims::find(file, &tree);
    let paths: Vec<String> = tree.groups.iter().map(|g| g.path.clone()).collect();
    let path = |group: usize| paths.get(group).map_or("", String::as_str);
    let mut result = Dataset { source: file.name().to_owned(), origin: Origin::Netcdf4, ..Dataset::default() };
    for group in 0..paths.len() {
        for dim in dims.of_group(group) {
            let name = inside(path(group), &dim.name);
            result.dimensions.push(Dimension { name, length: dim.length, unlimited: dim.unlimited });
        }
    }
    let mut objects = Vec::new();
    let mut unkept = Unkept::default();
    for (i, group) in tree.groups.into_iter().enumerate() {
        let owner = if i == 0 { "the file".to_owned() } else { format!("group '{}'", group.path) };
        let attributes = visible(file, &group.attributes, &owner, &mut unkept);
        if i == 0 {
            result.attributes = attributes;
        } else {
            result.groups.push((group.path, attributes));
        }
        objects.push(group.datasets.into_iter().map(Some).collect::<Vec<_>>());
    }
    for variable in &dims.variables {
        let taken = objects.get_mut(variable.group).and_then(|o| o.get_mut(variable.dataset)?.take());
        let Some(taken) = taken else { continue };
        let own: Vec<&Dim> = variable.dims.iter().filter_map(|&d| dims.list.get(d)).collect();
        let name = inside(path(variable.group), taken.name.strip_prefix(NOT_COORDINATE).unwrap_or(&taken.name));
        let dimensions = own.iter().map(|d| inside(path(d.group), &d.name)).collect();
        let shape = own.iter().map(|d| d.length).collect();
        let attributes = visible(file, &taken.object.attributes, &format!("variable '{name}'"), &mut unkept);
        let mut variable = build(file, name, shape, attributes, taken.object, &tree.enumerations);
        variable.dimensions = dimensions;
        result.variables.push(variable);
    }
    if let Some(unkept) = unkept.note(file.name()) {
        note(unkept);
    }
    result
}

/// A name within a group.
fn inside(group: &str, name: &str) -> String {
    if group.is_empty() { name.to_owned() } else { format!("{group}/{name}") }
}

fn build(
    file: &Arc<File>,
    name: String,
    shape: Vec<usize>,
    attributes: Attributes,
    mut object: Object,
    named: &[Enumeration],
) -> Variable {
    object.attributes = Vec::new();
    let encoding = encoding(&object, named);
    let zero = Buffer::zeros(&object.value.data_type, 1).unwrap_or(Buffer::Char(Vec::new()));
    let declared = object.fill.value.clone();
    let attribute = declared_fill(&attributes, &object.value.data_type).ok().flatten();
    let unwritten = declared.clone().or(attribute.clone().filter(|_| object.fill.undefined)).unwrap_or(zero.clone());
    let beyond = declared.or(attribute).or_else(|| default_fill(&object.value.data_type)).unwrap_or(zero);
    let grid = match &object.layout {
        Layout::Chunked(chunks) => Grid::new(chunks.shape.clone(), &object.extent),
        Layout::Contiguous(_) => Grid::new(strips(&object.extent, object.value.size), &object.extent),
        _ => Grid::new(object.extent.clone(), &object.extent),
    };
    let array = Hdf5Array {
        file: file.clone(),
        place: format!("variable '{name}' in {}", file.name()),
        format: format(&object),
        object,
        shape,
        unwritten,
        beyond,
        grid,
        index: OnceLock::new(),
        loading: Mutex::default(),
    };
    Variable { name, dimensions: Vec::new(), attributes, encoding, array: large(array) }
}

fn encoding(object: &Object, named: &[Enumeration]) -> Encoding {
    let mut encoding = Encoding {
        byte_order: object.value.order,
        fill_value: object.fill.value.clone(),
        enumeration: object.value.enumeration.clone(),
        text_length: match object.value.text {
            Some(Text::Fixed(n)) => Some(n),
            _ => None,
        },
        compression: Some(Compression::None),
        ..Encoding::default()
    };
    // As netCDF-C does, an enumeration is known by its members, not by where it is kept.
    if let Some(own) = &mut encoding.enumeration
        && let Some(named) = named.iter().find(|n| n.names == own.names && n.values == own.values)
    {
        own.name.clone_from(&named.name);
    }
    if let Layout::Chunked(chunks) = &object.layout {
        encoding.chunk_shape = Some(chunks.shape.clone());
    }
    for filter in object.pipeline.filters() {
        match filter {
            Filter::Shuffle { .. } => encoding.shuffle = true,
            Filter::Fletcher32 => encoding.checksum = true,
            Filter::Deflate { level } => encoding.compression = Some(Compression::Deflate { level: *level }),
            Filter::Zstd { level } => encoding.compression = Some(Compression::Zstd { level: *level }),
            Filter::Blosc { codec, level } => {
                encoding.compression = Some(Compression::Blosc { codec: (*codec).to_owned(), level: *level });
            }
            Filter::Quantize { .. } => {}
            other => encoding.compression = Some(Compression::Other(other.name().to_owned())),
        }
    }
    encoding
}

/// The name of a variable's chunk encoding, where chunks may be copied as they are.
fn format(object: &Object) -> Option<Arc<str>> {
    let Layout::Chunked(chunks) = &object.layout else { return None };
    let size = object.value.size;
    let plain = object.pipeline.filters().iter().all(|f| match f {
        Filter::Shuffle { size: s } => *s == size,
        Filter::Deflate { .. } | Filter::Fletcher32 | Filter::Zstd { .. } => true,
        _ => false,
    });
    let names: Vec<String> = object.pipeline.filters().iter().map(Filter::name_and_level).collect();
    // Texts of several bytes are named by the size of their values, which the type does not tell.
    if !plain || object.value.data_type.size() != size {
        return None;
    }
    chunk_format(&object.value.data_type, object.value.order, &chunks.shape, &names)
}
