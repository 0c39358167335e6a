//! `to-zarr plan`, and the plan that it writes.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use clap::Parser;
use pangeo::cli::{self, Session};
use pangeo::io::staging::{Kind, Staged};
use pangeo::io::write::{self, Target};
use pangeo::io::zarr::{Blueprint, crc32c};
use pangeo::model::{Dataset, Region, Variable};
use pangeo::{Error, Result};
use serde::{Deserialize, Serialize};

use super::tasks::{Objects, divide};
use crate::arguments::{Args, Command, PlanArgs};
use crate::audit::{Gathered, OnError, Skipped};
use crate::recipe::Recipe;

/// What the plan's file calls itself.
const FORMAT: &str = "to-zarr plan 1";

/// A plan.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PlanFile {
    format: String,
    /// A checksum of all the rest.
    pub(super) id: String,
    /// Where the store will be.
    pub(super) store: String,
    /// The words after `to-zarr plan`, but for inputs.
    arguments: Vec<String>,
    /// The recipe, if there was one: its path and its text.
    recipe: Option<(String, String)>,
    /// For each input the dimensions that its name tells.
    labels: Vec<Vec<(String, String)>>,
    pub(super) inputs: Vec<InputFile>,
    /// What was left out of the inputs that were given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) skipped: Vec<Skipped>,
    /// The numbers that the inputs had among those that were given, where some were left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    numbers: Vec<usize>,
    /// How many were given.
    #[serde(default, skip_serializing_if = "is_zero")]
    given: usize,
    /// A checksum of each coordinate's values: where things stand must not change before the work is done.
    coordinates: BTreeMap<String, u32>,
    estimate: Estimate,
    pub(super) tasks: Vec<Task>,
    /// The metadata of the store, in the order of writing.
    pub(super) documents: Vec<(String, String)>,
}

/// One input as it was when the plan was made.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct InputFile {
    pub(super) path: String,
    /// Its length in bytes, for local files.
    bytes: Option<u64>,
}

impl InputFile {
    fn of(path: String) -> Self {
        let length = std::fs::metadata(&path).ok().filter(std::fs::Metadata::is_file).map(|m| m.len());
        Self { bytes: length, path }
    }
}

/// What it will take.
#[derive(Debug, Serialize, Deserialize)]
struct Estimate {
    /// Bytes of all values, not compressed.
    bytes: u64,
    objects: u64,
    /// Bytes of the largest object's values.
    largest_object: u64,
    /// About what a task needs in memory, with one thread.
    task_memory: u64,
    variables: BTreeMap<String, u64>,
}

/// What a task owns.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Task {
    pub(super) objects: Vec<Run>,
    bytes: u64,
}

/// A run of a variable's objects in C order.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Run {
    pub(super) variable: String,
    pub(super) first: u64,
    pub(super) end: u64,
}

/// Make a plan.
pub(crate) fn plan(args: &PlanArgs, session: &Session) -> Result<()> {
    let missing = |what: &str| Error::usage(format!("no {what} is named"));
    let store = absolute(args.place.clone().ok_or_else(|| missing("store"))?);
    let output = args.output.clone().ok_or_else(|| missing("plan"))?;
    super::place::open(&store, session)?;
    let mut args = args.clone();
    let recipe = args.source.recipe.take();
    let recipe = recipe.map(|path| Ok::<_, Error>((path.display().to_string(), text_of(&path)?))).transpose()?;
    if let Some((name, text)) = &recipe {
        let recipe = Recipe::parse(text, name)?;
        args.source.take(&recipe)?;
        args.store.take(&recipe)?;
    }
    let args = &args;
    // Tasks may start in other folders.
    let paths: Vec<String> = args.source.paths()?.into_iter().map(absolute).collect();
    crate::create::refuse_inputs(Path::new(&store), &paths)?;
    let given = paths.len();
    let Gathered { mut dataset, paths, numbers, skipped, .. } = prepared(args, &paths, &store, session)?;
    if session.history {
        cli::stamp(&mut dataset, &session.remarks());
    }
    let blueprint = Blueprint::new(&dataset, args.store.version())?;
    let mut plan = PlanFile::new(args, store, paths, &dataset, &blueprint)?;
    plan.recipe = recipe;
    plan.labels = args.source.kept(&numbers).labels;
    if !skipped.is_empty() {
        (plan.numbers, plan.given) = (numbers, given);
    }
    plan.skipped = skipped;
    plan.id = plan.checksum();
    if let Some(most) = args.task_memory.filter(|most| plan.estimate.task_memory > most.0 as u64) {
        let need = cli::human_size(plan.estimate.task_memory);
        let what = format!("a task would need about {need}, more than {}", cli::human_size(most.0 as u64));
        return Err(Error::usage(what).with_hint("make chunks or shards smaller"));
    }
    plan.write(&output)?;
    session.say(&format!(
        "{}: {} tasks of about {}, {} objects; a task needs about {} of memory\nnext: to-zarr init {0}; to-zarr work {0} \
         --task 0 to {}; to-zarr finalise {0}",
        output.display(),
        plan.tasks.len(),
        cli::human_size(plan.estimate.bytes / plan.tasks.len().max(1) as u64),
        plan.estimate.objects,
        cli::human_size(plan.estimate.task_memory),
        plan.tasks.len().saturating_sub(1),
    ));
    Ok(())
}

/// The dataset as it will stand in the store, and the inputs that are in it.
fn prepared(args: &PlanArgs, paths: &[String], store: &str, session: &Session) -> Result<Gathered> {
    let mut gathered = args.source.unite(paths, session, false)?;
    args.store.round(&mut gathered.dataset, session)?;
    let target =
        Target { format: args.store.format(store)?, layout: args.store.layout(), overwrite: false, receipts: false };
    gathered.dataset = write::prepare(&gathered.dataset, &target)?.0;
    Ok(gathered)
}

impl PlanFile {
    fn new(
        args: &PlanArgs,
        store: String,
        paths: Vec<String>,
        dataset: &Dataset,
        blueprint: &Blueprint,
    ) -> Result<Self> {
        let numbers = 0..dataset.variables.len();
        let objects: Vec<Objects> = numbers.filter_map(|number| objects(dataset, blueprint, number)).collect();
        let owned = divide(&objects, args.tasks);
        let sizes: Vec<u64> = objects.iter().map(|o| o.bytes).collect();
        let tasks = owned.iter().map(|ranges| {
            let runs = ranges.iter().zip(&dataset.variables).filter(|(range, _)| !range.is_empty());
            let objects = runs.map(|(r, v)| Run { variable: v.name.clone(), first: r.start, end: r.end }).collect();
            let runs = ranges.iter().zip(&sizes);
            Task { objects, bytes: runs.map(|(r, bytes)| (r.end - r.start).saturating_mul(*bytes)).sum() }
        });
        let documents = blueprint
            .documents()
            .iter()
            .map(|(key, bytes)| (key.clone(), String::from_utf8_lossy(bytes).into_owned()))
            .collect();
        let bytes_of = |v: &Variable| v.array.bytes() as u64;
        let largest = objects.iter().map(|o| o.bytes).max().unwrap_or(0);
        // Of a shard, a chunk at a time is enough: its values, its bytes in the order of the file and encoded.
        let needed = dataset.variables.iter().enumerate().map(|(number, v)| {
            let chunk = blueprint.chunk_shape(number);
            let held = Region::of_chunk(&vec![0; chunk.len()], chunk, v.shape());
            (v.array.read_bytes(&held) as u64, held.bytes(v.data_type()) as u64)
        });
        let (deepest, held) = needed.fold((0, 0_u64), |(a, b), (c, d)| (a.max(c), b.max(d)));
        let estimate = Estimate {
            bytes: dataset.variables.iter().map(bytes_of).sum(),
            objects: objects.iter().map(Objects::len).sum(),
            largest_object: largest,
            task_memory: deepest.saturating_add(held.saturating_mul(3)),
            variables: dataset.variables.iter().map(|v| (v.name.clone(), bytes_of(v))).collect(),
        };
        let tasks: Vec<Task> = tasks.collect();
        let inputs = paths.into_iter().map(InputFile::of).collect();
        Ok(Self {
            format: FORMAT.to_owned(),
            id: String::new(),
            store,
            arguments: words(args),
            recipe: None,
            labels: args.source.labels.clone(),
            inputs,
            skipped: Vec::new(),
            numbers: Vec::new(),
            given: 0,
            coordinates: coordinates(dataset)?,
            estimate,
            tasks,
            documents,
        })
    }

    fn checksum(&self) -> String {
        let made = (&self.store, &self.arguments, &self.recipe, &self.labels, &self.coordinates);
        let rest = (made, &self.inputs_seen(), &self.tasks, &self.documents);
        let rest = serde_json::to_vec(&rest).unwrap_or_default();
        format!("{:08x}-{}", crc32c(&rest), rest.len())
    }

    fn inputs_seen(&self) -> Vec<(&str, Option<u64>)> {
        self.inputs.iter().map(|i| (i.path.as_str(), i.bytes)).collect()
    }

    fn write(&self, path: &Path) -> Result<()> {
        let staged = Staged::new(path, Kind::File, true)?;
        let text = serde_json::to_vec_pretty(self).unwrap_or_default();
        std::fs::write(staged.path(), text).map_err(|e| Error::io("write", path, e))?;
        staged.commit()
    }

    /// Read a plan.
    ///
    /// # Errors
    /// [`Error::Data`] for what is none, or was changed.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let bytes = std::fs::read(path).map_err(|e| Error::io("read", path, e))?;
        let wrong = |what: String| Error::data(what, path.display().to_string()).with_hint("to-zarr plan makes one");
        let plan: Self = serde_json::from_slice(&bytes).map_err(|e| wrong(format!("this is no plan ({e})")))?;
        if plan.format != FORMAT {
            return Err(wrong(format!("this is a '{}', not a '{FORMAT}'", plan.format)));
        }
        if plan.id != plan.checksum() || plan.documents.is_empty() {
            return Err(wrong("the plan was changed after it was made".to_owned()));
        }
        Ok(plan)
    }

    /// How many documents at the end make a store of it, beside the arrays'.
    pub(super) fn root_documents(&self) -> usize {
        let root = |key: &str| matches!(key, "zarr.json" | ".zgroup" | ".zattrs" | ".zmetadata");
        // v2 has its root's first; what is written before finalise must not make a group of it.
        if self.documents.iter().any(|(key, _)| key == ".zgroup") {
            self.documents.len()
        } else {
            self.documents.iter().rev().take_while(|(key, _)| root(key)).count()
        }
    }

    /// The inputs again, at `paths` if there are any, laid out as the plan has it.
    ///
    /// # Errors
    /// When they are no longer what the plan was made for.
    pub(super) fn reopen(&self, paths: &[String], session: &Session) -> Result<(Dataset, Arc<Blueprint>)> {
        let own: Vec<String> = self.inputs.iter().map(|i| i.path.clone()).collect();
        // All that was given for the plan, what it left out among it.
        let all: Vec<String> = self.numbers.iter().filter_map(|&number| paths.get(number).cloned()).collect();
        let paths = match paths.len() {
            0 => &own,
            given if given == self.given => &all,
            _ => paths,
        };
        let changed = |what: String, file: &str| {
            Error::data(what, file.to_owned())
                .with_hint("make a new plan; the store of this one is none of the new inputs")
        };
        if paths.len() != own.len() {
            let error = Error::usage(format!("{} inputs are given, the plan has {}", paths.len(), own.len()));
            let left_out: Vec<&str> = self.skipped.iter().map(|skipped| skipped.path.as_str()).take(10).collect();
            return Err(if left_out.is_empty() {
                error.with_hint("give all of them in the plan's order, or none if they lie where they lay")
            } else {
                error.with_hint(format!("it was made without {}", left_out.join(", ")))
            });
        }
        for (input, path) in self.inputs.iter().zip(paths) {
            let now = InputFile::of(path.clone());
            if input.bytes.is_some() && now.bytes.is_some() && now.bytes != input.bytes {
                return Err(changed("the input has another length than when the plan was made".to_owned(), path));
            }
        }
        let mut args = self.arguments(paths)?;
        if let Some((name, text)) = &self.recipe {
            let recipe = Recipe::parse(text, name)?;
            args.source.take(&recipe)?;
            args.store.take(&recipe)?;
        }
        args.source.labels.clone_from(&self.labels);
        // What was left out is no input of the plan; what fails now was in it.
        args.source.on_error = OnError::Stop;
        let dataset = prepared(&args, paths, &self.store, session)?.dataset;
        let blueprint = Blueprint::new(&dataset, args.store.version())?;
        let root = |key: &str| matches!(key, "zarr.json" | ".zattrs" | ".zmetadata");
        let planned: BTreeMap<&str, &str> = self.documents.iter().map(|(k, t)| (k.as_str(), t.as_str())).collect();
        for (key, bytes) in blueprint.documents().iter().filter(|(key, _)| !root(key)) {
            if planned.get(key.as_str()).is_none_or(|text| text.as_bytes() != *bytes) {
                return Err(changed(format!("the inputs no longer make the plan's {key}"), &dataset.source));
            }
        }
        let now = coordinates(&dataset)?;
        if let Some((name, _)) = now.iter().find(|(name, sum)| self.coordinates.get(*name) != Some(sum)) {
            let what = format!("coordinate '{name}' has other values than when the plan was made");
            return Err(changed(what, &dataset.source));
        }
        Ok((dataset, Arc::new(blueprint)))
    }

    /// The arguments that the plan was made with.
    fn arguments(&self, paths: &[String]) -> Result<PlanArgs> {
        let words = ["to-zarr", "plan"].into_iter().map(str::to_owned);
        let words = words.chain(self.arguments.iter().cloned()).chain(["--".to_owned()]).chain(paths.iter().cloned());
        match Args::try_parse_from(words).map(|args| args.command) {
            Ok(Some(Command::Plan(plan))) => Ok(*plan),
            Ok(_) => Err(Error::usage("the plan's arguments are of another command")),
            Err(e) => Err(Error::usage(format!("the plan's arguments are not understood: {}", e.kind()))
                .with_hint("it was made by another version of to-zarr: make a new plan")),
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// A local path from the root; URLs as they are.
fn absolute(path: String) -> String {
    if path.contains("://") {
        return path;
    }
    std::path::absolute(&path).map_or(path, |whole| whole.to_string_lossy().into_owned())
}

fn text_of(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(|e| Error::io("read", path, e))
}

/// A checksum of the values of every coordinate that is not too long to be read by all.
fn coordinates(dataset: &Dataset) -> Result<BTreeMap<String, u32>> {
    const LONG: usize = 1 << 20;
    let is_coordinate = |v: &&Variable| *v.dimensions == [v.name.as_str()] && v.array.len() <= LONG;
    let sum = |v: &Variable| Ok((v.name.clone(), crc32c(format!("{:?}", v.array.read_all()?.data()).as_bytes())));
    dataset.variables.iter().filter(is_coordinate).map(sum).collect()
}

/// The objects of a variable.
fn objects(dataset: &Dataset, blueprint: &Blueprint, number: usize) -> Option<Objects> {
    let variable = dataset.variables.get(number)?;
    let extents = blueprint.object_shape(number).iter().zip(variable.shape());
    let values = extents.fold(1_u64, |n, (&a, &b)| n.saturating_mul(a.min(b) as u64));
    let bytes = values.saturating_mul(variable.data_type().planning_size() as u64);
    Some(Objects { counts: blueprint.object_counts(number), bytes })
}

/// The words of the command line after `plan`, but for inputs and what is of this machine.
fn words(args: &PlanArgs) -> Vec<String> {
    let inputs = &args.source.inputs;
    let mut words: Vec<String> =
        std::env::args().skip_while(|word| word != "plan").skip(1).filter(|word| !inputs.contains(word)).collect();
    // Its text goes along; the inputs that it made are named.
    if let Some(at) = words.iter().position(|word| word == "--recipe") {
        words.drain(at..(at + 2).min(words.len()));
    }
    words.retain(|word| !word.starts_with("--recipe="));
    if let Some(at) = words.iter().position(|word| word == "--prune") {
        words.drain(at..(at + 2).min(words.len()));
    }
    words.retain(|word| !word.starts_with("--prune="));
    words
}
