use std::collections::BTreeSet;

use super::super::*;
use super::sample::{circle, closed, everything, line, map, rectangle, stroke, text};
use super::{blank, charts};

fn drawn(items: Vec<Item>, dpi: f64) -> Image {
    pixels(&Picture { items, ..blank(8.0, 4.0) }, dpi).unwrap()
}

fn pixel(image: &Image, x: usize, y: usize) -> [u8; 4] {
    image.rgba.as_chunks::<4>().0[y * image.width + x]
}

const RED: Colour = Colour::rgb(255, 0, 0);
const WHITE: [u8; 4] = [255; 4];

#[test]
fn pixels_are_as_many_as_units_times_dots() {
    for (units, dpi, expected) in
        [(8.0, 100.0, 8), (8.0, 96.0, 8), (8.0, 150.0, 12), (8.2, 100.0, 9), (3.3, 1000.0, 33)]
    {
        assert_eq!(pixels(&blank(units, 1.0), dpi).unwrap().width, expected, "{units} at {dpi}");
    }
    for (width, dpi) in
        [(0.0, 100.0), (f64::NAN, 100.0), (10.0, 0.0), (10.0, -5.0), (1e9, 100.0), (10.0, f64::INFINITY)]
    {
        assert!(pixels(&blank(width, 10.0), dpi).is_err() && png(&blank(width, 10.0), dpi).is_err(), "{width} {dpi}");
    }
}

#[test]
fn edges_share_pixels_by_area() {
    let green = |image: &Image, y: usize| (0..5).map(|x| pixel(image, x, y)[1]).collect::<Vec<_>>();
    let slanted = drawn(vec![Item::Fill(closed([(1.0, 1.0), (3.0, 1.0), (4.0, 3.0), (1.0, 3.0)]), RED)], 100.0);
    assert_eq!(
        [0, 1, 2].map(|y| green(&slanted, y)),
        [vec![255; 5], vec![255, 0, 0, 191, 255], vec![255, 0, 0, 64, 255]]
    );
    // Upright edges are between pixels.
    let bars = [(0.0, 1.4), (1.4, 1.3), (2.7, 0.2)].map(|(x, w)| Item::Fill(rectangle(x, 1.0, w, 2.0), RED));
    assert_eq!(green(&drawn(bars.to_vec(), 100.0), 1), [0, 0, 0, 255, 255]);
    let veil = drawn(vec![Item::Fill(rectangle(0.0, 0.0, 8.0, 4.0), RED.with_alpha(51))], 100.0);
    assert_eq!(pixel(&veil, 3, 3), [255, 204, 204, 255]);
    let hole = closed([(0.0, 0.0), (8.0, 0.0), (8.0, 4.0), (0.0, 4.0)]);
    let both = Path { segments: [hole.segments, rectangle(2.0, 1.0, 2.0, 2.0).segments].concat() };
    let ring = drawn(vec![Item::Fill(both, RED)], 100.0);
    assert_eq!([pixel(&ring, 2, 1), pixel(&ring, 4, 1)], [WHITE, [255, 0, 0, 255]]);
}

#[test]
fn lines_are_as_wide_as_they_say() {
    let across = line([(0.0, 2.0), (8.0, 2.0)]);
    let image = drawn(vec![Item::Stroke(across.clone(), stroke(RED, 1.0, &[2.0, 1.0], false))], 100.0);
    let row = |image: &Image, y| (0..8).map(|x| pixel(image, x, y)[1]).collect::<Vec<u8>>();
    assert_eq!([1, 2].map(|y| row(&image, y)), [vec![255; 8], vec![0, 0, 255, 0, 0, 255, 0, 0]]);
    let thin = drawn(vec![Item::Stroke(across, stroke(RED, 0.2, &[], false))], 100.0);
    assert_eq!(pixel(&thin, 3, 2)[1], 204);
}

#[test]
fn images_are_copied_unchanged_and_stretched_in_blocks() {
    let colours: Vec<[u8; 4]> = (0..8).map(|i| [i * 30, 7, 255 - i, 255]).collect();
    let image = Image { width: 4, height: 2, rgba: colours.concat() };
    let placed = |x, y, width, height| vec![Item::Image(image.clone(), Rect { x, y, width, height })];
    let same = drawn(placed(3.0, 1.0, 4.0, 2.0), 100.0);
    assert_eq!([pixel(&same, 3, 1), pixel(&same, 6, 2), pixel(&same, 7, 2)], [colours[0], colours[7], WHITE]);
    let large = drawn(placed(0.0, 0.0, 8.0, 4.0), 100.0);
    assert_eq!([pixel(&large, 1, 1), pixel(&large, 2, 1), pixel(&large, 7, 3)], [colours[0], colours[1], colours[7]]);
    let clipped =
        vec![Item::Clip(closed([(0.0, 0.0), (2.0, 0.0), (1.0, 2.0), (0.0, 2.0)]), placed(0.0, 0.0, 8.0, 4.0))];
    let clipped = drawn(clipped, 100.0);
    assert_eq!(
        [pixel(&clipped, 0, 0), pixel(&clipped, 1, 0), pixel(&clipped, 2, 0)],
        [colours[0], [64, 69, 255, 255], WHITE]
    );
    let short = Image { width: 4, height: 2, rgba: vec![0; 7] };
    let rest = Rect { x: 0.0, y: 0.0, width: 8.0, height: 4.0 };
    assert_eq!(drawn(vec![Item::Image(short, rest)], 100.0), drawn(Vec::new(), 100.0));
}

/// A PNG file read by the crate `png`: its colour type and pixels, expanded.
fn read(file: &[u8]) -> (::png::ColorType, ::png::Info<'static>, Vec<u8>) {
    let mut decoder = ::png::Decoder::new(std::io::Cursor::new(file));
    decoder.set_transformations(::png::Transformations::EXPAND | ::png::Transformations::ALPHA);
    let mut reader = decoder.read_info().unwrap();
    let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut bytes).unwrap();
    (reader.info().color_type, reader.info().clone(), bytes)
}

#[test]
fn png_files_hold_the_pixels_and_what_they_are() {
    let picture = everything();
    let (kind, info, bytes) = read(&png(&picture, 150.0).unwrap());
    assert!(bytes == pixels(&picture, 150.0).unwrap().rgba);
    assert_eq!((kind, info.width, info.height, info.srgb.is_some()), (::png::ColorType::Rgb, 630, 450, true));
    assert_eq!(info.pixel_dims.map(|d| (d.xppu, d.unit)), Some((5906, ::png::Unit::Meter)));
    let texts: Vec<String> = info.utf8_text.iter().map(|text| text.get_text().unwrap()).collect();
    assert_eq!(texts, [picture.title.clone(), picture.description.clone()]);
}

#[test]
fn few_colours_are_a_palette_and_transparency_stays() {
    for (colours, bits) in [(2_usize, 1), (3, 2), (16, 4), (17, 8), (256, 8)] {
        let rgba = (0..33 * colours).flat_map(|i| [(i % colours) as u8, 0, 9, 255 - (i % colours % 2) as u8]).collect();
        let image = Image { width: 33, height: colours, rgba };
        let (kind, info, bytes) = read(&encode_png(&image).unwrap());
        assert_eq!((kind, info.bit_depth as u8), (::png::ColorType::Indexed, bits));
        assert!(bytes == image.rgba, "{colours}");
    }
    let rgba = (0..300_u32).flat_map(|i| [(i % 256) as u8, (i / 256) as u8, 0, 100]).collect();
    let many = Image { width: 300, height: 1, rgba };
    let (kind, _, bytes) = read(&encode_png(&many).unwrap());
    assert_eq!((kind, bytes), (::png::ColorType::Rgba, many.rgba));
}

#[test]
fn svg_files_are_whole() {
    let file = svg(&everything());
    let tree = roxmltree::Document::parse(&file).unwrap();
    let root = tree.root_element();
    assert_eq!([root.attribute("viewBox"), root.attribute("role")], [Some("0 0 420 300"), Some("img")]);
    let named = |name: &'static str| {
        tree.descendants().filter(move |node| node.has_tag_name(("http://www.w3.org/2000/svg", name)))
    };
    assert_eq!(named("title").next().and_then(|node| node.text()), Some("A title & <more>"));
    let ids: BTreeSet<&str> = tree.descendants().filter_map(|node| node.attribute("id")).collect();
    for used in named("use") {
        let link = used.attribute(("http://www.w3.org/1999/xlink", "href")).unwrap();
        assert!(ids.contains(link.trim_start_matches('#')), "{link}");
    }
    assert_eq!((named("clipPath").count(), named("image").count()), (2, 3));
    let says: Vec<&str> = tree.descendants().filter_map(|node| node.attribute("aria-label")).collect();
    assert_eq!(says[0], "2 m temperature, flux (W m−2), CO2, m⁻³ µg");
}

#[test]
fn pdf_files_are_whole() {
    let file = pdf(&everything()).unwrap();
    assert!(file.starts_with(b"%PDF-1.7") && file.ends_with(b"%%EOF"));
    let has = |text: &str| file.windows(text.len()).any(|part| part == text.as_bytes());
    for part in [
        "/MediaBox [0 0 302.4 216]",
        "+Inter-Regular",
        "+Inter-SemiBold",
        "/ToUnicode",
        "/SMask",
        "/Indexed",
        "/FontFile2",
    ] {
        assert!(has(part), "{part}");
    }
    assert!(!has("/CreationDate") && !has("/ModDate") && !has("/ID"));
    assert!(pdf(&blank(0.0, 5.0)).is_err() && pdf(&blank(5.0, f64::NAN)).is_err() && pdf(&blank(5.0, 1e6)).is_err());
    // Every offset of the table of objects leads to its object.
    let text: String = file.iter().map(|byte| char::from(*byte)).collect();
    let (_, table) = text.rsplit_once("\nxref\n0 ").unwrap();
    let offsets =
        table.lines().skip(2).take_while(|line| line.contains(" n")).map(|line| line[..10].parse::<usize>().unwrap());
    for (number, offset) in (1..).zip(offsets) {
        assert!(text[text.char_indices().nth(offset).unwrap().0..].starts_with(&format!("{number} 0 obj")), "{number}");
    }
}

#[test]
fn the_same_picture_is_the_same_bytes() {
    for picture in [everything(), charts::chart()] {
        assert!(png(&picture, 90.0).unwrap() == png(&picture.clone(), 90.0).unwrap());
        assert!(svg(&picture) == svg(&picture.clone()) && pdf(&picture).unwrap() == pdf(&picture.clone()).unwrap());
    }
}

#[test]
fn names_in_svg_files_of_different_pictures_differ() {
    let clip = |x| Picture {
        items: vec![Item::Clip(circle(x, 5.0, 3.0), vec![Item::Text(text("a", 1.0, 1.0, 5.0))])],
        ..blank(9.0, 9.0)
    };
    let names = |picture: &Picture| {
        let file = svg(picture);
        let tree = roxmltree::Document::parse(&file).unwrap();
        tree.descendants().filter_map(|node| node.attribute("id").map(str::to_owned)).collect::<BTreeSet<_>>()
    };
    let (one, other) = (names(&clip(4.0)), names(&clip(5.0)));
    assert!(one.len() == 2 && one.is_disjoint(&other));
}

#[test]
fn pages_escape_texts_and_load_nothing() {
    let frame = html::Frame { png: encode_png(&drawn(Vec::new(), 100.0)).unwrap(), caption: "<script>\"".to_owned() };
    let vector = svg(&everything());
    let page = html::page(&html::Page {
        title: "a </title><script>",
        description: "\"><img",
        figure: html::Figure::Svg(&vector),
        frames: &[frame.clone(), frame],
        delay: std::time::Duration::from_millis(200),
        summary: "<p>mean</p>",
    });
    assert_eq!(page.matches("<script>").count(), 1);
    assert!(page.contains("<p>mean</p>") && page.contains("alt=\"&quot;&gt;&lt;img – &lt;script&gt;&quot;\""));
    let addresses = page.matches("http").count();
    assert_eq!(addresses, 2, "the names of SVG's and XLink's elements alone");
    assert!(!page.contains("<?xml"));
}

#[test]
fn a_map_has_the_colours_of_its_image() {
    let picture = map();
    let Some(Item::Clip(_, items)) = picture.items.first() else { panic!("the map is clipped") };
    let Some(Item::Image(field, _)) = items.first() else { panic!("the map has a field") };
    let image = pixels(&picture, 100.0).unwrap();
    let same = (0..600).filter(|y| pixel(&image, 1125, y + 40) == pixel(field, 1125, *y)).count();
    assert!(same > 200, "{same}");
}
