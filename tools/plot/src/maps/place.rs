//! Which part of the Earth a map shows, in which projection.

use figure::geography::Detail;
use pangeo::cf::roles::Axis;
use pangeo::grid::{Grid, Places, span};
use pangeo::{Error, Result};
use projection::{Centre, Projection};

use crate::parse::Extent;
use crate::request::{Coast, Plot};
use crate::slice::Source;

/// A projection, the part of its plane that is shown, and how fine coastlines are.
#[derive(Debug)]
pub(crate) struct View {
    pub(crate) projection: Projection,
    pub(crate) extent: [f64; 4],
    pub(crate) detail: Detail,
    /// Whether the part shown fills its rectangle with straight edges.
    pub(crate) rectangular: bool,
}

impl View {
    /// What `request` says, and for the rest what shows the cells of `grid` best.
    ///
    /// # Errors
    /// [`Error::Usage`] for projections that do not exist or cannot show the extent.
    pub(crate) fn of(request: &Plot, grid: &Grid) -> Result<Self> {
        let wishes = &request.projected;
        let summary = grid.summary();
        let around = around(grid);
        let whole = summary.global
            || around.is_none_or(|[west, south, east, north]| wide(west, east) > 300.0 && north - south > 120.0);
        let area = match wishes.extent {
            Extent::Box(area) => Some(area),
            Extent::Global => None,
            Extent::Auto if whole => None,
            Extent::Auto => around,
        };
        let name = wishes.projection.as_deref().unwrap_or(if area.is_none() { "robinson" } else { "platecarree" });
        let projection = projection(name, wishes.center.as_deref(), area)?;
        let shown = area.and_then(|area| projection.extent_of(area)).and_then(|shown| on_map(&projection, shown));
        if shown.is_none() && matches!(wishes.extent, Extent::Box(_)) {
            return Err(Error::usage(format!("projection {name} does not show that extent"))
                .with_hint("another --projection or --extent"));
        }
        let extent = shown.unwrap_or_else(|| projection.extent());
        let detail = match wishes.coast {
            Some(Coast::Scale(detail)) => detail,
            _ if area.is_some_and(|[west, _, east, _]| wide(west, east) < 100.0) => Detail::Medium,
            _ => Detail::Low,
        };
        let rectangular = fills(&projection, extent);
        Ok(Self { projection, extent, detail, rectangular })
    }
}

/// Degrees from west to east, at most a whole circle.
fn wide(west: f64, east: f64) -> f64 {
    span(west, east).min(360.0)
}

/// The part of a rectangle that the map reaches; `None` if there is none.
fn on_map(projection: &Projection, [x0, y0, x1, y1]: [f64; 4]) -> Option<[f64; 4]> {
    let outline = projection.outline();
    let within = |values: &mut dyn Iterator<Item = f64>| {
        values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)))
    };
    let (left, right) = within(&mut outline.iter().map(|p| p.0));
    let (low, high) = within(&mut outline.iter().map(|p| p.1));
    let shown = [x0.max(left), y0.max(low), x1.min(right), y1.min(high)];
    (shown[0] < shown[2] && shown[1] < shown[3]).then_some(shown)
}

/// Whether all of the rectangle is inside the outline of the map.
fn fills(projection: &Projection, [x0, y0, x1, y1]: [f64; 4]) -> bool {
    let outline = projection.outline();
    let near = |a: f64, b: f64| a + 1e-6 * (b - a);
    let (left, right, low, high) = (near(x0, x1), near(x1, x0), near(y0, y1), near(y1, y0));
    let inside = |x: f64, y: f64| {
        let ends = outline.iter().zip(outline.iter().cycle().skip(1));
        ends.fold(false, |inside, (a, b)| {
            let crosses = (a.1 > y) != (b.1 > y) && x < (b.0 - a.0) * (y - a.1) / (b.1 - a.1) + a.0;
            inside != crosses
        })
    };
    [(left, low), (right, low), (left, high), (right, high)].into_iter().all(|(x, y)| inside(x, y))
}

/// A projection about the centre that is asked for, else about the area.
fn projection(name: &str, center: Option<&[f64]>, area: Option<[f64; 4]>) -> Result<Projection> {
    let usage = |error: projection::Error| Error::usage(error.to_string()).with_hint(error.hint());
    if let Some(center) = center {
        let centre = Centre { longitude: center.first().copied(), latitude: center.get(1).copied() };
        return Projection::parse_for(name, centre, area).map_err(usage);
    }
    // The seam of the map stays away from what is shown.
    let middle = area.map(|[west, _, east, _]| west + wide(west, east) / 2.0);
    let centre = Centre { longitude: middle.map(|m| (m + 180.0).rem_euclid(360.0) - 180.0), latitude: None };
    let plain = || Projection::parse_for(name, Centre::default(), area);
    Projection::parse_for(name, centre, area).or_else(|_| plain()).map_err(usage)
}

/// West, south, east, north of the cells: their centres and half a cell around.
fn around(grid: &Grid) -> Option<[f64; 4]> {
    let [west, south, east, north] = grid.extent()?;
    let (dy, dx) = grid.resolution().unwrap_or((0.5, 0.5));
    let room = |d: f64| (d / 2.0).clamp(0.01, 10.0);
    let wide = wide(west, east);
    let stretch = south.midpoint(north).to_radians().cos().max(0.2);
    let dx = if matches!(grid.places, Places::Separable { .. }) { room(dx) } else { room(dx) / stretch };
    let dx = dx.min((360.0 - wide).max(0.0) / 2.0);
    Some([west - dx, (south - room(dy)).max(-90.0), west + wide + dx, (north + room(dy)).min(90.0)])
}

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
fn definition(attributes: &pangeo::model::Attributes) -> Option<String> {
    let given = ["crs_wkt", "spatial_ref", "proj4", "proj4_params", "proj4text", "proj4_string"];
    if let Some(text) = given.into_iter().find_map(|name| attributes.text(name)) {
        return Some(text.to_owned());
    }
    if let Some(code) = attributes.text("epsg_code").or_else(|| attributes.text("EPSG_code")) {
        let digits: String = code.chars().filter(char::is_ascii_digit).collect();
        return Some(format!("EPSG:{digits}"));
    }
    let number = |name: &str| attributes.number(name);
    let or = |name: &str, otherwise: f64| number(name).unwrap_or(otherwise);
    let parallels = attributes.numbers("standard_parallel").unwrap_or_default();
    let lat0 = or("latitude_of_projection_origin", 0.0);
    let lon0 = number("longitude_of_central_meridian")
        .or_else(|| number("longitude_of_projection_origin"))
        .or_else(|| number("straight_vertical_longitude_from_pole"))
        .unwrap_or(0.0);
    let projection = match attributes.text("grid_mapping_name")? {
        "lambert_conformal_conic" => {
            let first = parallels.first().copied().unwrap_or(lat0);
            let second = parallels.get(1).copied().unwrap_or(first);
            format!("lcc +lat_1={first} +lat_2={second} +lat_0={lat0} +lon_0={lon0}")
        }
        "polar_stereographic" => match parallels.first() {
            Some(parallel) => format!("stere +lat_0={lat0} +lat_ts={parallel} +lon_0={lon0}"),
            None => format!("stere +lat_0={lat0} +k_0={} +lon_0={lon0}", or("scale_factor_at_projection_origin", 1.0)),
        },
        "stereographic" => {
            format!("stere +lat_0={lat0} +lon_0={lon0} +k_0={}", or("scale_factor_at_projection_origin", 1.0))
        }
        "lambert_azimuthal_equal_area" => format!("laea +lat_0={lat0} +lon_0={lon0}"),
        "albers_conical_equal_area" => {
            let first = parallels.first().copied().unwrap_or(lat0);
            format!(
                "aea +lat_1={first} +lat_2={} +lat_0={lat0} +lon_0={lon0}",
                parallels.get(1).copied().unwrap_or(first)
            )
        }
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
    };
    let figure = match (number("semi_major_axis"), number("semi_minor_axis"), number("inverse_flattening")) {
        (Some(a), Some(b), _) => format!("+a={a} +b={b}"),
        (Some(a), None, Some(rf)) if rf > 0.0 => format!("+a={a} +rf={rf}"),
        (Some(a), None, _) => format!("+R={a}"),
        _ => match number("earth_radius") {
            Some(radius) => format!("+R={radius}"),
            None => "+ellps=WGS84".to_owned(),
        },
    };
    let (x, y) = (or("false_easting", 0.0), or("false_northing", 0.0));
    Some(format!("+proj={projection} +x_0={x} +y_0={y} {figure} +units=m +no_defs"))
}
