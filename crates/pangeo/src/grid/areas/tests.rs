use std::f64::consts::PI;

use super::*;
use crate::cf::roles::cdl::dataset;
use crate::grid::gaussian_latitudes;

const SPHERE: f64 = 4.0 * PI;

fn areas_of(cdl: &str, variable: &str) -> Result<CellAreas> {
    let data = dataset(cdl);
    let roles = Roles::of(&data);
    let grid = Grid::of(&data, &roles, variable)?.unwrap();
    CellAreas::of(&data, &roles, &grid, variable)
}

fn list(values: impl IntoIterator<Item = f64>) -> String {
    values.into_iter().map(|v| format!("{v:?}")).collect::<Vec<_>>().join(",")
}

/// A latitude-longitude grid; `more` declares and sets what else there is.
fn grid(latitudes: &[f64], longitudes: &[f64], declared: &str, values: &str) -> String {
    format!(
        r#"netcdf g {{ dimensions: lat = {} ; lon = {} ; two = 2 ; variables:
        double lat(lat) ; lat:units = "degrees_north" ; double lon(lon) ; lon:units = "degrees_east" ;
        float t(lat, lon) ; {declared} data: lat = {} ; lon = {} ; {values} }}"#,
        latitudes.len(),
        longitudes.len(),
        list(latitudes.iter().copied()),
        list(longitudes.iter().copied())
    )
}

/// `latitudes` and `longitudes` as two-dimensional coordinates.
fn curvilinear(cells: &[(f64, f64)], rows: usize, columns: usize, declared: &str, values: &str) -> String {
    format!(
        r#"netcdf c {{ dimensions: y = {rows} ; x = {columns} ; four = 4 ; variables:
        double lat(y, x) ; lat:units = "degrees_north" ; double lon(y, x) ; lon:units = "degrees_east" ;
        float t(y, x) ; t:coordinates = "lat lon" ; {declared} data: lat = {} ; lon = {} ; {values} }}"#,
        list(cells.iter().map(|c| c.1)),
        list(cells.iter().map(|c| c.0))
    )
}

fn steps(first: f64, step: f64, count: i32) -> Vec<f64> {
    (0..count).map(|i| first + step * f64::from(i)).collect()
}

fn close(got: f64, expected: f64, relative: f64) {
    assert!((got - expected).abs() <= relative * expected.abs(), "{got:e} {expected:e}");
}

#[test]
fn a_global_grid_has_the_area_of_the_sphere() {
    let case = |latitudes: &[f64], longitudes: &[f64]| {
        let areas = areas_of(&grid(latitudes, longitudes, "", ""), "t").unwrap();
        close(areas.total(), SPHERE, 1e-12);
        close(areas.to_vec().iter().sum::<f64>(), SPHERE, 1e-12);
    };
    case(&steps(-89.5, 1.0, 180), &steps(0.0, 1.0, 360));
    case(&steps(90.0, -0.25, 721), &steps(-180.0, 0.25, 1440));
    case(&steps(-88.75, 2.5, 72), &steps(358.75, -2.5, 144));
    case(&gaussian_latitudes(32), &steps(0.0, 5.625, 64));
    case(&gaussian_latitudes(320), &steps(0.0, 0.5625, 640));
    case(&steps(-45.0, 90.0, 2), &[0.0, 180.0]);
    case(&steps(-89.0, 2.0, 90), &[10.0]);
    case(&steps(-87.5, 5.0, 36), &[0.0, 10.0, 30.0, 90.0, 200.0, 300.0]);
    case(&steps(-87.5, 5.0, 36), &[200.0, 270.0, 359.0, 30.0, 100.0]);
}

#[test]
fn columns_that_come_twice_count_once() {
    for columns in [361, 362] {
        let areas = areas_of(&grid(&steps(-89.5, 1.0, 180), &steps(0.0, 1.0, columns), "", ""), "t").unwrap();
        close(areas.total(), SPHERE, 1e-12);
        assert_eq!(areas.get(360), Some(0.0));
    }
    let bounds = list((0..=36).flat_map(|i| {
        let lon = 10.0 * f64::from(i);
        [(lon - 5.0).max(0.0), (lon + 5.0).min(360.0)]
    }));
    let cut = grid(
        &steps(-87.5, 5.0, 36),
        &steps(0.0, 10.0, 37),
        r#"lon:bounds = "lb" ; double lb(lon, two) ;"#,
        &format!("lb = {bounds} ;"),
    );
    let areas = areas_of(&cut, "t").unwrap();
    close(areas.total(), SPHERE, 1e-12);
    close(areas.get(36).unwrap() / areas.get(1).unwrap(), 0.5, 1e-12);
}

/// `numpy.polynomial.legendre.leggauss(32)[1]`.
#[test]
fn gaussian_rows_have_their_quadrature_weights() {
    let areas = areas_of(&grid(&gaussian_latitudes(32), &steps(0.0, 5.625, 64), "", ""), "t").unwrap();
    let CellAreas::Separable { rows, .. } = areas else { panic!() };
    let numpy =
        [0.007_018_610_009_470_096, 0.016_274_394_730_905_67, 0.025_392_065_309_262_06, 0.034_273_862_913_021_43];
    for (got, expected) in rows.iter().zip(numpy) {
        close(*got, expected, 1e-12);
    }
    for (north, south) in rows.iter().zip(rows.iter().rev()) {
        close(*north, *south, 1e-13);
    }
}

const BOUNDED: [&str; 2] = [
    r#"lat:bounds = "lat_bnds" ; lon:bounds = "lon_bnds" ; double lat_bnds(lat, two) ; double lon_bnds(lon, two) ;"#,
    "lat_bnds = 9.,11.5,11.5,14.,14.,16.25,16.25,17. ; lon_bnds = 347.5,352.5,352.5,358.,358.,365. ;",
];

/// `iris.analysis.cartography.area_weights(cube) / 6367470**2`.
fn iris(areas: &CellAreas) {
    let expected = [
        [0.003_746_652_000, 0.004_121_317_200, 0.005_245_312_800],
        [0.003_713_533_662, 0.004_084_887_028, 0.005_198_947_127],
        [0.003_308_020_133, 0.003_638_822_146, 0.004_631_228_186],
        [0.001_094_556_248, 0.001_204_011_873, 0.001_532_378_747],
    ];
    for (i, expected) in expected.as_flattened().iter().enumerate() {
        close(areas.get(i).unwrap(), *expected, 1e-9);
    }
}

#[test]
fn cells_with_bounds_as_iris_has_them() {
    let places = [10.0, 12.5, 16.0, 16.5];
    let case = |longitudes: &[f64], declared: &str, values: &str| {
        iris(&areas_of(&grid(&places, longitudes, declared, values), "t").unwrap());
    };
    let [declared, values] = BOUNDED;
    case(&[350.0, 355.0, 361.0], declared, values);
    let seam = values.replace("358.,365.", "358.,5.");
    case(&[350.0, 355.0, 1.0], declared, &seam);
    let turned = values.replace("347.5,352.5", "352.5,-12.5").replace("9.,11.5", "11.5,9.");
    case(&[350.0, 355.0, 1.0], declared, &turned);
    let radians = |text: &str| {
        let number = |n: &str| n.trim().parse::<f64>().map_or(n.to_owned(), |v| format!("{:?}", v.to_radians()));
        text.split(',').map(number).collect::<Vec<_>>().join(",")
    };
    let lat = radians("9.,11.5,11.5,14.,14.,16.25,16.25,17.");
    let values = format!("lat_bnds = {lat} ; lon_bnds = 347.5,352.5,352.5,358.,358.,365. ;");
    case(&[350.0, 355.0, 361.0], &format!("{declared} lat_bnds:units = \"radians\" ;"), &values);
    let declared = declared.replace("lon_bnds(lon, two)", "lon_bnds(two, lon)");
    let values = format!("{} lon_bnds = 347.5,352.5,358.,352.5,358.,365. ;", seam.split("lon_bnds").next().unwrap());
    case(&[350.0, 355.0, 361.0], &declared, &values);
}

#[test]
fn bounds_without_width_tell_nothing() {
    let declared = r#"lat:bounds = "lb" ; double lb(lat, two) ;"#;
    let cdl = grid(&steps(-89.5, 1.0, 180), &steps(0.0, 1.0, 360), declared, "");
    close(areas_of(&cdl, "t").unwrap().total(), SPHERE, 1e-12);
}

#[test]
fn guessed_bounds_beyond_the_pole_end_at_it() {
    let bounds = list((-2..=2).flat_map(|j| [45.0 * f64::from(j) - 22.5, 45.0 * f64::from(j) + 22.5]));
    let declared = r#"lat:bounds = "lb" ; double lb(lat, two) ;"#;
    let cdl = grid(&steps(-90.0, 45.0, 5), &steps(0.0, 60.0, 6), declared, &format!("lb = {bounds} ;"));
    close(areas_of(&cdl, "t").unwrap().total(), SPHERE, 1e-12);
}

#[test]
fn a_lone_row_needs_bounds() {
    let error = areas_of(&grid(&[50.0], &steps(0.0, 10.0, 36), "", ""), "t").unwrap_err();
    assert_eq!(error.to_string(), "the height of a single row of cells is not known, coordinate 'lat' in test.nc");
    assert!(error.hint().unwrap().contains("bounds"));
    let bounds = r#"lat:bounds = "lb" ; double lb(lat, two) ;"#;
    let areas = areas_of(&grid(&[50.0], &steps(0.0, 10.0, 36), bounds, "lb = 0.,90. ;"), "t").unwrap();
    close(areas.total(), 0.5 * SPHERE, 1e-12);
}

#[test]
fn the_files_own_areas_come_first() {
    let case = |declared: &str, values: &str| {
        areas_of(
            &grid(
                &[0.0, 1.0],
                &[0.0, 1.0, 2.0],
                &format!("t:cell_measures = \"volume: v area: a\" ; {declared}"),
                values,
            ),
            "t",
        )
        .unwrap()
    };
    let own = case("short a(lat, lon) ; a:scale_factor = 10. ; a:_FillValue = -1s ;", "a = 1,2,3,4,5,-1 ;");
    assert_eq!(own.to_vec()[..5], [10.0, 20.0, 30.0, 40.0, 50.0]);
    assert!(own.get(5).unwrap().is_nan());
    close(own.total(), 150.0, 1e-15);
    let turned = case("float a(lon, lat) ;", "a = 1,4,2,5,3,6 ;");
    assert_eq!(turned.to_vec(), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    let elsewhere = case("", "");
    let derived = areas_of(&grid(&[0.0, 1.0], &[0.0, 1.0, 2.0], "", ""), "t").unwrap();
    assert_eq!(elsewhere, derived);
    assert_eq!(case("float a(lat) ;", "a = 1,2 ;"), derived, "of rows only");
    assert_eq!(case("float a(lat, lon) ;", ""), derived, "never filled in");
}

#[test]
fn a_rotated_grid_is_exact_about_its_own_pole() {
    let rotated = |rows: &[f64], columns: &[f64], mapping: &str| {
        format!(
            r#"netcdf r {{ dimensions: rlat = {} ; rlon = {} ; variables:
            double rlat(rlat) ; rlat:standard_name = "grid_latitude" ; rlat:units = "degrees" ;
            double rlon(rlon) ; rlon:standard_name = "grid_longitude" ; rlon:units = "degrees" ;
            int crs ; crs:grid_mapping_name = "rotated_latitude_longitude" ; crs:grid_north_pole_latitude = 39.25 ;
            crs:grid_north_pole_longitude = -162. ; float t(rlat, rlon) ; t:grid_mapping = "crs" ; {mapping}
            data: rlat = {} ; rlon = {} ; }}"#,
            rows.len(),
            columns.len(),
            list(rows.iter().copied()),
            list(columns.iter().copied())
        )
    };
    let global = areas_of(&rotated(&steps(-87.5, 5.0, 36), &steps(-177.5, 5.0, 72), ""), "t").unwrap();
    close(global.total(), SPHERE, 1e-12);
    let region = areas_of(&rotated(&steps(-10.0, 0.5, 41), &steps(350.0, 0.5, 41), ""), "t").unwrap();
    close(region.total(), 20.5f64.to_radians() * 2.0 * 10.25f64.to_radians().sin(), 1e-12);
    assert!(matches!(region, CellAreas::Separable { .. }));
}

/// Faces of the Platonic solids, blown up to the sphere.
#[test]
fn the_faces_of_polyhedra_share_the_sphere() {
    let cube = (1.0 / 3.0f64.sqrt()).asin().to_degrees();
    close(polygon_area(&[(-45.0, -cube), (45.0, -cube), (45.0, cube), (-45.0, cube)]), SPHERE / 6.0, 1e-14);
    close(polygon_area(&[(-45.0, cube), (-45.0, -cube), (45.0, -cube), (45.0, cube)]), SPHERE / 6.0, 1e-14);
    close(polygon_area(&[(0.0, cube), (90.0, cube), (180.0, cube), (270.0, cube)]), SPHERE / 6.0, 1e-14);
    let tetrahedron = -(1.0 / 3.0f64).asin().to_degrees();
    close(polygon_area(&[(0.0, 90.0), (0.0, tetrahedron), (120.0, tetrahedron)]), SPHERE / 4.0, 1e-14);
    let icosahedron = 0.5f64.atan().to_degrees();
    close(polygon_area(&[(7.0, 90.0), (0.0, icosahedron), (72.0, icosahedron)]), SPHERE / 20.0, 1e-14);
    close(polygon_area(&[(0.0, icosahedron), (36.0, -icosahedron), (72.0, icosahedron)]), SPHERE / 20.0, 1e-14);
    // A dodecahedron's face about the pole.
    let dodecahedron = ((5.0 + 2.0 * 5.0f64.sqrt()) / 15.0).sqrt().asin().to_degrees();
    let pentagon: Vec<_> = (0..5).map(|k| (72.0 * f64::from(k), dodecahedron)).collect();
    close(polygon_area(&pentagon), SPHERE / 12.0, 1e-14);
}

#[test]
fn tiny_and_degenerate_polygons() {
    let side = 1e-5f64;
    let cell = [(100.0, 50.0), (100.0 + side, 50.0), (100.0 + side, 50.0 + side), (100.0, 50.0 + side)];
    let flat = side.to_radians().powi(2) * 50.0f64.to_radians().cos();
    close(polygon_area(&cell), flat, 1e-6);
    // An L is two thirds of what its hull's rectangle would be; near the equator the Earth is flat.
    let l = [(0.0, 0.0), (2.0, 0.0), (2.0, 1.0), (1.0, 1.0), (1.0, 2.0), (0.0, 2.0)].map(|(x, y)| (x * 1e-3, y * 1e-3));
    close(polygon_area(&l), 3.0 * 1e-3f64.to_radians().powi(2), 1e-8);
    assert_eq!(polygon_area(&[(0.0, 0.0), (1.0, 1.0)]), 0.0);
    assert!(polygon_area(&[]).is_nan());
}

/// The first cells of `nemo_1m_20150101-20150201_grid-T.nc` (eORCA1) and of `tos_ocean_bipolar_grid.nc`
/// (MPI-OM): corners as stored, areas in m² by `cdo gridarea`, which takes the Earth's radius for 6371 km.
#[test]
fn ocean_cells_as_cdo_has_them() {
    let earth = 6_371_000.0f64.powi(2);
    let case = |corners: [(f64, f64); 4], cdo: f64| close(polygon_area(&corners) * earth, cdo, 2e-6);
    case(NEMO.0, NEMO.1);
    case(MPIOM.0, MPIOM.1);
}

#[test]
fn two_dimensional_coordinates_of_a_regular_grid_are_exact() {
    let cells: Vec<(f64, f64)> =
        (0..18).flat_map(|j| (0..36).map(move |i| (10.0 * f64::from(i), -85.0 + 10.0 * f64::from(j)))).collect();
    let areas = areas_of(&curvilinear(&cells, 18, 36, "", ""), "t").unwrap();
    close(areas.total(), SPHERE, 1e-12);
    assert!(matches!(areas, CellAreas::Separable { .. }));
}

/// A grid about a pole of its own with two-dimensional coordinates only: cells are 2 degrees wide and
/// high, and the derived corners miss the true ones by the square of that.
#[test]
fn corners_from_centres_all_around_the_earth() {
    let pole = crate::grid::RotatedPole { latitude: 30.0, longitude: 40.0, north_pole_longitude: 0.0 };
    let centre = |j: i32, i: i32| pole.unrotate(2.0 * f64::from(i), -79.0 + 2.0 * f64::from(j));
    for columns in [180, 182] {
        let cells: Vec<_> = (0..80).flat_map(|j| (0..columns).map(move |i| centre(j, i))).collect();
        let areas = areas_of(&curvilinear(&cells, 80, columns as usize, "", ""), "t").unwrap();
        // From 80 south to 80 north about that pole.
        close(areas.total(), SPHERE * 80.0f64.to_radians().sin(), 2e-4);
        let one = 2.0f64.to_radians() * spherical::zone(10.0, 12.0);
        close(areas.get(45 * columns as usize + 7).unwrap(), one, 1e-3);
        close(areas.get(0).unwrap(), 2.0f64.to_radians() * spherical::zone(-80.0, -78.0), 1e-2);
        assert!(columns == 180 || areas.get(181) == Some(0.0));
    }
}

#[test]
fn cells_beside_missing_ones_keep_their_area() {
    let mut cells: Vec<(f64, f64)> =
        (0..6).flat_map(|j| (0..6).map(move |i| (f64::from(i) + 0.05 * f64::from(j), f64::from(j)))).collect();
    let whole = areas_of(&curvilinear(&cells, 6, 6, "", ""), "t").unwrap();
    for missing in [0, 1, 6, 14, 20, 21] {
        cells[missing] = (f64::NAN, f64::NAN);
    }
    let areas = areas_of(&curvilinear(&cells, 6, 6, "", ""), "t").unwrap();
    for (i, whole) in whole.to_vec().into_iter().enumerate() {
        if cells[i].0.is_finite() {
            close(areas.get(i).unwrap(), whole, 1e-3);
        }
    }
}

#[test]
fn corners_fill_up_and_come_in_any_dimension_order() {
    let declared = r#"lat:bounds = "yb" ; lon:bounds = "xb" ; double yb(y, x, four) ; double xb(y, x, four) ;"#;
    let cells = [(0.5, 0.5), (1.3, 0.3)];
    let values = "yb = 0.,0.,1.,1.,0.,0.,1.,1. ; xb = 0.,1.,1.,0.,1.,2.,1.,1. ;";
    let areas = areas_of(&curvilinear(&cells, 1, 2, declared, values), "t").unwrap();
    close(areas.get(0).unwrap(), polygon_area(&[(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)]), 1e-14);
    close(areas.get(1).unwrap(), polygon_area(&[(1.0, 0.0), (2.0, 0.0), (1.0, 1.0)]), 1e-14);
    let declared = declared.replace("(y, x, four)", "(four, y, x)");
    let values = "yb = 0.,0.,0.,0.,1.,1.,1.,1. ; xb = 0.,1.,1.,2.,1.,1.,0.,1. ;";
    assert_eq!(areas_of(&curvilinear(&cells, 1, 2, &declared, values), "t").unwrap(), areas);
}

#[test]
fn mesh_faces_cover_the_sphere() {
    // An octahedron's eight faces over its six nodes.
    let cdl = r#"netcdf m { dimensions: face = 8 ; node = 6 ; three = 3 ; variables: int mesh ;
        mesh:cf_role = "mesh_topology" ; mesh:node_coordinates = "nx ny" ; mesh:face_node_connectivity = "fn" ;
        double nx(node) ; nx:units = "degrees_east" ; double ny(node) ; ny:units = "degrees_north" ;
        int fn(face, three) ; float t(face) ; t:mesh = "mesh" ; t:location = "face" ;
        data: nx = 0.,90.,180.,270.,0.,0. ; ny = 0.,0.,0.,0.,90.,-90. ;
        fn = 0,1,4,1,2,4,2,3,4,3,0,4,0,1,5,1,2,5,2,3,5,3,0,5 ; }"#;
    let areas = areas_of(cdl, "t").unwrap();
    close(areas.total(), SPHERE, 1e-14);
    close(areas.get(3).unwrap(), PI / 2.0, 1e-14);
}

#[test]
fn stations_have_no_area() {
    let cdl = r#"netcdf s { dimensions: cell = 2 ; variables: double lat(cell) ; lat:units = "degrees_north" ;
        double lon(cell) ; lon:units = "degrees_east" ; float t(cell) ; t:coordinates = "lat lon" ; data: lat = 1.,2. ; lon = 3.,4. ; }"#;
    let error = areas_of(cdl, "t").unwrap_err();
    assert!(error.to_string().starts_with("the areas of cells are not known"), "{error}");
    assert!(error.hint().unwrap().contains("--weights none|VARIABLE"));
}

const NEMO: ([(f64, f64); 4], f64) = (
    [
        (172.0, 4.957_590_103_149_414),
        (173.0, 4.957_590_103_149_414),
        (173.0, 5.344_651_222_229_004),
        (172.0, 5.344_651_222_229_004),
    ],
    4_766_525_410.0,
);

const MPIOM: ([(f64, f64); 4], f64) = (
    [
        (318.017_913_818_359_4, -73.153_785_705_566_4),
        (318.492_828_369_140_6, -73.582_061_767_578_12),
        (319.973_144_531_25, -73.446_136_474_609_38),
        (319.498_870_849_609_4, -73.018_516_540_527_34),
    ],
    2_479_737_600.0,
);
