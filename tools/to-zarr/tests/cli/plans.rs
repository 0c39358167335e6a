//! Plans: what they refuse, and what refuses them.

use std::path::Path;

use serde_json::{Value, json};
use testkit::{fixture, run};

use crate::distributed::{planned, thirteen};
use crate::raw::document;
use crate::world::{World, field};

/// Change a plan by hand.
fn edit(world: &World, change: impl Fn(&mut Value)) {
    let mut plan = document(&world.path("plan.json"));
    change(&mut plan);
    std::fs::write(world.path("plan.json"), plan.to_string()).unwrap();
}

#[test]
fn a_plan_that_was_edited_is_refused() {
    let edits: [fn(&mut Value); 5] = [
        |plan| plan["tasks"][0]["objects"] = json!([]),
        |plan| plan["inputs"][0]["path"] = json!("/etc/passwd"),
        |plan| plan["documents"][0][1] = json!("{}"),
        |plan| plan["arguments"] = json!(["--chunk", "time=1"]),
        |plan| plan["store"] = json!("elsewhere.zarr"),
    ];
    for (number, change) in edits.into_iter().enumerate() {
        let world = thirteen();
        world.ok("plan a.zarr b.zarr c.zarr --store many.zarr -o plan.json --tasks 2 --chunk time=4");
        edit(&world, change);
        let before = world.names();
        for words in ["init plan.json", "work plan.json --task 0", "finalise plan.json"] {
            world.fails(1, words, &["plan.json", "changed after it was made"]);
        }
        assert_eq!(world.names(), before, "{number}");
    }
}

#[test]
fn what_is_no_plan_is_refused() {
    let world = World::new();
    for text in ["", "{}", "[1, 2]", "{\"format\": \"to-zarr plan 1\"}", "no JSON"] {
        std::fs::write(world.path("plan.json"), text).unwrap();
        world.fails(1, "init plan.json", &["plan.json", "no plan"]);
    }
    world.fails(1, "init none.json", &["none.json"]);
}

/// A job that is given all that the plan was given does what one does that is given what the plan kept.
#[test]
fn what_a_plan_left_out_may_be_given_to_work() {
    let world = thirteen();
    std::fs::write(world.path("broken.nc"), "none").unwrap();
    world.ok("plan a.zarr broken.nc b.zarr c.zarr --store many.zarr -o plan.json --tasks 2 --on-error skip");
    world.ok("init plan.json");
    world.ok("work plan.json a.zarr broken.nc b.zarr c.zarr --task 0");
    world.ok("work plan.json a.zarr b.zarr c.zarr --task 1");
    world.fails(2, "work plan.json a.zarr b.zarr --task 1 --again", &["2 inputs are given, the plan has 3"]);
    world.ok("finalise plan.json");
    world.holds("many.zarr", 0..13);
}

#[test]
fn inputs_that_changed_are_refused() {
    let world = World::new();
    let inputs = [("one.nc", "nemo_201501.nc"), ("two.nc", "nemo_201502.nc")];
    for (name, from) in inputs {
        std::fs::copy(fixture(from), world.path(name)).unwrap();
    }
    world.ok("plan one.nc two.nc --store many.zarr -o plan.json --tasks 2");
    world.ok("init plan.json");
    // Longer, though readers would not notice.
    let mut bytes = std::fs::read(world.path("two.nc")).unwrap();
    bytes.push(0);
    std::fs::write(world.path("two.nc"), bytes).unwrap();
    world.fails(1, "work plan.json --task 0", &["two.nc", "another length"]);
    std::fs::copy(fixture("nemo_201501.nc"), world.path("two.nc")).unwrap();
    assert!(!world.run("work plan.json --task 0").succeeded());
}

#[test]
fn an_input_with_other_coordinates_of_the_same_length_is_refused() {
    let world = planned(2, "--chunk time=4");
    world.ok("work plan.json --task 0");
    world.series("c.zarr", &[10, 11, 12, 13], json!({}), &field(9..13), json!({}));
    world.fails(1, "work plan.json --task 1", &["coordinate 'time' has other values"]);
}

#[test]
fn work_wants_a_place_that_is_ready() {
    let world = thirteen();
    world.ok("plan a.zarr b.zarr c.zarr --store many.zarr -o plan.json --tasks 2 --chunk time=4");
    world.fails(1, "work plan.json --task 0", &["many.zarr", "to-zarr init"]);
    world.fails(1, "finalise plan.json", &["many.zarr", "to-zarr init"]);
    world.ok("init plan.json");
    world.ok("init plan.json");
    world.fails(2, "work plan.json --task 2", &["there is no task 2", "0 to 1"]);
    world.ok("work plan.json --task 0");
    // The place of another plan.
    world.ok("plan a.zarr b.zarr --store many.zarr -o other.json --tasks 2 --chunk time=2");
    world.fails(1, "work other.json --task 0", &["another plan", "--overwrite"]);
    world.fails(2, "init other.json", &["many.zarr", "--overwrite"]);
    world.ok("work plan.json --task 1");
    world.ok("finalise plan.json");
    world.holds("many.zarr", 0..13);
    world.fails(2, "init other.json", &["many.zarr", "--overwrite"]);
    world.ok("init other.json --overwrite");
    for task in [0, 1] {
        world.ok(&format!("work other.json --task {task}"));
    }
    world.ok("finalise other.json");
    world.holds("many.zarr", 0..9);
}

#[test]
fn places_that_can_not_be_are_refused_at_once() {
    let world = thirteen();
    let inputs = "a.zarr b.zarr c.zarr";
    world.fails(2, &format!("plan {inputs} --store many.zarr.zip -o plan.json"), &["zip"]);
    world.fails(2, &format!("plan {inputs} --store a.zarr -o plan.json"), &["a.zarr"]);
    world.fails(2, &format!("plan {inputs} --store m.zarr -o plan.json --tasks 0"), &["0"]);
    world.fails(2, &format!("plan {inputs} --store m.zarr -o plan.json --task-memory 1"), &["--task-memory"]);
    world.fails(2, &format!("plan {inputs} -o plan.json"), &["--store"]);
    world.fails(2, &format!("plan {inputs} --store m.zarr"), &["--output"]);
    assert_eq!(world.names(), ["a.zarr", "b.zarr", "c.zarr"]);
    std::fs::create_dir(world.path("papers")).unwrap();
    std::fs::write(world.path("papers/thesis.tex"), "years of work").unwrap();
    world.ok(&format!("plan {inputs} --store papers -o plan.json"));
    world.fails(2, "init plan.json --overwrite", &["papers", "no Zarr store"]);
    assert!(world.path("papers/thesis.tex").exists());
}

/// A task that needs more memory than a node has is told of when the plan is made.
#[test]
fn memory_is_estimated() {
    let folder = tempfile::tempdir().unwrap();
    let plan = |memory: &str| {
        let place = |name: &str| folder.path().join(name).display().to_string();
        let input = fixture("coads_climatology.cdf").display().to_string();
        let words = ["plan", &input, "--store", &place("s.zarr"), "-o", &place("plan.json"), "--task-memory", memory];
        run("to-zarr", &words)
    };
    plan("200M").ok();
    assert!(plan("2M").fails(2).contains("make chunks or shards smaller"));
    assert!(Path::new(&folder.path().join("plan.json")).exists());
}
