//! Target grids: where their cells are, whichever way they are asked for.

use testkit::fixture;

use super::{Output, all_near, beside, regrid, values_of};

const COADS: &str = "coads_climatology.cdf";

/// The first field of sea temperatures on a target.
fn sst(arguments: &[&str]) -> Output {
    regrid("etopo60.cdf", &[&["--method", "nearest"], arguments].concat())
}

#[test]
fn words_are_those_of_cdo() {
    // cdo griddes -topo,r36x18 and others
    for (word, columns, rows, first, last) in [
        ("r36x18", 36, 18, -85.0, 85.0),
        ("r37x19", 37, 19, -90.0, 90.0),
        ("n32", 128, 64, -87.863_798_839_232_6, 87.863_798_839_232_6),
        ("F32", 128, 64, 87.863_798_839_232_6, -87.863_798_839_232_6),
        ("global_10", 36, 18, -85.0, 85.0),
    ] {
        let output = sst(&["--target", word]);
        let (lat, lon) = (output.values("ETOPO60Y"), output.values("ETOPO60X"));
        assert_eq!((lon.len(), lat.len()), (columns, rows), "{word}");
        let ends = [lat[0].abs(), lat[rows - 1].abs()];
        all_near(&ends, &[f64::abs(first), f64::abs(last)], 1e-9);
        all_near(&lon[1..2], &[lon[0] + 360.0 / columns as f64], 1e-9);
        let bounds = output.values("ETOPO60Y_bnds");
        assert_eq!(bounds.iter().copied().fold(f64::MIN, f64::max), 90.0, "{word}");
    }
}

#[test]
fn boxes_are_filled_from_their_edges_over_the_dateline_too() {
    let output = sst(&["--resolution", "5,4", "--bbox=170,-8,-170,8"]);
    let lon: Vec<f64> = output.values("ETOPO60X").iter().map(|v| v.rem_euclid(360.0)).collect();
    all_near(&lon, &[172.5, 177.5, 182.5, 187.5], 0.0);
    all_near(&output.values("ETOPO60Y"), &[-6.0, -2.0, 2.0, 6.0], 0.0);
    let steps: Vec<f64> = output.values("ETOPO60X_bnds").windows(2).step_by(2).map(|b| b[1] - b[0]).collect();
    all_near(&steps, &[5.0; 4], 0.0);
    assert!(output.values("ROSE").iter().all(|v| v.is_finite()));
    let whole = sst(&["--resolution", "10"]);
    assert_eq!(whole.values("ROSE").len(), 36 * 18);
}

#[test]
fn descriptions_are_read() {
    let output = sst(&["--target", &beside("grids/america.txt")]);
    let expected: Vec<f64> = (0..19).map(|i| 217.3 + 4.3 * f64::from(i)).collect();
    all_near(&output.values("lon"), &expected, 1e-9);
    let expected: Vec<f64> = (0..13).map(|i| 18.2 + 3.1 * f64::from(i)).collect();
    all_near(&output.values("lat"), &expected, 1e-9);
}

#[test]
fn the_grids_of_files_are_taken_as_they_are() {
    for (file, names) in [
        (COADS, &["COADSY", "COADSX"][..]),
        ("air_temperature_small.nc", &["lat", "lon"]),
        ("made/curvilinear_pole.nc", &["lat", "lon", "lat_vertices", "lon_vertices"]),
        ("rotated_pole.nc", &["grid_latitude", "grid_longitude"]),
        ("toa_brightness_stereographic.nc", &["x", "y", "lat", "lon"]),
        ("mesh_C4_synthetic_float.nc", &["example_C4_face_x", "example_C4_face_y", "example_C4_face_nodes"]),
    ] {
        let path = fixture(file);
        let output = sst(&["--target", &path.to_string_lossy()]);
        for name in names {
            // Names of latitudes and longitudes along dimensions of their own stay those of the input.
            let known = match *name {
                "COADSY" | "lat" if !names.contains(&"lat_vertices") && !names.contains(&"x") => "ETOPO60Y",
                "COADSX" | "lon" if !names.contains(&"lat_vertices") && !names.contains(&"x") => "ETOPO60X",
                other => other,
            };
            let known = if output.variable(known).is_null() { name } else { known };
            assert_eq!(output.values(known), values_of(&path, name), "{name} of {file}");
        }
        assert!(output.values("ROSE").iter().any(|v| v.is_finite()), "{file}");
    }
}

#[test]
fn the_variable_tells_which_grid_of_a_file() {
    let file = fixture("made/monthly_bounds.nc");
    let output = sst(&["--target", &file.to_string_lossy(), "--target-variable", "areacella"]);
    assert_eq!(output.values("ROSE").len(), 72);
}

#[test]
fn projections_have_cells_of_their_unit() {
    let how = ["--target", "epsg:3035", "--resolution", "500000", "--bbox=-10,35,30,70"];
    let output = sst(&how);
    let x = output.values("x");
    assert!(x.windows(2).all(|w| w[1] - w[0] == 500_000.0), "{x:?}");
    assert_eq!(output.attribute("ROSE", "grid_mapping"), "crs");
    assert_eq!(output.attribute("crs", "grid_mapping_name"), "lambert_azimuthal_equal_area");
    assert_eq!(output.attribute("x", "standard_name"), "projection_x_coordinate");
    // pyproj 3.7: Transformer.from_crs(3035, 4326).transform(3250000, 5250000). Names are those of the input.
    let (lat, lon) = (output.values("ETOPO60Y"), output.values("ETOPO60X"));
    let (row, column) =
        (output.values("y").iter().position(|v| *v == 3_250_000.0), x.iter().position(|v| *v == 5_250_000.0));
    let at = row.unwrap() * x.len() + column.unwrap();
    all_near(&[lat[at], lon[at].rem_euclid(360.0)], &[51.584_334_398_788_9, 23.491_848_463_178_85], 1e-9);
}
