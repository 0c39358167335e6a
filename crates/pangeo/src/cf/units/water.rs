//! Water on the ground as a mass on an area or as the depth of a layer.
//!
//! A millimetre of liquid water weighs 1 kg on a square metre (density 1000 kg m-3). UDUNITS knows
//! nothing of it, rightly: it holds for water only, so that [`Converter::as_water_depth`] is for a
//! caller who knows from the standard name that the quantity is one of [`is_water_amount`].

use super::converter::Converter;
use super::dimensions::Dimensions;
use super::precise::Precise;
use super::scale::{Linear, Scale};
use super::{Unit, refuse};
use crate::Result;

/// Kilograms in a cubic metre of liquid water, by the convention of liquid water equivalents.
const DENSITY: f64 = 1000.0;

/// Standard names that end in one of these, after one of [`WATER`], are water by mass or depth.
const KINDS: [&str; 5] = ["_flux", "_amount", "_rate", "_content", "_amount_in_air"];

/// The beginnings (after `convective_`, `large_scale_`, … are taken off) that mean water.
const WATER: [&str; 21] = [
    "precipitation",
    "rainfall",
    "snowfall",
    "solid_precipitation",
    "graupel_fall",
    "hail_fall",
    "runoff",
    "surface_runoff",
    "subsurface_runoff",
    "baseflow",
    "surface_snow_melt",
    "surface_snow_and_ice_melt",
    "surface_snow_sublimation",
    "surface_snow_and_ice_sublimation",
    "surface_snow",
    "transpiration",
    "water_evaporation",
    "water_evapotranspiration",
    "water_potential_evaporation",
    "water_sublimation",
    "liquid_water_content_of_surface_snow",
];

/// Full names that do not follow the pattern.
const NAMES: [&str; 13] = [
    "atmosphere_mass_content_of_water_vapor",
    "atmosphere_mass_content_of_water",
    "atmosphere_mass_content_of_cloud_liquid_water",
    "atmosphere_mass_content_of_cloud_ice",
    "atmosphere_mass_content_of_cloud_condensed_water",
    "mass_content_of_water_in_soil",
    "mass_content_of_water_in_soil_layer",
    "soil_moisture_content",
    "canopy_water_amount",
    "canopy_and_surface_water_amount",
    "land_water_amount",
    "liquid_water_content_of_surface_snow",
    "water_flux_into_sea_water",
];

/// Whether the CF standard name is that of an amount or flux of water for which `kg m-2` and `mm`
/// (or `kg m-2 s-1` and `mm day-1`) say the same: precipitation, evaporation, runoff, snow melt, the
/// water in soil, canopy and the air column, and the `lwe_…` names of the same as a depth.
///
/// Source: CF standard name table, names in `kg m-2`, `kg m-2 s-1`, `m` and `m s-1`.
///
/// ```
/// assert!(pangeo::cf::units::is_water_amount("precipitation_flux"));
/// assert!(!pangeo::cf::units::is_water_amount("tendency_of_atmosphere_mass_content_of_ozone"));
/// ```
pub fn is_water_amount(standard_name: &str) -> bool {
    // A standard_name attribute may carry a modifier: "precipitation_flux standard_error".
    let name = standard_name.split_whitespace().next().unwrap_or("");
    if name.starts_with("lwe_") || NAMES.contains(&name) {
        return true;
    }
    // Where on the ground does not matter: water_evaporation_flux_from_canopy, …_where_sea_ice.
    let mut name = name.split("_from_").next().unwrap_or(name);
    name = name.split("_where_").next().unwrap_or(name);
    name = name.split("_due_to_").next().unwrap_or(name);
    for process in ["convective_", "large_scale_", "stratiform_", "shallow_convective_", "deep_convective_"] {
        name = name.strip_prefix(process).unwrap_or(name);
    }
    KINDS.iter().filter_map(|kind| name.strip_suffix(kind)).any(|head| WATER.contains(&head))
}

/// Names of the same water as a mass on an area and as a depth of liquid water, where the CF standard
/// name table has both.
/// `water_evapotranspiration_flux` is what the table now calls `water_evaporation_flux`.
const TWINS: [(&str, &str); 26] = [
    ("precipitation_flux", "lwe_precipitation_rate"),
    ("convective_precipitation_flux", "lwe_convective_precipitation_rate"),
    ("large_scale_precipitation_flux", "lwe_large_scale_precipitation_rate"),
    ("stratiform_precipitation_flux", "lwe_stratiform_precipitation_rate"),
    ("solid_precipitation_flux", "lwe_solid_precipitation_rate"),
    ("rainfall_flux", "rainfall_rate"),
    ("convective_rainfall_flux", "convective_rainfall_rate"),
    ("large_scale_rainfall_flux", "large_scale_rainfall_rate"),
    ("stratiform_rainfall_flux", "stratiform_rainfall_rate"),
    ("snowfall_flux", "lwe_snowfall_rate"),
    ("convective_snowfall_flux", "lwe_convective_snowfall_rate"),
    ("large_scale_snowfall_flux", "lwe_large_scale_snowfall_rate"),
    ("stratiform_snowfall_flux", "lwe_stratiform_snowfall_rate"),
    ("water_evaporation_flux", "lwe_water_evaporation_rate"),
    ("water_evapotranspiration_flux", "lwe_water_evaporation_rate"),
    ("water_evaporation_amount", "lwe_thickness_of_water_evaporation_amount"),
    ("water_evapotranspiration_amount", "lwe_thickness_of_water_evaporation_amount"),
    ("canopy_water_amount", "lwe_thickness_of_canopy_water_amount"),
    ("stratiform_precipitation_amount", "lwe_thickness_of_stratiform_precipitation_amount"),
    ("convective_snowfall_amount", "lwe_thickness_of_convective_snowfall_amount"),
    ("large_scale_snowfall_amount", "lwe_thickness_of_large_scale_snowfall_amount"),
    ("precipitation_amount", "lwe_thickness_of_precipitation_amount"),
    ("convective_precipitation_amount", "lwe_thickness_of_convective_precipitation_amount"),
    ("large_scale_precipitation_amount", "lwe_thickness_of_large_scale_precipitation_amount"),
    ("surface_snow_amount", "lwe_thickness_of_surface_snow_amount"),
    ("snowfall_amount", "lwe_thickness_of_snowfall_amount"),
];

/// The standard name that water has as a depth, or else as a mass on an area, with the modifier that it
/// has; `None` where the table has no such name. A name that is of that kind already stays.
///
/// Source: CF standard name table; the names differ since the canonical units do.
///
/// ```
/// use pangeo::cf::units::water_name;
/// let depth = water_name("precipitation_flux standard_error", true);
/// assert_eq!(depth.as_deref(), Some("lwe_precipitation_rate standard_error"));
/// assert_eq!(water_name("runoff_flux", true), None);
/// ```
pub fn water_name(standard_name: &str, as_depth: bool) -> Option<String> {
    let (name, modifier) = standard_name.split_once(' ').unwrap_or((standard_name, ""));
    let new = TWINS.iter().find_map(|&(mass, depth)| {
        let wanted = if as_depth { depth } else { mass };
        [mass, depth].contains(&name).then_some(wanted)
    })?;
    Some(format!("{new} {modifier}").trim_end().to_owned())
}

/// Whether a standard name is that of a flux or rate, whose name says in what it counts.
pub fn is_rate_name(standard_name: &str) -> bool {
    let name = standard_name.split_whitespace().next().unwrap_or("");
    name.split('_').any(|word| matches!(word, "flux" | "rate"))
}

impl Converter {
    /// From a mass of water on an area (or its flux) to the depth of liquid water (or its rate), or
    /// back: `kg m-2 s-1` → `mm day-1` multiplies by 86400. Only for quantities of which the caller
    /// knows that they are water, see [`is_water_amount`]; units that convert anyhow do so as always.
    ///
    /// # Errors
    /// [`Error::Data`](crate::Error::Data) if the units differ by anything but a density.
    pub fn as_water_depth(from: &Unit, to: &Unit) -> Result<Self> {
        if let Some(converter) = Self::between(&from.scale, &to.scale).filter(|converter| converter.affine().is_some())
        {
            return Ok(converter);
        }
        let mass_per_volume = Dimensions::base(1).times_power(Dimensions::base(0), -3);
        let (Scale::Linear(a), Scale::Linear(b), Some(density)) = (&from.scale, &to.scale, mass_per_volume) else {
            return Err(refuse(from, to));
        };
        let is = |heavy: &Linear, deep: &Linear| {
            deep.dimensions.times_power(density, 1).is_some_and(|product| product.same_as(heavy.dimensions))
        };
        let ratio = a.factor.over(b.factor);
        if is(a, b) {
            Ok(Self::factor(ratio.over(Precise::exact(DENSITY))))
        } else if is(b, a) {
            Ok(Self::factor(ratio.times(Precise::exact(DENSITY))))
        } else {
            Err(refuse(from, to))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{is_water_amount, water_name};
    use crate::cf::units::{Converter, Unit};

    fn depth(from: &str, to: &str) -> Option<(f64, f64)> {
        let (from, to) = (Unit::parse(from).unwrap(), Unit::parse(to).unwrap());
        Converter::as_water_depth(&from, &to).ok()?.affine()
    }

    #[test]
    fn a_millimetre_a_day_is_a_kilogram_per_square_metre_and_day() {
        assert_eq!(depth("kg m-2 s-1", "mm day-1"), Some((86400.0, 0.0)));
        assert_eq!(depth("kg m-2", "mm"), Some((1.0, 0.0)));
        assert_eq!(depth("m", "kg m-2"), Some((1000.0, 0.0)));
        assert_eq!(depth("mm day-1", "kg m-2 day-1"), Some((1.0, 0.0)));
        assert_eq!(depth("m s-1", "mm h-1"), Some((3.6e6, 0.0)));
    }

    #[test]
    fn nothing_but_a_density_may_lie_between() {
        for (from, to) in [("K", "mm"), ("kg m-3", "mm"), ("kg m-2 s-1", "mm"), ("kg s-1", "mm day-1"), ("s", "Hz")] {
            assert_eq!(depth(from, to), None, "{from} to {to}");
        }
    }

    #[test]
    fn water_is_named_by_what_it_counts_in() {
        let depth = |name: &str| water_name(name, true).unwrap_or_default();
        assert_eq!(depth("water_evapotranspiration_flux"), "lwe_water_evaporation_rate");
        assert_eq!(depth("lwe_snowfall_rate"), "lwe_snowfall_rate");
        assert_eq!(depth("water_evaporation_flux_where_sea_ice"), "");
        assert_eq!(water_name("lwe_precipitation_rate", false).as_deref(), Some("precipitation_flux"));
        assert_eq!(water_name("precipitation_flux", false).as_deref(), Some("precipitation_flux"));
    }

    #[test]
    fn the_names_of_water() {
        for name in [
            "precipitation_flux",
            "convective_precipitation_flux",
            "large_scale_snowfall_amount",
            "water_evaporation_flux_from_canopy",
            "water_evapotranspiration_flux",
            "water_potential_evaporation_amount",
            "surface_runoff_flux",
            "lwe_precipitation_rate",
            "lwe_thickness_of_surface_snow_amount",
            "atmosphere_mass_content_of_water_vapor",
            "surface_snow_amount",
            "precipitation_flux standard_error",
        ] {
            assert!(is_water_amount(name), "{name}");
        }
        for name in [
            "",
            "air_temperature",
            "surface_upward_heat_flux",
            "northward_water_vapor_flux",
            "eastward_mass_flux_of_air",
        ] {
            assert!(!is_water_amount(name), "{name}");
        }
    }
}
