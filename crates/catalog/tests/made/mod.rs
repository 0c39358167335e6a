//! Datasets made in memory.

use pangeo::model::array::{Constant, Memory};
use pangeo::model::{Attributes, Block, Buffer, Dataset, Dimension, Encoding, Variable};

fn variable(name: &str, dimensions: &[&str], texts: &[(&str, &str)], values: Vec<f64>) -> Variable {
    let mut attributes = Attributes::new();
    texts.iter().for_each(|(name, text)| attributes.set(*name, *text));
    Variable {
        name: name.to_owned(),
        dimensions: dimensions.iter().map(|&d| d.to_owned()).collect(),
        attributes,
        encoding: Encoding::default(),
        array: Memory::array(Block::vector(Buffer::F64(values))),
    }
}

fn dimension(name: &str, length: usize) -> Dimension {
    Dimension { name: name.to_owned(), length, unlimited: false }
}

fn field(name: &str, dimensions: [&str; 2], shape: [usize; 2], texts: &[(&str, &str)]) -> Variable {
    let array = Constant::array(Buffer::F32(vec![0.0]), shape.to_vec());
    Variable { array, ..variable(name, &dimensions, texts, Vec::new()) }
}

/// The centres of `count` cells between two edges.
fn centres((from, to): (f64, f64), count: usize) -> Vec<f64> {
    (0..count).map(|i| from + (to - from) * (i as f64 + 0.5) / count as f64).collect()
}

/// A field of 20 rows and 30 columns between edges on the plane of an EPSG code, without latitudes and longitudes.
#[allow(dead_code)] // not every test has planes
pub(crate) fn projected(code: &str, unit: &str, x: (f64, f64), y: (f64, f64)) -> Dataset {
    let line = |name: &str, standard: &str, edges, count| {
        variable(name, &[name], &[("standard_name", standard), ("units", unit)], centres(edges, count))
    };
    let mut mapping = variable("crs", &[], &[("grid_mapping_name", "unknown"), ("epsg_code", code)], vec![0.0]);
    mapping.array = Memory::array(Block::scalar(Buffer::I32(vec![0])).unwrap());
    Dataset {
        dimensions: vec![dimension("y", 20), dimension("x", 30)],
        variables: vec![
            line("y", "projection_y_coordinate", y, 20),
            line("x", "projection_x_coordinate", x, 30),
            mapping,
            field("t", ["y", "x"], [20, 30], &[("grid_mapping", "crs")]),
        ],
        ..Dataset::default()
    }
}

/// A field over Europe.
pub(crate) fn latlon() -> Dataset {
    Dataset {
        dimensions: vec![dimension("lat", 4), dimension("lon", 6)],
        variables: vec![
            variable("lat", &["lat"], &[("units", "degrees_north")], centres((40.0, 60.0), 4)),
            variable("lon", &["lon"], &[("units", "degrees_east")], centres((0.0, 30.0), 6)),
            field("t", ["lat", "lon"], [4, 6], &[("units", "K"), ("standard_name", "air_temperature")]),
        ],
        ..Dataset::default()
    }
}

/// A field over the dateline with latitudes and longitudes for each cell: 20 degrees of `rows` rows and columns, each
/// row a little further east than the one before, by 5 degrees in all.
#[allow(dead_code)] // not every test has them
pub(crate) fn sheared(rows: usize) -> Dataset {
    let cell = 20.0 / rows as f64;
    let plane = |name: &str, unit: &str, at: &dyn Fn(f64, f64) -> f64| {
        let values = (0..rows * rows).map(|i| at((i / rows) as f64 * cell, (i % rows) as f64 * cell));
        let block = Block::new(vec![rows, rows], Buffer::F64(values.collect())).unwrap();
        Variable { array: Memory::array(block), ..variable(name, &["y", "x"], &[("units", unit)], Vec::new()) }
    };
    Dataset {
        dimensions: vec![dimension("y", rows), dimension("x", rows)],
        variables: vec![
            plane("lat", "degrees_north", &|y, _| y - 10.0),
            plane("lon", "degrees_east", &|y, x| 170.0 + x + 0.25 * y),
            field("t", ["y", "x"], [rows, rows], &[("coordinates", "lat lon")]),
        ],
        ..Dataset::default()
    }
}
