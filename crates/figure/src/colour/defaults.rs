//! Which colours to take when nobody says: colour-blind safe, by kind of variable.

use crate::draw::Colour;

/// Words of a standard name or of units, and the map for values, for anomalies. The first row that fits counts.
struct Rule {
    words: &'static [&'static str],
    map: &'static str,
    anomaly: &'static str,
}

const fn rule(words: &'static [&'static str], map: &'static str, anomaly: &'static str) -> Rule {
    Rule { words, map, anomaly }
}

/// Diverging from blue to red.
const WARM: &str = "RdBu_r";
/// Diverging from brown (dry) to green (wet).
const WET: &str = "BrBG";
/// Diverging, for everything else.
const ANY: &str = "vik";

/// Special before general: "snow" before "temperature" would be wrong for the temperature of snow, so the order is
/// by what is measured first, by what it is measured in after.
const RULES: &[Rule] = &[
    rule(&["temperature", "dew_point"], "cmo.thermal", WARM),
    rule(&["sea_ice", "land_ice", "snow", "ice_area", "ice_thickness", "snowfall"], "cmo.ice", ANY),
    rule(&["precipitation", "rainfall", "rain_rate", "runoff", "river_"], "cmo.rain", WET),
    rule(&["humidity", "soil_moisture", "moisture", "water_vapor", "water_vapour", "evapo"], "YlGnBu", WET),
    rule(&["cloud"], "oslo", ANY),
    rule(&["salinity"], "cmo.haline", "PuOr_r"),
    rule(&["chlorophyll", "phytoplankton"], "cmo.algae", "cmo.tarn"),
    rule(&["vegetation", "leaf_area", "ndvi", "gross_primary", "net_primary"], "YlGn", WET),
    rule(&["oxygen"], "cmo.dense", ANY),
    rule(&["vorticity", "curl"], "cmo.curl", "cmo.curl"),
    rule(&["significant_height", "wave_height", "swell"], "cmo.amp", ANY),
    rule(&["radiative_flux", "radiation", "shortwave", "longwave", "insolation"], "cmo.solar", ANY),
    rule(
        &[
            "ozone",
            "aerosol",
            "pm10",
            "pm2p5",
            "pm1_",
            "nitrogen_dioxide",
            "nitrogen_monoxide",
            "sulfur_dioxide",
            "carbon_monoxide",
            "particulate",
            "dust",
            "pollen",
            "ammonia",
            "methane",
            "carbon_dioxide",
            "optical_thickness",
            "optical_depth",
        ],
        "cmo.matter",
        ANY,
    ),
    rule(&["wind_speed", "speed", "gust"], "cmo.speed", ANY),
    rule(&["pressure", "geopotential"], "viridis", ANY),
    rule(&["depth", "bathymetry", "layer_thickness"], "cmo.deep", ANY),
];

/// The name of a colour map that suits a variable and that colour-blind readers can read.
///
/// `standard_name` may also be a long name or a name; `units` as CF writes them; `spans_zero`: the values lie on both
/// sides of zero; `anomaly`: they are differences from something, so that zero is the middle.
///
/// ```
/// use figure::colour::default_for;
/// assert_eq!(default_for("air_temperature", "K", false, false), "cmo.thermal");
/// assert_eq!(default_for("air_temperature", "K", true, true), "RdBu_r");
/// ```
pub fn default_for(standard_name: &str, units: &str, spans_zero: bool, anomaly: bool) -> &'static str {
    let name = standard_name.trim().to_lowercase().replace([' ', '-'], "_");
    let units = units.trim();
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    if !anomaly && is_angle(&name, units) {
        return "romaO";
    }
    if !anomaly && has(&["surface_altitude", "topography", "orography", "elevation", "bedrock", "height_above_sea"]) {
        return if spans_zero { "oleron" } else { "bamako" };
    }
    let difference = anomaly || has(&["anomaly", "tendency", "increment"]);
    let Some(found) = RULES.iter().find(|rule| has(rule.words)) else {
        return by_units(units, spans_zero, difference);
    };
    // Zero of a temperature in °C is no middle; of most others that span it, it is.
    let diverges = difference || (spans_zero && found.map != "cmo.thermal");
    if diverges { found.anomaly } else { found.map }
}

fn is_angle(name: &str, units: &str) -> bool {
    let degrees = ["degree", "degrees", "deg", "°", "radian", "radians", "rad"].contains(&units);
    (degrees && !name.contains("latitude") && !name.contains("slope") && !name.contains("zenith"))
        || name.contains("direction")
        || name.contains("azimuth")
        || name.ends_with("_phase")
}

/// The names say nothing; mass in a volume of air is a pollutant, kelvins are a temperature.
fn by_units(units: &str, spans_zero: bool, difference: bool) -> &'static str {
    let compact: String = units.chars().filter(|c| !c.is_whitespace()).collect();
    let diverges = spans_zero || difference;
    match compact.as_str() {
        "K" | "kelvin" | "degC" | "°C" | "celsius" | "Celsius" | "degrees_C" => {
            if difference {
                WARM
            } else {
                "cmo.thermal"
            }
        }
        "ugm-3" | "µgm-3" | "μgm-3" | "ug/m3" | "µg/m3" | "μg/m3" if !diverges => "cmo.matter",
        "mm" | "mm/day" | "mmday-1" | "kgm-2s-1" => {
            if diverges {
                WET
            } else {
                "cmo.rain"
            }
        }
        _ if diverges => ANY,
        _ => "viridis",
    }
}

/// The name of a map that tells `count` categories (`flag_values`) apart.
pub const fn categories_default(count: usize) -> &'static str {
    match count {
        0..=8 => "categories",
        9..=10 => "tab10",
        11..=12 => "Paired",
        13..=20 => "tab20",
        _ => "batlowS",
    }
}

/// The colour of line `i`, from the first again after the eighth: the eight that Okabe and Ito (2008) chose for all
/// kinds of colour vision, those that show best on white first.
pub const fn cycle(i: usize) -> Colour {
    const LINES: [Colour; 8] = [
        Colour::rgb(0, 114, 178),
        Colour::rgb(213, 94, 0),
        Colour::rgb(0, 158, 115),
        Colour::rgb(204, 121, 167),
        Colour::rgb(230, 159, 0),
        Colour::rgb(86, 180, 233),
        Colour::rgb(0, 0, 0),
        Colour::rgb(240, 228, 66),
    ];
    LINES[i % LINES.len()]
}
