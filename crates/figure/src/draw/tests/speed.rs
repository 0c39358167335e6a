//! Times on a map-like picture: `cargo test --release -p figure speed -- --ignored --nocapture`.

use std::time::Duration;

use super::super::*;
use super::sample;

#[test]
#[ignore = "it prints times"]
fn speed() {
    let picture = sample::map();
    let folder = std::env::var("FIGURE_OUT").ok();
    let save = |name: &str, bytes: &[u8]| {
        if let Some(folder) = &folder {
            std::fs::write(format!("{folder}/{name}"), bytes).unwrap();
        }
    };
    for _ in 0..3 {
        let start = Cpu::now();
        let image = pixels(&picture, 100.0).unwrap();
        let drawn = start.elapsed();
        let file = encode_png(&image).unwrap();
        println!("pixels {drawn:?}, PNG {:?}, {} bytes", start.elapsed().checked_sub(drawn).unwrap(), file.len());
        save("map.png", &file);
    }
    if let Some(Item::Clip(path, items)) = picture.items.first() {
        for item in items.iter().take(3) {
            for clip in [true, false] {
                let mut one = picture.clone();
                one.items = if clip { vec![Item::Clip(path.clone(), vec![item.clone()])] } else { vec![item.clone()] };
                let start = Cpu::now();
                pixels(&one, 100.0).unwrap();
                println!("{clip} {:?}", start.elapsed());
            }
        }
    }
    let start = Cpu::now();
    let file = svg(&picture);
    println!("SVG {:?}, {} bytes", start.elapsed(), file.len());
    save("map.svg", file.as_bytes());
    let start = Cpu::now();
    let file = pdf(&picture).unwrap();
    println!("PDF {:?}, {} bytes", start.elapsed(), file.len());
    save("map.pdf", &file);
    save("everything.svg", svg(&sample::everything()).as_bytes());
    save("everything.pdf", &pdf(&sample::everything()).unwrap());
    save("everything.png", &png(&sample::everything(), 200.0).unwrap());
    save("everything1.png", &png(&sample::everything(), 100.0).unwrap());
}

/// Time of this thread's work.
struct Cpu(Duration);

impl Cpu {
    fn now() -> Self {
        let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
        let spent = text.split(' ').next().and_then(|spent| spent.parse().ok());
        Self(Duration::from_nanos(spent.unwrap_or_default()))
    }

    fn elapsed(&self) -> Duration {
        Self::now().0.saturating_sub(self.0)
    }
}
