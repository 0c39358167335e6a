//! The embedded colour maps and their names.

use std::sync::OnceLock;

use super::map::{ColourMap, Family, Kind};
use crate::draw::Colour;

const TABLE: &str = include_str!("../../data/colour/maps.tsv");
const BYTES: &[u8] = include_bytes!("../../data/colour/maps.rgb.z");

/// All maps, in the order of the table.
pub(super) fn all() -> &'static [ColourMap] {
    static MAPS: OnceLock<Vec<ColourMap>> = OnceLock::new();
    MAPS.get_or_init(|| read(TABLE, BYTES).unwrap_or_default())
}

/// The maps of `table`, whose entries are in `packed`; see `data/colour/generate.py`. A test reads what is embedded.
fn read(table: &'static str, packed: &[u8]) -> Option<Vec<ColourMap>> {
    let rows: Vec<Vec<&str>> = table.lines().map(|line| line.split('\t').collect()).collect();
    let counts: Vec<usize> = rows.iter().map(|row| row.get(4)?.parse().ok()).collect::<Option<_>>()?;
    let mut bytes = vec![0; counts.iter().sum::<usize>() * 3];
    let written = libdeflater::Decompressor::new().zlib_decompress(packed, &mut bytes).ok()?;
    (written == bytes.len()).then_some(())?;
    let mut rest = bytes.as_slice();
    let mut maps = Vec::with_capacity(rows.len());
    for (row, &count) in rows.iter().zip(&counts) {
        let (own, after) = rest.split_at_checked(count * 3)?;
        rest = after;
        maps.push(map(row, own, count)?);
    }
    Some(maps)
}

fn map(row: &[&'static str], bytes: &[u8], count: usize) -> Option<ColourMap> {
    let &[name, family, kind, licence, _, note, aliases] = row else { return None };
    let kinds = [Kind::Sequential, Kind::Diverging, Kind::Cyclic, Kind::Qualitative, Kind::MultiSequential];
    let mut channels = bytes.chunks(count).map(|channel| {
        // Each byte is stored less the one before it.
        channel.iter().scan(0u8, |sum, &step| {
            *sum = sum.wrapping_add(step);
            Some(*sum)
        })
    });
    let (red, green, blue) = (channels.next()?, channels.next()?, channels.next()?);
    Some(ColourMap {
        name: name.into(),
        aliases: aliases.split(',').filter(|alias| *alias != "-").collect(),
        family: Family::ALL.into_iter().find(|f| f.name() == family)?,
        kind: kinds.into_iter().find(|k| k.name() == kind)?,
        licence,
        misleads: note == "misleads",
        entries: red.zip(green).zip(blue).map(|((r, g), b)| Colour::rgb(r, g, b)).collect(),
    })
}

/// The map that `name` means and whether it is asked for reversed.
pub(super) fn find(name: &str) -> Option<(&'static ColourMap, bool)> {
    let (families, bare) = split(name.trim());
    if let Some(map) = lookup(families, bare) {
        return Some((map, false));
    }
    // `get` and not a slice: the last two bytes need not be letters of their own.
    let cut = bare.len().checked_sub(2)?;
    let (plain, suffix) = (bare.get(..cut)?, bare.get(cut..)?);
    suffix.eq_ignore_ascii_case("_r").then(|| lookup(families, plain))?.map(|map| (map, true))
}

/// What is before the name chooses the family; the longer ways to write it first.
fn split(name: &str) -> (&'static [Family], &str) {
    const PREFIXES: [(&str, &[Family]); 10] = [
        ("matplotlib.cm", &[Family::Matplotlib]),
        ("plt.cm", &[Family::Matplotlib]),
        ("matplotlib", &[Family::Matplotlib]),
        ("cmcrameri.cm", &[Family::Crameri]),
        ("cmcrameri", &[Family::Crameri]),
        ("crameri", &[Family::Crameri]),
        ("cmc", &[Family::Crameri]),
        ("cmocean.cm", &[Family::Cmocean]),
        ("cmocean", &[Family::Cmocean]),
        ("cmo", &[Family::Cmocean]),
    ];
    for (prefix, families) in PREFIXES {
        let rest = name.get(..prefix.len()).filter(|start| start.eq_ignore_ascii_case(prefix));
        let rest = rest.and_then(|_| name.get(prefix.len()..));
        if let Some(bare) = rest.and_then(|rest| rest.strip_prefix(['.', ':', '/'])) {
            return (families, bare);
        }
    }
    (&Family::ALL, name)
}

/// The map of that very name, else the only one that differs by case; of two families with one name (`gray`) the
/// first.
fn lookup(families: &[Family], name: &str) -> Option<&'static ColourMap> {
    let among = || all().iter().filter(|map| families.contains(&map.family));
    let named = |map: &&ColourMap| map.name == name || map.aliases.contains(&name);
    among().find(named).or_else(|| {
        let mut alike = among().filter(|map| {
            map.name.eq_ignore_ascii_case(name) || map.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(name))
        });
        let first = alike.next()?;
        alike.all(|other| other.family != first.family).then_some(first)
    })
}

/// Up to three names that look like `name`, the most alike first.
pub(super) fn similar(name: &str) -> Vec<String> {
    let (_, bare) = split(name.trim());
    let wanted: Vec<char> = bare.trim_end_matches("_r").to_lowercase().chars().take(64).collect();
    let text: String = wanted.iter().collect();
    let mut found: Vec<(usize, String)> = all()
        .iter()
        .filter_map(|map| {
            let own = map.name.to_lowercase();
            let distance = distance(&wanted, &own.chars().collect::<Vec<_>>());
            let inside = text.len() >= 3 && (own.contains(&text) || text.contains(&own));
            (distance <= 2.min(wanted.len() / 2) || inside).then(|| (distance, map.full_name()))
        })
        .collect();
    found.sort();
    found.into_iter().take(3).map(|(_, name)| name).collect()
}

/// How many letters must be put in, taken out or changed (Levenshtein).
fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.iter().enumerate() {
        let mut next = vec![i + 1];
        let mut before = i + 1;
        for ((right, pair), &above) in b.iter().zip(row.windows(2)).zip(row.iter().skip(1)) {
            let same = pair.first().copied().unwrap_or(0) + usize::from(left != right);
            before = same.min(above + 1).min(before + 1);
            next.push(before);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}
