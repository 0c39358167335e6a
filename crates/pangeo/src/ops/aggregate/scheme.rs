//! What goes, what is grouped, and which variables that concerns.

use std::sync::Arc;

use super::axes::Over;
use super::describe::Method;
use super::reduce::Fate;
use super::times::TimeDimension;
use super::weights::Weights;
use super::zones::Zoned;
use super::{Aggregate, Incomplete, Steps};
use crate::cf::roles::Roles;
use crate::cf::time::{Climate, Part, Span, TimeGroup, climatology, every, whole};
use crate::error::counted;
use crate::model::{Dataset, Variable};
use crate::ops::mask::Tally;
use crate::{Error, Result};

/// A dimension of time with the groups that its steps make.
#[derive(Debug)]
pub(super) struct Grouped {
    pub(super) time: TimeDimension,
    pub(super) groups: Vec<TimeGroup>,
    /// Whether the dimension goes, all its steps being one group.
    pub(super) goes: bool,
}

/// How a dataset is aggregated.
#[derive(Debug)]
pub(super) struct Scheme {
    pub(super) roles: Roles,
    /// The dimensions that go, those of time among them.
    pub(super) gone: Vec<String>,
    /// Those that were named as an area.
    pub(super) area: Vec<String>,
    /// The dimensions of time that go or are grouped.
    pub(super) times: Vec<Grouped>,
    /// How a statistic over time was taken.
    pub(super) method: Method,
    /// Data variables that are reduced.
    pub(super) reduced: Vec<String>,
    /// Data variables that have what goes but are no numbers.
    pub(super) left_out: Vec<String>,
    /// The regions on each grid.
    pub(super) zoned: Vec<Zoned>,
    /// Their names.
    pub(super) zones: Vec<String>,
    pub(super) warnings: Vec<String>,
    /// Counts what was there and what came of it.
    pub(super) tally: Arc<Tally>,
}

impl Scheme {
    /// # Errors
    /// As [`super::Aggregate::apply`].
    pub(super) fn of(request: &Aggregate, dataset: &Dataset) -> Result<Self> {
        let roles = Roles::of(dataset);
        let own = |name: &&str| request.borrowed.as_deref() != Some(*name);
        let data: Vec<String> = roles.data_variables().into_iter().filter(own).map(str::to_owned).collect();
        let mut over = Over::of(&request.over, dataset, &roles, &data)?;
        let (mut zoned, mut zones) = (Vec::new(), Vec::new());
        if let Some(wanted) = &request.zones {
            zones = wanted.names()?;
            zoned = wanted.on_grids(dataset, &roles, &request.weights)?;
            over.dimensions.extend(zoned.iter().flat_map(|z| z.dimensions.clone()));
            over.area.clone_from(&over.dimensions);
        }
        let mut warnings = Vec::new();
        let times = times(request, dataset, &roles, &over.dimensions, &mut warnings)?;
        let method = match request.steps {
            Some(Steps::Climatology(by)) => {
                let (within, over) = by.cell_methods();
                Method::Climatology(within, over)
            }
            _ => Method::Once,
        };
        let mut scheme = Self {
            roles,
            gone: over.dimensions,
            area: over.area,
            times,
            method,
            reduced: Vec::new(),
            left_out: Vec::new(),
            warnings: empty_zones(&zoned, &zones).into_iter().chain(warnings).collect(),
            zoned,
            zones,
            tally: Arc::default(),
        };
        let concerned = data.iter().filter_map(|n| dataset.variable(n)).filter(|v| scheme.concerns(v));
        let (numbers, texts): (Vec<&Variable>, Vec<&Variable>) = concerned.partition(|v| v.data_type().is_numeric());
        scheme.reduced = numbers.into_iter().map(|v| v.name.clone()).collect();
        scheme.left_out = texts.into_iter().map(|v| v.name.clone()).collect();
        scheme.refuse_two_times(request, dataset)?;
        if scheme.reduced.is_empty() {
            return Err(Error::data("no variable of numbers has what is aggregated over", dataset.source.clone()));
        }
        Ok(scheme)
    }

    /// Windows and departures are along one time.
    fn refuse_two_times(&self, request: &Aggregate, dataset: &Dataset) -> Result<()> {
        let along_one = request.rolling.is_some() || request.anomaly.is_some();
        let times = |v: &&Variable| v.dimensions.iter().filter(|d| self.grouped(d).is_some()).count() > 1;
        let several = self.reduced.iter().filter_map(|n| dataset.variable(n)).find(times);
        match several.filter(|_| along_one) {
            Some(variable) => {
                let what = format!("'{}' has two dimensions of time", variable.name);
                Err(Error::unsupported(what, dataset.source.clone()))
            }
            None => Ok(()),
        }
    }

    /// Whether a variable has a dimension that goes or is grouped.
    pub(super) fn concerns(&self, variable: &Variable) -> bool {
        variable.dimensions.iter().any(|d| self.gone.contains(d) || self.grouped(d).is_some())
    }

    /// The groups of a dimension whose steps are grouped.
    pub(super) fn grouped(&self, dimension: &str) -> Option<&Grouped> {
        self.times.iter().find(|t| !t.goes && t.time.dimension == dimension)
    }

    /// The regions on the grid of a variable.
    pub(super) fn zoned(&self, variable: &Variable) -> Option<&Zoned> {
        self.zoned.iter().find(|z| z.variables.contains(&variable.name))
    }

    /// What becomes of each dimension of a variable.
    pub(super) fn fates(&self, variable: &Variable) -> Vec<Fate> {
        let fate = |dimension: &String| match self.grouped(dimension) {
            Some(grouped) => Fate::Grouped(grouped.time.fate(&grouped.groups)),
            None if self.gone.contains(dimension) => Fate::Reduced,
            None => Fate::Kept,
        };
        variable.dimensions.iter().map(fate).collect()
    }
}

/// The dimensions of time of which steps become one, or that are among those `gone`.
fn times(
    request: &Aggregate,
    dataset: &Dataset,
    roles: &Roles,
    gone: &[String],
    warnings: &mut Vec<String>,
) -> Result<Vec<Grouped>> {
    let mut times = Vec::new();
    let moves = request.steps.is_some() || request.rolling.is_some();
    // All steps are one whatever their times are, if these do not weigh them.
    let needed = moves || request.weights == Weights::Time;
    for time in TimeDimension::all(dataset, roles, |d| moves || gone.contains(d)) {
        match time.and_then(|time| grouped(request, time, gone, warnings)) {
            Ok(grouped) => times.push(grouped),
            Err(error) if needed => return Err(error),
            Err(error) => warnings.push(format!("the steps' times can't be told: {error}")),
        }
    }
    if times.is_empty() && moves {
        return Err(Error::data("no dimension has times that can be read", dataset.source.clone())
            .with_hint("see the time axes with inspect; --reference-time supplies a missing date"));
    }
    Ok(times)
}

/// A dimension of time with its groups.
fn grouped(request: &Aggregate, time: TimeDimension, gone: &[String], warnings: &mut Vec<String>) -> Result<Grouped> {
    let goes = gone.contains(&time.dimension);
    if goes && request.steps.is_some() {
        return Err(Error::usage(format!("'{}' can't both go and be grouped", time.dimension))
            .with_hint("either --over time or --every and --climatology"));
    }
    let groups = groups(request, &time, warnings)?;
    if !goes {
        warnings.extend(doubts(&time));
    }
    Ok(Grouped { time, groups, goes })
}

/// The groups of one dimension of time.
fn groups(request: &Aggregate, time: &TimeDimension, warnings: &mut Vec<String>) -> Result<Vec<TimeGroup>> {
    let cells = time.cells()?;
    let calendar = time.axis().calendar();
    if let Some(rolling) = request.rolling {
        return rolling.groups(&cells);
    }
    let mut groups = match request.steps {
        None => return Ok(vec![whole(&cells)?]),
        Some(Steps::Every(period)) => every(&cells, period)?,
        Some(Steps::Climatology(by)) => climatology(&cells, by)?,
    };
    let incomplete: Vec<String> = groups.iter().filter(|g| !g.complete).map(|g| g.name(calendar)).collect();
    // A lone part of the day is nothing to be complete: only periods and parts of the year are.
    let by_hour = request.steps == Some(Steps::Climatology(Climate::Hour));
    if incomplete.is_empty() || by_hour {
        return Ok(ascending(groups, time));
    }
    if request.incomplete == Incomplete::Drop {
        groups.retain(|g| g.complete);
        if groups.is_empty() {
            return Err(Error::data("no period is complete", time.dimension.clone())
                .with_hint("--incomplete keep keeps periods that the data do not cover"));
        }
        warnings.push(format!("left out as incomplete: {}", some(&incomplete)));
    } else if matches!(request.steps, Some(Steps::Every(_))) {
        warnings
            .push(format!("not covered whole by the data: {} (--incomplete drop leaves them out)", some(&incomplete)));
    }
    Ok(ascending(groups, time))
}

/// Parts of the year (or day) in their order, labelled by ascending times: of a part that first occurs before the
/// one in front of it, the label is moved on by a year (or day) where it occurs again; else all are put in the
/// order of their labels.
fn ascending(mut groups: Vec<TimeGroup>, time: &TimeDimension) -> Vec<TimeGroup> {
    let calendar = time.axis().calendar();
    let next = |group: &TimeGroup| {
        if matches!(group.part, Part::Hour(_)) {
            return group.label.plus(Span::DAY);
        }
        let mut at = calendar.components(group.label);
        at.year = at.year.saturating_add(1);
        calendar.instant(&at)
    };
    for i in 1..groups.len() {
        let Some(before) = groups.get(i - 1).map(|g| g.label) else { continue };
        let Some(group) = groups.get_mut(i).filter(|g| g.label <= before) else { continue };
        if let Some(later) = next(group).filter(|t| *t > before && *t < group.bounds.1) {
            group.label = later;
        }
    }
    groups.sort_by_key(|g| g.label);
    groups
}

/// What makes the times of an axis doubtful.
fn doubts(time: &TimeDimension) -> Vec<String> {
    let missing = match time.axis().missing_count() {
        0 => None,
        n => Some(format!("{} of '{}' have no time and are in no period", counted(n, "step"), time.dimension)),
    };
    time.axis().coding.warning().into_iter().chain(missing).collect()
}

/// A warning of regions that cover no cell of any grid.
fn empty_zones(zoned: &[Zoned], names: &[String]) -> Option<String> {
    let covers = |i: usize| zoned.iter().any(|z| z.shares.get(i).is_some_and(|s| !s.is_empty()));
    let empty: Vec<String> = names.iter().enumerate().filter(|(i, _)| !covers(*i)).map(|(_, n)| n.clone()).collect();
    (!empty.is_empty()).then(|| format!("no cell lies in {}", some(&empty)))
}

/// The first few of a list.
pub(super) fn some(names: &[String]) -> String {
    const SHOWN: usize = 4;
    let head = names.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => head,
        more => format!("{head} and {more} more"),
    }
}
