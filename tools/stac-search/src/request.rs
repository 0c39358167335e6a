//! What is asked for, made of the arguments.

use std::path::{Path, PathBuf};
use std::time::Duration;

use pangeo::{Error, Result};
use search::{Fields, Search, parse};
use serde_json::{Map, Value};
use url::Url;

use crate::arguments::{Args, Which};
use crate::arrange::{Area, Arrangement, Key};
use crate::facts;
use crate::footprint::Footprint;
use crate::output::columns::columns;
use crate::output::{Assets, Column, Format};

/// A run of the tool.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) endpoint: String,
    pub(crate) search: Search,
    pub(crate) task: Task,
    /// Where the output goes; to standard output if nowhere.
    pub(crate) output: Option<PathBuf>,
    pub(crate) format: Format,
    /// How a calendar or map is drawn.
    pub(crate) form: Form,
    pub(crate) arrangement: Arrangement,
    pub(crate) columns: Vec<Column>,
    pub(crate) assets: Assets,
    pub(crate) sides: Sides,
    pub(crate) allow_empty: bool,
    /// What was searched, to be kept with the items.
    pub(crate) record: Value,
    pub(crate) access: Access,
    /// Files that are read, and may not be written over.
    pub(crate) read: Vec<PathBuf>,
}

/// What to find out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Task {
    Items,
    Matched,
    Collections,
    Groups(Key),
    Validate,
}

/// What is made beside the output.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Sides {
    /// A calendar on standard output.
    pub(crate) printed: bool,
    pub(crate) calendar: Option<(PathBuf, Form)>,
    pub(crate) footprints: Option<(PathBuf, Form)>,
}

/// How something is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Text,
    Svg,
    Png,
    Pdf,
    Html,
}

/// How the source is read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Access {
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) retries: u32,
    pub(crate) timeout: Duration,
}

impl Form {
    /// The form that a path's extension names.
    fn of_path(path: &Path) -> Option<Self> {
        Some(match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "txt" => Self::Text,
            "svg" => Self::Svg,
            "png" => Self::Png,
            "pdf" => Self::Pdf,
            "html" | "htm" => Self::Html,
            _ => return None,
        })
    }

    /// As [`Form::of_path`] for a figure that is asked for by `flag`.
    fn wanted(path: &Path, flag: &str, is_text: bool) -> Result<Self> {
        let known = Self::of_path(path).filter(|form| is_text || *form != Self::Text);
        known.ok_or_else(|| {
            let text = if is_text { ", .txt" } else { "" };
            Error::usage(format!("the extension of {} names no figure, {flag}", path.display()))
                .with_hint(format!("end it in .html, .svg, .png, .pdf{text}"))
        })
    }
}

impl Args {
    /// What is asked for.
    ///
    /// # Errors
    /// [`Error::Usage`] for what contradicts itself or can't be read; a file that is named and can't be read.
    pub(crate) fn request(&self) -> Result<Request> {
        let task = self.task();
        let (format, form) = self.format(&task)?;
        let search = self.search(&task, format)?;
        let sides = self.sides(format)?;
        let cover = self.area(&search)?;
        let arrangement = Arrangement { dedupe: self.some.dedupe, cover, max_items: self.some.max_items };
        let out = &self.output;
        let assets = Assets {
            keys: out.assets.clone(),
            types: out.types.clone(),
            roles: out.roles.clone(),
            base: without_secrets(&self.endpoint),
        };
        if !assets.is_any() && format != Format::Urls {
            return Err(Error::usage("--asset, --asset-type and --asset-role choose what --format urls lists")
                .with_hint("add --format urls, or leave them out"));
        }
        let is_file = |text: &&String| Path::new(text.as_str()).exists();
        let read = std::iter::once(&self.endpoint).chain(&self.which.intersects).filter(is_file).map(PathBuf::from);
        Ok(Request {
            endpoint: self.endpoint.clone(),
            search: Search { max_items: self.some.max_items.filter(|_| arrangement.is_none()), ..search },
            task,
            output: out.path.clone(),
            format,
            form,
            arrangement,
            columns: columns(&out.columns)?,
            assets,
            sides,
            allow_empty: out.allow_empty,
            record: self.record(),
            access: self.access()?,
            read: read.collect(),
        })
    }

    fn task(&self) -> Task {
        let instead = &self.instead;
        match &instead.group_by {
            Some(key) => Task::Groups(Key(key.clone())),
            None if instead.matched => Task::Matched,
            None if instead.list_collections => Task::Collections,
            None if instead.validate => Task::Validate,
            None => Task::Items,
        }
    }

    fn search(&self, task: &Task, format: Format) -> Result<Search> {
        let which = &self.which;
        let place = match (&which.bbox, &which.intersects) {
            (Some(bbox), _) => Some(parse::bbox(bbox)?),
            (None, Some(geometry)) => Some(parse::intersects(geometry)?),
            (None, None) => None,
        };
        let fields = match &self.output.fields {
            Some(fields) => parse::fields(fields)?,
            None => self.needed(task, format),
        };
        Ok(Search {
            collections: which.collections.clone(),
            ids: which.ids.clone(),
            place,
            period: which.datetime.as_deref().map(parse::datetime).transpose()?,
            query: which.query.iter().map(|term| parse::query(term)).collect::<Result<_>>()?,
            filter: which.filter.as_deref().map(parse::filter).transpose()?,
            sortby: self.some.sortby.as_deref().map(parse::sortby).transpose()?.unwrap_or_default(),
            fields,
            page_size: self.access.page_size,
            max_items: None,
        })
    }

    /// Where items themselves are not wanted, no more of them need come than is counted.
    fn needed(&self, task: &Task, format: Format) -> Fields {
        let mut include: Vec<String> = facts::USED.iter().map(|name| format!("properties.{name}")).collect();
        match task {
            Task::Groups(Key(key)) if !key.starts_with("assets") && !key.starts_with("links") => {
                include.push(key.clone());
            }
            Task::Items if matches!(format, Format::Calendar | Format::Map) => {}
            _ => return Fields::default(),
        }
        // What tells scenes apart is many properties.
        if self.some.dedupe.is_some() {
            return Fields::default();
        }
        let located = format == Format::Map || self.some.cover || self.output.footprints.is_some();
        let exclude: &[&str] = if located { &["links", "assets"] } else { &["links", "assets", "geometry"] };
        Fields { include, exclude: exclude.iter().map(|name| (*name).to_owned()).collect() }
    }

    /// The format of the output, and its form if it is a figure.
    fn format(&self, task: &Task) -> Result<(Format, Form)> {
        let (out, path) = (&self.output, self.output.path.as_deref());
        let named = path
            .and_then(Format::of_path)
            .filter(|named| !(out.calendar && *named == Format::Urls && out.assets.is_empty()));
        let figure = path.and_then(Form::of_path).filter(|_| named.is_none());
        if *task != Task::Items {
            let format = out.format.or(named).unwrap_or(Format::Tabular);
            if matches!(format, Format::Itemcollection | Format::Csv | Format::Tabular) {
                return Ok((format, Form::Text));
            }
            return Err(Error::usage("a table is csv, tabular or json").with_hint("--format csv, tabular or json"));
        }
        let printed = out.calendar && (path.is_none() || figure.is_some());
        let format = out.format.or(printed.then_some(Format::Calendar)).or(named);
        let drawn = match format {
            Some(Format::Calendar) => path.and_then(Form::of_path).unwrap_or(Form::Text),
            Some(Format::Map) => {
                let path = path.ok_or_else(|| {
                    Error::usage("a map does not go to standard output").with_hint("name a file: -o map.png")
                })?;
                Form::wanted(path, "--format map", false)?
            }
            None if figure.is_some() => {
                return Err(Error::usage("the output is a figure, but of what?")
                    .with_hint("--format calendar, or --format map for the footprints"));
            }
            _ => Form::Text,
        };
        if format == Some(Format::Geoparquet) && path.is_none() {
            return Err(Error::usage("a geoparquet file does not go to standard output")
                .with_hint("name a file: -o items.parquet"));
        }
        Ok((format.unwrap_or(Format::Itemcollection), drawn))
    }

    fn sides(&self, format: Format) -> Result<Sides> {
        let out = &self.output;
        let formed = |path: &Option<PathBuf>, flag, is_text| -> Result<_> {
            let formed = |path: &PathBuf| Ok((path.clone(), Form::wanted(path, flag, is_text)?));
            path.as_ref().map(formed).transpose()
        };
        let mut all: Vec<&PathBuf> = [&out.path, &out.calendar_file, &out.footprints].into_iter().flatten().collect();
        all.sort();
        if all.windows(2).any(|pair| matches!(pair, [a, b] if a == b)) {
            return Err(Error::usage("two outputs have the same name").with_hint("give each a name of its own"));
        }
        Ok(Sides {
            printed: out.calendar && format != Format::Calendar,
            calendar: formed(&out.calendar_file, "--calendar-file", true)?,
            footprints: formed(&out.footprints, "--footprints", false)?,
        })
    }

    /// The area that is to be covered.
    fn area(&self, search: &Search) -> Result<Option<Area>> {
        if !self.some.cover {
            return Ok(None);
        }
        let print = match &search.place {
            Some(search::Place::Box(bbox)) => Footprint::of_box(*bbox),
            Some(search::Place::Geometry(geometry)) => {
                let json = serde_json::to_value(geometry).unwrap_or_default();
                Footprint::of_geometry(&json)
            }
            None => {
                return Err(Error::usage("--cover wants to know what to cover").with_hint("add --bbox or --intersects"));
            }
        };
        Area::new(&print).map(Some)
    }

    fn access(&self) -> Result<Access> {
        let timeout = Duration::try_from_secs_f64(self.access.timeout).ok().filter(|timeout| !timeout.is_zero());
        let timeout = timeout.ok_or_else(|| Error::usage(format!("--timeout {} is no time", self.access.timeout)))?;
        let headers = self.access.headers.iter().map(|header| {
            let (name, variable) = header.split_once('=').ok_or_else(|| {
                Error::usage("--header wants NAME=ENVVAR, the name of an environment variable that holds the value")
                    .with_hint("export STAC_TOKEN='Bearer …', then --header Authorization=STAC_TOKEN")
            })?;
            // What stands there may be the secret itself: it is not repeated.
            let value = std::env::var(variable).map_err(|_| {
                Error::usage(format!("the environment variable for the header {name} is not set"))
                    .with_hint("export it before; the value itself does not belong on a command line")
            })?;
            Ok((name.to_owned(), value))
        });
        Ok(Access { headers: headers.collect::<Result<_>>()?, retries: self.access.retries, timeout })
    }

    /// What was searched, in the words of the user.
    fn record(&self) -> Value {
        let mut record = Map::new();
        let mut put = |name: &str, value: Value| {
            if !(value.is_null() || value.as_array().is_some_and(Vec::is_empty)) {
                record.insert(name.to_owned(), value);
            }
        };
        let Which { collections, ids, bbox, intersects, datetime, query, filter } = &self.which;
        put("endpoint", without_secrets(&self.endpoint).into());
        put("collections", collections.clone().into());
        put("ids", ids.clone().into());
        put("bbox", bbox.clone().into());
        put("intersects", intersects.clone().into());
        put("datetime", datetime.clone().into());
        put("query", query.clone().into());
        put("filter", filter.clone().into());
        put("sortby", self.some.sortby.clone().into());
        put("fields", self.output.fields.clone().into());
        put("max_items", self.some.max_items.into());
        put(
            "dedupe",
            self.some
                .dedupe
                .and_then(|how| clap::ValueEnum::to_possible_value(&how).map(|v| v.get_name().to_owned()))
                .into(),
        );
        put("cover", self.some.cover.then_some(true).into());
        Value::Object(record)
    }
}

/// An address without user, password and query, in which keys and tokens travel.
fn without_secrets(endpoint: &str) -> String {
    match Url::parse(endpoint) {
        Ok(mut url) if url.has_host() => {
            // A URL with a host can do without them.
            let _ = (url.set_username(""), url.set_password(None));
            url.set_query(None);
            url.set_fragment(None);
            url.to_string()
        }
        _ => endpoint.to_owned(),
    }
}
