//! Catalogs that grow: run after run, and after others have written into them.

use std::fs;

use serde_json::{Value, json};

use crate::world::{World, hrefs, of};

#[test]
fn the_same_again_changes_nothing_and_the_order_does_not_matter() {
    let world = World::new();
    let (a, b) = (of("nemo_201501.nc"), of("nemo_201502.nc"));
    let said = world.ok(&format!("{a} {b} -o stac --collection nemo"));
    assert!(said.stderr.contains("stac/catalog.json: 2 added, 0 replaced"), "{said}");
    let before = world.bytes("stac");
    let times: Vec<_> =
        before.keys().map(|name| fs::metadata(world.path("stac").join(name)).unwrap().modified().unwrap()).collect();
    let said = world.ok(&format!("{a} {b} -o stac --collection nemo"));
    assert!(said.stderr.contains("0 added, 2 replaced"), "{said}");
    assert_eq!(before, world.bytes("stac"));
    let again: Vec<_> =
        before.keys().map(|name| fs::metadata(world.path("stac").join(name)).unwrap().modified().unwrap()).collect();
    assert_eq!(times, again, "files that hold the same are left alone");
    let other = World::new();
    for file in [&b, &a, &b] {
        other.ok(&format!("{file} -o stac --collection nemo --href absolute"));
    }
    let absolute = World::new();
    absolute.ok(&format!("{a} {b} -o stac --collection nemo --href absolute"));
    assert_eq!(absolute.bytes("stac"), other.bytes("stac"));
}

#[test]
fn extents_and_links_follow_the_items() {
    let world = World::new();
    world.store("a.zarr", 0, [0.0, 0.0, 10.0, 10.0]).store("b.zarr", 100, [20.0, 20.0, 30.0, 30.0]);
    let add = |name: &str| drop(world.ok(&format!("{name} -o stac --as item --collection c --title Both")));
    add("a.zarr");
    let extent = |at: &str| world.json("stac/c/collection.json")["extent"].pointer(at).cloned().unwrap();
    let first = extent("/spatial/bbox/0");
    add("b.zarr");
    assert_eq!(extent("/spatial/bbox/0"), json!([-5.0, -5.0, 35.0, 35.0]));
    assert_eq!(extent("/temporal/interval"), json!([["2000-01-01T00:00:00Z", "2000-04-11T00:00:00Z"]]));
    let collection = world.json("stac/c/collection.json");
    assert_eq!((&collection["title"], hrefs(&collection, "item").len()), (&json!("Both"), 2));
    // The same identifier with other data: what is no longer there is no longer told.
    fs::remove_dir_all(world.path("b.zarr")).unwrap();
    world.store("b.zarr", 0, [0.0, 0.0, 10.0, 10.0]);
    add("b.zarr");
    assert_eq!(extent("/spatial/bbox/0"), first);
    assert_eq!(hrefs(&world.json("stac/c/collection.json"), "item").len(), 2);
    let item = world.json("stac/c/b/b.json");
    assert_eq!(hrefs(&item, "root"), ["../../catalog.json"]);
    assert_eq!(
        (hrefs(&item, "parent"), hrefs(&item, "collection")),
        (vec!["../collection.json".to_owned()], vec!["../collection.json".to_owned()])
    );
}

#[test]
fn what_others_wrote_stays() {
    let world = World::new();
    world.ok(&format!("{} -o stac --collection c", of("nemo_201501.nc")));
    let change = |name: &str, edit: &dyn Fn(&mut Value)| {
        let mut object = world.json(name);
        edit(&mut object);
        world.write(name, &object);
    };
    change("stac/catalog.json", &|catalog| {
        catalog["title"] = json!("Mine");
        catalog["my:member"] = json!(1);
    });
    change("stac/c/collection.json", &|collection| {
        collection["license"] = json!("CC0-1.0");
        collection["my:member"] = json!(2);
        collection["extent"]["temporal"]["interval"] = json!([["2000-01-01T00:00:00Z", null]]);
        collection["summaries"] = json!({"platform": ["x"]});
    });
    change("stac/c/nemo_201501/nemo_201501.json", &|item| {
        item["properties"]["my:cloud"] = json!(3);
        item["properties"]["proj:code"] = json!("EPSG:1");
        item["assets"]["thumbnail"] = json!({"href": "./x.png", "roles": ["thumbnail"]});
        item["links"].as_array_mut().unwrap().push(json!({"rel": "about", "href": "https://example.org"}));
    });
    world.ok(&format!("{} {} -o stac --collection c", of("nemo_201501.nc"), of("nemo_201502.nc")));
    let catalog = world.json("stac/catalog.json");
    assert_eq!((&catalog["title"], &catalog["my:member"]), (&json!("Mine"), &json!(1)));
    let collection = world.json("stac/c/collection.json");
    assert_eq!((&collection["license"], &collection["my:member"]), (&json!("CC0-1.0"), &json!(2)));
    assert_eq!(collection["extent"]["temporal"]["interval"], json!([["2000-01-01T00:00:00Z", null]]));
    assert_eq!(collection["summaries"]["platform"], json!(["x"]));
    let item = world.json("stac/c/nemo_201501/nemo_201501.json");
    assert_eq!(item["properties"]["my:cloud"], 3);
    assert!(item["properties"].get("proj:code").is_none(), "of this grid none is known");
    assert_eq!(item["assets"]["thumbnail"]["href"], "./x.png");
    assert_eq!(hrefs(&item, "about"), ["https://example.org"]);
}

/// Laid out otherwise, of STAC 1.0, with an address of its own and whole paths: as pystac and others publish.
#[test]
fn a_catalog_of_others_is_extended_where_its_objects_are() {
    let world = World::new();
    let link = |rel: &str, href: &str| json!({"rel": rel, "href": href, "type": "application/json"});
    world.write(
        "stac/catalog.json",
        &json!({
            "type": "Catalog", "stac_version": "1.0.0", "id": "theirs", "description": "x",
            "links": [link("self", "https://host/stac/catalog.json"), link("root", "https://host/stac/catalog.json"),
                link("child", "https://host/stac/deep/er/collection.json"), link("child", "https://elsewhere/x.json"),
                link("child", "./missing.json")],
        }),
    );
    world.write("stac/deep/er/collection.json", &json!({
        "type": "Collection", "stac_version": "1.0.0", "id": "nemo", "description": "y", "license": "proprietary",
        "extent": {"spatial": {"bbox": [[-180, -86, 180, 90]]}, "temporal": {"interval": [["2015-01-16T00:00:00Z", null]]}},
        "links": [link("root", "../../catalog.json"), link("parent", "../../catalog.json"), link("item", "./old/nemo_201501.json")],
    }));
    world.write("stac/deep/er/old/nemo_201501.json", &json!({
        "type": "Feature", "stac_version": "1.0.0", "id": "nemo_201501", "geometry": null, "collection": "nemo",
        "properties": {"datetime": "1999-01-01T00:00:00Z", "gsd": 1}, "assets": {},
        "links": [link("root", "../../../catalog.json"), link("parent", "../collection.json"), link("collection", "../collection.json")],
    }));
    world.ok(&format!("{} {} -o stac --collection nemo", of("nemo_201501.nc"), of("nemo_201502.nc")));
    let objects = world.objects("stac");
    let names: Vec<&str> = objects.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "catalog.json",
            "deep/er/collection.json",
            "deep/er/nemo_201502/nemo_201502.json",
            "deep/er/old/nemo_201501.json"
        ]
    );
    let catalog = &objects["catalog.json"];
    assert_eq!(hrefs(catalog, "child").len(), 3, "{catalog:#}");
    let collection = &objects["deep/er/collection.json"];
    assert_eq!(hrefs(collection, "item"), ["./nemo_201502/nemo_201502.json", "./old/nemo_201501.json"]);
    assert_eq!((&collection["license"], &collection["stac_version"]), (&json!("proprietary"), &json!("1.0.0")));
    let item = &objects["deep/er/old/nemo_201501.json"];
    assert_eq!(
        (&item["properties"]["datetime"], &item["properties"]["gsd"]),
        (&json!("2015-01-16T00:00:00Z"), &json!(1))
    );
    assert_eq!(hrefs(&objects["deep/er/nemo_201502/nemo_201502.json"], "root"), ["../../../catalog.json"]);
}

#[test]
fn a_zip_file_holds_the_whole_catalog() {
    let world = World::new();
    world.ok(&format!("{} -o stac", of("pressure.zarr")));
    fs::write(world.path("stac/other.json"), "{}").unwrap();
    let make = || {
        world.run(&format!("{} -o stac --zip stac.zip", of("nemo_201501.nc"))).ok();
        fs::read(world.path("stac.zip")).unwrap()
    };
    let first = make();
    assert_eq!(first, make());
    let text = String::from_utf8_lossy(&first).into_owned();
    for name in
        ["catalog.json", "data/collection.json", "data/nemo_201501/nemo_201501.json", "pressure/collection.json"]
    {
        assert!(text.contains(name), "{name}");
    }
    assert!(!text.contains("other.json"));
}

#[test]
fn runs_at_the_same_time_wait_for_each_other() {
    let world = World::new();
    for day in 0..8 {
        world.store(&format!("s{day}.zarr"), day, [0.0, 0.0, 1.0, 1.0]);
    }
    std::thread::scope(|scope| {
        for day in 0..8 {
            let world = &world;
            scope.spawn(move || world.run(&format!("s{day}.zarr -o stac --as item --collection c")).ok().len());
        }
    });
    let collection = world.json("stac/c/collection.json");
    assert_eq!(hrefs(&collection, "item").len(), 8);
    assert_eq!(collection["extent"]["temporal"]["interval"][0][1], "2000-01-09T00:00:00Z");
}

#[test]
fn many_items_are_made_and_checked_in_little_time() {
    let world = World::new();
    let names: Vec<String> = (0..120).map(|at| format!("in/nemo_{at}.nc")).collect();
    for name in &names {
        world.copy("SOI_Darwin.nc", name);
    }
    fs::write(world.path("list"), names.join("\n")).unwrap();
    let said = world.run("@list -o stac --progress none");
    said.ok();
    assert!(said.seconds < 30.0, "{said}");
    assert_eq!(hrefs(&world.json("stac/data/collection.json"), "item").len(), 120);
}
