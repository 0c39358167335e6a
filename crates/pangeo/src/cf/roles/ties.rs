//! Dimensions that hang together by numbers in variables: cutting one means cutting others along
//! with it and writing these numbers anew.
//!
//! CF has counts and indices of ragged arrays (§9.3), lists of gathered points (§8.2), geometry
//! containers (§7.5) and tie points (§8.3); UGRID has the connectivity of meshes.

use super::mesh::{Mesh, meshes};
use super::names::{Scope, group, values, words};
use crate::model::{Dataset, Variable};

/// What ties dimensions together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tie {
    /// A contiguous ragged array (CF §9.3.3).
    Counts {
        /// The variable that counts each instance's samples.
        counts: String,
        /// Its dimension; none where there is one instance.
        instances: Option<String>,
        /// The dimension of the samples, those of an instance side by side.
        samples: String,
    },
    /// An indexed ragged array (CF §9.3.4), or part of a mesh's places (UGRID `location_index_set`).
    Index {
        /// The variable that says which instance each sample belongs to, counted from its
        /// `start_index` or 0.
        index: String,
        /// Its dimension.
        samples: String,
        /// The dimension of the instances.
        instances: String,
    },
    /// Compression by gathering (CF §8.2).
    Gathered {
        /// The variable that lists the points kept, as C-order offsets in `dimensions`.
        list: String,
        /// Its dimension.
        points: String,
        /// The dimensions that it stands for, slowest first.
        dimensions: Vec<String>,
    },
    /// A geometry container (CF §7.5).
    Geometries {
        /// The variable that counts each geometry's nodes.
        counts: String,
        /// Its dimension.
        instances: String,
        /// The dimension of the nodes.
        nodes: String,
        /// The variable that counts the nodes of parts, and its dimension.
        parts: Option<(String, String)>,
    },
    /// Dimensions that no part can be taken of without breaking what `by` describes.
    Whole {
        /// The variable that describes it.
        by: String,
        /// What they hold.
        what: &'static str,
        /// The dimensions.
        dimensions: Vec<String>,
    },
    /// A mesh (UGRID).
    Mesh(Mesh),
}

impl Tie {
    /// The ties of a dataset, in the order of its variables. Reads metadata only.
    pub fn all(dataset: &Dataset) -> Vec<Self> {
        let look = Look { dataset, scope: Scope::of(dataset) };
        let meshes = meshes(&look);
        let mut found: Vec<Self> = dataset.variables.iter().flat_map(|v| look.ties(v, &meshes)).collect();
        for mesh in meshes {
            let corners = Self::Whole {
                by: mesh.name.clone(),
                what: "the corners of a mesh's elements",
                dimensions: mesh.corners.clone(),
            };
            found.extend([Self::Mesh(mesh), corners]);
        }
        found
    }

    /// The dimensions that are tied.
    pub fn dimensions(&self) -> Vec<&str> {
        match self {
            Self::Counts { instances, samples, .. } => instances.iter().chain([samples]).map(String::as_str).collect(),
            Self::Index { samples, instances, .. } => vec![samples, instances],
            Self::Gathered { points, dimensions, .. } => {
                std::iter::once(points).chain(dimensions).map(String::as_str).collect()
            }
            Self::Geometries { instances, nodes, parts, .. } => {
                let parts = parts.iter().map(|(_, d)| d);
                [instances, nodes].into_iter().chain(parts).map(String::as_str).collect()
            }
            Self::Whole { dimensions, .. } => dimensions.iter().map(String::as_str).collect(),
            Self::Mesh(mesh) => mesh.locations.iter().map(|(_, d)| d.as_str()).collect(),
        }
    }

    /// The variable that ties them.
    pub fn by(&self) -> &str {
        match self {
            Self::Counts { counts: name, .. }
            | Self::Index { index: name, .. }
            | Self::Gathered { list: name, .. }
            | Self::Geometries { counts: name, .. }
            | Self::Whole { by: name, .. }
            | Self::Mesh(Mesh { name, .. }) => name,
        }
    }
}

/// A dataset in which names are looked up.
pub(super) struct Look<'a> {
    pub(super) dataset: &'a Dataset,
    scope: Scope,
}

impl<'a> Look<'a> {
    /// The variables that an attribute lists.
    pub(super) fn variables(&self, from: &Variable, attribute: &str) -> Vec<&'a Variable> {
        let text = from.attributes.text(attribute).unwrap_or_default();
        let whole = self.scope.get(text).into_iter();
        let named = whole.chain(words(text).filter_map(|w| self.scope.resolve(&from.name, w)));
        let mut found: Vec<usize> = Vec::new();
        for i in named {
            if !found.contains(&i) {
                found.push(i);
            }
        }
        found.into_iter().filter_map(|i| self.dataset.variables.get(i)).collect()
    }

    /// The dimension that `name` means inside the variable `from`: the nearest going up to the root.
    pub(super) fn dimension(&self, from: &Variable, name: &str) -> Option<String> {
        let mut scope = group(&from.name);
        let name = name.trim();
        loop {
            let full = match name.strip_prefix('/') {
                Some(absolute) => absolute.to_owned(),
                None if scope.is_empty() => name.to_owned(),
                None => format!("{scope}/{name}"),
            };
            if let Some(found) = self.dataset.dimension(&full) {
                return Some(found.name.clone());
            }
            if scope.is_empty() {
                return None;
            }
            scope = group(scope);
        }
    }

    /// The dimension that an attribute names.
    pub(super) fn named_dimension(&self, from: &Variable, attribute: &str) -> Option<String> {
        self.dimension(from, from.attributes.text(attribute)?)
    }

    fn ties(&self, variable: &Variable, meshes: &[Mesh]) -> Vec<Tie> {
        let ragged = self.counts(variable).or_else(|| self.index(variable, meshes));
        let listed =
            self.gathered(variable).or_else(|| self.geometries(variable)).or_else(|| self.tie_points(variable));
        let listed = listed.or_else(|| self.rows(variable));
        ragged.into_iter().chain(listed).collect()
    }

    fn counts(&self, variable: &Variable) -> Option<Tie> {
        let samples = self.named_dimension(variable, "sample_dimension")?;
        Some(match variable.dimensions.as_slice() {
            [] => Tie::Counts { counts: variable.name.clone(), instances: None, samples },
            [one] => Tie::Counts { counts: variable.name.clone(), instances: Some(one.clone()), samples },
            several => {
                let dimensions = several.iter().cloned().chain([samples]).collect();
                Tie::Whole { by: variable.name.clone(), what: "samples counted along several dimensions", dimensions }
            }
        })
    }

    fn index(&self, variable: &Variable, meshes: &[Mesh]) -> Option<Tie> {
        let instances = self.named_dimension(variable, "instance_dimension").or_else(|| {
            let is_set = variable.attributes.text("cf_role") == Some("location_index_set");
            let mesh = self.variables(variable, "mesh").into_iter().next().filter(|_| is_set)?;
            let mesh = meshes.iter().find(|m| m.name == mesh.name)?;
            mesh.dimension(variable.attributes.text("location")?.parse().ok()?).map(str::to_owned)
        })?;
        let index = variable.name.clone();
        Some(match variable.dimensions.as_slice() {
            [samples] => Tie::Index { index, samples: samples.clone(), instances },
            several => {
                let dimensions = several.iter().cloned().chain([instances]).collect();
                Tie::Whole { by: index, what: "samples indexed along several dimensions", dimensions }
            }
        })
    }

    fn gathered(&self, variable: &Variable) -> Option<Tie> {
        let text = variable.attributes.text("compress")?;
        let points = variable.dimensions.first()?.clone();
        let dimensions: Vec<String> = words(text).filter_map(|d| self.dimension(variable, d)).collect();
        // Where one of them is not in the file the list means nothing that could be kept.
        let all = dimensions.len() == words(text).count() && !dimensions.is_empty();
        all.then(|| Tie::Gathered { list: variable.name.clone(), points, dimensions })
    }

    /// The cells of a reduced grid, of which CDO writes how many there are on each latitude: parts of rows would no
    /// longer go all around.
    fn rows(&self, variable: &Variable) -> Option<Tie> {
        let counts = self.variables(variable, "CDI_grid_reduced_points").into_iter().next()?;
        let latitudes = self.variables(variable, "CDI_grid_latitudes");
        let rows = latitudes.into_iter().chain([counts]).flat_map(|v| v.dimensions.iter().cloned());
        let dimensions = rows.chain(variable.dimensions.last().cloned()).collect();
        Some(Tie::Whole { by: counts.name.clone(), what: "the rows of a reduced grid", dimensions })
    }

    fn geometries(&self, variable: &Variable) -> Option<Tie> {
        let single = |attribute: &str| {
            let counts = self.variables(variable, attribute).into_iter().next()?;
            Some((counts.name.clone(), counts.dimensions.first()?.clone()))
        };
        let (counts, instances) = single("node_count")?;
        let coordinates = self.variables(variable, "node_coordinates");
        let nodes = coordinates.first()?.dimensions.first()?.clone();
        Some(Tie::Geometries { counts, instances, nodes, parts: single("part_node_count") })
    }

    /// `tie_point_mapping = "x: x_indices tp_x [subarea_x]"`.
    fn tie_points(&self, variable: &Variable) -> Option<Tie> {
        let text = variable.attributes.text("tie_point_mapping")?;
        let keys = words(text).filter_map(|w| w.strip_suffix(':'));
        let dimensions = keys.chain(values(text)).filter_map(|d| self.dimension(variable, d)).collect();
        Some(Tie::Whole { by: variable.name.clone(), what: "values to be interpolated from tie points", dimensions })
    }
}

/// The dimensions that attributes name, so that they are needed even where no variable has them.
pub fn named_dimensions(dataset: &Dataset) -> Vec<String> {
    const ATTRIBUTES: [&str; 4] = ["sample_dimension", "instance_dimension", "compress", "dimensions"];
    let look = Look { dataset, scope: Scope::default() };
    let named = dataset.variables.iter().flat_map(|v| {
        let texts = ATTRIBUTES.iter().filter_map(|a| v.attributes.text(a));
        let names = texts.flat_map(words).filter_map(|d| look.dimension(v, d));
        names.collect::<Vec<_>>()
    });
    named.collect()
}
