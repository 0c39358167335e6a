use std::ops::Range;

use bytes::Bytes;
use pangeo::Result;
use pangeo::io::ByteSource;

use super::{Picture, date, read};

#[derive(Debug)]
struct Held(Vec<u8>);

impl ByteSource for Held {
    fn name(&self) -> &'static str {
        "held.tif"
    }

    fn len(&self) -> u64 {
        self.0.len() as u64
    }

    fn read(&self, range: Range<u64>) -> Result<Bytes> {
        let part = self.0.get(range.start as usize..range.end as usize);
        part.map(Bytes::copy_from_slice).ok_or_else(|| pangeo::Error::malformed("held.tif", "cut short"))
    }
}

/// Values of a tag.
enum Of {
    Shorts(Vec<u16>),
    Doubles(Vec<f64>),
}

/// How numbers are written.
#[derive(Clone, Copy)]
struct Kind {
    little: bool,
    big: bool,
}

impl Kind {
    fn number(self, value: u64, length: usize) -> Vec<u8> {
        let mut bytes = value.to_be_bytes()[8 - length..].to_vec();
        if self.little {
            bytes.reverse();
        }
        bytes
    }

    /// An image of 4 × 2 cells with these tags.
    fn tiff(self, tags: &[(u16, Of)]) -> Vec<u8> {
        let mut all: Vec<(u16, u16, u64, Vec<u8>)> = vec![
            (256, 3, 1, self.number(4, 2)),
            (257, 3, 1, self.number(2, 2)),
            (258, 3, 1, self.number(16, 2)),
            (339, 3, 1, self.number(2, 2)),
        ];
        for (tag, values) in tags {
            let (kind, bytes): (u16, Vec<Vec<u8>>) = match values {
                Of::Shorts(list) => (3, list.iter().map(|v| self.number(u64::from(*v), 2)).collect()),
                Of::Doubles(list) => (12, list.iter().map(|v| self.number(v.to_bits(), 8)).collect()),
            };
            all.push((*tag, kind, bytes.len() as u64, bytes.concat()));
        }
        let wide = if self.big { 8 } else { 4 };
        let mut out = if self.little { b"II".to_vec() } else { b"MM".to_vec() };
        if self.big {
            out.extend([self.number(43, 2), self.number(8, 2), self.number(0, 2), self.number(16, 8)].concat());
        } else {
            out.extend([self.number(42, 2), self.number(8, 4)].concat());
        }
        out.extend(self.number(all.len() as u64, if self.big { 8 } else { 2 }));
        let behind = out.len() + all.len() * (4 + 2 * wide) + wide;
        let mut further = Vec::new();
        for (tag, kind, count, mut bytes) in all {
            out.extend(
                [self.number(u64::from(tag), 2), self.number(u64::from(kind), 2), self.number(count, wide)].concat(),
            );
            if bytes.len() <= wide {
                bytes.resize(wide, 0);
                out.extend(bytes);
            } else {
                out.extend(self.number((behind + further.len()) as u64, wide));
                further.extend(bytes);
            }
        }
        out.extend(vec![0; wide]);
        out.extend(further);
        out
    }
}

const KINDS: [Kind; 4] = [
    Kind { little: true, big: false },
    Kind { little: false, big: false },
    Kind { little: true, big: true },
    Kind { little: false, big: true },
];

fn picture(tags: &[(u16, Of)]) -> Picture {
    read(&Held(KINDS[0].tiff(tags))).unwrap()
}

/// Scale, tie point, keys.
fn placed(cell: f64, (x, y): (f64, f64), keys: &[[u16; 4]], reals: &[f64]) -> Vec<(u16, Of)> {
    let mut directory = vec![1, 1, 0, u16::try_from(keys.len()).unwrap()];
    directory.extend(keys.iter().flatten());
    vec![
        (33550, Of::Doubles(vec![cell, cell, 0.0])),
        (33922, Of::Doubles(vec![0.0, 0.0, 0.0, x, y, 0.0])),
        (34735, Of::Shorts(directory)),
        (34736, Of::Doubles(reals.to_vec())),
    ]
}

const AREA: [u16; 4] = [1025, 0, 1, 1];
const WGS84: [[u16; 4]; 3] = [[1024, 0, 1, 2], AREA, [2048, 0, 1, 4326]];

#[test]
fn both_sizes_and_both_orders_of_bytes_say_the_same() {
    for kind in KINDS {
        let found = read(&Held(kind.tiff(&placed(10.0, (0.0, 20.0), &WGS84, &[1.0])))).unwrap();
        assert_eq!(found.facts.bbox, Some([0.0, 0.0, 40.0, 20.0]));
        assert_eq!(found.bands[0]["data_type"], "int16");
        assert_eq!(found.facts.raster.unwrap().shape, [2, 4]);
    }
}

#[test]
fn places_of_points_are_moved_to_corners() {
    let keys = [[1024, 0, 1, 2], [1025, 0, 1, 2], [2048, 0, 1, 4326]];
    let found = picture(&placed(10.0, (5.0, 15.0), &keys, &[1.0])).facts;
    assert_eq!(found.raster.unwrap().transform, Some([10.0, 0.0, 0.0, 0.0, -10.0, 20.0]));
}

#[test]
fn a_matrix_turns_the_outline() {
    let keys = vec![1, 1, 0, 2, 1024, 0, 1, 2, 2048, 0, 1, 4326];
    let matrix = vec![1.0, 1.0, 0.0, 10.0, 1.0, -1.0, 0.0, 20.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0];
    let found = picture(&[(34264, Of::Doubles(matrix)), (34735, Of::Shorts(keys))]);
    assert_eq!(found.facts.bbox, Some([10.0, 18.0, 16.0, 24.0]));
    let ring = found.geometry.unwrap();
    let mut corners: Vec<String> =
        ring["coordinates"][0].as_array().unwrap()[..4].iter().map(ToString::to_string).collect();
    corners.sort();
    assert_eq!(corners, ["[10.0,20.0]", "[12.0,18.0]", "[14.0,24.0]", "[16.0,22.0]"]);
}

/// pyproj 3.7: corners of 2000 km about the pole of EPSG:3413 lie at 81.1° N at the least.
#[test]
fn an_image_about_a_pole_reaches_all_around() {
    let keys = [[1024, 0, 1, 1], AREA, [3072, 0, 1, 3413]];
    let found = picture(&placed(5e5, (-1e6, 5e5), &keys, &[1.0]));
    let bbox = found.facts.bbox.unwrap();
    assert_eq!([bbox[0], bbox[2], bbox[3]], [-180.0, 180.0, 90.0]);
    assert!((79.0..82.0).contains(&bbox[1]), "{bbox:?}");
    assert_eq!(found.geometry.unwrap()["type"], "Polygon");
}

#[test]
fn systems_by_zone_and_by_parameters() {
    let zone = [[1024, 0, 1, 1], AREA, [2048, 0, 1, 4326], [3072, 0, 1, 32767], [3074, 0, 1, 16132]];
    let raster = picture(&placed(1000.0, (5e5, 6e6), &zone, &[1.0])).facts.raster.unwrap();
    assert_eq!(raster.system.code.as_deref(), Some("EPSG:32732"));
    // Albers' conic of the contiguous United States, as EPSG:5070 has it.
    let albers = [
        [1024, 0, 1, 1],
        AREA,
        [2048, 0, 1, 4269],
        [3072, 0, 1, 32767],
        [3074, 0, 1, 32767],
        [3075, 0, 1, 11],
        [3076, 0, 1, 9001],
        [3078, 34736, 1, 0],
        [3079, 34736, 1, 1],
        [3080, 34736, 1, 2],
        [3081, 34736, 1, 3],
    ];
    let found = picture(&placed(1e4, (0.0, 1e6), &albers, &[29.5, 45.5, -96.0, 23.0])).facts;
    let system = found.raster.unwrap().system;
    assert!(
        system.code.is_none()
            && system.projjson.unwrap()["conversion"]["method"]["name"].as_str().unwrap().contains("Albers")
    );
    let bbox = found.bbox.unwrap();
    assert!(bbox[0] > -96.001 && bbox[0] < -95.999 && bbox[3] < 32.1, "{bbox:?}");
    // Feet are not understood: nothing is guessed.
    let mut feet = albers;
    feet[6] = [3076, 0, 1, 9003];
    let found = picture(&placed(1e4, (0.0, 1e6), &feet, &[29.5, 45.5, -96.0, 23.0])).facts;
    assert!(found.bbox.is_none() && found.notes.len() == 2, "{:?}", found.notes);
    assert!(found.raster.unwrap().transform.is_some());
}

#[test]
fn dates_of_tags() {
    assert_eq!(date("2020:01:31 12:00:05").as_deref(), Some("2020-01-31T12:00:05"));
    for text in ["0000:00:00 00:00:00", "2020", "yesterday at noon, I think", ""] {
        assert_eq!(date(text), None);
    }
}
