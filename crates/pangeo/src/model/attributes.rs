//! Attributes: named texts and short lists of numbers.

use super::Buffer;

/// The value of an attribute.
#[derive(Debug, Clone, PartialEq)]
pub enum AttributeValue {
    /// Characters (netCDF `char` attribute; Zarr JSON text).
    Text(String),
    /// One or more whole texts (netCDF-4 `string` attribute; Zarr JSON list of texts).
    Strings(Vec<String>),
    /// One or more numbers; a [`Buffer`] of a numeric type.
    Numbers(Buffer),
    /// Bytes of text that are not UTF-8, kept as they are; [`text_of`] shows them.
    Bytes(Vec<u8>),
    /// Any other JSON value of a Zarr attribute (object, boolean, null, nested list), as JSON text.
    Json(String),
}

impl AttributeValue {
    /// The text, if this is one text (or a list of exactly one), without the NULs that C programs
    /// leave at its end.
    pub fn as_text(&self) -> Option<&str> {
        let text = match self {
            Self::Text(text) => Some(text),
            Self::Strings(list) if list.len() == 1 => list.first(),
            _ => None,
        };
        text.map(|text| text.trim_end_matches('\0'))
    }

    /// Whether both say the same: equal in type and value, NaN being the same as NaN.
    pub fn is_same(&self, other: &Self) -> bool {
        let alike = |x: f64, y: f64| x == y || x.is_nan() && y.is_nan();
        match (self, other) {
            (Self::Numbers(Buffer::F32(a)), Self::Numbers(Buffer::F32(b))) => {
                a.len() == b.len() && a.iter().zip(b).all(|(x, y)| alike(f64::from(*x), f64::from(*y)))
            }
            (Self::Numbers(Buffer::F64(a)), Self::Numbers(Buffer::F64(b))) => {
                a.len() == b.len() && a.iter().zip(b).all(|(x, y)| alike(*x, *y))
            }
            _ => self == other,
        }
    }

    /// The first number; `None` for texts and empty lists.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Numbers(buffer) => buffer.get_f64(0),
            _ => None,
        }
    }

    /// The numbers, if they are numbers.
    pub fn as_numbers(&self) -> Option<&Buffer> {
        match self {
            Self::Numbers(buffer) => Some(buffer),
            _ => None,
        }
    }
}

/// Bytes as the text that they are: UTF-8, else Latin-1 (ISO 8859-1), in which any bytes are text and
/// in which older programs wrote `°C` and `Zürich`.
///
/// ```
/// assert_eq!(pangeo::model::text_of("é".as_bytes()), "é");
/// assert_eq!(pangeo::model::text_of(b"\xe9"), "é");
/// ```
pub fn text_of(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|&byte| char::from(byte)).collect(),
    }
}

impl From<&str> for AttributeValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for AttributeValue {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<f64> for AttributeValue {
    fn from(value: f64) -> Self {
        Self::Numbers(Buffer::F64(vec![value]))
    }
}

/// Attributes in the order of the file; names are unique.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Attributes(Vec<(String, AttributeValue)>);

impl Attributes {
    /// No attributes.
    pub fn new() -> Self {
        Self::default()
    }

    /// The value under `name`.
    pub fn get(&self, name: &str) -> Option<&AttributeValue> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, v)| v)
    }

    /// The text under `name`.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(AttributeValue::as_text)
    }

    /// The first number under `name`.
    pub fn number(&self, name: &str) -> Option<f64> {
        self.get(name).and_then(AttributeValue::as_f64)
    }

    /// All numbers under `name`; `None` for texts.
    pub fn numbers(&self, name: &str) -> Option<Vec<f64>> {
        self.get(name).and_then(AttributeValue::as_numbers).and_then(Buffer::to_f64)
    }

    /// Set `name`, keeping its place if it is there already, else at the end.
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<AttributeValue>) {
        let (name, value) = (name.into(), value.into());
        match self.0.iter_mut().find(|(n, _)| *n == name) {
            Some((_, old)) => *old = value,
            None => self.0.push((name, value)),
        }
    }

    /// Take `name` out.
    pub fn remove(&mut self, name: &str) -> Option<AttributeValue> {
        let at = self.0.iter().position(|(n, _)| n == name)?;
        Some(self.0.remove(at).1)
    }

    /// Remove those whose names `gone` is true of.
    pub fn remove_all(&mut self, gone: impl Fn(&str) -> bool) {
        self.0.retain(|(name, _)| !gone(name));
    }

    /// Name and value of each, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &AttributeValue)> {
        self.0.iter().map(|(n, v)| (n.as_str(), v))
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<(String, AttributeValue)> for Attributes {
    fn from_iter<I: IntoIterator<Item = (String, AttributeValue)>>(items: I) -> Self {
        let mut attributes = Self::new();
        for (name, value) in items {
            attributes.set(name, value);
        }
        attributes
    }
}

#[cfg(test)]
mod tests {
    use super::AttributeValue;

    #[test]
    fn texts_of_either_kind_end_before_their_nuls() {
        assert_eq!(AttributeValue::Text("K\0".into()).as_text(), Some("K"));
        assert_eq!(AttributeValue::Strings(vec!["K\0\0".into()]).as_text(), Some("K"));
        assert_eq!(AttributeValue::Strings(vec!["K".into(), "m".into()]).as_text(), None);
    }
}
