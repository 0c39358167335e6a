//! Datasets from the text form of netCDF (CDL), for tests: headers as `ncdump -h` prints them, and
//! values of small variables.

use crate::model::array::{Constant, Memory};
use crate::model::{AttributeValue, Attributes, Block, Buffer, DataType, Dataset, Dimension, Encoding, Variable};

/// The dataset that `text` describes. Variables without values are zeros at no cost in memory.
pub(crate) fn dataset(text: &str) -> Dataset {
    let inner = &text[text.find('{').expect("{") + 1..text.rfind('}').expect("}")];
    let (mut data, mut section) = (Dataset { source: "test.nc".into(), ..Dataset::default() }, "");
    for statement in statements(inner) {
        let mut line = statement.trim();
        for name in ["dimensions:", "variables:", "data:"] {
            if let Some(rest) = line.strip_prefix(name).filter(|r| r.starts_with(char::is_whitespace)) {
                (section, line) = (name, rest.trim());
            }
        }
        match section {
            _ if line.is_empty() => {}
            "dimensions:" => data.dimensions.push(dimension(line)),
            "data:" => values(&mut data, line),
            _ => declaration(&mut data, line),
        }
    }
    data
}

/// Split at semicolons outside quotes; comments are dropped.
fn statements(text: &str) -> Vec<String> {
    let (mut out, mut current, mut quoted) = (Vec::new(), String::new(), false);
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '\\' if quoted => {
                current.push(c);
                current.extend(characters.next());
            }
            '"' => {
                quoted = !quoted;
                current.push(c);
            }
            '/' if !quoted && characters.peek() == Some(&'/') => {
                let comment: String = characters.by_ref().take_while(|c| *c != '\n').collect();
                if comment.contains("currently)") {
                    out.last_mut().into_iter().for_each(|s: &mut String| s.push_str(&comment)); // UNLIMITED: (12 currently)
                }
            }
            ';' if !quoted => out.push(std::mem::take(&mut current)),
            _ => current.push(c),
        }
    }
    out.push(current);
    out
}

fn dimension(line: &str) -> Dimension {
    let (name, length) = line.split_once('=').expect("a dimension has a length");
    let unlimited = length.contains("UNLIMITED");
    let digits: String = length.chars().filter(char::is_ascii_digit).collect();
    Dimension { name: name.trim().into(), length: digits.parse().unwrap_or(0), unlimited }
}

fn data_type(word: &str) -> Option<DataType> {
    Some(match word {
        "byte" => DataType::I8,
        "ubyte" => DataType::U8,
        "short" => DataType::I16,
        "ushort" => DataType::U16,
        "int" | "long" => DataType::I32,
        "uint" => DataType::U32,
        "int64" => DataType::I64,
        "uint64" => DataType::U64,
        "float" | "real" => DataType::F32,
        "double" => DataType::F64,
        "char" => DataType::Char,
        "string" => DataType::String,
        _ => return None,
    })
}

fn declaration(data: &mut Dataset, line: &str) {
    let (first, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    match data_type(first) {
        Some(kind) if !before_value(rest).contains(':') => variable(data, &kind, rest),
        Some(_) => attribute(data, rest.trim()),
        None => attribute(data, line),
    }
}

fn before_value(text: &str) -> &str {
    text.split('=').next().unwrap_or(text)
}

fn variable(data: &mut Dataset, kind: &DataType, text: &str) {
    let (name, dimensions) = match text.split_once('(') {
        Some((name, list)) => (name, list.trim_end().trim_end_matches(')').split(',').collect()),
        None => (text, Vec::new()),
    };
    let dimensions: Vec<String> = dimensions.into_iter().map(|d: &str| d.trim().to_owned()).collect();
    let shape = dimensions.iter().map(|d| data.dimension(d).map_or(1, |d| d.length)).collect();
    let zero = Buffer::zeros(kind, 1).expect("a plain type");
    data.variables.push(Variable {
        name: name.trim().into(),
        dimensions,
        attributes: Attributes::new(),
        encoding: Encoding::default(),
        array: Constant::array(zero, shape),
    });
}

fn attribute(data: &mut Dataset, line: &str) {
    let (target, value) = line.split_once('=').expect("an attribute has a value");
    let (owner, name) = target.split_once(':').expect("an attribute has an owner");
    let value = attribute_value(value.trim());
    let attributes = match data.variable_mut(owner.trim()) {
        Some(variable) => &mut variable.attributes,
        None => &mut data.attributes,
    };
    attributes.set(name.trim(), value);
}

fn attribute_value(text: &str) -> AttributeValue {
    if let Some(quoted) = text.strip_prefix('"') {
        let inner = quoted.trim_end().trim_end_matches('"').replace("\\\"", "\"").replace("\\n", "\n");
        return AttributeValue::Text(inner);
    }
    AttributeValue::Numbers(numbers(text, None))
}

/// Numbers with CDL's suffixes (`1b 2s 3L 4.f 5.`); `kind` overrides what the suffix says.
fn numbers(text: &str, kind: Option<&DataType>) -> Buffer {
    let words: Vec<&str> = text.split(',').map(str::trim).collect();
    let first = words.first().copied().unwrap_or("0");
    let named = matches!(first, "NaN" | "NaNf" | "_");
    let suffix = match first.chars().last() {
        Some('b') => DataType::I8,
        Some('s') => DataType::I16,
        Some('f') => DataType::F32,
        Some('L') => DataType::I64,
        _ if named || first.contains(['.', 'e', 'E']) => DataType::F64,
        _ => DataType::I32,
    };
    let parse = |w: &&str| if w.starts_with("NaN") { f64::NAN } else { plain(w) };
    let values: Vec<f64> = words.iter().map(parse).collect();
    Buffer::from_f64(kind.unwrap_or(&suffix), &values).expect("a numeric type")
}

fn plain(word: &str) -> f64 {
    word.trim_end_matches(['b', 's', 'f', 'L', 'U']).parse().unwrap_or(f64::NAN)
}

fn values(data: &mut Dataset, line: &str) {
    let (name, list) = line.split_once('=').expect("values have a variable");
    let variable = data.variable_mut(name.trim()).expect("values of a declared variable");
    let block = match variable.data_type() {
        DataType::Char | DataType::String => return,
        kind => Block::new(variable.shape().to_vec(), numbers(list.trim(), Some(kind))),
    };
    variable.array = Memory::array(block.unwrap_or_else(|| panic!("{name}: {:?} values", variable.shape())));
}
