//! From document to document.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use pangeo::{Error, Result};
use serde_json::Value;

use super::super::content::Kind;
use super::super::documents::item;
use super::super::file::ItemFile;
use super::address::{Address, Reader};
use super::extent::Bounds;
use crate::http::Pending;
use crate::{Flow, Item, Told};

/// Catalogs in each other at most.
const DEEPEST: usize = 64;

/// Items that are asked for at once over HTTP.
const AHEAD: usize = 8;

/// Who wants items.
type Each<'e> = &'e mut dyn FnMut(Item) -> Result<Flow>;

/// A way through a catalog.
pub(super) struct Walk<'a> {
    reader: &'a Reader,
    cancelled: Option<Arc<AtomicBool>>,
    seen: HashSet<Address>,
    /// Items on their way.
    ahead: HashMap<Address, Pending>,
    pub(super) told: Told,
}

/// A catalog or a collection that is to be looked at.
struct Node {
    document: Value,
    address: Address,
    depth: usize,
}

/// A link of a document.
struct Link {
    rel: &'static str,
    href: String,
    to: Address,
}

impl<'a> Walk<'a> {
    pub(super) fn new(reader: &'a Reader, cancelled: Option<Arc<AtomicBool>>) -> Self {
        let told = Told { requests: 1, ..Told::default() };
        Self { reader, cancelled, seen: HashSet::new(), ahead: HashMap::new(), told }
    }

    fn begin(&mut self, root: &Value, address: &Address) -> Vec<Node> {
        self.seen.insert(address.clone());
        vec![Node { document: root.clone(), address: address.clone(), depth: 0 }]
    }

    /// Every item, until `each` wants no more.
    pub(super) fn items(
        &mut self,
        root: &Value,
        address: &Address,
        bounds: &Bounds,
        wanted: &[String],
        each: Each,
    ) -> Result<Flow> {
        let mut waiting = self.begin(root, address);
        while let Some(node) = waiting.pop() {
            if is_collection(&node.document) && !bounds.may_hold(&node.document) {
                continue;
            }
            let id = node.document.get("id").and_then(Value::as_str);
            let asked = !is_collection(&node.document)
                || wanted.is_empty()
                || id.is_none_or(|id| wanted.iter().any(|wanted| wanted == id));
            let mut children = Vec::new();
            let links = links(&node)?;
            for (at, link) in links.iter().enumerate() {
                let flow = match link.rel {
                    "child" => self.child(link, &node, each, &mut children)?,
                    _ if !asked => Flow::Continue(()),
                    "item" => {
                        self.look_ahead(links.iter().skip(at).filter(|link| link.rel == "item").take(AHEAD))?;
                        self.item(link, &node, each)?
                    }
                    _ => self.file(link, &node, each)?,
                };
                if flow.is_break() {
                    return Ok(flow);
                }
            }
            waiting.extend(children.into_iter().rev());
        }
        Ok(Flow::Continue(()))
    }

    /// Every collection, the root's own first.
    pub(super) fn collections(&mut self, root: &Value, address: &Address) -> Result<Vec<Value>> {
        let mut waiting = self.begin(root, address);
        let mut found = Vec::new();
        while let Some(node) = waiting.pop() {
            let mut children = Vec::new();
            for link in links(&node)?.iter().filter(|link| link.rel == "child") {
                let _ = self.child(link, &node, &mut |_| Ok(Flow::Continue(())), &mut children)?;
            }
            waiting.extend(children.into_iter().rev());
            if is_collection(&node.document) {
                found.push(node.document);
            }
        }
        Ok(found)
    }

    /// Whether a document was not read before; what was is noted.
    fn is_new(&mut self, link: &Link, node: &Node) -> Result<bool> {
        if self.cancelled.as_ref().is_some_and(|flag| flag.load(Ordering::Relaxed)) {
            return Err(Error::Cancelled);
        }
        let new = self.seen.insert(link.to.clone());
        if !new {
            let note = format!("{} is linked to again by {}; it was read once", link.to.name(), node.address.name());
            self.told.notes.push(note);
        }
        Ok(new)
    }

    fn child(&mut self, link: &Link, node: &Node, each: Each, children: &mut Vec<Node>) -> Result<Flow> {
        if !self.is_new(link, node)? {
            return Ok(Flow::Continue(()));
        }
        let document = self.document(link, node)?;
        match document.get("type").and_then(Value::as_str) {
            Some("Feature") => hand_out(document, link, each),
            // Catalogs before version 1.0 say no type.
            Some("Catalog" | "Collection") | None if document.get("links").is_some() => {
                if node.depth == DEEPEST {
                    return Err(Error::data(format!("more than {DEEPEST} catalogs are in each other"), link.to.name()));
                }
                children.push(Node { document, address: link.to.clone(), depth: node.depth + 1 });
                Ok(Flow::Continue(()))
            }
            _ => Err(Error::malformed(link.to.name(), "a child is neither a Catalog nor a Collection")),
        }
    }

    fn item(&mut self, link: &Link, node: &Node, each: Each) -> Result<Flow> {
        if !self.is_new(link, node)? {
            return Ok(Flow::Continue(()));
        }
        hand_out(self.document(link, node)?, link, each)
    }

    /// A file of items, by the link `items`.
    fn file(&mut self, link: &Link, node: &Node, each: Each) -> Result<Flow> {
        if !self.is_new(link, node)? {
            return Ok(Flow::Continue(()));
        }
        self.told.requests += 1;
        let (content, _) = self.reader.content(&link.to).map_err(|error| missing(error, link, node))?;
        let parquet = match content.kind()? {
            Kind::Document(_) => return Err(Error::malformed(link.to.name(), "the link 'items' leads to no items")),
            Kind::Items => false,
            Kind::Parquet => true,
        };
        ItemFile::new(content, parquet, 0, self.cancelled.clone()).each(each)
    }

    fn document(&mut self, link: &Link, node: &Node) -> Result<Value> {
        self.told.requests += 1;
        let document = match self.ahead.remove(&link.to) {
            Some(pending) => pending.wait().map(|reply| reply.json).map_err(Error::from),
            None => self.reader.json(&link.to),
        };
        document.map_err(|error| missing(error, link, node))
    }

    /// Ask for what is read next, where an answer takes its time.
    fn look_ahead<'l>(&mut self, links: impl Iterator<Item = &'l Link>) -> Result<()> {
        for link in links {
            if !self.seen.contains(&link.to)
                && !self.ahead.contains_key(&link.to)
                && let Some(pending) = self.reader.start(&link.to)?
            {
                self.ahead.insert(link.to.clone(), pending);
            }
        }
        Ok(())
    }
}

fn hand_out(document: Value, link: &Link, each: Each) -> Result<Flow> {
    let item = item(document).map_err(|what| Error::malformed(link.to.name(), format!("the document {what}")))?;
    each(item).map_err(|error| error.in_file(&link.to.name()))
}

/// The links to what is below a document.
fn links(node: &Node) -> Result<Vec<Link>> {
    let links = node.document.get("links").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut below = Vec::new();
    for link in links {
        let text = |name: &str| link.get(name).and_then(Value::as_str);
        let Some(rel) = ["child", "item", "items"].into_iter().find(|rel| text("rel") == Some(rel)) else { continue };
        let nowhere = || Error::malformed(node.address.name(), format!("a link '{rel}' has no href"));
        let href = text("href").ok_or_else(nowhere)?.to_owned();
        below.push(Link { rel, to: node.address.join(&href)?, href });
    }
    Ok(below)
}

/// The same error, naming the link that led to what can't be read.
fn missing(error: Error, link: &Link, node: &Node) -> Error {
    match error {
        Error::Io { source, .. } => {
            let what = format!("the link '{}' to {} leads to nothing that can be read: {source}", link.rel, link.href);
            let hint = "a catalog is searched as a whole or not at all; mend or remove the link";
            Error::data(what, node.address.name()).with_hint(hint)
        }
        Error::Data { what, place, hint } => {
            Error::Data { what, place: format!("{place}, linked to by {}", node.address.name()), hint }
        }
        other => other,
    }
}

fn is_collection(document: &Value) -> bool {
    let kind = document.get("type").and_then(Value::as_str);
    kind == Some("Collection") || (kind.is_none() && document.get("extent").is_some())
}
