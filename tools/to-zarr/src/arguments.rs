//! The arguments of `to-zarr`.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use pangeo::cli::{Common, MemorySize};

use crate::report;
use crate::source::SourceArgs;
use crate::store::StoreArgs;

/// Turn files into one analysis-ready, cloud-optimised Zarr store
#[derive(Parser, Debug, Clone)]
#[command(version, after_help = EXAMPLES, args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,

    #[command(flatten)]
    pub(crate) source: SourceArgs,

    /// The store.
    #[arg(
        short,
        long,
        value_name = "STORE",
        help = "The store: a directory, a file ending in .zip, or s3://BUCKET/PREFIX. It is none before it is complete",
        required_unless_present_any = ["recipe", "audit"]
    )]
    pub(crate) output: Option<PathBuf>,

    /// Replace an existing store
    #[arg(long)]
    pub(crate) overwrite: bool,

    /// Make the store longer along this dimension: steps that it has are skipped, what does not fit is refused. Where
    /// there is no store yet, one is made whose chunks keep the length that --chunk asks for, so that it can grow
    #[arg(long, value_name = "DIM", conflicts_with = "overwrite")]
    pub(crate) append: Option<String>,

    #[command(flatten)]
    pub(crate) store: StoreArgs,

    #[command(flatten)]
    pub(crate) catalog: Catalogued,

    /// Print what the inputs are, what in them differs and what keeps them from being one store; write nothing
    #[arg(long, conflicts_with_all = ["append", "verify", "report"], help_heading = "Checks and reports")]
    pub(crate) audit: bool,

    /// Read the store back and compare every value with the inputs'
    #[arg(long, help_heading = "Checks and reports")]
    pub(crate) verify: bool,

    /// What was read, decided and written, with checksums of all objects: .json or .html
    #[arg(long, value_name = "FILE", value_parser = report::path, help_heading = "Checks and reports")]
    pub(crate) report: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) common: Common,
}

/// How the store is catalogued.
#[derive(clap::Args, Debug, Clone)]
#[command(next_help_heading = "Catalog")]
pub(crate) struct Catalogued {
    /// Describe the store in this STAC catalog, a folder that is made or extended: a collection with the store as its
    /// asset
    #[arg(long = "stac", value_name = "DIR")]
    pub(crate) folder: Option<PathBuf>,

    /// The collection's identifier in the catalog [default: the store's name]
    #[arg(long = "stac-id", value_name = "ID", requires = "folder")]
    pub(crate) id: Option<String>,

    /// Where the catalog says that the store is.
    #[arg(
        long = "stac-href",
        value_name = "URL",
        requires = "folder",
        help = "Where the catalog says that the store is, such as https://HOST/air.zarr [default: its place seen from there]"
    )]
    pub(crate) href: Option<String>,
}

/// A store by many hands: plan, init, then work for each task, anywhere and in any order, and finalise.
#[derive(Subcommand, Debug, Clone)]
pub(crate) enum Command {
    /// Read the inputs' headers and divide the work into tasks that own whole objects of the store
    Plan(Box<PlanArgs>),
    /// Prepare the store of a plan: nobody can open it before finalise
    Init(InitArgs),
    /// Do one task of a plan; again does no harm
    Work(WorkArgs),
    /// Check that every task delivered, and make the store one
    Finalise(FinaliseArgs),
}

/// `to-zarr plan`
#[derive(clap::Args, Debug, Clone)]
pub(crate) struct PlanArgs {
    #[command(flatten)]
    pub(crate) source: SourceArgs,

    /// Where the store will be
    #[arg(long = "store", value_name = "STORE", required = true)]
    pub(crate) place: Option<String>,

    /// The plan, a JSON file
    #[arg(short, long, value_name = "PLAN.json", required = true)]
    pub(crate) output: Option<PathBuf>,

    /// How many tasks, 0 to N-1
    #[arg(long, value_name = "N", default_value = "8", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) tasks: u32,

    /// Memory that a task has; a plan that needs more is refused
    #[arg(long, value_name = "SIZE")]
    pub(crate) task_memory: Option<MemorySize>,

    #[command(flatten)]
    pub(crate) store: StoreArgs,

    #[command(flatten)]
    pub(crate) common: Common,
}

/// `to-zarr init`
#[derive(clap::Args, Debug, Clone)]
pub(crate) struct InitArgs {
    /// The plan
    #[arg(value_name = "PLAN.json")]
    pub(crate) plan: PathBuf,

    /// The store, if not the plan's
    #[arg(long = "store", value_name = "STORE")]
    pub(crate) place: Option<String>,

    /// Replace what is there
    #[arg(long)]
    pub(crate) overwrite: bool,

    #[command(flatten)]
    pub(crate) common: Common,
}

/// `to-zarr work`
#[derive(clap::Args, Debug, Clone)]
pub(crate) struct WorkArgs {
    /// The plan
    #[arg(value_name = "PLAN.json")]
    pub(crate) plan: PathBuf,

    /// The same inputs, if they have other paths here, in the plan's order; @FILE reads them from a list
    #[arg(value_name = "INPUT")]
    pub(crate) inputs: Vec<String>,

    /// Which task.
    #[arg(long, value_name = "I", help = "Which task, from 0 on [default: $SLURM_ARRAY_TASK_ID]")]
    pub(crate) task: Option<u32>,

    /// The store, if not the plan's
    #[arg(long = "store", value_name = "STORE", conflicts_with = "fragment")]
    pub(crate) place: Option<String>,

    /// Write the objects to this zip file instead, for finalise to collect
    #[arg(long, value_name = "FILE.zip")]
    pub(crate) fragment: Option<PathBuf>,

    /// Do it although it was done
    #[arg(long)]
    pub(crate) again: bool,

    #[command(flatten)]
    pub(crate) common: Common,
}

/// `to-zarr finalise`
#[derive(clap::Args, Debug, Clone)]
pub(crate) struct FinaliseArgs {
    /// The plan
    #[arg(value_name = "PLAN.json")]
    pub(crate) plan: PathBuf,

    /// Fragments that tasks wrote with --fragment; their objects are copied as they are
    #[arg(value_name = "FRAGMENT")]
    pub(crate) fragments: Vec<String>,

    /// The store, if not the plan's
    #[arg(long = "store", value_name = "STORE")]
    pub(crate) place: Option<String>,

    /// With fragments: replace what is there
    #[arg(long, requires = "fragments")]
    pub(crate) overwrite: bool,

    /// What was written, with checksums of all objects: .json or .html
    #[arg(long, value_name = "FILE", value_parser = report::path)]
    pub(crate) report: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) catalog: Catalogued,

    #[command(flatten)]
    pub(crate) common: Common,
}

const EXAMPLES: &str = "\
Examples:
  $ to-zarr made/packed_1.nc made/packed_2.nc -o both.zarr
  $ to-zarr --audit made/packed_1.nc made/packed_2.nc
  $ to-zarr coads_climatology.cdf -o maps.zarr --optimise-for space --verify
  $ to-zarr A1B_north_america.nc -o a1b.zarr.zip --bitround 12
  $ to-zarr made/cams_like.nc -o s.zarr --chunk time=4 --shard time=24
  $ to-zarr nemo_201501.nc nemo_201502.nc -o nemo.zarr --compression zstd:5
  $ to-zarr plan etopo60.cdf --store relief.zarr -o plan.json --tasks 4
  $ to-zarr init plan.json";
