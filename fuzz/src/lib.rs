//! What each fuzz target does with the bytes that it is given: everything that an input, an argument or a file of
//! regions can reach. None may panic, run on or ask for memory that the bytes do not pay for.
//!
//! The targets below `fuzz_targets/` call these under libFuzzer; `crates/pangeo/tests/fuzz_smoke.rs` includes this
//! file and calls them with seeds and simple mutations of them in every test run.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use pangeo::cf::time::{
    Calendar, DateText, DaySet, HourSet, MonthSet, Period, SeasonSet, Span, TimeCoding, TimeRange, TimeUnits, YearSet,
};
use pangeo::cf::units::{Unit, UnitRequest, converter};
use pangeo::grid::Bbox;
use pangeo::grid::polygon::{self, FeaturePick};
use pangeo::io::netcdf;
use pangeo::io::store::{ByteRange, ZipTree};
use pangeo::io::{ByteSource, ObjectTree, zarr};
use pangeo::model::{Buffer, DataType, Dataset, Region};
use pangeo::ops::expression::Expression;
use pangeo::ops::select::IndexSelection;
use pangeo::{Error, Result};

/// Values of a variable that are read: beyond this the size is what is tested, not the reader.
const MOST_VALUES: usize = 1 << 16;

/// A file in memory.
#[derive(Debug)]
struct Memory(Bytes);

impl Memory {
    fn source(data: &[u8]) -> Arc<dyn ByteSource> {
        Arc::new(Self(Bytes::copy_from_slice(data)))
    }
}

impl ByteSource for Memory {
    fn name(&self) -> &'static str {
        "memory"
    }

    fn len(&self) -> u64 {
        self.0.len() as u64
    }

    fn read(&self, range: Range<u64>) -> Result<Bytes> {
        let within = range.start <= range.end && range.end <= self.len();
        let cut = || Error::malformed("memory", "the file is cut short");
        within.then(|| self.0.slice(range.start as usize..range.end as usize)).ok_or_else(cut)
    }
}

/// Reads all variables that are not too large, and the pieces of those that are copied as stored.
fn read_all(dataset: &Dataset) {
    for variable in dataset.variables.iter().take(32) {
        let array = &variable.array;
        let shape = array.shape().to_vec();
        let values = shape.iter().try_fold(1usize, |n, extent| n.checked_mul(*extent));
        let region = match values {
            Some(values) if values <= MOST_VALUES => Region::whole(&shape),
            _ => Region::new(shape.iter().map(|extent| extent.saturating_sub(2)..*extent).collect()),
        };
        if region.len() <= MOST_VALUES {
            let _ = array.read(&region);
            let _ = array.stored_chunk(&region, None);
        }
    }
}

/// netCDF classic, 64-bit offset, CDF-5: the header as a part and as a whole, then the values.
pub fn classic(data: &[u8]) {
    let _ = netcdf::classic::parse_header(data, u64::MAX, "memory");
    if let Ok(dataset) = netcdf::classic::open(Memory::source(data)) {
        read_all(&dataset);
    }
}

/// netCDF-4 and other HDF5: structures, chunk indexes, filters, values.
pub fn hdf5(data: &[u8]) {
    if let Ok(dataset) = netcdf::hdf5::open(Memory::source(data)) {
        read_all(&dataset);
    }
}

/// A store in memory: `data` are its metadata, parted by zero bytes; every chunk is `chunk`.
#[derive(Debug)]
struct Store {
    objects: Vec<(&'static str, Bytes)>,
    chunk: Bytes,
}

impl ObjectTree for Store {
    fn name(&self) -> &'static str {
        "memory.zarr"
    }

    fn get(&self, key: &str, range: ByteRange) -> Result<Option<Bytes>> {
        let metadata = key.ends_with("zarr.json") || key.rsplit('/').next().is_some_and(|name| name.starts_with(".z"));
        let object = self.objects.iter().find(|(name, _)| *name == key).map(|(_, bytes)| bytes);
        let Some(object) = object.or((!metadata).then_some(&self.chunk)) else { return Ok(None) };
        let len = object.len() as u64;
        let range = match range {
            ByteRange::All => Some(0..len),
            ByteRange::From { offset, length } => offset.checked_add(length).map(|end| offset..end),
            ByteRange::Last(length) => len.checked_sub(length).map(|start| start..len),
        };
        let range = range.filter(|r| r.end <= len).ok_or_else(|| Error::malformed("memory.zarr", "cut short"))?;
        Ok(Some(object.slice(range.start as usize..range.end as usize)))
    }

    fn children(&self, _: &str) -> Result<Option<Vec<String>>> {
        Ok(None)
    }
}

/// Zarr: metadata of a group or an array in either version, and one chunk for all. The last part between zero bytes
/// is the chunk; JSON holds none.
pub fn zarr(data: &[u8]) {
    const VERSION_2: [&str; 3] = [".zmetadata", ".zarray", ".zattrs"];
    let mut parts = data.splitn(4, |byte| *byte == 0).map(Bytes::copy_from_slice);
    let first = parts.next().unwrap_or_default();
    let mut rest: Vec<Bytes> = parts.collect();
    let chunk = rest.pop().unwrap_or_default();
    let two = VERSION_2.into_iter().zip(std::iter::once(first.clone()).chain(rest)).collect();
    for objects in [vec![("zarr.json", first.clone())], two, vec![(".zarray", first)]] {
        if let Ok(dataset) = zarr::open(Arc::new(Store { objects, chunk: chunk.clone() })) {
            read_all(&dataset);
        }
    }
}

/// A Zarr store in a zip archive.
pub fn zip(data: &[u8]) {
    let Ok(tree) = ZipTree::open(Memory::source(data)) else { return };
    let _ = tree.children("");
    for key in ["zarr.json", ".zgroup", "a/c/0", "a/0.0"] {
        let _ = tree.get(key, ByteRange::All);
        let _ = tree.get(key, ByteRange::Last(4));
    }
    if let Ok(dataset) = zarr::open(Arc::new(tree)) {
        read_all(&dataset);
    }
}

/// Units and texts of time: the first line units, the second a calendar, every one each kind of argument.
pub fn time_units(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut lines = text.split('\n');
    let (units, calendar) = (lines.next().unwrap_or_default(), lines.next());
    let _ = TimeUnits::parse(units);
    if let Ok(coding) = TimeCoding::new(units, calendar) {
        decode(&coding);
    }
    for line in text.split('\n') {
        let calendars = [Calendar::default(), line.parse().unwrap_or_default()];
        if let Ok(date) = line.parse::<DateText>() {
            let _ = calendars.map(|calendar| date.instant(calendar));
        }
        if let Ok(range) = line.parse::<TimeRange>() {
            let _ = calendars.map(|calendar| range.resolve(calendar));
            let _ = range.resolve_spans();
        }
        let _ = line.parse::<Period>();
        let _ = line.parse::<SeasonSet>();
        let _ = line.parse::<Span>();
        let _ = (line.parse::<YearSet>(), line.parse::<MonthSet>(), line.parse::<DaySet>(), line.parse::<HourSet>());
        let _ = (line.parse::<Bbox>(), line.parse::<IndexSelection>());
    }
}

/// Decodes numbers at the edges and encodes what came of them.
fn decode(coding: &TimeCoding) {
    let numbers = [0.0, 1.0, -1.5, 1e-9, 59.999_999_9, 730_000.25, -1e9, 1e15, f64::MAX, f64::INFINITY, f64::NAN];
    for number in numbers {
        for values in [Buffer::F64(vec![number]), Buffer::F32(vec![number as f32]), Buffer::I64(vec![number as i64])] {
            let _ = coding.decode_masked(&values, &[1e15]);
            let _ = coding.decode_spans(&values);
            let Ok(instants) = coding.decode(&values) else { continue };
            for instant in &instants {
                let at = coding.calendar().components(*instant);
                assert_eq!(coding.calendar().instant(&at), Some(*instant), "{at:?} in {:?}", coding.calendar());
            }
            let _ = coding.encode(&instants, &DataType::F64);
            let _ = coding.encode(&instants, &DataType::I32);
        }
    }
}

/// Conditions, evaluated on a few values; the same for each cell, however many there are.
pub fn expression(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let _ = Expression::parse_condition(text);
    let Ok(expression) = Expression::parse(text) else { return };
    let cells = [0.0, 1.0, -2.5, 1e300, f64::NAN, f64::INFINITY, 273.15];
    let values = expression.evaluate(&|_| Some(&cells), cells.len()).expect("all variables are known");
    for (cell, value) in cells.iter().zip(values) {
        let alone = expression.evaluate(&|_| Some(std::slice::from_ref(cell)), 1).expect("one cell");
        assert_eq!(alone.first().map(|v| v.to_bits()), Some(value.to_bits()), "{text} of {cell}");
    }
}

/// Units: each line parsed, as a request too, and neighbours converted there and back.
pub fn units(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut lines = text.split('\n');
    let (first, second) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    let _ = first.parse::<UnitRequest>();
    if let (Ok(a), Ok(b)) = (Unit::parse(first), Unit::parse(second)) {
        assert_eq!(a.is_convertible(&b), b.is_convertible(&a), "{first:?} and {second:?}");
    }
    if let Ok(converter) = converter(first, second) {
        for value in [0.0, 1.0, -273.15, 1e300, f64::NAN] {
            let _ = converter.apply(value);
        }
    }
}

/// Regions: GeoJSON or zipped shapefiles, asked for points and cells.
pub fn geojson(data: &[u8]) {
    let Ok(features) = polygon::parse(data, "memory") else { return };
    for feature in features.iter().take(8) {
        for (longitude, latitude) in [(0.0, 0.0), (180.0, 90.0), (-179.99, -45.5), (359.0, 10.0)] {
            let _ = feature.contains(longitude, latitude);
            let corners = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)].map(|(x, y)| (longitude + x, latitude + y));
            let _ = feature.touches_cell(&corners);
        }
        let _ = (feature.extent(), feature.name("name"));
    }
    if let Ok(picked) = "name=a".parse::<FeaturePick>() {
        let _ = polygon::pick(features, &[picked], "memory");
    }
}
