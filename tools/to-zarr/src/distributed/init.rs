//! `to-zarr init`.

use pangeo::Result;
use pangeo::cli::Session;

use super::place;
use super::plan::PlanFile;
use crate::arguments::InitArgs;

/// Prepare the place of a plan.
pub(crate) fn init(args: &InitArgs, session: &Session) -> Result<()> {
    let plan = PlanFile::read(&args.plan)?;
    let path = args.place.as_deref().unwrap_or(&plan.store);
    let place = place::open(path, session)?;
    place::prepare(place.as_ref(), &plan, args.overwrite)?;
    session.say(&format!(
        "{path}: prepared for {} tasks, 0 to {}",
        plan.tasks.len(),
        plan.tasks.len().saturating_sub(1)
    ));
    Ok(())
}
