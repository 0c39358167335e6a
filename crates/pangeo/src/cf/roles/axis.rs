//! What a coordinate measures, told from its attributes and, last, its name.
//!
//! Evidence in order of trust: `standard_name`, `units`, `axis`, `positive`,
//! `_CoordinateAxisType` (netCDF-Java), then the name. Only variables that stand as coordinates
//! are asked: a data variable called `depth` is no vertical axis.

use crate::model::{Attributes, Variable};

/// A direction of space or time (CF §4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Axis {
    /// `T`
    Time,
    /// `Z`
    Vertical,
    /// `Y`: latitude, or the second axis of a projected or curvilinear grid.
    Y,
    /// `X`: longitude, or the first axis of a projected or curvilinear grid.
    X,
}

impl Axis {
    /// The letter of CF's `axis` attribute.
    pub fn letter(self) -> char {
        match self {
            Self::Time => 'T',
            Self::Vertical => 'Z',
            Self::Y => 'Y',
            Self::X => 'X',
        }
    }
}

/// What a coordinate measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The time that the data are valid for.
    Time,
    /// When a forecast was started (`forecast_reference_time`).
    ReferenceTime,
    /// Height, depth, pressure, model level.
    Vertical,
    /// True latitude.
    Latitude,
    /// True longitude.
    Longitude,
    /// The second axis of a rotated, projected or curvilinear grid.
    GridY,
    /// The first axis of a rotated, projected or curvilinear grid.
    GridX,
    /// Anything else: labels, ensemble members, wavelengths, …
    Other,
}

impl Kind {
    /// The direction along which such a coordinate runs.
    pub fn axis(self) -> Option<Axis> {
        Some(match self {
            Self::Time | Self::ReferenceTime => Axis::Time,
            Self::Vertical => Axis::Vertical,
            Self::Latitude | Self::GridY => Axis::Y,
            Self::Longitude | Self::GridX => Axis::X,
            Self::Other => return None,
        })
    }
}

/// What the coordinate `variable` measures; [`Kind::Other`] without evidence.
pub fn kind_of(variable: &Variable) -> Kind {
    let attributes = &variable.attributes;
    from_standard_name(attributes)
        .or_else(|| from_units(attributes))
        .or_else(|| from_axis(variable))
        .or_else(|| from_positive(attributes))
        .or_else(|| from_axis_type(attributes))
        .or_else(|| from_name(&variable.name).map(|kind| geographic_only_in_degrees(kind, attributes)))
        .unwrap_or(Kind::Other)
}

fn from_standard_name(attributes: &Attributes) -> Option<Kind> {
    let name = attributes.text("standard_name")?.trim();
    Some(match name {
        "time" => Kind::Time,
        "forecast_reference_time" => Kind::ReferenceTime,
        "latitude" => Kind::Latitude,
        "longitude" => Kind::Longitude,
        "grid_latitude" | "projection_y_coordinate" | "projection_y_angular_coordinate" => Kind::GridY,
        "grid_longitude" | "projection_x_coordinate" | "projection_x_angular_coordinate" => Kind::GridX,
        _ if is_vertical_name(name) => Kind::Vertical,
        _ => return None,
    })
}

/// Standard names of vertical coordinates: the dimensional ones of CF §4.3.1, the parametric ones
/// of appendix D and the `height_above_…`/`depth_below_…` families.
fn is_vertical_name(name: &str) -> bool {
    const PLAIN: [&str; 9] = [
        "air_pressure",
        "altitude",
        "height",
        "depth",
        "geopotential_height",
        "model_level_number",
        "barometric_altitude",
        "sea_water_pressure",
        "sea_water_pressure_due_to_sea_water",
    ];
    let parametric = (name.starts_with("atmosphere_") || name.starts_with("ocean_")) && name.contains("_coordinate");
    PLAIN.contains(&name)
        || parametric
        || name.starts_with("height_above_")
        || name.starts_with("depth_below_")
        || name.starts_with("altitude_")
}

/// Whether `units` are one of CF §4.1's spellings of degrees north.
pub fn is_degrees_north(units: &str) -> bool {
    is_degrees_towards(units, "north", "n")
}

/// Whether `units` are one of CF §4.2's spellings of degrees east.
pub fn is_degrees_east(units: &str) -> bool {
    is_degrees_towards(units, "east", "e")
}

fn is_degrees_towards(units: &str, long: &str, short: &str) -> bool {
    let text = units.trim().to_ascii_lowercase();
    let Some(rest) = text.strip_prefix("degrees").or_else(|| text.strip_prefix("degree")) else { return false };
    let rest = rest.trim_start_matches(['_', ' ']);
    rest == long || rest == short
}

/// Whether `units` count from a reference date, or are CDO's absolute dates.
pub fn is_time_units(units: &str) -> bool {
    let text = units.trim().to_ascii_lowercase();
    let mut words = text.split_whitespace();
    let second = words.nth(1);
    second == Some("since") || (second == Some("as") && text.contains("%y"))
}

/// Units that only a vertical coordinate has: pressure (CF §4.3), and COARDS' `level`, `layer`,
/// `sigma_level`.
fn is_vertical_units(units: &str) -> bool {
    const UNITS: [&str; 23] = [
        "Pa",
        "pa",
        "hPa",
        "hpa",
        "kPa",
        "pascal",
        "pascals",
        "Pascal",
        "hectopascal",
        "hectopascals",
        "bar",
        "bars",
        "mb",
        "mbar",
        "mbars",
        "millibar",
        "millibars",
        "dbar",
        "decibar",
        "decibars",
        "level",
        "layer",
        "sigma_level",
    ];
    UNITS.contains(&units.trim())
}

fn from_units(attributes: &Attributes) -> Option<Kind> {
    let units = attributes.text("units")?;
    if is_degrees_north(units) {
        Some(Kind::Latitude)
    } else if is_degrees_east(units) {
        Some(Kind::Longitude)
    } else if is_time_units(units) {
        Some(Kind::Time)
    } else {
        is_vertical_units(units).then_some(Kind::Vertical)
    }
}

/// From `axis`; whether Y and X are geographic is for the name and units to say.
fn from_axis(variable: &Variable) -> Option<Kind> {
    let letter = variable.attributes.text("axis")?.trim();
    let named = || from_name(&variable.name).map(|kind| geographic_only_in_degrees(kind, &variable.attributes));
    Some(match letter {
        "T" | "t" => Kind::Time,
        "Z" | "z" => Kind::Vertical,
        "Y" | "y" => named().filter(|k| *k == Kind::Latitude).unwrap_or(Kind::GridY),
        "X" | "x" => named().filter(|k| *k == Kind::Longitude).unwrap_or(Kind::GridX),
        _ => return None,
    })
}

fn from_positive(attributes: &Attributes) -> Option<Kind> {
    let positive = attributes.text("positive")?.trim();
    (positive.eq_ignore_ascii_case("up") || positive.eq_ignore_ascii_case("down")).then_some(Kind::Vertical)
}

fn from_axis_type(attributes: &Attributes) -> Option<Kind> {
    Some(match attributes.text("_CoordinateAxisType")?.trim() {
        "Time" => Kind::Time,
        "RunTime" => Kind::ReferenceTime,
        "Lat" => Kind::Latitude,
        "Lon" => Kind::Longitude,
        "GeoY" => Kind::GridY,
        "GeoX" => Kind::GridX,
        "Height" | "Pressure" | "GeoZ" => Kind::Vertical,
        _ => return None,
    })
}

/// A coordinate *called* latitude or longitude is one unless its units say otherwise (metres).
fn geographic_only_in_degrees(kind: Kind, attributes: &Attributes) -> Kind {
    let angular = attributes.text("units").is_none_or(|units| {
        let units = units.trim().to_ascii_lowercase();
        units.is_empty() || units.starts_with("deg") || units.starts_with("rad") || units == "1"
    });
    match kind {
        Kind::Latitude if !angular => Kind::GridY,
        Kind::Longitude if !angular => Kind::GridX,
        other => other,
    }
}

// Usual names of coordinates and dimensions, in lower case.
const LATITUDE: [&str; 9] = ["lat", "lats", "latitude", "latitudes", "nav_lat", "xlat", "tlat", "ulat", "clat"];
const LONGITUDE: [&str; 9] = ["lon", "lons", "longitude", "longitudes", "nav_lon", "xlong", "tlon", "ulon", "clon"];
const Y: [&str; 9] = ["y", "j", "nj", "nlat", "yc", "rlat", "south_north", "northing", "grid_latitude"];
const X: [&str; 9] = ["x", "i", "ni", "nlon", "xc", "rlon", "west_east", "easting", "grid_longitude"];
const TIME: [&str; 8] = ["time", "t", "times", "valid_time", "time_counter", "time_centered", "xtime", "datetime"];
const VERTICAL: [&str; 31] = [
    "lev",
    "level",
    "levels",
    "plev",
    "plevel",
    "pressure",
    "pressure_level",
    "isobaric",
    "isobaricinhpa",
    "depth",
    "deptht",
    "depthu",
    "depthv",
    "depthw",
    "zlev",
    "height",
    "altitude",
    "alt",
    "z",
    "zt",
    "zw",
    "z_t",
    "z_w",
    "olevel",
    "ilev",
    "model_level",
    "sigma",
    "s_rho",
    "s_w",
    "bottom_top",
    "bottom_top_stag",
];

/// What a coordinate or dimension of this name usually is, compared without regard to case; the
/// group is ignored.
pub fn from_name(name: &str) -> Option<Kind> {
    let base = name.rsplit('/').next().unwrap_or(name).to_ascii_lowercase();
    let is = |list: &[&str]| list.contains(&base.as_str());
    Some(if is(&LATITUDE) {
        Kind::Latitude
    } else if is(&LONGITUDE) {
        Kind::Longitude
    } else if is(&Y) || base.starts_with("eta_") || base == "south_north_stag" {
        Kind::GridY
    } else if is(&X) || base.starts_with("xi_") || base == "west_east_stag" {
        Kind::GridX
    } else if is(&TIME) {
        Kind::Time
    } else if is(&VERTICAL) {
        Kind::Vertical
    } else {
        return None;
    })
}

#[cfg(test)]
mod tests {
    use super::super::cdl::dataset;
    use super::*;

    fn kind(name: &str, attributes: &str) -> Kind {
        let text = format!("netcdf t {{ dimensions: d = 1 ; variables: double {name}(d) ; {attributes} }}");
        kind_of(dataset(&text).variable(name).unwrap())
    }

    #[test]
    fn the_more_trusted_evidence_wins() {
        assert_eq!(kind("rlat", r#"rlat:standard_name="grid_latitude"; rlat:units="degrees_north";"#), Kind::GridY);
        assert_eq!(kind("level", r#"level:units="days since 2000-01-01";"#), Kind::Time);
        assert_eq!(kind("lon", r#"lon:units="degrees_north";"#), Kind::Latitude);
        assert_eq!(kind("y", r#"y:axis="X";"#), Kind::GridX);
    }

    #[test]
    fn every_spelling_of_degrees() {
        for units in ["degrees_north", "degree_north", "degree_N", "degrees_N", "degreeN", "degreesN"] {
            assert!(is_degrees_north(units) && !is_degrees_east(units), "{units}");
        }
        assert!(is_degrees_east("degreesE") && !is_degrees_east("degrees"));
    }

    #[test]
    fn time_counts_from_a_date_or_is_an_absolute_date() {
        assert!(is_time_units("hours since 1900-01-01 00:00:0.0"));
        assert!(is_time_units("day as %Y%m%d.%f"));
        assert!(!is_time_units("hours"));
    }

    #[test]
    fn a_vertical_axis_is_known_by_pressure_direction_or_name() {
        assert_eq!(kind("isobar", r#"isobar:units="hPa";"#), Kind::Vertical);
        assert_eq!(kind("k", r#"k:positive="down";"#), Kind::Vertical);
        assert_eq!(kind("depth", r#"depth:units="m";"#), Kind::Vertical);
        assert_eq!(kind("s", r#"s:standard_name="ocean_s_coordinate_g2";"#), Kind::Vertical);
    }

    #[test]
    fn names_geographic_in_metres_are_projected() {
        assert_eq!(kind("lat", r#"lat:units="m";"#), Kind::GridY);
        assert_eq!(kind("lat", r#"lat:units="radian";"#), Kind::Latitude);
        assert_eq!(kind("lat", r#"lat:axis="Y"; lat:units="degrees";"#), Kind::Latitude);
        assert_eq!(kind("rlat", r#"rlat:axis="Y"; rlat:units="degrees";"#), Kind::GridY);
    }

    #[test]
    fn a_member_number_is_no_axis() {
        assert_eq!(kind("number", r#"number:units="1"; number:standard_name="realization";"#), Kind::Other);
    }
}
