//! A scale with its colours: what maps are drawn and colour bars are made with.

use super::map::{ColourMap, Kind};
use super::scale::{Form, Place, Scale, part};
use crate::axis;
use crate::draw::Colour;

/// A scale with its colours.
///
/// ```
/// use figure::colour::{ColourMap, Palette, Scale};
/// let rain = Palette::new(Scale::levels(vec![0.0, 1.0, 5.0, 20.0])?, ColourMap::named("YlGnBu")?);
/// assert_eq!(rain.colour(1.0), rain.colour(4.9)); // 1 is in the bin from 1 to 5
/// assert_eq!(rain.position(20.0), Some(1.0));
/// let labels: Vec<String> = rain.ticks(6).ticks.into_iter().map(|tick| tick.label).collect();
/// assert_eq!(labels, ["0", "1", "5", "20"]);
/// # Ok::<(), figure::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Palette {
    scale: Scale,
    map: ColourMap,
    /// The colour of each bin or category, or of each equal part of a gradual scale; never empty.
    entries: Vec<Colour>,
    under: Colour,
    over: Colour,
    missing: Colour,
    extended: (bool, bool),
    /// Chosen by the caller for below and above.
    own: (Option<Colour>, Option<Colour>),
}

/// A mark of a colour bar.
#[derive(Debug, Clone, PartialEq)]
pub struct Tick {
    /// From 0, the low end, to 1.
    pub position: f64,
    /// What is there; the value of a category.
    pub value: f64,
    /// What to write.
    pub label: String,
}

/// The marks of a colour bar.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ticks {
    /// From low to high.
    pub ticks: Vec<Tick>,
    /// Lines without a label, of logarithmic scales: positions from 0 to 1.
    pub minor: Vec<f64>,
    /// What all labels are times, to be written beside the units: `×10^{-5}`.
    pub power: Option<String>,
}

/// A part of a colour bar in one colour.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Block {
    /// Where it begins, from 0 to 1.
    pub from: f64,
    /// Where it ends.
    pub to: f64,
    /// Its colour.
    pub colour: Colour,
}

impl Palette {
    /// `map` on `scale`; what is outside gets the colours of the ends, what is missing a light grey.
    pub fn new(scale: Scale, map: ColourMap) -> Self {
        let nothing = Colour::NONE;
        let mut palette = Self {
            entries: Vec::new(),
            under: nothing,
            over: nothing,
            missing: Colour::grey(217),
            extended: (false, false),
            own: (None, None),
            scale,
            map,
        };
        palette.fill();
        palette
    }

    /// With colours of their own for what is below and above the bins: the first and the last of the map, and the
    /// bins share what is between. Gradual scales and categories keep their colours.
    #[must_use]
    pub fn extended(mut self, below: bool, above: bool) -> Self {
        self.extended = (below, above);
        self.fill();
        self
    }

    /// With this colour for what is below the lowest value.
    #[must_use]
    pub fn with_under(self, under: Colour) -> Self {
        Self { under, own: (Some(under), self.own.1), ..self }
    }

    /// With this colour for what is above the highest value.
    #[must_use]
    pub fn with_over(self, over: Colour) -> Self {
        Self { over, own: (self.own.0, Some(over)), ..self }
    }

    /// With this colour for NaN.
    #[must_use]
    pub fn with_missing(self, missing: Colour) -> Self {
        Self { missing, ..self }
    }

    /// The scale.
    pub const fn scale(&self) -> &Scale {
        &self.scale
    }

    /// The colour map.
    pub const fn map(&self) -> &ColourMap {
        &self.map
    }

    /// The colour of what is below the lowest value.
    pub const fn under(&self) -> Colour {
        self.under
    }

    /// The colour of what is above the highest value.
    pub const fn over(&self) -> Colour {
        self.over
    }

    /// The colour of NaN.
    pub const fn missing(&self) -> Colour {
        self.missing
    }

    fn fill(&mut self) {
        let (below, above) = match &self.scale.form {
            Form::Levels(_) => self.extended,
            _ => (false, false),
        };
        self.entries = match (&self.scale.form, self.scale.bins()) {
            (Form::Categories { .. }, Some(count)) => self.map.sampled(count),
            (_, Some(count)) => self.map.sampled(count + usize::from(below) + usize::from(above)),
            _ => self.map.entries.clone(),
        };
        let first = self.entries.first().copied().unwrap_or(Colour::NONE);
        let last = self.entries.last().copied().unwrap_or(Colour::NONE);
        (self.under, self.over) = (self.own.0.unwrap_or(first), self.own.1.unwrap_or(last));
        if below && !self.entries.is_empty() {
            self.entries.remove(0);
        }
        if above {
            self.entries.pop();
        }
    }

    /// The colour of a value; both ends of the scale are inside it, infinities below or above, NaN is missing.
    pub fn colour(&self, value: f64) -> Colour {
        self.chosen(self.scale.place(value))
    }

    /// The colours of many values, the very ones that [`Self::colour`] gives; as many as the shorter of both.
    pub fn colours(&self, values: &[f64], out: &mut [Colour]) {
        if let Form::Linear { min, max } = self.scale.form {
            self.linear(min, max, values, out);
            return;
        }
        // Neighbours in a field are often equal: oceans, levels, categories.
        let mut before = (f64::NAN.to_bits(), self.missing);
        for (&value, out) in values.iter().zip(out) {
            if value.to_bits() != before.0 {
                before = (value.to_bits(), self.colour(value));
            }
            *out = before.1;
        }
    }

    /// The same as value by value, with all colours in one table and no branch that fields decide.
    fn linear(&self, min: f64, max: f64, values: &[f64], out: &mut [Colour]) {
        let count = self.entries.len();
        let mut table = self.entries.clone();
        table.extend([self.under, self.over, self.missing]);
        let (parts, last) = (count as f64, count.saturating_sub(1));
        for (&value, out) in values.iter().zip(out) {
            // A cast saturates, so that what is outside has a place too until the next lines.
            let mut index = ((part(value, min, max) * parts) as i32 as usize).min(last);
            index = if value < min { count } else { index };
            index = if value > max { count + 1 } else { index };
            index = if value.is_nan() { count + 2 } else { index };
            *out = table.get(index).copied().unwrap_or(self.missing);
        }
    }

    #[inline]
    fn chosen(&self, place: Place) -> Colour {
        match place {
            Place::Missing => self.missing,
            Place::Under => self.under,
            Place::Over => self.over,
            Place::Bin(bin) => self.entries.get(bin).copied().unwrap_or(self.missing),
            Place::At(at) => {
                let index = (at * self.entries.len() as f64) as usize;
                self.entries.get(index).or(self.entries.last()).copied().unwrap_or(self.missing)
            }
        }
    }

    /// Where a value is along a colour bar; see [`Scale::position`].
    pub fn position(&self, value: f64) -> Option<f64> {
        self.scale.position(value)
    }

    /// The arrows a colour bar needs for data from `data_min` to `data_max`; see [`Scale::extends`].
    pub fn extends(&self, data_min: f64, data_max: f64) -> (bool, bool) {
        self.scale.extends(data_min, data_max)
    }

    /// The colour bar from low to high, without arrows.
    pub fn blocks(&self) -> Vec<Block> {
        let count = self.entries.len() as f64;
        let block =
            |(i, &colour): (usize, &Colour)| Block { from: i as f64 / count, to: (i + 1) as f64 / count, colour };
        self.entries.iter().enumerate().map(block).collect()
    }

    /// About `about` marks for a colour bar: round numbers, the limits of bins (each second or third when there are
    /// many), or the names of all categories.
    pub fn ticks(&self, about: usize) -> Ticks {
        match &self.scale.form {
            Form::Linear { min, max } => self.labelled(&axis::ticks(*min, *max, about)),
            Form::Log { min, max, .. } => {
                let found = axis::log_ticks(*min, *max, about);
                let minor = found.minor.iter().filter_map(|&value| self.position(value)).collect();
                Ticks { minor, ..self.marked(&found.major, axis::log_labels(&found.major)) }
            }
            Form::Diverging { min, centre, max } => self.labelled(&two_sided(*min, *centre, *max, about)),
            Form::Levels(levels) => self.labelled(&thinned(levels, about)),
            Form::Categories { values, names, .. } => {
                let count = values.len() as f64;
                let tick = |(i, (&value, name)): (usize, (&f64, &String))| Tick {
                    position: (i as f64 + 0.5) / count,
                    value,
                    label: name.clone(),
                };
                Ticks { ticks: values.iter().zip(names).enumerate().map(tick).collect(), ..Ticks::default() }
            }
        }
    }

    /// Marks at these values, as far as they are on the scale.
    pub fn ticks_at(&self, values: &[f64]) -> Ticks {
        let inside: Vec<f64> = values.iter().copied().filter(|&value| self.position(value).is_some()).collect();
        self.labelled(&inside)
    }

    fn labelled(&self, values: &[f64]) -> Ticks {
        let labels = axis::labels(values);
        Ticks { power: labels.power_text(), ..self.marked(values, labels.texts) }
    }

    fn marked(&self, values: &[f64], labels: Vec<String>) -> Ticks {
        let tick = |(&value, label)| Some(Tick { position: self.position(value)?, value, label });
        Ticks { ticks: values.iter().zip(labels).filter_map(tick).collect(), ..Ticks::default() }
    }

    /// Whether colours change gradually and not from bin to bin.
    pub fn is_gradual(&self) -> bool {
        self.scale.bins().is_none() && self.map.kind != Kind::Qualitative
    }
}

/// Round values of both sides and the centre itself.
fn two_sided(min: f64, centre: f64, max: f64, about: usize) -> Vec<f64> {
    let half = (about / 2).max(1);
    // A neighbour too near the centre would write over it.
    let apart = |value: f64, end: f64| (value - centre).abs() > (end - centre).abs() / (4.0 * half as f64);
    let mut values = axis::ticks(min, centre, half);
    values.retain(|&v| v < centre && apart(v, min));
    values.push(centre);
    values.extend(axis::ticks(centre, max, half).into_iter().filter(|&v| v > centre && apart(v, max)));
    values
}

/// Each `k`th level, zero among them if it is one.
fn thinned(levels: &[f64], about: usize) -> Vec<f64> {
    let about = about.max(2);
    // As many as twice the usual number still have room at a colour bar.
    if levels.len() <= about * 2 {
        return levels.to_vec();
    }
    let step = levels.len().div_ceil(about + 1).max(1);
    let offset = levels.iter().position(|&level| level == 0.0).map_or(0, |zero| zero % step);
    levels.iter().skip(offset).step_by(step).copied().collect()
}
