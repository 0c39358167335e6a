//! Well-known binary (OGC 06-103r4, clause 8; with the flags of `PostGIS` for heights, measures and systems) to GeoJSON.

use serde_json::{Map, Value, json};

/// Geometries in each other at most.
const DEEPEST: usize = 16;

/// The GeoJSON geometry of well-known binary. Heights are kept, measures are not.
///
/// # Errors
/// What is wrong with it.
pub(super) fn geojson(bytes: &[u8]) -> Result<Value, String> {
    let mut reader = Reader { bytes, little: true };
    let value = reader.geometry(0)?;
    if reader.bytes.is_empty() { Ok(value) } else { Err("the geometry has bytes after its end".to_owned()) }
}

struct Reader<'a> {
    bytes: &'a [u8],
    little: bool,
}

/// What numbers a position has.
#[derive(Clone, Copy)]
struct Axes {
    z: bool,
    m: bool,
}

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], String> {
        let (head, rest) = self.bytes.split_first_chunk::<N>().ok_or("the geometry is cut short")?;
        self.bytes = rest;
        Ok(*head)
    }

    fn u32(&mut self) -> Result<u32, String> {
        let bytes = self.take()?;
        Ok(if self.little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
    }

    fn f64(&mut self) -> Result<f64, String> {
        let bytes = self.take()?;
        Ok(if self.little { f64::from_le_bytes(bytes) } else { f64::from_be_bytes(bytes) })
    }

    fn geometry(&mut self, depth: usize) -> Result<Value, String> {
        if depth > DEEPEST {
            return Err(format!("the geometry has more than {DEEPEST} geometries in each other"));
        }
        let [order] = self.take()?;
        self.little = order == 1;
        let code = self.u32()?;
        if code & 0x2000_0000 != 0 {
            self.u32()?;
        }
        let plain = code & 0x0fff_ffff;
        let axes = Axes {
            z: code & 0x8000_0000 != 0 || matches!(plain / 1000, 1 | 3),
            m: code & 0x4000_0000 != 0 || matches!(plain / 1000, 2 | 3),
        };
        let of = |name: &str, coordinates: Value| json!({"type": name, "coordinates": coordinates});
        Ok(match plain % 1000 {
            1 => of("Point", self.point(axes)?),
            2 => of("LineString", self.positions(axes)?),
            3 => of("Polygon", self.many(|reader| reader.positions(axes))?),
            4 => of("MultiPoint", self.members(depth)?),
            5 => of("MultiLineString", self.members(depth)?),
            6 => of("MultiPolygon", self.members(depth)?),
            7 => json!({"type": "GeometryCollection", "geometries": self.many(|reader| reader.geometry(depth + 1))?}),
            other => return Err(format!("the geometry is of type {other}, which GeoJSON does not have")),
        })
    }

    /// A point; one without coordinates has NaN for them.
    fn point(&mut self, axes: Axes) -> Result<Value, String> {
        let position = self.position(axes)?;
        let empty = position.as_array().is_some_and(|numbers| numbers.iter().all(Value::is_null));
        Ok(if empty { Value::Array(Vec::new()) } else { position })
    }

    fn position(&mut self, axes: Axes) -> Result<Value, String> {
        let mut numbers = vec![self.f64()?, self.f64()?];
        if axes.z {
            numbers.push(self.f64()?);
        }
        if axes.m {
            self.f64()?;
        }
        Ok(Value::from(numbers))
    }

    fn positions(&mut self, axes: Axes) -> Result<Value, String> {
        self.many(|reader| reader.position(axes))
    }

    /// Coordinates of geometries that are parts of one.
    fn members(&mut self, depth: usize) -> Result<Value, String> {
        self.many(|reader| {
            let mut member: Map<String, Value> = match reader.geometry(depth + 1)? {
                Value::Object(member) => member,
                _ => Map::new(),
            };
            member.remove("coordinates").ok_or_else(|| "the geometry has a collection in a list of others".to_owned())
        })
    }

    fn many(&mut self, mut one: impl FnMut(&mut Self) -> Result<Value, String>) -> Result<Value, String> {
        let count = self.u32()?;
        let mut list = Vec::new();
        for _ in 0..count {
            list.push(one(self)?);
        }
        Ok(Value::Array(list))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(hex: &str) -> Vec<u8> {
        let digits: Vec<u8> = hex.bytes().filter(u8::is_ascii_hexdigit).collect();
        digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
    }

    #[test]
    fn geometries_are_read() {
        // As shapely 2.1 writes them.
        let cases = [
            ("0101000000000000000000f03f0000000000000040", json!({"type": "Point", "coordinates": [1.0, 2.0]})),
            ("00000000013ff00000000000004000000000000000", json!({"type": "Point", "coordinates": [1.0, 2.0]})),
            (
                "01e9030000000000000000f03f00000000000000400000000000000840",
                json!({"type": "Point", "coordinates": [1.0, 2.0, 3.0]}),
            ),
            (
                "0101000080000000000000f03f00000000000000400000000000000840",
                json!({"type": "Point", "coordinates": [1.0, 2.0, 3.0]}),
            ),
            ("0101000020e6100000000000000000f03f0000000000000040", json!({"type": "Point", "coordinates": [1.0, 2.0]})),
            ("0101000000000000000000f87f000000000000f87f", json!({"type": "Point", "coordinates": []})),
            (
                "0103000000010000000400000000000000000000000000000000000000000000000000f03f0000000000000000000000000000f03f\
                 000000000000f03f00000000000000000000000000000000",
                json!({"type": "Polygon", "coordinates": [[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]]]}),
            ),
            (
                "0104000000010000000101000000000000000000f03f0000000000000040",
                json!({"type": "MultiPoint", "coordinates": [[1.0, 2.0]]}),
            ),
            (
                "0107000000010000000101000000000000000000f03f0000000000000040",
                json!({"type": "GeometryCollection", "geometries": [{"type": "Point", "coordinates": [1.0, 2.0]}]}),
            ),
        ];
        for (hex, expected) in &cases {
            let bytes = bytes(hex);
            assert_eq!(geojson(&bytes).as_ref(), Ok(expected));
            for end in 0..bytes.len() {
                assert!(geojson(&bytes[..end]).is_err(), "{hex} to {end}");
            }
        }
        assert!(geojson(&bytes("0103000000ffffffff")).is_err());
        assert!(geojson(&bytes("010107000000ffffffff").repeat(100)).is_err());
        assert!(geojson(&bytes("010700000001000000").repeat(10_000)).is_err());
    }
}
