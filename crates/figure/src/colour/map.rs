//! A colour map: a row of colours with a name.

use std::borrow::Cow;

use super::catalogue;
use crate::draw::Colour;
use crate::{Error, Result};

/// Who published a colour map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    /// As matplotlib has it.
    Matplotlib,
    /// Made of others' colours: `stripes`, `categories`.
    Other,
    /// Fabio Crameri's scientific colour maps (Crameri et al. 2020, doi:10.1038/s41467-020-19160-7).
    Crameri,
    /// cmocean (Thyng et al. 2016, doi:10.5670/oceanog.2016.66).
    Cmocean,
}

impl Family {
    /// All of them, in the order of lists.
    pub const ALL: [Self; 4] = [Self::Matplotlib, Self::Other, Self::Crameri, Self::Cmocean];

    /// `matplotlib`, `other`, `crameri` or `cmocean`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Matplotlib => "matplotlib",
            Self::Other => "other",
            Self::Crameri => "crameri",
            Self::Cmocean => "cmocean",
        }
    }

    /// What the family's own package puts before its names: `cmc.`, `cmo.`, else nothing.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Matplotlib | Self::Other => "",
            Self::Crameri => "cmc.",
            Self::Cmocean => "cmo.",
        }
    }
}

/// What a colour map is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// From little to much.
    Sequential,
    /// Away from a middle to both sides.
    Diverging,
    /// Ends where it begins: angles, phases, months.
    Cyclic,
    /// Colours that tell categories apart; begins again when there are more of them.
    Qualitative,
    /// Two sequences that meet at a break, sea and land: for [`Scale::diverging`](super::Scale::diverging), which puts
    /// the break where it belongs.
    MultiSequential,
}

impl Kind {
    /// `sequential`, `diverging`, `cyclic`, `qualitative` or `multi-sequential`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sequential => "sequential",
            Self::Diverging => "diverging",
            Self::Cyclic => "cyclic",
            Self::Qualitative => "qualitative",
            Self::MultiSequential => "multi-sequential",
        }
    }
}

/// A row of colours with a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColourMap {
    /// As published; `_r` at its end when reversed.
    pub name: Cow<'static, str>,
    /// Other names of it.
    pub aliases: Vec<&'static str>,
    /// Who published it.
    pub family: Family,
    /// What it is made for.
    pub kind: Kind,
    /// `MIT`, `CC0-1.0`, …; the texts are in `data/colour/licences`.
    pub licence: &'static str,
    /// Its lightness does not follow the value, so that it shows edges where there are none (`jet`).
    pub misleads: bool,
    /// Its colours, from low to high; never empty.
    pub entries: Vec<Colour>,
}

impl ColourMap {
    /// The map called `name`: `viridis`, `roma_r` (reversed), `cmo.thermal`, `cmc.roma`, `cmocean:thermal`; upper
    /// and lower case are the same where that leaves one map.
    ///
    /// # Errors
    /// No map has that name; the hint names similar ones.
    ///
    /// ```
    /// use figure::{colour::ColourMap, draw::Colour};
    /// let map = ColourMap::named("Viridis_r")?;
    /// assert_eq!(map.at(1.0), Colour::rgb(68, 1, 84)); // the first of viridis
    /// # Ok::<(), figure::Error>(())
    /// ```
    pub fn named(name: &str) -> Result<Self> {
        if let Some((map, reversed)) = catalogue::find(name) {
            return Ok(if reversed { map.reversed() } else { map.clone() });
        }
        let similar = catalogue::similar(name);
        Err(Error::request(format!("no colour map is called '{}'", name.trim())).hint(if similar.is_empty() {
            "usual ones are viridis, batlow, vik, RdBu_r, cmo.thermal; '_r' reverses".to_owned()
        } else {
            format!("did you mean {}?", similar.join(", "))
        }))
    }

    /// All of them, by family.
    pub fn all() -> &'static [Self] {
        catalogue::all()
    }

    /// The name that no other map has: `cmo.thermal`, `cmc.batlow`, `viridis`.
    pub fn full_name(&self) -> String {
        format!("{}{}", self.family.prefix(), self.name)
    }

    /// The entry at `position` of 0 to 1 as matplotlib takes it: the floor of `position` times the number of
    /// entries, the last at 1. What is outside gets the nearest end, NaN nothing.
    pub fn at(&self, position: f64) -> Colour {
        if position.is_nan() {
            return Colour::NONE;
        }
        // A cast saturates at both ends.
        let index = (position * self.entries.len() as f64) as usize;
        self.entries.get(index).or(self.entries.last()).copied().unwrap_or(Colour::NONE)
    }

    /// Entry `index`, from the beginning again after the last.
    pub fn entry(&self, index: usize) -> Colour {
        index.checked_rem(self.entries.len()).and_then(|i| self.entries.get(i)).copied().unwrap_or(Colour::NONE)
    }

    /// `count` colours for bins or categories: spread over the map from end to end; cyclic maps leave out the end,
    /// which is their beginning; qualitative ones give their first and repeat. A single colour is the middle one.
    pub fn sampled(&self, count: usize) -> Vec<Colour> {
        let last = self.entries.len().saturating_sub(1);
        let spread = |i: usize, parts: usize| match parts {
            0 => last / 2,
            // u128: no product of two sizes overflows.
            _ => (i as u128 * last as u128 / parts as u128) as usize,
        };
        (0..count)
            .map(|i| match self.kind {
                Kind::Qualitative => self.entry(i),
                Kind::Cyclic => self.entry(spread(i, count)),
                _ => self.entry(spread(i, count - 1)),
            })
            .collect()
    }

    /// The same from high to low; its name gains or loses `_r`.
    #[must_use]
    pub fn reversed(&self) -> Self {
        let name = match self.name.strip_suffix("_r") {
            Some(plain) => plain.to_owned(),
            None => format!("{}_r", self.name),
        };
        Self { name: name.into(), entries: self.entries.iter().rev().copied().collect(), ..self.clone() }
    }
}
