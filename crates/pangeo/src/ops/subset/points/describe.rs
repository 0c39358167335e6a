//! The coordinates that say what the points are, and the attributes that name them.

use super::{Copy, Group, Plan, Point};
use crate::cf::roles::Role;
use crate::model::array::Memory;
use crate::model::{Attributes, Block, Buffer, Dataset, Encoding, Variable};

impl Plan {
    /// Add the coordinates of the points and name them in the `coordinates` of the data.
    pub(super) fn describe(&self, dataset: &mut Dataset, points: &[Point], copies: &[Copy]) {
        let requested = self.add_requested(dataset, points);
        let times: Vec<String> = self.steps.iter().map(|s| s.coordinate.clone()).collect();
        for (number, group) in self.groups.iter().enumerate() {
            let mut names = self.add_places(dataset, group);
            let axes = group.cells.picks.iter().map(|(d, _)| d.clone());
            names.extend(axes.filter(|d| dataset.variable(d).is_some_and(|v| v.dimensions.contains(&self.point))));
            for copy in copies.iter().filter(|c| c.group == number) {
                names.iter_mut().filter(|n| **n == copy.original).for_each(|n| n.clone_from(&copy.name));
            }
            names.extend(times.iter().cloned());
            names.extend(requested.iter().cloned());
            let what = "great-circle distance from the requested place to the centre of the cell";
            let values = Buffer::F64(group.cells.distances.clone());
            names.push(self.add(dataset, "distance", values, &[("long_name", what), ("units", "km")]));
            for name in &group.on.variables {
                if let Some(variable) = dataset.variable_mut(name) {
                    list_coordinates(variable, &names, None);
                }
            }
        }
        // What varies along the points but lies on no grid: a zonal mean, a series of one station.
        for variable in &mut dataset.variables {
            let is_data = matches!(self.roles.role(&variable.name), Some(Role::Data | Role::Ancillary));
            let on_grid = self.groups.iter().any(|g| g.on.variables.contains(&variable.name));
            if is_data && !on_grid && variable.dimensions.contains(&self.point) {
                let names: Vec<String> = times.iter().chain(&requested).cloned().collect();
                list_coordinates(variable, &names, None);
            }
        }
    }

    /// The places asked for, and their names where they have any.
    fn add_requested(&self, dataset: &mut Dataset, points: &[Point]) -> Vec<String> {
        // No standard name and no degrees_east: readers must not take these for the cells' places.
        let longitudes = Buffer::F64(points.iter().map(|p| p.longitude).collect());
        let latitudes = Buffer::F64(points.iter().map(|p| p.latitude).collect());
        let mut names = vec![
            self.add(
                dataset,
                "requested_longitude",
                longitudes,
                &[("long_name", "longitude asked for, degrees east"), ("units", "degrees")],
            ),
            self.add(
                dataset,
                "requested_latitude",
                latitudes,
                &[("long_name", "latitude asked for, degrees north"), ("units", "degrees")],
            ),
        ];
        if points.iter().any(|p| p.name.is_some()) {
            let texts = points.iter().map(|p| p.name.clone().unwrap_or_default()).collect();
            names.push(self.add(dataset, "point_name", Buffer::String(texts), &[("long_name", "name of the point")]));
        }
        names
    }

    /// The names of the cells' latitude and longitude; both are added where the file had none.
    fn add_places(&self, dataset: &mut Dataset, group: &Group) -> Vec<String> {
        let known: Vec<String> = group.places().cloned().collect();
        if !known.is_empty() {
            return known;
        }
        let latitudes = Buffer::F64(group.cells.latitudes.clone());
        let longitudes = Buffer::F64(group.cells.longitudes.clone());
        let latitude = [("standard_name", "latitude"), ("units", "degrees_north")];
        let longitude = [("standard_name", "longitude"), ("units", "degrees_east")];
        vec![self.add(dataset, "lat", latitudes, &latitude), self.add(dataset, "lon", longitudes, &longitude)]
    }

    /// Add a coordinate along the points; its name, which is another where `name` is taken.
    fn add(&self, dataset: &mut Dataset, name: &str, values: Buffer, attributes: &[(&str, &str)]) -> String {
        let name = free_name(dataset, name);
        let mut all = Attributes::new();
        attributes.iter().for_each(|(key, value)| all.set(*key, *value));
        dataset.variables.push(Variable {
            name: name.clone(),
            dimensions: vec![self.point.clone()],
            attributes: all,
            encoding: Encoding::default(),
            array: Memory::array(Block::vector(values)),
        });
        name
    }
}

/// Put names at the end of a variable's `coordinates` unless they stand there, in the place of
/// `instead_of` if that does.
pub(super) fn list_coordinates(variable: &mut Variable, names: &[String], instead_of: Option<&str>) {
    let text = variable.attributes.text("coordinates").unwrap_or_default();
    let mut words: Vec<String> =
        text.split_whitespace().filter(|w| Some(*w) != instead_of).map(str::to_owned).collect();
    for name in names {
        if !words.contains(name) {
            words.push(name.clone());
        }
    }
    variable.attributes.set("coordinates", words.join(" "));
}

/// `name`, or `name_1`, `name_2`, … if the dataset has something of that name.
pub(super) fn free_name(dataset: &Dataset, name: &str) -> String {
    let taken = |name: &str| dataset.variable(name).is_some() || dataset.dimension(name).is_some();
    if !taken(name) {
        return name.to_owned();
    }
    let mut numbered = (1_u64..).map(|i| format!("{name}_{i}"));
    numbered.find(|n| !taken(n)).unwrap_or_else(|| name.to_owned())
}
