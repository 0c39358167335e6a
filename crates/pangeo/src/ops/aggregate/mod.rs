//! Statistics over axes, periods, parts of the year, windows and regions.
//!
//! The values are unpacked and reduced in double precision, missing ones left out. Results do not depend
//! on chunks, threads or memory. What the result says of itself follows CF: `cell_methods`, a time
//! in the middle of its bounds, climatological bounds (§7.4), scalar coordinates for what went (§5.7).

mod anomaly;
mod axes;
mod collapsed;
mod describe;
mod quantile;
mod reduce;
mod result;
mod scheme;
mod statistic;
mod times;
mod weights;
mod windows;
mod zones;

pub use anomaly::Anomaly;
pub use quantile::Method as PercentileMethod;
pub use statistic::Statistic;
pub use weights::Weights;
pub use windows::Rolling;
pub use zones::Zones;

use std::str::FromStr;
use std::sync::Arc;

use crate::cf::time::{Climate, Period, TimeRange};
use crate::engine::Engine;
use crate::model::Dataset;
use crate::ops::mask::Tally;
use crate::{Error, Result};

/// Which steps of time become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Steps {
    /// Consecutive periods.
    Every(Period),
    /// The same part of all years or days.
    Climatology(Climate),
}

/// What becomes of periods that the data do not cover.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Incomplete {
    /// They are kept, and named in a warning.
    #[default]
    Keep,
    /// They are left out.
    Drop,
}

impl FromStr for Incomplete {
    type Err = Error;

    /// # Errors
    /// [`Error::Usage`] for other words.
    fn from_str(text: &str) -> Result<Self> {
        match text {
            "keep" => Ok(Self::Keep),
            "drop" => Ok(Self::Drop),
            _ => Err(Error::usage(format!("'{text}' is neither keep nor drop"))),
        }
    }
}

/// A request for statistics.
#[derive(Debug, Clone)]
pub struct Aggregate {
    /// The statistics; one keeps the variables' names, of several each adds its own (`t2m_max`).
    pub statistics: Vec<Statistic>,
    /// How percentiles between two values are taken.
    pub percentile_method: PercentileMethod,
    /// Axes and dimensions that go.
    pub over: Vec<String>,
    /// Steps of time that become one.
    pub steps: Option<Steps>,
    /// Windows of steps of time.
    pub rolling: Option<Rolling>,
    /// Regions.
    pub zones: Option<Zones>,
    /// What counts how much.
    pub weights: Weights,
    /// A variable that is there for its values alone, as weights, and is no part of the result.
    pub borrowed: Option<String>,
    /// Delta degrees of freedom of `std` and `var`.
    pub ddof: f64,
    /// The fewest values that make a result.
    pub min_count: u32,
    /// Whether a missing value makes the result missing.
    pub propagate_missing: bool,
    /// What becomes of incomplete periods.
    pub incomplete: Incomplete,
    /// Departures from the climatology, instead of the climatology.
    pub anomaly: Option<Anomaly>,
    /// The period of which the climatology is, if not all.
    pub baseline: Option<TimeRange>,
}

impl Default for Aggregate {
    fn default() -> Self {
        Self {
            statistics: vec![Statistic::Mean],
            percentile_method: PercentileMethod::default(),
            over: Vec::new(),
            steps: None,
            rolling: None,
            zones: None,
            weights: Weights::default(),
            borrowed: None,
            ddof: 0.0,
            min_count: 1,
            propagate_missing: false,
            incomplete: Incomplete::default(),
            anomaly: None,
            baseline: None,
        }
    }
}

/// The result and what to tell the user of it.
#[derive(Debug)]
pub struct Outcome {
    /// The statistics, lazily.
    pub dataset: Dataset,
    /// Worth a word.
    pub notes: Vec<String>,
    /// To be warned of.
    pub warnings: Vec<String>,
    /// What came of the values, once the dataset is written.
    pub tally: Arc<Tally>,
}

impl Aggregate {
    /// The statistics of `dataset`; what `engine` offers is used when they are read.
    ///
    /// # Errors
    /// [`Error::Usage`] for requests that contradict themselves; [`Error::NotFound`] for axes that no
    /// variable has; [`Error::Data`] for times, areas and weights that can't be read.
    pub fn apply(&self, dataset: &Dataset, engine: &Engine) -> Result<Outcome> {
        self.check()?;
        let scheme = scheme::Scheme::of(self, dataset)?;
        result::result(self, &scheme, dataset, engine).map_err(|error| error.in_file(&dataset.source))
    }

    fn rules(&self, tally: &Arc<Tally>) -> reduce::Rules {
        reduce::Rules {
            ddof: self.ddof,
            min_count: self.rolling.map_or(self.min_count, |r| r.fewest().max(self.min_count)),
            propagate: self.propagate_missing,
            plain_sum: self.weights == Weights::Auto,
            tally: Arc::clone(tally),
        }
    }

    fn check_windows_and_regions(&self) -> Result<()> {
        if let Some(rolling) = self.rolling.filter(|r| r.fewest() as usize > r.size) {
            return Err(Error::usage(format!(
                "--min-periods {} is more than the {} steps of a window",
                rolling.fewest(),
                rolling.size
            )));
        }
        let places = self.statistics.iter().any(|s| matches!(s, Statistic::ArgMin | Statistic::ArgMax));
        if places && self.zones.is_some() {
            return Err(Error::usage("a region has no order that argmin and argmax could count in"));
        }
        let simple = matches!(self.weights, Weights::Auto | Weights::None);
        if self.rolling.is_some() && !simple {
            return Err(Error::usage("the steps of a window have no weights").with_hint("leave out --weights"));
        }
        if self.zones.is_some() && !simple && self.weights != Weights::Area {
            return Err(Error::usage("regions are weighted by area or not at all")
                .with_hint("--weights area, or --weights none for the parts of cells alone"));
        }
        Ok(())
    }

    /// Refuse degrees of freedom where values have weights.
    fn refuse_ddof(&self) -> Result<()> {
        let deviations = self.statistics.iter().any(|s| matches!(s, Statistic::Std | Statistic::Var));
        let standardized = self.anomaly == Some(Anomaly::Standardized);
        if (deviations || standardized) && self.ddof != 0.0 {
            return Err(Error::usage("--ddof counts values, and these have weights")
                .with_hint("leave out --ddof, or use --weights none"));
        }
        Ok(())
    }

    fn check(&self) -> Result<()> {
        let no = |what: &str, hint: &str| Err(Error::usage(what).with_hint(hint));
        if self.statistics.is_empty() {
            return no("no statistic is asked for", "--stat mean, for instance");
        }
        if self.over.iter().any(|word| word.trim().is_empty()) {
            return no("--over names an empty axis", "time, latitude, longitude, vertical, area or a dimension");
        }
        let ways = [!self.over.is_empty() || self.steps.is_some(), self.rolling.is_some(), self.zones.is_some()];
        match ways.iter().filter(|asked| **asked).count() {
            0 => return no("nothing says what to aggregate over", "--over time, --every month or --climatology month"),
            1 => {}
            _ => return no("windows and regions go with nothing else", "aggregate twice"),
        }
        self.check_windows_and_regions()?;
        if self.anomaly.is_some() && !matches!(self.steps, Some(Steps::Climatology(_))) {
            return no("an anomaly departs from a climatology", "--climatology month --anomaly");
        }
        if self.anomaly.is_some() && (self.statistics != [Statistic::Mean] || !self.over.is_empty()) {
            return no(
                "an anomaly departs from the mean of each step's part of the year",
                "leave out --stat and --over",
            );
        }
        let weighted = !matches!(self.weights, Weights::None | Weights::Auto);
        let ranked = self
            .statistics
            .iter()
            .find(|s| !matches!(s, Statistic::Mean | Statistic::Sum | Statistic::Std | Statistic::Var));
        match ranked.filter(|_| weighted) {
            Some(statistic) => {
                let what = format!("{statistic} has no weights");
                no(&what, "weights are for mean, sum, std and var; use --weights auto")
            }
            None => Ok(()),
        }
    }
}
