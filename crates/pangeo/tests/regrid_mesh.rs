//! Bilinear on meshes of real files: a field that is known everywhere in the place of theirs.

use std::collections::BTreeMap;

use pangeo::cf::packing::Packing;
use pangeo::cf::roles::Roles;
use pangeo::engine::Engine;
use pangeo::grid::{Corners, Grid, Locator, Target};
use pangeo::io::open::open;
use pangeo::model::array::Memory;
use pangeo::model::{Block, Buffer, Dataset, Encoding};
use pangeo::ops::regrid::{Method, Regrid, Wish};

fn smooth(longitude: f64, latitude: f64) -> f64 {
    let (x, y) = (longitude.to_radians(), latitude.to_radians());
    2.0 + y.cos().powi(2) * (2.0 * x).cos()
}

/// The dataset with one variable, on its mesh, whose values are those of [`smooth`].
fn with_smooth(path: &str, name: &str) -> Dataset {
    let mut dataset = open(path).unwrap();
    let roles = Roles::of(&dataset);
    let grid = Grid::of(&dataset, &roles, name).unwrap().unwrap();
    let (latitudes, longitudes) = grid.all_places();
    let values = latitudes.iter().zip(&longitudes).map(|(lat, lon)| smooth(*lon, *lat)).collect();
    let cells = grid.cells.as_ref().unwrap().dimension.clone();
    let variable = dataset.variable_mut(name).unwrap();
    variable.array = Memory::array(Block::new(vec![latitudes.len()], Buffer::F64(values)).unwrap());
    (variable.dimensions, variable.encoding) = (vec![cells], Encoding::default());
    for fill in ["_FillValue", "missing_value"] {
        variable.attributes.remove(fill);
    }
    dataset
}

fn regridded(dataset: Dataset, name: &str, method: Method, threads: usize) -> pangeo::Result<Vec<f64>> {
    let target = Some(Wish::Grid(Box::new(Target::word("r90x45")?)));
    let regrid = Regrid { method: Some(method), target, ..Regrid::default() };
    let outcome = regrid.apply(dataset, &Engine::new(threads, 1 << 30))?;
    let variable = outcome.dataset.require(name)?;
    Ok(Packing::of(variable)?.decode_f64(&variable.array.read_all()?))
}

/// Holds a file to its error; `whole` meshes have a value everywhere, others just where their cells are.
fn hold(path: &str, name: &str, whole: bool, bound: f64) {
    let dataset = with_smooth(path, name);
    let got = regridded(dataset.clone(), name, Method::Bilinear, 1).unwrap();
    let again = regridded(dataset.clone(), name, Method::Bilinear, 3).unwrap();
    assert!(got.iter().zip(&again).all(|(a, b)| a.to_bits() == b.to_bits()), "{path}: threads");
    let target = Target::word("r90x45").unwrap().grid;
    let places = (0..target.len()).map(|i| target.place(i).unwrap());
    let off = places.clone().zip(&got).filter(|(_, v)| !v.is_nan()).map(|((x, y), v)| (v - smooth(x, y)).abs());
    let worst = off.fold(0.0, f64::max);
    let found = got.iter().filter(|v| !v.is_nan()).count();
    let roles = Roles::of(&dataset);
    let grid = Grid::of(&dataset, &roles, name).unwrap().unwrap();
    let domain = Corners::of(&dataset, &roles, &grid, name).map_or_else(|_| Locator::of_centres(&grid), Locator::new);
    let inside = places.zip(&got).filter(|((x, y), _)| domain.cell(*x, *y).is_some()).count();
    eprintln!("{name}: {} cells, {found} of {inside} places inside, worst {worst:.2e}", grid.len());
    assert!(worst < bound && found == inside && (!whole || found == got.len()), "{path}: {worst} {found} {inside}");
}

#[test]
fn a_cubed_sphere_of_96_faces() {
    let path = testkit::fixture("mesh_C4_synthetic_float.nc");
    hold(path.to_str().unwrap(), "synthetic", true, 0.12);
}

#[test]
fn meshes_of_lfric_and_icon() {
    let Some(folder) = testkit::shared_data("netcdf") else { return };
    let files = BTreeMap::from([
        (
            "iris-test-data/unstructured_grid/lfric_ngvat_2D_1t_face_half_levels_main_conv_rain.nc",
            ("conv_rain", true, 0.015),
        ),
        ("ncarg/nug/triangular_grid_ICON.nc", ("S", true, 0.003)),
    ]);
    for (file, (name, whole, bound)) in files {
        hold(folder.join(file).to_str().unwrap(), name, whole, bound);
    }
}

#[test]
fn cubic_curves_need_rows_and_columns() {
    let path = testkit::fixture("mesh_C4_synthetic_float.nc");
    let dataset = with_smooth(path.to_str().unwrap(), "synthetic");
    let error = regridded(dataset, "synthetic", Method::Bicubic, 1).unwrap_err();
    assert!(error.to_string().contains("rows and columns") && error.hint().unwrap().contains("--method bilinear"));
}
