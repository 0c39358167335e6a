//! Edges of cells, where a file gives only their centres.

/// The `n + 1` edges between cells: half-way between centres, the outermost as far from their
/// centre as on its other side. Empty for no cell, and for one, whose width nothing tells.
pub fn cell_edges(centres: &[f64]) -> Vec<f64> {
    let (Some(first), Some(last)) = (centres.first(), centres.last()) else { return Vec::new() };
    if centres.len() < 2 {
        return Vec::new();
    }
    let middles: Vec<f64> = centres.windows(2).filter_map(|w| Some(0.5 * (w.first()? + w.last()?))).collect();
    let (Some(inner_first), Some(inner_last)) = (middles.first(), middles.last()) else { return Vec::new() };
    let (before, behind) = (2.0 * first - inner_first, 2.0 * last - inner_last);
    std::iter::once(before).chain(middles.iter().copied()).chain(std::iter::once(behind)).collect()
}

/// The edges of rows in degrees, as [`cell_edges`], that end at the poles: the outermost edge is the
/// pole itself where no further row would fit, that is where the outermost centre is nearer to the
/// pole than 0.8 steps (Gaussian grids: 0.77; a grid that ends one step away has a row left out).
pub fn latitude_edges(centres: &[f64]) -> Vec<f64> {
    let mut edges = cell_edges(centres);
    let step = |a: Option<&f64>, b: Option<&f64>| a.zip(b).map_or(0.0, |(a, b)| (a - b).abs());
    let first_step = step(centres.first(), centres.get(1));
    let last_step = step(centres.last(), centres.iter().rev().nth(1));
    if let (Some(edge), Some(centre)) = (edges.first_mut(), centres.first()) {
        *edge = to_pole(*edge, *centre, first_step);
    }
    if let (Some(edge), Some(centre)) = (edges.last_mut(), centres.last()) {
        *edge = to_pole(*edge, *centre, last_step);
    }
    edges
}

fn to_pole(edge: f64, centre: f64, step: f64) -> f64 {
    let outward = edge - centre;
    let pole = if outward >= 0.0 { 90.0 } else { -90.0 };
    if edge.abs() >= 90.0 || (pole - centre).abs() < 0.8 * step { pole } else { edge }
}

#[cfg(test)]
mod tests {
    use super::super::gaussian_latitudes;
    use super::*;

    #[test]
    fn half_way_between_centres() {
        assert_eq!(cell_edges(&[0.0, 1.0, 3.0]), [-0.5, 0.5, 2.0, 4.0]);
        assert!(cell_edges(&[5.0]).is_empty() && cell_edges(&[]).is_empty());
    }

    #[test]
    fn rows_end_at_the_poles() {
        assert_eq!(latitude_edges(&[-90.0, 0.0, 90.0]), [-90.0, -45.0, 45.0, 90.0]);
        assert_eq!(latitude_edges(&[67.5, 22.5, -22.5, -67.5]), [90.0, 45.0, 0.0, -45.0, -90.0]);
        assert_eq!(latitude_edges(&[10.0, 20.0, 30.0]), [5.0, 15.0, 25.0, 35.0]);
        assert_eq!(latitude_edges(&[88.0, 89.0])[2], 89.5, "a row at the pole is left out");
        let n16 = latitude_edges(&gaussian_latitudes(32));
        assert_eq!((n16[0], n16[32]), (90.0, -90.0));
    }
}
