//! What was read, decided and written, for those who keep the books.

use std::path::{Path, PathBuf};

use pangeo::cli::{self, Session};
use pangeo::io::open;
use pangeo::io::staging::{Kind, Staged};
use pangeo::io::zarr::Receipt;
use pangeo::model::Dataset;
use pangeo::ops::audit::Audit;
use pangeo::{Error, Result};
use serde_json::{Map, Value, json};

use crate::audit::{self, Skipped};

/// Where a report may be written.
///
/// # Errors
/// [`Error::Usage`] for an extension that tells no format: before there is anything to report.
pub(crate) fn path(text: &str) -> Result<PathBuf> {
    let path = PathBuf::from(text);
    match path.extension().and_then(|e| e.to_str()) {
        Some("json" | "html") => Ok(path),
        _ => Err(Error::usage(format!("a report is .json or .html, not {text}")).with_hint("name it report.html")),
    }
}

/// An account of one run.
#[derive(Debug)]
pub(crate) struct Account {
    document: Map<String, Value>,
}

impl Account {
    /// Of the store at `store`, made of `inputs`, with the objects that were written.
    ///
    /// # Errors
    /// When the store can't be opened.
    pub(crate) fn new(
        action: &str,
        store: &Path,
        inputs: &[String],
        dataset: &Dataset,
        receipts: &[Receipt],
        session: &Session,
    ) -> Result<Self> {
        let back = open::open(&store.to_string_lossy())?;
        let variables: Vec<Value> = back.variables.iter().map(|v| variable(v, dataset, receipts)).collect();
        let stored: u64 = receipts.iter().map(|r| r.bytes).sum();
        let read: u64 = inputs.iter().map(|path| cli::size_of(Path::new(path))).sum();
        let plain: u64 = dataset.variables.iter().map(|v| v.array.bytes() as u64).sum();
        let document = json!({
            "tool": concat!("to-zarr ", env!("CARGO_PKG_VERSION")),
            "action": action,
            "store": store.to_string_lossy(),
            "inputs": inputs.iter().map(|path| json!({"path": path, "bytes": cli::size_of(Path::new(path))})).collect::<Vec<_>>(),
            "dimensions": back.dimensions.iter().map(|d| (d.name.clone(), json!(d.length))).collect::<Map<_, _>>(),
            "bytes": {"read": read, "values": plain, "written": stored},
            "ratio": if stored > 0 { json!((plain as f64 / stored as f64 * 100.0).round() / 100.0) } else { Value::Null },
            "seconds": (session.seconds() * 1000.0).round() / 1000.0,
            "threads": session.engine.threads(),
            "memory": session.engine.memory(),
            "decisions": session.remarks(),
            "variables": variables,
            "objects": receipts.iter().map(object).collect::<Vec<_>>(),
        });
        let Value::Object(document) = document else { return Err(Error::data("internal: no report", "report")) };
        Ok(Self { document })
    }

    /// With the variables whose values were rounded.
    pub(crate) fn rounded(mut self, rounded: Vec<(String, u32)>) -> Self {
        let bits: Map<String, Value> = rounded.into_iter().map(|(name, bits)| (name, json!(bits))).collect();
        if !bits.is_empty() {
            self.document.insert("bits_kept".to_owned(), Value::Object(bits));
        }
        self
    }

    /// With the number of values that were compared, if they were.
    pub(crate) fn verified(mut self, values: Option<u64>) -> Self {
        if let Some(values) = values {
            self.document.insert("verified".to_owned(), json!({"values": values, "different": 0}));
        }
        self
    }

    /// With what the inputs are, and what was left out of them.
    pub(crate) fn audited(mut self, audit: Option<&Audit>, skipped: &[Skipped]) -> Self {
        if let Some(audit) = audit {
            self.document.insert("audit".to_owned(), json!(audit));
        }
        self.document.insert("skipped".to_owned(), json!(skipped));
        self
    }

    /// Write it, as its extension says.
    ///
    /// # Errors
    /// [`Error::Usage`] for another extension, [`Error::Io`].
    pub(crate) fn write(self, path: &PathBuf) -> Result<()> {
        let value = Value::Object(self.document);
        let text = match path.extension().and_then(|e| e.to_str()) {
            Some("json") => serde_json::to_string_pretty(&value).unwrap_or_default() + "\n",
            Some("html") => page(&value),
            _ => {
                return Err(Error::usage(format!("a report is .json or .html, not {}", path.display())));
            }
        };
        let staged = Staged::new(path, Kind::File, true)?;
        std::fs::write(staged.path(), text).map_err(|e| Error::io("write", path, e))?;
        staged.commit()
    }
}

fn object(receipt: &Receipt) -> Value {
    json!({"key": receipt.key, "bytes": receipt.bytes, "crc32c": format!("{:08x}", receipt.crc32c)})
}

fn variable(v: &pangeo::model::Variable, dataset: &Dataset, receipts: &[Receipt]) -> Value {
    let own = |key: &str| key.strip_prefix(&v.name).is_some_and(|rest| rest.starts_with('/'));
    let objects: Vec<&Receipt> = receipts.iter().filter(|r| own(&r.key)).collect();
    let written: u64 = objects.iter().map(|r| r.bytes).sum();
    json!({
        "name": v.name,
        "dimensions": v.dimensions,
        "shape": v.shape(),
        "type": v.data_type().to_string(),
        "chunk": v.encoding.chunk_shape,
        "shard": v.encoding.shard_shape,
        "compression": v.encoding.compression.as_ref().map(|c| format!("{c:?}")),
        "bytes": {"values": v.array.bytes(), "written": written},
        "objects": objects.len(),
        "input_type": dataset.variable(&v.name).map(|v| v.data_type().to_string()),
    })
}

/// The account as a page.
fn page(value: &Value) -> String {
    let text = |v: &Value| match v {
        Value::String(s) => escaped(s),
        other => escaped(&other.to_string()),
    };
    let row = |cells: &[String]| {
        format!("<tr>{}</tr>\n", cells.iter().fold(String::new(), |all, c| all + "<td>" + c + "</td>"))
    };
    let plain = ["tool", "action", "store", "seconds", "ratio", "verified", "bits_kept"];
    let head: String = plain
        .iter()
        .filter_map(|key| Some(row(&[(*key).to_owned(), text(value.get(*key).filter(|v| !v.is_null())?)])))
        .collect();
    let list = |key: &str| value.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
    let size = |v: Option<&Value>| v.and_then(Value::as_u64).map(cli::human_size).unwrap_or_default();
    let variables: String = list("variables")
        .iter()
        .map(|v| {
            let bytes = v.get("bytes");
            row(&[
                text(&v["name"]),
                text(&v["type"]),
                text(&v["shape"]),
                text(&v["chunk"]),
                v.get("shard").filter(|s| !s.is_null()).map(text).unwrap_or_default(),
                size(bytes.and_then(|b| b.get("values"))),
                size(bytes.and_then(|b| b.get("written"))),
                text(&v["objects"]),
            ])
        })
        .collect();
    let inputs: String = list("inputs").iter().map(|i| row(&[text(&i["path"]), size(i.get("bytes"))])).collect();
    let name = text(&value["store"]);
    let audit = audit::page(value, &row, &text);
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{name}</title>\n<style>\nbody {{ font: 15px \
         system-ui, sans-serif; margin: 2rem auto; padding: 0 1rem; max-width: 70rem; \
         color: #222 }}\ntable {{ border-collapse: collapse; \
         margin: 0 0 2rem }}\ntd, th {{ border-bottom: 1px solid #ddd; padding: .3rem .8rem; text-align: left }}\nth {{ \
         background: #f4f6f8 }}\n</style></head>\n<body>\n<h1>{name}</h1>\n<table>\n{head}</table>\n<h2>Variables</h2>\n<table>\n\
         <tr><th>name</th><th>type</th><th>shape</th><th>chunk</th><th>shard</th><th>values</th><th>stored</th><th>objects\
         </th></tr>\n{variables}</table>\n<h2>Inputs</h2>\n<table>\n{inputs}</table>\n{audit}</body></html>\n"
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
