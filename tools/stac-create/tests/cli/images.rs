//! Images with a header of GeoTIFF, made here so that every tag is known.

use serde_json::json;

use crate::world::{World, hrefs};

/// A classic TIFF, least significant byte first, of one byte for 4 × 2 cells: tags beside the usual ones by number,
/// type, values as bytes.
fn tiff(tags: &[(u16, u16, Vec<u8>)]) -> Vec<u8> {
    let short = |value: u16| value.to_le_bytes().to_vec();
    let mut all = vec![
        (256, 3, short(4)),
        (257, 3, short(2)),
        (258, 3, short(8)),
        (259, 3, short(1)),
        (262, 3, short(1)),
        (273, 4, 8u32.to_le_bytes().to_vec()),
        (277, 3, short(1)),
        (278, 3, short(2)),
        (279, 4, 8u32.to_le_bytes().to_vec()),
    ];
    all.extend(tags.iter().cloned());
    all.sort();
    let mut bytes = b"II*\0\x10\0\0\0\x01\x02\x03\x04\x05\x06\x07\x08".to_vec();
    bytes.extend(u16::try_from(all.len()).unwrap().to_le_bytes());
    let mut further: Vec<u8> = Vec::new();
    let behind = bytes.len() + 12 * all.len() + 4;
    for (tag, kind, value) in &all {
        let size = match kind {
            3 => 2,
            4 => 4,
            12 => 8,
            _ => 1,
        };
        bytes.extend(tag.to_le_bytes().iter().chain(&kind.to_le_bytes()));
        bytes.extend(u32::try_from(value.len() / size).unwrap().to_le_bytes());
        if value.len() <= 4 {
            bytes.extend(value.iter().chain(&[0; 4]).take(4));
        } else {
            bytes.extend(u32::try_from(behind + further.len()).unwrap().to_le_bytes());
            further.extend(value);
        }
    }
    bytes.extend([0; 4]);
    bytes.extend(further);
    bytes
}

fn doubles(values: &[f64]) -> Vec<u8> {
    values.iter().flat_map(|v| v.to_le_bytes()).collect()
}

fn shorts(values: &[u16]) -> Vec<u8> {
    values.iter().flat_map(|v| v.to_le_bytes()).collect()
}

/// Of 10° cells, the first with its corner at 170° E, 20° N.
fn across() -> Vec<u8> {
    tiff(&[
        (306, 2, b"2020:01:31 12:00:00\0".to_vec()),
        (33550, 12, doubles(&[10.0, 10.0, 0.0])),
        (33922, 12, doubles(&[0.0, 0.0, 0.0, 170.0, 20.0, 0.0])),
        (34735, 3, shorts(&[1, 1, 0, 3, 1024, 0, 1, 2, 1025, 0, 1, 1, 2048, 0, 1, 4326])),
        (
            42112,
            2,
            b"<GDALMetadata><Item name=\"D\" sample=\"0\" role=\"description\">Land</Item></GDALMetadata>\0".to_vec(),
        ),
        (42113, 2, b"255\0".to_vec()),
    ])
}

#[test]
fn an_image_is_an_item_with_its_lattice() {
    let world = World::new();
    std::fs::write(world.path("image.tif"), across()).unwrap();
    let item = world.item("image.tif --datetime tag");
    assert_eq!(item["properties"]["datetime"], "2020-01-31T12:00:00Z");
    assert_eq!(item["bbox"], json!([170.0, 0.0, -150.0, 20.0]));
    assert_eq!(item["geometry"]["type"], "MultiPolygon");
    assert_eq!(item["properties"]["proj:transform"], json!([10.0, 0.0, 170.0, 0.0, -10.0, 20.0]));
    assert_eq!(
        (&item["properties"]["proj:shape"], &item["properties"]["proj:code"]),
        (&json!([2, 4]), &json!("EPSG:4326"))
    );
    let asset = &item["assets"]["data"];
    assert_eq!(asset["type"], "image/tiff; application=geotiff");
    assert_eq!(asset["bands"], json!([{"name": "b1", "data_type": "uint8", "nodata": 255, "description": "Land"}]));
    let collection = world.json("stac/data/collection.json");
    assert_eq!(collection["summaries"]["proj:code"], json!(["EPSG:4326"]));
    assert_eq!(collection["item_assets"]["data"]["type"], "image/tiff; application=geotiff");
    assert_eq!(hrefs(&collection, "item"), ["./image/image.json"]);
}

#[test]
fn of_an_image_behind_an_address_only_tags_are_read_and_no_secrets_are_told() {
    let world = World::new();
    let mut image = across();
    image.extend(vec![0; 4 << 20]);
    std::fs::create_dir_all(world.path("served")).unwrap();
    std::fs::write(world.path("served/image.tif"), image).unwrap();
    let server = testkit::http::Server::folder(world.path("served"));
    let url = server.url("image.tif");
    let said = world.run(&format!("{url}?token=geheim -o stac --datetime tag"));
    said.ok();
    let requests = server.requests();
    let sent: u64 = requests.iter().map(|request| request.sent).sum();
    assert!(requests.len() <= 6 && sent < 600_000, "{} requests, {sent} bytes", requests.len());
    let item = world.json("stac/data/image/image.json");
    assert_eq!(item["assets"]["data"]["href"], url);
    assert!(item["assets"]["data"].get("file:size").is_none());
    let all = world.bytes("stac").into_values().collect::<String>() + &said.stderr;
    assert!(!all.contains("geheim") && said.stderr.contains("stay out of the catalog"), "{all}");
}

#[test]
fn broken_images_are_refused_and_leave_nothing() {
    let whole = across();
    for cut in [3, 5, 9, 17, 40, 150, whole.len() - 40] {
        let world = World::new();
        std::fs::write(world.path("cut.tif"), &whole[..cut]).unwrap();
        world.run("cut.tif -o stac --datetime 2020").fails(1);
        assert!(!world.path("stac").exists(), "{cut}");
    }
    // Directories that lead to each other without end.
    let mut endless = whole;
    endless[4..8].copy_from_slice(&8u32.to_le_bytes());
    let world = World::new();
    std::fs::write(world.path("x.tif"), endless).unwrap();
    world.run("x.tif -o stac --datetime 2020").fails(1);
}
