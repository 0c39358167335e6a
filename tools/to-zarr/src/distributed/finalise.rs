//! `to-zarr finalise`.

use std::collections::HashMap;
use std::path::Path;

use pangeo::cli::{self, Session};
use pangeo::io::store::ObjectPlace;
use pangeo::io::zarr::Receipt;
use pangeo::model::Dataset;
use pangeo::{Error, Result};

use super::plan::PlanFile;
use super::receipt::TaskReceipt;
use super::{fragment, place};
use crate::arguments::FinaliseArgs;
use crate::report::Account;
use crate::stac;

/// Check what was delivered, and make a store of it.
pub(crate) fn finalise(args: &FinaliseArgs, session: &Session) -> Result<()> {
    let plan = PlanFile::read(&args.plan)?;
    let path = args.place.as_deref().unwrap_or(&plan.store);
    let place = place::open(path, session)?;
    if place::is_complete(place.as_ref(), &plan)? {
        place::sweep(place.as_ref())?;
        session.say(&format!("{path}: the store is finished already"));
        return Ok(());
    }
    if args.fragments.is_empty() {
        place::check(place.as_ref(), &plan)?;
    } else {
        place::prepare(place.as_ref(), &plan, args.overwrite)?;
        for fragment in cli::paths(&args.fragments)? {
            session.engine.check()?;
            fragment::collect(&fragment, &plan.id, place.as_ref())?;
        }
    }
    let receipts = delivered(&plan, place.as_ref(), path)?;
    for (key, text) in &plan.documents {
        // Each in its turn: the last makes the store.
        place.flush()?;
        place.put(key, text.clone().into_bytes().into())?;
    }
    place.flush()?;
    place::sweep(place.as_ref())?;
    let bytes = receipts.iter().map(|r| r.bytes).sum();
    session.say(&format!(
        "{path}: complete, {} tasks, {} objects, {}",
        plan.tasks.len(),
        receipts.len(),
        cli::human_size(bytes)
    ));
    stac::describe(&args.catalog, Path::new(path), session)?;
    if let Some(report) = &args.report {
        let inputs: Vec<String> = plan.inputs.iter().map(|i| i.path.clone()).collect();
        let dataset: Dataset = pangeo::io::open::open(path)?;
        Account::new("finalised", Path::new(path), &inputs, &dataset, &receipts, session)?
            .audited(None, &plan.skipped)
            .write(report)?;
    }
    Ok(())
}

/// The receipts of all tasks, each object of which is there.
fn delivered(plan: &PlanFile, place: &dyn ObjectPlace, path: &str) -> Result<Vec<Receipt>> {
    let there: HashMap<String, u64> = place.list("")?.into_iter().collect();
    let (mut all, mut holes) = (Vec::new(), Vec::new());
    for task in 0..plan.tasks.len() as u32 {
        match TaskReceipt::read(place, &plan.id, task)? {
            Some(receipt) if receipt.objects.iter().all(|o| there.get(&o.key) == Some(&o.bytes)) => {
                all.extend(receipt.objects.into_iter().map(Receipt::from));
            }
            _ => holes.push(task),
        }
    }
    if holes.is_empty() {
        return Ok(all);
    }
    let (list, again) = (runs(&holes), if holes.len() == 1 { "task" } else { "tasks" });
    let what = format!("{} of {} tasks did not deliver: {again} {list}", holes.len(), plan.tasks.len());
    Err(Error::data(what, path.to_owned()).with_hint(
        "do them (to-zarr work PLAN.json --again --task I), then finalise; in Slurm: sbatch --array=".to_owned()
            + &list,
    ))
}

/// Numbers in order as people write them: `0,3-5`.
fn runs(numbers: &[u32]) -> String {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for &n in numbers {
        match runs.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(n) => *last = n,
            _ => runs.push((n, n)),
        }
    }
    let text = |(a, b): &(u32, u32)| if a == b { a.to_string() } else { format!("{a}-{b}") };
    runs.iter().map(text).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    #[test]
    fn numbers_are_told_as_slurm_takes_them() {
        assert_eq!(super::runs(&[0, 3, 4, 5, 9]), "0,3-5,9");
        assert_eq!(super::runs(&[7]), "7");
    }
}
