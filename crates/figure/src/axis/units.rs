//! Units as people read them.

/// Units in the markup of texts: `kg m-2 s-1` is `kg m^{−2} s^{−1}`, `ug/m3` is `µg/m^{3}`, `degC` is `°C`, `1` is
/// nothing. What is not written as units are, such as `(0 - 1)`, stays as it is.
///
/// ```
/// assert_eq!(figure::axis::readable_units("kg m-2"), "kg m^{−2}");
/// ```
pub fn readable_units(units: &str) -> String {
    let units = units.trim();
    let plain = ["1", "", "-", "none", "None", "dimensionless", "unitless", "no unit", "no units", "~"];
    if plain.contains(&units) {
        return String::new();
    }
    // Times are counted, not measured.
    if units.contains(" since ") {
        return units.to_owned();
    }
    parse(units).unwrap_or_else(|| units.to_owned())
}

fn parse(units: &str) -> Option<String> {
    let text = superscripts_lowered(units);
    let mut rest = text.as_str();
    let mut out = String::new();
    while let Some(first) = rest.chars().next() {
        if first.is_alphabetic() || matches!(first, '°' | '%' | '‰' | '\'' | '"') {
            rest = unit(rest, &mut out)?;
        } else if first.is_ascii_digit() {
            rest = number(rest, &mut out)?;
        } else {
            rest = separator(rest, &mut out)?;
        }
    }
    let text = out.trim();
    // A factor of one before other units says nothing.
    Some(text.strip_prefix("1 ").unwrap_or(text).to_owned())
}

/// `m²` and `s⁻¹` as `m^2` and `s^-1`.
fn superscripts_lowered(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut raised = false;
    for c in text.chars() {
        let plain = match c {
            '⁻' => Some('-'),
            '¹' => Some('1'),
            '²' => Some('2'),
            '³' => Some('3'),
            '⁰' => Some('0'),
            '⁴'..='⁹' => char::from_digit(u32::from(c) - u32::from('⁴') + 4, 10),
            _ => None,
        };
        if plain.is_some() && !raised {
            out.push('^');
        }
        raised = plain.is_some();
        // Signs that look like a minus are one.
        out.push(plain.unwrap_or(match c {
            '−' | '‐' | '‑' | '–' => '-',
            'μ' => 'µ',
            c => c,
        }));
    }
    out
}

/// What is between units, with what it becomes; longer ones first.
fn separator<'a>(text: &'a str, out: &mut String) -> Option<&'a str> {
    let kinds =
        [("**", None), ("/", Some("/")), ("(", Some("(")), (")", Some(")")), ("*", Some(" ")), ("·", Some(" "))];
    for (sign, becomes) in kinds {
        if let Some(rest) = text.strip_prefix(sign) {
            let becomes = becomes?;
            if becomes == "/" || becomes == ")" {
                out.truncate(out.trim_end().len());
            }
            space(out, becomes);
            return Some(rest);
        }
    }
    let rest = text.trim_start_matches([' ', '.', '\t', '_']);
    (rest.len() < text.len()).then(|| {
        space(out, " ");
        rest
    })
}

/// One space and no more, none after a stroke or bracket.
fn space(out: &mut String, sign: &str) {
    if sign != " " || !(out.is_empty() || out.ends_with([' ', '/', '('])) {
        out.push_str(sign);
    }
}

/// A unit and its power.
fn unit<'a>(text: &'a str, out: &mut String) -> Option<&'a str> {
    const GASES: [&str; 13] = ["CO2", "CH4", "N2O", "NO2", "NO3", "SO2", "SO4", "NH3", "NH4", "H2O", "H2", "O3", "O2"];
    for gas in GASES {
        let after = text.strip_prefix(gas).filter(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()));
        if let Some(rest) = after {
            let lowered = |c: char| if c.is_ascii_digit() { format!("_{{{c}}}") } else { c.to_string() };
            out.extend(gas.chars().map(lowered));
            return Some(rest);
        }
    }
    let inside = |c: char| c.is_alphabetic() || matches!(c, '°' | '%' | '‰' | '_' | '\'' | '"');
    let end = text.find(|c| !inside(c)).unwrap_or(text.len());
    let (name, rest) = text.split_at_checked(end)?;
    out.push_str(&usual(name));
    let (power, rest) = power(rest)?;
    if let Some(power) = power {
        raise(power, out);
    }
    Some(rest)
}

fn raise(power: &str, out: &mut String) {
    out.push_str(&format!("^{{{}}}", power.trim_start_matches('+').replace('-', "−")));
}

/// The power after a unit: `^-2`, `**2`, `-2`, `2`, `^{-2}`. Bare digits are one, as in `m2`; `log10` is no power.
fn power(text: &str) -> Option<(Option<&str>, &str)> {
    let marked = text.strip_prefix("**").or_else(|| text.strip_prefix('^'));
    if let Some(braced) = marked.and_then(|rest| rest.strip_prefix('{')) {
        let (power, rest) = braced.split_once('}')?;
        return integer(power).filter(|found| found.1.is_empty()).map(|_| (Some(power), rest));
    }
    if let Some(rest) = marked {
        return integer(rest).map(|(power, rest)| (Some(power), rest));
    }
    if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+')) {
        return Some((None, text));
    }
    let (power, rest) = integer(text)?;
    let bare = power.len() == 1 || power.starts_with(['-', '+']);
    (bare && !rest.starts_with(|c: char| c.is_alphanumeric() || c == '(')).then_some((Some(power), rest))
}

/// A whole number with or without a sign at the beginning.
fn integer(text: &str) -> Option<(&str, &str)> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    (end > 0).then(|| text.split_at_checked(text.len() - digits.len() + end))?
}

/// A factor: `10^-6`, `1e-6`, `1000`, `0.01`.
fn number<'a>(text: &'a str, out: &mut String) -> Option<&'a str> {
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
    let (digits, rest) = text.split_at_checked(end)?;
    digits.parse::<f64>().ok()?;
    if let Some((power, rest)) = rest.strip_prefix(['e', 'E']).and_then(integer) {
        out.push_str(&if digits == "1" { "10".to_owned() } else { format!("{digits}×10") });
        raise(power, out);
        return Some(rest);
    }
    out.push_str(digits);
    if rest.starts_with('^') || rest.starts_with("**") {
        let (power, rest) = power(rest)?;
        raise(power?, out);
        return Some(rest);
    }
    // `0-1` is no number with a unit.
    (!rest.starts_with(['-', '+'])).then_some(rest)
}

/// Names of units as they are usually abbreviated.
fn usual(name: &str) -> String {
    let short = match name {
        "degC" | "deg_C" | "celsius" | "Celsius" | "degree_Celsius" | "degrees_Celsius" | "degree_celsius"
        | "degrees_celsius" | "degree_C" | "degrees_C" | "degreeC" | "degreesC" => "°C",
        "degF" | "deg_F" | "fahrenheit" | "Fahrenheit" | "degree_Fahrenheit" | "degrees_Fahrenheit" => "°F",
        "kelvin" | "Kelvin" | "degK" | "deg_K" | "degrees_K" | "degree_K" => "K",
        "degree" | "degrees" | "deg" => "°",
        "degree_north" | "degrees_north" | "degree_N" | "degrees_N" | "degreeN" | "degreesN" => "°N",
        "degree_east" | "degrees_east" | "degree_E" | "degrees_E" | "degreeE" | "degreesE" => "°E",
        "degree_true" | "degrees_true" => "° from north",
        "percent" | "Percent" | "pct" => "%",
        "permil" | "permille" => "‰",
        "meter" | "meters" | "metre" | "metres" => "m",
        "kilometer" | "kilometers" | "kilometre" | "kilometres" => "km",
        "millimeter" | "millimeters" | "millimetre" | "millimetres" => "mm",
        "second" | "seconds" | "sec" => "s",
        "pascal" | "pascals" | "Pascal" | "Pascals" => "Pa",
        "hectopascal" | "hectopascals" | "millibar" | "millibars" | "mbar" | "mb" => "hPa",
        "watt" | "watts" | "Watt" | "Watts" => "W",
        "joule" | "joules" | "Joule" | "Joules" => "J",
        "kilogram" | "kilograms" => "kg",
        "micron" | "microns" | "micrometer" | "micrometers" | "um" => "µm",
        "ohm" | "Ohm" | "ohms" => "Ω",
        "ug" | "microgram" | "micrograms" => "µg",
        "umol" | "micromol" | "micromole" | "micromoles" => "µmol",
        "us" => "µs",
        "uatm" => "µatm",
        other => other,
    };
    // Underscores would lower what follows.
    short.replace('_', " ")
}
