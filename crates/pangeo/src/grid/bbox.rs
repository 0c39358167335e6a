//! Boxes of longitudes and latitudes, as `--bbox` takes them.

use std::fmt;
use std::str::FromStr;

use super::longitude::{EDGE_TOLERANCE, in_span, span, wrap_180};
use crate::Error;

/// A box in degrees, edges included.
///
/// ```
/// use pangeo::grid::Bbox;
/// let pacific: Bbox = "170,-10,-170,10".parse()?;
/// assert!(pacific.crosses());
/// assert!(pacific.contains(-175.0, 0.0) && pacific.contains(185.0, 10.0));
/// # Ok::<(), pangeo::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bbox {
    /// The western edge.
    pub west: f64,
    /// The southern edge.
    pub south: f64,
    /// The eastern edge; less than `west` where the box crosses the dateline or Greenwich.
    pub east: f64,
    /// The northern edge.
    pub north: f64,
}

/// Longitudes further off are no longitudes: their doubles lie too far apart.
const FARTHEST: f64 = 1e6;

impl Bbox {
    /// A box from its edges.
    ///
    /// # Errors
    /// [`Error::Usage`] when an edge is not finite, latitudes are swapped or beyond the poles, or
    /// longitudes beyond −360 and 720 are more than 360 degrees apart. Such that are not are taken modulo
    /// 360, west from −180 on.
    pub fn new(west: f64, south: f64, east: f64, north: f64) -> Result<Self, Error> {
        let this = Self { west, south, east, north };
        let wrong = |what: &str, hint: String| Err(Error::usage(format!("box {this}: {what}")).with_hint(hint));
        let order = "the order is WEST,SOUTH,EAST,NORTH in degrees".to_owned();
        if [west, south, east, north].iter().any(|x| !x.is_finite()) {
            return wrong("all four edges must be finite", order);
        }
        if south < -90.0 || north > 90.0 || south > 90.0 || north < -90.0 {
            return wrong("latitudes go from -90 to 90", order);
        }
        if south > north {
            let swapped = Self { south: north, north: south, ..this };
            return wrong(&format!("its south, {south}, lies north of its north, {north}"), format!("write {swapped}"));
        }
        if [west, east].iter().all(|x| (-360.0..=720.0).contains(x)) {
            return Ok(this);
        }
        if (east - west).abs() > 360.0 || west.abs() > FARTHEST {
            return wrong("longitudes go from -180 to 180 or from 0 to 360", order);
        }
        let turns = 360.0 * ((west + 180.0) / 360.0).floor();
        Ok(Self { west: west - turns, east: east - turns, ..this })
    }

    /// Degrees from west to east.
    pub fn width(&self) -> f64 {
        span(self.west, self.east)
    }

    /// Whether all longitudes are inside.
    pub fn is_all_around(&self) -> bool {
        self.width() >= 360.0
    }

    /// Whether west is greater than east: the box crosses the dateline or Greenwich.
    pub fn crosses(&self) -> bool {
        self.west > self.east
    }

    /// West and east with `east >= west`. A box that crosses begins in [−180, 180), as CDO has it:
    /// 350 to 30 is −10 to 30, 170 to −170 is 170 to 190.
    pub fn longitudes(&self) -> (f64, f64) {
        let west = if self.crosses() { wrap_180(self.west) } else { self.west };
        (west, west + self.width())
    }

    /// Whether a place is inside; the pole itself lies on every meridian. NaN is outside.
    pub fn contains(&self, longitude: f64, latitude: f64) -> bool {
        self.contains_within(longitude, latitude, EDGE_TOLERANCE)
    }

    pub(super) fn contains_within(&self, longitude: f64, latitude: f64, tolerance: f64) -> bool {
        let row = latitude >= self.south - tolerance && latitude <= self.north + tolerance;
        row && !longitude.is_nan()
            && (latitude.abs() >= 90.0 - tolerance || in_span(longitude, self.west, self.width(), tolerance))
    }
}

impl fmt::Display for Bbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{},{},{},{}", self.west, self.south, self.east, self.north)
    }
}

impl FromStr for Bbox {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let wrong = || {
            Error::usage(format!("box '{text}' is not four numbers between commas"))
                .with_hint("write WEST,SOUTH,EAST,NORTH in degrees, such as --bbox=-25,35,45,70")
        };
        let numbers: Vec<f64> =
            text.split(',').map(|part| part.trim().parse().map_err(|_| wrong())).collect::<Result<_, _>>()?;
        match numbers.as_slice() {
            &[west, south, east, north] => Self::new(west, south, east, north),
            _ => Err(wrong()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bbox(text: &str) -> Result<Bbox, Error> {
        text.parse()
    }

    #[test]
    fn edges_are_read_and_written() {
        let europe = bbox(" -25, 35 ,45,70").unwrap();
        assert_eq!(europe.to_string(), "-25,35,45,70");
        assert_eq!(europe.width(), 70.0);
        assert!(bbox("-180,-90,180,90").unwrap().is_all_around());
    }

    #[test]
    fn what_is_wrong_is_told() {
        let hint = |text: &str| bbox(text).unwrap_err().hint().unwrap();
        assert_eq!(hint("0,70,10,35"), "write 0,35,10,70");
        assert!(hint("1,2,3").contains("WEST,SOUTH,EAST,NORTH"));
        assert!(hint("35,-25,70,145").contains("order"));
        for text in ["nan,0,1,1", "0,0,inf,1", "0,0,1000,1", "a,b,c,d", "", "0,0,1,1,"] {
            assert_eq!(bbox(text).unwrap_err().exit_code(), 2, "{text}");
        }
    }

    #[test]
    fn longitudes_any_number_of_turns_away_are_the_same_meridians() {
        for (text, expected) in [
            ("-400,-80,-300,80", (-40.0, 60.0)),
            ("710,0,740,1", (-10.0, 20.0)),
            ("-3780,0,-3420,1", (-180.0, 180.0)),
            ("3590,0,3430,1", (-10.0, 190.0)),
        ] {
            assert_eq!(bbox(text).unwrap().longitudes(), expected, "{text}");
        }
        for text in ["-400,0,-39,1", "0,0,721,1", "nan,0,1,1", "1e300,0,1e300,1"] {
            assert_eq!(bbox(text).unwrap_err().exit_code(), 2, "{text}");
        }
    }

    #[test]
    fn crossing_boxes_begin_near_greenwich_or_the_dateline() {
        assert_eq!(bbox("350,0,30,1").unwrap().longitudes(), (-10.0, 30.0));
        assert_eq!(bbox("170,0,-170,1").unwrap().longitudes(), (170.0, 190.0));
        assert_eq!(bbox("200,0,300,1").unwrap().longitudes(), (200.0, 300.0));
    }

    #[test]
    fn the_pole_lies_on_every_meridian() {
        let arctic = bbox("10,80,20,90").unwrap();
        assert!(arctic.contains(-100.0, 90.0));
        assert!(!arctic.contains(-100.0, 89.0));
        assert!(!arctic.contains(f64::NAN, 89.0));
    }
}
