//! Times on a map-like picture, and files to look at in the folder `FIGURE_OUT`:
//! `cargo test --release -p figure speed -- --ignored --nocapture`.

use std::time::Duration;

use super::super::*;
use super::{charts, sample};

#[test]
#[ignore = "it prints times"]
fn speed() {
    let picture = sample::map();
    for _ in 0..3 {
        let image = timed("pixels", || pixels(&picture, 100.0).unwrap());
        save("map.png", &timed("PNG", || encode_png(&image).unwrap()));
    }
    save("map.svg", timed("SVG", || svg(&picture)).as_bytes());
    save("map.pdf", &timed("PDF", || pdf(&picture).unwrap()));
    let frames: Vec<Image> = (0..6).map(|number| frame(&picture, number)).collect();
    let delay = Duration::from_millis(200);
    let mut file = Vec::new();
    timed("GIF", || gif(&mut file, &mut frames.iter().cloned().map(Ok), delay).unwrap());
    save("map.gif", &file);
    file.clear();
    timed("APNG", || apng(&mut file, 6, &mut frames.iter().cloned().map(Ok), delay).unwrap());
    save("map.apng", &file);
}

#[test]
#[ignore = "it writes files to look at"]
fn gallery() {
    for (name, picture) in [("everything", sample::everything()), ("chart", charts::chart())] {
        save(&format!("{name}.png"), &png(&picture, 200.0).unwrap());
        save(&format!("{name}-100.png"), &png(&picture, 100.0).unwrap());
        save(&format!("{name}.svg"), svg(&picture).as_bytes());
        save(&format!("{name}.pdf"), &pdf(&picture).unwrap());
    }
    let frame = |number: u8| html::Frame {
        png: png(&Picture { background: Colour::grey(100 + 20 * number), ..sample::everything() }, 200.0).unwrap(),
        caption: format!("2023-0{number}-01 & <b>"),
    };
    let frames: Vec<html::Frame> = (1..6).map(frame).collect();
    let page = html::Page {
        title: "A page & <figure>",
        description: "What it shows",
        figure: html::Figure::Svg(&svg(&sample::everything())),
        frames: &frames,
        delay: Duration::from_millis(300),
        summary: "<h2>Summary</h2><table><tr><th>Mean</th><td>1.5</td></tr></table>",
    };
    save("page.html", html::page(&page).as_bytes());
}

fn frame(picture: &Picture, number: u32) -> Image {
    let mut picture = picture.clone();
    picture.items.push(Item::Text(sample::text(&format!("frame {number}"), 500.0, 20.0, 14.0)));
    picture.items.push(Item::Fill(sample::circle(f64::from(number) * 100.0, 300.0, 80.0), Colour::WHITE));
    pixels(&picture, 100.0).unwrap()
}

fn save(name: &str, bytes: &[u8]) {
    println!("{name}: {} bytes", bytes.len());
    if let Ok(folder) = std::env::var("FIGURE_OUT") {
        std::fs::write(format!("{folder}/{name}"), bytes).unwrap();
    }
}

/// Prints the time that this thread worked, where the system tells it.
fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let spent = || {
        let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
        Duration::from_nanos(text.split(' ').next().and_then(|spent| spent.parse().ok()).unwrap_or_default())
    };
    let start = spent();
    let result = work();
    println!("{what}: {:?}", spent().saturating_sub(start));
    result
}
