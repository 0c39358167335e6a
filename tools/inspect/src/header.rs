//! A dataset for people: CDL-like, with what CF makes of it.

use std::fmt::Write;

use pangeo::model::Dataset;
use pangeo::ops::describe::{Description, VariableDescription, attribute_text, readable};

/// The whole text.
pub(crate) fn text(dataset: &Dataset, description: &Description) -> String {
    let mut out = format!("{} ({})\n", description.source, description.format);
    dimensions(&mut out, description);
    out.push_str("\nvariables:\n");
    for (variable, described) in dataset.variables.iter().zip(&description.variables) {
        declaration(&mut out, described);
        for (name, value) in variable.attributes.iter() {
            let _ = writeln!(out, "      {name} = {}", attribute_text(value));
        }
        if !described.enumeration.is_empty() {
            let members = described.enumeration.iter().map(|(name, value)| format!("{name} = {value}"));
            let _ = writeln!(out, "      members: {}", members.collect::<Vec<_>>().join(", "));
        }
    }
    summaries(&mut out, description);
    if !dataset.attributes.is_empty() {
        out.push_str("\nglobal attributes:\n");
    }
    for (name, value) in dataset.attributes.iter() {
        let _ = writeln!(out, "  {name} = {}", attribute_text(value));
    }
    for (path, attributes) in dataset.groups.iter().filter(|(_, a)| !a.is_empty()) {
        let _ = writeln!(out, "\nattributes of group {path}:");
        for (name, value) in attributes.iter() {
            let _ = writeln!(out, "  {name} = {}", attribute_text(value));
        }
    }
    statistics(&mut out, description);
    out
}

fn dimensions(out: &mut String, description: &Description) {
    out.push_str("\ndimensions:\n");
    for dimension in &description.dimensions {
        let axis = dimension.axis.map(|a| format!("  {a}")).unwrap_or_default();
        let unlimited = if dimension.unlimited { "  unlimited" } else { "" };
        let _ = writeln!(out, "  {} = {}{axis}{unlimited}", dimension.name, dimension.length);
    }
}

/// `short air(time, lat, lon)` and, behind it, role and storage.
fn declaration(out: &mut String, variable: &VariableDescription) {
    let axes =
        if variable.dimensions.is_empty() { String::new() } else { format!("({})", variable.dimensions.join(", ")) };
    let notes = std::iter::once(variable.role.clone()).chain(storage(variable)).collect::<Vec<_>>();
    let _ = writeln!(out, "  {} {}{axes}  [{}]", variable.data_type, one_line(&variable.name), notes.join(", "));
}

/// How a variable is stored, in words.
pub(crate) fn storage(variable: &VariableDescription) -> Vec<String> {
    let mut notes = Vec::new();
    let storage = &variable.storage;
    if let Some(chunks) = storage.chunks.as_ref().filter(|chunks| !chunks.is_empty()) {
        notes.push(format!("chunks {}", extents(chunks)));
    }
    if let Some(shards) = &storage.shards {
        notes.push(format!("shards {}", extents(shards)));
    }
    if storage.shuffle {
        notes.push("shuffle".to_owned());
    }
    notes.extend(storage.compression.clone());
    if storage.checksum {
        notes.push("checksum".to_owned());
    }
    notes.extend(storage.byte_order.map(|order| format!("{order}-endian")));
    if !variable.attributes.contains_key("_FillValue") {
        notes.extend(storage.fill_value.as_ref().map(|fill| format!("fill {fill}")));
    }
    notes
}

/// A name may hold anything; here it must not break the line.
fn one_line(name: &str) -> String {
    name.replace(['\n', '\r', '\t'], " ")
}

/// `1 step`, `20 steps`.
pub(crate) fn counted(number: usize, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

fn extents(shape: &[usize]) -> String {
    shape.iter().map(usize::to_string).collect::<Vec<_>>().join("×")
}

fn summaries(out: &mut String, description: &Description) {
    for time in &description.times {
        let _ = write!(out, "\ntime axis {}: ", time.coordinate);
        if let Some(error) = &time.error {
            let _ = writeln!(out, "{}; {error}", counted(time.count, "step"));
            continue;
        }
        let ends = time.first.iter().chain(&time.last).cloned().collect::<Vec<_>>().join(" to ");
        let calendar = time.calendar.as_ref().map_or("no reference date".to_owned(), |c| format!("calendar {c}"));
        let _ = writeln!(out, "{}, {ends}, step {}, {calendar}", counted(time.count, "step"), time.step);
        if time.missing > 0 {
            let _ = writeln!(out, "  without a time: {}", counted(time.missing, "step"));
        }
        if let Some(warning) = &time.warning {
            let _ = writeln!(out, "  warning: {warning}");
        }
        if time.order != "increasing" && time.count > 1 {
            let _ = writeln!(out, "  order: {}", time.order);
        }
        if time.gap_count > 0 {
            let listed = time.gaps.iter().map(|[a, b]| format!("{a} to {b}")).collect::<Vec<_>>().join(", ");
            let more = if time.gap_count > time.gaps.len() { ", …" } else { "" };
            let steps = counted(usize::try_from(time.missing_steps).unwrap_or(usize::MAX), "step");
            let _ = writeln!(out, "  {} ({steps} missing): {listed}{more}", counted(time.gap_count, "gap"));
        }
        if time.duplicate_count > 0 {
            let more = if time.duplicate_count > time.duplicates.len() { ", …" } else { "" };
            let listed = time.duplicates.join(", ");
            let _ = writeln!(out, "  {}: {listed}{more}", counted(time.duplicate_count, "duplicate"));
        }
    }
    for grid in &description.grids {
        let _ = writeln!(out, "\ngrid of {}: {}", grid.variables.join(", "), grid.sentence());
    }
}

fn statistics(out: &mut String, description: &Description) {
    for v in &description.variables {
        if let Some(error) = &v.error {
            let _ = writeln!(out, "\nthe values of {} can't be read: {error}", v.name);
        }
    }
    let rows: Vec<[String; 5]> = description
        .variables
        .iter()
        .filter_map(|v| {
            let s = v.statistics.as_ref()?;
            let number = |x: Option<f64>| x.map_or("-".to_owned(), readable);
            Some([v.name.clone(), number(s.min), number(s.mean), number(s.max), s.missing.to_string()])
        })
        .collect();
    if rows.is_empty() {
        return;
    }
    out.push_str("\nstatistics:\n");
    let heads = ["variable", "min", "mean", "max", "missing"].map(str::to_owned);
    let widths: Vec<usize> =
        (0..5).map(|c| std::iter::once(&heads).chain(&rows).map(|r| r[c].chars().count()).max().unwrap_or(0)).collect();
    for row in std::iter::once(&heads).chain(&rows) {
        let _ = write!(out, "  {:<w$}", row[0], w = widths[0]);
        for c in 1..5 {
            let _ = write!(out, "  {:>w$}", row[c], w = widths[c]);
        }
        out.push('\n');
    }
}
