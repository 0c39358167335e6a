//! What is wrong with inputs, found before anything is written.

mod text;

use std::fmt::Write as _;
use std::io::Write as _;

use clap::ValueEnum;
use pangeo::cli::{self, Session};
use pangeo::io::open;
use pangeo::model::{Attributes, Dataset};
use pangeo::ops::audit::{Audit, Entry, Finding};
use pangeo::{Error, Result};
use serde::{Deserialize, Serialize};

use crate::arguments::Args;

pub(crate) use text::page;

/// The global attribute of the store that tells what was left out.
const ATTRIBUTE: &str = "to_zarr_skipped";
/// So many inputs are named in an error or on stderr; the audit names all.
const NAMED: usize = 10;

/// What happens to inputs that can't be opened or do not fit the others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum OnError {
    /// Name all of them and write nothing
    #[default]
    Stop,
    /// Leave them out; the store and the report tell which
    Skip,
}

/// An input that was left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Skipped {
    pub(crate) path: String,
    pub(crate) why: String,
}

/// Inputs as one dataset, and what became of each.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    pub(crate) dataset: Dataset,
    /// The paths of those that are in it.
    pub(crate) paths: Vec<String>,
    /// Their numbers in what was given.
    pub(crate) numbers: Vec<usize>,
    pub(crate) skipped: Vec<Skipped>,
    /// Where it was asked for or something was wrong.
    pub(crate) audit: Option<Audit>,
    /// Why they are no dataset.
    refusal: Option<Error>,
}

impl Gathered {
    /// The same, if it is a dataset.
    ///
    /// # Errors
    /// Naming all inputs that are refused.
    pub(crate) fn accepted(mut self) -> Result<Self> {
        self.refusal.take().map_or(Ok(self), Err)
    }
}

/// How inputs are gathered.
pub(crate) struct Gather<'a> {
    pub(crate) paths: &'a [String],
    pub(crate) session: &'a Session,
    pub(crate) on_error: OnError,
    /// Whether an audit is wanted although nothing is wrong.
    pub(crate) audited: bool,
}

/// Inputs as they answered.
#[derive(Default)]
struct Answers {
    /// Those that were opened and have something that is wanted, with their numbers.
    numbers: Vec<usize>,
    datasets: Vec<Dataset>,
    /// Those that were not, with the reason.
    failed: Vec<(usize, Error)>,
}

impl Gather<'_> {
    /// Open all and put them together; `prepare` is given them with their numbers and leaves out what is not wanted, `see` is shown what is joined. What is
    /// refused is told by [`Gathered::accepted`].
    ///
    /// # Errors
    /// What `prepare` answers with; errors that are of no input.
    pub(crate) fn run(
        &self,
        prepare: impl Fn(&mut Vec<Dataset>, &[usize]) -> Result<()>,
        mut see: impl FnMut(&[Dataset]),
    ) -> Result<Gathered> {
        let answers = self.open(&prepare)?;
        // The audit costs as much as joining: not where all is well and nobody asks.
        if answers.failed.is_empty() && !self.audited {
            see(&answers.datasets);
            let (paths, numbers) = (self.paths_of(&answers.numbers), answers.numbers);
            match cli::join_inputs(answers.datasets, self.session) {
                Ok(dataset) => return Ok(Gathered { dataset, paths, numbers, ..Gathered::default() }),
                Err(error) if is_not_of_inputs(&error) || self.is_pair() => return Err(error),
                Err(_) => {}
            }
            return self.judged(self.open(&prepare)?, see);
        }
        self.judged(answers, see)
    }

    /// What two inputs can't agree on no majority settles.
    fn is_pair(&self) -> bool {
        self.on_error == OnError::Stop && self.paths.len() < 3
    }

    fn paths_of(&self, numbers: &[usize]) -> Vec<String> {
        numbers.iter().filter_map(|&number| self.paths.get(number).cloned()).collect()
    }

    fn open(&self, prepare: &impl Fn(&mut Vec<Dataset>, &[usize]) -> Result<()>) -> Result<Answers> {
        let mut answers = Answers::default();
        for (number, answer) in open::open_each(self.paths, &self.session.engine)?.into_iter().enumerate() {
            match answer {
                Ok(dataset) => {
                    answers.numbers.push(number);
                    answers.datasets.push(dataset);
                }
                Err(error) if is_not_of_inputs(&error) => return Err(error),
                Err(error) => answers.failed.push((number, error)),
            }
        }
        let before: Vec<String> = answers.datasets.iter().map(|dataset| dataset.source.clone()).collect();
        prepare(&mut answers.datasets, &answers.numbers)?;
        // What has nothing that is wanted is gone.
        let mut left = answers.datasets.iter().map(|dataset| dataset.source.as_str()).peekable();
        let mut sources = before.iter();
        answers.numbers.retain(|_| sources.next().is_some_and(|source| left.next_if(|l| *l == source).is_some()));
        Ok(answers)
    }

    /// The audit of all inputs, and what is left of them.
    fn judged(&self, answers: Answers, mut see: impl FnMut(&[Dataset])) -> Result<Gathered> {
        let mut audit = Audit::of(&answers.datasets, &self.session.engine)?;
        let refused: Vec<Finding> = audit.refused().cloned().collect();
        let mut findings = refused.into_iter();
        let (mut wrong, mut numbers, mut datasets) = (Vec::new(), Vec::new(), Vec::new());
        for ((number, dataset), entry) in answers.numbers.into_iter().zip(answers.datasets).zip(&audit.entries) {
            if entry.refused {
                wrong.extend(findings.next().map(|finding| (number, finding)));
            } else {
                numbers.push(number);
                datasets.push(dataset);
            }
        }
        let path = |number: usize| self.paths.get(number).cloned().unwrap_or_default();
        let mut unopened = Vec::new();
        for (number, error) in &answers.failed {
            let finding = Finding::refused(&path(*number), "opening", error);
            unopened.push(finding.clone());
            let entry = Entry { source: path(*number), refused: true, ..Entry::default() };
            audit.entries.insert((*number).min(audit.entries.len()), entry);
            wrong.push((*number, finding));
        }
        audit.findings.splice(0..0, unopened);
        wrong.sort_by_key(|(number, _)| *number);
        let skipped: Vec<Skipped> =
            wrong.iter().map(|(number, finding)| Skipped { path: path(*number), why: finding.what.clone() }).collect();
        let mut gathered = Gathered { skipped, audit: Some(audit), ..Gathered::default() };
        if !gathered.skipped.is_empty() && (datasets.is_empty() || self.on_error == OnError::Stop) {
            let hint = wrong.into_iter().next().and_then(|(_, finding)| finding.hint);
            gathered.refusal = Some(refusal(&gathered.skipped, self.paths.len(), hint, answers.failed));
            return Ok(gathered);
        }
        see(&datasets);
        named(&gathered.skipped).iter().for_each(|line| self.session.warn(&format!("left out {line}")));
        gathered.dataset = cli::join_inputs(datasets, self.session)?;
        record(&mut gathered.dataset.attributes, &gathered.skipped);
        gathered.paths = self.paths_of(&numbers);
        gathered.numbers = numbers;
        Ok(gathered)
    }
}

/// Whether an error is of the run, not of an input.
fn is_not_of_inputs(error: &Error) -> bool {
    matches!(error, Error::Cancelled | Error::Usage { .. } | Error::Internal { .. })
}

fn refusal(skipped: &[Skipped], all: usize, hint: Option<String>, failed: Vec<(usize, Error)>) -> Error {
    if let ([one], 0..=1) = (skipped, failed.len()) {
        if let Some((_, error)) = failed.into_iter().next() {
            return error;
        }
        let error = Error::data(one.why.clone(), one.path.clone());
        return error.with_hint(hint.unwrap_or_else(|| "--on-error skip leaves it out".to_owned()));
    }
    let lines = named(skipped).iter().fold(String::new(), |mut text, line| {
        let _ = write!(text, "\n  {line}");
        text
    });
    Error::data(format!("{} of {all} inputs can't be used", skipped.len()), format!("in their order:{lines}"))
        .with_hint("--on-error skip leaves them out; --audit tells more of all inputs")
}

/// The first inputs that are left out, and how many more there are.
fn named(skipped: &[Skipped]) -> Vec<String> {
    let mut lines: Vec<String> = skipped.iter().take(NAMED).map(Skipped::line).collect();
    if let Some(more) = skipped.len().checked_sub(NAMED).filter(|more| *more > 0) {
        lines.push(format!("and {more} more"));
    }
    lines
}

impl Skipped {
    fn line(&self) -> String {
        format!("{}: {}", self.path, self.why)
    }
}

/// Tell in the attributes of a store what was left out, beside what was before.
pub(crate) fn record(attributes: &mut Attributes, skipped: &[Skipped]) {
    if skipped.is_empty() {
        return;
    }
    let mut lines: Vec<String> =
        attributes.text(ATTRIBUTE).map(|text| text.lines().map(str::to_owned).collect()).unwrap_or_default();
    for line in skipped.iter().map(Skipped::line) {
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    attributes.set(ATTRIBUTE, lines.join("\n"));
}

/// Print the audit of all inputs; write nothing.
///
/// # Errors
/// Naming what is refused, unless it would be left out.
pub(crate) fn run(args: &Args, session: &Session) -> Result<()> {
    let paths = args.source.paths()?;
    let gathered = args.source.gather(&paths, session, true)?;
    if let Some(audit) = &gathered.audit {
        let text = text::of(audit);
        std::io::stdout().write_all(text.as_bytes()).map_err(|e| Error::io("write", "the audit", e))?;
    }
    gathered.accepted().map(drop)
}
