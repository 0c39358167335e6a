//! The reference system that the keys of a GeoTIFF name (OGC GeoTIFF 1.1, 19-008r4).

use std::collections::BTreeMap;

use pangeo::Result;

use super::tags::{Image, Tiff};

/// The code of what is defined by further keys.
const OWN: u16 = 32767;

const MODEL_TYPE: u16 = 1024;
const RASTER_TYPE: u16 = 1025;
const GEOGRAPHIC: u16 = 2048;
const PROJECTED: u16 = 3072;
const CONVERSION: u16 = 3074;

/// Latitudes and longitudes, or a plane.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum System {
    /// Longitudes and latitudes in degrees, by their EPSG code.
    Geographic(u16),
    /// A plane by its EPSG code.
    Plane(u16),
    /// A plane that the keys define in full: a PROJ string.
    Own(String),
    /// None of them is given, or in words that are not understood.
    Unknown,
}

/// What the keys say.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Keys {
    pub(super) system: System,
    /// Whether the transform leads to centres of cells, not to their corners.
    pub(super) is_point: bool,
    shorts: BTreeMap<u16, u16>,
    reals: BTreeMap<u16, f64>,
}

impl Keys {
    /// `None` for an image without keys.
    pub(super) fn of(tiff: &Tiff, image: &Image) -> Result<Option<Self>> {
        let directory = tiff.whole(image, 34735, 1 << 16)?;
        let Some((head, entries)) = directory.split_at_checked(4) else { return Ok(None) };
        let count = head.get(3).copied().unwrap_or_default() as usize;
        let doubles = tiff.reals(image, 34736)?;
        let (mut shorts, mut reals) = (BTreeMap::new(), BTreeMap::new());
        for entry in entries.chunks_exact(4).take(count) {
            let &[key, place, _, value] = entry else { continue };
            match place {
                0 => drop(shorts.insert(key as u16, value as u16)),
                34736 => {
                    if let Some(real) = doubles.get(value as usize).filter(|real| real.is_finite()) {
                        reals.insert(key as u16, *real);
                    }
                }
                _ => {}
            }
        }
        let is_point = shorts.get(&RASTER_TYPE) == Some(&2);
        let mut keys = Self { system: System::Unknown, is_point, shorts, reals };
        keys.system = keys.found();
        Ok(Some(keys))
    }

    fn found(&self) -> System {
        let coded = |key: u16| self.short(key).filter(|code| (1024..OWN).contains(code));
        let model = self.short(MODEL_TYPE);
        if let Some(code) = coded(PROJECTED).filter(|_| model != Some(2)) {
            return System::Plane(code);
        }
        let plane = self.short(PROJECTED).is_some() || model == Some(1);
        if !plane {
            return coded(GEOGRAPHIC).map_or(System::Unknown, System::Geographic);
        }
        self.zone().map(System::Plane).or_else(|| self.definition().map(System::Own)).unwrap_or(System::Unknown)
    }

    fn short(&self, key: u16) -> Option<u16> {
        self.shorts.get(&key).copied()
    }

    /// The plane of a zone of UTM that is told by its conversion alone.
    fn zone(&self) -> Option<u16> {
        let zone = self.short(CONVERSION)?;
        match (self.short(GEOGRAPHIC)?, zone) {
            (4326, 16001..=16060) => Some(zone - 16000 + 32600),
            (4326, 16101..=16160) => Some(zone - 16100 + 32700),
            _ => None,
        }
    }

    /// The first of these keys that has a number.
    fn real(&self, keys: &[u16]) -> Option<f64> {
        keys.iter().find_map(|key| self.reals.get(key).copied())
    }

    /// The plane as PROJ has it; lengths and angles in other units than metres and degrees are not understood.
    fn definition(&self) -> Option<String> {
        if let Some(zone) = self.short(CONVERSION).filter(|code| matches!(code, 16001..=16060 | 16101..=16160)) {
            let south = if zone > 16100 { " +south" } else { "" };
            return Some(format!("+proj=utm +zone={}{south} {} +units=m", zone % 100, self.figure()?));
        }
        let metres = self.short(3076).is_none_or(|unit| unit == 9001);
        let degrees = self.short(2054).is_none_or(|unit| unit == 9102);
        if !metres || !degrees {
            return None;
        }
        let origin = || self.real(&[3081, 3085, 3089]).unwrap_or(0.0);
        let meridian = || self.real(&[3080, 3084, 3088, 3095]).unwrap_or(0.0);
        let scale = || self.real(&[3092, 3093]).unwrap_or(1.0);
        let (first, second) = (self.real(&[3078]), self.real(&[3079]));
        let shape = match self.short(3075)? {
            1 => format!("tmerc +lat_0={} +lon_0={} +k={}", origin(), meridian(), scale()),
            7 => match first {
                Some(parallel) => format!("merc +lat_ts={parallel} +lon_0={}", meridian()),
                None => format!("merc +k={} +lon_0={}", scale(), meridian()),
            },
            8 => format!("lcc +lat_1={} +lat_2={} +lat_0={} +lon_0={}", first?, second?, origin(), meridian()),
            9 => format!("lcc +lat_1={0} +lat_0={0} +lon_0={1} +k_0={2}", origin(), meridian(), scale()),
            10 => format!("laea +lat_0={} +lon_0={}", origin(), meridian()),
            11 => format!("aea +lat_1={} +lat_2={} +lat_0={} +lon_0={}", first?, second?, origin(), meridian()),
            12 => format!("aeqd +lat_0={} +lon_0={}", origin(), meridian()),
            15 => {
                let parallel = origin();
                let pole = if parallel < 0.0 { -90 } else { 90 };
                format!("stere +lat_0={pole} +lat_ts={parallel} +lon_0={} +k={}", meridian(), scale())
            }
            17 => format!("eqc +lat_ts={} +lat_0={} +lon_0={}", first.unwrap_or(0.0), origin(), meridian()),
            24 => format!("sinu +lon_0={}", meridian()),
            28 => format!("cea +lat_ts={} +lon_0={}", first.unwrap_or(0.0), meridian()),
            _ => return None,
        };
        let (x, y) = (self.real(&[3082, 3086, 3090]).unwrap_or(0.0), self.real(&[3083, 3087, 3091]).unwrap_or(0.0));
        Some(format!("+proj={shape} +x_0={x} +y_0={y} {} +units=m", self.figure()?))
    }

    /// The figure of the Earth.
    fn figure(&self) -> Option<String> {
        match (self.short(GEOGRAPHIC), self.real(&[2057]), self.real(&[2059]), self.real(&[2058])) {
            (Some(4326), ..) => Some("+datum=WGS84".to_owned()),
            (Some(4269), ..) => Some("+datum=NAD83".to_owned()),
            (Some(4267), ..) => Some("+datum=NAD27".to_owned()),
            (Some(4258), ..) => Some("+ellps=GRS80".to_owned()),
            (_, Some(major), Some(flat), _) if flat > 0.0 => Some(format!("+a={major} +rf={flat}")),
            (_, Some(major), _, minor) => Some(format!("+a={major} +b={}", minor.unwrap_or(major))),
            _ => match self.short(2056)? {
                7030 => Some("+ellps=WGS84".to_owned()),
                7019 => Some("+ellps=GRS80".to_owned()),
                _ => None,
            },
        }
    }
}
