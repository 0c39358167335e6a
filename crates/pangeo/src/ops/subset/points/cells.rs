//! The cell nearest to each point, and whether it is near enough.

use super::Point;
use crate::grid::{EARTH_RADIUS_KM, Grid, KdTree, Nearest, NearestCell, Places, distance_km};
use crate::{Error, Result};

/// How far a lone cell, whose neighbours do not tell its size, may be: a degree.
const LONE_CELL_KM: f64 = EARTH_RADIUS_KM * std::f64::consts::PI / 180.0;
/// How many neighbours tell the size of an unstructured grid's cell.
const NEIGHBOURS: usize = 5;

/// The cells of one grid that are nearest to points; one entry a point in every list.
#[derive(Debug, Clone, Default)]
pub(super) struct Cells {
    /// Each dimension of the grid with the cells' indices along it.
    pub(super) picks: Vec<(String, Vec<usize>)>,
    /// Great-circle distance from the point to the cell's centre in km.
    pub(super) distances: Vec<f64>,
    /// The centres, in degrees.
    pub(super) latitudes: Vec<f64>,
    pub(super) longitudes: Vec<f64>,
}

impl Cells {
    /// The cells of `grid` nearest to `points`, none farther than `most` km; without `most`, none
    /// farther than twice the distance between the cell and its neighbours.
    ///
    /// # Errors
    /// [`Error::EmptySelection`] naming the point that is too far off; [`Error::Unsupported`] for
    /// grids whose places are not known.
    pub(super) fn nearest(grid: &Grid, points: &[Point], most: Option<f64>) -> Result<Self> {
        let search = NearestCell::new(grid)?;
        let spacing = Spacing::of(grid);
        let axes: Vec<_> = [&grid.y, &grid.x, &grid.cells].into_iter().flatten().collect();
        let mut cells = Self {
            picks: axes.iter().map(|a| (a.dimension.clone(), Vec::with_capacity(points.len()))).collect(),
            ..Self::default()
        };
        let columns = grid.shape().1;
        for (number, point) in points.iter().enumerate() {
            let found = search.nearest(point.longitude, point.latitude);
            let (found, place) = found.and_then(|f| Some((f, grid.place(f.index)?))).ok_or_else(nowhere)?;
            let limit = most.unwrap_or_else(|| 2.0 * spacing.at(grid, found.index));
            if found.distance_km > limit {
                return Err(too_far(point, number, &found, place, most));
            }
            let row = found.index.checked_div(columns).unwrap_or(0);
            let column = found.index.checked_rem(columns).unwrap_or(0);
            for ((_, indices), axis) in cells.picks.iter_mut().zip(&axes) {
                let is_row = grid.y.as_ref().is_some_and(|y| y.dimension == axis.dimension);
                indices.push(if is_row { row } else { column });
            }
            cells.distances.push(found.distance_km);
            cells.longitudes.push(place.0);
            cells.latitudes.push(place.1);
        }
        Ok(cells)
    }

    /// The indices along a dimension of the grid.
    pub(super) fn along(&self, dimension: &str) -> Option<&[usize]> {
        self.picks.iter().find(|(d, _)| d == dimension).map(|(_, indices)| indices.as_slice())
    }
}

/// How far apart cells lie, around any of them.
struct Spacing {
    /// Of unstructured grids.
    tree: Option<KdTree>,
}

impl Spacing {
    fn of(grid: &Grid) -> Self {
        let tree = match (&grid.places, &grid.cells) {
            (Places::PerCell { latitudes, longitudes }, Some(_)) => Some(KdTree::new(latitudes, longitudes)),
            _ => None,
        };
        Self { tree }
    }

    /// The distance in km from a cell to the farthest of those next to it.
    fn at(&self, grid: &Grid, index: usize) -> f64 {
        let Some(place) = grid.place(index) else { return LONE_CELL_KM };
        let widest = match &self.tree {
            Some(tree) => {
                tree.nearest_several(place.0, place.1, NEIGHBOURS).last().map_or(0.0, |farthest| farthest.distance_km)
            }
            None => beside(grid, index)
                .filter_map(|i| grid.place(i))
                .map(|other| distance_km(place, other))
                .fold(0.0, f64::max),
        };
        if widest > 0.0 { widest } else { LONE_CELL_KM }
    }
}

/// The cells above, below, left and right of one.
fn beside(grid: &Grid, index: usize) -> impl Iterator<Item = usize> {
    let (rows, columns) = grid.shape();
    let row = index.checked_div(columns).unwrap_or(0);
    let column = index.checked_rem(columns).unwrap_or(0);
    let vertical = [row.checked_sub(1), row.checked_add(1).filter(|r| *r < rows)];
    let horizontal = [column.checked_sub(1), column.checked_add(1).filter(|c| *c < columns)];
    let at = move |row: usize, column: usize| row.checked_mul(columns)?.checked_add(column);
    let vertical = vertical.into_iter().flatten().filter_map(move |r| at(r, column));
    vertical.chain(horizontal.into_iter().flatten().filter_map(move |c| at(row, c)))
}

fn nowhere() -> Error {
    Error::data("no cell of the grid has a latitude and a longitude", "grid")
}

fn too_far(point: &Point, number: usize, found: &Nearest, place: (f64, f64), most: Option<f64>) -> Error {
    let distance = found.distance_km;
    let enough = format!("--max-distance {}", distance.ceil());
    let limit = match most {
        Some(most) => format!("farther than {most} km; allow it with {enough}"),
        None => format!("outside the grid; allow it with {enough}"),
    };
    Error::empty_selection(
        point.described(number),
        format!("the nearest cell, at {},{}, is {distance:.1} km away, {limit}", place.0 as f32, place.1 as f32),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cf::roles::{Roles, cdl};

    fn grid(text: &str) -> Grid {
        let dataset = cdl::dataset(text);
        Grid::of(&dataset, &Roles::of(&dataset), "t").unwrap().unwrap()
    }

    fn cells(grid: &Grid, places: &[(f64, f64)], most: Option<f64>) -> Result<Cells> {
        let point = |&(longitude, latitude): &(f64, f64)| Point { longitude, latitude, name: None, time: None };
        Cells::nearest(grid, &places.iter().map(point).collect::<Vec<_>>(), most)
    }

    const REGIONAL: &str = r#"netcdf r { dimensions: lat = 3 ; lon = 4 ; variables:
        double lat(lat) ; lat:units = "degrees_north" ; double lon(lon) ; lon:units = "degrees_east" ;
        float t(lon, lat) ; data: lat = 60, 58, 56 ; lon = 350, 354, 358, 2 ; }"#;

    #[test]
    fn rows_and_columns_go_by_name_whatever_the_order_of_dimensions() {
        let found = cells(&grid(REGIONAL), &[(-3.19, 55.95), (1.0, 59.6)], None).unwrap();
        assert_eq!(found.along("lat").unwrap(), [2, 0]);
        assert_eq!(found.along("lon").unwrap(), [2, 3]);
        // 2 R asin(sqrt(sin²(Δφ/2) + cos φ cos φ' sin²(Δλ/2))) with R = 6371.0088, in numpy.
        assert!((found.distances[0] - 74.248_981).abs() < 1e-5, "{}", found.distances[0]);
        assert_eq!((found.longitudes[1], found.latitudes[1]), (2.0, 60.0));
    }

    #[test]
    fn a_point_beyond_twice_the_spacing_is_outside() {
        let grid = grid(REGIONAL);
        // Cells are 222 km apart from north to south and 249 km along 56 N.
        assert!(cells(&grid, &[(358.0, 52.1)], None).is_ok());
        let error = cells(&grid, &[(0.0, 58.0), (358.0, 51.0)], None).unwrap_err();
        assert_eq!(error.to_string(), "point 2 (358,51) selects nothing");
        let has = "the nearest cell, at 358,56, is 556.0 km away, outside the grid; allow it with --max-distance 556";
        assert_eq!(error.hint().unwrap(), has);
        assert!(cells(&grid, &[(358.0, 51.0)], Some(556.0)).is_ok());
        let error = cells(&grid, &[(358.0, 55.0)], Some(100.0)).unwrap_err();
        assert!(error.hint().unwrap().contains("111.2 km away, farther than 100 km"), "{:?}", error.hint());
    }

    #[test]
    fn a_lone_cell_is_taken_for_a_degree_wide() {
        let lone = grid(
            r#"netcdf s { dimensions: time = 2 ; variables: double lat ; lat:units = "degrees_north" ; double lon ;
            lon:units = "degrees_east" ; float t(time) ; t:coordinates = "lat lon" ; data: lat = 61 ; lon = 8 ; }"#,
        );
        let found = cells(&lone, &[(8.1, 61.02)], None).unwrap();
        assert!(found.picks.is_empty());
        assert!(cells(&lone, &[(13.0, 61.0)], None).is_err());
    }

    #[test]
    fn cells_of_a_list() {
        let list = grid(
            r#"netcdf u { dimensions: cell = 6 ; variables: double clat(cell) ; clat:units = "degrees_north" ;
            double clon(cell) ; clon:units = "degrees_east" ; float t(cell) ; t:coordinates = "clat clon" ;
            data: clat = 0, 1, 0, 1, 2, 2 ; clon = 0, 0, 1, 1, 0, 1 ; }"#,
        );
        let found = cells(&list, &[(0.9, 0.9), (1.2, 3.9)], None).unwrap();
        assert_eq!(found.picks, [("cell".to_owned(), vec![3, 5])]);
        assert!(cells(&list, &[(1.0, 9.0)], None).is_err());
    }
}
