//! At most so many colours for the pixels of a frame.
//!
//! Colours are cut into boxes where they vary most (after Heckbert 1982, doi:10.1145/965145.801294, at the mean instead
//! of the median, which keeps rare colours that differ much), and every colour takes the nearest box's. No dithering:
//! maps would flicker.

/// An opaque colour as a number, red in the highest bits.
pub(super) fn packed([r, g, b, _]: [u8; 4]) -> u32 {
    u32::from_be_bytes([0, r, g, b])
}

fn channels(colour: u32) -> [f64; 3] {
    let [_, r, g, b] = colour.to_be_bytes();
    [r, g, b].map(f64::from)
}

/// A palette and the index in it of each colour.
pub(super) struct Reduced {
    /// Red, green, blue.
    pub(super) palette: Vec<[u8; 3]>,
    /// Sorted by colour.
    colours: Vec<(u32, u8)>,
    recent: Vec<(u32, u8)>,
}

/// Colours seen lately: most pixels have one of these.
const RECENT: usize = 4096;
/// Up to so many different colours each looks for the nearest of the palette itself.
const SEARCHED: usize = 60_000;

impl Reduced {
    /// At most `most` colours, 1 to 256, for all of `pixels`, which are packed.
    pub(super) fn new(mut pixels: Vec<u32>, most: usize) -> Self {
        pixels.sort_unstable();
        let mut colours: Vec<(u32, f64)> =
            pixels.chunk_by(|a, b| a == b).filter_map(|same| Some((*same.first()?, same.len() as f64))).collect();
        let boxes = cut(&mut colours, most.clamp(1, 256));
        let palette: Vec<[u8; 3]> =
            boxes.iter().map(|range| colour_of(colours.get(range.clone()).unwrap_or_default())).collect();
        let near = colours.len() <= SEARCHED && colours.len() > boxes.len();
        let mut named: Vec<(u32, u8)> = Vec::with_capacity(colours.len());
        for (index, range) in (0..=255).zip(&boxes) {
            for (colour, _) in colours.get(range.clone()).unwrap_or_default() {
                named.push((*colour, if near { nearest(*colour, &palette) } else { index }));
            }
        }
        named.sort_unstable();
        Self { palette, colours: named, recent: vec![(u32::MAX, 0); RECENT] }
    }

    /// The index of a colour that was among the pixels.
    pub(super) fn index(&mut self, colour: u32) -> u8 {
        let place = (colour.wrapping_mul(0x9E37_79B9) >> 20) as usize % RECENT;
        if let Some(recent) = self.recent.get_mut(place) {
            if recent.0 != colour {
                let found = self.colours.binary_search_by_key(&colour, |(colour, _)| *colour);
                let index = found.ok().and_then(|place| self.colours.get(place)).map_or(0, |(_, index)| *index);
                *recent = (colour, index);
            }
            return recent.1;
        }
        0
    }
}

type Range = std::ops::Range<usize>;

/// Cuts colours with their counts into at most `most` boxes, ranges of what is sorted for it.
fn cut(colours: &mut [(u32, f64)], most: usize) -> Vec<Range> {
    let mut boxes = vec![(0..colours.len(), Spread::of(colours))];
    while boxes.len() < most {
        let widest = boxes.iter().enumerate().max_by(|(_, (_, a)), (_, (_, b))| a.error.total_cmp(&b.error));
        let Some((place, (range, spread))) = widest.map(|(place, widest)| (place, widest.clone())) else { break };
        if spread.error <= 0.0 {
            break;
        }
        let Some(part) = colours.get_mut(range.clone()) else { break };
        part.sort_unstable_by(|a, b| {
            channels(a.0)[spread.axis].total_cmp(&channels(b.0)[spread.axis]).then(a.0.cmp(&b.0))
        });
        let below = part.partition_point(|(colour, _)| channels(*colour)[spread.axis] <= spread.mean);
        let (left, right) = part.split_at(below);
        let (left, right) = (Spread::of(left), Spread::of(right));
        let middle = range.start + below;
        boxes.push((middle..range.end, right));
        if let Some(first) = boxes.get_mut(place) {
            *first = (range.start..middle, left);
        }
    }
    boxes.into_iter().map(|(range, _)| range).filter(|range| !range.is_empty()).collect()
}

/// How colours vary.
#[derive(Debug, Clone, Copy)]
struct Spread {
    /// The channel that varies most.
    axis: usize,
    /// Its mean.
    mean: f64,
    /// The sum of the squared differences from the mean in it.
    error: f64,
}

impl Spread {
    fn of(colours: &[(u32, f64)]) -> Self {
        let (mut sums, mut squares, mut count) = ([0.0; 3], [0.0; 3], 0.0);
        for (colour, weight) in colours {
            count += weight;
            for ((sum, square), value) in sums.iter_mut().zip(&mut squares).zip(channels(*colour)) {
                *sum += weight * value;
                *square += weight * value * value;
            }
        }
        let spread = |axis: usize| {
            let mean = if count > 0.0 { sums[axis] / count } else { 0.0 };
            // All of one value: what rounding leaves is no error.
            let flat = colours.iter().all(|(colour, _)| channels(*colour)[axis] == mean);
            Self {
                axis,
                mean,
                error: if flat { 0.0 } else { (squares[axis] - sums[axis] * mean).max(f64::MIN_POSITIVE) },
            }
        };
        [1, 2]
            .into_iter()
            .fold(spread(0), |best, axis| if spread(axis).error > best.error { spread(axis) } else { best })
    }
}

/// What stands for a box: the colour of most of its pixels, else the mean.
fn colour_of(colours: &[(u32, f64)]) -> [u8; 3] {
    let count: f64 = colours.iter().map(|(_, weight)| weight).sum();
    let usual = colours.iter().max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
    if let Some((colour, weight)) = usual
        && weight * 2.0 >= count
    {
        return channels(*colour).map(|value| value as u8);
    }
    let mut sums = [0.0; 3];
    for (colour, weight) in colours {
        sums.iter_mut().zip(channels(*colour)).for_each(|(sum, value)| *sum += weight * value);
    }
    sums.map(|sum| (sum / count.max(1.0)).round() as u8)
}

fn nearest(colour: u32, palette: &[[u8; 3]]) -> u8 {
    let [_, r, g, b] = colour.to_be_bytes().map(i32::from);
    let distance = |[x, y, z]: &[u8; 3]| {
        let (x, y, z) = (i32::from(*x) - r, i32::from(*y) - g, i32::from(*z) - b);
        x * x + y * y + z * z
    };
    let best = palette.iter().enumerate().min_by_key(|(_, entry)| distance(entry));
    best.map_or(0, |(index, _)| index as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_colours_stay_as_they_are() {
        let pixels = [0x00ff_0000, 0x0000_ff00, 0x00ff_0000, 0x0000_00ff];
        let mut reduced = Reduced::new(pixels.to_vec(), 255);
        let indices = pixels.map(|colour| reduced.index(colour));
        let back = indices.map(|index| reduced.palette[index as usize]);
        assert_eq!(back, [[255, 0, 0], [0, 255, 0], [255, 0, 0], [0, 0, 255]]);
        assert_eq!(reduced.palette.len(), 3);
        assert!(Reduced::new(Vec::new(), 4).palette.is_empty());
    }

    #[test]
    fn many_colours_come_near_and_the_usual_ones_stay() {
        let mut pixels: Vec<u32> = (0..40_000_u32).map(|i| i.wrapping_mul(2_654_435_761) & 0x00ff_ffff).collect();
        pixels.extend(vec![0x00ff_ffff; 50_000]);
        let mut reduced = Reduced::new(pixels.clone(), 255);
        assert_eq!(reduced.palette.len(), 255);
        let white = reduced.index(0x00ff_ffff);
        assert_eq!(reduced.palette[white as usize], [255, 255, 255]);
        // 254 boxes of random colours have sides of about 40.
        let mut total = 0.0;
        for colour in &pixels[..40_000] {
            let entry = reduced.index(*colour);
            let apart = channels(*colour)
                .into_iter()
                .zip(reduced.palette[entry as usize])
                .map(|(a, b)| (a - f64::from(b)).powi(2));
            total += apart.sum::<f64>().sqrt();
        }
        assert!(total / 40_000.0 < 25.0, "{}", total / 40_000.0);
    }
}
