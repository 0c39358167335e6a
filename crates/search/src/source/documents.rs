//! Items out of JSON, one after the other, however large the documents are that they are in.

use std::fmt;

use pangeo::{Error, Result};
use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::{Flow, Item};

/// Who wants the items of a document, and what became of it.
pub(super) struct Receiver<'a> {
    each: &'a mut dyn FnMut(Item) -> Result<Flow>,
    /// The file, for messages.
    file: &'a str,
    /// The line that the document is on, where it has a line to itself.
    line: Option<u64>,
    /// Items so far, of all documents.
    count: u64,
    ended: Option<Result<()>>,
}

impl<'a> Receiver<'a> {
    pub(super) fn new(file: &'a str, each: &'a mut dyn FnMut(Item) -> Result<Flow>) -> Self {
        Self { each, file, line: None, count: 0, ended: None }
    }

    /// The items of the next document, which is on a line of its own.
    pub(super) fn line(&mut self, number: u64, bytes: &[u8]) -> Result<Flow> {
        self.line = Some(number);
        let mut parser = serde_json::Deserializer::from_slice(bytes);
        let parsed = (&mut *self).deserialize(&mut parser).and_then(|()| parser.end());
        match self.ended.take() {
            Some(ended) => ended.map(|()| Flow::Break(())),
            None => parsed.map(|()| Flow::Continue(())).map_err(|error| self.broken(number, &error)),
        }
    }

    /// The items of one document after the other.
    pub(super) fn documents<'de, R: serde_json::de::Read<'de>>(
        &mut self,
        parser: &mut serde_json::Deserializer<R>,
    ) -> Result<Result<Flow, serde_json::Error>> {
        loop {
            // Between documents there may be white space alone.
            if parser.end().is_ok() {
                return Ok(Ok(Flow::Continue(())));
            }
            let parsed = (&mut *self).deserialize(&mut *parser);
            match (self.ended.take(), parsed) {
                (Some(ended), _) => return ended.map(|()| Ok(Flow::Break(()))),
                (None, Err(error)) => return Ok(Err(error)),
                (None, Ok(())) => {}
            }
        }
    }

    fn broken(&self, line: u64, error: &serde_json::Error) -> Error {
        let said = error.to_string();
        // The parser's own line is always the first.
        let said = said.rsplit_once(" at line ").map_or(said.as_str(), |(what, _)| what);
        Error::malformed(self.file, format!("line {line}, column {}: it is no JSON: {said}", error.column()))
    }

    /// Hand an item on; false when no more are wanted.
    fn take(&mut self, value: Value) -> bool {
        self.count += 1;
        let place = self.place();
        let taken = item(value).map_err(|what| Error::malformed(self.file, format!("{place} {what}")));
        match taken.and_then(|item| (self.each)(item)) {
            Ok(Flow::Continue(())) => return true,
            Ok(Flow::Break(())) => self.ended = Some(Ok(())),
            Err(error) => self.ended = Some(Err(error.in_file(self.file))),
        }
        false
    }

    fn place(&self) -> String {
        self.line.map_or_else(|| format!("item number {}", self.count), |line| format!("line {line}"))
    }
}

/// What is handed on of a value: the item that it is.
///
/// # Errors
/// What it lacks.
pub(super) fn item(value: Value) -> Result<Item, String> {
    let Value::Object(item) = value else { return Err("is no item but no object at all".to_owned()) };
    match item.get("type") {
        Some(Value::String(kind)) if kind == "Feature" => {}
        Some(Value::String(kind)) => return Err(format!("is no item but a {kind}")),
        _ => return Err("is no item: it has no type".to_owned()),
    }
    if !item.get("id").is_some_and(Value::is_string) {
        return Err("is no item of STAC: it has no id that is a text".to_owned());
    }
    match item.get("properties") {
        None | Some(Value::Null | Value::Object(_)) => Ok(item),
        Some(_) => Err("is no item of STAC: its properties are no object".to_owned()),
    }
}

/// Ends the parser once no more is wanted.
fn enough<E: serde::de::Error>() -> E {
    E::custom("no more is wanted")
}

impl<'de> DeserializeSeed<'de> for &mut Receiver<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for &mut Receiver<'_> {
    type Value = ();

    fn expecting(&self, to: &mut fmt::Formatter) -> fmt::Result {
        to.write_str("an item or a collection of items")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut members = Map::new();
        let mut collection = false;
        while let Some(key) = map.next_key::<String>()? {
            if key == "features" {
                collection = true;
                map.next_value_seed(Features(&mut *self))?;
            } else if collection {
                map.next_value::<IgnoredAny>()?;
            } else {
                members.insert(key, map.next_value()?);
            }
        }
        let empty = members.get("type").and_then(Value::as_str) == Some("FeatureCollection");
        if collection || (!empty && self.take(Value::Object(members))) {
            return Ok(());
        }
        Err(if empty { A::Error::custom("a FeatureCollection has no features") } else { enough() })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<(), A::Error> {
        Features(self).visit_seq(seq)
    }
}

/// A list of items.
struct Features<'r, 'a>(&'r mut Receiver<'a>);

impl<'de> DeserializeSeed<'de> for Features<'_, '_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Features<'_, '_> {
    type Value = ();

    fn expecting(&self, to: &mut fmt::Formatter) -> fmt::Result {
        to.write_str("a list of items")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while let Some(value) = seq.next_element::<Value>()? {
            if !self.0.take(value) {
                return Err(enough());
            }
        }
        Ok(())
    }
}
