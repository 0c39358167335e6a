//! Projected grids: latitudes and longitudes from a grid mapping (CF appendix F).

use pangeo::cf::roles::Axis;
use pangeo::grid::{Grid, Places};
use pangeo::model::Attributes;
use pangeo::{Error, Result};
use projection::{Centre, Projection};

use crate::slice::Source;

/// The grid with latitudes and longitudes, which a projected one without them gets from its grid mapping (CF
/// appendix F).
///
/// # Errors
/// Where nothing tells the projection.
pub(crate) fn placed(mut grid: Grid, source: &Source, name: &str) -> Result<Grid> {
    if grid.places != Places::Unknown {
        return Ok(grid);
    }
    let unknown = || {
        Error::data(
            "a projected grid without latitudes and longitudes, of a mapping that is not known",
            format!("variable '{name}' in {}", source.dataset.source),
        )
    };
    let mapping = source.roles.grid_mapping(name).and_then(|m| source.dataset.variable(m)).ok_or_else(unknown)?;
    let definition = definition(&mapping.attributes).ok_or_else(unknown)?;
    let map = Projection::parse(&definition, Centre::default())
        .map_err(|e| Error::data(e.to_string(), mapping.name.clone()))?;
    let axis = |axis: Axis| -> Result<Vec<f64>> {
        let coordinate =
            source.roles.grid_coordinate(name, axis).and_then(|c| source.dataset.variable(c)).ok_or_else(unknown)?;
        let scale = match coordinate.attributes.text("units").unwrap_or("m") {
            "km" | "kilometers" | "kilometres" => 1000.0,
            _ => 1.0,
        };
        Ok(pangeo::cf::packing::numbers(coordinate)?.iter().map(|v| v * scale).collect())
    };
    let (rows, columns) = (axis(Axis::Y)?, axis(Axis::X)?);
    let mut places: Vec<(f64, f64)> = rows.iter().flat_map(|&y| columns.iter().map(move |&x| (x, y))).collect();
    map.inverse_all(&mut places);
    let (longitudes, latitudes) = places.into_iter().unzip();
    grid.places = Places::PerCell { latitudes, longitudes };
    Ok(grid)
}

/// A definition that PROJ knows, from a grid mapping's attributes.
fn definition(attributes: &Attributes) -> Option<String> {
    let given = ["crs_wkt", "spatial_ref", "proj4", "proj4_params", "proj4text", "proj4_string"];
    if let Some(text) = given.into_iter().find_map(|name| attributes.text(name)) {
        return Some(text.to_owned());
    }
    if let Some(code) = attributes.text("epsg_code").or_else(|| attributes.text("EPSG_code")) {
        let digits: String = code.chars().filter(char::is_ascii_digit).collect();
        return Some(format!("EPSG:{digits}"));
    }
    let (x, y) = (or(attributes, "false_easting", 0.0), or(attributes, "false_northing", 0.0));
    let (projection, figure) = (projection(attributes)?, figure(attributes));
    Some(format!("+proj={projection} +x_0={x} +y_0={y} {figure} +units=m +no_defs"))
}

fn or(attributes: &Attributes, name: &str, otherwise: f64) -> f64 {
    attributes.number(name).unwrap_or(otherwise)
}

/// PROJ's name of a projection with its parameters.
fn projection(attributes: &Attributes) -> Option<String> {
    let number = |name: &str| attributes.number(name);
    let or = |name: &str, otherwise: f64| or(attributes, name, otherwise);
    let parallels = attributes.numbers("standard_parallel").unwrap_or_default();
    let lat0 = or("latitude_of_projection_origin", 0.0);
    let lon0 = number("longitude_of_central_meridian")
        .or_else(|| number("longitude_of_projection_origin"))
        .or_else(|| number("straight_vertical_longitude_from_pole"))
        .unwrap_or(0.0);
    let first = parallels.first().copied().unwrap_or(lat0);
    let second = parallels.get(1).copied().unwrap_or(first);
    Some(match attributes.text("grid_mapping_name")? {
        "lambert_conformal_conic" => format!("lcc +lat_1={first} +lat_2={second} +lat_0={lat0} +lon_0={lon0}"),
        "polar_stereographic" => match parallels.first() {
            Some(parallel) => format!("stere +lat_0={lat0} +lat_ts={parallel} +lon_0={lon0}"),
            None => format!("stere +lat_0={lat0} +k_0={} +lon_0={lon0}", or("scale_factor_at_projection_origin", 1.0)),
        },
        "stereographic" => {
            format!("stere +lat_0={lat0} +lon_0={lon0} +k_0={}", or("scale_factor_at_projection_origin", 1.0))
        }
        "lambert_azimuthal_equal_area" => format!("laea +lat_0={lat0} +lon_0={lon0}"),
        "albers_conical_equal_area" => format!("aea +lat_1={first} +lat_2={second} +lat_0={lat0} +lon_0={lon0}"),
        "transverse_mercator" => {
            format!("tmerc +lat_0={lat0} +lon_0={lon0} +k={}", or("scale_factor_at_central_meridian", 1.0))
        }
        "mercator" => match parallels.first() {
            Some(parallel) => format!("merc +lat_ts={parallel} +lon_0={lon0}"),
            None => format!("merc +lon_0={lon0} +k={}", or("scale_factor_at_projection_origin", 1.0)),
        },
        "azimuthal_equidistant" => format!("aeqd +lat_0={lat0} +lon_0={lon0}"),
        "orthographic" => format!("ortho +lat_0={lat0} +lon_0={lon0}"),
        "sinusoidal" => format!("sinu +lon_0={lon0}"),
        "geostationary" => {
            let sweep = attributes.text("sweep_angle_axis").unwrap_or("y");
            format!("geos +lon_0={lon0} +h={} +sweep={sweep}", number("perspective_point_height")?)
        }
        _ => return None,
    })
}

/// The figure of the Earth, for PROJ.
fn figure(attributes: &Attributes) -> String {
    let number = |name: &str| attributes.number(name);
    match (number("semi_major_axis"), number("semi_minor_axis"), number("inverse_flattening")) {
        (Some(a), Some(b), _) => format!("+a={a} +b={b}"),
        (Some(a), None, Some(rf)) if rf > 0.0 => format!("+a={a} +rf={rf}"),
        (Some(a), None, _) => format!("+R={a}"),
        _ => match number("earth_radius") {
            Some(radius) => format!("+R={radius}"),
            None => "+ellps=WGS84".to_owned(),
        },
    }
}
