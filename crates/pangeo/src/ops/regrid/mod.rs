//! From one grid to another, and to other levels.
//!
//! The geometry of the two grids is worked out once, whatever is missing in the fields; every plane of every
//! variable is then a sparse product, computed when it is read. Missing values take no part: what is left is
//! weighted anew, plane by plane, from the same weights. Values are unpacked and summed in double precision;
//! results do not depend on chunks, threads or memory.

mod attributes;
mod build;
mod horizontal;
mod layout;
mod masked;
mod matrix;
mod method;
mod operator;
mod plane;
mod staggered;
mod stored;
pub mod vertical;
mod view;
mod weights;
mod winds;

pub use method::{Method, Normalize};
pub use weights::Layout as WeightsLayout;
pub use winds::Winds;

use std::sync::Arc;

use crate::engine::Engine;
use crate::grid::Bbox;
use crate::grid::target::Target;
use crate::model::Dataset;
use crate::ops::mask::Tally;
use crate::ops::spread_out::spread_out;
use crate::{Error, Result};

/// Which grid is wanted.
#[derive(Debug, Clone)]
pub enum Wish {
    /// This one.
    Grid(Box<Target>),
    /// Cells of this size in a projection (an EPSG code or a PROJ string), in its units, over a box in degrees
    /// or else over what the source covers.
    Projected {
        /// `epsg:3035`, `+proj=laea …`.
        definition: String,
        /// Along x and y.
        resolution: (f64, f64),
        /// West, south, east, north.
        bbox: Option<Bbox>,
    },
}

/// A request to regrid.
#[derive(Debug, Clone, Default)]
pub struct Regrid {
    /// How values come from cells to cells; needed for a target grid.
    pub method: Option<Method>,
    /// The target grid; the horizontal grids stay where there is none.
    pub target: Option<Wish>,
    /// The levels wanted; the vertical axes stay where there are none.
    pub levels: Option<vertical::Levels>,
    /// By what means over cells covered in part are divided.
    pub normalize: Normalize,
    /// The part of a cell's weights that must have values; the method's own if not said.
    pub min_coverage: Option<f64>,
    /// Whether targets without a value take that of the nearest source cell that has one.
    pub extrapolate: bool,
    /// A variable of the input; values are taken as missing where it is missing or 0.
    pub mask: Option<String>,
    /// Components along the rows and columns of the source grid that become eastward and northward.
    pub winds: Option<Winds>,
    /// Whether integers and flags are interpolated as other numbers are.
    pub integers_too: bool,
    /// Weights from a file, in the place of the method's.
    pub weights: Option<Dataset>,
    /// Whether the weights are wanted, and how laid out: those of SCRIP for cells that have values in the first field,
    /// without which CDO does not take them, and beside them what it takes to serve any field again.
    pub keep_weights: Option<WeightsLayout>,
}

/// The result and what to tell the user of it.
#[derive(Debug)]
pub struct Outcome {
    /// The variables on the new grid, lazily.
    pub dataset: Dataset,
    /// The weights, as a file holds them, if they were asked for.
    pub weights: Option<Dataset>,
    /// Worth a word.
    pub notes: Vec<String>,
    /// What came of the values, once the dataset is written.
    pub tally: Arc<Tally>,
}

impl Regrid {
    /// `dataset` on the grid and the levels asked for; what `engine` offers is used to find the weights.
    ///
    /// # Errors
    /// [`Error::Usage`] for requests that contradict themselves; [`Error::NotFound`] for variables that are not
    /// there; [`Error::Data`] and [`Error::Unsupported`] for grids whose cells are not known or that the method
    /// cannot use.
    pub fn apply(&self, dataset: Dataset, engine: &Engine) -> Result<Outcome> {
        self.check()?;
        let source = dataset.source.clone();
        let of_weights = |error: &Error| matches!((error, &self.weights), (Error::Data { place, .. }, Some(file)) if *place == file.source);
        self.run(dataset, engine).map_err(|error| if of_weights(&error) { error } else { error.in_file(&source) })
    }

    fn run(&self, mut dataset: Dataset, engine: &Engine) -> Result<Outcome> {
        let tally = Arc::new(Tally::default());
        let mut notes = Vec::new();
        if self.target.is_some() || self.weights.is_some() || self.winds.is_some() {
            spread_out(&mut dataset)?;
        }
        if let Some(mask) = &self.mask {
            notes.extend(masked::apply(&mut dataset, mask)?);
        }
        if let Some(levels) = &self.levels {
            let (done, said) = vertical::interpolate(dataset, levels)?;
            dataset = done;
            notes.extend(said);
        }
        let horizontal = self.target.is_some() || self.weights.is_some();
        let apart = self.winds.as_ref().map(|winds| winds::turn(&mut dataset, winds, horizontal)).transpose()?;
        let mut weights = None;
        if horizontal {
            let done = horizontal::regrid(self, &dataset, engine, &tally)?;
            (dataset, weights) = (done.dataset, done.weights);
            notes.extend(done.notes);
        }
        if let Some(apart) = apart {
            apart.join(&mut dataset)?;
        }
        Ok(Outcome { dataset, weights, notes, tally })
    }

    fn check(&self) -> Result<()> {
        let no = |what: &str, hint: &str| Err(Error::usage(what).with_hint(hint));
        let horizontal = self.target.is_some() || self.weights.is_some();
        if !horizontal && self.levels.is_none() && self.winds.is_none() {
            return no(
                "nothing says where to",
                "--target r360x180, --resolution 0.5, --levels 850hPa or a file as --target",
            );
        }
        if self.target.is_some() && self.method.is_none() && self.weights.is_none() {
            return no("no method is given for the target grid", "--method bilinear or conservative, for instance");
        }
        if !horizontal && self.method.is_some() {
            return no("a method needs a target grid", "--target r360x180 or --resolution 0.5; --vertical for levels");
        }
        if !horizontal && self.keep_weights.is_some() {
            return no("no weights are used without a target grid", "leave out --save-weights");
        }
        if self.min_coverage.is_some_and(|part| !(0.0..=1.0).contains(&part)) {
            return no("--min-coverage is a part of a cell", "a number from 0 to 1");
        }
        let by_area = self.method.is_none_or(Method::is_by_area);
        if self.normalize == Normalize::DestArea && !by_area {
            return no(
                "only means over areas are divided by the area of the cell",
                "--method conservative, or leave out --normalize",
            );
        }
        Ok(())
    }
}
