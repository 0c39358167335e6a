//! From PROJ's description of a reference system (PROJJSON) to a grid mapping's attributes (CF appendix F).

use serde_json::Value;

use crate::model::{AttributeValue, Attributes, Buffer};

/// A method of projection as PROJ calls it (the names of the EPSG dataset), as CF calls it, and its parameters: their
/// names there and the attributes here.
struct Method {
    proj: &'static str,
    cf: &'static str,
    parameters: &'static [(&'static str, &'static str)],
}

const LATITUDE: &str = "latitude_of_projection_origin";
const MERIDIAN: &str = "longitude_of_central_meridian";
const LONGITUDE: &str = "longitude_of_projection_origin";
const PARALLEL: &str = "standard_parallel";
const SCALE: &str = "scale_factor_at_projection_origin";

/// Where a map has its natural origin in the middle.
const CENTRED: &[(&str, &str)] =
    &[("Latitude of natural origin", LATITUDE), ("Longitude of natural origin", LONGITUDE)];

/// Maps on a cone with two parallels.
const CONIC: &[(&str, &str)] = &[
    ("Latitude of 1st standard parallel", PARALLEL),
    ("Latitude of 2nd standard parallel", PARALLEL),
    ("Latitude of false origin", LATITUDE),
    ("Longitude of false origin", MERIDIAN),
    ("Easting at false origin", "false_easting"),
    ("Northing at false origin", "false_northing"),
];

/// What a satellite sees.
const SATELLITE: &[(&str, &str)] =
    &[("Longitude of natural origin", LONGITUDE), ("Satellite Height", "perspective_point_height")];

const METHODS: [Method; 20] = [
    Method { proj: "Lambert Conic Conformal (2SP)", cf: "lambert_conformal_conic", parameters: CONIC },
    Method {
        proj: "Lambert Conic Conformal (1SP)",
        cf: "lambert_conformal_conic",
        parameters: &[
            ("Latitude of natural origin", PARALLEL),
            ("Latitude of natural origin", LATITUDE),
            ("Longitude of natural origin", MERIDIAN),
            ("Scale factor at natural origin", SCALE),
        ],
    },
    Method { proj: "Albers Equal Area", cf: "albers_conical_equal_area", parameters: CONIC },
    Method { proj: "Lambert Azimuthal Equal Area", cf: "lambert_azimuthal_equal_area", parameters: CENTRED },
    Method {
        proj: "Lambert Azimuthal Equal Area (Spherical)",
        cf: "lambert_azimuthal_equal_area",
        parameters: CENTRED,
    },
    Method { proj: "Azimuthal Equidistant", cf: "azimuthal_equidistant", parameters: CENTRED },
    Method { proj: "Modified Azimuthal Equidistant", cf: "azimuthal_equidistant", parameters: CENTRED },
    Method { proj: "Orthographic", cf: "orthographic", parameters: CENTRED },
    Method {
        proj: "Stereographic",
        cf: "stereographic",
        parameters: &[
            ("Latitude of natural origin", LATITUDE),
            ("Longitude of natural origin", LONGITUDE),
            ("Scale factor at natural origin", SCALE),
        ],
    },
    Method {
        proj: "Polar Stereographic (variant A)",
        cf: "polar_stereographic",
        parameters: &[
            ("Latitude of natural origin", LATITUDE),
            ("Longitude of natural origin", "straight_vertical_longitude_from_pole"),
            ("Scale factor at natural origin", SCALE),
        ],
    },
    Method {
        proj: "Polar Stereographic (variant B)",
        cf: "polar_stereographic",
        parameters: &[
            ("Latitude of standard parallel", PARALLEL),
            ("Longitude of origin", "straight_vertical_longitude_from_pole"),
        ],
    },
    Method {
        proj: "Transverse Mercator",
        cf: "transverse_mercator",
        parameters: &[
            ("Latitude of natural origin", LATITUDE),
            ("Longitude of natural origin", MERIDIAN),
            ("Scale factor at natural origin", "scale_factor_at_central_meridian"),
        ],
    },
    Method {
        proj: "Mercator (variant A)",
        cf: "mercator",
        parameters: &[("Longitude of natural origin", LONGITUDE), ("Scale factor at natural origin", SCALE)],
    },
    Method {
        proj: "Mercator (variant B)",
        cf: "mercator",
        parameters: &[("Latitude of 1st standard parallel", PARALLEL), ("Longitude of natural origin", LONGITUDE)],
    },
    Method {
        proj: "Lambert Cylindrical Equal Area",
        cf: "lambert_cylindrical_equal_area",
        parameters: &[("Latitude of 1st standard parallel", PARALLEL), ("Longitude of natural origin", MERIDIAN)],
    },
    Method {
        proj: "Lambert Cylindrical Equal Area (Spherical)",
        cf: "lambert_cylindrical_equal_area",
        parameters: &[("Latitude of 1st standard parallel", PARALLEL), ("Longitude of natural origin", MERIDIAN)],
    },
    Method { proj: "Sinusoidal", cf: "sinusoidal", parameters: &[("Longitude of natural origin", MERIDIAN)] },
    Method { proj: "Geostationary Satellite (Sweep X)", cf: "geostationary", parameters: SATELLITE },
    Method { proj: "Geostationary Satellite (Sweep Y)", cf: "geostationary", parameters: SATELLITE },
    Method {
        proj: "Vertical Perspective",
        cf: "vertical_perspective",
        parameters: &[
            ("Latitude of topocentric origin", LATITUDE),
            ("Longitude of topocentric origin", LONGITUDE),
            ("Viewpoint height", "perspective_point_height"),
        ],
    },
];

/// The attributes of a grid mapping: the name and parameters of a projection that CF has, the figure of the Earth in
/// any case, the EPSG code where there is one.
pub(super) fn mapping(json: &Value) -> Attributes {
    let mut attributes = Attributes::new();
    let crs = innermost(json);
    if crs.get("type").is_some_and(|kind| kind == "GeographicCRS") {
        attributes.set("grid_mapping_name", "latitude_longitude");
    } else {
        projected(crs, &mut attributes);
    }
    figure(crs.get("base_crs").unwrap_or(crs), &mut attributes);
    if let Some(name) = crs.get("name").and_then(Value::as_str).filter(|name| *name != "unknown") {
        let key = if crs.get("base_crs").is_some() { "projected_crs_name" } else { "geographic_crs_name" };
        attributes.set(key, name);
    }
    if let (Some("EPSG"), Some(code)) =
        (json.pointer("/id/authority").and_then(Value::as_str), json.pointer("/id/code").and_then(Value::as_u64))
    {
        attributes.set("epsg_code", format!("EPSG:{code}"));
    }
    attributes
}

/// The map itself: bound and compound systems have theirs one or two levels down.
pub(super) fn innermost(json: &Value) -> &Value {
    let mut at = json;
    while let Some(inner) = at.get("source_crs").or_else(|| at.pointer("/components/0")) {
        at = inner;
    }
    at
}

fn projected(crs: &Value, attributes: &mut Attributes) {
    let name = crs.pointer("/conversion/method/name").and_then(Value::as_str).unwrap_or("");
    let Some(method) = METHODS.iter().find(|m| m.proj == name) else { return };
    attributes.set("grid_mapping_name", method.cf);
    let given = crs.pointer("/conversion/parameters").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let value = |name: &str| given.iter().find(|p| p.get("name").is_some_and(|n| n == name)).and_then(number);
    let mut parallels = Vec::new();
    for (proj, cf) in method.parameters {
        match value(proj) {
            Some(value) if *cf == PARALLEL => parallels.push(value),
            // The scale of a cone is not in CF; it is 1 but for old national maps.
            Some(value) if *cf == SCALE && value == 1.0 => {}
            Some(value) => attributes.set(*cf, value),
            None => {}
        }
    }
    if name == "Polar Stereographic (variant B)" {
        let south = parallels.first().is_some_and(|lat| *lat < 0.0);
        attributes.set(LATITUDE, if south { -90.0 } else { 90.0 });
    }
    if name == "Polar Stereographic (variant A)" && attributes.get(SCALE).is_none() {
        attributes.set(SCALE, 1.0);
    }
    if !parallels.is_empty() {
        attributes.set(PARALLEL, AttributeValue::Numbers(Buffer::F64(parallels)));
    }
    if method.cf == "geostationary" {
        attributes.set(LATITUDE, 0.0);
        attributes.set("sweep_angle_axis", if name.ends_with("X)") { "x" } else { "y" });
    }
    let unit = crs.pointer("/coordinate_system/axis/0/unit").map_or(1.0, per_unit);
    for (proj, cf) in [("False easting", "false_easting"), ("False northing", "false_northing")] {
        if let Some(value) = value(proj) {
            attributes.set(cf, value);
        }
        // CF counts it in units of the coordinates.
        if let Some(metres) = attributes.number(cf).filter(|_| unit != 1.0) {
            attributes.set(cf, metres / unit);
        }
    }
}

/// The value of a parameter in degrees, metres or as it is.
fn number(parameter: &Value) -> Option<f64> {
    let value = parameter.get("value").and_then(Value::as_f64)?;
    let Some(unit) = parameter.get("unit") else { return Some(value) };
    let angular = unit.get("type").is_some_and(|kind| kind == "AngularUnit");
    Some(if angular { value * per_unit(unit).to_degrees() } else { value * per_unit(unit) })
}

/// How many metres or radians a unit is; 1 for the named ones (metre, degree, unity).
fn per_unit(unit: &Value) -> f64 {
    unit.get("conversion_factor").and_then(Value::as_f64).filter(|f| *f > 0.0).unwrap_or(1.0)
}

fn figure(base: &Value, attributes: &mut Attributes) {
    let Some(datum) = base.get("datum").or_else(|| base.get("datum_ensemble")) else { return };
    let ellipsoid = datum.get("ellipsoid").unwrap_or(&Value::Null);
    let length = |name: &str| {
        let value = ellipsoid.get(name)?;
        value.as_f64().or_else(|| Some(value.get("value")?.as_f64()? * value.get("unit").map_or(1.0, per_unit)))
    };
    if let Some(radius) = length("radius") {
        attributes.set("earth_radius", radius);
    }
    for (json, cf) in [
        ("semi_major_axis", "semi_major_axis"),
        ("semi_minor_axis", "semi_minor_axis"),
        ("inverse_flattening", "inverse_flattening"),
    ] {
        if let Some(value) = length(json) {
            attributes.set(cf, value);
        }
    }
    if let Some(name) = ellipsoid.get("name").and_then(Value::as_str).filter(|name| !name.starts_with("unknown")) {
        attributes.set("reference_ellipsoid_name", name);
    }
    if let Some(longitude) = base.pointer("/datum/prime_meridian").and_then(|m| m.get("longitude")) {
        let degrees = longitude.as_f64().or_else(|| {
            Some(longitude.get("value")?.as_f64()? * longitude.get("unit").map_or(1.0, per_unit).to_degrees())
        });
        attributes.set("longitude_of_prime_meridian", degrees.unwrap_or(0.0));
    }
    if let Some(name) = datum.get("name").and_then(Value::as_str).filter(|name| !name.starts_with("unknown")) {
        attributes.set("horizontal_datum_name", name);
    }
}
