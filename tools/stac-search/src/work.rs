//! Searching, arranging and writing: what a run does.

use std::io::{BufWriter, Write};
use std::ops::ControlFlow;
use std::path::Path;

use pangeo::cli::{self, Session};
use pangeo::{Error, Result};
use search::{Item, Search, Source, Told};
use url::Url;

use crate::arrange::{Arranged, Groups};
use crate::calendar::{Calendar, counted};
use crate::map::Map;
use crate::output::{End, Format, Sink, Wanted, put, sink};
use crate::request::{Form, Request, Task};
use crate::validate::Validation;
use crate::{collections, figures};

/// The source that is asked for.
///
/// # Errors
/// When it can't be read, or is none.
pub(crate) fn open(request: &Request, session: &Session) -> Result<Box<dyn Source>> {
    let access = &request.access;
    let options = search::source::Options {
        headers: access.headers.clone(),
        retries: access.retries,
        timeout: access.timeout,
        cancelled: Some(session.engine.stop()),
    };
    search::source::open(&request.endpoint, options)
}

/// Do what is asked for.
///
/// # Errors
/// When the source can't be read, nothing matches, or outputs can't be written.
pub(crate) fn run(request: &Request, source: &dyn Source, session: &Session) -> Result<()> {
    let run = Run { request, source, session };
    match &request.task {
        Task::Matched => run.matched(),
        Task::Collections => run.collections(),
        Task::Groups(key) => {
            let mut groups = Groups::new(key.clone());
            run.items(&mut |item| {
                groups.add(item);
                Ok(())
            })?;
            run.write(|out| groups.write(out, request.format))
        }
        Task::Validate => run.validate(),
        Task::Items => run.outputs(),
    }
}

/// A run.
struct Run<'a> {
    request: &'a Request,
    source: &'a dyn Source,
    session: &'a Session,
}

impl Run<'_> {
    fn matched(&self) -> Result<()> {
        let matched = self.source.matched(&self.request.search)?;
        if matched.counted {
            self.session.detail("counted one by one, since the source does not tell");
        }
        self.write(|out| put(out, &format!("{}\n", matched.items)))
    }

    fn collections(&self) -> Result<()> {
        let collections = self.source.collections()?;
        self.write(|out| collections::write(out, &collections, self.request.format))
    }

    fn validate(&self) -> Result<()> {
        let mut verdict = Ok(());
        self.write(|out| {
            let mut validation = Validation::new(out, self.request.format)?;
            self.items(&mut |item| validation.item(item))?;
            verdict = validation.verdict(self.source.name());
            validation.finish(self.session)
        })?;
        verdict
    }

    /// Items, and what is made beside them.
    fn outputs(&self) -> Result<()> {
        let request = self.request;
        let mut sides = Sides::of(request);
        let title = title(request);
        match request.format {
            Format::Calendar | Format::Map => {
                self.items(&mut |item| {
                    sides.add(item);
                    Ok(())
                })?;
                self.write(|out| match (&sides.calendar, &sides.map) {
                    (Some(calendar), _) if request.format == Format::Calendar => {
                        let coloured = request.output.is_none() && figures::is_coloured();
                        figures::calendar(out, calendar, &title, (request.form, coloured))
                    }
                    (_, Some(map)) => figures::map(out, map, &title, request.form),
                    _ => Ok(()),
                })?;
            }
            format => {
                let wanted =
                    Wanted { format, columns: &request.columns, assets: &request.assets, search: &request.record };
                self.write(|out| {
                    let Some(mut sink) = sink(&wanted, out) else { return Ok(()) };
                    let end = self.items(&mut |item| {
                        sides.add(item);
                        sink.item(item)
                    })?;
                    Sink::finish(sink, end)
                })?;
            }
        }
        self.beside(&sides, &title)
    }

    /// The calendar and the map that are made beside the output.
    fn beside(&self, sides: &Sides, title: &str) -> Result<()> {
        let wanted = &self.request.sides;
        if let (Some(calendar), true) = (&sides.calendar, wanted.printed) {
            to_stdout(|out| figures::calendar(out, calendar, title, (Form::Text, figures::is_coloured())))?;
        }
        if let (Some(calendar), Some((path, form))) = (&sides.calendar, &wanted.calendar) {
            self.write_to(path, |out| figures::calendar(out, calendar, title, (*form, false)))?;
        }
        if let (Some(map), Some((path, form))) = (&sides.map, &wanted.footprints) {
            self.write_to(path, |out| figures::map(out, map, title, *form))?;
        }
        if let Some(count) = sides.map.as_ref().map(Map::nowhere).filter(|count| *count > 0) {
            self.session.warn(&format!("not on the map, since nothing says where: {}", counted(count, "item")));
        }
        Ok(())
    }

    /// Hand each item that is found and kept to `each`, and say how many there were.
    fn items(&self, each: &mut dyn FnMut(&Item) -> Result<()>) -> Result<End> {
        let arrangement = &self.request.arrangement;
        let (mut returned, mut found) = (0, 0);
        let mut arranged = Arranged::default();
        let mut counted_each = |item: &Item| {
            returned += 1;
            each(item)
        };
        let told = if arrangement.is_none() {
            self.search(&mut counted_each)?
        } else {
            let mut waiting = arrangement.wait()?;
            let told = self.search(&mut |item| {
                found += 1;
                waiting.put(item)
            })?;
            arranged = waiting.release(&mut counted_each)?;
            told
        };
        self.say(&told, &arranged, (returned, found));
        if returned == 0 && !self.request.allow_empty {
            return Err(self.nothing());
        }
        Ok(End { returned, matched: told.matched })
    }

    fn search(&self, each: &mut dyn FnMut(&Item) -> Result<()>) -> Result<Told> {
        self.source.search(&self.request.search, &mut |item| {
            self.session.engine.check()?;
            each(&item)?;
            Ok(ControlFlow::Continue(()))
        })
    }

    fn say(&self, told: &Told, arranged: &Arranged, (returned, found): (u64, u64)) {
        let session = self.session;
        told.notes.iter().for_each(|note| session.say(&format!("note: {note}")));
        if arranged.duplicates > 0 || self.request.arrangement.dedupe.is_some() {
            let unknown = match arranged.without_scene {
                0 => String::new(),
                count => format!("; {} without tile, orbit or time kept", counted(count, "item")),
            };
            let dropped = counted(arranged.duplicates, "item");
            session.say(&format!("{dropped} of {found} dropped as the same scene as another{unknown}"));
        }
        if let Some(covered) = arranged.covered {
            let part = (covered.part * 1000.0).floor() / 10.0;
            let of = format!("of {} that reach into it", covered.of);
            session.say(&format!("{part} % of the area covered by {} {of}", counted(covered.items, "item")));
        }
        let matched = told.matched.map_or_else(String::new, |matched| format!(" of {matched} that match"));
        let requests = match told.requests {
            0 => String::new(),
            count => format!(", {}", counted(count, "request")),
        };
        session.say(&format!("{}{matched}{requests}, {:.2} s", counted(returned, "item"), session.seconds()));
    }

    /// Nothing matches: what the collections that were searched have.
    fn nothing(&self) -> Error {
        let search: &Search = &self.request.search;
        let known = self.source.collections().unwrap_or_default();
        let id = |collection: &serde_json::Value| {
            collection.get("id").and_then(|id| id.as_str()).unwrap_or_default().to_owned()
        };
        let missing =
            search.collections.iter().find(|name| !known.is_empty() && !known.iter().any(|c| id(c) == **name));
        if let Some(name) = missing {
            let has = known.iter().map(id).collect();
            return Error::NotFound {
                kind: "collection",
                name: name.clone(),
                place: self.source.name().to_owned(),
                has,
            };
        }
        let searched = known.iter().filter(|c| search.collections.is_empty() || search.collections.contains(&id(c)));
        let has: Vec<String> = searched.take(3).map(|c| format!("{} has {}", id(c), collections::extent(c))).collect();
        let error = Error::data("no item matches", self.source.name().to_owned());
        let hint = if has.is_empty() { "search for less".to_owned() } else { has.join("; ") };
        error.with_hint(format!("{hint}; --allow-empty writes an empty output"))
    }

    /// Write the output with `fill`: to the file that is asked for, whole or not at all, else to standard output.
    fn write(&self, fill: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<()> {
        match &self.request.output {
            Some(path) => self.write_to(path, fill),
            None => to_stdout(fill),
        }
    }

    fn write_to(&self, path: &Path, fill: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<()> {
        cli::write_with(path, &self.request.read, fill)?;
        self.session.detail(&format!("wrote {}", path.display()));
        Ok(())
    }
}

fn to_stdout(fill: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<()> {
    let mut out = BufWriter::new(std::io::stdout().lock());
    fill(&mut out)?;
    out.flush().map_err(|e| Error::io("write", "standard output", e))
}

/// What is counted besides the items.
struct Sides {
    calendar: Option<Calendar>,
    map: Option<Map>,
}

impl Sides {
    fn of(request: &Request) -> Self {
        let sides = &request.sides;
        let calendar = request.format == Format::Calendar || sides.printed || sides.calendar.is_some();
        let map = request.format == Format::Map || sides.footprints.is_some();
        Self { calendar: calendar.then(Calendar::default), map: map.then(Map::default) }
    }

    fn add(&mut self, item: &Item) {
        if let Some(calendar) = &mut self.calendar {
            calendar.add(item);
        }
        if let Some(map) = &mut self.map {
            map.add(item);
        }
    }
}

/// What figures are called: the collections that are searched, else the source.
fn title(request: &Request) -> String {
    if !request.search.collections.is_empty() {
        return request.search.collections.join(", ");
    }
    let host = Url::parse(&request.endpoint).ok().and_then(|url| url.host_str().map(str::to_owned));
    host.unwrap_or_else(|| request.endpoint.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_owned())
}
