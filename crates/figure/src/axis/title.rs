//! What is written along an axis or a colour bar.

use super::units::readable_units;

/// What a variable is, with its units: `2 metre temperature (K)`. The long name is taken, else the standard name with
/// spaces, else the name as it is. Of the first two the first word gets a capital letter unless it has one, is a
/// single letter, or has digits. Units as in [`readable_units`]; those a long name already ends with are not said
/// twice, and times have none.
///
/// ```
/// assert_eq!(figure::axis::label("", "air_temperature", "t2m", "degC"), "Air temperature (°C)");
/// ```
pub fn label(long_name: &str, standard_name: &str, name: &str, units: &str) -> String {
    label_scaled(long_name, standard_name, name, units, None)
}

/// The same for values that are to be multiplied by `power`, such as `×10^{−5}`: `Rain (×10^{−5} mm s^{−1})`.
pub fn label_scaled(long_name: &str, standard_name: &str, name: &str, units: &str, power: Option<&str>) -> String {
    let given = [long_name, standard_name].into_iter().map(str::trim).find(|text| !text.is_empty());
    let what = given.map_or_else(|| name.trim().to_owned(), |text| sentence(&without_units(text, units.trim())));
    let units = if units.contains(" since ") { String::new() } else { readable_units(units) };
    let inside: Vec<&str> = [power.unwrap_or(""), &units].into_iter().filter(|part| !part.is_empty()).collect();
    match (what.is_empty(), inside.is_empty()) {
        (_, true) => what,
        (true, false) => inside.join(" "),
        (false, false) => format!("{what} ({})", inside.join(" ")),
    }
}

/// A long name without the units that it repeats at its end, in round or square brackets.
fn without_units(text: &str, units: &str) -> String {
    for (open, close) in [('(', ')'), ('[', ']')] {
        let inside = text.strip_suffix(close).and_then(|text| text.rsplit_once(open));
        if let Some((before, own)) = inside
            && (own.trim() == units || readable_units(own) == readable_units(units))
            && !before.trim().is_empty()
        {
            return before.trim_end().to_owned();
        }
    }
    text.to_owned()
}

fn sentence(text: &str) -> String {
    // Underscores between words; as in the markup of texts they would lower what follows.
    let text = if text.contains(' ') { text.to_owned() } else { text.replace('_', " ") };
    let first = text.split([' ', '-']).next().unwrap_or("");
    let ordinary = first.chars().count() > 1 && first.chars().all(char::is_lowercase);
    let mut letters = text.chars();
    match letters.next() {
        Some(letter) if ordinary => letter.to_uppercase().chain(letters).collect(),
        _ => text,
    }
}
