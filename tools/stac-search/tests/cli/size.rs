//! Memory does not grow with the number of items.

use std::io::Write;

use testkit::{Command, fixture};

/// So many items, about a kilobyte each.
const ITEMS: usize = 20_000;

#[test]
fn many_items_take_no_more_memory() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("many.ndjson");
    let all: serde_json::Value = serde_json::from_slice(&std::fs::read(fixture(super::S2)).unwrap()).unwrap();
    let all = all["features"].as_array().unwrap();
    let mut out = std::io::BufWriter::new(std::fs::File::create(&input).unwrap());
    for (at, item) in (0..ITEMS).zip(all.iter().cycle()) {
        let mut item = item.clone();
        item["id"] = format!("item-{at}").into();
        writeln!(out, "{item}").unwrap();
    }
    out.into_inner().unwrap();
    for (name, flags) in [
        ("a.ndjson", &[][..]),
        ("a.json", &["--dedupe", "latest"]),
        ("a.csv", &[]),
        ("a.tabular", &[]),
        ("a.txt", &[]),
        ("a.parquet", &[]),
        ("a.html", &["--calendar"]),
    ] {
        let output = folder.path().join(name);
        let command = Command::new("stac-search").arguments([input.as_os_str(), "-o".as_ref(), output.as_os_str()]);
        let said = command.arguments(flags).limits(240.0, 150.0).run();
        said.ok();
        // A quarter of what the items take as text.
        assert!(said.peak_rss_mib < 90.0, "{name}: {said}");
        std::fs::remove_file(output).unwrap();
    }
}
