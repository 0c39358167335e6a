//! Points as people write them: `LON,LAT` and tables.

use std::str::FromStr;

use super::Point;
use crate::{Error, Result};

impl FromStr for Point {
    type Err = Error;

    /// `LON,LAT` in degrees.
    ///
    /// # Errors
    /// [`Error::Usage`] for anything else.
    fn from_str(text: &str) -> Result<Self> {
        let wrong = |why: &str| {
            Error::usage(format!("'{text}' is no point: {why}")).with_hint("LON,LAT in degrees, such as -3.19,55.95")
        };
        let Some((longitude, latitude)) = text.split_once(',') else { return Err(wrong("it has no comma")) };
        let number = |part: &str| part.trim().parse::<f64>().map_err(|_| wrong(&format!("'{part}' is no number")));
        Self::new(number(longitude)?, number(latitude)?).map_err(|why| wrong(&why))
    }
}

impl Point {
    /// A place on the Earth without name or time; the error says which number is not one of it.
    fn new(longitude: f64, latitude: f64) -> Result<Self, String> {
        if !(-360.0..=360.0).contains(&longitude) {
            return Err(format!("longitude {longitude} is not between -360 and 360"));
        }
        if !(-90.0..=90.0).contains(&latitude) {
            return Err(format!("latitude {latitude} is not between -90 and 90 (longitude comes first)"));
        }
        Ok(Self { longitude, latitude, name: None, time: None })
    }
}

/// The columns that are understood, each with its names, best first.
const COLUMNS: [(&str, &[&str]); 4] = [
    ("longitude", &["lon", "longitude"]),
    ("latitude", &["lat", "latitude"]),
    ("name", &["name", "station", "id"]),
    ("time", &["time"]),
];

/// Where each of [`COLUMNS`] stands.
struct Columns([Option<usize>; 4]);

/// The points of a table with a header: `lon` (or `longitude`) and `lat` (or `latitude`) in degrees,
/// and if they are there `name` (or `station`, or `id`) and `time`, in any order and case, beside
/// columns of any other name.
///
/// Comma, semicolon or tab separate; where it is not the comma, a number may have a decimal comma.
/// `file` stands in errors.
///
/// # Errors
/// [`Error::Data`] naming the line and column of what is not understood, for a table without these
/// columns and for one without points.
pub fn parse_points(bytes: &[u8], file: &str) -> Result<Vec<Point>> {
    let text = decode(bytes, file)?;
    let separator = separator(text);
    let mut reader =
        csv::ReaderBuilder::new().delimiter(separator).flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let wrong = |e: csv::Error| Error::data(format!("the table can't be read: {e}"), file);
    let columns = Columns::of(reader.headers().map_err(wrong)?, file)?;
    let mut points = Vec::new();
    for record in reader.records() {
        let record = record.map_err(wrong)?;
        if record.iter().all(str::is_empty) {
            continue; // spreadsheets leave lines of nothing but separators
        }
        let line = record.position().map_or(0, csv::Position::line);
        points.push(columns.point(&record, separator != b',', line, file)?);
    }
    if points.is_empty() {
        return Err(Error::data("the table has no points", file).with_hint("one line a point below the header"));
    }
    let undated = points.iter().position(|p| p.time.is_none());
    if let (Some(at), true) = (undated, points.iter().any(|p| p.time.is_some())) {
        return Err(Error::data(format!("point {} has no time, others have", at + 1), file)
            .with_hint("give every point a time, or none"));
    }
    Ok(points)
}

fn decode<'a>(bytes: &'a [u8], file: &str) -> Result<&'a str> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(Error::data("the table is in UTF-16", file).with_hint("save it as UTF-8"));
    }
    std::str::from_utf8(bytes).map_err(|e| {
        let before = bytes.get(..e.valid_up_to()).unwrap_or_default();
        let line = before.split(|b| *b == b'\n').count();
        Error::data(format!("line {line} is not UTF-8"), file).with_hint("save the table as UTF-8")
    })
}

/// The separator that the header has most of.
fn separator(text: &str) -> u8 {
    let header = text.lines().find(|l| !l.trim().is_empty()).unwrap_or_default();
    let count = |separator: u8| {
        let (mut quoted, mut count) = (false, 0_usize);
        for byte in header.bytes() {
            quoted ^= byte == b'"';
            count += usize::from(byte == separator && !quoted);
        }
        count
    };
    // Of equally many the comma, which stands last.
    [b'\t', b';', b','].into_iter().max_by_key(|s| count(*s)).unwrap_or(b',')
}

impl Columns {
    fn of(header: &csv::StringRecord, file: &str) -> Result<Self> {
        let find = |names: &[&str]| {
            names.iter().find_map(|name| header.iter().position(|h| h.trim_matches('"').eq_ignore_ascii_case(name)))
        };
        let mut found = [None; 4];
        for (place, (_, names)) in found.iter_mut().zip(COLUMNS) {
            *place = find(names);
        }
        let [Some(_), Some(_), ..] = found else {
            let has: Vec<&str> = header.iter().take(12).collect();
            let what = format!("the table has no columns 'lon' and 'lat', its first line is '{}'", has.join(", "));
            return Err(Error::data(what, file)
                .with_hint("a header with lon and lat (or longitude and latitude), and if wanted name and time"));
        };
        Ok(Self(found))
    }

    /// The text of a column; `None` where the table has no such column or nothing stands in it.
    fn text<'a>(&self, record: &'a csv::StringRecord, column: usize) -> Option<&'a str> {
        let at = self.0.get(column).copied().flatten()?;
        record.get(at).map(str::trim).filter(|t| !t.is_empty())
    }

    fn point(&self, record: &csv::StringRecord, decimal_comma: bool, line: u64, file: &str) -> Result<Point> {
        let number = |column: usize| {
            let name = COLUMNS.get(column).map_or("", |(name, _)| name);
            let text = self.text(record, column);
            let text = text.ok_or_else(|| Error::data(format!("line {line} has no {name}"), file))?;
            let point = if decimal_comma { text.replacen(',', ".", 1) } else { text.to_owned() };
            let wrong = || Error::data(format!("'{text}' in column {name} of line {line} is no number"), file);
            point.parse::<f64>().map_err(|_| wrong())
        };
        let (longitude, latitude) = (number(0)?, number(1)?);
        let place = Point::new(longitude, latitude).map_err(|why| Error::data(format!("line {line}: {why}"), file))?;
        let text = |column: usize| self.text(record, column).map(str::to_owned);
        Ok(Point { name: text(2), time: text(3), ..place })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(text: &str) -> Vec<(f64, f64, String, String)> {
        let points = parse_points(text.as_bytes(), "p.csv").unwrap_or_else(|e| panic!("{text:?}: {e}"));
        let text = |t: Option<String>| t.unwrap_or_else(|| "-".to_owned());
        points.into_iter().map(|p| (p.longitude, p.latitude, text(p.name), text(p.time))).collect()
    }

    #[test]
    fn points_on_the_command_line() {
        let point: Point = "-3.19, 55.95".parse().unwrap();
        assert_eq!((point.longitude, point.latitude), (-3.19, 55.95));
        for (text, why) in [
            ("5", "it has no comma"),
            ("a,5", "'a' is no number"),
            ("5,nan", "latitude NaN is not between -90 and 90"),
            ("55.95,139.7", "longitude comes first"),
            ("361,0", "longitude 361 is not"),
            ("1,2,3", "'2,3' is no number"),
        ] {
            let error = text.parse::<Point>().unwrap_err();
            assert!(error.to_string().contains(why), "{text}: {error}");
            assert_eq!(error.exit_code(), 2);
        }
    }

    #[test]
    fn columns_are_found_by_name_in_any_order_and_case() {
        let oslo = (10.75, 59.91, "Oslo".to_owned(), "-".to_owned());
        for text in [
            "lon,lat,name\n10.75,59.91,Oslo\n",
            "NAME,altitude,Latitude,LONGITUDE\r\nOslo,12,59.91,10.75\r\n",
            "\u{feff}station;lat;lon\nOslo;59,91;10,75\n;;\n",
            "\"id\"\t\"lat\"\t\"lon\"\n\"Oslo\"\t59.91\t 10.75 \n\n",
            "id,station,name,lon,lat\n1,NO-1,Oslo,10.75,59.91",
        ] {
            assert_eq!(places(text), std::slice::from_ref(&oslo), "{text:?}");
        }
        assert_eq!(places("time,lat,lon\n2020-01,1,2")[0].3, "2020-01");
        assert_eq!(places("lon,lat,name\n1,2,\"Frankfurt, Main\"")[0].2, "Frankfurt, Main");
    }

    #[test]
    fn what_is_wrong_with_a_table_is_named_with_its_line() {
        for (text, why) in [
            (&b""[..], "no columns 'lon' and 'lat'"),
            (b"10.75,59.91\n5.3,60.4\n", "its first line is '10.75, 59.91'"),
            (b"lon,name\n1,a\n", "no columns 'lon' and 'lat'"),
            (b"lon,lat\n", "the table has no points"),
            (b"lon,lat\n1,2\n3,north\n", "'north' in column latitude of line 3 is no number"),
            (b"lon,lat\n1\n", "line 2 has no latitude"),
            (b"lon,lat\n1,\n", "line 2 has no latitude"),
            (b"lon,lat\n5,95\n", "line 2: latitude 95 is not between"),
            (b"lon,lat\n1,inf\n", "line 2: latitude inf"),
            (b"lon,lat,time\n1,2,2020\n1,2,\n", "point 2 has no time"),
            (b"lon,lat,name\n1,2,M\xfcnchen\n", "line 2 is not UTF-8"),
            (b"\xff\xfel\0o\0", "UTF-16"),
        ] {
            let error = parse_points(text, "p.csv").unwrap_err();
            assert!(error.to_string().contains(why), "{}: {error}", String::from_utf8_lossy(text));
            assert!(error.to_string().ends_with("p.csv"), "{error}");
        }
    }
}
