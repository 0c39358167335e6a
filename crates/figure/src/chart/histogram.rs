//! Counting values into bins.

use crate::colour::percentiles;

/// More bins than anyone can see.
const MOST: usize = 10_000;

/// Equal bins with their counts: limits, one more than bins, and how many of the finite values are in each, lower
/// limits included and of the last bin both. `range` is from the first to the last limit; what is outside is left
/// out. Without it, the range of the values, or 0 to 1 when there are none; equal ends are moved out by a half.
///
/// Without `bins` there are as many as numpy's rule `auto` gives: bins as wide as Freedman and Diaconis (1981) advise
/// but at least half of the range over the square root of the number of values, or as Sturges (1926) does if those
/// are narrower. Ten thousand at most.
///
/// ```
/// let (edges, counts) = figure::chart::histogram(&[1.0, 2.0, 2.5, 3.0, f64::NAN], Some(2), None);
/// assert_eq!((edges, counts), (vec![1.0, 2.0, 3.0], vec![1, 3]));
/// ```
pub fn histogram(values: &[f64], bins: Option<usize>, range: Option<(f64, f64)>) -> (Vec<f64>, Vec<u64>) {
    let finite = || values.iter().copied().filter(|value| value.is_finite());
    let given = range.filter(|(low, high)| low.is_finite() && high.is_finite());
    let (low, high) = given.map_or_else(
        || finite().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v))),
        |(low, high)| (low.min(high), high.max(low)),
    );
    let (low, high) = if low > high { (0.0, 1.0) } else { (low, high) };
    // Half of one changes nothing where numbers are farther apart.
    let (low, high) = if low == high { apart(low) } else { (low, high) };
    let inside: Vec<f64> = finite().filter(|value| (low..=high).contains(value)).collect();
    let bins = bins.unwrap_or_else(|| automatic(&inside, high / 2.0 - low / 2.0)).clamp(1, MOST);
    let edges = limits(low, high, bins);
    let counts = count_in(&inside, &edges);
    (edges, counts)
}

/// The same for values that are all `offset` and a whole number of steps of `quantum`, as packed ones and counts are:
/// as many steps in each bin, and limits half-way between values, so that no bin has more values to hold than others.
/// None if `quantum` is not above zero.
///
/// ```
/// let counted = figure::chart::histogram_in_steps(&[1.0, 1.0, 2.0, 4.0], Some(4), None, (0.0, 1.0));
/// assert_eq!(counted, Some((vec![0.5, 1.5, 2.5, 3.5, 4.5], vec![2, 1, 0, 1])));
/// ```
pub fn histogram_in_steps(
    values: &[f64],
    bins: Option<usize>,
    range: Option<(f64, f64)>,
    (offset, quantum): (f64, f64),
) -> Option<(Vec<f64>, Vec<u64>)> {
    if !(offset.is_finite() && quantum.is_finite() && quantum > 0.0) {
        return None;
    }
    let step = |value: f64| (value - offset) / quantum;
    let inside = |v: &f64| v.is_finite() && range.is_none_or(|(low, high)| (low..=high).contains(v));
    let inside: Vec<f64> = values.iter().copied().filter(inside).collect();
    let whole = |value: f64| step(value).round();
    let (first, last) = match range {
        Some((low, high)) => ((step(low) - 1e-6).ceil(), (step(high) + 1e-6).floor()),
        None => {
            inside.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(whole(*v)), b.max(whole(*v))))
        }
    };
    if !(first <= last && first.abs().max(last.abs()) < 1e15) {
        return None;
    }
    let wanted = bins.unwrap_or_else(|| automatic(&inside, (last - first) * quantum / 2.0)).clamp(1, MOST) as f64;
    let each = ((last - first + 1.0) / wanted).ceil();
    let count = ((last - first + 1.0) / each).ceil().min(MOST as f64);
    let edge = |i: usize| offset + (first + i as f64 * each - 0.5) * quantum;
    let edges: Vec<f64> = (0..=count as usize).map(edge).collect();
    let counts = count_in(&inside, &edges);
    Some((edges, counts))
}

fn apart(value: f64) -> (f64, f64) {
    let half = (value.abs() * 1e-9).max(0.5);
    ((value - half).max(f64::MIN), (value + half).min(f64::MAX))
}

/// The number of bins over a range of twice `half`.
fn automatic(values: &[f64], half: f64) -> usize {
    let (low, high) = values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(*v), b.max(*v)));
    if values.is_empty() || low >= high {
        return 1;
    }
    let (size, spread) = (values.len() as f64, high / 2.0 - low / 2.0);
    let sturges = spread / (size.log2() + 1.0);
    let quartiles = percentiles(values, &[25.0, 75.0]);
    let middle = match *quartiles.as_slice() {
        [low, high] => high / 2.0 - low / 2.0,
        _ => 0.0,
    };
    let width = (2.0 * middle / size.cbrt()).max(spread / size.sqrt() / 2.0).min(sturges);
    // Casts saturate.
    (half / width).ceil() as usize
}

/// Equal steps from `low` to `high`, ends exact.
fn limits(low: f64, high: f64, bins: usize) -> Vec<f64> {
    let step = high / bins as f64 - low / bins as f64;
    let inner = (1..bins).map(|index| index as f64 * step + low);
    let mut edges: Vec<f64> = std::iter::once(low).chain(inner).chain([high]).collect();
    // Bins narrower than numbers are apart fall together.
    edges.dedup();
    edges
}

fn count_in(values: &[f64], edges: &[f64]) -> Vec<u64> {
    let bins = edges.len().saturating_sub(1);
    let mut counts = vec![0_u64; bins];
    for value in values {
        let bin = edges.partition_point(|edge| edge <= value).saturating_sub(1).min(bins.saturating_sub(1));
        if let Some(count) = counts.get_mut(bin) {
            *count += 1;
        }
    }
    counts
}
