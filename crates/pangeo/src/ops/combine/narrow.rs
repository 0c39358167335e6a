//! Leaving out what nobody asked for before datasets are combined.

use crate::cf::roles::{Role, Roles, resolve_variables};
use crate::model::Dataset;
use crate::{Error, Result};

/// Leave each of several datasets with the variables that `patterns` ask for (as
/// [`resolve_variables`] has them), those `needed` beside, and all that comes along with them; datasets
/// that have none of them go. So a variable that does not fit keeps none from being combined that do.
///
/// Nothing is left out where there are no patterns or some pattern is in no dataset: that is for those
/// who choose from the whole to tell.
///
/// # Errors
/// [`Error::Usage`] for a name that several groups have.
pub fn narrow(datasets: &mut Vec<Dataset>, patterns: &[String], needed: &[String]) -> Result<()> {
    if datasets.len() < 2 || patterns.is_empty() {
        return Ok(());
    }
    let roles: Vec<Roles> = datasets.iter().map(Roles::of).collect();
    let mut wanted: Vec<Vec<String>> = vec![Vec::new(); datasets.len()];
    for pattern in patterns.iter().map(std::slice::from_ref).chain(needed.iter().map(std::slice::from_ref)) {
        let mut found = Vec::with_capacity(datasets.len());
        for (dataset, roles) in datasets.iter().zip(&roles) {
            match resolve_variables(dataset, roles, pattern) {
                Ok(names) => found.push(names),
                Err(Error::NotFound { .. }) => found.push(Vec::new()),
                Err(error) => return Err(error),
            }
        }
        if found.iter().all(Vec::is_empty) {
            return Ok(());
        }
        // A glob means data variables if there are any, in whichever file.
        let is_data = |roles: &Roles, name: &String| roles.role(name) == Some(Role::Data);
        let data = found.iter().zip(&roles).any(|(names, roles)| names.iter().any(|n| is_data(roles, n)));
        for ((names, roles), wanted) in found.into_iter().zip(&roles).zip(&mut wanted) {
            wanted.extend(names.into_iter().filter(|n| !data || is_data(roles, n)));
        }
    }
    for ((dataset, roles), wanted) in datasets.iter_mut().zip(&roles).zip(&wanted) {
        let kept = roles.companions(wanted);
        dataset.variables.retain(|v| kept.contains(&v.name));
        let variables = &dataset.variables;
        dataset.dimensions.retain(|d| variables.iter().any(|v| v.dimensions.contains(&d.name)));
    }
    datasets.retain(|d| !d.variables.is_empty());
    Ok(())
}
