//! Cells of real files as CDO 2.1.1 and numpy have them: `golden_oracle.py` beside this file writes `golden.csv` and
//! `shared.csv`.

use testkit::{fixture, shared_data};

use super::{beside, regrid_of};

/// One line: some cells of one output.
fn check(line: &str) {
    let [source, arguments, variable, tolerance, _, cells] = line.split('|').collect::<Vec<_>>().try_into().unwrap();
    let input = match source.strip_prefix("data/") {
        Some(path) => shared_data("").unwrap().join(path),
        None => fixture(source),
    };
    let grids = beside("grids/");
    let arguments = arguments.replace("grids/", &grids);
    let all: Vec<&str> = arguments.split(' ').chain(["-v", variable]).collect();
    let values = regrid_of(&input, &all).values(variable);
    let cells: Vec<(usize, f64)> = cells
        .split(' ')
        .map(|cell| cell.split_once(':').unwrap())
        .map(|(at, value)| (at.parse().unwrap(), value.parse().unwrap()))
        .collect();
    let greatest = cells.iter().map(|(_, value)| value.abs()).fold(0.0, f64::max);
    // Results are stored in single precision.
    let tolerance = tolerance.parse::<f64>().unwrap() * greatest;
    for (at, expected) in cells {
        let near = (values[at] - expected).abs() <= tolerance + 1.2e-7 * expected.abs();
        assert!(near, "{source} {arguments}: {} is not {expected}, at {at}", values[at]);
    }
}

fn check_lines(csv: &str, of: impl Fn(&str) -> bool) {
    let lines: Vec<&str> = csv.lines().filter(|line| of(line)).collect();
    assert!(lines.len() > 2);
    lines.into_iter().for_each(check);
}

fn check_fixtures(names: &[&str]) {
    check_lines(include_str!("golden.csv"), |line| names.iter().any(|name| line.starts_with(name)));
}

#[test]
fn rows_and_columns_around_the_earth() {
    check_fixtures(&["etopo60", "coads", "made/monthly"]);
}

#[test]
fn rows_and_columns_of_a_part() {
    check_fixtures(&["A1B", "air_temperature"]);
}

#[test]
fn tripolar_and_polar_grids() {
    check_fixtures(&["nemo", "orca2", "made/curvilinear"]);
}

#[test]
fn rotated_and_projected_grids_and_meshes() {
    check_fixtures(&["rotated", "hybrid", "toa", "mesh"]);
}

#[test]
fn every_line_belongs_to_a_test() {
    let known = ["etopo60", "coads", "made/", "A1B", "air_temp", "nemo", "orca2", "rotated", "hybrid", "toa", "mesh"];
    assert!(include_str!("golden.csv").lines().all(|line| known.iter().any(|name| line.starts_with(name))));
}

#[test]
fn real_files_of_gaussian_rotated_bipolar_and_triangular_grids() {
    if shared_data("").is_some() {
        check_lines(include_str!("shared.csv"), |_| true);
    }
}
