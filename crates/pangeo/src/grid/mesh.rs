//! Centres of mesh faces and edges, where a file gives only their nodes (UGRID 1.0).

use super::Places;
use super::classify::read;
use super::kd_tree::unit_vector;
use crate::cf::packing::Packing;
use crate::cf::roles::{Kind, Roles, start_index};
use crate::model::{Dataset, Variable};
use crate::{Error, Result};

/// The dimension of the variable's faces or edges and their centres: the mean of their nodes on the
/// sphere. `None` if the variable lies on no mesh or the mesh lacks what is needed.
pub(super) fn places(dataset: &Dataset, roles: &Roles, variable: &Variable) -> Result<Option<(String, Places)>> {
    let Some(elements) = Elements::of(dataset, roles, variable)? else { return Ok(None) };
    let (latitudes, longitudes) = centres(&elements.nodes, &elements.latitudes, &elements.longitudes);
    Ok(Some((elements.dimension, Places::PerCell { latitudes, longitudes })))
}

/// The corners of a cell, degrees east and north.
pub type Outline = Vec<(f64, f64)>;

/// The corners of each face that the variable called `name` lies on. `None` if
/// it lies on no mesh, not on its faces, or the mesh lacks what is needed.
///
/// # Errors
/// When coordinates or connectivity can't be read.
pub fn outlines(dataset: &Dataset, roles: &Roles, name: &str) -> Result<Option<Vec<Outline>>> {
    let variable = dataset.require(name)?;
    if variable.attributes.text("location").is_some_and(|l| l.trim() != "face") {
        return Ok(None);
    }
    let Some(elements) = Elements::of(dataset, roles, variable)? else { return Ok(None) };
    let place = |node: &usize| {
        let (x, y) = (*elements.longitudes.get(*node)?, *elements.latitudes.get(*node)?);
        (x.is_finite() && y.is_finite()).then_some((x, y))
    };
    let corners = |nodes: &Vec<Option<usize>>| nodes.iter().flatten().filter_map(place).collect();
    Ok(Some(elements.nodes.iter().map(corners).collect()))
}

/// The faces or edges that a variable lies on.
struct Elements {
    dimension: String,
    /// The nodes of each.
    nodes: Vec<Vec<Option<usize>>>,
    latitudes: Vec<f64>,
    longitudes: Vec<f64>,
}

impl Elements {
    fn of(dataset: &Dataset, roles: &Roles, variable: &Variable) -> Result<Option<Self>> {
        let Some(mesh) = roles.mesh(&variable.name).and_then(|name| dataset.variable(name)) else { return Ok(None) };
        let location = variable.attributes.text("location").unwrap_or("face").trim();
        let referenced = |attribute: &str| {
            let text = mesh.attributes.text(attribute)?;
            let found = text.split_whitespace().filter_map(|name| roles.resolve(&mesh.name, name));
            Some(found.filter_map(|name| dataset.variable(name)).collect::<Vec<_>>())
        };
        let nodes = referenced("node_coordinates").unwrap_or_default();
        let of_kind = |kind: Kind| nodes.iter().find(|v| roles.kind(&v.name) == kind).copied();
        let connectivity = referenced(&format!("{location}_node_connectivity")).unwrap_or_default();
        let (Some(lat), Some(lon), Some(table)) =
            (of_kind(Kind::Latitude), of_kind(Kind::Longitude), connectivity.first().copied())
        else {
            return Ok(None);
        };
        let [first, second] = table.dimensions.as_slice() else { return Ok(None) };
        let dimension = if variable.axis(first).is_some() { first } else { second };
        if variable.axis(dimension).is_none() {
            return Ok(None);
        }
        let (latitudes, longitudes) = (read(lat, 90.01)?, read(lon, 1e4)?);
        Ok(Some(Self {
            dimension: dimension.clone(),
            nodes: corners(table, dimension == first)?,
            latitudes,
            longitudes,
        }))
    }
}

/// The node indices of each element, counted from 0; missing ones (`None`) fill up elements of
/// fewer nodes.
fn corners(table: &Variable, elements_first: bool) -> Result<Vec<Vec<Option<usize>>>> {
    let block = table.array.read_all()?;
    let values = Packing::of(table)?.decode_f64(&block);
    let start = start_index(table);
    let &[rows, columns] = block.shape() else {
        return Err(Error::data("connectivity has not two dimensions", format!("variable '{}'", table.name)));
    };
    let (count, width, by_element, by_corner) =
        if elements_first { (rows, columns, columns, 1) } else { (columns, rows, 1, columns) };
    let node = |element: usize, corner: usize| {
        let at = element.checked_mul(by_element)?.checked_add(corner.checked_mul(by_corner)?)?;
        let index = values.get(at)? - start;
        (index >= 0.0).then_some(index as usize)
    };
    Ok((0..count).map(|element| (0..width).map(|corner| node(element, corner)).collect()).collect())
}

/// The mean of each element's nodes on the sphere; NaN where a node is unknown or none is named.
fn centres(corners: &[Vec<Option<usize>>], latitudes: &[f64], longitudes: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let centre = |nodes: &Vec<Option<usize>>| {
        let mut sum = [0.0f64; 3];
        for &node in nodes.iter().flatten() {
            let place = longitudes.get(node).zip(latitudes.get(node));
            let point = place.map_or([f64::NAN; 3], |(lon, lat)| unit_vector(*lon, *lat));
            sum = [sum[0] + point[0], sum[1] + point[1], sum[2] + point[2]];
        }
        let across = sum[0].hypot(sum[1]);
        if across == 0.0 && sum[2] == 0.0 {
            return (f64::NAN, f64::NAN);
        }
        (sum[2].atan2(across).to_degrees(), sum[1].atan2(sum[0]).to_degrees())
    };
    corners.iter().map(centre).unzip()
}
