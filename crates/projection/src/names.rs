//! The projections that have a name here.

use crate::error::{Error, Result};

/// A projection with a name: for help, hints and completions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Named {
    /// The name that messages use.
    pub name: &'static str,
    /// One line about it.
    pub about: &'static str,
    /// Other names that mean the same; case, hyphens, underscores and spaces do not matter.
    pub aliases: &'static [&'static str],
    pub(crate) kind: Kind,
}

/// Which projection a name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    PlateCarree,
    Robinson,
    Mollweide,
    EqualEarth,
    Sinusoidal,
    Mercator,
    LambertConformal,
    LambertAzimuthal,
    Orthographic,
    NorthPolar,
    SouthPolar,
}

const fn named(kind: Kind, name: &'static str, about: &'static str, aliases: &'static [&'static str]) -> Named {
    Named { name, about, aliases, kind }
}

/// All of them, the most used first.
pub(crate) const NAMED: &[Named] = &[
    named(
        Kind::PlateCarree,
        "platecarree",
        "longitude and latitude as they are (equirectangular)",
        &["equirectangular", "latlon", "lonlat", "longlat", "latlong", "eqc", "cyl", "cylindrical"],
    ),
    named(Kind::Robinson, "robinson", "the world with little distortion of either shape or area", &["robin"]),
    named(Kind::EqualEarth, "equal-earth", "the world with true areas, shaped much like Robinson", &["eqearth"]),
    named(Kind::Mollweide, "mollweide", "the world in an ellipse with true areas", &["moll"]),
    named(
        Kind::Sinusoidal,
        "sinusoidal",
        "the world with true areas and true parallels",
        &["sinu", "sanson-flamsteed"],
    ),
    named(Kind::Mercator, "mercator", "true angles, areas growing towards the poles (80°S to 84°N shown)", &["merc"]),
    named(
        Kind::LambertConformal,
        "lambert",
        "true angles, for middle latitudes (conic; parallels 6° either side of the centre)",
        &["lambert-conformal", "lambert-conformal-conic", "lcc", "conic"],
    ),
    named(
        Kind::LambertAzimuthal,
        "lambert-azimuthal",
        "true areas about a centre",
        &["lambert-azimuthal-equal-area", "laea", "azimuthal-equal-area"],
    ),
    named(Kind::Orthographic, "orthographic", "the globe seen from space", &["ortho", "globe"]),
    named(
        Kind::NorthPolar,
        "north-polar",
        "true angles about the north pole (stereographic; 30°N and up shown)",
        &["north-polar-stereographic", "north-polar-stereo", "nps", "npstere", "arctic", "north-pole"],
    ),
    named(
        Kind::SouthPolar,
        "south-polar",
        "true angles about the south pole (stereographic; 30°S and down shown)",
        &["south-polar-stereographic", "south-polar-stereo", "sps", "spstere", "antarctic", "south-pole"],
    ),
];

/// The projection of a name or alias.
pub(crate) fn find(text: &str) -> Result<&'static Named> {
    let wanted = plain(text);
    let of = |it: &Named| std::iter::once(it.name).chain(it.aliases.iter().copied()).map(plain).collect::<Vec<_>>();
    if let Some(found) = NAMED.iter().find(|it| of(it).contains(&wanted)) {
        return Ok(found);
    }
    let close = NAMED
        .iter()
        .flat_map(|it| of(it).into_iter().map(|name| (distance(&wanted, &name), it.name)).collect::<Vec<_>>())
        .min_by_key(|&(far, _)| far)
        .filter(|&(far, _)| far <= 1 + wanted.len() / 4);
    let all = NAMED.iter().map(|it| it.name).collect::<Vec<_>>().join(", ");
    let hint = match close {
        Some((_, name)) => format!("did you mean '{name}'?"),
        None if !wanted.is_empty() && wanted.chars().all(|c| c.is_ascii_digit()) => {
            format!("did you mean 'EPSG:{wanted}'?")
        }
        None => format!("use one of {all}; EPSG:CODE; or a PROJ string (+proj=…)"),
    };
    Err(Error::Unknown { text: text.to_owned(), hint })
}

/// A name without what does not matter in it.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, '-' | '_' | ' ')).flat_map(char::to_lowercase).collect()
}

/// The number of letters to change, leave out or put in (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut next = vec![i + 1];
        for ((to, pair), left) in b.iter().zip(row.windows(2)).zip(0..) {
            let (&[diagonal, above], Some(&before)) = (pair, next.get(left)) else { continue };
            next.push((diagonal + usize::from(from != *to)).min(above + 1).min(before + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_aliases() {
        for (text, name) in [
            ("Robinson", "robinson"),
            ("PlateCarree", "platecarree"),
            ("plate-carree", "platecarree"),
            ("NorthPolarStereo", "north-polar"),
            ("LambertAzimuthalEqualArea", "lambert-azimuthal"),
            ("laea", "lambert-azimuthal"),
            ("Lambert_Conformal", "lambert"),
            ("EqualEarth", "equal-earth"),
        ] {
            assert_eq!(find(text).map(|it| it.name), Ok(name));
        }
    }

    #[test]
    fn what_is_not_a_name_gets_a_hint() {
        for (text, hint) in [
            ("robinsen", "did you mean 'robinson'?"),
            ("molweide", "did you mean 'mollweide'?"),
            ("ortografic", "did you mean 'orthographic'?"),
            ("3035", "did you mean 'EPSG:3035'?"),
        ] {
            assert_eq!(find(text).unwrap_err().hint(), hint);
        }
        let error = find("banana split").unwrap_err();
        assert_eq!(error.to_string(), "there is no projection 'banana split'");
        assert!(error.hint().starts_with("use one of platecarree, robinson,"), "{}", error.hint());
        assert!(find("").is_err());
    }

    #[test]
    fn no_name_is_taken_twice() {
        let mut all: Vec<String> =
            NAMED.iter().flat_map(|it| std::iter::once(&it.name).chain(it.aliases)).map(|it| plain(it)).collect();
        let count = all.len();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}
