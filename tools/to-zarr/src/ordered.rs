//! A recipe and a command line as one request: a flag takes precedence.

use std::str::FromStr;

use pangeo::io::layout::{Access, Layout};
use pangeo::model::{AttributeValue, Buffer, Compression};
use pangeo::{Error, Result};

use crate::arguments::Args;
use crate::recipe::{Attribute, FloatType, Input, OptimiseFor, Recipe, RecipeError};
use crate::source::SourceArgs;
use crate::store::StoreArgs;

impl From<RecipeError> for Error {
    fn from(error: RecipeError) -> Self {
        let hint = error.hint().map(str::to_owned);
        let told = Self::usage(error.to_string());
        match hint {
            Some(hint) => told.with_hint(hint),
            None => told,
        }
    }
}

impl Args {
    /// With what its recipe, if it names one, says beside the flags.
    ///
    /// # Errors
    /// [`Error::Usage`] with the line of the recipe.
    pub(crate) fn with_recipe(mut self) -> Result<Self> {
        let Some(recipe) = self.source.read_recipe()? else { return Ok(self) };
        self.source.take(&recipe)?;
        self.store.take(&recipe)?;
        self.output = self.output.or_else(|| recipe.store.clone().map(Into::into));
        self.append = self.append.or_else(|| recipe.append.clone());
        self.catalog.folder = self.catalog.folder.or_else(|| recipe.stac.clone().map(Into::into));
        Ok(self)
    }
}

impl SourceArgs {
    /// The recipe that was named.
    ///
    /// # Errors
    /// As [`Recipe::open`].
    pub(crate) fn read_recipe(&self) -> Result<Option<Recipe>> {
        self.recipe.as_deref().map(Recipe::open).transpose().map_err(Error::from)
    }

    /// Take what the flags leave open.
    ///
    /// # Errors
    /// When the recipe's inputs can't be found.
    pub(crate) fn take(&mut self, recipe: &Recipe) -> Result<()> {
        if !self.inputs.is_empty() && self.prune.is_some() {
            return Err(Error::usage("--prune tries the patterns of a recipe, but inputs are given")
                .with_hint("leave out the inputs or --prune"));
        }
        if self.inputs.is_empty() {
            if !recipe.has_inputs() {
                return Err(Error::usage("neither the recipe nor the command line names inputs"));
            }
            let expansion = recipe.expand(self.prune)?;
            self.notes = expansion.notes;
            self.labels = expansion.inputs.iter().map(|input| labels(input, recipe)).collect();
            self.inputs = expansion.inputs.into_iter().map(|input| input.path).collect();
        }
        if self.concat.is_none()
            && let [one] = recipe.concat.as_slice()
            && !self.labels.iter().flatten().any(|(name, _)| name == one)
        {
            self.concat = Some(one.clone());
        }
        self.choose(&recipe.variables);
        let titles = [("title", &recipe.title), ("summary", &recipe.description)];
        let told = titles.into_iter().filter_map(|(name, text)| Some((name.to_owned(), Some(text.as_deref()?.into()))));
        let own = recipe.attributes.iter().map(|(name, value)| (name.clone(), attribute(value)));
        self.attributes = told.chain(own).collect();
        let types =
            recipe.encodings.iter().filter_map(|(name, e)| Some((name.clone(), e.dtype? == FloatType::Float32)));
        self.singles = types.collect();
        Ok(())
    }
}

/// The dimensions that a file's name tells, the slowest last, so that it ends in front.
fn labels(input: &Input, recipe: &Recipe) -> Vec<(String, String)> {
    let named = recipe.concat.iter().rev();
    named.filter_map(|name| Some((name.clone(), input.keys.get(name)?.clone()))).collect()
}

/// `None` removes the attribute.
fn attribute(value: &Attribute) -> Option<AttributeValue> {
    match value {
        Attribute::Remove => None,
        Attribute::Text(text) => Some(text.as_str().into()),
        Attribute::Integers(numbers) => Some(AttributeValue::Numbers(Buffer::I64(numbers.clone()))),
        Attribute::Numbers(numbers) => Some(AttributeValue::Numbers(Buffer::F64(numbers.clone()))),
    }
}

impl StoreArgs {
    /// Take what the flags leave open.
    ///
    /// # Errors
    /// [`Error::Usage`] with the line of a value that the flag would refuse.
    pub(crate) fn take(&mut self, recipe: &Recipe) -> Result<()> {
        self.zarr_version = self.zarr_version.or(recipe.zarr_version);
        if self.chunk.is_empty() {
            self.chunk.clone_from(&recipe.chunks);
        }
        if self.shard.is_empty() {
            self.shard.clone_from(&recipe.shards);
        }
        if self.chunk_size.is_none() {
            self.chunk_size = parsed(recipe, "chunk_size", recipe.chunk_size.as_deref())?;
        }
        let access = |a: &OptimiseFor| match a {
            OptimiseFor::Time => Access::Time,
            OptimiseFor::Space => Access::Space,
            OptimiseFor::Balanced => Access::Balanced,
        };
        self.optimise_for = self.optimise_for.or(recipe.optimise_for.as_ref().map(access));
        if self.compression.is_none() {
            self.compression = parsed(recipe, "compression", recipe.compression.as_deref())?;
        }
        if self.bitround.is_empty() {
            let word =
                |(name, bits): (&String, &u32)| if name == "*" { bits.to_string() } else { format!("{name}={bits}") };
            let own = recipe.encodings.iter().filter_map(|(name, e)| Some((name, e.bitround?)));
            let own: Vec<String> = own.map(|(name, bits)| format!("{name}={bits}")).collect();
            self.bitround = own.into_iter().chain(recipe.bitround.iter().map(word)).collect();
        }
        let base = self.layout();
        for (name, encoding) in &recipe.encodings {
            let key = format!("encodings.{name}.compression");
            let compression: Option<Compression> = parsed(recipe, &key, encoding.compression.as_deref())?;
            let or = |own: &Vec<(String, usize)>, all: &Vec<(String, usize)>| {
                if own.is_empty() { all.clone() } else { own.clone() }
            };
            let layout = Layout {
                compression: compression.or_else(|| base.compression.clone()),
                chunks: or(&encoding.chunks, &base.chunks),
                shards: or(&encoding.shards, &base.shards),
                ..base.clone()
            };
            self.only.push((name.clone(), layout));
        }
        Ok(())
    }
}

/// A text of the recipe as the flag of its name takes it.
fn parsed<T: FromStr<Err = Error>>(recipe: &Recipe, key: &str, text: Option<&str>) -> Result<Option<T>> {
    text.map(str::parse).transpose().map_err(|e: Error| Error::from(recipe.fault(key, &e.to_string())))
}
