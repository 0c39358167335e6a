//! What a file of weights says.

use super::{ESMF, INSTEAD, Names, SCRIP, UNMASKED};
use crate::cf::packing::numbers;
use crate::grid::{Grid, difference};
use crate::model::{Dataset, Variable};
use crate::ops::regrid::build::{Maker, Plane};
use crate::ops::regrid::matrix::Matrix;
use crate::ops::regrid::method::{Method, Normalize};
use crate::ops::regrid::operator::{NONE, Operator, Sparse};
use crate::{Error, Result};

/// The layout of a file.
///
/// # Errors
/// [`Error::Data`] for a file that is neither.
pub(super) fn names(file: &Dataset) -> Result<&'static Names> {
    let is = |names: &Names| names.address.iter().chain([&names.matrix]).all(|name| file.variable(name).is_some());
    [&SCRIP, &ESMF].into_iter().find(|names| is(names)).ok_or_else(|| {
        Error::data("this is no file of weights", file.source.clone())
            .with_hint("SCRIP's have src_address, dst_address and remap_matrix, ESMF's col, row and S")
    })
}

/// How the weights of a file are divided.
pub(in crate::ops::regrid) fn normalize(file: &Dataset) -> Normalize {
    match file.attributes.text("normalization").map(str::trim) {
        Some("destarea") => Normalize::DestArea,
        _ => Normalize::FracArea,
    }
}

/// The kind of method that made the weights of a file: between centres or by areas; `None` for others.
pub(in crate::ops::regrid) fn method(file: &Dataset) -> Option<Method> {
    let name = file.attributes.text("map_method").unwrap_or_default().trim();
    let is = |words: &[&str]| words.iter().any(|word| name.starts_with(word));
    let cubic = names(file).is_ok_and(|names| file.variable(&format!("{INSTEAD}{}", names.matrix)).is_some());
    if is(&["Bilinear", "Bicubic"]) {
        return Some(if cubic { Method::Bicubic } else { Method::Bilinear });
    }
    is(&["Conservative"]).then_some(Method::Conservative)
}

/// Whether the values of a file's weights are those of one source cell each.
pub(in crate::ops::regrid) fn picks(file: &Dataset) -> bool {
    file.attributes.text("map_method").is_some_and(|name| name.trim().starts_with("Nearest"))
}

/// The weights of a file between grids of so many cells.
///
/// # Errors
/// [`Error::Data`] for files for other grids, addresses that are none, and weights of several numbers each.
pub(in crate::ops::regrid) fn maker(file: &Dataset, source: Plane, target: Plane) -> Result<Maker> {
    let names = names(file)?;
    refuse_kinds(file, names)?;
    for (i, (plane, which)) in [(source, "source"), (target, "target")].into_iter().enumerate() {
        let cells = file.dimension(names.cells[i]).map_or(0, |d| d.length);
        if cells != plane.cells() {
            let what = format!("the weights are for a {which} grid of {cells} cells, this one has {}", plane.cells());
            return Err(Error::data(what, file.source.clone()));
        }
    }
    let links = |prefix: &str| links(file, names, prefix, (source, target));
    let own = links("")?.unwrap_or_else(Matrix::new);
    let matrix = match links(UNMASKED)? {
        Some(all) => Matrix::from_rows((0..target.cells()).map(|target| {
            let of = if all.row(target).0.is_empty() { &own } else { &all };
            of.entries_of(target).map(|(source, weight)| (source as u32, weight))
        })),
        None => own,
    };
    if let Some(cells) = taken(&matrix).filter(|_| picks(file)) {
        return Ok(Maker::Picks(cells));
    }
    let full = full(file, names, &matrix)?;
    let sparse = |matrix, full| Operator::Sparse(Sparse::new(matrix, full, source.columns, target.columns));
    Ok(Maker::Computes(match links(INSTEAD)? {
        Some(instead) => Operator::Or(Box::new((sparse(matrix, full), sparse(instead, Vec::new())))),
        None => sparse(matrix, full),
    }))
}

/// The source cell that each target is taken from, or [`NONE`]; `None` where some are made of several, or of a part.
fn taken(matrix: &Matrix) -> Option<Vec<u32>> {
    let cell = |target: usize| match matrix.row(target) {
        ([], _) => Some(NONE),
        ([cell], [weight]) if (weight - 1.0).abs() < 1e-12 => Some(*cell),
        _ => None,
    };
    (0..matrix.len()).map(cell).collect()
}

/// Refuse weights that do not simply multiply values.
fn refuse_kinds(file: &Dataset, names: &Names) -> Result<()> {
    let wrong = |what: String, hint: &str| Err(Error::data(what, file.source.clone()).with_hint(hint));
    if file.attributes.text("map_method").is_some_and(|name| name.starts_with("Largest area")) {
        let what = "its weights are parts of cells that values are chosen by";
        return wrong(what.to_owned(), "--method largest-area");
    }
    let several = file.require(names.matrix)?.shape().get(1).copied().unwrap_or(1);
    if several > 1 {
        return wrong(
            format!("each of its weights has {several} numbers, which go with gradients"),
            "weights of bilinear, nearest, distance-weighted and first-order conservative remapping are read",
        );
    }
    Ok(())
}

/// The weights under the names that begin with `prefix`, between the planes of source and target; `None` where the file
/// has none.
fn links(file: &Dataset, names: &Names, prefix: &str, planes: (Plane, Plane)) -> Result<Option<Matrix>> {
    let of = |name: &str| file.variable(&format!("{prefix}{name}")).map(numbers).transpose();
    let [sources, targets] = names.address;
    let (Some(weights), Some(sources), Some(targets)) = (of(names.matrix)?, of(sources)?, of(targets)?) else {
        return Ok(None);
    };
    let wrong = |what: String| Error::data(what, file.source.clone());
    if sources.len() != targets.len() || weights.len() != sources.len() {
        return Err(wrong("there are not as many weights as addresses".to_owned()));
    }
    let cell = |number: f64, plane: Plane| {
        (number >= 1.0 && number <= plane.cells() as f64 && number.fract() == 0.0).then(|| number as usize - 1)
    };
    for ((from, to), weight) in sources.iter().zip(&targets).zip(&weights) {
        if cell(*from, planes.0).is_none() || cell(*to, planes.1).is_none() || !weight.is_finite() {
            return Err(wrong(format!("a weight of {weight} goes from cell {from} to {to}")));
        }
    }
    let entries = targets.iter().zip(&sources).zip(&weights);
    let entries = entries.map(|((to, from), weight)| (*to as usize - 1, (*from - 1.0) as u32, *weight));
    Ok(Some(Matrix::from_entries(planes.1.cells(), entries)))
}

/// What the covered parts of targets are, all source cells counted; `None` where the file does not say.
fn fractions<'a>(file: &'a Dataset, names: &Names) -> Option<&'a Variable> {
    let all = file.variable(&format!("{UNMASKED}{}", names.fraction[1]));
    all.or_else(|| file.variable(names.fraction[1]))
}

/// Whether a file whose weights leave out source cells still tells how much of each target is covered.
pub(in crate::ops::regrid) fn tells_coverage(file: &Dataset) -> bool {
    let by_area = method(file) == Some(Method::Conservative);
    let told = || names(file).is_ok_and(|names| fractions(file, names).is_some());
    picks(file) || by_area && (normalize(file) == Normalize::DestArea || told())
}

/// What each target weighs that is covered all over, by the covered parts that the file tells of; nothing where that
/// is 1 for all.
fn full(file: &Dataset, names: &Names, matrix: &Matrix) -> Result<Vec<f64>> {
    let by_area = method(file) == Some(Method::Conservative) && normalize(file) == Normalize::FracArea;
    let Some(fractions) = fractions(file, names).filter(|_| by_area) else { return Ok(Vec::new()) };
    let fractions = numbers(fractions)?;
    let whole = |(target, part): (usize, &f64)| {
        let weight = matrix.total(target);
        if *part > 0.0 && part.is_finite() { weight / part } else { weight.max(f64::MIN_POSITIVE) }
    };
    Ok(if fractions.len() == matrix.len() { fractions.iter().enumerate().map(whole).collect() } else { Vec::new() })
}

/// Refuse weights whose cells lie elsewhere than those of the source (`side` 0) or the target (1).
///
/// # Errors
/// [`Error::Data`] naming a cell and both places.
pub(in crate::ops::regrid) fn check_places(file: &Dataset, side: usize, grid: &Grid) -> Result<()> {
    /// Degrees: single precision and radians there and back differ by less.
    const NEAR: f64 = 1e-3;
    let names = names(file)?;
    let of = |all: &[&str; 2]| all.get(side).and_then(|name| file.variable(name)).map(degrees).transpose();
    let (Some(latitudes), Some(longitudes)) = (of(&names.latitude)?, of(&names.longitude)?) else { return Ok(()) };
    for (cell, (latitude, longitude)) in latitudes.iter().zip(&longitudes).enumerate() {
        let Some((x, y)) = grid.place(cell) else { continue };
        // At a pole every longitude will do.
        let aside = difference(*longitude, x).abs() * y.to_radians().cos();
        if (latitude - y).abs() > NEAR || aside > NEAR {
            let which = if side == 0 { "source" } else { "target" };
            let what = format!(
                "the weights are for another {which} grid: cell {} lies at {longitude:.4},{latitude:.4} there, at {x:.4},{y:.4} here",
                cell + 1
            );
            return Err(Error::data(what, file.source.clone()));
        }
    }
    Ok(())
}

/// The values of a variable of angles in degrees.
pub(super) fn degrees(variable: &Variable) -> Result<Vec<f64>> {
    let radians = variable.attributes.text("units").is_some_and(|units| units.trim().starts_with("rad"));
    let values = numbers(variable)?;
    Ok(if radians { values.into_iter().map(f64::to_degrees).collect() } else { values })
}

/// Which source cells weights were made for, of those that have a place.
#[derive(Debug)]
pub(in crate::ops::regrid) struct Mask {
    /// Whether each has values; `None` where its place is not known.
    cells: Vec<Option<bool>>,
    /// The name of the file.
    file: String,
}

impl Mask {
    /// The mask of a file's weights for cells of `grid`; `None` where they serve whatever is missing.
    ///
    /// # Errors
    /// When the mask cannot be read.
    pub(in crate::ops::regrid) fn of(file: &Dataset, grid: &Grid) -> Result<Option<Self>> {
        let names = names(file)?;
        let whole = file.variable(&format!("{UNMASKED}{}", names.matrix)).is_some();
        let Some(mask) = file.variable(names.mask[0]).filter(|_| !whole) else { return Ok(None) };
        let placed = |cell: usize| grid.place(cell).is_some_and(|(x, y)| x.is_finite() && y.is_finite());
        let mask = numbers(mask)?.into_iter().enumerate();
        let cells: Vec<Option<bool>> = mask.map(|(cell, m)| placed(cell).then_some(m != 0.0)).collect();
        Ok(cells.contains(&Some(false)).then(|| Self { cells, file: file.source.clone() }))
    }

    /// Refuse a plane of `variable`, NaN where missing, that has other missing values.
    ///
    /// # Errors
    /// [`Error::Data`] that tells in how many cells.
    pub(in crate::ops::regrid) fn check(&self, variable: &str, values: &[f64]) -> Result<()> {
        let (mut more, mut fewer) = (0_usize, 0_usize);
        for (wanted, value) in self.cells.iter().zip(values) {
            match (wanted, value.is_nan()) {
                (Some(false), false) => more += 1,
                (Some(true), true) => fewer += 1,
                _ => {}
            }
        }
        if more + fewer == 0 {
            return Ok(());
        }
        let what = format!(
            "the weights are for other missing values: of {variable} {} of {} cells differ ({more} have values that the \
             weights leave out, {fewer} lack one that they count)",
            more + fewer,
            self.cells.len()
        );
        Err(Error::data(what, self.file.clone()).with_hint(
            "weights that regrid --save-weights makes serve any field; --mask VARIABLE leaves out the same cells again",
        ))
    }
}
