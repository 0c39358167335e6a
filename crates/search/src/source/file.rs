//! Files of items.

use std::io::{BufRead, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use pangeo::{Error, Result};
use serde::de::IgnoredAny;
use serde_json::Value;

use super::content::{Content, first, is_blank};
use super::documents::Receiver;
use super::parquet;
use super::sift::Sift;
use super::summary::Summary;
use crate::predicate::Predicate;
use crate::{Flow, Item, Matched, Search, Source, Told};

/// Bytes of a line that is looked at as a document of its own.
const LINE: u64 = 64 << 20;

/// A file of items: an `ItemCollection`, an item, a list of items, a line of any of these after the other, each of them also
/// compressed by gzip; or stac-geoparquet. Items that it has twice are handed out twice.
#[derive(Debug)]
pub(super) struct ItemFile {
    content: Content,
    parquet: bool,
    /// Requests that it took to fetch it.
    requests: u64,
    cancelled: Option<Arc<AtomicBool>>,
}

impl ItemFile {
    pub(super) fn new(content: Content, parquet: bool, requests: u64, cancelled: Option<Arc<AtomicBool>>) -> Self {
        Self { content, parquet, requests, cancelled }
    }

    /// Every item of the file, until `each` wants no more.
    pub(super) fn each(&self, each: &mut dyn FnMut(Item) -> Result<Flow>) -> Result<Flow> {
        let cancelled = || self.cancelled.as_ref().is_some_and(|flag| flag.load(Ordering::Relaxed));
        let mut each = |item| if cancelled() { Err(Error::Cancelled) } else { each(item) };
        if self.parquet {
            return parquet::each(&self.content, &mut each);
        }
        let mut reader = self.content.reader()?;
        let mut begin = Vec::new();
        let unread = |error| self.content.unread(error);
        while begin.iter().all(|byte| is_blank(*byte)) {
            begin.clear();
            if reader.by_ref().take(LINE).read_until(b'\n', &mut begin).map_err(unread)? == 0 {
                break;
            }
        }
        let mut receiver = Receiver::new(&self.content.name, &mut each);
        if is_document(&begin) && first(&mut reader).map_err(unread)?.is_some() {
            return self.lines(&mut receiver);
        }
        drop(reader);
        let mut parser = serde_json::Deserializer::from_reader(self.content.reader()?);
        receiver.documents(&mut parser)?.map_err(|error| self.content.no_json(&error))
    }

    /// A document a line.
    fn lines(&self, receiver: &mut Receiver) -> Result<Flow> {
        let mut reader = self.content.reader()?;
        let mut line = Vec::new();
        let mut number = 0;
        loop {
            line.clear();
            let length = reader.read_until(b'\n', &mut line).map_err(|error| self.content.unread(error))?;
            if length == 0 {
                return Ok(Flow::Continue(()));
            }
            number += 1;
            if let Some(document) = trimmed(&line)
                && receiver.line(number, document)?.is_break()
            {
                return Ok(Flow::Break(()));
            }
        }
    }
}

/// A line without blanks around; none where nothing is left.
fn trimmed(line: &[u8]) -> Option<&[u8]> {
    let begin = line.iter().position(|byte| !is_blank(*byte))?;
    let end = line.iter().rposition(|byte| !is_blank(*byte))?;
    line.get(begin..=end)
}

/// Whether a line is a whole document.
fn is_document(line: &[u8]) -> bool {
    trimmed(line).is_some_and(|line| serde_json::from_slice::<IgnoredAny>(line).is_ok())
}

impl Source for ItemFile {
    fn name(&self) -> &str {
        &self.content.name
    }

    fn search(&self, search: &Search, found: &mut dyn FnMut(Item) -> Result<Flow>) -> Result<Told> {
        let mut sift = Sift::new(search, found)?;
        if sift.wants_more() {
            let _ = self.each(&mut |item| sift.take(item))?;
        }
        sift.finish()?;
        Ok(Told { requests: self.requests, ..Told::default() })
    }

    fn matched(&self, search: &Search) -> Result<Matched> {
        let predicate = Predicate::of(search)?;
        let mut items = 0;
        let _ = self.each(&mut |item| {
            items += u64::from(predicate.matches(&item)?);
            Ok(Flow::Continue(()))
        })?;
        Ok(Matched { items, counted: true })
    }

    /// The collections that items say they are of, each with the number of its items and what they extend over.
    fn collections(&self) -> Result<Vec<Value>> {
        let mut summary = Summary::default();
        let _ = self.each(&mut |item| {
            summary.add(&item);
            Ok(Flow::Continue(()))
        })?;
        Ok(summary.collections())
    }
}
