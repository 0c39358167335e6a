//! What is in a dataset, as a structure with a stable JSON form.

mod axes;
mod values;

use serde::Serialize;
use serde_json::{Map, Value};

pub use axes::{GridDescription, ListingDescription, TimeDescription};
pub use values::{attribute_json, attribute_text, attribute_type, number_text, readable};

use crate::cf::packing::default_fill;
use crate::cf::roles::{Axis, Role, Roles};
use crate::engine::Engine;
use crate::model::{AttributeValue, ByteOrder, Compression, Dataset, Variable};
use crate::ops::statistics::Statistics;
use crate::{Error, Result};

/// The version of the JSON form; members are added, never renamed or removed, under one number.
pub const SCHEMA: &str = "pangeo-inspect/1";

/// In a file of which a variable can't be read, others up to this many bytes are worth a try; a broken
/// file may claim any size.
const WORTHWHILE: usize = 64 << 20;

/// What is in a dataset. Serialises to the JSON of `inspect --format json`.
#[derive(Debug, Clone, Serialize)]
pub struct Description {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// The path or URL.
    pub source: String,
    /// The format that it was read from.
    pub format: String,
    /// All dimensions.
    pub dimensions: Vec<DimensionDescription>,
    /// All variables.
    pub variables: Vec<VariableDescription>,
    /// The time axes.
    pub times: Vec<TimeDescription>,
    /// The horizontal grids.
    pub grids: Vec<GridDescription>,
    /// Global attributes.
    pub attributes: Map<String, Value>,
    /// The type of each global attribute, as CDL names it.
    pub attribute_types: Map<String, Value>,
    /// Attributes of groups, by path.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub groups: Map<String, Value>,
}

/// A dimension.
#[derive(Debug, Clone, Serialize)]
pub struct DimensionDescription {
    /// Its name.
    pub name: String,
    /// Its extent.
    pub length: usize,
    /// Whether it may grow.
    pub unlimited: bool,
    /// `T`, `Z`, `Y` or `X`, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub axis: Option<char>,
}

/// A variable.
#[derive(Debug, Clone, Serialize)]
pub struct VariableDescription {
    /// Its name.
    pub name: String,
    /// What it is for: `data`, `coordinate`, `bounds`, ….
    pub role: String,
    /// The type of stored values, as CDL names it.
    #[serde(rename = "type")]
    pub data_type: String,
    /// Names of its dimensions.
    pub dimensions: Vec<String>,
    /// Extents of its dimensions.
    pub shape: Vec<usize>,
    /// Units, from its attributes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub units: Option<String>,
    /// Long name, from its attributes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub long_name: Option<String>,
    /// Standard name, from its attributes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standard_name: Option<String>,
    /// Names of the coordinates that apply to it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub coordinates: Vec<String>,
    /// Name of its bounds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bounds: Option<String>,
    /// Name of its grid mapping.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grid_mapping: Option<String>,
    /// How it is stored.
    pub storage: Storage,
    /// All attributes.
    pub attributes: Map<String, Value>,
    /// The type of each attribute, as CDL names it.
    pub attribute_types: Map<String, Value>,
    /// The names of an enumeration's values.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub enumeration: Map<String, Value>,
    /// Why its values can't be read, if they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Statistics of its values, if they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statistics: Option<StatisticsDescription>,
}

/// How a variable is stored.
#[derive(Debug, Clone, Serialize)]
pub struct Storage {
    /// Chunk extents; absent when in one piece.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chunks: Option<Vec<usize>>,
    /// Shard extents.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shards: Option<Vec<usize>>,
    /// The compressor with its level.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compression: Option<String>,
    /// Whether bytes are shuffled.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub shuffle: bool,
    /// Whether chunks carry checksums.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub checksum: bool,
    /// `big` where bytes are stored most significant first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub byte_order: Option<&'static str>,
    /// What stands in places that were never written, where the store itself says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fill_value: Option<Value>,
}

/// Statistics of a variable's values, unpacked.
#[derive(Debug, Clone, Serialize)]
pub struct StatisticsDescription {
    /// Smallest value.
    #[serde(serialize_with = "values::number")]
    pub min: Option<f64>,
    /// Mean of all values, each counted once.
    #[serde(serialize_with = "values::number")]
    pub mean: Option<f64>,
    /// Largest value.
    #[serde(serialize_with = "values::number")]
    pub max: Option<f64>,
    /// Number of missing values.
    pub missing: u64,
    /// Number of all values, missing ones included.
    pub count: u64,
    /// Number of values that are there: all but the missing ones.
    pub valid: u64,
}

impl Description {
    /// Describe a dataset; with `statistics` every numeric variable is read and summed up.
    ///
    /// # Errors
    /// When coordinates can't be read. Values that can't are told in [`VariableDescription::error`].
    pub fn of(dataset: &Dataset, statistics: bool, engine: &Engine) -> Result<Self> {
        let roles = Roles::of(dataset);
        let dimensions = dataset.dimensions.iter().map(|d| DimensionDescription {
            name: d.name.clone(),
            length: d.length,
            unlimited: d.unlimited,
            axis: roles.axis_of_dimension(&d.name).map(Axis::letter),
        });
        if statistics {
            let numeric = dataset.variables.iter().filter(|v| v.data_type().is_numeric());
            engine.progress().expect(numeric.fold(0_usize, |n, v| n.saturating_add(v.array.bytes())) as u64);
        }
        let mut variables = Vec::with_capacity(dataset.variables.len());
        let mut broken = false;
        for variable in &dataset.variables {
            let mut description = describe(variable, &roles);
            if broken && variable.array.bytes() > WORTHWHILE {
                description.error = Some("not read, since others of the file can't be".to_owned());
            } else if statistics && !variable.array.is_empty() {
                let found = Statistics::of(variable, engine).map_err(|e| e.about(&variable.name, &dataset.source));
                match found {
                    Ok(found) => description.statistics = found.map(StatisticsDescription::from),
                    Err(Error::Cancelled) => return Err(Error::Cancelled),
                    Err(error) => {
                        description.error = Some(error.to_string());
                        broken = true;
                    }
                }
            }
            variables.push(description);
        }
        engine.progress().finish();
        let groups = dataset.groups.iter().map(|(path, a)| (path.clone(), Value::Object(attribute_map(a))));
        Ok(Self {
            schema: SCHEMA,
            source: dataset.source.clone(),
            format: dataset.origin.to_string(),
            dimensions: dimensions.collect(),
            variables,
            times: axes::times(dataset, &roles),
            grids: axes::grids(dataset, &roles),
            attributes: attribute_map(&dataset.attributes),
            attribute_types: type_map(&dataset.attributes),
            groups: groups.collect(),
        })
    }
}

impl Description {
    /// Whether all values that were asked for could be read.
    ///
    /// # Errors
    /// [`Error::Data`] that names the variables whose values could not, and why the first could not.
    pub fn verdict(&self) -> Result<()> {
        let broken: Vec<&VariableDescription> = self.variables.iter().filter(|v| v.error.is_some()).collect();
        let Some(why) = broken.first().and_then(|v| v.error.as_deref()) else { return Ok(()) };
        let place = format!(" in {}", self.source);
        let why = why.strip_suffix(&format!(", {}", self.source)).unwrap_or(why);
        let why = why.strip_suffix(&place).and_then(|w| w.rsplit_once(", variable '")).map_or(why, |(why, _)| why);
        let names = broken.iter().map(|v| v.name.as_str()).collect::<Vec<_>>().join(", ");
        Err(Error::data(format!("the values of {names} can't be read: {why}"), self.source.clone())
            .with_hint("the rest is shown; choose variables with -v"))
    }
}

impl From<Statistics> for StatisticsDescription {
    fn from(s: Statistics) -> Self {
        Self {
            min: s.min,
            mean: s.mean,
            max: s.max,
            missing: s.missing,
            count: s.values,
            valid: s.values.saturating_sub(s.missing),
        }
    }
}

fn describe(variable: &Variable, roles: &Roles) -> VariableDescription {
    let text = |name: &str| variable.attributes.text(name).map(str::to_owned);
    let name = variable.name.as_str();
    let role = roles.role(name).map_or("data", role_name);
    VariableDescription {
        name: name.to_owned(),
        role: role.to_owned(),
        data_type: variable.encoding.enumeration.as_ref().map_or_else(
            || variable.data_type().to_string(),
            |e| format!("enum {} ({})", e.name, variable.data_type()),
        ),
        dimensions: variable.dimensions.clone(),
        shape: variable.shape().to_vec(),
        units: text("units"),
        long_name: text("long_name"),
        standard_name: text("standard_name"),
        coordinates: roles
            .coordinates(name)
            .into_iter()
            .filter(|c| *c != name && !variable.dimensions.iter().any(|d| d == c))
            .map(str::to_owned)
            .collect(),
        bounds: roles.bounds_of(name).map(str::to_owned),
        grid_mapping: roles.grid_mapping(name).map(str::to_owned),
        storage: storage(variable),
        attributes: attribute_map(&variable.attributes),
        attribute_types: type_map(&variable.attributes),
        enumeration: variable.encoding.enumeration.as_ref().map(values::members).unwrap_or_default(),
        error: None,
        statistics: None,
    }
}

/// A role as one word.
fn role_name(role: Role) -> &'static str {
    match role {
        Role::Data => "data",
        Role::Coordinate => "coordinate",
        Role::AuxiliaryCoordinate => "auxiliary-coordinate",
        Role::Bounds => "bounds",
        Role::GridMapping => "grid-mapping",
        Role::CellMeasure => "cell-measure",
        Role::Ancillary => "ancillary",
        Role::FormulaTerm => "formula-term",
        Role::Mesh => "mesh",
        Role::Container => "container",
        Role::Part => "part",
    }
}

fn attribute_map(attributes: &crate::model::Attributes) -> Map<String, Value> {
    attributes.iter().map(|(name, value)| (name.to_owned(), attribute_json(value))).collect()
}

fn type_map(attributes: &crate::model::Attributes) -> Map<String, Value> {
    attributes.iter().map(|(name, value)| (name.to_owned(), attribute_type(value).into())).collect()
}

fn storage(variable: &Variable) -> Storage {
    let encoding = &variable.encoding;
    // What netCDF takes where nothing is said goes without saying.
    let fill = encoding.fill_value.clone().filter(|fill| default_fill(variable.data_type()).as_ref() != Some(fill));
    Storage {
        chunks: encoding.chunk_shape.clone(),
        shards: encoding.shard_shape.clone(),
        compression: encoding.compression.as_ref().and_then(compression_text),
        shuffle: encoding.shuffle,
        checksum: encoding.checksum,
        byte_order: (encoding.byte_order == ByteOrder::Big).then_some("big"),
        fill_value: fill.map(|fill| attribute_json(&AttributeValue::Numbers(fill))),
    }
}

fn compression_text(compression: &Compression) -> Option<String> {
    match compression {
        Compression::None => None,
        Compression::Deflate { level } => Some(format!("deflate:{level}")),
        Compression::Zstd { level } => Some(format!("zstd:{level}")),
        Compression::Blosc { codec, level } => Some(format!("blosc:{codec}:{level}")),
        Compression::Other(name) => Some(name.clone()),
    }
}
