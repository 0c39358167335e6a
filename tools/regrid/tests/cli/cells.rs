//! Grids that the tests make themselves, of every kind, and fields on them in double precision.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use testkit::Store;

/// The value that stands for missing in files of [`Cells::store`].
const MISSING: f64 = -999.0;

/// Places of cells, with their corners where they are no rows and columns.
pub(super) struct Cells {
    pub(super) lon: Vec<f64>,
    pub(super) lat: Vec<f64>,
    layout: Layout,
}

enum Layout {
    /// Latitudes of rows, longitudes of columns.
    Rows,
    /// Rows and columns of cells with corners of their own.
    Curvilinear { rows: usize, corners: [Vec<f64>; 2] },
    /// The same, told by the coordinates of a grid mapping.
    Mapped(Box<Mapped>),
    /// A list of cells with four corners.
    List { corners: [Vec<f64>; 2] },
}

/// Coordinates along two axes of a grid mapping, with their attributes.
struct Mapped {
    x: (Vec<f64>, Value),
    y: (Vec<f64>, Value),
    mapping: Value,
}

/// Numbers from `first` in steps.
pub(super) fn steps(first: f64, step: f64, count: u32) -> Vec<f64> {
    (0..count).map(|i| first + step * f64::from(i)).collect()
}

impl Cells {
    /// A latitude a row, a longitude a column.
    pub(super) fn rows(lat: &[f64], lon: &[f64]) -> Self {
        let cells = || lat.iter().flat_map(|y| lon.iter().map(move |x| (*x, *y)));
        Self { lon: cells().map(|c| c.0).collect(), lat: cells().map(|c| c.1).collect(), layout: Layout::Rows }
    }

    /// 36 columns and 18 rows over the Earth.
    pub(super) fn globe() -> Self {
        Self::rows(&steps(-85.0, 10.0, 18), &steps(0.0, 10.0, 36))
    }

    /// A rotated grid around the North Pole by the coordinates of its mapping: 10 columns and 10 rows of 6 degrees.
    pub(super) fn rotated() -> Self {
        let mapping = json!({"grid_mapping_name": "rotated_latitude_longitude", "grid_north_pole_latitude": 0.0,
            "grid_north_pole_longitude": 10.0});
        let axis = |name: &str| (steps(-27.0, 6.0, 10), json!({"standard_name": name, "units": "degrees"}));
        Self::mapped(axis("grid_longitude"), axis("grid_latitude"), mapping, |x, y| from_rotated(x, y, 10.0, 0.0))
    }

    /// The same cells with latitudes, longitudes and corners written down.
    pub(super) fn curvilinear() -> Self {
        let (mut corners, mut plain) = ([Vec::new(), Vec::new()], Self::rotated());
        for j in 0..10 {
            for i in 0..10 {
                for (a, b) in [(0, 0), (1, 0), (1, 1), (0, 1)] {
                    let edge = |n: i32| -30.0 + 6.0 * f64::from(n);
                    let (lon, lat) = from_rotated(edge(i + a), edge(j + b), 10.0, 0.0);
                    corners[0].push(lon);
                    corners[1].push(lat);
                }
            }
        }
        plain.layout = Layout::Curvilinear { rows: 10, corners };
        plain
    }

    /// Squares of 600 km in a stereographic projection of a sphere around the North Pole.
    pub(super) fn projected() -> Self {
        const RADIUS: f64 = 6_371_229.0;
        let mapping = json!({"grid_mapping_name": "polar_stereographic", "latitude_of_projection_origin": 90.0,
            "straight_vertical_longitude_from_pole": -45.0, "scale_factor_at_projection_origin": 1.0,
            "earth_radius": RADIUS, "false_easting": 0.0, "false_northing": 0.0});
        let axis = |name: &str| (steps(-2_700_000.0, 600_000.0, 10), json!({"standard_name": name, "units": "m"}));
        let place = |x: f64, y: f64| {
            let lat = 90.0 - 2.0 * (x.hypot(y) / (2.0 * RADIUS)).atan().to_degrees();
            (x.atan2(-y).to_degrees() - 45.0, lat)
        };
        Self::mapped(axis("projection_x_coordinate"), axis("projection_y_coordinate"), mapping, place)
    }

    fn mapped(
        x: (Vec<f64>, Value),
        y: (Vec<f64>, Value),
        mapping: Value,
        place: impl Fn(f64, f64) -> (f64, f64),
    ) -> Self {
        let places: Vec<(f64, f64)> = y.0.iter().flat_map(|b| x.0.iter().map(|a| place(*a, *b))).collect();
        let (lon, lat) = places.into_iter().unzip();
        Self { lon, lat, layout: Layout::Mapped(Box::new(Mapped { x, y, mapping })) }
    }

    /// A list of the cells of a cube's faces, five by five each, drawn on the sphere.
    pub(super) fn cube() -> Self {
        let edge = |n: u32| (f64::from(n) * 18.0 - 45.0).to_radians().tan();
        let (mut all, mut corners) = (Self { lon: vec![], lat: vec![], layout: Layout::Rows }, [vec![], vec![]]);
        for face in 0..6 {
            for (j, i) in (0..5).flat_map(|j| (0..5).map(move |i| (j, i))) {
                let around = [(0, 0), (1, 0), (1, 1), (0, 1)].map(|(a, b)| on_cube(face, edge(i + a), edge(j + b)));
                let centre = [0, 1, 2].map(|k| around.iter().map(|p| p[k]).sum::<f64>());
                for (lon, lat) in around.map(place_of) {
                    corners[0].push(lon);
                    corners[1].push(lat);
                }
                let (lon, lat) = place_of(centre);
                all.lon.push(lon);
                all.lat.push(lat);
            }
        }
        all.layout = Layout::List { corners };
        all
    }

    /// The area of each cell of a list on a sphere of radius 1 (Van Oosterom and Strackee 1983).
    pub(super) fn areas(&self) -> Vec<f64> {
        let Layout::List { corners: [lon, lat] } = &self.layout else { panic!("not a list") };
        let corners: Vec<[f64; 3]> = lon.iter().zip(lat).map(|(x, y)| point(*x, *y)).collect();
        let triangle = |a: [f64; 3], b: [f64; 3], c: [f64; 3]| {
            let volume = dot(a, [b[1] * c[2] - b[2] * c[1], b[2] * c[0] - b[0] * c[2], b[0] * c[1] - b[1] * c[0]]);
            2.0 * volume.abs().atan2(1.0 + dot(a, b) + dot(b, c) + dot(a, c))
        };
        corners.chunks(4).map(|c| triangle(c[0], c[1], c[2]) + triangle(c[0], c[2], c[3])).collect()
    }

    /// The value of `field` at each place.
    pub(super) fn field(&self, field: impl Fn(f64, f64) -> f64) -> Vec<f64> {
        self.lon.iter().zip(&self.lat).map(|(lon, lat)| field(*lon, *lat)).collect()
    }

    /// A store of these fields, NaN for missing values.
    pub(super) fn store(&self, folder: &Path, name: &str, fields: &[(&str, &[f64])]) -> PathBuf {
        let (mut store, dimensions, shape, extra) = self.coordinates(Store::new(folder, name, json!({})));
        for (name, values) in fields {
            let stored: Vec<f64> = values.iter().map(|v| if v.is_nan() { MISSING } else { *v }).collect();
            let mut attributes = json!({"missing_value": MISSING});
            attributes.as_object_mut().unwrap().extend(extra.as_object().cloned().unwrap());
            store = store.array(name, &dimensions, &shape, &stored, attributes);
        }
        store.path()
    }

    fn coordinates(&self, store: Store) -> (Store, Vec<&'static str>, Vec<usize>, Value) {
        let unit = ["longitude", "latitude"].map(
            |n| json!({"standard_name": n, "units": if n == "latitude" { "degrees_north" } else { "degrees_east" }}),
        );
        let bounded = || [0, 1].map(|i| with_bounds(&unit[i], ["lon_v", "lat_v"][i]));
        let places = json!({"coordinates": "lon lat"});
        match &self.layout {
            Layout::Rows => {
                let columns = self.lat.iter().take_while(|lat| **lat == self.lat[0]).count();
                let lat: Vec<f64> = self.lat.iter().step_by(columns).copied().collect();
                let shape = vec![lat.len(), columns];
                let store = store.array("lat", &["lat"], &[lat.len()], &lat, unit[1].clone()).array(
                    "lon",
                    &["lon"],
                    &[columns],
                    &self.lon[..columns],
                    unit[0].clone(),
                );
                (store, vec!["lat", "lon"], shape, json!({}))
            }
            Layout::Mapped(mapped) => {
                let Mapped { x, y, mapping } = &**mapped;
                let store = store
                    .array("y", &["y"], &[y.0.len()], &y.0, y.1.clone())
                    .array("x", &["x"], &[x.0.len()], &x.0, x.1.clone())
                    .array("crs", &[], &[], &[0i32], mapping.clone());
                (store, vec!["y", "x"], vec![y.0.len(), x.0.len()], json!({"grid_mapping": "crs"}))
            }
            Layout::Curvilinear { rows, corners } => {
                let shape = [*rows, self.lat.len() / rows, 4];
                let names = ["j", "i", "v"];
                let store = with_corners(store, self, &names, &shape, corners, bounded());
                (store, names[..2].to_vec(), shape[..2].to_vec(), places)
            }
            Layout::List { corners } => {
                let shape = [self.lat.len(), 4];
                let names = ["cell", "v"];
                let store = with_corners(store, self, &names, &shape, corners, bounded());
                (store, names[..1].to_vec(), shape[..1].to_vec(), places)
            }
        }
    }
}

fn with_bounds(attributes: &Value, name: &str) -> Value {
    let mut all = attributes.clone();
    all["bounds"] = json!(name);
    all
}

fn with_corners(
    store: Store,
    cells: &Cells,
    names: &[&'static str],
    shape: &[usize],
    corners: &[Vec<f64>; 2],
    attributes: [Value; 2],
) -> Store {
    let [lon, lat] = attributes;
    let (own, extents) = (&names[..names.len() - 1], &shape[..shape.len() - 1]);
    store
        .array("lon", own, extents, &cells.lon, lon)
        .array("lat", own, extents, &cells.lat, lat)
        .array("lon_v", names, shape, &corners[0], json!({}))
        .array("lat_v", names, shape, &corners[1], json!({}))
}

/// The place of rotated coordinates (CF conventions, appendix F): longitude and latitude.
pub(super) fn from_rotated(x: f64, y: f64, pole_lon: f64, pole_lat: f64) -> (f64, f64) {
    let ((sin_x, cos_x), (sin_y, cos_y)) = (x.to_radians().sin_cos(), y.to_radians().sin_cos());
    let (sin_p, cos_p) = pole_lat.to_radians().sin_cos();
    let lat = (sin_p * sin_y + cos_p * cos_y * cos_x).asin();
    let lon = (cos_y * sin_x).atan2(sin_p * cos_y * cos_x - cos_p * sin_y);
    (lon.to_degrees() + pole_lon + 180.0, lat.to_degrees())
}

/// A place as a point of the sphere of radius 1.
pub(super) fn point(lon: f64, lat: f64) -> [f64; 3] {
    let ((sin_lon, cos_lon), (sin_lat, cos_lat)) = (lon.to_radians().sin_cos(), lat.to_radians().sin_cos());
    [cos_lat * cos_lon, cos_lat * sin_lon, sin_lat]
}

pub(super) fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn place_of(p: [f64; 3]) -> (f64, f64) {
    (p[1].atan2(p[0]).to_degrees(), p[2].atan2(p[0].hypot(p[1])).to_degrees())
}

/// A point of a face of a cube, on the sphere.
fn on_cube(face: u32, a: f64, b: f64) -> [f64; 3] {
    let p = match face {
        0 => [1.0, a, b],
        1 => [-a, 1.0, b],
        2 => [-1.0, -a, b],
        3 => [a, -1.0, b],
        4 => [-b, a, 1.0],
        _ => [b, a, -1.0],
    };
    let length = dot(p, p).sqrt();
    p.map(|v| v / length)
}
