//! The target grid and the weights that the arguments name.

use std::path::Path;

use pangeo::cli::Session;
use pangeo::grid::target::{Target, is_description, is_projection, is_word};
use pangeo::io::open;
use pangeo::model::Dataset;
use pangeo::ops::regrid::Wish;
use pangeo::{Error, Result};

use crate::arguments::Args;

/// Longer files are no grid descriptions.
const DESCRIPTION: u64 = 256 << 20;

/// The grid asked for, if one is.
pub(crate) fn wish(args: &Args, session: &Session) -> Result<Option<Wish>> {
    let grid = &args.grid;
    let whole = |target: Target| Ok(Some(Wish::Grid(Box::new(target))));
    match (grid.target.as_deref(), grid.resolution) {
        (None, None) => Ok(None),
        (None, Some(size)) => whole(Target::regular(size, grid.bbox)?),
        (Some(text), None) if is_projection(text) => {
            Err(Error::usage(format!("{text} is a projection, which has no cells"))
                .with_hint("--resolution gives their size"))
        }
        (Some(text), Some(resolution)) if is_projection(text) => {
            Ok(Some(Wish::Projected { definition: text.to_owned(), resolution, bbox: grid.bbox }))
        }
        (Some(text), Some(_)) => {
            Err(Error::usage(format!("--target {text} has cells of its own, --resolution is for others"))
                .with_hint("leave one of them out"))
        }
        (Some(text), None) => whole(named(text, grid.target_variable.as_deref(), session)?),
    }
}

/// A grid that a word, a description or a dataset gives.
fn named(text: &str, variable: Option<&str>, session: &Session) -> Result<Target> {
    let path = Path::new(text);
    let remote = text.contains("://");
    if !remote && !path.exists() {
        if is_word(text) {
            return Target::word(text);
        }
        return Err(Error::usage(format!("'{text}' is neither a file nor the name of a grid"))
            .with_hint("r360x180, n80, global_1, epsg:3035 with --resolution, or a dataset or a grid description"));
    }
    if let Some(text) = description(path)? {
        return Target::described(&text, &path.display().to_string());
    }
    Target::of_dataset(&dataset(text, session)?, variable)
}

/// The bytes of a file that is a grid description.
fn description(path: &Path) -> Result<Option<Vec<u8>>> {
    let short = path.metadata().is_ok_and(|about| about.is_file() && about.len() <= DESCRIPTION);
    if !short {
        return Ok(None);
    }
    let bytes = std::fs::read(path).map_err(|e| Error::io("read", path, e))?;
    Ok(is_description(&bytes).then_some(bytes))
}

/// A dataset beside the input.
fn dataset(path: &str, session: &Session) -> Result<Dataset> {
    let mut all = open::open_all(&[path.to_owned()], &session.engine)?;
    all.pop().ok_or_else(|| Error::data("nothing was opened", path.to_owned()))
}

/// The file of `--weights`.
pub(crate) fn weights(args: &Args, session: &Session) -> Result<Option<Dataset>> {
    args.weights.as_deref().map(|path| dataset(path, session)).transpose()
}
