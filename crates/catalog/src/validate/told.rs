//! What a validator found, said so that a person finds the place.

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind as Kind;
use serde_json::Value;

/// Longer values are cut.
const SHOWN: usize = 60;

/// Where and what: of rules of which one must hold, those breaches of the one that comes nearest.
pub(super) fn all(error: &ValidationError) -> Vec<(String, String)> {
    match &error.kind {
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => match nearest(context) {
            Some(branch) => branch.iter().flat_map(all).collect(),
            None => vec![said(error)],
        },
        _ => vec![said(error)],
    }
}

/// The branch for the type of the object at hand, else the one whose breaches lie deepest, then the one with the
/// fewest.
fn nearest<'a>(branches: &'a [Vec<ValidationError<'static>>]) -> Option<&'a Vec<ValidationError<'static>>> {
    let depth = |error: &ValidationError| leaves(error).iter().map(|path| path.matches('/').count()).max().unwrap_or(0);
    let rank = |branch: &&Vec<ValidationError<'static>>| {
        let other = branch.iter().any(|error| {
            let about = error.instance_path.as_str().ends_with("/type");
            about && matches!(error.kind, Kind::Constant { .. } | Kind::Enum { .. })
        });
        let shape = branch.iter().any(|error| matches!(error.kind, Kind::Type { .. }) && depth(error) < 1);
        let deepest = branch.iter().map(depth).max().unwrap_or(0);
        (other, shape, usize::MAX - deepest, branch.len())
    };
    branches.iter().filter(|branch| !branch.is_empty()).min_by_key(rank)
}

fn leaves(error: &ValidationError) -> Vec<String> {
    match &error.kind {
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } if !context.is_empty() => {
            context.iter().flatten().flat_map(leaves).collect()
        }
        _ => vec![error.instance_path.as_str().to_owned()],
    }
}

fn said(error: &ValidationError) -> (String, String) {
    let value = short(&error.instance);
    let what = match &error.kind {
        Kind::FalseSchema => "may not be there".to_owned(),
        Kind::Not { .. } => format!("{value} is not allowed"),
        Kind::AnyOf { .. } | Kind::OneOfNotValid { .. } => format!("{value} follows none of the rules for it"),
        Kind::OneOfMultipleValid { .. } => format!("{value} follows several rules of which one must hold"),
        Kind::Contains => format!("{value} lacks what it must contain"),
        Kind::Format { format } => format!("{value} is no {format}"),
        _ => error.masked_with(value.as_str()).to_string(),
    };
    (error.instance_path.as_str().to_owned(), what)
}

/// A value in a few words.
fn short(value: &Value) -> String {
    let text = match value {
        Value::Object(members) => return format!("an object of {} members", members.len()),
        other => other.to_string(),
    };
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}
