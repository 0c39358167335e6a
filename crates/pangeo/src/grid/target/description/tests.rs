use crate::cf::packing::numbers;
use crate::grid::target::is_description;
use crate::grid::{Corners, GridKind, Places, Target, gaussian_latitudes};

fn described(text: &str) -> crate::Result<Target> {
    Target::described(text.as_bytes(), "grid.txt")
}

fn values(target: &Target, name: &str) -> Vec<f64> {
    numbers(target.variables.iter().find(|v| v.name == name).unwrap()).unwrap()
}

/// Where it went wrong, as the user is told.
fn wrong(text: &str) -> String {
    described(text).unwrap_err().to_string()
}

const REGULAR: &str = "\
# cdo griddes air.nc
gridtype  = lonlat
gridsize  = 8
datatype  = float
xsize     = 4
ysize     = 2
xname     = longitude   # what it is called
xlongname = \"Longitude # east\"
xunits    = \"degrees\"
xfirst    = 0.1
xinc      = 2.5
yname     = latitude
yvals     = 10
   12.5
scanningMode = 64
";

#[test]
fn rows_and_columns() {
    let target = described(REGULAR).unwrap();
    assert_eq!((target.grid.shape(), target.grid.kind), ((2, 4), GridKind::Rectilinear));
    let single: Vec<f64> = [0.1, 2.6, 5.1, 7.6].iter().map(|v| f64::from(*v as f32)).collect();
    assert_eq!(values(&target, "longitude"), single);
    assert_eq!(values(&target, "latitude_bnds"), [8.75, 11.25, 11.25, 13.75]);
    let longitude = target.variables.iter().find(|v| v.name == "longitude").unwrap();
    assert_eq!(longitude.attributes.text("long_name"), Some("Longitude # east"));
    assert_eq!(longitude.attributes.text("units"), Some("degrees"));
    assert_eq!(longitude.attributes.text("standard_name"), Some("longitude"));
    assert_eq!(target.clone().named("lat", "lon").grid, target.grid, "names of a description stay");
}

#[test]
fn bounds_are_taken() {
    let target = described(
        "gridtype=lonlat\nxsize=2\nysize=2\nxvals=1 2\nxbounds=0 1.5\n 1.5 3\nyvals=5,6\nybounds=4 5.5 5.5 7\n",
    );
    let Corners::Separable { rows, columns } = target.unwrap().corners.unwrap() else { panic!("not separable") };
    assert_eq!((rows, columns), (vec![(4.0, 5.5), (5.5, 7.0)], vec![(0.0, 1.5), (1.5, 3.0)]));
}

#[test]
fn gaussian_rows_need_no_values() {
    let target = described("gridtype = gaussian\nxsize = 16\nysize = 8\n").unwrap();
    assert_eq!(target.grid.kind, GridKind::Gaussian { n: 4 });
    assert_eq!(values(&target, "lat"), gaussian_latitudes(8));
    assert_eq!(values(&target, "lon")[1], 22.5);
    let from_south = described("gridtype = gaussian\nxsize = 16\nnp = 4\nyfirst = -73.8\n").unwrap();
    assert!(values(&from_south, "lat")[0] < 0.0 && from_south.grid.shape() == (8, 16));
}

#[test]
fn cells_with_places_of_their_own() {
    let curvilinear = described(
        "gridtype = curvilinear\ngridsize = 2\nxsize = 2\nysize = 1\nxdimname = i\nydimname = j\nvdimname = nv4\n\
         xvals = 1 2\nyvals = 5 5\nxbounds = 0.5 1.5 1.5 0.5\n 1.5 2.5 2.5 1.5\nybounds = 4 4 6 6 4 4 6 6\n",
    )
    .unwrap();
    assert_eq!((curvilinear.grid.kind, curvilinear.grid.shape()), (GridKind::Curvilinear, (1, 2)));
    assert_eq!(curvilinear.corners().unwrap().outline(1)[1], (2.5, 4.0));
    assert_eq!(curvilinear.attributes.text("coordinates"), Some("lat lon"));
    assert_eq!(curvilinear.dimensions.iter().map(|d| d.name.as_str()).collect::<Vec<_>>(), ["j", "i", "nv4"]);
    let radians = described(
        "gridtype = unstructured\nxunits = \"radian\"\nyunits = radian\nxvals = 0.5 1\nyvals = 0 0.25\n\
         nvertex = 3\nxbounds = .4 .6 .5 .9 1.1 1\nybounds = -.1 -.1 .1 .1 .1 .3\n",
    )
    .unwrap();
    assert_eq!(radians.grid.kind, GridKind::Unstructured);
    let Places::PerCell { longitudes, .. } = &radians.grid.places else { panic!("no places") };
    assert_eq!(longitudes, &[0.5_f64.to_degrees(), 1.0_f64.to_degrees()]);
    assert_eq!(radians.corners().unwrap().outline(1).len(), 3);
    let stations = described("gridtype = unstructured\nxvals = 1 2 3\nyvals = 5 6 7\n").unwrap();
    assert!(stations.corners.is_none() && stations.corners().is_err() && stations.grid.shape() == (1, 3));
}

const ROTATED: &str = "\
gridtype = projection
xname = rlon
yname = rlat
xsize = 3
ysize = 2
xfirst = -10
xinc = 10
yfirst = -5
yinc = 10
grid_mapping = pole
grid_mapping_name = rotated_latitude_longitude
grid_north_pole_latitude = 39.25
grid_north_pole_longitude = -162.f
";

#[test]
fn other_poles_and_planes() {
    let rotated = described(ROTATED).unwrap();
    assert_eq!((rotated.grid.kind, rotated.grid.shape()), (GridKind::Rotated, (2, 3)));
    let names: Vec<&str> = rotated.variables.iter().map(|v| v.name.as_str()).collect();
    assert_eq!(names, ["rlat", "rlon", "pole", "lat", "lat_bnds", "lon", "lon_bnds"]);
    // The corner (5, 0) of the rotated grid: iris.analysis.cartography.unrotate_pole.
    let corner = rotated.corners().unwrap().outline(2)[3];
    let expected = crate::grid::RotatedPole { latitude: 39.25, longitude: -162.0, north_pole_longitude: 0.0 };
    assert!(crate::grid::distance_km(corner, expected.unrotate(5.0, 0.0)) < 1e-6);
    let old = "gridtype=lonlat\nxsize=3\nysize=2\nxfirst=-10\nxinc=10\nyfirst=-5\nyinc=10\nxnpole=-162\nynpole=39.25\n";
    assert_eq!(described(old).unwrap().grid.places, rotated.grid.places);
    let plane = "gridtype=projection\nxsize=2\nysize=2\nxfirst=4e6\nxinc=1e6\nyfirst=3e6\nyinc=1e6\n\
        grid_mapping=crs\ngrid_mapping_name=lambert_azimuthal_equal_area\nlatitude_of_projection_origin = 52.\n\
        longitude_of_projection_origin = 10.\nfalse_easting = 4321000.\nfalse_northing = 3210000.\n\
        semi_major_axis = 6378137.\ninverse_flattening = 298.257222101\n";
    let plane = described(plane).unwrap();
    // pyproj.Transformer.from_crs(3035, 4326, always_xy=True).transform(4e6, 3e6)
    let (lon, lat) = plane.grid.place(0).unwrap();
    assert!((lon - 5.517_796_212_442_044).abs() < 1e-8 && (lat - 50.024_118_758_541_924).abs() < 1e-8, "{lon} {lat}");
    assert_eq!(plane.grid.kind, GridKind::Projected);
    assert_eq!(values(&plane, "lon_bnds").len(), 16);
}

#[test]
fn errors_name_the_line() {
    assert!(wrong("gridtype = lonlat\nxsize = 4\nysize = x2\n").contains("line 3 of grid.txt"));
    assert!(wrong("gridtype = lonlat\nxsize = 2\nxvals = 1 2\n 3\nyvals = 1 2\n").contains("line 3"));
    assert!(
        wrong("gridtype = lonlat\nxsize = 2\nxvals = 1\n b\nyvals = 1 2\n")
            .contains("'b' of xvals is no number, line 4")
    );
    assert!(wrong("gridtype = lonlat\nxsise = 2\n").contains("'xsise' is no key"));
    assert!(wrong("gridtype = spectral\n").contains("'spectral' is not made, line 1"));
    assert!(wrong("gridtype = lonlat\nxsize = 2\nysize = 2\nyfirst = 3\nyinc = 1\ngridsize = 5").contains("line 6"));
    assert!(wrong("gridtype = lonlat\nysize = 0\n").contains("no count"));
    assert!(wrong("gridtype = curvilinear\nxsize = 2\nysize = 2\nxvals = 1 2\nyvals = 1 2 3 4").contains("line 4"));
    assert!(
        wrong("gridtype = projection\nxsize = 2\nysize = 2\nxfirst=0\nxinc=1\nyfirst=0\nyinc=1")
            .contains("grid_mapping")
    );
    assert!(
        wrong("gridtype = lonlat\nxsize = 2\nysize = 1\nxname = lat\nyname = lat\nyvals = 1\n").contains("same name")
    );
    assert!(wrong("").contains("no gridtype") && wrong("\u{0}\u{1}").contains("no gridtype"));
}

#[test]
fn several_grids_and_warnings() {
    let several = format!("Warning (x): dimid = 0;\n#\n{REGULAR}\ngridtype = generic\nxsize = 3\n");
    let target = described(&several).unwrap();
    assert!(target.grid.shape() == (2, 4) && target.notes.len() == 1);
    assert!(
        is_description(several.as_bytes()) && !is_description(b"CDF\x01gridtype = ") && !is_description(b"\x89HDF")
    );
}

/// Any bytes, and any line left out, doubled or cut, give a grid or an error.
#[test]
fn nothing_panics() {
    for text in [REGULAR, ROTATED] {
        let lines: Vec<&str> = text.lines().collect();
        for at in 0..lines.len() {
            let without: Vec<&str> = [&lines[..at], &lines[at + 1..]].concat();
            let _ = described(&without.join("\n"));
            let _ = described(
                &[&lines[..at], &["nvertex = 4000000000", "= 3", "\"", "xsize = 1e9"], &lines[at..]]
                    .concat()
                    .join("\n"),
            );
        }
        for at in 0..text.len() {
            let mut bytes = text.as_bytes().to_vec();
            bytes[at] = b"\xff=#\"9-e\n"[at % 8];
            let _ = Target::described(&bytes, "grid.txt");
        }
    }
}
