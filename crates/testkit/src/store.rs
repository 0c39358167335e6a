//! Small inputs that a test makes itself.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

/// A Zarr v2 store in the making: uncompressed, one chunk an array.
///
/// ```
/// use serde_json::json;
/// let folder = tempfile::tempdir().unwrap();
/// let path = testkit::Store::new(folder.path(), "levels.zarr", json!({}))
///     .array("lev", &["lev"], &[3], &[1000i32, 850, 500], json!({"units": "hPa"}))
///     .path();
/// assert!(path.join("lev/0").is_file());
/// ```
#[derive(Debug)]
pub struct Store(PathBuf);

/// A number that an array of a [`Store`] may hold.
pub trait Number: Copy {
    /// Its type as numpy writes it.
    const DTYPE: &'static str;
    /// Its bytes, least significant first.
    fn bytes(self) -> Vec<u8>;
}

macro_rules! number {
    ($($t:ty => $dtype:literal),*) => {$(
        impl Number for $t {
            const DTYPE: &'static str = $dtype;
            fn bytes(self) -> Vec<u8> { self.to_le_bytes().to_vec() }
        }
    )*};
}

number!(i8 => "|i1", i16 => "<i2", i32 => "<i4", i64 => "<i8", f32 => "<f4", f64 => "<f8");

#[allow(clippy::needless_pass_by_value, reason = "attributes are written where they are handed over")]
impl Store {
    /// A store `name` in `folder`, with these global attributes.
    ///
    /// # Panics
    /// When it can't be written.
    pub fn new(folder: &Path, name: &str, attributes: Value) -> Self {
        let store = Self(folder.join(name));
        store.write(".zgroup", json!({"zarr_format": 2}).to_string().as_bytes());
        store.write(".zattrs", attributes.to_string().as_bytes());
        store
    }

    /// One more array, its last dimension fastest.
    ///
    /// # Panics
    /// When it can't be written, or the shape does not hold the values.
    #[must_use]
    pub fn array<T: Number>(
        self,
        name: &str,
        dimensions: &[&str],
        shape: &[usize],
        values: &[T],
        attributes: Value,
    ) -> Self {
        assert_eq!(shape.iter().product::<usize>(), values.len(), "{name}");
        let meta = json!({"zarr_format": 2, "shape": shape, "chunks": shape, "dtype": T::DTYPE, "compressor": null,
            "fill_value": null, "order": "C", "filters": null});
        let mut all = Map::from_iter([("_ARRAY_DIMENSIONS".to_owned(), json!(dimensions))]);
        all.extend(attributes.as_object().cloned().unwrap_or_default());
        let chunk = if shape.is_empty() { "0".to_owned() } else { vec!["0"; shape.len()].join(".") };
        self.write(&format!("{name}/.zarray"), meta.to_string().as_bytes());
        self.write(&format!("{name}/.zattrs"), Value::Object(all).to_string().as_bytes());
        self.write(&format!("{name}/{chunk}"), &values.iter().flat_map(|v| v.bytes()).collect::<Vec<_>>());
        self
    }

    /// Where it is.
    pub fn path(&self) -> PathBuf {
        self.0.clone()
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.0.join(name);
        let written = path.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(&path, bytes));
        written.unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    }
}

/// A Zarr store in `folder` whose one array `t(time, y, x)` has `steps` maps of 1 MiB, so many of them in an uncompressed
/// chunk; every chunk is the same file, so that the store takes no more room than one of them.
///
/// # Panics
/// When it can't be written.
pub fn maps(folder: &Path, steps: usize, each: usize) -> PathBuf {
    let store = Store::new(folder, "maps.zarr", json!({}));
    let meta = json!({"zarr_format": 2, "shape": [steps, 512, 512], "chunks": [each, 512, 512], "dtype": "<f4",
        "compressor": null, "fill_value": null, "order": "C", "filters": null});
    store.write("t/.zarray", meta.to_string().as_bytes());
    store.write("t/.zattrs", json!({"_ARRAY_DIMENSIONS": ["time", "y", "x"]}).to_string().as_bytes());
    let values: Vec<u8> = (0..each * 512 * 512).flat_map(|i| ((i % 977) as f32).to_le_bytes()).collect();
    store.write("t/0.0.0", &values);
    let path = store.path();
    for chunk in 1..steps / each.max(1) {
        let linked = std::fs::hard_link(path.join("t/0.0.0"), path.join(format!("t/{chunk}.0.0")));
        linked.unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    }
    path
}
