//! Dimensions and variables of a cube, as the datacube extension 2.3 has them.

use serde_json::{Map, Value, json};

/// What a dimension is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DimensionKind {
    /// `x` or `y` of a grid whose reference system is known.
    Horizontal(char),
    /// Height, depth, pressure or a model level.
    Vertical,
    /// Dates that ISO 8601 has.
    Temporal,
    /// Cells or stations in a list.
    Geometry,
    /// Anything else: `temporal` of calendars that ISO 8601 does not know, `index`, `ensemble`, ….
    Other(String),
}

/// A dimension of the cube.
#[derive(Debug, Clone, PartialEq)]
pub struct CubeDimension {
    /// Its name in the store.
    pub name: String,
    /// What it is.
    pub kind: DimensionKind,
    /// A sentence on it.
    pub description: Option<String>,
    /// The least and the greatest coordinate value (of cells their centres, not their bounds), in [`Self::unit`]:
    /// numbers, or dates as RFC 3339; `Null` where a date has none.
    pub extent: Option<[Value; 2]>,
    /// All values, where they are few and no step tells them.
    pub values: Option<Vec<Value>>,
    /// Between values in the order of the store: a number or an ISO 8601 duration; `Null` where it differs.
    pub step: Option<Value>,
    /// The unit of the values.
    pub unit: Option<String>,
    /// An EPSG number, PROJJSON or WKT2; of times the calendar.
    pub reference_system: Option<Value>,
    /// West, south, east, north of [`DimensionKind::Geometry`], degrees.
    pub bbox: Option<[f64; 4]>,
    /// GeoJSON types of [`DimensionKind::Geometry`].
    pub geometry_types: Vec<&'static str>,
}

impl CubeDimension {
    /// A dimension of which nothing more is known.
    pub fn new(name: &str, kind: DimensionKind) -> Self {
        Self {
            name: name.to_owned(),
            kind,
            description: None,
            extent: None,
            values: None,
            step: None,
            unit: None,
            reference_system: None,
            bbox: None,
            geometry_types: Vec::new(),
        }
    }

    /// A dimension without coordinate: the places 0 to `length` − 1.
    pub fn index(name: &str, length: usize) -> Self {
        Self {
            extent: Some([json!(0), json!(length.saturating_sub(1))]),
            step: Some(json!(1)),
            ..Self::new(name, DimensionKind::Other("index".to_owned()))
        }
    }

    /// As the extension writes it.
    pub fn to_json(&self) -> Value {
        let mut out = Map::new();
        let (kind, axis) = match &self.kind {
            DimensionKind::Horizontal(axis) => ("spatial", Some(axis.to_string())),
            DimensionKind::Vertical => ("spatial", Some("z".to_owned())),
            DimensionKind::Temporal => ("temporal", None),
            DimensionKind::Geometry => ("geometry", None),
            DimensionKind::Other(kind) => (kind.as_str(), None),
        };
        out.insert("type".to_owned(), json!(kind));
        let mut set = |key: &str, value: Option<Value>| {
            if let Some(value) = value {
                out.insert(key.to_owned(), value);
            }
        };
        set("axis", axis.map(Value::String));
        set("axes", (self.kind == DimensionKind::Geometry).then(|| json!(["x", "y"])));
        set("description", self.description.clone().map(Value::String));
        set("bbox", self.bbox.map(|bbox| json!(bbox)));
        set("geometry_types", (!self.geometry_types.is_empty()).then(|| json!(self.geometry_types)));
        set("extent", self.extent.clone().map(|extent| json!(extent)));
        set("values", self.values.clone().map(Value::Array));
        set("step", self.step.clone());
        set("unit", self.unit.clone().map(Value::String));
        set("reference_system", self.reference_system.clone());
        Value::Object(out)
    }
}

/// A variable of the cube.
#[derive(Debug, Clone, PartialEq)]
pub struct CubeVariable {
    /// Its name: the path of its array from the asset's group.
    pub name: String,
    /// Its dimensions, slowest first.
    pub dimensions: Vec<String>,
    /// Whether it holds data, or coordinates that are no dimension.
    pub is_data: bool,
    /// Its `long_name`.
    pub description: Option<String>,
    /// Its `units`.
    pub unit: Option<String>,
    /// The type of the stored values, as STAC's common metadata names it.
    pub data_type: &'static str,
    /// The stored value that stands for missing: a number, `"nan"`, `"inf"` or `"-inf"`.
    pub nodata: Option<Value>,
    /// Its extents.
    pub shape: Vec<usize>,
    /// The extents of its chunks (of a shard's inner chunks), where known.
    pub chunks: Option<Vec<usize>>,
    /// Its CF standard name.
    pub standard_name: Option<String>,
    /// More of its attributes: `cell_methods`, `scale_factor`, `add_offset`.
    pub attributes: Map<String, Value>,
}

impl CubeVariable {
    /// As the extension writes it, with `shape`, `chunks` and `attrs` besides.
    pub fn to_json(&self) -> Value {
        let mut out = Map::new();
        out.insert("dimensions".to_owned(), json!(self.dimensions));
        out.insert("type".to_owned(), json!(if self.is_data { "data" } else { "auxiliary" }));
        let mut attributes = Map::new();
        if let Some(name) = &self.standard_name {
            attributes.insert("standard_name".to_owned(), json!(name));
        }
        attributes.extend(self.attributes.clone());
        for (key, value) in [
            ("description", self.description.clone().map(Value::String)),
            ("unit", self.unit.clone().map(Value::String)),
            ("data_type", Some(json!(self.data_type))),
            ("nodata", self.nodata.clone()),
            ("shape", Some(json!(self.shape))),
            ("chunks", self.chunks.as_ref().map(|chunks| json!(chunks))),
            ("attrs", (!attributes.is_empty()).then_some(Value::Object(attributes))),
        ] {
            if let Some(value) = value {
                out.insert(key.to_owned(), value);
            }
        }
        Value::Object(out)
    }

    /// As an entry of the asset's `bands`: what finds the variable in the store.
    pub fn to_band(&self) -> Value {
        let mut out = Map::new();
        for (key, value) in [
            ("name", Some(self.name.clone())),
            ("description", self.description.clone()),
            ("data_type", Some(self.data_type.to_owned())),
            ("unit", self.unit.clone()),
            ("cf:standard_name", self.standard_name.clone()),
        ] {
            if let Some(value) = value {
                out.insert(key.to_owned(), Value::String(value));
            }
        }
        for (key, value) in [
            ("nodata", self.nodata.clone()),
            ("raster:scale", self.factor("scale_factor", 1.0)),
            ("raster:offset", self.factor("add_offset", 0.0)),
        ] {
            if let Some(value) = value {
                out.insert(key.to_owned(), value);
            }
        }
        Value::Object(out)
    }

    /// Whether stored values are packed.
    pub(crate) fn is_scaled(&self) -> bool {
        self.is_data && (self.factor("scale_factor", 1.0).is_some() || self.factor("add_offset", 0.0).is_some())
    }

    /// What stored values are multiplied by or what is added to them, where that is not `idle`.
    fn factor(&self, name: &str, idle: f64) -> Option<Value> {
        let value = self.attributes.get(name)?;
        value.as_f64().filter(|x| *x != idle).map(|_| value.clone())
    }
}
