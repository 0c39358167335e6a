//! JSON as Zarr writers write it: Python's `NaN`, `Infinity` and `-Infinity` stand bare in attributes.

use serde_json::{Map, Value};

/// What stands for a bare non-finite number while a document is in memory. No text of a file
/// should begin with this, and one that does only gains a meaning it spells out.
const MARK: char = '\u{1}';

/// A JSON document in which bare `NaN`, `Infinity` and `-Infinity` are allowed; they come out as
/// what [`non_finite`] recognises.
///
/// # Errors
/// The place and kind of the mistake; nesting beyond serde's limit of 128 is one.
pub(super) fn parse(bytes: &[u8]) -> Result<Value, String> {
    match serde_json::from_slice(bytes) {
        Ok(value) => Ok(value),
        Err(first) => {
            let text = std::str::from_utf8(bytes).map_err(|_| "metadata is not UTF-8".to_owned())?;
            let text = quote_bare(text).ok_or_else(|| format!("metadata is not JSON ({first})"))?;
            serde_json::from_str(&text).map_err(|e| format!("metadata is not JSON ({e})"))
        }
    }
}

/// A JSON object.
///
/// # Errors
/// As [`parse`], or when the document is something else.
pub(super) fn parse_object(bytes: &[u8]) -> Result<Map<String, Value>, String> {
    match parse(bytes)? {
        Value::Object(map) => Ok(map),
        _ => Err("metadata is not a JSON object".to_owned()),
    }
}

/// The document with [`number`]'s markers as bare tokens again, indented by two.
pub(super) fn print(value: &Value) -> String {
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    if !text.contains("\"\\u0001") {
        return text;
    }
    ["-Infinity", "Infinity", "NaN"]
        .iter()
        .fold(text, |text, token| text.replace(&format!("\"\\u0001{token}\""), token))
}

/// A number as JSON; non-finite ones become markers that [`print()`] turns into bare tokens.
pub(super) fn number(value: f64) -> Value {
    match serde_json::Number::from_f64(value) {
        Some(finite) => Value::Number(finite),
        None => Value::String(format!("{MARK}{}", non_finite_name(value))),
    }
}

/// `NaN`, `Infinity` or `-Infinity`, the names of Zarr's fill values.
pub(super) fn non_finite_name(value: f64) -> &'static str {
    if value.is_nan() {
        "NaN"
    } else if value > 0.0 {
        "Infinity"
    } else {
        "-Infinity"
    }
}

/// The number that a bare token stood for.
pub(super) fn non_finite(text: &str) -> Option<f64> {
    text.strip_prefix(MARK).and_then(named_non_finite)
}

/// The number that `NaN`, `Infinity` or `-Infinity` names.
pub(super) fn named_non_finite(text: &str) -> Option<f64> {
    match text {
        "NaN" => Some(f64::NAN),
        "Infinity" => Some(f64::INFINITY),
        "-Infinity" => Some(f64::NEG_INFINITY),
        _ => None,
    }
}

/// The text with bare tokens outside of strings quoted and marked; `None` if there are none.
fn quote_bare(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len().saturating_add(64));
    let (mut rest, mut found) = (text, false);
    while let Some(c) = rest.chars().next() {
        let step = if c == '"' {
            string_length(rest)
        } else if let Some(token) = ["NaN", "Infinity", "-Infinity"].into_iter().find(|t| rest.starts_with(t)) {
            found = true;
            out.push_str("\"\\u0001");
            out.push_str(token);
            out.push('"');
            rest = rest.get(token.len()..)?;
            continue;
        } else {
            c.len_utf8()
        };
        let (head, tail) = rest.split_at_checked(step)?;
        out.push_str(head);
        rest = tail;
    }
    found.then_some(out)
}

/// The length of the string literal at the start of `text`, quotes included.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// A list of non-negative integers that fit the machine.
pub(super) fn sizes(value: Option<&Value>) -> Option<Vec<usize>> {
    value?.as_array()?.iter().map(|v| usize::try_from(v.as_u64()?).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bare_nan_is_read_and_written_as_python_does() {
        let value = parse(br#"{"a": NaN, "b": [-Infinity, 1], "c": "NaN \" NaN"}"#).unwrap();
        assert!(non_finite(value["a"].as_str().unwrap()).unwrap().is_nan());
        assert_eq!(non_finite(value["b"][0].as_str().unwrap()), Some(f64::NEG_INFINITY));
        assert_eq!(value["c"], "NaN \" NaN");
        let text = print(&value);
        assert!(text.contains("\"a\": NaN,") && text.contains("-Infinity,\n"), "{text}");
    }

    #[test]
    fn nonsense_is_an_error_with_its_place() {
        for bad in ["", "{", "NaN NaN", "{\"a\": \"NaN", "\u{7f}", &"[".repeat(100_000)] {
            assert!(parse(bad.as_bytes()).is_err(), "{bad:.20}");
        }
        assert!(parse_object(b"[1]").is_err());
        assert!(parse(&[b'"', 0xff, b'"']).is_err());
    }
}
