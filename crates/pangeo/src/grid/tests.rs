#![allow(clippy::single_range_in_vec_init, reason = "lists of one run are meant")]

use std::fmt::Write as _;

use super::*;
use crate::cf::roles::Roles;
use crate::cf::roles::cdl::dataset;

fn grid(cdl: &str, variable: &str) -> Grid {
    let data = dataset(cdl);
    Grid::of(&data, &Roles::of(&data), variable).unwrap().unwrap()
}

fn list(values: impl IntoIterator<Item = f64>) -> String {
    let mut text = String::new();
    for value in values {
        let _ = write!(text, "{}{value:?}", if text.is_empty() { "" } else { "," });
    }
    text
}

fn rectilinear(latitudes: &[f64], longitudes: &[f64]) -> Grid {
    let (ny, nx) = (latitudes.len(), longitudes.len());
    grid(
        &format!(
            r#"netcdf r {{ dimensions: time = 2 ; lat = {ny} ; lon = {nx} ; variables:
            double lat(lat) ; lat:units = "degrees_north" ; double lon(lon) ; lon:units = "degrees_east" ;
            float t(time, lat, lon) ; data: lat = {} ; lon = {} ; }}"#,
            list(latitudes.iter().copied()),
            list(longitudes.iter().copied())
        ),
        "t",
    )
}

#[test]
fn a_global_quarter_degree_grid() {
    let latitudes: Vec<f64> = (0..721).map(|i| 90.0 - 0.25 * f64::from(i)).collect();
    let longitudes: Vec<f64> = (0..1440).map(|i| 0.25 * f64::from(i)).collect();
    let g = rectilinear(&latitudes, &longitudes);
    let s = g.summary();
    assert_eq!((s.kind, s.shape, s.resolution), (GridKind::Rectilinear, (721, 1440), Some((0.25, 0.25))));
    assert_eq!(s.extent, Some([0.0, -90.0, 359.75, 90.0]));
    assert!(s.global && s.circular && s.uniform);
    assert_eq!((g.y.as_ref().unwrap().position, g.x.as_ref().unwrap().position), (1, 2));
    // cdo griddes -sellonlatbox,-10,30,40,60 -topo,r1440x721: 161 x 81
    let Selection::Box { rows, columns, mask } = g.select(&"-10,40,30,60".parse().unwrap()).unwrap() else { panic!() };
    assert_eq!(rows, [120..201]);
    assert_eq!(columns, [Run { indices: 1400..1440, offset: -360.0 }, Run { indices: 0..121, offset: 0.0 }]);
    assert_eq!(mask, None);
    let found = NearestCell::new(&g).unwrap().nearest(-0.1, 51.5).unwrap();
    assert_eq!(g.place(found.index), Some((0.0, 51.5)));
}

#[test]
fn gaussian_grids_by_their_latitudes() {
    let longitudes: Vec<f64> = (0..64).map(|i| 5.625 * f64::from(i)).collect();
    assert_eq!(rectilinear(&gaussian_latitudes(32), &longitudes).kind, GridKind::Gaussian { n: 16 });
    assert_eq!(rectilinear(&gaussian_latitudes(32)[4..20], &longitudes).kind, GridKind::Rectilinear);
}

#[test]
fn an_empty_box_says_what_there_is() {
    let g = rectilinear(&[40.0, 42.5], &[200.0, 202.5, 205.0]);
    let error = g.select(&"10,50,20,60".parse().unwrap()).unwrap_err();
    assert_eq!(error.to_string(), "box 10,50,20,60 selects nothing");
    assert!(
        error.hint().unwrap().starts_with(
            "the grid's cells lie between longitudes 200 and 205, latitudes 40 and 42.5, 2.5 degrees apart"
        )
    );
}

#[test]
fn a_region_across_greenwich_has_a_crossing_extent() {
    let g = rectilinear(&[0.0, 1.0], &[358.0, 359.0, 0.0, 1.0]);
    assert_eq!(g.extent(), Some([358.0, 0.0, 1.0, 1.0]));
    assert!(!g.periodic);
    let s = g.select(&"-1,0,1,1".parse().unwrap()).unwrap();
    assert_eq!(s.columns(), [(1, -360.0), (2, 0.0), (3, 0.0)]);
}

#[test]
fn a_scalar_latitude_leaves_one_row() {
    let g = grid(
        r#"netcdf s { dimensions: lon = 3 ; variables: double lat ; lat:units = "degrees_north" ;
        double lon(lon) ; lon:units = "degrees_east" ; float t(lon) ; t:coordinates = "lat" ;
        data: lat = 50. ; lon = 0.,1.,2. ; }"#,
        "t",
    );
    assert_eq!((g.shape(), g.y.is_none()), ((1, 3), true));
    let s = g.select(&"1,40,5,60".parse().unwrap()).unwrap();
    assert_eq!((s.rows(), s.columns()), (vec![0], vec![(1, 0.0), (2, 0.0)]));
    assert!(g.select(&"1,60,5,70".parse().unwrap()).is_err());
}

/// A curvilinear grid of 4 rows and 6 columns of 60 degrees, the top row at the pole, which closes.
fn polar(order: &str) -> Grid {
    let (dims, cells): (&str, Vec<(f64, f64)>) = if order == "yx" {
        ("y, x", (0..4).flat_map(|j| (0..6).map(move |i| (60.0 + 10.0 * f64::from(j), 60.0 * f64::from(i)))).collect())
    } else {
        ("x, y", (0..6).flat_map(|i| (0..4).map(move |j| (60.0 + 10.0 * f64::from(j), 60.0 * f64::from(i)))).collect())
    };
    grid(
        &format!(
            r#"netcdf c {{ dimensions: y = 4 ; x = 6 ; variables: double lat({dims}) ; lat:units = "degrees_north" ;
            double lon({dims}) ; lon:units = "degrees_east" ; float t({dims}) ; t:coordinates = "lat lon" ;
            data: lat = {} ; lon = {} ; }}"#,
            list(cells.iter().map(|c| c.0)),
            list(cells.iter().map(|c| c.1))
        ),
        "t",
    )
}

#[test]
fn a_curvilinear_box_covers_and_masks() {
    let g = polar("yx");
    assert_eq!((g.kind, g.periodic, g.overlap), (GridKind::Curvilinear, true, 0));
    let Selection::Box { rows, columns, mask } = g.select(&"-70,65,70,85".parse().unwrap()).unwrap() else { panic!() };
    assert_eq!(rows, [1..3]);
    assert_eq!(columns, [Run { indices: 5..6, offset: 0.0 }, Run { indices: 0..2, offset: 0.0 }]);
    assert_eq!(mask, None);
    // The pole belongs to every longitude, so all columns are covered and the rest is masked.
    let Selection::Box { rows, columns, mask } = g.select(&"-10,75,10,90".parse().unwrap()).unwrap() else { panic!() };
    assert_eq!((rows, columns), (vec![2..4], vec![Run { indices: 0..6, offset: 0.0 }]));
    let mask = mask.unwrap();
    assert_eq!(mask[..6], [true, false, false, false, false, false]);
    assert_eq!(mask[6..], [true; 6]);
}

#[test]
fn the_order_of_dimensions_does_not_matter() {
    let (yx, xy) = (polar("yx"), polar("xy"));
    assert_eq!(yx.places, xy.places);
    assert_eq!((xy.y.as_ref().unwrap().position, xy.x.as_ref().unwrap().position), (1, 0));
    assert_eq!(xy.shape(), (4, 6));
}

#[test]
fn cells_without_coordinates_are_in_no_box() {
    let g = grid(
        r#"netcdf n { dimensions: y = 2 ; x = 2 ; variables: double lat(y, x) ; lat:units = "degrees_north" ;
        lat:_FillValue = -999. ; double lon(y, x) ; lon:units = "degrees_east" ; float t(y, x) ; t:coordinates = "lat lon" ;
        data: lat = 0.,-999.,1.,1. ; lon = 0.,1.,0.,1e20 ; }"#,
        "t",
    );
    let Selection::Box { rows, columns, mask } = g.select(&"-180,-90,180,90".parse().unwrap()).unwrap() else {
        panic!()
    };
    assert_eq!((rows, columns, mask), (vec![0..2], vec![Run { indices: 0..1, offset: 0.0 }], None));
    assert_eq!(NearestCell::new(&g).unwrap().nearest(1.0, 1.0).unwrap().index, 2);
}

#[test]
fn a_rotated_grid_without_latitudes_gets_them_from_its_pole() {
    let g = grid(
        r#"netcdf rot { dimensions: rlat = 2 ; rlon = 2 ; variables:
        double rlat(rlat) ; rlat:standard_name = "grid_latitude" ; double rlon(rlon) ; rlon:standard_name = "grid_longitude" ;
        int crs ; crs:grid_mapping_name = "rotated_latitude_longitude" ; crs:grid_north_pole_latitude = 39.25 ;
        crs:grid_north_pole_longitude = -162. ; float t(rlat, rlon) ; t:grid_mapping = "crs" ;
        data: rlat = 0.,20. ; rlon = 0.,10. ; }"#,
        "t",
    );
    assert_eq!(g.kind, GridKind::Rotated);
    let (lon, lat) = g.place(3).unwrap();
    assert!((lon - 44.970_549_018_927_045).abs() < 1e-10 && (lat - 68.912_771_745_934_92).abs() < 1e-10);
}

#[test]
fn a_projected_grid_without_latitudes_is_known_as_such() {
    let g = grid(
        r#"netcdf p { dimensions: y = 2 ; x = 3 ; variables: double y(y) ; y:standard_name = "projection_y_coordinate" ;
        double x(x) ; x:standard_name = "projection_x_coordinate" ; x:units = "m" ; int crs ;
        crs:grid_mapping_name = "lambert_azimuthal_equal_area" ; float t(y, x) ; t:grid_mapping = "crs" ;
        data: y = 0.,1000. ; x = 0.,1000.,2000. ; }"#,
        "t",
    );
    assert_eq!((g.kind, &g.places), (GridKind::Projected, &Places::Unknown));
    assert_eq!(g.x.as_ref().unwrap().units.as_deref(), Some("m"));
    assert!(g.select(&"0,0,1,1".parse().unwrap()).unwrap_err().hint().unwrap().contains("--sel"));
    assert!(g.summary().uniform && NearestCell::new(&g).is_err());
}

#[test]
fn icon_cells_in_radians() {
    let g = grid(
        r#"netcdf icon { dimensions: ncells = 3 ; variables: double clat(ncells) ; clat:units = "radian" ;
        clat:standard_name = "latitude" ; double clon(ncells) ; clon:units = "radian" ; clon:standard_name = "longitude" ;
        float t(ncells) ; t:coordinates = "clat clon" ;
        data: clat = 0.,0.7853981633974483,1.5707963267948966 ; clon = 3.141592653589793,0.,0. ; }"#,
        "t",
    );
    assert_eq!(g.kind, GridKind::Unstructured);
    let (lon, lat) = g.place(0).unwrap();
    assert!((lon - 180.0).abs() < 1e-12 && lat == 0.0);
    assert_eq!(g.select(&"-10,40,10,50".parse().unwrap()).unwrap(), Selection::Cells(vec![1]));
    assert_eq!(g.select(&"100,80,110,90".parse().unwrap()).unwrap(), Selection::Cells(vec![2]), "the pole");
}

#[test]
fn mesh_faces_from_their_nodes() {
    let g = grid(
        r#"netcdf mesh { dimensions: nface = 2 ; nnode = 5 ; four = 4 ; variables:
        int mesh ; mesh:cf_role = "mesh_topology" ; mesh:node_coordinates = "nx ny" ; mesh:face_node_connectivity = "fn" ;
        double nx(nnode) ; nx:units = "degrees_east" ; double ny(nnode) ; ny:units = "degrees_north" ;
        int fn(nface, four) ; fn:start_index = 1 ; fn:_FillValue = -1 ;
        float t(nface) ; t:mesh = "mesh" ; t:location = "face" ;
        data: nx = 359.,1.,1.,359.,3. ; ny = -1.,-1.,1.,1.,0. ; fn = 1,2,3,4,2,5,3,-1 ; }"#,
        "t",
    );
    let (lon, lat) = g.place(0).unwrap();
    assert!(lon.abs() < 1e-9 && lat.abs() < 1e-9, "across Greenwich: {lon} {lat}");
    let (lon, _) = g.place(1).unwrap();
    assert!((lon - 5.0 / 3.0).abs() < 1e-3, "a triangle among quadrangles: {lon}");
}

#[test]
fn wrf_writes_the_same_grid_at_every_time() {
    let cdl = |second: &str| {
        format!(
            r#"netcdf w {{ dimensions: Time = 2 ; south_north = 1 ; west_east = 2 ; variables:
            float XLAT(Time, south_north, west_east) ; XLAT:units = "degree_north" ;
            float XLONG(Time, south_north, west_east) ; XLONG:units = "degree_east" ;
            float T2(Time, south_north, west_east) ; T2:coordinates = "XLONG XLAT" ;
            data: XLAT = 1.,2.,{second} ; XLONG = 3.,4.,3.,4. ; }}"#
        )
    };
    assert_eq!(grid(&cdl("1.,2."), "T2").place(1), Some((4.0, 2.0)));
    let moving = dataset(&cdl("1.,2.5"));
    let error = Grid::of(&moving, &Roles::of(&moving), "T2").unwrap_err();
    assert_eq!(error.to_string(), "the grid moves in time, variable 'XLAT'");
}

#[test]
fn variables_without_a_horizontal_grid_have_none() {
    let data = dataset(
        r#"netcdf z { dimensions: time = 2 ; lat = 2 ; variables: double lat(lat) ; lat:units = "degrees_north" ;
        float zonal(time, lat) ; float series(time) ; }"#,
    );
    let roles = Roles::of(&data);
    assert_eq!(Grid::of(&data, &roles, "zonal").unwrap(), None);
    assert_eq!(Grid::of(&data, &roles, "series").unwrap(), None);
    assert!(Grid::of(&data, &roles, "other").is_err());
}
