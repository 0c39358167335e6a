//! `inspect`: what is in a dataset.
//!
//! ```text
//! inspect air.nc --stats
//! ```
//!
//! The work is [`pangeo::ops::describe`] and [`pangeo::ops::compare`]; this file turns arguments into
//! requests, its neighbours turn answers into text.

mod header;
mod html;
mod lists;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use pangeo::cli::{self, Common, Input, Select, Session};
use pangeo::io::open;
use pangeo::model::Dataset;
use pangeo::ops::compare::{Tolerance, compare};
use pangeo::ops::describe::Description;
use pangeo::ops::subset::Subset;
use pangeo::{Error, Result};

/// Show what is in a dataset: dimensions, variables, attributes, storage, axes, statistics
#[derive(Parser, Debug)]
#[command(version, after_help = EXAMPLES, mut_arg("no_history", |a| a.hide(true)))] // it writes no dataset
struct Args {
    #[command(flatten)]
    input: Input,

    /// How to print
    #[arg(long, value_name = "FORMAT", value_enum, default_value = "text")]
    format: Format,

    /// Read all values: minimum, mean, maximum and number of missing values of each variable; unpacked,
    /// each counted once; `valid_range` is not applied. In JSON, `count` is the number of all values,
    /// `missing` and `valid` of those without and with a value
    #[arg(long)]
    stats: bool,

    /// Print one list only, one entry a line
    #[arg(long, value_name = "KIND", value_enum, conflicts_with_all = ["stats", "coordinate", "compare"])]
    list: Option<lists::Kind>,

    /// Print the index and value of each place of a coordinate
    #[arg(long, value_name = "NAME", conflicts_with_all = ["stats", "compare"])]
    coordinate: Option<String>,

    /// Tell what differs from this dataset; exit status 1 if anything does
    #[arg(long, value_name = "DATASET", conflicts_with = "stats")]
    compare: Option<String>,

    /// Largest difference that counts as equal in --compare: absolute, and relative to the value
    #[arg(long, value_name = "ABS[,REL]", requires = "compare")]
    tolerance: Option<Tolerance>,

    /// Write to this file instead of the terminal
    #[arg(short, long, value_name = "PATH")]
    output: Option<PathBuf>,

    #[command(flatten)]
    select: Select,

    #[command(flatten)]
    common: Common,
}

/// How to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// A stable schema
    Json,
    /// A page
    Html,
    /// A row a variable
    Tabular,
}

/// Shown by `--help`; `tests/cli.rs` runs every line that starts with `$`.
const EXAMPLES: &str = "\
Examples:
  $ inspect air_temperature_small.nc
  $ inspect air_temperature_small.nc --stats --format json
  $ inspect air_temperature_small.nc --list variables
  $ inspect made/packed_1.nc made/packed_2.nc --list times
  $ inspect made/packed_1.nc --compare made/packed_1.nc --tolerance 1e-6";

fn run(args: &Args) -> Result<()> {
    let session = Session::new(&args.common)?;
    let is_list = args.list.is_some() || args.coordinate.is_some() || args.compare.is_some();
    if is_list && args.format == Format::Html {
        return Err(Error::usage("a list is no page").with_hint("--format json or tabular"));
    }
    let wanted = Subset::from(&args.select);
    let dataset = chosen(&wanted, args.input.open(&session, |inputs| wanted.prepare(inputs))?)?;
    let text = if let Some(other) = &args.compare {
        let other = chosen(&wanted, open::open(other)?)?;
        let report = compare(&dataset, &other, args.tolerance.unwrap_or_default(), &session.engine)?;
        print(args, &lists::differences(&report, args.format == Format::Json)?)?;
        return report.verdict();
    } else if let Some(kind) = args.list {
        lists::list(&dataset, kind)?.text(args.format == Format::Json)?
    } else if let Some(name) = &args.coordinate {
        lists::coordinate(&dataset, name)?.text(args.format == Format::Json)?
    } else {
        let description = Description::of(&dataset, args.stats, &session.engine)?;
        let text = match args.format {
            Format::Text => header::text(&dataset, &description),
            Format::Json => lists::json(&description)?,
            Format::Html => html::page(&dataset, &description),
            Format::Tabular => lists::variables(&description),
        };
        print(args, &text)?;
        return description.verdict();
    };
    print(args, &text)
}

/// The dataset with the variables, units and reference date that were asked for.
fn chosen(wanted: &Subset, dataset: Dataset) -> Result<Dataset> {
    if wanted.is_everything() { Ok(dataset) } else { Ok(wanted.apply(dataset)?.dataset) }
}

/// Print to the terminal, or to the file that was asked for, whole or not at all.
fn print(args: &Args, text: &str) -> Result<()> {
    match &args.output {
        None => {
            let mut out = std::io::stdout().lock();
            let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
            written.map_err(|e| Error::io("write", "standard output", e))
        }
        Some(path) => {
            let mut read = args.input.reads()?;
            read.extend(args.compare.iter().map(PathBuf::from));
            cli::write_text(path, text, &read)
        }
    }
}

fn main() -> ExitCode {
    cli::main(run)
}
