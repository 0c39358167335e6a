//! The formulas of parametric vertical coordinates (CF appendix D).

use super::places::{ROW, Row};

/// What a term counts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum In {
    Pascals,
    Metres,
    /// A plain number.
    One,
}

impl In {
    pub(super) fn unit(self) -> &'static str {
        match self {
            Self::Pascals => "Pa",
            Self::Metres => "m",
            Self::One => "1",
        }
    }
}

/// What a coordinate measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Measure {
    /// Air pressure in Pa.
    Pressure,
    /// Height in m.
    Height,
    /// Depth in m, from heights of the ocean's levels.
    Depth,
}

impl Measure {
    pub(super) fn unit(self) -> &'static str {
        if self == Self::Pressure { "Pa" } else { "m" }
    }
}

/// How the place of a level is computed from its terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Formula {
    /// The only term is the place itself.
    Itself,
    LnPressure,
    Sigma,
    HybridPressure,
    HybridPressureScaled,
    HybridHeight,
    Sleve,
    OceanSigma,
    OceanS,
    OceanS1,
    OceanS2,
    OceanSigmaZ,
    OceanDoubleSigma,
}

type Terms = &'static [(&'static str, In)];

/// One row a formula: its standard name, the terms in the order in which [`Formula::places`] takes them.
const KNOWN: [(&str, Formula, Measure, Terms); 12] = {
    use In::{Metres, One, Pascals};
    use Measure::{Depth, Height, Pressure};
    [
        ("atmosphere_ln_pressure_coordinate", Formula::LnPressure, Pressure, &[("p0", Pascals), ("lev", One)]),
        (
            "atmosphere_sigma_coordinate",
            Formula::Sigma,
            Pressure,
            &[("ptop", Pascals), ("sigma", One), ("ps", Pascals)],
        ),
        (
            "atmosphere_hybrid_sigma_pressure_coordinate",
            Formula::HybridPressure,
            Pressure,
            &[("ap", Pascals), ("b", One), ("ps", Pascals)],
        ),
        (
            "atmosphere_hybrid_sigma_pressure_coordinate",
            Formula::HybridPressureScaled,
            Pressure,
            &[("a", One), ("p0", Pascals), ("b", One), ("ps", Pascals)],
        ),
        (
            "atmosphere_hybrid_height_coordinate",
            Formula::HybridHeight,
            Height,
            &[("a", Metres), ("b", One), ("orog", Metres)],
        ),
        (
            "atmosphere_sleve_coordinate",
            Formula::Sleve,
            Height,
            &[("a", One), ("b1", One), ("b2", One), ("ztop", Metres), ("zsurf1", Metres), ("zsurf2", Metres)],
        ),
        ("ocean_sigma_coordinate", Formula::OceanSigma, Depth, &[("sigma", One), ("eta", Metres), ("depth", Metres)]),
        (
            "ocean_s_coordinate",
            Formula::OceanS,
            Depth,
            &[("s", One), ("eta", Metres), ("depth", Metres), ("a", One), ("b", One), ("depth_c", Metres)],
        ),
        (
            "ocean_s_coordinate_g1",
            Formula::OceanS1,
            Depth,
            &[("s", One), ("C", One), ("eta", Metres), ("depth", Metres), ("depth_c", Metres)],
        ),
        (
            "ocean_s_coordinate_g2",
            Formula::OceanS2,
            Depth,
            &[("s", One), ("C", One), ("eta", Metres), ("depth", Metres), ("depth_c", Metres)],
        ),
        (
            "ocean_sigma_z_coordinate",
            Formula::OceanSigmaZ,
            Depth,
            &[("sigma", One), ("eta", Metres), ("depth", Metres), ("depth_c", Metres), ("zlev", Metres)],
        ),
        (
            "ocean_double_sigma_coordinate",
            Formula::OceanDoubleSigma,
            Depth,
            &[
                ("sigma", One),
                ("depth", Metres),
                ("z1", Metres),
                ("z2", Metres),
                ("a", One),
                ("href", Metres),
                ("k_c", One),
            ],
        ),
    ]
};

impl Formula {
    /// The formula of a coordinate with this standard name whose terms `has` knows, with its terms; `None`
    /// for a name that no formula here has. Where it lacks terms, the form of which it has most.
    pub(super) fn of(standard_name: &str, has: impl Fn(&str) -> bool) -> Option<(Self, Measure, Terms)> {
        // As CDO called it before it followed CF.
        let hybrid = standard_name == "hybrid_sigma_pressure";
        let standard_name = if hybrid { "atmosphere_hybrid_sigma_pressure_coordinate" } else { standard_name };
        let rows = KNOWN.iter().filter(|(name, ..)| *name == standard_name);
        let lacks = |terms: Terms| terms.iter().filter(|(term, _)| !has(term)).count();
        rows.min_by_key(|(.., terms)| lacks(terms)).map(|&(_, formula, measure, terms)| (formula, measure, terms))
    }

    /// Whether a formula has a meaning without this term, which then is zero (CF appendix D).
    pub(super) fn does_without(self, term: &str) -> bool {
        match term {
            "ap" | "ptop" | "eta" | "zsurf1" | "zsurf2" | "href" => true,
            "depth_c" => self != Self::OceanSigmaZ,
            _ => false,
        }
    }

    /// The places of a level in `count` columns: pressures in Pa or heights in m, from rows of its terms in the
    /// order of the table.
    pub(super) fn places(self, terms: &[Row], count: usize, out: &mut Row) {
        match (self, terms) {
            (Self::Itself, [place]) => each([place], count, out, |[place]| place),
            (Self::LnPressure, [p0, lev]) => each([p0, lev], count, out, |[p0, lev]| p0 * (-lev).exp()),
            (Self::Sigma, [top, sigma, surface]) => {
                each([top, sigma, surface], count, out, |[top, sigma, surface]| top + sigma * (surface - top));
            }
            (Self::HybridPressure | Self::HybridHeight, [a, b, surface]) => {
                each([a, b, surface], count, out, |[a, b, surface]| a + b * surface);
            }
            (Self::HybridPressureScaled, [a, p0, b, surface]) => {
                each([a, p0, b, surface], count, out, |[a, p0, b, surface]| a * p0 + b * surface);
            }
            (Self::Sleve, [a, b1, b2, top, surface1, surface2]) => {
                each([a, b1, b2, top, surface1, surface2], count, out, |[a, b1, b2, top, surface1, surface2]| {
                    a * top + b1 * surface1 + b2 * surface2
                });
            }
            _ => self.depths(terms, count, out),
        }
    }

    /// Those of the ocean, as heights.
    fn depths(self, terms: &[Row], count: usize, out: &mut Row) {
        // What stretches a level is the same from column to column.
        let (mut last, mut stretched) = ([f64::NAN; 3], f64::NAN);
        match (self, terms) {
            (Self::OceanSigma, [sigma, eta, depth]) => {
                each([sigma, eta, depth], count, out, |[sigma, eta, depth]| eta + sigma * (depth + eta));
            }
            (Self::OceanS, [s, eta, depth, a, b, critical]) => {
                each([s, eta, depth, a, b, critical], count, out, |[s, eta, depth, a, b, critical]| {
                    if last != [s, a, b] {
                        (last, stretched) = ([s, a, b], stretching(s, a, b));
                    }
                    eta * (1.0 + s) + critical * s + (depth - critical) * stretched
                });
            }
            (Self::OceanS1, [s, c, eta, depth, critical]) => {
                each([s, c, eta, depth, critical], count, out, |[s, c, eta, depth, critical]| {
                    let still = critical * s + (depth - critical) * c;
                    still + eta * (1.0 + still / depth)
                });
            }
            (Self::OceanS2, [s, c, eta, depth, critical]) => {
                each([s, c, eta, depth, critical], count, out, |[s, c, eta, depth, critical]| {
                    eta + (eta + depth) * (critical * s + depth * c) / (critical + depth)
                });
            }
            (Self::OceanSigmaZ, [sigma, eta, depth, critical, height]) => {
                each([sigma, eta, depth, critical, height], count, out, |[sigma, eta, depth, critical, height]| {
                    // Below the levels that follow the bottom sigma is missing.
                    if sigma.is_nan() { height } else { eta + sigma * (critical.min(depth) + eta) }
                });
            }
            (Self::OceanDoubleSigma, [sigma, depth, z1, z2, a, href, upper]) => {
                each([sigma, depth, z1, z2, a, href, upper], count, out, |[sigma, depth, z1, z2, a, href, upper]| {
                    let limit = 0.5 * (z1 + z2) + 0.5 * (z1 - z2) * (2.0 * a / (z1 - z2) * (depth - href)).tanh();
                    let place = if upper > 0.0 { sigma * limit } else { limit + (sigma - 1.0) * (depth - limit) };
                    // The surface is the datum, and sigma counts from 0 to 2 or the other way: all is below.
                    -place.abs()
                });
            }
            _ => out.fill(f64::NAN),
        }
    }
}

/// The stretching C of `ocean_s_coordinate`.
fn stretching(s: f64, a: f64, b: f64) -> f64 {
    let bottom = (a * (s + 0.5)).tanh() / (2.0 * (0.5 * a).tanh()) - 0.5;
    (1.0 - b) * (a * s).sinh() / a.sinh() + b * bottom
}

/// `place` of the terms of each column.
#[inline]
fn each<const N: usize>(terms: [&Row; N], count: usize, out: &mut Row, mut place: impl FnMut([f64; N]) -> f64) {
    for i in 0..count.min(ROW) {
        out[i] = place(terms.map(|row| row[i]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(name: &str, terms: &[(&str, f64)]) -> f64 {
        let (formula, _, order) = Formula::of(name, |t| terms.iter().any(|(n, _)| *n == t)).unwrap();
        let value = |term: &str| terms.iter().find(|(n, _)| *n == term).map_or(f64::NAN, |(_, v)| *v);
        let mut out = [f64::NAN; ROW];
        formula.places(&order.iter().map(|(term, _)| [value(term); ROW]).collect::<Vec<_>>(), 3, &mut out);
        assert!(out[0].to_bits() == out[2].to_bits() && out[3].is_nan());
        out[0]
    }

    #[test]
    fn the_formulas_of_the_air() {
        let p = |name: &str, terms: &[(&str, f64)]| place(&format!("atmosphere_{name}_coordinate"), terms);
        let hybrid = [("b", 0.3), ("ps", 98_000.0)];
        let scaled = [[("a", 0.2), ("p0", 1e5)], hybrid].concat();
        assert_eq!(p("hybrid_sigma_pressure", &scaled), 49_400.0);
        assert_eq!(p("hybrid_sigma_pressure", &[[("ap", 20_000.0), ("x", 0.0)], hybrid].concat()), 49_400.0);
        assert_eq!(p("sigma", &[("sigma", 0.5), ("ps", 101_000.0), ("ptop", 1000.0)]), 51_000.0);
        assert!((p("ln_pressure", &[("p0", 1e5), ("lev", 2f64.ln())]) - 5e4).abs() < 1e-9);
        assert_eq!(p("hybrid_height", &[("a", 800.0), ("b", 0.75), ("orog", 1000.0)]), 1550.0);
        let sleve = [("a", 0.1), ("b1", 0.5), ("b2", 0.25), ("ztop", 2e4), ("zsurf1", 400.0), ("zsurf2", 80.0)];
        assert_eq!(p("sleve", &sleve), 2220.0);
    }

    #[test]
    fn the_formulas_of_the_ocean_reach_from_the_surface_to_the_bottom() {
        let water = [("eta", 0.5), ("depth", 300.0), ("depth_c", 50.0)];
        let at = |name: &str, s: f64| {
            let stretched = [("s", s), ("sigma", s), ("C", s), ("a", 5.0), ("b", 0.4)];
            place(&format!("ocean_{name}_coordinate"), &[&stretched[..], &water[..]].concat())
        };
        for name in ["sigma", "s"] {
            assert!((at(name, 0.0) - 0.5).abs() < 1e-12 && (at(name, -1.0) + 300.0).abs() < 1e-12, "{name}");
        }
        let at = |name: &str, s: f64| {
            place(&format!("ocean_s_coordinate_{name}"), &[&[("s", s), ("C", s)][..], &water[..]].concat())
        };
        for name in ["g1", "g2"] {
            assert!((at(name, 0.0) - 0.5).abs() < 1e-12 && (at(name, -1.0) + 300.0).abs() < 1e-12, "{name}");
        }
        let sigma_z = |sigma, depth| {
            let terms = [("sigma", sigma), ("eta", 0.0), ("depth", depth), ("depth_c", 100.0), ("zlev", -400.0)];
            place("ocean_sigma_z_coordinate", &terms)
        };
        assert_eq!((sigma_z(-0.5, 1000.0), sigma_z(-0.5, 60.0), sigma_z(f64::NAN, 1000.0)), (-50.0, -30.0, -400.0));
    }

    #[test]
    fn the_double_sigma_goes_from_the_surface_past_the_limit_to_the_bottom() {
        let terms = |sigma, upper, depth| {
            let terms = [("sigma", sigma), ("depth", depth), ("z1", 60.0), ("z2", 20.0), ("a", 0.5), ("href", 100.0)];
            place("ocean_double_sigma_coordinate", &[&terms[..], &[("k_c", upper)]].concat())
        };
        // Limit: 0.5 * 80 + 0.5 * 40 * tanh(1 / 40 * (depth - 100)), by hand 40 and 40 + 20 * tanh(1).
        assert_eq!((terms(0.0, 1.0, 100.0), terms(0.5, 1.0, 100.0), terms(1.0, 1.0, 100.0)), (0.0, -20.0, -40.0));
        assert_eq!((terms(1.5, 0.0, 100.0), terms(2.0, 0.0, 100.0)), (-70.0, -100.0));
        assert!((terms(1.0, 1.0, 140.0) + 55.231_883_119_115_3).abs() < 1e-12);
        assert!((terms(1.5, 0.0, 140.0) + 97.615_941_559_557_65).abs() < 1e-12);
        assert_eq!(terms(-0.5, 1.0, 100.0), -20.0);
    }
}
