//! Many items take little memory and little time.

use std::io::{BufWriter, Write};

use search::source::{Options, open};
use search::{Flow, Search, parse};

/// The most that this process held so far, in bytes (Linux).
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kib| kib << 10)
}

#[test]
fn a_hundred_thousand_items_are_searched_in_little_memory() {
    const ITEMS: u64 = 100_000;
    let lines = std::fs::read_to_string(testkit::fixture("stac/items.ndjson")).unwrap();
    let lines: Vec<&str> = lines.lines().collect();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("items");
    let padding = "x".repeat(1000);
    let mut out = BufWriter::new(std::fs::File::create(&file).unwrap());
    for at in 0..ITEMS as usize {
        let line = lines[at % lines.len()].replacen("\"links\"", &format!("\"padding\":\"{padding}\",\"links\""), 1);
        writeln!(out, "{line}").unwrap();
    }
    out.flush().unwrap();
    drop(out);
    let size = file.metadata().unwrap().len();
    assert!(size > 120 << 20, "{size}");

    let search = Search {
        place: Some(parse::bbox("-100,-50,100,50").unwrap()),
        filter: Some(parse::filter("CASEI(platform) LIKE 'landsat%' AND eo:cloud_cover < 60").unwrap()),
        sortby: parse::sortby("-datetime").unwrap(),
        ..Search::default()
    };
    let source = open(file.to_str().unwrap(), Options::default()).unwrap();
    let before = peak();
    let begun = std::time::Instant::now();
    let mut found = 0;
    source
        .search(&search, &mut |_| {
            found += 1;
            Ok(Flow::Continue(()))
        })
        .unwrap();
    let seconds = begun.elapsed().as_secs_f64();
    assert_eq!(found % 500, 0);
    assert!(found > 1000, "{found}");
    eprintln!("{ITEMS} items of {size} bytes in {seconds:.1} s, {found} found, peak {before:?} to {:?}", peak());
    assert!(seconds < 60.0, "{seconds} s");
    if let (Some(before), Some(after)) = (before, peak()) {
        assert!(after - before < 64 << 20, "{} bytes more for a file of {size}", after - before);
    }
}
