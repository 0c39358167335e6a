//! Dimensions that are cut along with others: meshes, ragged arrays, geometries.
//!
//! What a file means is read back the way a user of it would: a face by the places of its corners, a
//! sample by the profile that counts it.

use std::collections::HashMap;
use std::path::Path;

use serde_json::Value;
use testkit::{fixture, run, shared_data};

use super::silent::{Output, subset, subset_of};

/// A mesh as its file means it: every element by the places of its nodes.
struct Mesh {
    path: String,
    /// Role of each table (`face_edge_connectivity`) and its variable.
    tables: HashMap<String, Value>,
    /// The variable that describes it.
    described: Value,
}

impl Mesh {
    fn of(path: &Path) -> Self {
        let path = path.to_string_lossy().into_owned();
        let json = run("inspect", &["--format", "json", &path]).json();
        let variables = json["variables"].as_array().unwrap();
        let role = |v: &Value| v["attributes"]["cf_role"].as_str().unwrap_or_default().replace(' ', "_");
        let tables = variables.iter().filter(|v| role(v).ends_with("_connectivity"));
        let described = variables.iter().find(|v| role(v) == "mesh_topology").unwrap().clone();
        Self { tables: tables.map(|v| (role(v), v.clone())).collect(), described, path }
    }

    fn numbers(&self, name: &str) -> Vec<f64> {
        let said = run("inspect", &["--coordinate", name, &self.path]);
        said.ok().lines().skip(1).map(|l| l.split('\t').nth(1).and_then(|v| v.parse().ok()).unwrap_or(-1.0)).collect()
    }

    /// The targets of each row, from 0; `None` for none.
    fn links(&self, role: &str) -> Vec<Vec<Option<usize>>> {
        let table = &self.tables[role];
        let attributes = &table["attributes"];
        let start = attributes["start_index"].as_f64().unwrap_or(0.0);
        let target = |n: f64| (n >= start && attributes["_FillValue"] != n as i64).then_some((n - start) as usize);
        let numbers = self.numbers(table["name"].as_str().unwrap());
        let width = table["shape"][1].as_u64().unwrap() as usize;
        numbers.chunks(width).map(|row| row.iter().map(|&n| target(n)).collect()).collect()
    }

    /// The corners of each element, in order; numbers that no node has fail.
    fn elements(&self, location: &str) -> Vec<String> {
        let names = self.described["attributes"]["node_coordinates"].as_str().unwrap().to_owned();
        let nodes: Vec<Vec<f64>> = names.split(' ').map(|n| self.numbers(n)).collect();
        let corner = |node: usize| nodes.iter().map(|axis| axis[node]).collect::<Vec<_>>();
        let rows = self.links(&format!("{location}_node_connectivity"));
        rows.iter().map(|row| format!("{:?}", row.iter().flatten().map(|&n| corner(n)).collect::<Vec<_>>())).collect()
    }

    /// What each element is linked to, all of them told by their corners; numbers that nothing has fail.
    fn meaning(&self, role: &str) -> HashMap<String, Vec<Option<String>>> {
        let (from, to) = role.trim_end_matches("_connectivity").split_once('_').unwrap();
        let (from, to) = (self.elements(from), self.elements(to));
        let rows = self.links(role);
        assert_eq!(rows.len(), from.len(), "{role}");
        let linked = |row: &Vec<Option<usize>>| row.iter().map(|t| t.map(|i| to[i].clone())).collect();
        from.into_iter().zip(rows.iter().map(linked)).collect()
    }
}

/// Every element of a cut mesh is made of, and linked to, the same as before, but for what is gone.
/// Numbers of faces and of tables are the answer.
#[track_caller]
fn still_true(input: &Path, output: &Output) -> (usize, usize) {
    output.said.ok();
    let (before, after) = (Mesh::of(input), Mesh::of(&output.path()));
    let faces = after.elements("face");
    let whole = before.elements("face");
    assert!(faces.iter().all(|f| whole.contains(f)));
    for role in after.tables.keys().filter(|r| !r.ends_with("_node_connectivity")) {
        let to = after.elements(role.split('_').nth(1).unwrap());
        let old = before.meaning(role);
        for (element, links) in after.meaning(role) {
            let expected: Vec<_> =
                old[&element].iter().map(|link| link.clone().filter(|target| to.contains(target))).collect();
            assert_eq!(links, expected, "{role} of {element}");
        }
    }
    (faces.len(), after.tables.len())
}

#[test]
fn a_mesh_stays_true_whatever_way_it_is_cut() {
    let input = fixture("mesh_C4_synthetic_float.nc");
    // Faces whose centres lie in the box, faces listed, faces of whole edges, faces of whole nodes: numpy's.
    for (arguments, faces) in [
        ("--bbox=-60,20,60,60", 10),
        ("--isel=nexample_C4_face=0:10", 10),
        ("--isel=nexample_C4_face=::-7", 14),
        ("--isel=nexample_C4_edge=0:50", 17),
        ("--isel=nexample_C4_node=0:30", 19),
    ] {
        assert_eq!(still_true(&input, &subset_of(&input, &[arguments])), (faces, 4), "{arguments}");
    }
    let output = subset("mesh_C4_synthetic_float.nc", &["-v", "synthetic", "--isel", "nexample_C4_face=5"]);
    assert_eq!(output.coordinate("example_C4_face_nodes").len(), 4);
    assert_eq!(output.coordinate("example_C4_face_links"), ["-1"; 4]);
}

#[test]
fn a_mesh_has_the_corners_that_all_touched_asks_for() {
    let folder = tempfile::tempdir().unwrap();
    let region = folder.path().join("spot.geojson");
    // In the middle of one face of 22.5 degrees, away from its centre.
    let ring = "[[[15,15],[16,15],[16,16],[15,16],[15,15]]]";
    std::fs::write(&region, format!(r#"{{"type": "Polygon", "coordinates": {ring}}}"#)).unwrap();
    let region = region.to_string_lossy().into_owned();
    let input = fixture("mesh_C4_synthetic_float.nc");
    let output = subset_of(&input, &["--polygon", &region, "--all-touched"]);
    assert_eq!(still_true(&input, &output), (1, 4));
    assert!(subset_of(&input, &["--polygon", &region]).said.fails(1).contains("selects nothing"));
}

#[test]
fn part_of_the_corners_of_a_mesh_is_refused() {
    let said = subset("mesh_C4_synthetic_float.nc", &["--isel", "Four=0:3"]).said;
    assert!(said.fails(1).contains("'Four'") && said.stderr.contains("hint: "), "{said}");
}

#[test]
fn samples_of_profiles_are_cut_and_counted() {
    for (arguments, profiles, counts, values) in [
        (&["--sel", "profile=3"][..], "3", "3", "30 31 32"),
        (&["--level", "2"], "1 2 3", "1 0 1", "11 31"),
        (&["--isel", "obs=1:3"], "1 2 3", "1 0 1", "11 30"),
        (&["--time", "2000-01-02/"], "1 2 3", "1 0 2", "11 31 32"),
        (&["-v", "temp", "--isel", "profile=0"], "1", "2", "10 11"),
    ] {
        let output = subset("made/ragged.nc", arguments);
        let said = ["profile", "row_size", "temp"].map(|n| output.coordinate(n).join(" "));
        assert_eq!(said, [profiles, counts, values], "{arguments:?}");
    }
}

#[test]
fn gathered_points_follow_the_grid_they_stand_for() {
    let output = subset("made/ragged.nc", &["-v", "soil", "--sel", "lat=10/20"]);
    assert_eq!(
        (output.coordinate("land").join(" "), output.coordinate("soil").join(" ")),
        ("1 2 7".into(), "5 6 11".into())
    );
    let said = subset("made/ragged.nc", &["--isel", "lat=1", "--isel", "lon=0"]).said;
    assert!(said.fails(1).contains("selects nothing") && said.stderr.contains("'land'"), "{said}");
}

#[test]
fn real_meshes_stay_true() {
    let Some(folder) = shared_data("netcdf/iris-test-data/unstructured_grid") else { return };
    let input = folder.join("lfric_ngvat_2D_1t_face_half_levels_main_conv_rain.nc");
    // Tables that the mesh does not name (face_edge, edge_face, face_face) are among the five.
    assert_eq!(still_true(&input, &subset_of(&input, &["--bbox=-10,30,20,60"])), (14, 5));
}

#[test]
fn real_ragged_arrays_and_geometries() {
    let Some(folder) = shared_data("netcdf/cfdm/docs/source/sample_files") else { return };
    let input = folder.join("contiguous.nc");
    let (all, one) = (subset_of(&input, &[]), subset_of(&input, &["--isel", "station=1"]));
    let counts: Vec<usize> = all.coordinate("row_size").iter().map(|n| n.parse().unwrap()).collect();
    assert_eq!(one.coordinate("row_size"), [counts[1].to_string()]);
    assert_eq!(one.coordinate("humidity"), all.coordinate("humidity")[counts[0]..counts[0] + counts[1]]);
    let geometry = folder.join("geometry.nc");
    let (all, last) = (subset_of(&geometry, &[]), subset_of(&geometry, &["--isel", "instance=1"]));
    let nodes: usize = last.coordinate("node_count")[0].parse().unwrap();
    assert_eq!(last.coordinate("x"), all.coordinate("x")[13 - nodes..]);
    assert_eq!(last.coordinate("part_node_count"), [nodes.to_string()]);
}
