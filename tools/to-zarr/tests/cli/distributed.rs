//! A store by many hands: any order, twice, killed, elsewhere — and in the end the same bytes as by one.

use std::collections::BTreeMap;
use std::path::PathBuf;

use testkit::Command;

use crate::raw::document;
use crate::world::World;

/// Days 0 to 12 in three files.
pub(crate) fn thirteen() -> World {
    let world = World::new();
    world.days("a.zarr", 0..5).days("b.zarr", 5..9).days("c.zarr", 9..13);
    world
}

/// A plan for `many.zarr` of so many tasks, and its place made ready.
pub(crate) fn planned(tasks: usize, layout: &str) -> World {
    let world = thirteen();
    world
        .ok(&format!("plan a.zarr b.zarr c.zarr --store many.zarr -o plan.json --no-history --tasks {tasks} {layout}"));
    world.ok("init plan.json");
    world
}

/// The same store made at once.
pub(crate) fn at_once(world: &World, layout: &str) -> BTreeMap<PathBuf, Vec<u8>> {
    world.ok(&format!("a.zarr b.zarr c.zarr -o once.zarr --no-history {layout}"));
    world.objects("once.zarr")
}

const LAYOUTS: [&str; 5] = [
    "--chunk time=2",
    "--chunk time=1,lat=1,lon=2",
    "--chunk time=2 --shard time=4",
    "--chunk time=3 --zarr-version 2",
    "--chunk time=4,lon=1 --compression zstd:2 --bitround 9",
];

#[test]
fn in_any_order_and_twice_it_is_the_store_made_at_once() {
    for (number, layout) in LAYOUTS.iter().enumerate() {
        let tasks = [1, 3, 4, 5, 20][number];
        let world = planned(tasks, layout);
        for task in (0..tasks).rev().chain([0]) {
            assert!(!world.tool("inspect", "many.zarr").succeeded(), "it is no store before it is complete");
            world.ok(&format!("work plan.json --task {task}"));
        }
        world.ok("work plan.json --task 0 --again");
        let said = world.ok("finalise plan.json");
        assert!(said.stderr.contains(&format!("complete, {tasks} tasks")), "{said}");
        assert!(world.objects("many.zarr") == at_once(&world, layout), "{layout}");
        if !layout.contains("zstd") {
            world.holds("many.zarr", 0..13);
        }
        let said = world.ok("finalise plan.json");
        assert!(said.stderr.contains("finished already"), "{said}");
        world.fails(1, "work plan.json --task 0", &["finished already"]);
    }
}

#[test]
fn tasks_at_the_same_time_do_not_meet() {
    for layout in LAYOUTS {
        let world = planned(4, layout);
        std::thread::scope(|scope| {
            let (world, tasks) = (&world, [0, 1, 2, 3, 2]);
            let running = tasks.map(|task| scope.spawn(move || world.run(&format!("work plan.json --task {task}"))));
            for run in running {
                run.join().unwrap().ok();
            }
        });
        world.ok("finalise plan.json");
        assert!(world.objects("many.zarr") == at_once(&world, layout), "{layout}");
    }
}

#[test]
fn the_task_may_come_from_slurm() {
    let world = planned(2, "--chunk time=4");
    let work = |task: Option<&str>| {
        let command = Command::new("to-zarr").arguments(["work", "plan.json"]).folder(world.folder());
        command.environment("SLURM_ARRAY_TASK_ID", task).run()
    };
    assert!(work(None).fails(2).contains("--task"));
    assert!(work(Some("first")).fails(2).contains("SLURM_ARRAY_TASK_ID='first'"));
    assert!(work(Some("2")).fails(2).contains("there is no task 2"));
    work(Some("0")).ok();
    work(Some("1")).ok();
    world.ok("finalise plan.json");
    world.holds("many.zarr", 0..13);
}

#[test]
fn a_missing_task_is_named() {
    let world = planned(6, "--chunk time=1");
    world.fails(1, "finalise plan.json", &["6 of 6 tasks", "0-5", "--array=0-5"]);
    for task in [0, 2, 3] {
        world.ok(&format!("work plan.json --task {task}"));
    }
    world.fails(1, "finalise plan.json", &["3 of 6 tasks did not deliver: tasks 1,4-5", "--array=1,4-5"]);
    assert!(!world.tool("inspect", "many.zarr").succeeded());
    for task in [1, 4, 5] {
        world.ok(&format!("work plan.json --task {task}"));
    }
    world.ok("finalise plan.json");
    world.holds("many.zarr", 0..13);
}

#[test]
fn an_object_that_was_deleted_or_cut_is_noticed() {
    for cut in [false, true] {
        let world = planned(3, "--chunk time=2");
        for task in 0..3 {
            world.ok(&format!("work plan.json --task {task}"));
        }
        let victim = world.path("many.zarr/t/c/3/0/0");
        let whole = std::fs::read(&victim).unwrap();
        if cut {
            std::fs::write(&victim, &whole[..whole.len() - 1]).unwrap();
        } else {
            std::fs::remove_file(&victim).unwrap();
        }
        world.fails(1, "finalise plan.json", &["1 of 3 tasks did not deliver"]);
        let missing = world.run("finalise plan.json").stderr;
        let task = missing.split("deliver: task ").nth(1).unwrap().split(',').next().unwrap().to_owned();
        world.ok(&format!("work plan.json --again --task {task}"));
        assert!(std::fs::read(&victim).unwrap() == whole);
        world.ok("finalise plan.json");
        world.holds("many.zarr", 0..13);
    }
}

#[test]
fn more_tasks_than_objects_have_nothing_to_do() {
    let world = planned(50, "--chunk time=7");
    for task in 0..50 {
        world.ok(&format!("work plan.json --task {task} --quiet"));
    }
    let said = world.ok("finalise plan.json --report out.json");
    assert!(said.stderr.contains("50 tasks, 5 objects"), "{said}");
    assert_eq!(document(&world.path("out.json"))["action"], "finalised");
    world.holds("many.zarr", 0..13);
    assert!(!world.path("many.zarr/.to-zarr").join("plan").exists());
}

#[test]
fn fragments_are_put_together_without_being_decoded() {
    for layout in LAYOUTS {
        let world = thirteen();
        let inputs = "a.zarr b.zarr c.zarr";
        world.ok(&format!("plan {inputs} --store many.zarr -o plan.json --no-history --tasks 3 {layout}"));
        // No place is made ready: fragments need none.
        for task in [2, 0, 1] {
            world.ok(&format!("work plan.json --task {task} --fragment part{task}.zip"));
        }
        world.fails(1, "finalise plan.json part0.zip part2.zip", &["1 of 3 tasks did not deliver: task 1"]);
        world.ok("finalise plan.json part1.zip");
        assert!(world.objects("many.zarr") == at_once(&world, layout), "{layout}");
        world.ok("finalise plan.json part2.zip part0.zip part1.zip --store other.zarr");
        assert!(world.objects("other.zarr") == world.objects("many.zarr"));
    }
}

#[test]
fn a_fragment_may_hold_nothing_but_its_receipt() {
    let world = thirteen();
    world.ok("plan a.zarr --store many.zarr -o plan.json --tasks 9 --chunk time=5");
    let parts: Vec<String> = (0..9).map(|task| format!("part{task}.zip")).collect();
    for (task, part) in parts.iter().enumerate() {
        world.ok(&format!("work plan.json --task {task} --fragment {part}"));
    }
    world.ok(&format!("finalise plan.json {}", parts.join(" ")));
    world.holds("many.zarr", 0..5);
}

#[test]
fn fragments_of_another_plan_and_other_files_are_refused() {
    let world = thirteen();
    world.ok("plan a.zarr b.zarr --store many.zarr -o plan.json --tasks 2 --chunk time=2");
    world.ok("plan b.zarr c.zarr --store many.zarr -o other.json --tasks 2 --chunk time=2");
    for task in [0, 1] {
        world.ok(&format!("work plan.json --task {task} --fragment part{task}.zip"));
        world.ok(&format!("work other.json --task {task} --fragment other{task}.zip"));
    }
    world.fails(1, "finalise plan.json part0.zip other1.zip", &["other1.zip", "another plan"]);
    std::fs::write(world.path("text.zip"), "no zip").unwrap();
    world.fails(1, "finalise plan.json part0.zip text.zip", &["text.zip"]);
    let mut bytes = std::fs::read(world.path("part1.zip")).unwrap();
    // A byte of the first object, just behind its header.
    let at = bytes.windows(3).position(|w| w == b"t/c").unwrap() + 40;
    bytes[at] ^= 0x55;
    std::fs::write(world.path("broken.zip"), &bytes).unwrap();
    world.fails(1, "finalise plan.json part0.zip broken.zip", &["broken.zip"]);
    assert!(!world.tool("inspect", "many.zarr").succeeded());
    world.ok("finalise plan.json part0.zip part1.zip");
    world.holds("many.zarr", 0..9);
}

#[test]
fn inputs_may_lie_elsewhere_where_the_work_is_done() {
    let world = planned(2, "--chunk time=4");
    world.ok("work plan.json --task 0");
    std::fs::create_dir(world.path("moved")).unwrap();
    for name in ["a.zarr", "b.zarr", "c.zarr"] {
        std::fs::rename(world.path(name), world.path("moved").join(name)).unwrap();
    }
    world.fails(1, "work plan.json --task 1", &["a.zarr"]);
    world.fails(2, "work plan.json moved/a.zarr --task 1", &["1 inputs", "3"]);
    world.ok("work plan.json moved/a.zarr moved/b.zarr moved/c.zarr --task 1");
    world.ok("finalise plan.json");
    world.holds("many.zarr", 0..13);
}
