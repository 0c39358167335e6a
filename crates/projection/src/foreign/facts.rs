//! What PROJ's database and its description of a definition say.

use crate::sphere::RADIUS;
use proj::Proj;
use serde_json::Value;

/// What is known of a reference system before any place is projected.
#[derive(Debug)]
pub(super) struct Facts {
    /// The length of the unit of its first axis; degrees along the equator.
    pub(super) metres_per_unit: f64,
    /// West, south, east, north in degrees, where it is for a part of the Earth.
    pub(super) area: Option<[f64; 4]>,
    /// What PROJJSON calls its kind.
    pub(super) kind: Option<String>,
}

/// A reference system in PROJ's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// As PROJJSON 0.7.
    pub projjson: String,
    /// As well-known text (ISO 19162:2019), in one line.
    pub wkt: String,
}

impl Description {
    /// `None` where PROJ has no words for it.
    pub(super) fn of(definition: &str) -> Option<Self> {
        let itself = Proj::new(&as_crs(definition)).ok()?;
        let projjson = itself.to_projjson(Some(false), None, None).ok()?;
        let wkt = itself.as_wkt(None, None).ok()?.lines().map(str::trim).collect();
        Some(Self { projjson, wkt })
    }
}

impl Facts {
    /// As far as PROJ knows.
    pub(super) fn of(definition: &str) -> Self {
        let mut facts = Self { metres_per_unit: 1.0, area: None, kind: None };
        let Ok(itself) = Proj::new(&as_crs(definition)) else { return facts };
        facts.area = area_of_use(&itself);
        let json = itself.to_projjson(Some(false), None, None).unwrap_or_default();
        let Ok(json) = serde_json::from_str::<Value>(&json) else { return facts };
        let mut at = &json;
        // Bound and compound systems have theirs one or two levels down.
        while let Some(inner) = at.get("source_crs").or_else(|| at.pointer("/components/0")) {
            at = inner;
        }
        facts.metres_per_unit = at.pointer("/coordinate_system/axis/0/unit").map_or(1.0, length);
        facts.kind = at.get("type").and_then(Value::as_str).map(str::to_owned);
        facts
    }
}

/// The length of a unit in metres.
fn length(unit: &Value) -> f64 {
    let factor = unit.get("conversion_factor").and_then(Value::as_f64).filter(|it| *it > 0.0);
    let angular = unit.as_str() == Some("degree") || unit.get("type").is_some_and(|it| it == "AngularUnit");
    match factor {
        Some(radians) if angular => radians * RADIUS,
        Some(metres) => metres,
        None if angular => 1.0_f64.to_radians() * RADIUS,
        None => 1.0,
    }
}

/// The definition of a reference system rather than of an operation.
fn as_crs(definition: &str) -> String {
    if definition.contains("proj=") && !definition.contains("type=crs") && !definition.starts_with('{') {
        format!("{definition} +type=crs")
    } else {
        definition.to_owned()
    }
}

/// The part of the Earth that a definition is for, unless that is all of it.
fn area_of_use(itself: &Proj) -> Option<[f64; 4]> {
    let (area, _) = itself.area_of_use().ok()?;
    let area = area?;
    let all = area.west <= -180.0 && area.east >= 180.0 && area.south <= -90.0 && area.north >= 90.0;
    (!all).then_some([area.west, area.south, area.east, area.north])
}
