//! From the recipe's entries to the list of files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::error::{Mark, RecipeError, Result};
use super::fields::below;
use super::keys::Value;
use super::pattern::{Form, Pattern, is_remote, written};
use super::search::{Capture, search, value};
use super::{Input, ListedKind, Recipe};

/// The most inputs of one store.
const MAX_INPUTS: usize = 1_000_000;

/// The inputs and what there is to say about them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Expansion {
    /// The inputs, in order.
    pub(crate) inputs: Vec<Input>,
    /// What was found by searching, and which combinations have no file.
    pub(crate) notes: Vec<String>,
}

/// See [`Recipe::expand`].
pub(super) fn expand(recipe: &Recipe, prune: Option<usize>) -> Result<Expansion> {
    if prune == Some(0) {
        let what = "--prune: a whole number above 0, not '0'";
        return Err(RecipeError::new(&recipe.name, None, what));
    }
    if recipe.inputs.is_empty() {
        let error = RecipeError::new(&recipe.name, None, "no inputs");
        return Err(error.with_hint("name them under inputs, or on the command line"));
    }
    let mut work = Work { recipe, prune, plain: 0, seen: BTreeSet::new(), all: Expansion::default() };
    for listed in &recipe.inputs {
        match &listed.kind {
            ListedKind::Names(file) => work.names(file, listed.mark)?,
            ListedKind::Pattern(pattern) => work.pattern(pattern, listed.mark)?,
        }
    }
    Ok(work.all)
}

struct Work<'a> {
    recipe: &'a Recipe,
    prune: Option<usize>,
    /// How many plain paths the recipe itself has listed so far.
    plain: usize,
    seen: BTreeSet<String>,
    all: Expansion,
}

/// The values of each name, the slowest name first.
type Axes<'a> = Vec<(&'a str, Vec<Value>)>;

impl<'a> Work<'a> {
    fn error(&self, mark: Mark, what: impl Into<String>) -> RecipeError {
        RecipeError::new(&self.recipe.name, Some(mark), what)
    }

    fn limit(&self) -> usize {
        self.prune.unwrap_or(usize::MAX)
    }

    fn push(&mut self, mark: Mark, path: &str, keys: BTreeMap<String, String>) -> Result<()> {
        let remote = is_remote(path).map_err(|what| self.error(mark, what))?;
        let path = if remote { path.to_owned() } else { below(&self.recipe.folder, path) };
        if self.all.inputs.len() >= MAX_INPUTS {
            return Err(self.error(mark, format!("inputs: more than {MAX_INPUTS} files")));
        }
        if !self.seen.insert(path.clone()) {
            let hint = "each value needs a file of its own: is a part of the date missing in the pattern?";
            return Err(self.error(mark, format!("inputs: {path} comes twice")).with_hint(hint));
        }
        self.all.inputs.push(Input { path, keys });
        Ok(())
    }

    /// A file of names: a path or URL a line, taken literally; `#` starts a comment.
    fn names(&mut self, file: &str, mark: Mark) -> Result<()> {
        let path = below(&self.recipe.folder, file);
        let text = std::fs::read_to_string(&path)
            .map_err(|e| self.error(mark, format!("inputs: can't read the file of names {path}: {e}")))?;
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let before = self.all.inputs.len();
        for line in lines.take(self.limit()) {
            self.push(mark, line, BTreeMap::new())?;
        }
        if self.all.inputs.len() == before {
            return Err(self.error(mark, format!("inputs: {path} names no input")));
        }
        Ok(())
    }

    fn pattern(&mut self, pattern: &'a Pattern, mark: Mark) -> Result<()> {
        let literal =
            pattern.wild && pattern.names.is_empty() && Path::new(&below(&self.recipe.folder, &pattern.text)).exists();
        if pattern.names.is_empty() && (!pattern.wild || literal) {
            self.plain += 1;
            let filled = pattern.fill(&BTreeMap::new()).filter(|_| !literal);
            let path = filled.unwrap_or_else(|| pattern.text.clone());
            return if self.plain > self.limit() { Ok(()) } else { self.push(mark, &path, BTreeMap::new()) };
        }
        let missing: Vec<&str> =
            pattern.names.iter().filter(|name| !self.recipe.keys.contains_key(*name)).map(String::as_str).collect();
        if let (true, Some(name)) = (pattern.remote, missing.first()) {
            let what = format!("keys: the values of '{name}' are missing, and {} can't be searched", pattern.text);
            return Err(self.error(mark, what).with_hint(format!("keys: {{{name}: [...]}}")));
        }
        if pattern.wild || !missing.is_empty() {
            return self.search(pattern, &missing, mark);
        }
        let names = self.order(pattern);
        let axes: Axes<'_> = names.iter().map(|name| (*name, self.pruned(name, self.given(pattern, name)))).collect();
        let count = axes.iter().try_fold(1usize, |count, (_, values)| count.checked_mul(values.len()));
        if count.is_none_or(|count| count > MAX_INPUTS) {
            return Err(self.error(mark, format!("inputs: {} stands for more than {MAX_INPUTS} files", pattern.text)));
        }
        for combination in combinations(&axes) {
            let values: BTreeMap<&str, &Value> = combination.iter().copied().collect();
            let path = pattern.fill(&values).ok_or_else(|| self.error(mark, "inputs: a value is missing"))?;
            self.push(mark, &path, told(&combination))?;
        }
        Ok(())
    }

    /// The names of a pattern, the slowest first: concat, then those without a role, then merge.
    fn order(&self, pattern: &'a Pattern) -> Vec<&'a str> {
        let rank = |name: &str| {
            let place = |list: &[String]| list.iter().position(|listed| listed == name);
            match (place(&self.recipe.concat), place(&self.recipe.merge)) {
                (Some(place), _) => (0, place),
                (None, None) => (1, 0),
                (None, Some(place)) => (2, place),
            }
        };
        let mut names: Vec<&str> = pattern.names.iter().map(String::as_str).collect();
        names.sort_by_key(|name| rank(name)); // stable: in the order of the pattern
        names
    }

    /// The recipe's values of a name, as the pattern uses them.
    fn given(&self, pattern: &Pattern, name: &str) -> Vec<Value> {
        let values = self.recipe.keys.get(name).map_or(&[][..], Vec::as_slice);
        values.iter().filter_map(|value| value.to_kind(pattern.kind(name))).collect()
    }

    fn pruned(&self, name: &str, mut values: Vec<Value>) -> Vec<Value> {
        if !self.recipe.merge.iter().any(|merged| merged == name) {
            values.truncate(self.limit());
        }
        values
    }

    /// The local files that match, with the values that their names have.
    fn search(&mut self, pattern: &'a Pattern, missing: &[&str], mark: Mark) -> Result<()> {
        self.datable(pattern, missing, mark)?;
        let found = search(pattern, &self.recipe.folder).map_err(|what| self.error(mark, format!("inputs: {what}")))?;
        let names = self.order(pattern);
        let known = self.known(pattern, missing);
        let mut files: Vec<(Vec<Value>, String)> = Vec::new();
        for found in found {
            let value_of = |name: &&str| {
                let captures: Vec<&Capture> = found.captures.iter().filter(|c| c.name == **name).collect();
                match known.get(*name) {
                    Some(texts) => texts.get(&captures.iter().map(|c| c.text.clone()).collect::<Vec<_>>()).cloned(),
                    None => value(&captures),
                }
            };
            if let Some(values) = names.iter().map(value_of).collect::<Option<Vec<_>>>() {
                files.push((values, found.path));
            }
        }
        if files.is_empty() {
            let from = if self.recipe.folder.as_os_str().is_empty() { Path::new(".") } else { &self.recipe.folder };
            let wanted = if known.is_empty() { "" } else { " and the values under keys" };
            let what = format!("inputs: no file matches '{}'{wanted}", pattern.text);
            let hint = format!("relative paths start from the recipe's folder, {}", from.display());
            return Err(self.error(mark, what).with_hint(hint));
        }
        let axes = self.axes(pattern, &names, &files);
        self.remark(pattern, missing, &axes, &files);
        self.take(mark, &axes, files)
    }

    /// A date that is to be found needs its year in the pattern.
    fn datable(&self, pattern: &Pattern, missing: &[&str], mark: Mark) -> Result<()> {
        use super::pattern::Code::{ShortYear, Year};
        for name in missing {
            let forms = pattern.forms(name);
            let has_date = forms.iter().any(|form| matches!(form, Form::Date(_)));
            if has_date && !forms.iter().any(|form| matches!(form, Form::Date(Year | ShortYear))) {
                let what = format!("keys: the values of '{name}' can't be found, its pattern has no %Y");
                return Err(self.error(mark, what).with_hint(format!("give them, or write {{{name}:02d}}")));
            }
        }
        Ok(())
    }

    /// For each name with values: how they are written at its places, and which value that is.
    fn known(&self, pattern: &'a Pattern, missing: &[&str]) -> BTreeMap<&'a str, BTreeMap<Vec<String>, Value>> {
        let names = pattern.names.iter().map(String::as_str).filter(|name| !missing.contains(name));
        let texts = |name: &'a str| {
            let forms = pattern.forms(name);
            let text = |value: &Value| forms.iter().map(|form| written(value, *form)).collect::<Option<Vec<_>>>();
            let values = self.given(pattern, name).into_iter();
            (name, values.filter_map(|value| text(&value).map(|text| (text, value))).collect())
        };
        names.map(texts).collect()
    }

    /// The values that occur, in the recipe's order where it gives them, else sorted; pruned.
    fn axes(&self, pattern: &Pattern, names: &[&'a str], files: &[(Vec<Value>, String)]) -> Axes<'a> {
        let axis = |(place, name): (usize, &&'a str)| {
            let mut occur: BTreeSet<&Value> = files.iter().filter_map(|(values, _)| values.get(place)).collect();
            let mut values: Vec<Value> =
                self.given(pattern, name).into_iter().filter(|value| occur.remove(value)).collect();
            values.extend(occur.into_iter().cloned());
            (*name, self.pruned(name, values))
        };
        names.iter().enumerate().map(axis).collect()
    }

    fn remark(&mut self, pattern: &Pattern, missing: &[&str], axes: &Axes<'_>, files: &[(Vec<Value>, String)]) {
        for (name, values) in axes.iter().filter(|(name, _)| missing.contains(name)) {
            let range = match values.as_slice() {
                [first, .., last] => format!("{} values, {first} to {last}", values.len()),
                [only] => format!("one value, {only}"),
                [] => continue,
            };
            self.all.notes.push(format!("'{name}' of {} is taken from the names of the files: {range}", pattern.text));
        }
        let have: BTreeSet<Vec<&Value>> = files.iter().map(|(values, _)| values.iter().collect()).collect();
        let lacks = |combination: &Vec<(&str, &Value)>| {
            !have.contains(&combination.iter().map(|(_, v)| *v).collect::<Vec<_>>())
        };
        // At most one look more than there are files: the first that lacks its file ends it.
        if let Some(first) = combinations(axes).find(lacks) {
            let shown: Vec<String> = first.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let what = format!("{} has no file for every combination of its values: none for", pattern.text);
            self.all.notes.push(format!("{what} {}", shown.join(", ")));
        }
    }

    /// Files in the order of the axes, then of their paths; of one combination as many as pruning leaves.
    fn take(&mut self, mark: Mark, axes: &Axes<'_>, files: Vec<(Vec<Value>, String)>) -> Result<()> {
        let places: Vec<BTreeMap<&Value, usize>> =
            axes.iter().map(|(_, values)| values.iter().enumerate().map(|(i, value)| (value, i)).collect()).collect();
        let mut sorted: BTreeMap<Vec<usize>, Vec<(Vec<Value>, String)>> = BTreeMap::new();
        for (values, path) in files {
            let place = values.iter().zip(&places).map(|(value, places)| places.get(value).copied());
            if let Some(place) = place.collect::<Option<Vec<_>>>() {
                sorted.entry(place).or_default().push((values, path));
            }
        }
        let limit = self.limit();
        for (values, path) in sorted.into_values().flat_map(|files| files.into_iter().take(limit)) {
            let keys: Vec<(&str, &Value)> = axes.iter().map(|(name, _)| *name).zip(&values).collect();
            self.push(mark, &path, told(&keys))?;
        }
        Ok(())
    }
}

fn told(combination: &[(&str, &Value)]) -> BTreeMap<String, String> {
    combination.iter().map(|(name, value)| ((*name).to_owned(), value.to_string())).collect()
}

/// The outer product, the first axis slowest.
fn combinations<'v>(axes: &'v Axes<'_>) -> impl Iterator<Item = Vec<(&'v str, &'v Value)>> {
    let count = axes.iter().fold(1usize, |count, (_, values)| count.saturating_mul(values.len()));
    (0..count).map(move |index| {
        let mut index = index;
        let mut picked: Vec<(&str, &Value)> = Vec::with_capacity(axes.len());
        for (name, values) in axes.iter().rev() {
            let length = values.len().max(1);
            picked.extend(values.get(index % length).map(|value| (*name, value)));
            index /= length;
        }
        picked.reverse();
        picked
    })
}
