//! SIGKILL at any moment, 50 times in all: whoever opens the store finds it as it was or as it is to be, and the next run completes it.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::distributed::at_once;
use crate::laws::Random;
use crate::world::World;

/// Days 0 to 12, and more files; every chunk holds one value, so that there are many moments.
fn world() -> World {
    let world = World::new();
    world.days("a.zarr", 0..5).days("b.zarr", 5..9).days("c.zarr", 9..13).days("next.zarr", 11..29);
    world
}

/// How the store is laid out in a round.
fn layout(round: usize) -> &'static str {
    ["--chunk time=4,lat=1,lon=1", "--chunk time=2,lon=1 --shard time=6", "--chunk time=5,lat=1 --zarr-version 2"]
        [round % 3]
}

/// Begin `to-zarr` with these words and kill it after a part of `within`; whether it had ended by itself.
fn killed(world: &World, words: &str, within: Duration, random: &mut Random) -> bool {
    let test = std::env::current_exe().unwrap();
    let tool = test.parent().and_then(|p| p.parent()).unwrap().join("to-zarr");
    let mut command = Command::new(tool);
    command.args(words.split_whitespace()).current_dir(world.folder()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    std::thread::sleep(within.mul_f64(random.below(1000) as f64 / 1000.0));
    let ended = child.try_wait().unwrap().is_some();
    // It may have ended just now.
    let _ = child.kill();
    child.wait().unwrap();
    ended
}

/// How long a whole run takes.
fn takes(world: &World, words: &str) -> Duration {
    let begun = Instant::now();
    world.ok(words);
    begun.elapsed()
}

#[test]
fn a_killed_create_leaves_the_old_store_or_none() {
    let mut random = Random(11);
    let mut stopped = 0;
    for round in 0..14 {
        let world = world();
        let words = format!("a.zarr b.zarr c.zarr -o out.zarr {}", layout(round));
        let within = takes(&world, &words).mul_f64(1.1);
        let old = round % 2 == 0;
        if old {
            world.ok("a.zarr -o out.zarr --overwrite");
        } else {
            std::fs::remove_dir_all(world.path("out.zarr")).unwrap();
        }
        stopped += usize::from(!killed(&world, &format!("{words} --overwrite"), within, &mut random));
        if world.path("out.zarr").exists() {
            let whole = world.stored("out.zarr", "t").shape[0] == 13;
            assert!(whole || old);
            world.holds("out.zarr", if whole { 0..13 } else { 0..5 });
        } else {
            // Between two steps of the file system the old store has another name, and the new one not its own yet.
            assert!(!old || world.names().iter().any(|name| name.starts_with(".out.zarr.")), "{:?}", world.names());
        }
        world.ok(&format!("{words} --overwrite"));
        world.holds("out.zarr", 0..13);
    }
    assert!(stopped >= 3, "{stopped} of 14 runs were stopped on their way");
}

#[test]
fn a_killed_append_leaves_the_store_as_it_was_or_is_to_be() {
    let mut random = Random(12);
    let mut stopped = 0;
    for round in 0..9 {
        let world = world();
        let words = "next.zarr -o out.zarr --append time";
        let make = format!("a.zarr b.zarr c.zarr -o out.zarr --overwrite {}", layout(round));
        world.ok(&make);
        let within = takes(&world, words).mul_f64(1.1);
        world.ok(&make);
        // As in life: more than one attempt may be stopped.
        for _ in 0..=round % 3 {
            stopped += usize::from(!killed(&world, words, within, &mut random));
            let length = world.stored("out.zarr", "t").shape[0];
            assert!(length == 13 || length == 29, "{length}");
            world.holds("out.zarr", 0..length);
        }
        world.ok(words);
        world.holds("out.zarr", 0..29);
    }
    assert!(stopped >= 4, "{stopped} of 18 runs were stopped on their way");
}

#[test]
fn a_killed_task_is_done_again() {
    let mut random = Random(13);
    let mut stopped = 0;
    for round in 0..9 {
        let world = world();
        let layout = layout(round);
        world.ok(&format!("plan a.zarr b.zarr c.zarr --store many.zarr -o plan.json --no-history --tasks 3 {layout}"));
        world.ok("init plan.json");
        let within = takes(&world, "work plan.json --task 0").mul_f64(1.1);
        for words in ["work plan.json --task 0 --again", "work plan.json --task 1"] {
            stopped += usize::from(!killed(&world, words, within, &mut random));
        }
        world.ok("work plan.json --task 2");
        let said = world.run("finalise plan.json");
        if !said.succeeded() {
            assert!(said.fails(1).contains("did not deliver"), "{said}");
            assert!(!world.tool("inspect", "many.zarr").succeeded());
            world.ok("work plan.json --task 0");
            world.ok("work plan.json --task 1");
            killed(&world, "finalise plan.json", within, &mut random);
            world.ok("finalise plan.json");
        }
        world.holds("many.zarr", 0..13);
        let once = at_once(&world, layout);
        let mut many = world.objects("many.zarr");
        many.retain(|key, _| !key.to_string_lossy().ends_with(".tmp"));
        assert!(many == once, "{layout}: {:?}", many.keys());
    }
    assert!(stopped >= 4, "{stopped} of 18 runs were stopped on their way");
}
