//! What is read: inputs, variables, units, attributes. Its meaning is the same for a store made at once, appended to
//! or made by many.

use clap::Args;
use pangeo::cli::{self, Select, Session, comma_pair};
use pangeo::io::store as stores;
use pangeo::model::Dataset;
use pangeo::ops::subset::Subset;
use pangeo::{Error, Result};

use crate::audit::{Gather, Gathered, OnError};

/// Inputs and what is wanted of them.
#[derive(Args, Debug, Clone)]
pub(crate) struct SourceArgs {
    /// netCDF files or Zarr stores: paths, http(s):// or s3:// URLs; @FILE reads them from a list. Joined along the
    /// coordinate in which they differ, merged where they hold different variables
    #[arg(value_name = "INPUT", required = true)]
    pub(crate) inputs: Vec<String>,

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
        let chosen = Subset::from(&self.select);
        let mut lengths = Vec::new();
        let gather = Gather { paths, session, on_error: self.on_error, audited };
        let see = |inputs: &[Dataset]| lengths = inputs.iter().map(|d| self.length(d)).collect();
        let gathered = gather.run(|inputs| chosen.prepare(inputs), see)?;
        if !gathered.paths.is_empty() {
            self.check_concat(&gathered.dataset, &lengths)?;
        }
        Ok(gathered)
    }

    /// All inputs, at `paths`, as one lazy dataset, and what became of each; `audited` if that is to be told of all.
    ///
    /// # Errors
    /// As [`SourceArgs::gather`], [`Gathered::accepted`] and [`Subset::apply`].
    pub(crate) fn take(&self, paths: &[String], session: &Session, audited: bool) -> Result<Gathered> {
        let mut gathered = self.gather(paths, session, audited)?.accepted()?;
        let chosen = Subset::from(&self.select);
        let outcome = chosen.apply(std::mem::take(&mut gathered.dataset))?;
        outcome.remarks.iter().for_each(|remark| session.remark(remark.as_str()));
        outcome.notes.iter().for_each(|note| session.say(&format!("note: {note}")));
        outcome.warnings.iter().for_each(|warning| session.warn(warning));
        stores::take_notes().iter().for_each(|note| session.say(&format!("note: {note}")));
        gathered.dataset = outcome.dataset;
        self.describe(&mut gathered.dataset);
        Ok(gathered)
    }

    fn length(&self, dataset: &Dataset) -> Option<usize> {
        dataset.dimension(self.concat.as_deref()?).map(|d| d.length)
    }

    /// That the inputs were put end to end along the dimension that was named.
    fn check_concat(&self, dataset: &Dataset, lengths: &[Option<usize>]) -> Result<()> {
        let Some(name) = &self.concat else { return Ok(()) };
        let Some(dimension) = dataset.dimension(name) else {
            let has = dataset.dimensions.iter().map(|d| d.name.clone()).collect();
            return Err(Error::NotFound { kind: "dimension", name: name.clone(), place: dataset.source.clone(), has });
        };
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
        for (name, value) in &self.attribute {
            if value.is_empty() {
                dataset.attributes.remove(name);
            } else {
                dataset.attributes.set(name, value.as_str());
            }
        }
    }
}
