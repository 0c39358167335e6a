//! Arguments that are lists of numbers.

use std::str::FromStr;

use pangeo::{Error, Result};

/// Numbers between commas.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Numbers(Vec<f64>);

impl FromStr for Numbers {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let number = |part: &str| part.trim().parse::<f64>().ok().filter(|n| n.is_finite());
        let numbers: Option<Vec<f64>> = text.split(',').map(number).collect();
        numbers.map(Self).ok_or_else(|| Error::usage(format!("'{text}' is not a list of numbers between commas")))
    }
}

impl Numbers {
    /// The numbers, if there are at least `low` and at most `high`.
    pub(crate) fn between(&self, low: usize, high: usize, flag: &str) -> Result<Vec<f64>> {
        if (low..=high).contains(&self.0.len()) {
            return Ok(self.0.clone());
        }
        let wanted = if low == high { low.to_string() } else { format!("{low} to {high}") };
        Err(Error::usage(format!("{flag} wants {wanted} numbers, not {}", self.0.len())))
    }

    /// Two numbers, the lower first.
    pub(crate) fn pair(&self) -> Result<(f64, f64)> {
        match self.between(2, 2, "--range")?.as_slice() {
            [low, high] if low < high => Ok((*low, *high)),
            _ => Err(Error::usage("--range wants the lower number first: MIN,MAX")),
        }
    }
}

/// Steps of colour.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Levels {
    /// So many, or one more or fewer where those have round limits; of a range that is given exactly so many.
    Count(usize),
    /// Their limits, ascending.
    Limits(Vec<f64>),
}

impl FromStr for Levels {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        if let Ok(count) = text.trim().parse::<usize>()
            && !text.contains(',')
        {
            return if (1..=250).contains(&count) {
                Ok(Self::Count(count))
            } else {
                Err(Error::usage(format!("{count} levels are not between 1 and 250")))
            };
        }
        let limits = text.parse::<Numbers>()?.0;
        let ascending = limits.windows(2).all(|pair| matches!(pair, [a, b] if a < b));
        if limits.len() < 2 || !ascending {
            return Err(Error::usage(format!("levels '{text}' are not two or more ascending numbers")));
        }
        Ok(Self::Limits(limits))
    }
}

/// What a map shows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Extent {
    /// What has data.
    Auto,
    /// The Earth.
    Global,
    /// West, south, east, north in degrees.
    Box([f64; 4]),
}

impl FromStr for Extent {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text {
            "auto" => return Ok(Self::Auto),
            "global" => return Ok(Self::Global),
            _ => {}
        }
        let numbers = text.parse::<Numbers>()?.between(4, 4, "--extent")?;
        let &[west, south, east, north] = numbers.as_slice() else {
            return Err(Error::usage("--extent wants W,S,E,N"));
        };
        let sound = south >= -90.0 && south < north && north <= 90.0 && west != east;
        if !sound {
            let hint = "W,S,E,N with south below north; west above east crosses the dateline";
            return Err(Error::usage(format!("extent '{text}' holds nothing")).with_hint(hint));
        }
        Ok(Self::Box([west, south, east, north]))
    }
}

/// Width and height in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) width: u32,
    pub(crate) height: u32,
}

impl FromStr for Size {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let side = |part: &str| part.trim().parse::<u32>().ok().filter(|n| (16..=30_000).contains(n));
        let sides = text.split_once(['x', 'X', '×']).and_then(|(w, h)| Some((side(w)?, side(h)?)));
        let (width, height) = sides
            .ok_or_else(|| Error::usage(format!("size '{text}' is not WIDTHxHEIGHT in pixels between 16 and 30000")))?;
        Ok(Self { width, height })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read_and_faults_named() {
        assert_eq!("8".parse::<Levels>().unwrap(), Levels::Count(8));
        assert_eq!("-1,0,2.5".parse::<Levels>().unwrap(), Levels::Limits(vec![-1.0, 0.0, 2.5]));
        assert_eq!("170,-10,-170,10".parse::<Extent>().unwrap(), Extent::Box([170.0, -10.0, -170.0, 10.0]));
        assert_eq!("800x400".parse::<Size>().unwrap(), Size { width: 800, height: 400 });
        assert_eq!("0,35".parse::<Numbers>().unwrap().pair().unwrap(), (0.0, 35.0));
        for text in ["0", "1,1", "3,2", "a", "", "nan,1"] {
            assert!(text.parse::<Levels>().is_err(), "{text}");
        }
        for text in ["1,2,3", "0,10,5,5", "0,-91,1,1", "everything", "5,0,5,1"] {
            assert!(text.parse::<Extent>().is_err(), "{text}");
        }
        for text in ["800", "x", "0x5", "800x-4", "99999x10"] {
            assert!(text.parse::<Size>().is_err(), "{text}");
        }
    }
}
