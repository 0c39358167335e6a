//! The arguments that all tools share.

use std::num::NonZero;
use std::path::{Path, PathBuf};

use super::history;
use super::{MemorySize, Session};
use crate::cf::units::UnitRequest;
use crate::io::layout::Layout;
use crate::io::write::Target;
use crate::io::{Format, open, staging, store, write};
use crate::model::{Compression, Dataset};
use crate::ops::combine::combine;
use crate::ops::subset::Subset;
use crate::{Error, Result};

/// When and how progress is shown.
#[derive(Debug, Clone, Copy, Default, clap::ValueEnum)]
pub enum ProgressMode {
    /// A bar on a terminal, else a line every 10 %
    #[default]
    Auto,
    /// A bar
    Bar,
    /// A line every 10 %
    Log,
    /// Nothing
    None,
}

/// How to run.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Running")]
pub struct Common {
    /// Threads [default: $GALAXY_SLOTS, else all cores]
    #[arg(long, value_name = "N")]
    pub threads: Option<NonZero<usize>>,

    /// Memory for blocks of data in flight, such as 512M or 4G [default: $GALAXY_MEMORY_MB, else 1G];
    /// coordinates and metadata come on top
    #[arg(long, value_name = "SIZE")]
    pub memory: Option<MemorySize>,

    /// How progress is shown on stderr
    #[arg(long, value_name = "MODE", value_enum, default_value = "auto")]
    pub progress: ProgressMode,

    /// Leave the global `history` attribute as it is
    #[arg(long)]
    pub no_history: bool,

    /// Say nothing but warnings and errors
    #[arg(short, long, conflicts_with = "verbose")]
    pub quiet: bool,

    /// Say more of what is done
    #[arg(long)]
    pub verbose: bool,
}

/// What to read.
#[derive(Debug, Clone, clap::Args)]
pub struct Input {
    /// netCDF file or Zarr store: path, http(s):// or s3:// URL; @FILE reads them from a list.
    /// Several are joined along the coordinate in which they differ
    #[arg(required = true, value_name = "INPUT")]
    pub inputs: Vec<String>,
}

impl Input {
    /// The inputs with every `@FILE` replaced by the lines of that file.
    ///
    /// # Errors
    /// When a list can't be read or holds nothing.
    pub fn paths(&self) -> Result<Vec<String>> {
        paths(&self.inputs)
    }

    /// All that is read: the inputs and the lists that name them.
    ///
    /// # Errors
    /// As [`Input::paths`].
    pub fn reads(&self) -> Result<Vec<PathBuf>> {
        let lists = self.inputs.iter().filter_map(|input| input.strip_prefix('@')).map(PathBuf::from);
        Ok(lists.chain(self.paths()?.into_iter().map(PathBuf::from)).collect())
    }

    /// All inputs as one lazy dataset, joined or merged as their coordinates say; `prepare` sees them
    /// before, to leave out what is not wanted.
    ///
    /// # Errors
    /// As [`open::open_all`], `prepare` and [`combine`].
    pub fn open(&self, session: &Session, prepare: impl FnOnce(&mut Vec<Dataset>) -> Result<()>) -> Result<Dataset> {
        open_inputs(&self.paths()?, session, prepare)
    }
}

/// `inputs` with every `@FILE` replaced by the lines of that file.
///
/// # Errors
/// When a list can't be read or holds nothing.
pub fn paths(inputs: &[String]) -> Result<Vec<String>> {
    let mut paths = Vec::with_capacity(inputs.len());
    for input in inputs {
        let Some(list) = input.strip_prefix('@') else {
            paths.push(input.clone());
            continue;
        };
        let text = std::fs::read_to_string(list).map_err(|e| Error::io("read", list, e))?;
        let before = paths.len();
        paths.extend(text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#')).map(str::to_owned));
        if paths.len() == before {
            return Err(Error::data("the list names no input", list.to_owned()));
        }
    }
    Ok(paths)
}

/// The files and stores at `paths` as one lazy dataset, as [`Input::open`].
///
/// # Errors
/// As [`Input::open`].
pub fn open_inputs(
    paths: &[String],
    session: &Session,
    prepare: impl FnOnce(&mut Vec<Dataset>) -> Result<()>,
) -> Result<Dataset> {
    let mut datasets = open::open_all(paths, &session.engine)?;
    prepare(&mut datasets)?;
    join_inputs(datasets, session)
}

/// Inputs that are open as one lazy dataset; what there is to say of it goes to stderr.
///
/// # Errors
/// As [`combine`].
pub fn join_inputs(datasets: Vec<Dataset>, session: &Session) -> Result<Dataset> {
    let combined = combine(datasets)?;
    for note in store::take_notes().into_iter().chain(combined.said.notes) {
        session.say(&format!("note: {note}"));
    }
    combined.said.warnings.iter().for_each(|warning| session.warn(warning));
    Ok(combined.dataset)
}

/// Which variables, in which units.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Variables and units")]
pub struct Select {
    /// Variable to keep: a name, a glob such as 't*', or `standard_name=NAME`; repeat or separate by
    /// commas. Coordinates, bounds and the like come along [default: all]
    #[arg(short, long = "variable", value_name = "NAME", value_delimiter = ',')]
    pub variables: Vec<String>,

    /// Output in this unit, such as degC, hPa or t2m=degC; repeatable
    #[arg(long, value_name = "[NAME=]UNIT")]
    pub units: Vec<UnitRequest>,

    /// Reference date of a time axis that has none, such as 2021-12-22
    #[arg(long, value_name = "DATE")]
    pub reference_time: Option<String>,
}

impl From<&Select> for Subset {
    fn from(select: &Select) -> Self {
        Self {
            variables: select.variables.clone(),
            reference_time: select.reference_time.clone(),
            units: select.units.clone(),
            ..Self::default()
        }
    }
}

/// Where and how to write.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Output")]
pub struct Output {
    /// Output file or Zarr directory; appears only when complete
    #[arg(short, long, value_name = "PATH")]
    pub output: PathBuf,

    /// netcdf4, netcdf4-classic, netcdf3, cdf5, zarr (v3), zarr2 or zarr.zip; as a table csv, tabular
    /// or parquet [default: by the extension of PATH]
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<Format>,

    /// The compressor of every variable.
    #[arg(
        long,
        value_name = "C",
        help = "none, deflate[:1-9], zstd[:LEVEL] or blosc[:CODEC:LEVEL] [default: as the input, else deflate:1 in netCDF-4, \
                blosc:zstd:3 in Zarr]"
    )]
    pub compression: Option<Compression>,

    /// Chunk extents, such as time=24,lat=180,lon=360 [default: as the input]
    #[arg(long, value_name = "DIM=N,...", value_delimiter = ',', value_parser = chunk_extent)]
    pub chunk: Vec<(String, usize)>,

    /// Replace an existing Zarr directory
    #[arg(long)]
    pub overwrite: bool,
}

impl Output {
    /// Refuse an output that is one of the files that are `read`, whatever for.
    ///
    /// # Errors
    /// [`Error::Usage`] naming it.
    pub fn refuse_inputs(&self, read: &[PathBuf]) -> Result<()> {
        if self.output.as_os_str() == "-" {
            return Err(Error::usage("the output can't go to standard output").with_hint("name a file"));
        }
        staging::refuse_if_input(&self.output, read)
    }

    /// Write `dataset`, with its history unless that is not wanted, and say so.
    ///
    /// # Errors
    /// As [`write::write`].
    pub fn write(&self, mut dataset: Dataset, session: &Session) -> Result<()> {
        if session.history {
            history::stamp(&mut dataset, &session.remarks());
        }
        let format = self.format.unwrap_or_else(|| Format::of_path(&self.output));
        let layout = Layout { compression: self.compression.clone(), chunks: self.chunk.clone(), ..Layout::default() };
        let target = Target { format, layout, overwrite: self.overwrite, receipts: false };
        let report = write::write(&dataset, &self.output, &target, &session.engine)?;
        for note in &report.notes {
            session.warn(note);
        }
        session.detail(&format!("{} chunks copied as stored, {} encoded", report.copied, report.encoded));
        session.say(&summary(&dataset, &self.output, session.seconds()));
        Ok(())
    }
}

/// Write a dataset that stands beside the output (weights), in the format of its extension.
///
/// # Errors
/// As [`write::write`].
pub fn write_dataset(dataset: &Dataset, path: &Path, session: &Session) -> Result<()> {
    let target = Target { format: Format::of_path(path), layout: Layout::default(), overwrite: false, receipts: false };
    let report = write::write(dataset, path, &target, &session.engine)?;
    report.notes.iter().for_each(|note| session.warn(note));
    session.detail(&format!("wrote {}", path.display()));
    Ok(())
}

/// What was written, in a line.
pub fn summary(dataset: &Dataset, path: &Path, seconds: f64) -> String {
    let extents: Vec<String> = dataset.dimensions.iter().map(|d| format!("{}={}", d.name, d.length)).collect();
    let count = dataset.variables.len();
    let plural = if count == 1 { "" } else { "s" };
    // Of what lies in a bucket only listing would tell.
    let size = path.exists().then(|| format!(", {}", human_size(size_of(path))));
    format!(
        "{}: {count} variable{plural}, {}{} in {seconds:.2} s",
        path.display(),
        if extents.is_empty() { "no dimensions".to_owned() } else { extents.join(" ") },
        size.unwrap_or_default(),
    )
}

/// Bytes of a file, or of all files below a directory.
pub fn size_of(path: &Path) -> u64 {
    let Ok(meta) = std::fs::metadata(path) else { return 0 };
    if !meta.is_dir() {
        return meta.len();
    }
    std::fs::read_dir(path).map_or(0, |entries| entries.flatten().map(|e| size_of(&e.path())).sum())
}

/// A number of bytes for people, in powers of 1000.
pub fn human_size(bytes: u64) -> String {
    let mut value = bytes as f64;
    for unit in ["B", "kB", "MB", "GB"] {
        if value < 999.5 {
            return if unit == "B" { format!("{value:.0} B") } else { format!("{value:.1} {unit}") };
        }
        value /= 1000.0;
    }
    format!("{value:.1} TB")
}

/// `NAME=VALUE` as a pair.
///
/// # Errors
/// [`Error::Usage`] when there is no `=` or nothing before it.
pub fn comma_pair(text: &str) -> Result<(String, String)> {
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => Ok((name.trim().to_owned(), value.trim().to_owned())),
        _ => Err(Error::usage(format!("'{text}' is not NAME=VALUE"))),
    }
}

/// `DIM=N` with a whole number above 0.
///
/// # Errors
/// [`Error::Usage`] saying what is wrong.
pub fn chunk_extent(text: &str) -> Result<(String, usize)> {
    let (name, value) = comma_pair(text)?;
    let extent = value.parse().ok().filter(|n| *n > 0);
    let extent = extent
        .ok_or_else(|| Error::usage(format!("chunk extent '{value}' of {name} is not a whole number above 0")))?;
    Ok((name, extent))
}
