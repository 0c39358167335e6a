//! Find items in a STAC API: one line of JSON for each, then what is told of the search on stderr.
//!
//! ```text
//! find https://example.org/stac --collection sentinel-2-l2a --bbox 5,50,6,51 --query 'eo:cloud_cover<10'
//! ```

use std::io::{BufWriter, Write};
use std::ops::ControlFlow;
use std::process::ExitCode;

use pangeo::{Error, Result};
use search::api::Api;
use search::http::{Client, Options};
use search::{Search, Source, parse};
use serde_json::{Value, json};

/// What is looked for, and whether it is only counted.
fn arguments(mut words: impl Iterator<Item = String>) -> Result<(String, Search, bool)> {
    let usage = || Error::usage("find ENDPOINT [--OPTION VALUE]… [--matched]");
    let endpoint = words.next().ok_or_else(usage)?;
    let (mut search, mut counts) = (Search::default(), false);
    while let Some(option) = words.next() {
        if option == "--matched" {
            counts = true;
            continue;
        }
        let value = words.next().ok_or_else(usage)?;
        let number = || value.parse().map_err(|_| usage());
        match option.as_str() {
            "--collection" => search.collections.extend(value.split(',').map(str::to_owned)),
            "--id" => search.ids.extend(value.split(',').map(str::to_owned)),
            "--bbox" => search.place = Some(parse::bbox(&value)?),
            "--intersects" => search.place = Some(parse::intersects(&value)?),
            "--datetime" => search.period = Some(parse::datetime(&value)?),
            "--query" => search.query.push(parse::query(&value)?),
            "--filter" => search.filter = Some(parse::filter(&value)?),
            "--sortby" => search.sortby = parse::sortby(&value)?,
            "--fields" => search.fields = parse::fields(&value)?,
            "--page-size" => search.page_size = Some(number()?),
            "--max-items" => search.max_items = Some(number()?),
            _ => return Err(usage()),
        }
    }
    Ok((endpoint, search, counts))
}

fn run() -> Result<()> {
    let (endpoint, search, counts) = arguments(std::env::args().skip(1))?;
    let endpoint = endpoint.parse().map_err(|e| Error::usage(format!("{endpoint} is no address: {e}")))?;
    let client = Client::new(&endpoint, Options::default())?;
    let api = Api::open(&endpoint, client.clone())?;
    if counts {
        println!("{}", api.matched(&search)?.items);
        return Ok(());
    }
    let mut out = BufWriter::new(std::io::stdout().lock());
    let told = api.search(&search, &mut |item| {
        let line = writeln!(out, "{}", Value::Object(item));
        line.map_err(|e| Error::io("write", "standard output", e))?;
        Ok(ControlFlow::Continue(()))
    })?;
    out.flush().map_err(|e| Error::io("write", "standard output", e))?;
    eprintln!("{}", json!({ "requests": client.requests(), "matched": told.matched, "notes": told.notes }));
    Ok(())
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(error.exit_code())
        }
    }
}
