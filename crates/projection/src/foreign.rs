//! Every projection that has no closed form here: PROJ, with its database inside the program and no network.
//!
//! PROJ's objects belong to one thread each, so a [`Foreign`] is the definition alone and every thread keeps the
//! last few objects it needed. What PROJ answers is checked by the way back, for it gives numbers outside the map too.

mod facts;
mod shape;

use crate::error::{Error, Result};
use crate::sphere::{RADIUS, wrapped};
pub use facts::Description;
use facts::Facts;
use proj::Proj;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::{Arc, OnceLock};

/// Longitudes and latitudes are those of GPS and of most files that say nothing else.
const GEOGRAPHIC: &str = "EPSG:4326";

/// Reference systems that are no places on a map.
const NO_MAPS: [&str; 5] = ["GeodeticCRS", "VerticalCRS", "EngineeringCRS", "TemporalCRS", "ParametricCRS"];

/// Points that go to PROJ in one call. A call fails as a whole if one point does and is then repeated point by
/// point, so this bounds what the rim of a map costs.
const BATCH: usize = 256;

/// How far, in metres, a place may come back from where it was: PROJ's iterations stop at about a micrometre and its
/// Robinson is broken by 2 m every 5° of latitude; foldings of the plane miss by kilometres.
const WAY_BACK: f64 = 10.0;

/// A projection by its definition.
#[derive(Debug, Clone)]
pub(crate) struct Foreign {
    definition: Arc<str>,
    metres_per_unit: f64,
    invertible: bool,
    /// West, south, east, north in degrees, where the definition is for a part of the Earth.
    area: Option<[f64; 4]>,
    shape: Arc<OnceLock<shape::Shape>>,
}

/// Whether a text is a definition for PROJ rather than a name.
pub(crate) fn is_definition(text: &str) -> bool {
    let coded = text.split_once(':').is_some_and(|(authority, code)| {
        !authority.is_empty() && !code.is_empty() && authority.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    });
    coded || text.starts_with('+') || text.contains("proj=") || text.contains('[') || text.starts_with('{')
}

thread_local! {
    /// The objects of this thread, the last used at the end.
    static OBJECTS: RefCell<Vec<(Arc<str>, Rc<Proj>)>> = const { RefCell::new(Vec::new()) };
}

/// How many objects a thread keeps.
const KEPT: usize = 4;

impl Foreign {
    /// A definition, once PROJ accepts it.
    pub(crate) fn new(text: &str) -> Result<Self> {
        let refused =
            |message: String, hint: &str| Error::Proj { text: text.to_owned(), message, hint: hint.to_owned() };
        let definition: Arc<str> = canonical(text).into();
        let about = "give +proj=NAME with its parameters, EPSG:CODE or WKT of a projected map";
        object(&definition).map_err(|message| refused(in_words(&definition, message), about))?;
        let Facts { metres_per_unit, area, kind } = Facts::of(&definition);
        if let Some(kind) = kind.filter(|it| NO_MAPS.contains(&it.as_str())) {
            return Err(refused(format!("it is no map but a {kind}"), about));
        }
        let mut new = Self { definition, metres_per_unit, invertible: true, area, shape: Arc::default() };
        if !new.shows_something() {
            // Without a way back it still does for lines.
            new.invertible = false;
            if !new.shows_something() {
                return Err(refused("no place that was tried is on it".to_owned(), "check its parameters"));
            }
        }
        Ok(new)
    }

    /// Whether any of a few places is on the map. PROJ's own word on whether there is a way back is not to be had
    /// before an object with several ways to choose from has taken one.
    fn shows_something(&self) -> bool {
        let middle = self.area.and_then(crate::region::Area::new).map(|area| area.middle());
        let lattice = (-5..=6).flat_map(|lon| (-3..=3).map(move |lat| (f64::from(lon) * 30.0, f64::from(lat) * 29.0)));
        let mut places: Vec<(f64, f64)> = middle.into_iter().chain(lattice).collect();
        self.forward_all(&mut places);
        places.iter().any(|it| !it.0.is_nan())
    }

    pub(crate) fn metres_per_unit(&self) -> f64 {
        self.metres_per_unit
    }

    pub(crate) fn description(&self) -> Option<Description> {
        Description::of(&self.definition)
    }

    pub(crate) fn forward(&self, lon: f64, lat: f64) -> Option<(f64, f64)> {
        let mut point = [(lon, lat)];
        self.forward_all(&mut point);
        point.first().copied().filter(|it| !it.0.is_nan())
    }

    pub(crate) fn inverse(&self, x: f64, y: f64) -> Option<(f64, f64)> {
        let mut point = [(x, y)];
        self.inverse_all(&mut point);
        point.first().copied().filter(|it| !it.0.is_nan())
    }

    /// Longitude and latitude to x and y, in place.
    pub(crate) fn forward_all(&self, points: &mut [(f64, f64)]) {
        let Ok(object) = object(&self.definition) else { return points.fill(NOWHERE) };
        for batch in points.chunks_mut(BATCH) {
            for place in batch.iter_mut() {
                // A plane of degrees would go on past its edge.
                place.0 = wrapped(place.0);
                place.1 = if place.1.abs() <= 90.0 + 1e-6 { place.1.clamp(-90.0, 90.0) } else { f64::NAN };
            }
            let from = batch.to_vec();
            transform(&object, batch, false);
            if self.invertible {
                let mut back = batch.to_vec();
                transform(&object, &mut back, true);
                keep(batch, &from, &back, |a, b| apart(a, b) <= WAY_BACK);
            }
        }
    }

    /// x and y to longitude and latitude, in place.
    pub(crate) fn inverse_all(&self, points: &mut [(f64, f64)]) {
        let object = match object(&self.definition) {
            Ok(object) if self.invertible => object,
            _ => return points.fill(NOWHERE),
        };
        let far = WAY_BACK / self.metres_per_unit;
        for batch in points.chunks_mut(BATCH) {
            let from = batch.to_vec();
            transform(&object, batch, true);
            for place in batch.iter_mut().filter(|it| !(it.0.abs() <= 540.0 && it.1.abs() <= 90.0 + 1e-6)) {
                *place = NOWHERE;
            }
            let mut back = batch.to_vec();
            transform(&object, &mut back, false);
            keep(batch, &from, &back, |a, b| (a.0 - b.0).hypot(a.1 - b.1) <= far);
            for place in batch.iter_mut() {
                *place = (wrapped(place.0), place.1.clamp(-90.0, 90.0));
            }
        }
    }
}

/// No place.
const NOWHERE: (f64, f64) = (f64::NAN, f64::NAN);

/// Leaves those results whose way back ends where it began.
fn keep(
    results: &mut [(f64, f64)],
    from: &[(f64, f64)],
    back: &[(f64, f64)],
    same: impl Fn((f64, f64), (f64, f64)) -> bool,
) {
    for (result, (&from, &back)) in results.iter_mut().zip(from.iter().zip(back)) {
        if !same(from, back) {
            *result = NOWHERE;
        }
    }
}

/// The distance of two places in metres, through the globe; NaN if one is nowhere.
fn apart(a: (f64, f64), b: (f64, f64)) -> f64 {
    let half = |degrees: f64| (degrees / 2.0).to_radians().sin().powi(2);
    let across = a.1.to_radians().cos() * b.1.to_radians().cos();
    2.0 * RADIUS * (half(a.1 - b.1) + across * half(a.0 - b.0)).sqrt()
}

/// One way or the other, in place; NaN where PROJ has no answer.
fn transform(object: &Proj, points: &mut [(f64, f64)], inverse: bool) {
    let mut sound: Vec<(f64, f64)> = points.iter().copied().filter(|it| it.0.is_finite() && it.1.is_finite()).collect();
    let asked = sound.clone();
    if object.project_array(&mut sound, inverse).is_err() {
        for (point, asked) in sound.iter_mut().zip(asked) {
            *point = object.project(asked, inverse).unwrap_or(NOWHERE);
        }
    }
    let mut answers = sound.into_iter();
    for point in points {
        let sent = point.0.is_finite() && point.1.is_finite();
        let answer = if sent { answers.next() } else { None };
        *point = answer.filter(|it| it.0.is_finite() && it.1.is_finite()).unwrap_or(NOWHERE);
    }
}

/// This thread's object for a definition; PROJ's message if there is none.
fn object(definition: &Arc<str>) -> std::result::Result<Rc<Proj>, String> {
    let kept = OBJECTS.with_borrow_mut(|objects| {
        let place = objects.iter().position(|(it, _)| it == definition)?;
        let entry = objects.remove(place);
        let object = Rc::clone(&entry.1);
        objects.push(entry);
        Some(object)
    });
    if let Some(object) = kept {
        return Ok(object);
    }
    let object = Proj::new_known_crs(GEOGRAPHIC, definition, None).map(Rc::new).map_err(|error| message(&error))?;
    OBJECTS.with_borrow_mut(|objects| {
        if objects.len() >= KEPT {
            objects.remove(0);
        }
        objects.push((Arc::clone(definition), Rc::clone(&object)));
    });
    Ok(object)
}

/// What PROJ says, without the words of the crate around it.
fn message(error: &proj::ProjCreateError) -> String {
    match error {
        proj::ProjCreateError::ProjError(it) => it.clone(),
        proj::ProjCreateError::ArgumentNulError(_) => "it has a zero byte in it".to_owned(),
        proj::ProjCreateError::MetadataObjectCreation => error.to_string(),
    }
}

/// What PROJ says of a definition, or what is meant where it has no words for it.
fn in_words(definition: &str, said: String) -> String {
    if !said.starts_with("Unknown error") {
        return said;
    }
    match coded(definition) {
        Some((authority, code)) => format!("its database has no map with the code {code} of {authority}"),
        None => "it makes no map of it".to_owned(),
    }
}

/// A definition as PROJ wants it: authorities in capitals.
fn canonical(text: &str) -> String {
    match coded(text) {
        Some((authority, code)) => format!("{}:{}", authority.to_ascii_uppercase(), code.trim()),
        None => text.to_owned(),
    }
}

/// The authority and the code that a text is made of.
fn coded(text: &str) -> Option<(&str, &str)> {
    // Not those of a URN or URL, which go on with another colon or slash.
    text.split_once(':')
        .filter(|(authority, code)| !authority.contains(char::is_whitespace) && !code.contains([':', '/', '[']))
}
