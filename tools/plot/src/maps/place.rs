//! Which part of the Earth a map shows, in which projection.

use figure::axis::{latitude_label, longitude_label};
use figure::geography::Detail;
use pangeo::grid::{Grid, Places, span};
use pangeo::{Error, Result};
use projection::{Centre, Projection};

use crate::parse::Extent;
use crate::request::{Coast, Plot};

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

/// Nothing of `grid` is in an extent.
pub(crate) fn outside([west, south, east, north]: [f64; 4], grid: &Grid) -> Error {
    let range = around(grid).map_or_else(String::new, |[west, south, east, north]| {
        let (longitude, latitude) = (|v: f64| longitude_label(tenths(v)), |v: f64| latitude_label(tenths(v)));
        format!(
            "longitudes {} to {}, latitudes {} to {}",
            longitude(west),
            longitude(east),
            latitude(south),
            latitude(north)
        )
    });
    Error::empty_selection(format!("--extent {west},{south},{east},{north}"), range)
}

fn tenths(degrees: f64) -> f64 {
    (degrees * 10.0).round() / 10.0
}

/// Degrees from west to east, at most a whole circle.
pub(crate) fn wide(west: f64, east: f64) -> f64 {
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
