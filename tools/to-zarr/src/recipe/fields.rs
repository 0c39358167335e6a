//! The recipe's keys: reading each, then checking that the names of the pattern have roles and values.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::error::{RecipeError, Result, nearest};
use super::keys::values;
use super::layout::{attributes, bitround, encodings, extents};
use super::pattern::{Pattern, is_remote};
use super::read::{Place, Source};
use super::{Listed, ListedKind, OnError, OptimiseFor, Recipe, yaml};

/// All keys of a recipe.
pub(super) const RECIPE: [&str; 21] = [
    "version",
    "title",
    "description",
    "inputs",
    "keys",
    "concat",
    "merge",
    "store",
    "zarr_version",
    "chunks",
    "shards",
    "chunk_size",
    "optimise_for",
    "compression",
    "bitround",
    "variables",
    "encodings",
    "attributes",
    "append",
    "stac",
    "on_error",
];

/// The words of `optimise_for`.
pub(super) const OPTIMISE_FOR: [&str; 3] = ["time", "space", "balanced"];
/// The words of `on_error`.
pub(super) const ON_ERROR: [&str; 2] = ["stop", "skip"];

const INPUTS: &str = "a pattern, path or URL, or a list of them";
const NAMES: &str = "a name, or a list of names";

/// Read and check a recipe, see [`Recipe::parse`].
pub(super) fn parse(text: &str, name: &str) -> Result<Recipe> {
    let root = yaml::parse(text, name)?;
    let source = Source { name, marks: RefCell::default() };
    let place = Place { source: &source, path: String::new(), node: &root };
    let fields = place.fields(&RECIPE, "a recipe is a mapping such as 'inputs: data/*.nc'")?;
    let folder = Path::new(name).parent().map(PathBuf::from).unwrap_or_default();
    let mut recipe = Recipe { name: name.to_owned(), folder, ..Recipe::default() };
    for (key, at) in &fields {
        field(&mut recipe, key, at)?;
    }
    roles(&recipe, &fields)?;
    used_keys(&recipe, &fields)?;
    recipe.marks = source.marks.take();
    Ok(recipe)
}

fn field(recipe: &mut Recipe, key: &str, at: &Place<'_>) -> Result<()> {
    match key {
        "version" => {
            at.whole(1..=1, "1, the only version of recipes")?;
        }
        "title" => recipe.title = Some(at.text("a text")?),
        "description" => recipe.description = Some(at.text("a text")?),
        "inputs" => recipe.inputs = at.one_or_more(INPUTS)?.iter().map(listed).collect::<Result<_>>()?,
        "keys" => {
            let pairs = at.map("a mapping of the pattern's names to values, such as {time: 2000-01..2010-12}")?;
            recipe.keys = pairs.into_iter().map(|(name, at)| Ok((name, values(&at)?))).collect::<Result<_>>()?;
        }
        "concat" => recipe.concat = names(at)?,
        "merge" => recipe.merge = names(at)?,
        "variables" => recipe.variables = names(at)?,
        "store" => recipe.store = Some(location(recipe, at, "a path or s3:// URL")?),
        "stac" => recipe.stac = Some(location(recipe, at, "a folder")?),
        "append" => recipe.append = Some(at.text("the name of a dimension")?),
        "zarr_version" => recipe.zarr_version = Some(at.whole(2..=3, "2 or 3")? as u8),
        "chunks" => recipe.chunks = extents(at)?,
        "shards" => recipe.shards = extents(at)?,
        "chunk_size" => recipe.chunk_size = Some(size(at)?),
        "compression" => recipe.compression = Some(at.text("a compressor such as zstd:3")?),
        "bitround" => recipe.bitround = bitround(at)?,
        "encodings" => recipe.encodings = encodings(at)?,
        "attributes" => recipe.attributes = attributes(at)?,
        "optimise_for" => {
            let all = [OptimiseFor::Time, OptimiseFor::Space, OptimiseFor::Balanced];
            recipe.optimise_for = all.get(at.word(&OPTIMISE_FOR)?).copied();
        }
        "on_error" => recipe.on_error = [OnError::Stop, OnError::Skip].get(at.word(&ON_ERROR)?).copied(),
        // `Place::fields` lets no other key pass.
        _ => return Err(at.error("unknown key")),
    }
    Ok(())
}

fn listed(at: &Place<'_>) -> Result<Listed> {
    let text = at.text(INPUTS)?;
    let kind = match text.strip_prefix('@') {
        Some("") => return Err(at.error("the name of a file is missing after '@'")),
        Some(file) => ListedKind::Names(file.to_owned()),
        None => ListedKind::Pattern(Pattern::parse(&text).map_err(|what| at.error(what))?),
    };
    Ok(Listed { mark: at.node.mark, kind })
}

fn names(at: &Place<'_>) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for item in at.one_or_more(NAMES)? {
        let name = item.text(NAMES)?;
        if names.contains(&name) {
            return Err(item.error(format!("'{name}' is given twice")));
        }
        names.push(name);
    }
    Ok(names)
}

/// A place to write to; relative to the recipe's folder, as the inputs are.
fn location(recipe: &Recipe, at: &Place<'_>, expected: &str) -> Result<String> {
    let text = at.text(expected)?;
    let remote = is_remote(&text).map_err(|what| at.error(what))?;
    Ok(if remote { text } else { below(&recipe.folder, &text) })
}

/// A local path of the recipe as the tool opens it.
pub(super) fn below(folder: &Path, path: &str) -> String {
    if folder.as_os_str().is_empty() { path.to_owned() } else { folder.join(path).to_string_lossy().into_owned() }
}

/// `64MB`, `1.5 GiB`, `800000`: the form; what it means is the tool's.
fn size(at: &Place<'_>) -> Result<String> {
    let text = at.scalar().map_or("", |(text, _)| text);
    let split = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(split).unwrap_or_default();
    let known = ["", "B", "K", "KB", "KIB", "M", "MB", "MIB", "G", "GB", "GIB", "T", "TB", "TIB"];
    let fits = number.starts_with(|c: char| c.is_ascii_digit())
        && number.parse::<f64>().is_ok_and(|n| n > 0.0 && n.is_finite())
        && known.contains(&unit.trim().to_ascii_uppercase().as_str());
    if fits { Ok(text.to_owned()) } else { Err(at.expected("a size such as 64MB")) }
}

/// Every name of a pattern is for concat or merge once one of them is given, and the reverse.
fn roles(recipe: &Recipe, fields: &BTreeMap<String, Place<'_>>) -> Result<()> {
    if let (Some(at), Some(both)) = (fields.get("merge"), recipe.merge.iter().find(|m| recipe.concat.contains(m))) {
        return Err(at.error(format!("'{both}' is under concat too")));
    }
    let Some(inputs) = fields.get("inputs") else { return Ok(()) };
    let known = pattern_names(recipe);
    if let (Some(at), Some(name)) = (fields.get("merge"), recipe.merge.iter().find(|m| !known.contains(m.as_str()))) {
        return Err(no_such_name(at, name, &known));
    }
    let searched = |listed: &Listed| match &listed.kind {
        ListedKind::Names(_) => true,
        ListedKind::Pattern(pattern) => pattern.wild || pattern.names.is_empty(),
    };
    let complete = !recipe.inputs.iter().any(searched);
    let lost = recipe.concat.iter().find(|c| !known.contains(c.as_str()));
    if let (Some(at), Some(name), true) = (fields.get("concat"), lost, complete) {
        return Err(no_such_name(at, name, &known));
    }
    if recipe.concat.is_empty() && recipe.merge.is_empty() {
        return Ok(());
    }
    match known.iter().find(|name| !recipe.concat.iter().chain(&recipe.merge).any(|role| role == *name)) {
        Some(name) => Err(inputs
            .error(format!("'{{{name}}}' of the pattern is neither under concat nor under merge"))
            .with_hint("concat: files that follow each other along a dimension; merge: files of other variables")),
        None => Ok(()),
    }
}

fn pattern_names(recipe: &Recipe) -> BTreeSet<&str> {
    let patterns = recipe.inputs.iter().filter_map(|listed| match &listed.kind {
        ListedKind::Pattern(pattern) => Some(pattern),
        ListedKind::Names(_) => None,
    });
    patterns.flat_map(|pattern| pattern.names.iter().map(String::as_str)).collect()
}

fn no_such_name(at: &Place<'_>, name: &str, known: &BTreeSet<&str>) -> RecipeError {
    let known: Vec<&str> = known.iter().copied().collect();
    let near = nearest(name, &known).map(|near| format!(", did you mean '{near}'?")).unwrap_or_default();
    let has = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    let what = format!("'{name}' is no name in braces of inputs{near} (names there: {has})");
    at.error(what).with_hint(format!("write {{{name}}} in the pattern where its value stands"))
}

/// Values are for names of a pattern, and of the kind that it asks for.
fn used_keys(recipe: &Recipe, fields: &BTreeMap<String, Place<'_>>) -> Result<()> {
    let Some(at) = fields.get("keys") else { return Ok(()) };
    // Inputs that the command line gives have no pattern: the keys then wait for theirs.
    if recipe.inputs.is_empty() {
        return Ok(());
    }
    let known = pattern_names(recipe);
    for (name, place) in at.map("a mapping")? {
        if !known.contains(name.as_str()) {
            return Err(no_such_name(&place, &name, &known));
        }
        let values = recipe.keys.get(&name).map_or(&[][..], Vec::as_slice);
        for listed in &recipe.inputs {
            let ListedKind::Pattern(pattern) = &listed.kind else { continue };
            if let Some(what) = values.iter().find_map(|value| pattern.objection(&name, value)) {
                return Err(place.error(what));
            }
        }
    }
    Ok(())
}
