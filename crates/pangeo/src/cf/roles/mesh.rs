//! Meshes: which dimension each of their places runs along and what connects these (UGRID 1.0).

use std::str::FromStr;

use super::names::words;
use super::ties::Look;
use crate::model::Variable;

/// The places of a mesh that data may lie on, lowest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Location {
    /// Points.
    Node,
    /// Segments of the rim, with data of their own.
    Boundary,
    /// Lines between two nodes.
    Edge,
    /// Polygons.
    Face,
    /// Bodies.
    Volume,
}

impl Location {
    /// All of them, lowest first.
    pub const ALL: [Self; 5] = [Self::Node, Self::Boundary, Self::Edge, Self::Face, Self::Volume];

    /// As attributes write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Node => "node",
            Self::Boundary => "boundary",
            Self::Edge => "edge",
            Self::Face => "face",
            Self::Volume => "volume",
        }
    }
}

impl FromStr for Location {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|l| l.name() == text.trim()).ok_or(())
    }
}

/// A table that says which elements at `to` belong to, or lie beside, each at `from`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Links {
    /// The variable, of two dimensions.
    pub variable: String,
    /// What its rows are.
    pub from: Location,
    /// What its numbers mean, counted from its `start_index` or 0.
    pub to: Location,
    /// The position of the dimension of `from`.
    pub axis: usize,
}

/// A mesh topology.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mesh {
    /// The variable that describes it.
    pub name: String,
    /// The highest place that it has by its definition.
    pub top: Location,
    /// The dimension of each place that has one, lowest first.
    pub locations: Vec<(Location, String)>,
    /// How places are connected.
    pub links: Vec<Links>,
    /// The dimensions across these tables.
    pub corners: Vec<String>,
    /// Tables of numbers whose meaning is not known.
    pub unclear: Vec<String>,
}

impl Mesh {
    /// The dimension of a place.
    pub fn dimension(&self, location: Location) -> Option<&str> {
        self.locations.iter().find(|(l, _)| *l == location).map(|(_, d)| d.as_str())
    }

    /// The place that a dimension is of; the highest, should several share it.
    pub fn location(&self, dimension: &str) -> Option<Location> {
        self.locations.iter().rev().find(|(_, d)| d == dimension).map(|(l, _)| *l)
    }

    /// The table from one place to another.
    pub fn table(&self, from: Location, to: Location) -> Option<&Links> {
        self.links.iter().find(|l| l.from == from && l.to == to)
    }
}

/// The meshes of a dataset.
pub(super) fn meshes(look: &Look) -> Vec<Mesh> {
    let is_mesh = |v: &&Variable| v.attributes.text("cf_role") == Some("mesh_topology");
    let mut found: Vec<Mesh> = look.dataset.variables.iter().filter(is_mesh).map(|v| mesh(look, v)).collect();
    for variable in look.dataset.variables.iter().filter(|v| is_connectivity(v)) {
        if !found.iter().any(|m| m.knows(&variable.name)) {
            found.iter_mut().for_each(|m| m.adopt(variable));
        }
    }
    found
}

fn mesh(look: &Look, variable: &Variable) -> Mesh {
    let listed = Location::ALL.into_iter().filter_map(|l| Some((l, location_dimension(look, variable, l)?)));
    let mut mesh = Mesh {
        name: variable.name.clone(),
        top: Location::Node,
        locations: listed.collect(),
        links: Vec::new(),
        corners: Vec::new(),
        unclear: Vec::new(),
    };
    for (attribute, _) in variable.attributes.iter().filter(|(n, _)| n.ends_with("_connectivity")) {
        for table in look.variables(variable, attribute) {
            mesh.add(ends(attribute), table);
        }
    }
    let nodes = mesh.links.iter().filter(|l| l.to == Location::Node && l.from != Location::Boundary);
    let highest = nodes.map(|l| l.from).max().unwrap_or(Location::Node);
    mesh.top = match variable.attributes.number("topology_dimension") {
        Some(1.0) => Location::Edge,
        Some(2.0) => Location::Face,
        Some(3.0) => Location::Volume,
        _ => highest,
    };
    mesh
}

/// The dimension of a place: as the mesh says, of its coordinates, or of the rows of its tables.
fn location_dimension(look: &Look, mesh: &Variable, location: Location) -> Option<String> {
    let name = location.name();
    let along = |v: &&Variable| v.dimensions.len() == 1;
    let of_coordinates = || {
        let listed = look.variables(mesh, &format!("{name}_coordinates"));
        listed.into_iter().find(along).and_then(|v| v.dimensions.first().cloned())
    };
    let of_tables = || {
        let mut tables = Location::ALL.into_iter().map(|to| format!("{name}_{}_connectivity", to.name()));
        let table = tables.find_map(|a| look.variables(mesh, &a).into_iter().next())?;
        // Either dimension may come first: that of data at the place is the one meant.
        let is_data = |v: &&Variable| {
            v.attributes.text("location").is_some_and(|l| l.trim() == name)
                && look.variables(v, "mesh").iter().any(|m| m.name == mesh.name)
        };
        let data: Vec<&Variable> = look.dataset.variables.iter().filter(is_data).collect();
        let of_data = table.dimensions.iter().find(|d| data.iter().any(|v| v.axis(d).is_some()));
        of_data.or(table.dimensions.first()).cloned()
    };
    look.named_dimension(mesh, &format!("{name}_dimension")).or_else(of_coordinates).or_else(of_tables)
}

/// The places that a table's name connects: `face_edge_connectivity` → face, edge.
fn ends(role: &str) -> Option<(Location, Location)> {
    let role = role.trim().replace(' ', "_");
    let (from, to) = role.strip_suffix("_connectivity")?.split_once('_')?;
    Some((from.parse().ok()?, to.parse().ok()?))
}

/// The number that a variable gives to the first place of a dimension: its `start_index`, else 0.
pub fn start_index(variable: &Variable) -> f64 {
    let value = variable.attributes.get("start_index");
    let number = value.and_then(|v| v.as_f64().or_else(|| v.as_text().and_then(|t| t.trim().parse().ok())));
    number.unwrap_or(0.0)
}

/// Whether a variable is a table of connections by its own attributes; some write `face_face connectivity`.
pub(super) fn is_connectivity(variable: &Variable) -> bool {
    variable.attributes.text("cf_role").is_some_and(|r| r.trim().replace(' ', "_").ends_with("_connectivity"))
}

impl Mesh {
    fn knows(&self, table: &str) -> bool {
        self.links.iter().any(|l| l.variable == table) || self.unclear.iter().any(|n| n == table)
    }

    fn add(&mut self, ends: Option<(Location, Location)>, table: &Variable) {
        let axis = ends.and_then(|(from, _)| table.axis(self.dimension(from)?));
        match (ends, axis, table.dimensions.as_slice()) {
            (Some((from, to)), Some(axis), [first, second]) => {
                self.corners.push(if axis == 0 { second } else { first }.clone());
                self.links.push(Links { variable: table.name.clone(), from, to, axis });
            }
            _ => self.unclear.push(table.name.clone()),
        }
    }

    /// Take over a table that no mesh names but that runs along one of this one's dimensions.
    fn adopt(&mut self, table: &Variable) {
        if self.locations.iter().any(|(_, d)| table.axis(d).is_some()) {
            self.add(table.attributes.text("cf_role").and_then(ends), table);
        }
    }
}

/// The variables that an attribute of `mesh` lists, and those alone, are `names`.
pub fn lists_only(mesh: &Variable, attribute: &str, names: &[String]) -> bool {
    let text = mesh.attributes.text(attribute).unwrap_or_default();
    words(text).next().is_some() && words(text).all(|w| names.iter().any(|n| n == w || n.ends_with(&format!("/{w}"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_tables() {
        assert_eq!(ends("face_edge_connectivity"), Some((Location::Face, Location::Edge)));
        assert_eq!(ends("edge_face connectivity"), Some((Location::Edge, Location::Face)));
        assert_eq!(ends("face_corner_connectivity"), None);
    }
}
