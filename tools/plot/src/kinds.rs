//! Which kind of figure shows a variable, and what is averaged for it.

use pangeo::cli::Session;
use pangeo::{Error, Result};

use crate::arguments::Kind;
use crate::request::Plot;
use crate::slice::{Along, Field, Role, Source};

/// What is to be drawn: its kind, the sources averaged over what that kind does not show, and the names of what was
/// averaged over.
///
/// # Errors
/// Where the variables are not told, or averages fail.
pub(crate) fn prepared(request: &Plot, sources: Vec<Source>, session: &Session) -> Result<(Kind, Vec<Source>, String)> {
    let mut kind = request.kind;
    let mut averaged: Vec<String> = Vec::new();
    let mut prepared = Vec::new();
    for source in sources {
        let asked = averaged_over(source, &request.over, session)?;
        let (own, over) = {
            let names = asked.variables(request)?;
            let field = asked.field(names.first().ok_or_else(nothing)?)?;
            let own = kind.map_or_else(|| usual(&field), Ok)?;
            (own, averaged_for(own, &field, request))
        };
        kind = Some(own);
        prepared.push(averaged_over(asked, &over, session)?);
        // Files of other grids have other axes to go.
        averaged.extend(over.into_iter().filter(|axis| !averaged.contains(axis)).collect::<Vec<_>>());
    }
    let said = averaged.join(" and ");
    if !averaged.is_empty() {
        session.say(&format!("note: averaged over {said}; --over AXES or --sel choose otherwise"));
    }
    let asked = request.over.join(" and ");
    let all = [asked, said].into_iter().filter(|names| !names.is_empty()).collect::<Vec<_>>().join(" and ");
    Ok((kind.ok_or_else(nothing)?, prepared, all))
}

fn nothing() -> Error {
    Error::data("nothing to draw", "the inputs")
}

fn averaged_over(source: Source, over: &[String], session: &Session) -> Result<Source> {
    if over.is_empty() { Ok(source) } else { source.averaged(over, &session.engine) }
}

/// The kind of figure that shows most of a variable.
fn usual(field: &Field<'_>) -> Result<Kind> {
    let has = |role| field.extends(role);
    let horizontal = has(Role::Row) || has(Role::Column);
    let stations = field.along(Role::Cells).is_some_and(|a| a.length <= 12) && has(Role::Time);
    Ok(match () {
        () if stations => Kind::Timeseries,
        () if field.grid.is_some() && ((has(Role::Row) && has(Role::Column)) || has(Role::Cells)) => Kind::Map,
        () if has(Role::Time) && horizontal => Kind::Hovmoller,
        () if has(Role::Vertical) && horizontal => Kind::Section,
        () if has(Role::Time) => Kind::Timeseries,
        () if has(Role::Vertical) => Kind::Profile,
        () if horizontal || has(Role::Other) => Kind::Timeseries,
        () => {
            return Err(field.error("a single value is no figure").with_hint("`inspect --stats` prints it"));
        }
    })
}

/// The axes that go before a kind of figure can be drawn.
fn averaged_for(kind: Kind, field: &Field<'_>, request: &Plot) -> Vec<String> {
    let kept =
        |a: &&Along| request.facet.as_deref() != Some(&a.dimension) && request.animate.as_deref() != Some(&a.dimension);
    let long = |role: Role| field.along(role).filter(|a| a.length > 1).filter(kept);
    let (row, column, cells) = (long(Role::Row), long(Role::Column), long(Role::Cells));
    let area = || match (row, column, cells) {
        (Some(_), Some(_), _) if field.grid.is_some() => vec!["area".to_owned()],
        (_, _, Some(cells)) if cells.length > 12 => vec!["area".to_owned()],
        _ => row.into_iter().chain(column).map(|a| a.dimension.clone()).collect(),
    };
    match kind {
        Kind::Timeseries if long(Role::Time).is_none() => Vec::new(),
        Kind::Timeseries | Kind::Stripes | Kind::Profile => area(),
        Kind::Hovmoller if row.is_some() => column.and(row).map(|a| a.dimension.clone()).into_iter().collect(),
        Kind::Section if column.is_some() => row.and(column).map(|a| a.dimension.clone()).into_iter().collect(),
        Kind::Map | Kind::Histogram | Kind::Hovmoller | Kind::Section => Vec::new(),
    }
}
