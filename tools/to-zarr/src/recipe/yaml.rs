//! The text of a recipe as a tree of values, each with its place.
//!
//! YAML 1.2 core schema: `yes` and `2000-01` are texts, `1` is a whole number. What makes YAML
//! dangerous or unclear is refused: aliases (they can grow without bound), tags, several documents,
//! a key twice, texts above 4 MiB, nesting deeper than 16.

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Span, StrInput};

use super::error::{Mark, RecipeError, Result};

/// The largest recipe; a longer list of inputs belongs in a file of names.
const MAX_BYTES: usize = 4 << 20;
/// A recipe needs four levels.
const MAX_DEPTH: usize = 16;

const QUOTING: &str = "put a text in quotes that starts with one of * & ! { [ @ %, or has ': ' or ' #' in it, or stands in [ ] \
                       and has braces, brackets or commas";

/// A value of the recipe and where it starts.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    pub(super) mark: Mark,
    pub(super) value: Value,
}

/// What a value can be.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// A text, number, boolean or null: what it is depends on `plain` (not in quotes).
    Scalar {
        text: String,
        plain: bool,
    },
    List(Vec<Node>),
    Map(Vec<(Key, Node)>),
}

/// The key of a mapping.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Key {
    pub(super) mark: Mark,
    pub(super) text: String,
}

/// Read the one document of `text`; `name` is the recipe's in errors.
///
/// # Errors
/// Where the text is no YAML, or has what is refused (above).
pub(super) fn parse(text: &str, name: &str) -> Result<Node> {
    if text.len() > MAX_BYTES {
        let what = format!("{} bytes are too many for a recipe (at most {MAX_BYTES})", text.len());
        return Err(RecipeError::new(name, None, what).with_hint("name the inputs in a file: inputs: \"@names.txt\""));
    }
    let mut reader = Reader { events: Parser::new_from_str(text), name };
    let mut root = None;
    loop {
        let (event, span) = reader.next()?;
        match event {
            Event::StreamEnd => break,
            Event::Nothing | Event::StreamStart | Event::DocumentStart(_) | Event::DocumentEnd => {}
            _ if root.is_some() => return Err(reader.error(span, "a second document; a recipe is one")),
            event => root = Some(reader.node(event, span, 0)?),
        }
    }
    root.ok_or_else(|| RecipeError::new(name, None, "the recipe is empty"))
}

struct Reader<'a> {
    events: Parser<'a, StrInput<'a>>,
    name: &'a str,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Result<(Event<'a>, Span)> {
        match self.events.next_event() {
            Some(Ok(event)) => Ok(event),
            Some(Err(e)) => {
                let what = format!("not YAML: {}", e.info());
                Err(RecipeError::new(self.name, Some(mark(*e.marker())), what).with_hint(QUOTING))
            }
            None => Ok((Event::StreamEnd, Span::default())),
        }
    }

    fn error(&self, span: Span, what: impl Into<String>) -> RecipeError {
        RecipeError::new(self.name, Some(mark(span.start)), what)
    }

    fn node(&mut self, event: Event<'a>, span: Span, depth: usize) -> Result<Node> {
        if depth > MAX_DEPTH {
            return Err(self.error(span, format!("nested deeper than {MAX_DEPTH} levels")));
        }
        let tag = match &event {
            Event::Scalar(.., tag) | Event::SequenceStart(_, tag) | Event::MappingStart(_, tag) => tag.as_ref(),
            _ => None,
        };
        if let Some(tag) = tag {
            return Err(self
                .error(span, format!("a tag (!{}), which recipes don't use", tag.suffix))
                .with_hint(QUOTING));
        }
        let value = match event {
            Event::Scalar(text, style, ..) => {
                Value::Scalar { text: text.into_owned(), plain: style == ScalarStyle::Plain }
            }
            Event::SequenceStart(..) => Value::List(self.list(depth)?),
            Event::MappingStart(..) => Value::Map(self.map(depth)?),
            Event::Alias(_) => {
                return Err(self.error(span, "an alias (*), which recipes don't use").with_hint(QUOTING));
            }
            _ => return Err(self.error(span, "a value is missing here")),
        };
        Ok(Node { mark: mark(span.start), value })
    }

    fn list(&mut self, depth: usize) -> Result<Vec<Node>> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(items),
                (event, span) => items.push(self.node(event, span, depth + 1)?),
            }
        }
    }

    fn map(&mut self, depth: usize) -> Result<Vec<(Key, Node)>> {
        let mut pairs: Vec<(Key, Node)> = Vec::new();
        let mut seen = std::collections::BTreeMap::new();
        loop {
            let (event, span) = self.next()?;
            if event == Event::MappingEnd {
                return Ok(pairs);
            }
            let node = self.node(event, span, depth + 1)?;
            let Value::Scalar { text, .. } = node.value else {
                return Err(self.error(span, "a key must be a word").with_hint(QUOTING));
            };
            if let Some(Mark { line, .. }) = seen.insert(text.clone(), node.mark) {
                return Err(self.error(span, format!("'{text}' is given twice, first in line {line}")));
            }
            let key = Key { mark: node.mark, text };
            let (event, span) = self.next()?;
            pairs.push((key, self.node(event, span, depth + 1)?));
        }
    }
}

fn mark(marker: Marker) -> Mark {
    Mark { line: marker.line(), column: marker.col() + 1 }
}

/// What a plain (unquoted) scalar is in YAML's core schema.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Plain {
    Null,
    Boolean,
    Integer(i64),
    Number(f64),
    Text,
}

/// Settle what a plain scalar means; whole numbers beyond 64 bits are numbers.
pub(super) fn plain(text: &str) -> Plain {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Plain::Null,
        "true" | "True" | "TRUE" | "false" | "False" | "FALSE" => return Plain::Boolean,
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => return Plain::Number(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => return Plain::Number(f64::NEG_INFINITY),
        ".nan" | ".NaN" | ".NAN" => return Plain::Number(f64::NAN),
        _ => {}
    }
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) {
        return text.parse().map_or_else(|_| text.parse().map_or(Plain::Text, Plain::Number), Plain::Integer);
    }
    let numeric = digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && digits.bytes().all(|b| b.is_ascii_digit() || b".eE+-".contains(&b));
    match text.parse::<f64>() {
        Ok(number) if numeric => Plain::Number(number),
        _ => Plain::Text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_scalars_of_the_core_schema() {
        let rows = [
            ("", Plain::Null),
            ("~", Plain::Null),
            ("true", Plain::Boolean),
            ("yes", Plain::Text),
            ("12", Plain::Integer(12)),
            ("-07", Plain::Integer(-7)),
            ("+3", Plain::Integer(3)),
            ("1.5", Plain::Number(1.5)),
            ("1e3", Plain::Number(1000.0)),
            (".5", Plain::Number(0.5)),
            ("99999999999999999999", Plain::Number(1e20)),
            ("2000-01", Plain::Text),
            ("2000..2010", Plain::Text),
            ("1-2", Plain::Text),
            ("inf", Plain::Text),
            ("nan", Plain::Text),
            (".", Plain::Text),
            ("-", Plain::Text),
        ];
        for (text, what) in rows {
            assert_eq!(plain(text), what, "{text}");
        }
    }

    #[test]
    fn places_count_from_one() {
        let node = parse("a: 1\nb:\n  c: [x, y]\n", "r").unwrap();
        let Value::Map(pairs) = node.value else { panic!("a mapping") };
        assert_eq!(pairs[1].0.mark, Mark { line: 2, column: 1 });
        let Value::Map(inner) = &pairs[1].1.value else { panic!("a mapping") };
        let Value::List(items) = &inner[0].1.value else { panic!("a list") };
        assert_eq!(items[1].mark, Mark { line: 3, column: 10 });
    }

    #[test]
    fn what_is_refused() {
        let rows = [
            ("", "the recipe is empty"),
            ("# only a comment\n", "the recipe is empty"),
            ("a: 1\na: 2", "r:2:1: 'a' is given twice, first in line 1"),
            ("a: &x 1\nb: *x", "r:2:4: an alias (*), which recipes don't use"),
            ("a: !!int 1", "which recipes don't use"),
            ("a: 1\n---\nb: 2", "a second document"),
            ("[a]: 1", "a key must be a word"),
            ("a: [1, 2", "not YAML"),
            ("a: \"open", "not YAML"),
            ("a: *.nc", "r:1:4: not YAML"),
            ("a: @x", "r:1:4: not YAML"),
        ];
        for (text, what) in rows {
            let error = parse(text, "r").unwrap_err().to_string();
            assert!(error.contains(what), "{text:?}: {error}");
        }
    }

    #[test]
    fn hostile_texts_end_soon() {
        let mut laughs = "a: &a [x, x]\n".to_owned();
        for i in 1..30 {
            laughs += &format!("k{i}: &k{i} [*a, *a]\n");
        }
        let rows = [
            laughs,
            "[".repeat(200_000),
            "{a: ".repeat(100_000),
            "- ".repeat(100_000),
            "? ".repeat(100_000),
            "a: ".repeat(100_000),
            format!("a: {}", "\"".repeat(100_001)),
            "x".repeat(5 << 20),
            "\u{feff}\0\u{1}\u{85}".repeat(1000),
            "a: |\n".to_owned() + &" ".repeat(100_000),
            "&a ".repeat(10_000),
            "!a ".repeat(10_000),
            "%TAG ! tag:x,2000:\n".repeat(1000),
        ];
        for text in rows {
            let start = std::time::Instant::now();
            let shown: String = text.chars().take(12).collect();
            let _ = parse(&text, "r").map(|node| assert!(matches!(node.value, Value::Scalar { .. } | Value::Map(_))));
            assert!(start.elapsed().as_secs_f64() < 2.0, "{shown} took {:?}", start.elapsed());
        }
    }
}
