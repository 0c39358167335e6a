//! What is read: inputs, variables, units, attributes. Its meaning is the same for a store made at once, appended to
//! or made by many.

use std::path::PathBuf;

use clap::Args;
use pangeo::cli::{self, Select, Session, comma_pair};
use pangeo::io::store as stores;
use pangeo::model::{AttributeValue, Dataset};
use pangeo::ops::combine::label;
use pangeo::ops::quantise::as_float;
use pangeo::ops::subset::Subset;
use pangeo::{Error, Result};

use crate::audit::{Gather, Gathered, OnError};

/// Inputs and what is wanted of them.
#[derive(Args, Debug, Clone)]
pub(crate) struct SourceArgs {
    /// netCDF files or Zarr stores: paths, http(s):// or s3:// URLs; @FILE reads them from a list. Joined along the
    /// coordinate in which they differ, merged where they hold different variables
    #[arg(value_name = "INPUT", required_unless_present = "recipe")]
    pub(crate) inputs: Vec<String>,

    /// A recipe (YAML) that says all this; flags take precedence. See docs/recipe.md
    #[arg(long, value_name = "FILE.yaml")]
    pub(crate) recipe: Option<PathBuf>,

    /// Try the first N files of each dimension along which files follow each other
    #[arg(long, value_name = "N", requires = "recipe")]
    pub(crate) prune: Option<usize>,

    /// The dimension along which the inputs must be joined; an error if they differ in another
    #[arg(long, value_name = "DIM")]
    pub(crate) concat: Option<String>,

    /// A global attribute of the store, such as title='Sea surface temperature'; an empty value removes it; repeatable
    #[arg(long, value_name = "NAME=VALUE", value_parser = comma_pair)]
    pub(crate) attribute: Vec<(String, String)>,

    /// Where inputs can't be opened or do not fit the others: name them all and stop, or leave them out and record that
    #[arg(long, value_name = "WHAT", value_enum, default_value = "stop")]
    pub(crate) on_error: OnError,

    #[command(flatten)]
    select: Select,

    /// What a recipe said of its inputs, for the user.
    #[arg(skip)]
    pub(crate) notes: Vec<String>,

    /// For each input the dimensions that its name tells, with their values.
    #[arg(skip)]
    pub(crate) labels: Vec<Vec<(String, String)>>,

    /// Global attributes of a recipe; `None` removes.
    #[arg(skip)]
    pub(crate) attributes: Vec<(String, Option<AttributeValue>)>,

    /// Variables to be stored as floats, of single precision or double.
    #[arg(skip)]
    pub(crate) singles: Vec<(String, bool)>,
}

impl SourceArgs {
    /// The paths of all inputs.
    ///
    /// # Errors
    /// As [`cli::paths`].
    pub(crate) fn paths(&self) -> Result<Vec<String>> {
        cli::paths(&self.inputs)
    }

    /// All inputs, at `paths`, as they go together; `audited` if it is to be told how.
    ///
    /// # Errors
    /// As [`Gather::run`]; when they were not joined along the dimension that was named.
    pub(crate) fn gather(&self, paths: &[String], session: &Session, audited: bool) -> Result<Gathered> {
        self.notes.iter().for_each(|note| session.say(&format!("note: {note}")));
        let chosen = Subset::from(&self.select);
        let mut lengths = Vec::new();
        let gather = Gather { paths, session, on_error: self.on_error, audited };
        let see = |inputs: &[Dataset]| lengths = inputs.iter().map(|d| self.length(d)).collect();
        let prepare = |inputs: &mut Vec<Dataset>, numbers: &[usize]| {
            for (dataset, number) in inputs.iter_mut().zip(numbers) {
                let labels = self.labels.get(*number).into_iter().flatten();
                labels.into_iter().try_for_each(|(name, value)| label(dataset, name, value))?;
            }
            chosen.prepare(inputs)
        };
        let gathered = gather.run(prepare, see)?;
        if !gathered.paths.is_empty() {
            self.check_concat(&gathered.dataset, &lengths)?;
        }
        Ok(gathered)
    }

    /// All inputs, at `paths`, as one lazy dataset, and what became of each; `audited` if that is to be told of all.
    ///
    /// # Errors
    /// As [`SourceArgs::gather`], [`Gathered::accepted`] and [`Subset::apply`].
    pub(crate) fn unite(&self, paths: &[String], session: &Session, audited: bool) -> Result<Gathered> {
        let mut gathered = self.gather(paths, session, audited)?.accepted()?;
        let chosen = Subset::from(&self.select);
        let outcome = chosen.apply(std::mem::take(&mut gathered.dataset))?;
        outcome.remarks.iter().for_each(|remark| session.remark(remark.as_str()));
        outcome.notes.iter().for_each(|note| session.say(&format!("note: {note}")));
        outcome.warnings.iter().for_each(|warning| session.warn(warning));
        stores::take_notes().iter().for_each(|note| session.say(&format!("note: {note}")));
        gathered.dataset = outcome.dataset;
        let dataset = &mut gathered.dataset;
        self.singles.iter().try_for_each(|(name, single)| as_float(dataset, name, *single))?;
        self.describe(dataset);
        Ok(gathered)
    }

    /// The same for those of the inputs that have these numbers.
    pub(crate) fn kept(&self, numbers: &[usize]) -> Self {
        let labels = numbers.iter().filter_map(|&number| self.labels.get(number).cloned()).collect();
        Self { labels, ..self.clone() }
    }

    /// The variables to keep, where no flag names any.
    pub(crate) fn choose(&mut self, variables: &[String]) {
        if self.select.variables.is_empty() {
            self.select.variables = variables.to_vec();
        }
    }

    fn length(&self, dataset: &Dataset) -> Option<usize> {
        dataset.dimension(self.concat.as_deref()?).map(|d| d.length)
    }

    /// That the inputs were put end to end along the dimension that was named.
    fn check_concat(&self, dataset: &Dataset, lengths: &[Option<usize>]) -> Result<()> {
        let Some(name) = &self.concat else { return Ok(()) };
        let dimension = dataset.require_dimension(name)?;
        let longest = lengths.iter().flatten().max().copied().unwrap_or(0);
        if lengths.len() > 1 && dimension.length <= longest && longest > 0 {
            let what = format!("the inputs were not joined along '{name}': they do not differ in it");
            return Err(
                Error::data(what, dataset.source.clone()).with_hint("leave out --concat to see how they differ")
            );
        }
        Ok(())
    }

    /// The global attributes that were asked for.
    fn describe(&self, dataset: &mut Dataset) {
        for (name, value) in &self.attributes {
            match value {
                Some(value) => dataset.attributes.set(name, value.clone()),
                None => drop(dataset.attributes.remove(name)),
            }
        }
        for (name, value) in &self.attribute {
            if value.is_empty() {
                dataset.attributes.remove(name);
            } else {
                dataset.attributes.set(name, value.as_str());
            }
        }
    }
}
