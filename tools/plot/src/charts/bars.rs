//! Histograms.

use figure::axis::Tick;
use figure::chart::{Axis, Chart, Layer, histogram, histogram_in_steps};
use figure::colour::cycle;
use pangeo::Result;
use pangeo::engine::Engine;

use super::{MOST_LINES, Series};
use crate::parse::Levels;
use crate::slice::Steps;

impl Series<'_> {
    /// How often which values are there: in bins, or a bar for each meaning of a flag.
    ///
    /// # Errors
    /// When values can't be read.
    pub(super) fn histogram(&self, steps: &Steps, engine: &Engine) -> Result<Chart> {
        if let [only] = self.fields.as_slice()
            && let Some(flags) = only.flags().filter(|flags| flags.len() <= MOST_LINES)
        {
            return Ok(self.meanings(&only.values(steps, engine)?, &flags));
        }
        let bins = match &self.request.values.levels {
            Some(Levels::Count(count)) => Some(*count),
            _ => None,
        };
        let mut layers = Vec::new();
        let (mut low, mut high, mut most) = (f64::INFINITY, f64::NEG_INFINITY, 0.0f64);
        for field in &self.fields {
            let values = field.values(steps, engine)?;
            let range = self.request.values.range;
            let stepped = field.quantum().and_then(|quantum| histogram_in_steps(&values, bins, range, quantum));
            let (edges, counts) = stepped.unwrap_or_else(|| histogram(&values, bins, range));
            let heights: Vec<f64> = counts.iter().map(|c| *c as f64).collect();
            most = heights.iter().copied().fold(most, f64::max);
            (low, high) = edges.iter().fold((low, high), |(low, high), e| (low.min(*e), high.max(*e)));
            let alpha = if self.fields.len() > 1 { 150 } else { 255 };
            let label = self.name_of(field);
            layers.push(Layer::Bars { edges, heights, colour: cycle(layers.len()).with_alpha(alpha), label });
        }
        let (low, high) = if low < high { (low, high) } else { (0.0, 1.0) };
        Ok(Chart::new(Axis::exact(&self.value_label(), low, high), self.number_axis(most), layers))
    }

    fn number_axis(&self, most: f64) -> Axis {
        let label = "Number of values";
        if self.request.values.log {
            Axis::log(label, 0.8, most.max(1.0))
        } else {
            Axis::linear(label, 0.0, most.max(1.0))
        }
    }

    /// A bar for each meaning of a flag.
    fn meanings(&self, values: &[f64], flags: &[(f64, String)]) -> Chart {
        let heights: Vec<f64> =
            flags.iter().map(|(flag, _)| values.iter().filter(|v| *v == flag).count() as f64).collect();
        let most = heights.iter().copied().fold(0.0, f64::max);
        let many = flags.len() > 3;
        let tick = |(i, (_, name)): (usize, &(f64, String))| Tick {
            value: i as f64 + 0.5,
            // A word a line where there is little room.
            label: if many { name.replace(' ', "\n") } else { name.clone() },
        };
        let ticks = flags.iter().enumerate().map(tick).collect();
        let axis = Axis::with_ticks(&self.value_label(), 0.0, flags.len() as f64, ticks);
        let edges = (0..=flags.len()).map(|i| i as f64).collect();
        let bars = Layer::Bars { edges, heights, colour: cycle(0), label: String::new() };
        Chart::new(axis, self.number_axis(most), vec![bars])
    }
}
