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
    let mut frames = (0..6).map(|number| {
        let mut picture = picture.clone();
        let text = sample::text(&format!("frame {number}"), 500.0, 20.0, 14.0);
        picture.items.push(Item::Text(text));
        picture.items.push(Item::Fill(sample::circle(f64::from(number) * 100.0, 300.0, 80.0), Colour::WHITE));
        pixels(&picture, 100.0)
    });
    let start = Cpu::now();
    let mut file = Vec::new();
    gif(&mut file, &mut frames, std::time::Duration::from_millis(200)).unwrap();
    println!("GIF {:?}, {} bytes", start.elapsed(), file.len());
    save("map.gif", &file);
    save("chart.png", &png(&super::charts::chart(), 100.0).unwrap());
    save("chart2.png", &png(&super::charts::chart(), 200.0).unwrap());
    save("chart.svg", svg(&super::charts::chart()).as_bytes());
    save("chart.pdf", &pdf(&super::charts::chart()).unwrap());
    let small = |number: u8| html::Frame {
        png: png(&Picture { background: Colour::grey(100 + 20 * number), ..sample::everything() }, 200.0).unwrap(),
        caption: format!("2023-0{number}-01 & <b>"),
    };
    let frames: Vec<html::Frame> = (1..6).map(small).collect();
    let vector = svg(&sample::everything());
    let page = html::Page {
        title: "A page & <figure>",
        description: "What it shows",
        figure: html::Figure::Svg(&vector),
        frames: &frames,
        delay: std::time::Duration::from_millis(300),
        summary: "<h2>Summary</h2><table><tr><th>Mean</th><td>1.5</td></tr></table>",
    };
    save("page.html", html::page(&page).as_bytes());
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
