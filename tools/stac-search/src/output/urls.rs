//! Addresses of assets, one a line, for `subset @FILE` and the like.

use std::io::Write;
use std::path::{Component, Path, PathBuf};

use pangeo::{Error, Result};
use search::Item;
use serde_json::Value;
use url::Url;

use super::{End, Sink, put};
use crate::facts;

/// Which assets, and what relative addresses begin from.
#[derive(Debug, Clone, Default)]
pub(crate) struct Assets {
    /// Keys, with `*` and `?`; any when empty.
    pub(crate) keys: Vec<String>,
    /// Media types or their short names; any when empty.
    pub(crate) types: Vec<String>,
    /// Roles; any when empty.
    pub(crate) roles: Vec<String>,
    /// Where the items are from: what addresses are relative to if the item itself does not say.
    pub(crate) base: String,
}

/// Short names of media types: what types begin with, what addresses end with where no type is given.
const KINDS: [(&str, &[&str], &[&str]); 6] = [
    ("zarr", &["application/vnd+zarr", "application/vnd.zarr", "application/x-zarr"], &[".zarr", ".zarr.zip"]),
    ("netcdf", &["application/netcdf", "application/x-netcdf", "application/vnd.netcdf"], &[".nc", ".nc4", ".cdf"]),
    ("hdf5", &["application/x-hdf5", "application/x-hdf", "application/hdf5"], &[".h5", ".hdf5", ".he5"]),
    ("geotiff", &["image/tiff"], &[".tif", ".tiff"]),
    ("parquet", &["application/vnd.apache.parquet", "application/x-parquet"], &[".parquet", ".geoparquet"]),
    ("json", &["application/json", "application/geo+json"], &[".json", ".geojson"]),
];

impl Assets {
    /// Whether no assets are chosen.
    pub(crate) fn is_any(&self) -> bool {
        self.keys.is_empty() && self.types.is_empty() && self.roles.is_empty()
    }

    /// The addresses of the wanted assets of an item. If none are chosen, those with the role `data`; of items that
    /// have none, all.
    ///
    /// # Errors
    /// [`Error::Data`] for an address that leads nowhere.
    pub(crate) fn of(&self, item: &Item) -> Result<Vec<String>> {
        let Some(assets) = item.get("assets").and_then(Value::as_object) else { return Ok(Vec::new()) };
        let data = |asset: &Value| has_role(asset, "data");
        let only_data = self.is_any() && assets.values().any(data);
        let wanted = assets.iter().filter(|(key, asset)| self.holds(key, asset) && (!only_data || data(asset)));
        let hrefs = wanted.filter_map(|(key, asset)| Some((key, asset.get("href")?.as_str()?)));
        hrefs.map(|(key, href)| self.absolute(item, href).ok_or_else(|| nowhere(item, key, href))).collect()
    }

    fn holds(&self, key: &str, asset: &Value) -> bool {
        let href = asset.get("href").and_then(Value::as_str).unwrap_or_default();
        let media = asset.get("type").and_then(Value::as_str);
        let any = |list: &[String], holds: &dyn Fn(&str) -> bool| list.is_empty() || list.iter().any(|one| holds(one));
        any(&self.keys, &|pattern| matches(pattern, key))
            && any(&self.types, &|wanted| is_type(wanted, media, href))
            && any(&self.roles, &|role| has_role(asset, role))
    }

    /// An address from the item's own, else from where the items are from.
    fn absolute(&self, item: &Item, href: &str) -> Option<String> {
        if is_absolute(href) {
            return Some(href.to_owned());
        }
        let own = item.get("links").and_then(Value::as_array).into_iter().flatten();
        let own = own.filter(|link| link.get("rel").and_then(Value::as_str) == Some("self"));
        let own = own.filter_map(|link| link.get("href")?.as_str()).find(|href| is_absolute(href));
        joined(own.unwrap_or(&self.base), href)
    }
}

fn nowhere(item: &Item, key: &str, href: &str) -> Error {
    Error::data(
        format!("the address of asset '{key}' is relative to nothing known: {href}"),
        facts::name(item).to_owned(),
    )
    .with_hint("choose other assets with --asset, --asset-type or --asset-role")
}

fn has_role(asset: &Value, role: &str) -> bool {
    let roles = asset.get("roles").and_then(Value::as_array).into_iter().flatten();
    roles.filter_map(Value::as_str).any(|one| one.eq_ignore_ascii_case(role))
}

/// Whether an asset is of a type: a short name, or a media type with or without its parameters.
fn is_type(wanted: &str, media: Option<&str>, href: &str) -> bool {
    let wanted = wanted.trim().to_ascii_lowercase();
    let wanted = match wanted.as_str() {
        "nc" => "netcdf",
        "cog" | "tiff" | "tif" => "geotiff",
        "h5" | "hdf" => "hdf5",
        other => other,
    };
    let bare = |media: &str| media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let path = href.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/').to_ascii_lowercase();
    match (KINDS.iter().find(|(name, ..)| *name == wanted), media) {
        (Some((_, types, _)), Some(media)) => types.contains(&bare(media).as_str()),
        (Some((.., endings)), None) => endings.iter().any(|ending| path.ends_with(ending)),
        (None, Some(media)) if wanted.contains(';') => {
            media.to_ascii_lowercase().replace(' ', "") == wanted.replace(' ', "")
        }
        (None, Some(media)) => matches(wanted, &bare(media)),
        (None, None) => false,
    }
}

/// Whether an address says by itself where it leads.
fn is_absolute(href: &str) -> bool {
    href.starts_with('/') || Url::parse(href).is_ok()
}

/// `href` from the folder in which `base` lies.
fn joined(base: &str, href: &str) -> Option<String> {
    if let Ok(base) = Url::parse(base) {
        return base.join(href).ok().map(String::from);
    }
    let base = std::path::absolute(base).ok()?;
    let folder = if base.is_dir() { &base } else { base.parent()? };
    Some(shortest(&folder.join(href)).to_str()?.to_owned())
}

/// A path without `.` and `..`.
fn shortest(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut short, part| {
        match part {
            Component::ParentDir => drop(short.pop()),
            Component::CurDir => {}
            part => short.push(part),
        }
        short
    })
}

/// Whether a text fits a pattern in which `*` stands for any letters and `?` for one.
fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    // The places of the pattern that can be reached after each letter of the text.
    let opened = |mut reached: Vec<bool>| {
        for at in 0..pattern.len() {
            if reached.get(at) == Some(&true) && pattern.get(at) == Some(&'*') {
                reached.iter_mut().skip(at + 1).take(1).for_each(|next| *next = true);
            }
        }
        reached
    };
    let first = opened((0..=pattern.len()).map(|at| at == 0).collect());
    let last = text.iter().fold(first, |reached, letter| {
        let step = |at: usize| {
            let stays = reached.get(at) == Some(&true) && pattern.get(at) == Some(&'*');
            let before = at.checked_sub(1).filter(|before| reached.get(*before) == Some(&true));
            stays || before.and_then(|before| pattern.get(before)).is_some_and(|p| *p == '?' || p == letter)
        };
        opened((0..=pattern.len()).map(step).collect())
    });
    last.last() == Some(&true)
}

/// An address a line.
pub(super) struct Urls<'a> {
    out: &'a mut dyn Write,
    assets: &'a Assets,
    found: u64,
}

impl<'a> Urls<'a> {
    pub(super) fn new(out: &'a mut dyn Write, assets: &'a Assets) -> Self {
        Self { out, assets, found: 0 }
    }
}

impl Sink for Urls<'_> {
    fn item(&mut self, item: &Item) -> Result<()> {
        for href in self.assets.of(item)? {
            if href.contains(['\n', '\r']) {
                return Err(Error::data("the address of an asset has a line end", facts::name(item).to_owned()));
            }
            put(self.out, &href)?;
            put(self.out, "\n")?;
            self.found += 1;
        }
        Ok(())
    }

    fn finish(self: Box<Self>, end: End) -> Result<()> {
        if self.found == 0 && end.returned > 0 {
            let what = format!("none of the {} items has such an asset", end.returned);
            return Err(Error::data(what, self.assets.base.clone()).with_hint(
                "--format csv --columns id,assets shows which they have; --asset takes globs such as 'B0*'",
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item() -> Item {
        let whole = serde_json::json!({
            "id": "i",
            "links": [{"rel": "root", "href": "https://h/"}, {"rel": "self", "href": "https://h/c/i/i.json"}],
            "assets": {
                "B02": {"href": "./B02.tif", "type": "image/tiff; application=geotiff; profile=cloud-optimized", "roles": ["data"]},
                "B03": {"href": "../B03.tif", "type": "image/tiff", "roles": ["data"]},
                "store": {"href": "s3://b/i.zarr", "type": "application/vnd.zarr; version=3"},
                "old": {"href": "https://h/x.nc?sig=1"},
                "thumb": {"href": "https://h/t.png", "type": "image/png", "roles": ["thumbnail"]},
            },
        });
        whole.as_object().unwrap().clone()
    }

    #[test]
    fn assets_by_key_type_and_role() {
        let of = |keys: &[&str], types: &[&str], roles: &[&str]| {
            let owned = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
            let assets = Assets { keys: owned(keys), types: owned(types), roles: owned(roles), base: String::new() };
            assets.of(&item()).unwrap().join(" ")
        };
        let bands = "https://h/c/i/B02.tif https://h/c/B03.tif";
        assert_eq!(of(&[], &[], &[]), bands);
        assert_eq!(of(&["B0?"], &[], &[]), bands);
        assert_eq!(of(&["B02", "store"], &[], &[]), "https://h/c/i/B02.tif s3://b/i.zarr");
        assert_eq!(of(&[], &["zarr"], &[]), "s3://b/i.zarr");
        assert_eq!(of(&[], &["NetCDF"], &[]), "https://h/x.nc?sig=1");
        assert_eq!(of(&[], &["image/tiff"], &[]), bands);
        assert_eq!(of(&[], &["image/*"], &["thumbnail"]), "https://h/t.png");
        assert_eq!(of(&[], &["application/vnd.zarr;version=3"], &[]), "s3://b/i.zarr");
        assert_eq!(of(&["*"], &[], &["metadata"]), "");
    }

    #[test]
    fn relative_addresses_begin_where_the_items_are() {
        let mut item = item();
        item.remove("links");
        let of = |base: &str| Assets { keys: vec!["B02".into()], base: base.into(), ..Assets::default() }.of(&item);
        assert_eq!(of("https://h/all/items.json").unwrap(), ["https://h/all/B02.tif"]);
        assert_eq!(of("/data/x/../items.json").unwrap(), ["/data/B02.tif"]);
        let here = std::env::current_dir().unwrap().join("B02.tif");
        assert_eq!(of("items.json").unwrap(), [here.to_str().unwrap()]);
        assert!(of("").is_err());
    }

    #[test]
    fn globs() {
        for (pattern, text, fits) in [
            ("*", "", true),
            ("B0*", "B04", true),
            ("B0*", "A04", false),
            ("*_10m", "red_10m", true),
            ("a*b*c", "aXbYbZc", true),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("", "x", false),
            ("é*", "été", true),
        ] {
            assert_eq!(matches(pattern, text), fits, "{pattern} {text}");
        }
        // Patterns that make others try for ever.
        assert!(!matches(&"*a".repeat(300), &"b".repeat(3000)));
    }
}
