//! What a catalog says of a dataset, from its metadata and coordinates alone.

mod about;
mod dimensions;
mod footprint;
mod licence;
mod space;
mod times;
mod variables;

pub(crate) use footprint::Footprint;
pub use licence::licence;
pub(crate) use times::civil;

use std::str::FromStr;

use pangeo::cf::roles::Roles;
use pangeo::model::Dataset;
use pangeo::{Error, Result};

use crate::cube::{CubeDimension, CubeVariable};
use crate::reference::Raster;

/// Noted of data whose place is not known.
pub(crate) const NOWHERE: &str = "nothing tells where the data are";
/// Noted of data whose time is not known.
pub(crate) const NEVER: &str = "nothing tells when the data are from";

/// Irregular coordinates of so many values at most are listed.
const FEW: usize = 100;

/// Who made, processed or publishes a dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider {
    /// The name of the institution or person.
    pub name: String,
    /// `producer`, `processor`, `host`.
    pub roles: Vec<&'static str>,
    /// A web address.
    pub url: Option<String>,
}

/// What providers do, as STAC has it.
const ROLES: [&str; 4] = ["licensor", "producer", "processor", "host"];

impl FromStr for Provider {
    type Err = Error;

    /// `[ROLE+ROLE:]NAME[=URL]`, such as `producer+host:ECMWF=https://www.ecmwf.int`.
    ///
    /// # Errors
    /// [`Error::Usage`] where no name is left.
    fn from_str(text: &str) -> Result<Self> {
        let (text, url) = match text.rsplit_once('=') {
            Some((name, url)) if url.contains("://") => (name, Some(url.to_owned())),
            _ => (text, None),
        };
        let known = |role: &str| ROLES.into_iter().find(|known| *known == role);
        let told = text
            .split_once(':')
            .and_then(|(roles, name)| Some((roles.split('+').map(known).collect::<Option<Vec<_>>>()?, name)));
        let (roles, name) = told.unwrap_or((Vec::new(), text));
        let name = name.trim().to_owned();
        if name.is_empty() {
            return Err(Error::usage(format!("'{text}' names no provider")).with_hint(
                "write NAME, NAME=URL or producer+host:NAME=URL; roles are licensor, producer, processor, host",
            ));
        }
        Ok(Self { name, roles, url })
    }
}

/// What a catalog says of a dataset.
///
/// Coordinates are read, data never. Memory is that of the coordinates; grids whose cells have places of their own and
/// of which there are more than four million are taken by their centres and half a cell more, so that no corners need
/// be held.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Facts {
    /// `title`.
    pub title: Option<String>,
    /// `summary`, `description`, `title`, else what variables there are; never empty.
    pub description: String,
    /// `keywords`, each once.
    pub keywords: Vec<String>,
    /// An SPDX identifier or `other` ([`licence()`]).
    pub licence: String,
    /// The web address in the text of the licence.
    pub licence_link: Option<String>,
    /// Institution, creator, contributor, publisher.
    pub providers: Vec<Provider>,
    /// West, south, east, north in degrees of all grids together, longitudes in [−180, 180], `west > east` where it
    /// crosses the dateline: edges of cells from bounds where there are, else derived; centres where neither is known.
    /// Without a grid, what `geospatial_lat_min` … (ACDD) say.
    pub bbox: Option<[f64; 4]>,
    /// First and last time, RFC 3339 in UTC: the extent of the coordinate values, not of their bounds. In calendars that
    /// ISO 8601 does not have, the nearest date that it has; nothing
    /// outside the years 1 to 9999. Without times, what `time_coverage_start` … say.
    pub interval: Option<[Option<String>; 2]>,
    /// The dimensions of the variables, in the order of the dataset.
    pub dimensions: Vec<CubeDimension>,
    /// Data variables and coordinates that are no dimension, in the order of the dataset.
    pub variables: Vec<CubeVariable>,
    /// The lattice, where all data lie on one grid with rows and columns in a known reference system.
    pub raster: Option<Raster>,
    /// What was left out or guessed, and why.
    pub notes: Vec<String>,
}

impl Facts {
    /// What a catalog says of `dataset`.
    ///
    /// Coordinates that mean nothing (unknown units, a grid that moves in time) are left out and noted.
    ///
    /// # Errors
    /// When the values of a coordinate can't be read.
    pub fn of(dataset: &Dataset) -> Result<Self> {
        let roles = Roles::of(dataset);
        let mut notes = Vec::new();
        let about = about::About::of(dataset);
        let grids = space::grids(dataset, &roles, &mut notes)?;
        let mut bbox = space::bbox(dataset, &roles, &grids)?;
        if bbox.is_none() {
            bbox = space::declared(&dataset.attributes);
        }
        let interval = times::interval(dataset, &roles, &mut notes);
        for (known, what) in [(bbox.is_some(), NOWHERE), (interval.is_some(), NEVER)] {
            if !known {
                notes.push(what.to_owned());
            }
        }
        let variables = variables::of(dataset, &roles, &mut notes);
        let dimensions = dimensions::of(dataset, &roles, &grids, &variables, &mut notes)?;
        let raster = space::raster(dataset, &roles, &grids)?;
        Ok(Self {
            title: about.title,
            description: about.description.unwrap_or_else(|| described(&variables)),
            keywords: about.keywords,
            licence: about.licence,
            licence_link: about.licence_link,
            providers: about.providers,
            bbox,
            interval,
            dimensions,
            variables,
            raster,
            notes,
        })
    }
}

/// The data variables in a sentence.
fn described(variables: &[CubeVariable]) -> String {
    const NAMED: usize = 12;
    let names: Vec<&str> =
        variables.iter().filter(|v| v.is_data).map(|v| v.description.as_deref().unwrap_or(&v.name)).collect();
    let more = if names.len() > NAMED { format!(" and {} more", names.len() - NAMED) } else { String::new() };
    match names.len() {
        0 => "A dataset without data variables".to_owned(),
        _ => format!("Variables: {}{more}", names.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ")),
    }
}
