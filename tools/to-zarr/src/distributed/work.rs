//! `to-zarr work`.

use std::sync::Arc;

use pangeo::cli::{self, Session};
use pangeo::io::Sink;
use pangeo::io::staging::{Kind, Staged};
use pangeo::io::store::ObjectPlace;
use pangeo::io::write::{self, Part, Report};
use pangeo::io::zarr::{Blueprint, Ground, ZarrSink, ZipPlace};
use pangeo::model::Dataset;
use pangeo::{Error, Result};

use super::plan::PlanFile;
use super::receipt::{TaskReceipt, key};
use super::{place, tasks};
use crate::arguments::WorkArgs;

/// Do one task.
pub(crate) fn work(args: &WorkArgs, session: &Session) -> Result<()> {
    let plan = PlanFile::read(&args.plan)?;
    let task = number(args.task)?;
    let last = plan.tasks.len().saturating_sub(1);
    if task as usize > last {
        return Err(Error::usage(format!("there is no task {task}")).with_hint(format!("the plan has 0 to {last}")));
    }
    if let Some(path) = &args.fragment {
        let staged = Staged::new(path, Kind::File, true)?;
        let zip = Arc::new(ZipPlace::create(staged.path())?);
        let place: Arc<dyn ObjectPlace> = Arc::clone(&zip) as _;
        let opened = plan.reopen(&cli::paths(&args.inputs)?, session)?;
        let done = deliver(opened, &plan, task, &place, Ground::New, session)?;
        zip.finish()?;
        staged.commit()?;
        session.say(&format!("{}: {}", path.display(), told(task, &done, session)));
        return Ok(());
    }
    let path = args.place.as_deref().unwrap_or(&plan.store);
    let place = place::open(path, session)?;
    place::check(place.as_ref(), &plan)?;
    if !args.again && TaskReceipt::read(place.as_ref(), &plan.id, task)?.is_some() {
        session.say(&format!("{path}: task {task} is done already"));
        return Ok(());
    }
    let opened = plan.reopen(&cli::paths(&args.inputs)?, session)?;
    // From here on it counts as not done, until it is.
    place.remove(&key(task))?;
    let done = deliver(opened, &plan, task, &place, Ground::Used, session)?;
    session.say(&format!("{path}: {}", told(task, &done, session)));
    Ok(())
}

fn told(task: u32, receipt: &TaskReceipt, session: &Session) -> String {
    let bytes = receipt.objects.iter().map(|o| o.bytes).sum();
    let size = cli::human_size(bytes);
    format!("task {task} done: {} objects, {size} in {:.2} s", receipt.objects.len(), session.seconds())
}

/// The task's number, from the argument or Slurm's.
fn number(given: Option<u32>) -> Result<u32> {
    if let Some(task) = given {
        return Ok(task);
    }
    let missing = || {
        Error::usage("no task is named").with_hint("give --task I, or run it in a Slurm array (SLURM_ARRAY_TASK_ID)")
    };
    let text = std::env::var("SLURM_ARRAY_TASK_ID").map_err(|_| missing())?;
    text.trim().parse().map_err(|_| Error::usage(format!("SLURM_ARRAY_TASK_ID='{text}' is not a task")))
}

/// Write the objects of a task, then its receipt.
fn deliver(
    (dataset, blueprint): (Dataset, Arc<Blueprint>),
    plan: &PlanFile,
    task: u32,
    place: &Arc<dyn ObjectPlace>,
    ground: Ground,
    session: &Session,
) -> Result<TaskReceipt> {
    let sink = ZarrSink::new(Arc::clone(&blueprint), Arc::clone(place), ground).without_metadata().with_receipts();
    let parts = parts(plan, task, &dataset, &blueprint)?;
    write::fill(&dataset, &sink, &parts, &session.engine, &mut Report::default())?;
    let objects = sink.take_receipts().into_iter().map(Into::into).collect();
    Box::new(sink).finish()?;
    let receipt = TaskReceipt { plan: plan.id.clone(), task, objects, seconds: session.seconds() };
    place.put(&key(task), receipt.to_json().into())?;
    place.flush()?;
    session.engine.progress().finish();
    Ok(receipt)
}

/// The boxes of objects that a task owns.
fn parts(plan: &PlanFile, task: u32, dataset: &Dataset, blueprint: &Blueprint) -> Result<Vec<Part>> {
    let Some(owned) = plan.tasks.get(task as usize) else { return Ok(Vec::new()) };
    let mut parts = Vec::new();
    for run in &owned.objects {
        let number = dataset.variables.iter().position(|v| v.name == run.variable);
        let variable = number.ok_or_else(|| {
            Error::data(format!("the plan names variable '{}'", run.variable), dataset.source.clone())
                .with_hint("the inputs are not the plan's")
        })?;
        let counts = blueprint.object_counts(variable);
        parts.extend(tasks::boxes(run.first..run.end, &counts).into_iter().map(|chunks| Part { variable, chunks }));
    }
    Ok(parts)
}
