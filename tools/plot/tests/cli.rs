//! `plot` from the outside: what is where in its pictures, which bytes it writes, what it refuses.

#[path = "cli/charts.rs"]
mod charts;
#[path = "cli/examples.rs"]
mod examples;
#[path = "cli/maps.rs"]
mod maps;
#[path = "cli/panels.rs"]
mod panels;
#[path = "cli/real.rs"]
mod real;
#[path = "cli/refused.rs"]
mod refused;

use std::path::{Path, PathBuf};

use testkit::{Outcome, fixture, run};

/// A figure in a folder of its own.
struct Figure {
    folder: tempfile::TempDir,
    name: String,
    said: Outcome,
}

impl Figure {
    fn path(&self) -> PathBuf {
        self.folder.path().join(&self.name)
    }

    #[track_caller]
    fn bytes(&self) -> Vec<u8> {
        self.said.ok();
        std::fs::read(self.path()).unwrap()
    }

    #[track_caller]
    fn text(&self) -> String {
        String::from_utf8(self.bytes()).unwrap()
    }

    /// Pixels of a PNG: width, height, red green blue.
    #[track_caller]
    fn pixels(&self) -> Pixels {
        let mut decoder = png::Decoder::new(std::io::Cursor::new(self.bytes()));
        decoder.set_transformations(png::Transformations::normalize_to_color8());
        let mut reader = decoder.read_info().unwrap();
        let mut buffer = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut buffer).unwrap();
        let each = info.color_type.samples();
        let rgb = buffer.chunks(each).map(|p| [p[0], p[1.min(each - 1)], p[2.min(each - 1)]]).collect();
        Pixels { width: info.width as usize, height: info.height as usize, rgb }
    }
}

/// A picture, decoded.
struct Pixels {
    width: usize,
    height: usize,
    rgb: Vec<[u8; 3]>,
}

impl Pixels {
    fn at(&self, x: f64, y: f64) -> [u8; 3] {
        self.rgb[y as usize * self.width + x as usize]
    }
}

/// `plot INPUT -o NAME …`, INPUT a fixture or a path.
fn plot(input: impl AsRef<Path>, name: &str, arguments: &[&str]) -> Figure {
    plot_all(&[input.as_ref()], name, arguments)
}

/// `plot INPUT … -o NAME …`, each INPUT a fixture or a path.
fn plot_all(inputs: &[impl AsRef<Path>], name: &str, arguments: &[&str]) -> Figure {
    let folder = tempfile::tempdir().unwrap();
    let path = |given: &Path| {
        if given.is_absolute() { given.to_path_buf() } else { fixture(&given.to_string_lossy()) }
    };
    let output = folder.path().join(name);
    let mut all: Vec<String> = inputs.iter().map(|input| path(input.as_ref()).display().to_string()).collect();
    all.extend(["-o".to_owned(), output.display().to_string()]);
    all.extend(arguments.iter().map(|a| (*a).to_owned()));
    let said = run("plot", &all);
    Figure { folder, name: name.to_owned(), said }
}

/// The texts of an SVG.
fn texts(svg: &str) -> Vec<String> {
    let document = roxmltree::Document::parse(svg).unwrap();
    document.descendants().filter_map(|n| n.attribute("aria-label").map(str::to_owned)).collect()
}

const AIR: &str = "air_temperature_small.nc";
