//! An audit for people.

use std::collections::BTreeMap;

use pangeo::ops::audit::{Audit, AxisSummary, Finding, Layout, Severity};
use serde_json::Value;

/// So many findings about one thing are told; how many there are is told of all.
const TOLD: usize = 10;
/// So many layouts are told.
const LAYOUTS: usize = 5;

const HEADINGS: [(Severity, &str); 3] =
    [(Severity::Refused, "refused"), (Severity::Reencoded, "brought to one form"), (Severity::Noted, "noted")];

/// The audit as lines.
pub(super) fn of(audit: &Audit) -> String {
    let kinds = audit.layouts.len();
    let mut lines =
        vec![format!("{}, {} of variables and grid", counted(audit.entries.len(), "input"), counted(kinds, "kind"))];
    for (number, layout) in audit.layouts.iter().enumerate().take(LAYOUTS) {
        let own: Vec<&str> =
            audit.entries.iter().filter(|e| e.layout == Some(number)).map(|e| e.source.as_str()).collect();
        lines.push(format!("{}, such as {}:", counted(own.len(), "input"), own.first().copied().unwrap_or_default()));
        lines.extend(told(layout).into_iter().map(|line| format!("  {line}")));
    }
    if let Some(more) = kinds.checked_sub(LAYOUTS).filter(|more| *more > 0) {
        lines.push(format!("and {more} more kinds"));
    }
    for axis in &audit.axes {
        lines.extend(along(axis));
    }
    for (severity, heading) in HEADINGS {
        let findings: Vec<&Finding> = audit.findings.iter().filter(|f| f.severity == severity).collect();
        if !findings.is_empty() {
            lines.push(format!("{heading}: {}", findings.len()));
            lines.extend(listed(&findings).into_iter().map(|line| format!("  {line}")));
        }
    }
    if audit.findings.is_empty() {
        lines.push("nothing keeps the inputs from being one store".to_owned());
    }
    lines.join("\n") + "\n"
}

fn told(layout: &Layout) -> Vec<String> {
    let mut lines = Vec::new();
    if !layout.grid.is_empty() {
        lines.push(format!("grid {}", layout.grid.join(", ")));
    }
    if let Some(units) = &layout.time_units {
        lines.push(format!("times in {units}, calendar {}", layout.calendar.as_deref().unwrap_or("standard")));
    }
    lines.extend(layout.variables.iter().map(|v| {
        let units = v.units.as_ref().map(|units| format!(", in {units}")).unwrap_or_default();
        format!("{}({}) {}{units}", v.name, v.dimensions.join(", "), v.stored)
    }));
    lines
}

fn along(axis: &AxisSummary) -> Vec<String> {
    let mut line = format!("{}: {}", axis.name, counted(axis.count, "step"));
    if let (Some(first), Some(last)) = (&axis.first, &axis.last) {
        line += &format!(", {first} to {last}");
    }
    if let Some(step) = axis.step.as_deref().filter(|step| *step != "none") {
        line += &format!(", step {step}");
    }
    let mut lines = vec![line];
    lines.extend(axis.gaps.iter().map(|[before, after]| format!("  gap between {before} and {after}")));
    lines.extend(axis.duplicates.iter().map(|d| format!("  {} is in {}", d.place, d.sources.join(" and "))));
    lines
}

/// Findings, the first few about each thing.
fn listed(findings: &[&Finding]) -> Vec<String> {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut lines = Vec::new();
    for finding in findings {
        let count = seen.entry(&finding.about).or_insert(0);
        *count += 1;
        if *count <= TOLD {
            lines.push(match &finding.source {
                Some(source) => format!("{source}: {}", finding.what),
                None => finding.what.clone(),
            });
        }
    }
    for (about, count) in seen.into_iter().filter(|(_, count)| *count > TOLD) {
        lines.push(format!("and {} more about {about}", count - TOLD));
    }
    lines
}

fn counted(count: usize, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}

/// What a report's page tells of the audit: what was left out, the axes and what was found.
pub(crate) fn page(report: &Value, row: &impl Fn(&[String]) -> String, text: &impl Fn(&Value) -> String) -> String {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let table = |title: &str, heads: &[&str], rows: Vec<String>| {
        if rows.is_empty() {
            return String::new();
        }
        let heads = heads.join("</th><th>");
        format!("<h2>{title}</h2>\n<table>\n<tr><th>{heads}</th></tr>\n{}</table>\n", rows.concat())
    };
    let shown = |value: &Value| if value.is_null() { String::new() } else { text(value) };
    let cells = |value: &Value, keys: &[&str]| {
        row(&keys.iter().map(|key| value.get(*key).map(&shown).unwrap_or_default()).collect::<Vec<_>>())
    };
    let rows = |value: &Value, keys: &[&str]| list(value).iter().map(|v| cells(v, keys)).collect::<Vec<_>>();
    let audit = &report["audit"];
    let axis = ["name", "count", "first", "last", "step", "gap_count", "missing_steps"];
    let finding = ["severity", "source", "what"];
    [
        table("Left out", &["input", "why"], rows(&report["skipped"], &["path", "why"])),
        table(
            "Joined along",
            &["coordinate", "steps", "first", "last", "step", "gaps", "steps missing"],
            rows(&audit["axes"], &axis),
        ),
        table("Audit of the inputs", &["what follows", "input", "what"], rows(&audit["findings"], &finding)),
    ]
    .concat()
}
