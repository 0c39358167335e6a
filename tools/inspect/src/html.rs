//! A dataset as one self-contained page, as Galaxy shows it.

use std::fmt::Write;

use pangeo::model::Dataset;
use pangeo::ops::describe::{Description, VariableDescription, attribute_text, readable};

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;margin:2em auto;max-width:70em;padding:0 1em;color:#222}\
h1{font-size:1.4em}h2{font-size:1.1em;margin-top:1.6em}table{border-collapse:collapse;width:100%}\
th,td{text-align:left;padding:.25em .7em;border-bottom:1px solid #ddd;vertical-align:top}th{background:#f3f5f7}\
td.n{text-align:right;font-variant-numeric:tabular-nums}summary{cursor:pointer}code{font-size:.95em}\
@media(prefers-color-scheme:dark){body{background:#16181b;color:#ddd}th{background:#25282c}th,td{border-color:#3a3d42}}";

/// The whole page.
pub(crate) fn page(dataset: &Dataset, description: &Description) -> String {
    let title = escape(dataset.attributes.text("title").unwrap_or(&description.source));
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><style>{STYLE}</style></head><body>\n<h1>{title}</h1>\n\
         <p>{} · {}</p>\n",
        escape(&description.source),
        escape(&description.format),
    );
    dimensions(&mut out, description);
    axes(&mut out, description);
    variables(&mut out, dataset, description);
    if !dataset.attributes.is_empty() {
        out.push_str("<h2>Global attributes</h2>\n");
        attributes(&mut out, dataset.attributes.iter().map(|(n, v)| (n, attribute_text(v))));
    }
    for (path, list) in dataset.groups.iter().filter(|(_, a)| !a.is_empty()) {
        let _ = writeln!(out, "<h2>Attributes of group {}</h2>", escape(path));
        attributes(&mut out, list.iter().map(|(n, v)| (n, attribute_text(v))));
    }
    out.push_str("</body></html>\n");
    out
}

fn dimensions(out: &mut String, description: &Description) {
    out.push_str("<h2>Dimensions</h2>\n<table><tr><th>Name</th><th>Length</th><th>Axis</th><th></th></tr>\n");
    for d in &description.dimensions {
        let axis = d.axis.map(|a| a.to_string()).unwrap_or_default();
        let unlimited = if d.unlimited { "unlimited" } else { "" };
        let (name, length) = (escape(&d.name), d.length);
        let _ = writeln!(out, "<tr><td>{name}</td><td class=n>{length}</td><td>{axis}</td><td>{unlimited}</td></tr>");
    }
    out.push_str("</table>\n");
}

fn axes(out: &mut String, description: &Description) {
    if !description.times.is_empty() {
        out.push_str("<h2>Time</h2>\n<ul>\n");
    }
    for t in &description.times {
        let ends = t.first.iter().chain(&t.last).cloned().collect::<Vec<_>>().join(" to ");
        let calendar = t.calendar.clone().unwrap_or_else(|| "no reference date".to_owned());
        let irregular = (t.gap_count + t.duplicate_count > 0)
            .then(|| format!("{} gaps, {} duplicates", t.gap_count, t.duplicate_count));
        let trouble =
            [t.error.clone(), t.warning.clone(), irregular].into_iter().flatten().collect::<Vec<_>>().join("; ");
        let _ = writeln!(
            out,
            "<li><b>{}</b>: {}, {}, step {}, {} {}</li>",
            escape(&t.coordinate),
            crate::header::counted(t.count, "step"),
            escape(&ends),
            escape(&t.step),
            escape(&calendar),
            escape(&trouble)
        );
    }
    if !description.times.is_empty() {
        out.push_str("</ul>\n");
    }
    if !description.grids.is_empty() {
        out.push_str("<h2>Grids</h2>\n<ul>\n");
        for g in &description.grids {
            let _ = writeln!(out, "<li><b>{}</b>: {}</li>", escape(&g.variables.join(", ")), escape(&g.sentence()));
        }
        out.push_str("</ul>\n");
    }
}

fn variables(out: &mut String, dataset: &Dataset, description: &Description) {
    let statistics = description.variables.iter().any(|v| v.statistics.is_some());
    out.push_str(
        "<h2>Variables</h2>\n<table><tr><th>Name</th><th>Role</th><th>Dimensions</th><th>Units</th><th>Type</th>",
    );
    if statistics {
        out.push_str("<th>Min</th><th>Mean</th><th>Max</th><th>Missing</th>");
    }
    out.push_str("</tr>\n");
    for (variable, described) in dataset.variables.iter().zip(&description.variables) {
        variable_row(out, variable, described, statistics);
    }
    out.push_str("</table>\n");
}

fn variable_row(out: &mut String, variable: &pangeo::model::Variable, v: &VariableDescription, statistics: bool) {
    let axes: Vec<String> = v.dimensions.iter().zip(&v.shape).map(|(d, n)| format!("{d}={n}")).collect();
    let _ = write!(out, "<tr><td><details><summary>{}", escape(&v.name));
    if let Some(long) = &v.long_name {
        let _ = write!(out, "<br><small>{}</small>", escape(long));
    }
    out.push_str("</summary>");
    let stored = Some(("stored", crate::header::storage(v).join(", "))).filter(|(_, how)| !how.is_empty());
    let listed = variable.attributes.iter().map(|(n, a)| (n, attribute_text(a)));
    attributes(out, stored.into_iter().chain(listed));
    if let Some(error) = &v.error {
        let _ = write!(out, "<p>Its values can't be read: {}</p>", escape(error));
    }
    let _ = write!(
        out,
        "</details></td><td>{}</td><td>{}</td><td>{}</td><td>{}</td>",
        escape(&v.role),
        escape(&axes.join(", ")),
        escape(v.units.as_deref().unwrap_or_default()),
        escape(&v.data_type)
    );
    if statistics {
        let number = |x: Option<f64>| x.map(readable).unwrap_or_default();
        let cells =
            v.statistics.as_ref().map(|s| [number(s.min), number(s.mean), number(s.max), s.missing.to_string()]);
        for cell in cells.unwrap_or_default() {
            let _ = write!(out, "<td class=n>{cell}</td>");
        }
    }
    out.push_str("</tr>\n");
}

fn attributes<'a>(out: &mut String, list: impl Iterator<Item = (&'a str, String)>) {
    out.push_str("<table>");
    for (name, value) in list {
        let _ = write!(out, "<tr><td>{}</td><td><code>{}</code></td></tr>", escape(name), escape(&value));
    }
    out.push_str("</table>\n");
}

/// Text that a file may contain, made safe for a page.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}
