//! Lines of equal value on a grid (marching squares).

/// A line of equal value.
#[derive(Debug, Clone, PartialEq)]
pub struct Contour {
    /// Its value.
    pub level: f64,
    /// x and y; the first again at the end of a closed line.
    pub points: Vec<(f64, f64)>,
    /// Whether it ends where it begins.
    pub closed: bool,
}

/// Lines of equal value on a grid with columns at `x` and rows at `y`, both in any order and unit: along edges of
/// cells between two values they are where proportion puts them, so that they follow the bilinear surface. Where a
/// cell has two high and two low corners crosswise, the mean of the four says which are joined. Values that are not
/// finite are missing: cells with one have no line. Nothing if `values`, row after row, is not a value for each place.
pub fn contours(x: &[f64], y: &[f64], values: &[f64], levels: &[f64]) -> Vec<Contour> {
    let mut found = Vec::new();
    let mut links = Links::new(values.len());
    for &level in levels {
        for line in lines(x.len(), y.len(), values, level, &mut links) {
            let closed = line.len() > 2 && line.first() == line.last();
            let points = line.iter().filter_map(|&(column, row)| Some((at(x, column)?, at(y, row)?))).collect();
            found.push(Contour { level, points, closed });
        }
    }
    found
}

/// The place of a fractional index.
fn at(places: &[f64], index: f64) -> Option<f64> {
    let before = index as usize;
    let (low, part) = (*places.get(before)?, index - before as f64);
    if part == 0.0 {
        return Some(low);
    }
    Some(low * (1.0 - part) + places.get(before + 1)? * part)
}

/// The lines where a grid has the value `level`, as in [`contours`], in fractional columns and rows counted from 0.
/// Closed lines end with their first point; higher values are on their left where rows go down.
///
/// ```
/// let hill = [0.0, 0.0, 0.0, 0.0, 4.0, 0.0, 0.0, 0.0, 0.0];
/// let lines = figure::chart::contour_lines(3, 3, &hill, 2.0);
/// assert_eq!(lines.len(), 1);
/// assert!(lines[0].contains(&(1.0, 0.5)) && lines[0].first() == lines[0].last());
/// ```
pub fn contour_lines(columns: usize, rows: usize, values: &[f64], level: f64) -> Vec<Vec<(f64, f64)>> {
    lines(columns, rows, values, level, &mut Links::new(values.len()))
}

fn lines(columns: usize, rows: usize, values: &[f64], level: f64, links: &mut Links) -> Vec<Vec<(f64, f64)>> {
    if columns < 2 || rows < 2 || columns.checked_mul(rows) != Some(values.len()) || !level.is_finite() {
        return Vec::new();
    }
    let grid = Grid { columns, values, level };
    // Which values are above the level, row by row: most cells are seen to have no line without a branch.
    let flags = |row: &[f64]| -> Vec<u8> { row.iter().map(|value| u8::from(*value > level)).collect() };
    let mut upper = values.get(..columns).map(flags).unwrap_or_default();
    let mut kinds = vec![0_u8; columns - 1];
    for (row, (above, below)) in values.chunks_exact(columns).zip(values.chunks_exact(columns).skip(1)).enumerate() {
        let lower = flags(below);
        let corners = upper.iter().zip(upper.iter().skip(1)).zip(lower.iter().zip(lower.iter().skip(1)));
        kinds.iter_mut().zip(corners).for_each(|(kind, ((a, b), (d, c)))| *kind = a + b + c + d);
        for (column, _) in kinds.iter().enumerate().filter(|(_, kind)| **kind % 4 != 0) {
            let pair = |row: &[f64]| Some((*row.get(column)?, *row.get(column + 1)?));
            let (Some((a, b)), Some((d, c))) = (pair(above), pair(below)) else { continue };
            let sides = grid.sides(column, row);
            crossings([a, b, c, d], level, |from, to| links.add(sides(from), sides(to)));
        }
        upper = lower;
    }
    links.chains().into_iter().map(|chain| grid.line(&chain)).filter(|line| line.len() > 1).collect()
}

/// Sides of a cell in turn: upper, right, lower, left.
#[derive(Clone, Copy)]
enum Side {
    Upper,
    Right,
    Lower,
    Left,
}

/// Calls `join` for each line through a cell with corners in turn from the upper left.
fn crossings(corners: [f64; 4], level: f64, mut join: impl FnMut(Side, Side)) {
    use Side::{Left, Lower, Right, Upper};
    let [a, b, c, d] = corners.map(|value| value > level);
    if (a == b && b == c && c == d) || !corners.iter().all(|value| value.is_finite()) {
        return;
    }
    // Quarters: the sum of the largest numbers is not infinite.
    let middle = || corners.iter().map(|value| value / 4.0).sum::<f64>() > level;
    match (a, b, c, d) {
        (true, false, false, false) => join(Left, Upper),
        (false, true, false, false) => join(Upper, Right),
        (false, false, true, false) => join(Right, Lower),
        (false, false, false, true) => join(Lower, Left),
        (false, true, true, true) => join(Upper, Left),
        (true, false, true, true) => join(Right, Upper),
        (true, true, false, true) => join(Lower, Right),
        (true, true, true, false) => join(Left, Lower),
        (true, true, false, false) => join(Left, Right),
        (false, false, true, true) => join(Right, Left),
        (true, false, false, true) => join(Lower, Upper),
        (false, true, true, false) => join(Upper, Lower),
        (true, false, true, false) if middle() => {
            join(Right, Upper);
            join(Left, Lower);
        }
        (true, false, true, false) => {
            join(Left, Upper);
            join(Right, Lower);
        }
        (false, true, false, true) if middle() => {
            join(Upper, Left);
            join(Lower, Right);
        }
        (false, true, false, true) => {
            join(Upper, Right);
            join(Lower, Left);
        }
        _ => {}
    }
}

struct Grid<'a> {
    columns: usize,
    values: &'a [f64],
    level: f64,
}

impl Grid<'_> {
    /// The numbers of a cell's sides: twice that of the place they begin at, one more for those that lead to the
    /// next row.
    fn sides(&self, column: usize, row: usize) -> impl Fn(Side) -> usize + use<> {
        let corner = 2 * (row * self.columns + column);
        let below = corner + 2 * self.columns;
        move |side| match side {
            Side::Upper => corner,
            Side::Right => corner + 3,
            Side::Lower => below,
            Side::Left => corner + 1,
        }
    }

    /// Where the line crosses a side.
    fn crossing(&self, side: usize) -> Option<(f64, f64)> {
        let (place, down) = (side / 2, side % 2 == 1);
        let other = place + if down { self.columns } else { 1 };
        let (from, to) = (self.values.get(place)?, self.values.get(other)?);
        let part = ((self.level / 2.0 - from / 2.0) / (to / 2.0 - from / 2.0)).clamp(0.0, 1.0);
        let (column, row) = ((place % self.columns) as f64, (place / self.columns) as f64);
        Some(if down { (column, row + part) } else { (column + part, row) })
    }

    fn line(&self, chain: &[usize]) -> Vec<(f64, f64)> {
        let mut line: Vec<(f64, f64)> = chain.iter().filter_map(|side| self.crossing(*side)).collect();
        // Lines through a corner cross two sides at once.
        line.dedup();
        line
    }
}

/// Which side a line goes to from each: as cells see the higher values on the same hand, one at most. Empty again
/// after its lines are followed, for the next level.
struct Links {
    /// For each side one more than the side after it; 0 for none. Untouched pages of it take no memory.
    next: Vec<usize>,
    /// Whether a line comes to it.
    reached: Vec<bool>,
    /// Where lines begin, in the order of cells.
    all: Vec<usize>,
}

impl Links {
    /// For a grid of so many places with two sides each.
    fn new(places: usize) -> Self {
        let sides = places.saturating_mul(2);
        Self { next: vec![0; sides], reached: vec![false; sides], all: Vec::new() }
    }

    fn add(&mut self, from: usize, to: usize) {
        if let (Some(next), Some(reached)) = (self.next.get_mut(from), self.reached.get_mut(to)) {
            (*next, *reached) = (to + 1, true);
            self.all.push(from);
        }
    }

    /// Lines from side to side: first those with two ends, then closed ones.
    fn chains(&mut self) -> Vec<Vec<usize>> {
        let all = std::mem::take(&mut self.all);
        let mut open = all.clone();
        open.retain(|from| !self.reached.get(*from).copied().unwrap_or(true));
        let chains: Vec<Vec<usize>> = open.iter().chain(&all).filter_map(|from| self.follow(*from)).collect();
        for side in chains.iter().flatten() {
            if let Some(reached) = self.reached.get_mut(*side) {
                *reached = false;
            }
        }
        chains
    }

    fn follow(&mut self, from: usize) -> Option<Vec<usize>> {
        let mut chain = vec![from];
        let mut at = from;
        // Each step is taken once: a closed line ends where it began.
        while let Some(next) = self.next.get_mut(at).and_then(|next| std::mem::take(next).checked_sub(1)) {
            chain.push(next);
            at = next;
        }
        (chain.len() > 1).then_some(chain)
    }
}
