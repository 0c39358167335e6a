//! What counts or points into a dimension follows when that is cut.
//!
//! Ragged arrays (CF §9.3) say how many samples each instance has, or of which instance each sample is;
//! geometries (CF §7.5) count their nodes; meshes (UGRID 1.0) tell cells and nodes by their numbers.
//! After a cut these numbers would mean others than before.

use std::sync::Arc;

use super::mask::fillable;
use super::select::select_within;
use crate::cf::packing::{Packing, numbers};
use crate::model::array::{AxisSelection, Mapped, Memory};
use crate::model::{Block, Buffer, Dataset, Variable};
use crate::{Error, Result};

/// Prepare `dataset` for the cut of `dimension` to `selection`: counts of its places are counted anew,
/// what belongs to places that go goes as well, numbers of places become the new ones (missing for
/// places that are gone). `above` are the dimensions whose cuts led here.
///
/// # Errors
/// [`Error::Unsupported`] where what depends on the dimension can't follow.
pub(super) fn follow(dataset: &mut Dataset, dimension: &str, selection: &AxisSelection, above: &[&str]) -> Result<()> {
    refuse_unsupported(dataset, dimension)?;
    let kept: Vec<usize> = (0..selection.len()).filter_map(|at| selection.get(at)).collect();
    let within = [above, &[dimension]].concat();
    for (counts, samples) in counts(dataset) {
        let variable = dataset.require(&counts)?;
        let [instances] = variable.dimensions.as_slice() else { continue };
        if samples == dimension {
            let changed = recount(variable, &kept)?;
            dataset.variables.iter_mut().filter(|v| v.name == counts).for_each(|v| v.array = changed.array.clone());
        } else if instances == dimension {
            let left = samples_of(variable, &kept)?;
            select_within(dataset, &samples, &AxisSelection::from_indices(left), &within)?;
        }
    }
    let old = dataset.dimension(dimension).map_or(0, |d| d.length);
    let mut new: Vec<Option<usize>> = vec![None; old];
    for (at, &i) in kept.iter().enumerate() {
        new.get_mut(i).into_iter().for_each(|slot| *slot = Some(at));
    }
    for (index, samples) in indices(dataset, dimension) {
        let at = |v: f64| (v >= 0.0).then_some(v as usize);
        let stays = |v: &f64| at(*v).and_then(|i| *new.get(i)?).is_some();
        let values = numbers(dataset.require(&index)?)?;
        let left = (0..values.len()).filter(|&i| values.get(i).is_some_and(stays)).collect();
        select_within(dataset, &samples, &AxisSelection::from_indices(left), &within)?;
        dataset.variable_mut(&index).map_or(Ok(()), |v| renumber(v, 0.0, &new))?;
    }
    for table in connectivities(dataset, dimension) {
        let Some(variable) = dataset.variable_mut(&table) else { continue };
        let start = variable.attributes.number("start_index").unwrap_or(0.0);
        renumber(variable, start, &new)?;
    }
    Ok(())
}

/// The variables without which the samples of `names` belong to nobody: counts of them and indices
/// along them.
pub(super) fn owners(dataset: &Dataset, names: &[String]) -> Vec<String> {
    let along = |d: &str| names.iter().filter_map(|n| dataset.variable(n)).any(|v| v.axis(d).is_some());
    let counts = |v: &Variable| v.attributes.text("sample_dimension").is_some_and(|d| along(d.trim()));
    let points =
        |v: &Variable| v.attributes.get("instance_dimension").is_some() && v.dimensions.iter().any(|d| along(d));
    dataset.variables.iter().filter(|v| counts(v) || points(v)).map(|v| v.name.clone()).collect()
}

/// Gathered dimensions (CF §8.2) and geometries of parts are not followed.
fn refuse_unsupported(dataset: &Dataset, dimension: &str) -> Result<()> {
    let refused = |what: String| {
        Err(Error::unsupported(what, dataset.source.clone()).with_hint("other dimensions can be cut: see inspect"))
    };
    for variable in &dataset.variables {
        let gathers = variable.attributes.text("compress").unwrap_or_default();
        if gathers.split_whitespace().any(|word| word == dimension)
            && !variable.dimensions.iter().any(|d| d == dimension)
        {
            return refused(format!("dimension '{dimension}' is gathered in '{}' and can't be cut", variable.name));
        }
        let parts = variable.attributes.text("part_node_count").and_then(|name| dataset.variable(name));
        let node = node_dimension(dataset, variable);
        let counted = variable.attributes.text("node_count").and_then(|name| dataset.variable(name));
        let touched = counted.is_some_and(|v| v.dimensions.iter().any(|d| d == dimension))
            || parts.is_some_and(|v| v.dimensions.iter().any(|d| d == dimension))
            || node.as_deref() == Some(dimension);
        if parts.is_some() && touched {
            return refused(format!("the geometries of '{}' are made of parts and can't be cut", variable.name));
        }
    }
    Ok(())
}

/// The dimension of the nodes that a mesh or a geometry is made of.
fn node_dimension(dataset: &Dataset, of: &Variable) -> Option<String> {
    let first = of.attributes.text("node_coordinates")?.split_whitespace().next()?;
    dataset.variable(first)?.dimensions.first().cloned()
}

/// Variables that count, with the dimension whose places they count.
fn counts(dataset: &Dataset) -> Vec<(String, String)> {
    let ragged = |v: &Variable| Some((v.name.clone(), v.attributes.text("sample_dimension")?.trim().to_owned()));
    let geometry = |v: &Variable| {
        let counts = dataset.variable(v.attributes.text("node_count")?.trim())?;
        Some((counts.name.clone(), node_dimension(dataset, v)?))
    };
    let known = |(_, samples): &(String, String)| dataset.dimension(samples).is_some();
    dataset.variables.iter().filter_map(|v| ragged(v).or_else(|| geometry(v))).filter(known).collect()
}

/// Variables that say of which place of `instances` each sample is, with the samples' dimension.
fn indices(dataset: &Dataset, instances: &str) -> Vec<(String, String)> {
    let points = |v: &&Variable| v.attributes.text("instance_dimension").is_some_and(|d| d.trim() == instances);
    let named = |v: &Variable| Some((v.name.clone(), v.dimensions.first().filter(|d| *d != instances)?.clone()));
    dataset.variables.iter().filter(points).filter_map(named).collect()
}

/// The tables of meshes whose numbers are places of `dimension`.
fn connectivities(dataset: &Dataset, dimension: &str) -> Vec<String> {
    let mut found = Vec::new();
    for mesh in dataset.variables.iter().filter(|v| v.attributes.text("cf_role") == Some("mesh_topology")) {
        let table = |attribute: &str| dataset.variable(mesh.attributes.text(attribute)?.trim());
        let place_of = |element: &str| -> Option<String> {
            if element == "node" {
                return node_dimension(dataset, mesh);
            }
            let named = mesh.attributes.text(&format!("{element}_dimension")).map(|d| d.trim().to_owned());
            named.or_else(|| table(&format!("{element}_node_connectivity"))?.dimensions.first().cloned())
        };
        for (attribute, _) in mesh.attributes.iter() {
            let target = attribute.strip_suffix("_connectivity").and_then(|a| a.rsplit('_').next());
            if target.and_then(place_of).as_deref() == Some(dimension) {
                found.extend(table(attribute).map(|v| v.name.clone()));
            }
        }
    }
    found
}

/// Where the samples of each instance end.
fn ends(counts: &Variable) -> Result<Vec<usize>> {
    let mut end = 0usize;
    let add = |count: f64| {
        end = end.saturating_add(count.max(0.0) as usize); // missing counts are 0
        end
    };
    Ok(numbers(counts)?.into_iter().map(add).collect())
}

fn out_of_order(counts: &Variable) -> Error {
    let what = format!("'{}' counts what lies in a row, which can't be taken out of order", counts.name);
    Error::unsupported(what, "selection").with_hint("select in the order of the file")
}

/// The counts of samples when only these are `kept`.
fn recount(counts: &Variable, kept: &[usize]) -> Result<Variable> {
    if !kept.is_sorted() {
        return Err(out_of_order(counts));
    }
    let ends = ends(counts)?;
    let mut new = vec![0.0; ends.len()];
    for sample in kept {
        let instance = ends.partition_point(|end| end <= sample);
        new.get_mut(instance).into_iter().for_each(|count| *count += 1.0);
    }
    let lost = || Error::data("internal: counts of another type", counts.name.clone());
    let buffer = Buffer::from_f64(counts.data_type(), &new).ok_or_else(lost)?;
    let array = Memory::array(Block::new(counts.shape().to_vec(), buffer).ok_or_else(lost)?);
    Ok(Variable { array, ..counts.clone() })
}

/// The samples of the instances that are `kept`.
fn samples_of(counts: &Variable, kept: &[usize]) -> Result<Vec<usize>> {
    if !kept.is_sorted() {
        return Err(out_of_order(counts));
    }
    let ends = ends(counts)?;
    let range =
        |&i: &usize| i.checked_sub(1).map_or(Some(0), |before| ends.get(before).copied()).zip(ends.get(i).copied());
    Ok(kept.iter().filter_map(range).flat_map(|(start, end)| start..end).collect())
}

/// Numbers of places, counted from `start`, as the `new` ones; missing for places that are gone.
fn renumber(variable: &mut Variable, start: f64, new: &[Option<usize>]) -> Result<()> {
    let fill = fillable(variable)?.get_f64(0).unwrap_or(f64::NAN);
    let (packing, to) = (Packing::of(variable)?, variable.data_type().clone());
    let (new, target) = (new.to_vec(), to.clone());
    variable.array = Mapped::array(vec![Arc::clone(&variable.array)], to, move |blocks, region| {
        let lost = || Error::data("internal: nothing to number", "array");
        let number = |v: f64| {
            let place = (v >= start).then_some((v - start) as usize);
            place.and_then(|i| *new.get(i)?).map_or(fill, |i| i as f64 + start)
        };
        let values = packing.decode_f64(blocks.first().ok_or_else(lost)?).into_iter().map(number).collect::<Vec<_>>();
        Block::new(region.shape(), Buffer::from_f64(&target, &values).ok_or_else(lost)?).ok_or_else(lost)
    });
    variable.attributes.remove("actual_range");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cf::roles::cdl;
    use crate::ops::select::select;

    fn values(dataset: &Dataset, name: &str) -> Vec<f64> {
        numbers(dataset.variable(name).unwrap()).unwrap()
    }

    /// Three profiles of 2, 0 and 3 samples.
    fn profiles() -> Dataset {
        cdl::dataset(
            "netcdf t { dimensions: profile = 3 ; obs = 5 ; variables:
            int size(profile) ; size:sample_dimension = \"obs\" ; double temp(obs) ;
            data: size = 2, 0, 3 ; temp = 10, 11, 30, 31, 32 ; }",
        )
    }

    #[test]
    fn profiles_count_the_samples_that_are_left() {
        let mut cut = profiles();
        select(&mut cut, "obs", &AxisSelection::from_indices(vec![1, 3, 4])).unwrap();
        assert_eq!((values(&cut, "size"), values(&cut, "temp")), (vec![1.0, 0.0, 2.0], vec![11.0, 31.0, 32.0]));
        assert!(select(&mut profiles(), "obs", &AxisSelection::from_indices(vec![4, 0])).is_err());
    }

    #[test]
    fn samples_go_with_their_profiles() {
        let mut cut = profiles();
        select(&mut cut, "profile", &AxisSelection::from_indices(vec![1, 2])).unwrap();
        assert_eq!((values(&cut, "size"), values(&cut, "temp")), (vec![0.0, 3.0], vec![30.0, 31.0, 32.0]));
        let mut indexed = cdl::dataset(
            "netcdf t { dimensions: station = 3 ; obs = 5 ; variables:
            int of(obs) ; of:instance_dimension = \"station\" ; double temp(obs) ;
            data: of = 2, 0, 1, 2, 0 ; temp = 1, 2, 3, 4, 5 ; }",
        );
        select(&mut indexed, "station", &AxisSelection::from_indices(vec![1, 2])).unwrap();
        assert_eq!((values(&indexed, "of"), values(&indexed, "temp")), (vec![1.0, 0.0, 1.0], vec![1.0, 3.0, 4.0]));
    }

    #[test]
    fn samples_keep_their_owners() {
        assert_eq!(owners(&profiles(), &["temp".to_owned()]), ["size"]);
        assert!(owners(&profiles(), &["nothing".to_owned()]).is_empty());
    }

    #[test]
    fn meshes_know_their_nodes_by_new_numbers() {
        let mut mesh = cdl::dataset(
            "netcdf t { dimensions: node = 4 ; face = 2 ; corner = 3 ; variables:
            int mesh ; mesh:cf_role = \"mesh_topology\" ; mesh:node_coordinates = \"x y\" ;
            mesh:face_node_connectivity = \"nodes\" ; mesh:face_face_connectivity = \"next\" ;
            double x(node) ; double y(node) ;
            int nodes(face, corner) ; nodes:start_index = 1 ; int next(face, corner) ; next:_FillValue = -1 ;
            data: nodes = 1, 2, 3, 2, 3, 4 ; next = 1, -1, -1, 0, -1, -1 ; }",
        );
        select(&mut mesh, "face", &AxisSelection::from_indices(vec![1])).unwrap();
        assert_eq!(values(&mesh, "nodes"), [2.0, 3.0, 4.0]);
        assert!(values(&mesh, "next").iter().all(|v| v.is_nan()));
        select(&mut mesh, "node", &AxisSelection::from_indices(vec![1, 3])).unwrap();
        let nodes = values(&mesh, "nodes");
        assert_eq!((nodes[0], nodes[1].is_nan(), nodes[2]), (1.0, true, 2.0));
    }

    #[test]
    fn what_can_not_follow_is_refused() {
        let mut land = cdl::dataset(
            "netcdf t { dimensions: lat = 2 ; lon = 2 ; land = 2 ; variables:
            int land(land) ; land:compress = \"lat lon\" ; double lat(lat) ; double t(land) ; }",
        );
        assert!(select(&mut land, "lat", &AxisSelection::Range(0..1)).unwrap_err().hint().is_some());
        select(&mut land, "land", &AxisSelection::Range(0..1)).unwrap();
        // Two that count each other.
        let mut circle = cdl::dataset(
            "netcdf t { dimensions: a = 2 ; b = 2 ; variables: int m(a) ; m:sample_dimension = \"b\" ;
            int n(b) ; n:sample_dimension = \"a\" ; data: m = 1, 1 ; n = 1, 1 ; }",
        );
        assert!(select(&mut circle, "a", &AxisSelection::Range(0..1)).is_err());
    }
}
