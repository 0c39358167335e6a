use super::*;
use crate::cf::roles::cdl::dataset;

fn corners(cdl: &str) -> Corners {
    let data = dataset(cdl);
    let roles = Roles::of(&data);
    let grid = Grid::of(&data, &roles, "t").unwrap().unwrap();
    Corners::of(&data, &roles, &grid, "t").unwrap()
}

fn rectilinear(latitudes: &str, longitudes: &str, counts: (usize, usize)) -> Corners {
    corners(&format!(
        r#"netcdf r {{ dimensions: lat = {} ; lon = {} ; variables: double lat(lat) ; lat:units = "degrees_north" ;
        double lon(lon) ; lon:units = "degrees_east" ; float t(lat, lon) ; data: lat = {latitudes} ; lon = {longitudes} ; }}"#,
        counts.0, counts.1
    ))
}

#[test]
fn columns_over_the_seam() {
    let Corners::Separable { rows, columns } = rectilinear("80.,88.", "358.,359.,0.,1.", (2, 4)) else { panic!() };
    assert_eq!(columns, [(357.5, 358.5), (358.5, 359.5), (359.5, 360.5), (360.5, 361.5)]);
    assert_eq!(rows, [(76.0, 84.0), (84.0, 90.0)]);
}

#[test]
fn westward_columns_close_at_the_seam() {
    let Corners::Separable { columns, .. } = rectilinear("0.,1.", "270.,180.,90.,0.", (2, 4)) else { panic!() };
    assert_eq!(columns, [(225.0, 315.0), (135.0, 225.0), (45.0, 135.0), (-45.0, 45.0)]);
}

#[test]
fn a_wide_cell_has_points_on_its_parallels() {
    let zonal = rectilinear("-45.,45.", "0.", (2, 1));
    assert_eq!(zonal.len(), 2);
    let outline = zonal.outline(1);
    assert_eq!(outline.first(), Some(&(-180.0, 0.0)));
    assert_eq!((outline.len(), outline[3], outline[4]), (8, (180.0, 0.0), (180.0, 90.0)));
    assert!(outline.windows(2).all(|w| (w[1].0 - w[0].0).abs() < 180.0));
    assert!(zonal.outline(2).is_empty());
}

#[test]
fn corners_half_way_between_centres_on_the_sphere() {
    let lattice = corners(
        r#"netcdf c { dimensions: y = 2 ; x = 2 ; variables: double lat(y, x) ; lat:units = "degrees_north" ;
        double lon(y, x) ; lon:units = "degrees_east" ; float t(y, x) ; t:coordinates = "lat lon" ;
        data: lat = -1.,-1.000001,1.,1. ; lon = 359.,1.,359.,1. ; }"#,
    );
    let near = |got: (f64, f64), expected: (f64, f64)| {
        assert!((got.0 - expected.0).abs() < 1e-3 && (got.1 - expected.1).abs() < 1e-3, "{got:?} {expected:?}");
    };
    for (got, expected) in lattice.outline(0).into_iter().zip([(-2.0, -2.0), (0.0, -2.0), (0.0, 0.0), (-2.0, 0.0)]) {
        near(got, expected);
    }
    near(lattice.outline(3)[2], (2.0, 2.0));
}

#[test]
fn corners_that_nobody_gave_are_not_given() {
    let data = dataset(
        r#"netcdf c { dimensions: y = 2 ; x = 2 ; variables: double lat(y, x) ; lat:units = "degrees_north" ;
        double lon(y, x) ; lon:units = "degrees_east" ; float t(y, x) ; t:coordinates = "lat lon" ;
        data: lat = 0.,0.1,1.,1. ; lon = 0.,1.,0.,1. ; }"#,
    );
    let roles = Roles::of(&data);
    let grid = Grid::of(&data, &roles, "t").unwrap().unwrap();
    assert!(Corners::given(&data, &roles, &grid, "t").unwrap().is_none());
}
