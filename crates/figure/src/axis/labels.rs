//! Numbers as they are written at axes.

/// What is written at the marks of an axis.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Labels {
    /// One for each value.
    pub texts: Vec<String>,
    /// The power of ten that all are times; usually 0.
    pub power: i32,
}

impl Labels {
    /// What to write beside the units: `×10^{-5}`; nothing for a power of 0.
    pub fn power_text(&self) -> Option<String> {
        (self.power != 0).then(|| format!("×10^{{{}}}", minus(&self.power.to_string())))
    }
}

/// Labels with the decimals that tell the values apart and no more: as many at each in equal steps, its own at each
/// in others. From a million on and below a thousandth they share a power of ten. A minus is U+2212.
pub fn labels(values: &[f64]) -> Labels {
    let finite = || values.iter().copied().filter(|v| v.is_finite());
    let biggest = finite().map(f64::abs).fold(0.0, f64::max);
    let power = if biggest == 0.0 || (1e-3..1e6).contains(&biggest) { 0 } else { exponent(biggest) };
    let labels = with_power(values, power);
    // Large numbers that differ in their last digits are longer with a power than without.
    let long = labels.texts.iter().any(|text| text.len() > 7);
    if power > 0 && long && biggest < 1e15 { with_power(values, 0) } else { labels }
}

fn with_power(values: &[f64], power: i32) -> Labels {
    let scaled: Vec<f64> = values.iter().map(|&v| shifted(v, -power)).collect();
    let finite: Vec<f64> = scaled.iter().copied().filter(|v| v.is_finite()).collect();
    let steps: Vec<f64> = finite.iter().zip(finite.iter().skip(1)).map(|(a, b)| (b - a).abs()).collect();
    let biggest = finite.iter().map(|v| v.abs()).fold(0.0, f64::max);
    let least = steps.iter().copied().filter(|s| *s > 0.0).fold(f64::INFINITY, f64::min);
    let largest = steps.iter().copied().fold(0.0, f64::max);
    let slack = if least.is_finite() { least * 1e-6 } else { biggest * 1e-9 };
    let own: Vec<usize> = scaled.iter().map(|&v| decimals(v, slack)).collect();
    // The first and the last of levels may be moved to the data's own ends.
    let equal = largest <= least * 1.001;
    let most = own.iter().copied().max().unwrap_or(0);
    let texts = scaled.iter().zip(own).map(|(&v, own)| fixed(v, if equal { most } else { own })).collect();
    Labels { texts, power }
}

/// The fewest decimals that change `value` by no more than `slack`.
fn decimals(value: f64, slack: f64) -> usize {
    let near = |&places: &usize| {
        let text: Result<f64, _> = format!("{value:.places$}").parse();
        text.is_ok_and(|rounded| (rounded - value).abs() <= slack)
    };
    (0..17).find(near).unwrap_or(17)
}

pub(super) fn fixed(value: f64, places: usize) -> String {
    if !value.is_finite() {
        return special(value);
    }
    let text = format!("{value:.places$}");
    let zero = text.chars().all(|c| matches!(c, '-' | '0' | '.'));
    minus(if zero { text.trim_start_matches('-') } else { &text })
}

/// A number by itself, as short as tells it from all others: `0.25`, `−3`, `1.5×10^{−7}`. A minus is U+2212.
pub fn number(value: f64) -> String {
    if !value.is_finite() {
        return special(value);
    }
    if value == 0.0 {
        return "0".to_owned();
    }
    if (1e-4..1e7).contains(&value.abs()) {
        return minus(&value.to_string());
    }
    let (digits, exponent) = parts(value);
    let exponent = minus(&exponent.to_string());
    match digits.as_str() {
        "1" => format!("10^{{{exponent}}}"),
        "-1" => format!("−10^{{{exponent}}}"),
        _ => format!("{}×10^{{{exponent}}}", minus(&digits)),
    }
}

/// Labels of a logarithmic axis: plain numbers from a thousandth to ten thousand, else all with their powers of ten.
pub fn log_labels(values: &[f64]) -> Vec<String> {
    let plain = values.iter().all(|v| (0.999e-3..1.001e4).contains(&v.abs()));
    let label = |&value: &f64| {
        // What was moved to an end of the axis by a rounding error keeps its round label.
        let round: f64 = format!("{value:.8e}").parse().unwrap_or(value);
        if plain || !round.is_finite() || round == 0.0 {
            return number(round);
        }
        let (digits, exponent) = parts(round);
        let exponent = minus(&exponent.to_string());
        if digits == "1" { format!("10^{{{exponent}}}") } else { format!("{}×10^{{{exponent}}}", minus(&digits)) }
    };
    values.iter().map(label).collect()
}

/// `−1.5` and `-7` of −1.5e-7.
fn parts(value: f64) -> (String, i32) {
    let text = format!("{value:e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    (digits.to_owned(), exponent.parse().unwrap_or(0))
}

fn exponent(value: f64) -> i32 {
    parts(value).1
}

/// `value` × 10^`power`, the nearest number to the decimal one.
fn shifted(value: f64, power: i32) -> f64 {
    if power == 0 || !value.is_finite() {
        return value;
    }
    let (digits, exponent) = parts(value);
    format!("{digits}e{}", exponent.saturating_add(power)).parse().unwrap_or(value)
}

fn special(value: f64) -> String {
    match value {
        v if v.is_nan() => "NaN",
        v if v > 0.0 => "∞",
        _ => "−∞",
    }
    .to_owned()
}

/// With the sign that is as wide as a plus.
fn minus(text: &str) -> String {
    text.replace('-', "−")
}
