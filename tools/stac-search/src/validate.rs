//! What in items breaks the rules of STAC.

use std::collections::BTreeSet;
use std::io::Write;

use catalog::{Problem, Validator};
use pangeo::cli::Session;
use pangeo::{Error, Result};
use search::Item;
use serde_json::Value;

use crate::calendar::counted;
use crate::facts;
use crate::output::{Format, Separated, put};

/// Checks items one by one and lists what is wrong, a row a problem.
pub(crate) struct Validation<'a> {
    out: &'a mut dyn Write,
    format: Format,
    items: u64,
    wrong: u64,
    problems: u64,
    unknown: BTreeSet<String>,
    validator: Validator,
}

impl<'a> Validation<'a> {
    /// Nothing is checked yet.
    ///
    /// # Errors
    /// When `out` can't be written.
    pub(crate) fn new(out: &'a mut dyn Write, format: Format) -> Result<Self> {
        match separated(format) {
            Some(how) => how.head(out, &["item", "path", "problem"])?,
            None => put(out, "[")?,
        }
        Ok(Self { out, format, items: 0, wrong: 0, problems: 0, unknown: BTreeSet::new(), validator: Validator::new() })
    }

    /// Check an item.
    ///
    /// # Errors
    /// When `out` can't be written.
    pub(crate) fn item(&mut self, item: &Item) -> Result<()> {
        self.items += 1;
        let name = facts::name(item).to_owned();
        let problems = self.problems_of(item);
        self.wrong += u64::from(!problems.is_empty());
        for problem in problems {
            let path = if problem.path.is_empty() { "/" } else { &problem.path };
            let what = problem.what.as_str();
            if let Some(how) = separated(self.format) {
                how.row(self.out, &[name.as_str(), path, what])?;
            } else {
                let row = serde_json::json!({"item": name, "path": path, "problem": what});
                put(self.out, &format!("{}\n{row}", if self.problems > 0 { "," } else { "" }))?;
            }
            self.problems += 1;
        }
        Ok(())
    }

    fn problems_of(&mut self, item: &Item) -> Vec<Problem> {
        match self.validator.check(&Value::Object(item.clone())) {
            Ok(findings) => {
                self.unknown.extend(findings.unknown_extensions);
                findings.problems
            }
            Err(error) => {
                vec![Problem { path: String::new(), what: error.to_string(), schema: String::new() }]
            }
        }
    }

    /// End the list, and say what was not looked at.
    ///
    /// # Errors
    /// When the output can't be written.
    pub(crate) fn finish(self, session: &Session) -> Result<()> {
        if separated(self.format).is_none() {
            put(self.out, "\n]\n")?;
        }
        for extension in &self.unknown {
            session.say(&format!("note: not looked at, since no schema of it is at hand: {extension}"));
        }
        if self.wrong == 0 {
            session.say(&format!("{}, all valid", counted(self.items, "item")));
        }
        Ok(())
    }

    /// What is said of items that are wrong.
    ///
    /// # Errors
    /// [`Error::Data`] if any is: how many, of how many, and with how many problems.
    pub(crate) fn verdict(&self, place: &str) -> Result<()> {
        if self.wrong == 0 {
            return Ok(());
        }
        let (wrong, problems) = (counted(self.wrong, "item"), counted(self.problems, "problem"));
        Err(Error::data(format!("{wrong} of {} break the rules of STAC: {problems}", self.items), place.to_owned()))
    }
}

/// How rows are separated; not at all as JSON.
fn separated(format: Format) -> Option<Separated> {
    match format {
        Format::Itemcollection => None,
        Format::Csv => Some(Separated::Csv),
        _ => Some(Separated::Tabular),
    }
}
