//! The recipe of a store: one YAML file that says which files go in, how they are joined, and how the
//! store is laid out. `docs/recipe.md` explains it with examples, `docs/recipe.schema.json` is its schema.
//!
//! ```yaml
//! inputs: data/{variable}_{time:%Y%m}.nc
//! keys:
//!   variable: [tas, pr]
//!   time: 2000-01..2010-12
//! concat: time
//! merge: variable
//! store: climate.zarr
//! ```
//!
//! [`Recipe::parse`] checks everything that the text alone decides; [`Recipe::expand`] makes the list
//! of inputs, looking at folders only for wildcards and for names without values. What the recipe
//! leaves to other parsers (compression, sizes) is told with its place by [`Recipe::fault`].

mod date;
mod error;
mod expand;
mod fields;
mod keys;
mod layout;
mod pattern;
mod read;
mod search;
mod yaml;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub(crate) use error::RecipeError;
pub(crate) use expand::Expansion;

use error::{Mark, Result};
use keys::Value;
use pattern::Pattern;

/// A recipe, checked. What it leaves out is empty or `None`: a flag or the tool's default decides.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Recipe {
    /// The recipe file, as errors name it.
    pub(crate) name: String,
    /// What the store is called.
    pub(crate) title: Option<String>,
    /// What the store holds.
    pub(crate) description: Option<String>,
    /// The dimensions along which files follow each other, the slowest first.
    pub(crate) concat: Vec<String>,
    /// The names of the pattern whose values hold different variables of one dataset.
    pub(crate) merge: Vec<String>,
    /// Where the store goes: a path (relative ones already below the recipe's folder) or URL.
    pub(crate) store: Option<String>,
    /// 2 or 3.
    pub(crate) zarr_version: Option<u8>,
    /// Chunk extents by dimension, in the recipe's order.
    pub(crate) chunks: Vec<(String, usize)>,
    /// Shard extents by dimension, in the recipe's order.
    pub(crate) shards: Vec<(String, usize)>,
    /// The size wanted of a chunk, such as `64MB`.
    pub(crate) chunk_size: Option<String>,
    /// For which reading the chunks are shaped.
    pub(crate) optimise_for: Option<OptimiseFor>,
    /// The compressor, as `--compression` takes it.
    pub(crate) compression: Option<String>,
    /// Mantissa bits to keep by variable; `*` is every other one.
    pub(crate) bitround: BTreeMap<String, u32>,
    /// The variables to keep; none: all.
    pub(crate) variables: Vec<String>,
    /// What single variables have instead of the above.
    pub(crate) encodings: BTreeMap<String, Encoding>,
    /// Global attributes to set, or to remove, in the recipe's order.
    pub(crate) attributes: Vec<(String, Attribute)>,
    /// The dimension along which an existing store grows.
    pub(crate) append: Option<String>,
    /// The folder for the STAC collection (relative ones already below the recipe's folder).
    pub(crate) stac: Option<String>,
    /// What happens with an input that can't be read.
    pub(crate) on_error: Option<OnError>,
    inputs: Vec<Listed>,
    keys: BTreeMap<String, Vec<Value>>,
    folder: PathBuf,
    marks: BTreeMap<String, Mark>,
}

/// The reading for which chunks are shaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OptimiseFor {
    /// Long series at few places.
    Time,
    /// Whole fields at few times.
    Space,
    /// Both alike.
    Balanced,
}

/// What to do with an input that can't be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OnError {
    /// End with the error.
    Stop,
    /// Leave it out and say so.
    Skip,
}

/// How one variable is stored; what is empty or `None` is as for all.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Encoding {
    /// Chunk extents by dimension.
    pub(crate) chunks: Vec<(String, usize)>,
    /// Shard extents by dimension.
    pub(crate) shards: Vec<(String, usize)>,
    /// The compressor, as `--compression` takes it.
    pub(crate) compression: Option<String>,
    /// Mantissa bits to keep.
    pub(crate) bitround: Option<u32>,
    /// The type of the stored numbers.
    pub(crate) dtype: Option<FloatType>,
}

/// The types that values can be stored in without packing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FloatType {
    /// Single precision.
    Float32,
    /// Double precision.
    Float64,
}

/// The value of a global attribute.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Attribute {
    /// `null`: the attribute goes.
    Remove,
    /// A text.
    Text(String),
    /// One or more whole numbers.
    Integers(Vec<i64>),
    /// One or more numbers, not all whole.
    Numbers(Vec<f64>),
}

/// A file or store to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Input {
    /// A path (relative ones already below the recipe's folder) or URL.
    pub(crate) path: String,
    /// The value of each name of its pattern: dates in ISO 8601, all else as in the file's name.
    pub(crate) keys: BTreeMap<String, String>,
}

/// An entry of `inputs`.
#[derive(Debug, Clone, PartialEq)]
struct Listed {
    mark: Mark,
    kind: ListedKind,
}

#[derive(Debug, Clone, PartialEq)]
enum ListedKind {
    /// `@names.txt`.
    Names(String),
    /// All else: a plain path is a pattern without names.
    Pattern(Pattern),
}

impl Recipe {
    /// Read a recipe. `name` is the path of its file: errors start with it, and relative paths in the
    /// recipe start from its folder.
    ///
    /// # Errors
    /// With line and column: text that is no YAML, keys and values that a recipe doesn't have, names
    /// of the pattern without a role.
    pub(crate) fn parse(text: &str, name: &str) -> Result<Self> {
        fields::parse(text, name)
    }

    /// Read the recipe in a file.
    ///
    /// # Errors
    /// As [`Recipe::parse`], and when the file can't be read as UTF-8.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path)
            .map_err(|e| RecipeError::new(&name, None, format!("can't read the recipe: {e}")))?;
        Self::parse(&text, &name)
    }

    /// The inputs, in order: by the recipe's entries; in one, by the concat dimensions (the first
    /// slowest), then by the merge names. With `prune`, of each concat dimension the first so many
    /// values, of each plain list or wildcard the first so many files.
    ///
    /// # Errors
    /// As [`Recipe::expand`].
    #[cfg(test)]
    pub(crate) fn inputs(&self, prune: Option<usize>) -> Result<Vec<Input>> {
        self.expand(prune).map(|expansion| expansion.inputs)
    }

    /// The inputs as [`Recipe::inputs`] has them, with remarks on what was found by searching.
    ///
    /// # Errors
    /// When there are none, a pattern matches nothing, a file comes twice, a folder or a file of names
    /// can't be read, or there would be more than a million.
    pub(crate) fn expand(&self, prune: Option<usize>) -> Result<Expansion> {
        expand::expand(self, prune)
    }

    /// Whether the recipe names inputs.
    pub(crate) fn has_inputs(&self) -> bool {
        !self.inputs.is_empty()
    }

    /// The error `what` of the value at `key` (`chunks.time`), with its place in the recipe.
    pub(crate) fn fault(&self, key: &str, what: &str) -> RecipeError {
        RecipeError::new(&self.name, self.marks.get(key).copied(), format!("{key}: {what}"))
    }
}
