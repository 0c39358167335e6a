//! What computes the variables of a grid, and its weights for a file.

use std::cell::OnceCell;
use std::sync::Arc;

use super::{Move, Route, layout};
use crate::cf::packing::Packing;
use crate::model::{Dataset, Region};
use crate::ops::regrid::build::{Maker, Plane, Source, filler};
use crate::ops::regrid::method::Method;
use crate::ops::regrid::operator::{Field, Rules};
use crate::ops::regrid::plane::Work;
use crate::ops::regrid::weights;
use crate::{Error, Result};

impl Move<'_> {
    /// What computes the variables of a grid by a method, worked out once.
    pub(super) fn work(&self, method: Option<Method>, variable: &str, route: &mut Route) -> Result<Arc<Work>> {
        if let Some((_, work)) = route.works.iter().find(|(known, _)| *known == method) {
            return Ok(Arc::clone(work));
        }
        let source = Source { dataset: self.dataset, roles: &self.roles, grid: &route.grid, variable };
        let work = if let (Some(file), None) = (&self.request.weights, method) {
            self.work_of_file(file, &source)?
        } else {
            let method = method.unwrap_or(Method::Nearest);
            let maker = Maker::new(method, &source, &self.target, self.request.extrapolate, self.engine)?;
            let rules = Rules {
                normalize: self.request.normalize,
                min_coverage: self.request.min_coverage.unwrap_or(method.min_coverage()),
                complete: false,
            };
            self.with(&source, maker, rules, None)
        };
        let work = Arc::new(work);
        route.works.push((method, Arc::clone(&work)));
        Ok(work)
    }

    /// As a file of weights has it.
    fn work_of_file(&self, file: &Dataset, source: &Source) -> Result<Work> {
        let maker = weights::maker(file, source.plane(), Plane::of(&self.target.grid))?;
        weights::check_places(file, 0, source.grid)?;
        weights::check_places(file, 1, &self.target.grid)?;
        let usual = weights::method(file).map_or(0.0, Method::min_coverage);
        let mask = weights::Mask::of(file, source.grid)?;
        let asked = self.request.min_coverage;
        let refused = |why: &str| {
            Err(Error::usage(format!("--min-coverage cannot be had of these weights, {why}: {}", file.source))
                .with_hint("leave it out, or make the weights anew with --save-weights, which hold what it takes"))
        };
        let signed = maker.is_signed();
        if asked.is_some() && signed {
            return refused("some of which are negative");
        }
        if asked.is_some_and(|part| (part - usual).abs() > 0.0) && mask.is_some() && !weights::tells_coverage(file) {
            return refused("which hold nothing of the cells that they leave out");
        }
        let rules = Rules {
            normalize: weights::normalize(file),
            min_coverage: asked.unwrap_or(usual),
            // Of weights some of which are negative, a part is no mean.
            complete: signed,
        };
        Ok(self.with(source, maker, rules, mask))
    }

    fn with(&self, source: &Source, maker: Maker, rules: Rules, mask: Option<weights::Mask>) -> Work {
        let filler = self.request.extrapolate.then(|| filler(source, &self.target));
        Work { maker, source: source.plane(), target: Plane::of(&self.target.grid), rules, filler, mask }
    }

    /// The weights of the only grid by the method asked for.
    pub(super) fn weights(
        &self,
        routes: &[Route],
        layout: weights::Layout,
        notes: &mut Vec<String>,
    ) -> Result<Dataset> {
        let [route] = routes else {
            return Err(Error::usage("the variables lie on several grids, and a file holds the weights of one")
                .with_hint("choose the variables of one grid with -v"));
        };
        let found = route.works.iter().find(|(method, _)| *method == self.request.method);
        let (Some((method, work)), Some(name)) = (found.or(route.works.first()), route.variables.first()) else {
            return Err(Error::usage("no variable was regridded"));
        };
        let source = Source { dataset: self.dataset, roles: &self.roles, grid: &route.grid, variable: name };
        let used = weights::Used::new(*method, work, &source, &self.target, self.request.normalize)?;
        match (layout, self.first_mask(name, route)?) {
            (weights::Layout::Scrip, Some(valid)) => {
                notes.push(format!(
                    "CDO takes these weights for fields with the missing values of the first one of {name}; --weights \
                     takes them for any"
                ));
                used.masked(valid, work.rules).dataset(layout)
            }
            _ => used.dataset(layout),
        }
    }

    /// Which cells have values in the first field of a variable; `None` where all have.
    fn first_mask(&self, name: &str, route: &Route) -> Result<Option<Vec<bool>>> {
        let variable = self.dataset.require(name)?;
        let layout = layout(variable, &route.grid, &self.target.grid)?;
        let first = variable.shape().iter().enumerate();
        let ranges = first.map(|(axis, n)| if layout.others.contains(&axis) { 0..1.min(*n) } else { 0..*n });
        let region = Region::new(ranges.collect());
        if !variable.data_type().is_numeric() || region.is_empty() {
            return Ok(None);
        }
        let (block, packing) = (variable.array.read(&region)?, Packing::of(variable)?);
        let (plane, steps) = (Plane::of(&route.grid), layout.source_steps(block.shape()));
        let field = Field {
            block: &block,
            packing: Some(&packing),
            start: 0,
            steps: (steps.rows, steps.columns),
            first: 0,
            rows: plane.rows,
            columns: plane.columns,
            whole: OnceCell::new(),
        };
        let valid: Vec<bool> = field.whole().iter().map(|v| !v.is_nan()).collect();
        Ok(valid.contains(&false).then_some(valid))
    }
}
