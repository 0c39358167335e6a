//! The known units and prefixes, read once from `table.txt`.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::dimensions::Dimensions;
use super::parse::parse;
use super::precise::Precise;
use super::scale::{Linear, Scale};

/// Units by name (without regard to case) and by symbol (with).
#[derive(Default)]
pub(super) struct Table {
    names: HashMap<String, Scale>,
    symbols: HashMap<String, Scale>,
}

/// The prefixes by exponent of ten, their name and symbols.
const PREFIXES: [(i32, &str, &[&str]); 20] = [
    (24, "yotta", &["Y"]),
    (21, "zetta", &["Z"]),
    (18, "exa", &["E"]),
    (15, "peta", &["P"]),
    (12, "tera", &["T"]),
    (9, "giga", &["G"]),
    (6, "mega", &["M"]),
    (3, "kilo", &["k"]),
    (2, "hecto", &["h"]),
    (1, "deka", &["da"]),
    (-1, "deci", &["d"]),
    (-2, "centi", &["c"]),
    (-3, "milli", &["m"]),
    // The micro sign, the Greek letter mu and the typewriter's u.
    (-6, "micro", &["\u{b5}", "\u{3bc}", "u"]),
    (-9, "nano", &["n"]),
    (-12, "pico", &["p"]),
    (-15, "femto", &["f"]),
    (-18, "atto", &["a"]),
    (-21, "zepto", &["z"]),
    (-24, "yocto", &["y"]),
];

/// Longer words, in bytes, are no units: the longest name has 28, and prefixes can be piled up.
const LONGEST: usize = 80;

/// The table, built at its first use.
pub(super) fn table() -> &'static Table {
    static TABLE: LazyLock<Table> = LazyLock::new(|| {
        let mut table = Table::default();
        let mut bases = 0;
        for line in include_str!("table.txt").lines() {
            table.add(line, &mut bases);
        }
        table
    });
    &TABLE
}

impl Table {
    /// Takes up one line of the file; lines that say nothing are skipped, which the tests exclude.
    fn add(&mut self, line: &str, bases: &mut usize) -> Option<()> {
        let mut columns = line.split(';').map(str::trim);
        let (definition, symbols, names) = (columns.next()?, columns.next()?, columns.next().unwrap_or(""));
        let scale = if definition == "=" {
            *bases += 1;
            Scale::Linear(Linear::new(Precise::ONE, Dimensions::base(*bases - 1)))
        } else {
            parse(definition, self).ok()?
        };
        for symbol in symbols.split_whitespace() {
            self.symbols.entry(symbol.to_owned()).or_insert(scale);
        }
        for name in names.split_whitespace() {
            let (singular, plural) = match (name.strip_suffix('!'), name.split_once('/')) {
                (Some(singular), _) => (singular, singular.to_owned()),
                (None, Some((singular, plural))) => (singular, plural.to_owned()),
                (None, None) => (name, plural_of(name)),
            };
            self.names.entry(singular.to_lowercase()).or_insert(scale);
            self.names.entry(plural.to_lowercase()).or_insert(scale);
        }
        Some(())
    }

    /// The unit called `word`: name or symbol, with any number of spelt-out prefixes and at most one
    /// prefix symbol in front. Names win over symbols, whole words over prefixed ones.
    pub(super) fn find(&self, word: &str) -> Option<Scale> {
        if word.len() > LONGEST {
            return None;
        }
        let (mut rest, mut factor, mut symbol_seen) = (word, Precise::ONE, false);
        loop {
            let whole = self.names.get(rest.to_lowercase().as_str()).or_else(|| self.symbols.get(rest));
            if let Some(unit) = whole {
                return if factor == Precise::ONE { Some(*unit) } else { unit.prefixed(factor).ok() };
            }
            let (exponent, length) = match prefix_name(rest) {
                Some(found) => found,
                None if symbol_seen => return None,
                None => {
                    symbol_seen = true;
                    prefix_symbol(rest)?
                }
            };
            factor = factor.times(power_of_ten(exponent));
            rest = rest.get(length..)?;
        }
    }
}

fn power_of_ten(exponent: i32) -> Precise {
    Precise::decimal([1].into_iter(), exponent)
}

/// The spelt-out prefix that `text` begins with: its exponent and length in bytes.
fn prefix_name(text: &str) -> Option<(i32, usize)> {
    PREFIXES.iter().find_map(|(exponent, name, _)| {
        let head = text.get(..name.len())?;
        head.eq_ignore_ascii_case(name).then_some((*exponent, name.len()))
    })
}

/// The longest prefix symbol that `text` begins with (`da` before `d`).
fn prefix_symbol(text: &str) -> Option<(i32, usize)> {
    let all = PREFIXES.iter().flat_map(|(exponent, _, symbols)| symbols.iter().map(move |symbol| (*exponent, symbol)));
    all.filter(|(_, symbol)| text.starts_with(**symbol))
        .map(|(exponent, symbol)| (exponent, symbol.len()))
        .max_by_key(|(_, length)| *length)
}

/// The regular English plural.
fn plural_of(singular: &str) -> String {
    let stem = singular.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'i', 'o', 'u']));
    match stem {
        Some(stem) => format!("{stem}ies"),
        None if singular.ends_with(['s', 'x', 'z']) || singular.ends_with("ch") || singular.ends_with("sh") => {
            format!("{singular}es")
        }
        None => format!("{singular}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Table, plural_of, table};

    #[test]
    fn every_line_of_the_table_says_something() {
        let (mut fresh, mut bases) = (Table::default(), 0);
        for line in include_str!("table.txt").lines().filter(|line| !line.starts_with('#')) {
            assert!(fresh.add(line, &mut bases).is_some(), "{line}");
        }
        assert_eq!(bases, 8, "seven SI base units and the radian");
        assert!(fresh.names.len() > 600 && fresh.symbols.len() > 100);
    }

    #[test]
    fn words_are_found_with_prefixes_and_plurals() {
        for word in ["hPa", "hectopascals", "KILOMETRES", "µg", "μg", "ug", "dam", "min", "feet", "inches", "mmHg"] {
            assert!(table().find(word).is_some(), "{word}");
        }
        for word in ["", "k", "kilo", "kkm", "feets", "Km", "pvu", "µ", "deg", "psu", "é"] {
            assert!(table().find(word).is_none(), "{word}");
        }
    }

    #[test]
    fn a_minute_is_no_milli_inch() {
        assert_eq!(table().find("min"), table().find("minute"));
        assert_ne!(table().find("Pa"), table().find("pA"));
    }

    #[test]
    fn plurals_follow_english() {
        for (one, many) in
            [("henry", "henries"), ("day", "days"), ("inch", "inches"), ("lux", "luxes"), ("year", "years")]
        {
            assert_eq!(plural_of(one), many);
        }
    }
}
