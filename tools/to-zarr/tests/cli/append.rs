//! `--append`: once, again, in parts, at once.

use serde_json::json;

use crate::raw::document;
use crate::world::{World, field, reals};

/// `old.zarr` with days 0 to 7 in chunks of 4, made with these arguments; files with later days.
fn begun(arguments: &str) -> World {
    let world = World::new();
    world.days("a.zarr", 0..7).days("b.zarr", 7..9).days("c.zarr", 9..14).days("over.zarr", 5..9);
    world.ok(&format!("a.zarr -o old.zarr {arguments}"));
    world
}

/// Layouts in which a store may be.
const LAYOUTS: [&str; 6] = [
    "--chunk time=4",
    "--chunk time=1",
    "--chunk time=3,lat=1,lon=2",
    "--chunk time=2 --shard time=4",
    "--chunk time=4 --zarr-version 2",
    "--chunk time=2,lon=1 --shard time=4,lon=2 --compression none",
];

#[test]
fn steps_are_added_and_again_does_nothing() {
    for layout in LAYOUTS {
        let world = begun(layout);
        let chunk = world.stored("old.zarr", "t").chunk;
        world.ok("b.zarr -o old.zarr --append time");
        world.holds("old.zarr", 0..9);
        let before = world.objects("old.zarr");
        let said = world.ok("b.zarr -o old.zarr --append time");
        assert!(said.stderr.contains("all 2 steps of 'time' are there already"), "{said}");
        assert!(world.objects("old.zarr") == before, "{layout}");
        world.ok("c.zarr -o old.zarr --append time --verify");
        world.holds("old.zarr", 0..14);
        assert_eq!(world.stored("old.zarr", "t").chunk, chunk, "{layout}");
        world.ok("a.zarr b.zarr c.zarr -o whole.zarr");
        world.same("old.zarr", "whole.zarr");
    }
}

#[test]
fn what_is_there_already_is_skipped() {
    for layout in LAYOUTS {
        let world = begun(layout);
        let said = world.ok("over.zarr -o old.zarr --append time");
        assert!(said.stderr.contains("2 steps of 'time' added to 7, 2 were there already"), "{said}");
        world.holds("old.zarr", 0..9);
        world.ok("a.zarr b.zarr c.zarr -o old.zarr --append time");
        world.holds("old.zarr", 0..14);
    }
}

#[test]
fn a_store_grows_from_one_step_by_single_steps() {
    for layout in LAYOUTS {
        let world = World::new();
        world.days("day.zarr", 0..1);
        world.ok(&format!("day.zarr -o old.zarr {layout}"));
        for day in 1..6 {
            world.days("next.zarr", day..day + 1);
            world.ok("next.zarr -o old.zarr --append time");
            world.holds("old.zarr", 0..day + 1);
        }
        assert_eq!(world.names(), ["day.zarr", "next.zarr", "old.zarr"]);
    }
}

/// The first file of many makes the store, in chunks for all that is to come.
#[test]
fn a_store_that_is_not_there_is_made_with_room_to_grow() {
    let rows = [
        ("--chunk time=4", vec![4, 2, 3], vec![4, 2, 3]),
        ("--chunk time=4,lon=7", vec![4, 2, 3], vec![4, 2, 3]),
        ("--chunk time=2,lat=1 --shard time=6", vec![2, 1, 3], vec![6, 1, 3]),
        ("--chunk time=4 --zarr-version 2", vec![4, 2, 3], vec![4, 2, 3]),
    ];
    for (layout, chunk, object) in rows {
        let world = World::new();
        for day in 0..9 {
            world.days("next.zarr", day..day + 1);
            let said = world.ok(&format!("next.zarr -o old.zarr --append time {layout}"));
            assert_eq!(said.stderr.contains("keeps its own chunks"), day > 0, "{said}");
            world.holds("old.zarr", 0..day + 1);
        }
        let t = world.stored("old.zarr", "t");
        assert_eq!((t.chunk, t.object), (chunk, object), "{layout}");
    }
    let world = World::new();
    world.days("a.zarr", 0..1);
    world.fails(1, "a.zarr -o old.zarr --append tiem", &["dimension 'tiem' not found"]);
}

/// A chunk that was half full is replaced by one that begins alike; those before it are not touched.
#[test]
fn only_the_last_chunks_are_written_anew() {
    let world = begun("--chunk time=4");
    let before = world.objects("old.zarr");
    world.ok("b.zarr -o old.zarr --append time --report out.json");
    let after = world.objects("old.zarr");
    for (key, bytes) in before {
        if key.starts_with("t/c/0") || key.starts_with("lat") || key.starts_with("lon") {
            assert!(after[&key] == bytes, "{}", key.display());
        }
    }
    let report = document(&world.path("out.json"));
    assert_eq!(report["action"], "extended");
    let keys: Vec<&str> = report["objects"].as_array().unwrap().iter().map(|o| o["key"].as_str().unwrap()).collect();
    assert!(keys.contains(&"t/c/1/0/0") && keys.contains(&"t/c/2/0/0") && !keys.contains(&"t/c/0/0/0"), "{keys:?}");
}

#[test]
fn coordinates_stay_in_one_chunk() {
    let world = begun("--chunk time=4");
    for (file, days) in [("b.zarr", 9), ("c.zarr", 14)] {
        world.ok(&format!("{file} -o old.zarr --append time"));
        let time = world.stored("old.zarr", "time");
        assert_eq!((time.chunk, time.object), (vec![days], vec![days]));
        let objects = world.objects("old.zarr/time");
        assert_eq!(objects.len(), 2, "the old chunk is gone: {:?}", objects.keys());
    }
}

#[test]
fn chunks_of_nothing_but_missing_values_are_not_written() {
    let world = World::new();
    let mut values = field(0..4);
    values[18..].fill(-1.0);
    let fill = json!({"_FillValue": -1.0});
    world.series("a.zarr", &[0, 1, 2, 3], json!({}), &values, fill.clone());
    world.series("b.zarr", &[4, 5], json!({}), &[-1.0_f32; 12], fill);
    world.ok("a.zarr -o old.zarr --chunk time=1");
    world.ok("b.zarr -o old.zarr --append time");
    let t = world.stored("old.zarr", "t");
    assert_eq!((t.absent, t.shape.as_slice()), (3, &[6, 2, 3][..]));
    let expected: Vec<f64> = values.iter().map(|&v| f64::from(v)).chain([-1.0; 12]).collect();
    assert_eq!(t.values(), expected);
}

#[test]
fn along_a_descending_coordinate_what_comes_after_is_below() {
    let world = World::new();
    let level = |name: &str, levels: &[f64]| {
        let values: Vec<f64> = levels.iter().flat_map(|l| [*l, l + 0.5]).collect();
        let _ = testkit::Store::new(world.folder(), name, json!({}))
            .array("lev", &["lev"], &[levels.len()], levels, json!({"units": "hPa", "positive": "down"}))
            .array("lon", &["lon"], &[2], &[0.0_f64, 180.0], json!({"units": "degrees_east"}))
            .array("t", &["lev", "lon"], &[levels.len(), 2], &values, json!({"units": "K"}));
    };
    level("a.zarr", &[1000.0, 850.0, 700.0]);
    level("b.zarr", &[700.0, 500.0, 300.0]);
    level("c.zarr", &[925.0]);
    world.ok("a.zarr -o old.zarr");
    world.ok("b.zarr -o old.zarr --append lev");
    assert_eq!(world.stored("old.zarr", "lev").values(), [1000.0, 850.0, 700.0, 500.0, 300.0]);
    let expected = [1000.0, 1000.5, 850.0, 850.5, 700.0, 700.5, 500.0, 500.5, 300.0, 300.5];
    assert_eq!(world.stored("old.zarr", "t").values(), expected);
    world.fails(1, "c.zarr -o old.zarr --append lev", &["925", "c.zarr"]);
}

#[test]
fn several_files_in_any_order_are_appended_at_once() {
    let world = begun("--chunk time=4");
    world.ok("c.zarr b.zarr -o old.zarr --append time");
    world.holds("old.zarr", 0..14);
}

#[test]
fn rounded_stores_are_continued_rounded() {
    let world = begun("--chunk time=4 --bitround 7");
    world.ok("over.zarr -o old.zarr --append time --bitround 7");
    world.ok("a.zarr b.zarr -o whole.zarr --bitround 7");
    world.same("old.zarr", "whole.zarr");
}

#[test]
fn the_history_tells_of_every_append() {
    let world = begun("--chunk time=4");
    world.ok("b.zarr -o old.zarr --append time");
    let root = document(&world.path("old.zarr/zarr.json"));
    let history = root["attributes"]["history"].as_str().unwrap();
    assert!(history.contains("a.zarr -o old.zarr") && history.contains("--append time"), "{history}");
    assert_eq!(root["attributes"]["title"], "made");
}

/// Two at once: each is told that it was done, or that somebody else was at work; the store is right.
#[test]
fn two_appends_at_once_lose_nothing() {
    for round in 0..6 {
        let world = begun(LAYOUTS[round % LAYOUTS.len()]);
        world.days("b.zarr", 7..9).days("long.zarr", 7..14);
        let (one, two) = std::thread::scope(|scope| {
            let one = scope.spawn(|| world.run("b.zarr -o old.zarr --append time"));
            let two = scope.spawn(|| world.run("long.zarr -o old.zarr --append time"));
            (one.join().unwrap(), two.join().unwrap())
        });
        for said in [&one, &two] {
            assert!(said.succeeded() || !said.fails(1).is_empty(), "{said}");
        }
        let length = world.stored("old.zarr", "t").shape[0];
        // Who was told that it was done finds it done.
        let least = if two.succeeded() {
            14
        } else if one.succeeded() {
            9
        } else {
            7
        };
        assert!(length >= least, "{length}\n{one}\n{two}");
        world.holds("old.zarr", 0..length);
        world.ok("long.zarr -o old.zarr --append time");
        world.holds("old.zarr", 0..14);
        assert_eq!(world.stored("old.zarr", "t").values(), reals(0..14));
    }
}
