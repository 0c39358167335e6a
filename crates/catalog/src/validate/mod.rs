//! Whether STAC objects keep the rules: JSON schemas of STAC 1.0 and 1.1 and of extensions, packed into the program, so
//! that no network is needed. Where they are from: `schemas/README.md`.

mod schemas;
mod told;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use jsonschema::{Draft, Resource, Retrieve, Uri};
use pangeo::{Error, Result};
use serde_json::Value;

/// A breach of a rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Where in the object, as a JSON pointer (RFC 6901); empty for the object itself.
    pub path: String,
    /// What is wrong there.
    pub what: String,
    /// The address of the schema that says so.
    pub schema: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", if self.path.is_empty() { "/" } else { &self.path }, self.what)
    }
}

/// What is wrong with an object, and what could not be looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    /// The breaches, in the order of where they are, each once.
    pub problems: Vec<Problem>,
    /// Extensions that the object names and whose schemas are not packed in.
    pub unknown_extensions: Vec<String>,
}

/// Holds STAC objects against the schemas; each schema is made ready once, when it is first needed.
///
/// ```
/// let validator = catalog::Validator::new();
/// let catalog = serde_json::json!({"type": "Catalog", "stac_version": "1.1.0", "id": "x", "links": []});
/// let found = validator.check(&catalog)?;
/// assert_eq!(found.problems[0].to_string(), "/: \"description\" is a required property");
/// # Ok::<(), pangeo::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct Validator {
    ready: Mutex<BTreeMap<String, Arc<jsonschema::Validator>>>,
}

impl Validator {
    /// With no schema made ready yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// What of a STAC object (catalog, collection, item of STAC 1.0 or 1.1) breaks the schema of its type or of an
    /// extension that it names.
    ///
    /// # Errors
    /// [`Error::Data`] for JSON that is no STAC object of these versions.
    pub fn check(&self, object: &Value) -> Result<Findings> {
        let place = || object.get("id").and_then(Value::as_str).unwrap_or("a JSON text").to_owned();
        let version = object.get("stac_version").and_then(Value::as_str).unwrap_or_default();
        let kind = object.get("type").and_then(Value::as_str).unwrap_or_default();
        if !["Catalog", "Collection", "Feature"].contains(&kind) {
            return Err(Error::data("no STAC catalog, collection or item", place()));
        }
        let core = schemas::core(kind, version).ok_or_else(|| {
            Error::data(format!("STAC version '{version}', where 1.0.0 and 1.1.0 are known"), place())
        })?;
        let mut findings = Findings::default();
        self.hold(core, object, &mut findings)?;
        let named = object.get("stac_extensions").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        for address in named.iter().filter_map(Value::as_str) {
            let plain = address.trim_end_matches('#');
            if schemas::is_extension(plain) {
                self.hold(plain, object, &mut findings)?;
            } else {
                findings.unknown_extensions.push(address.to_owned());
            }
        }
        findings.problems.sort();
        findings.problems.dedup_by(|a, b| a.path == b.path && a.what == b.what);
        findings.unknown_extensions.sort();
        findings.unknown_extensions.dedup();
        Ok(findings)
    }

    /// As [`Validator::check`] of a collection of items (`FeatureCollection`): every item, with its place in front.
    ///
    /// # Errors
    /// As [`Validator::check`], of the first item for which it fails.
    pub fn check_all(&self, object: &Value) -> Result<Findings> {
        let Some(items) = object.get("features").and_then(Value::as_array) else { return self.check(object) };
        let mut all = Findings::default();
        for (at, item) in items.iter().enumerate() {
            let found = self.check(item)?;
            all.unknown_extensions.extend(found.unknown_extensions);
            all.problems
                .extend(found.problems.into_iter().map(|p| Problem { path: format!("/features/{at}{}", p.path), ..p }));
        }
        all.unknown_extensions.sort();
        all.unknown_extensions.dedup();
        Ok(all)
    }

    fn hold(&self, address: &str, object: &Value, findings: &mut Findings) -> Result<()> {
        let validator = self.ready(address)?;
        for error in validator.iter_errors(object) {
            findings.problems.extend(told::all(&error).into_iter().map(|(path, what)| Problem {
                path,
                what,
                schema: address.to_owned(),
            }));
        }
        Ok(())
    }

    fn ready(&self, address: &str) -> Result<Arc<jsonschema::Validator>> {
        let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = ready.get(address) {
            return Ok(Arc::clone(known));
        }
        let made =
            build(address).map_err(|why| Error::Internal { what: format!("a schema that is packed in: {why}") })?;
        let made = Arc::new(made);
        ready.insert(address.to_owned(), Arc::clone(&made));
        Ok(made)
    }
}

/// As [`Validator::check`], with schemas that stay ready for the next object.
///
/// # Errors
/// As [`Validator::check`].
pub fn validate(object: &Value) -> Result<Findings> {
    static SHARED: OnceLock<Validator> = OnceLock::new();
    SHARED.get_or_init(Validator::new).check(object)
}

fn build(address: &str) -> std::result::Result<jsonschema::Validator, String> {
    let schema = schemas::at(address)?;
    let mut options = jsonschema::options().with_draft(Draft::Draft7).with_retriever(Nothing);
    for (address, schema) in schemas::referred_to()? {
        let resource = Resource::from_contents(schema).map_err(|e| e.to_string())?;
        options = options.with_resource(address, resource);
    }
    options.build(&schema).map_err(|e| e.to_string())
}

/// Fetches no schema from anywhere.
struct Nothing;

impl Retrieve for Nothing {
    fn retrieve(&self, uri: &Uri<String>) -> std::result::Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        Err(format!("the schema {uri} is not packed in").into())
    }
}
