//! The schema and the page of the documentation say what the parser does.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::super::Recipe;
use super::super::date::Calendar;
use super::super::fields::{ON_ERROR, OPTIMISE_FOR, RECIPE};
use super::super::keys::RANGE;
use super::super::layout::ENCODING;

const SCHEMA: &str = include_str!("../../../../../docs/recipe.schema.json");
const PAGE: &str = include_str!("../../../../../docs/recipe.md");

fn schema() -> Json {
    serde_json::from_str(SCHEMA).unwrap()
}

fn keys_at(schema: &Json, pointer: &str) -> Vec<String> {
    let properties = schema.pointer(pointer).and_then(Json::as_object).unwrap();
    properties.keys().cloned().collect()
}

fn words_at<'a>(schema: &'a Json, pointer: &str) -> Vec<&'a str> {
    schema.pointer(pointer).and_then(Json::as_array).unwrap().iter().filter_map(Json::as_str).collect()
}

#[test]
fn the_schema_has_the_keys_of_the_parser() {
    let schema = schema();
    assert_eq!(schema["additionalProperties"], Json::Bool(false));
    assert_eq!(keys_at(&schema, "/properties"), RECIPE);
    assert_eq!(keys_at(&schema, "/$defs/encoding/properties"), ENCODING);
    assert_eq!(keys_at(&schema, "/$defs/range/properties"), RANGE);
    assert_eq!(words_at(&schema, "/properties/optimise_for/enum"), OPTIMISE_FOR);
    assert_eq!(words_at(&schema, "/properties/on_error/enum"), ON_ERROR);
    let calendars = Calendar::NAMES.map(|(name, _)| name);
    assert_eq!(words_at(&schema, "/$defs/range/properties/calendar/enum"), calendars);
}

/// Which kinds of JSON a part of the schema lets through, by its keywords `type`, `const`, `enum`,
/// `oneOf` and `$ref`; others narrow it further.
fn kinds(schema: &Json, part: &Json) -> BTreeSet<&'static str> {
    const KINDS: [&str; 5] = ["null", "boolean", "number", "string", "array"];
    let kind = |value: &Json| match value {
        Json::Null => "null",
        Json::Bool(_) => "boolean",
        Json::Number(_) => "number",
        Json::String(_) => "string",
        Json::Array(_) => "array",
        Json::Object(_) => "object",
    };
    if let Some(target) = part["$ref"].as_str() {
        return kinds(schema, schema.pointer(target.trim_start_matches('#')).unwrap());
    }
    if let Some(parts) = part["oneOf"].as_array() {
        return parts.iter().flat_map(|part| kinds(schema, part)).collect();
    }
    if let Some(words) = part["enum"].as_array() {
        return words.iter().map(kind).collect();
    }
    if let Some(only) = part.get("const") {
        return [kind(only)].into();
    }
    let known = |name: &str| match name {
        "integer" => "number",
        "object" => "object",
        name => KINDS.into_iter().find(|kind| *kind == name).unwrap(),
    };
    match &part["type"] {
        Json::Array(names) => names.iter().filter_map(Json::as_str).map(known).collect(),
        name => [known(name.as_str().unwrap())].into(),
    }
}

/// A value of each kind that the parser takes at a key must be of a kind that the schema lets through,
/// and the parser must take one value of each kind that the schema lets through.
#[test]
fn the_schema_has_the_kinds_of_the_parser() {
    let schema = schema();
    let probes: [(&str, &[&str]); 6] = [
        ("null", &["null"]),
        ("boolean", &["true"]),
        ("number", &["1", "3"]),
        ("string", &["word", "time", "stop", "4MB"]),
        ("array", &["[word]", "[1]"]),
        ("object", &["{a: 1}", "{a: {bitround: 1}}", "{a: word}"]),
    ];
    for key in RECIPE {
        let allowed = kinds(&schema, &schema["properties"][key]);
        for (kind, values) in probes {
            let taken = values.iter().any(|value| {
                // A merge name and the keys must be names of a pattern.
                let pattern = if key == "inputs" { "" } else { "inputs: x{word}{a}\n" };
                let roles = if key == "merge" { "concat: a\n" } else { "" };
                let concat = if key == "concat" { "merge: a\n" } else { "" };
                Recipe::parse(&format!("{pattern}{roles}{concat}{key}: {value}"), "r").is_ok()
            });
            assert_eq!(taken, allowed.contains(kind), "{key}: {kind}");
        }
    }
}

#[test]
fn the_page_names_every_key_and_its_examples_are_recipes() {
    for key in RECIPE.iter().chain(&ENCODING).chain(&RANGE).chain(&OPTIMISE_FOR).chain(&ON_ERROR) {
        assert!(PAGE.contains(&format!("`{key}`")) || PAGE.contains(&format!("{key}:")), "{key}");
    }
    let examples: Vec<&str> = PAGE.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert_eq!(examples.len(), 4);
    for example in examples {
        let recipe = Recipe::parse(example, "recipe.yaml").unwrap_or_else(|e| panic!("{e}\n{example}"));
        assert!(recipe.has_inputs());
    }
}

#[test]
fn the_complete_example_has_the_files_that_the_page_counts() {
    let example = PAGE.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let recipe = Recipe::parse(example, "recipe.yaml").unwrap();
    let inputs = recipe.inputs(None).unwrap();
    assert_eq!(inputs.len(), 2 * 2 * 132);
    let first: Vec<&str> = inputs.iter().take(3).map(|input| input.path.as_str()).collect();
    assert_eq!(first, ["data/tas/tas_r1_200001.nc", "data/pr/pr_r1_200001.nc", "data/tas/tas_r1_200002.nc"]);
    assert_eq!(recipe.inputs(Some(2)).unwrap().len(), 8);
}
