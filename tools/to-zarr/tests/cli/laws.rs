//! What holds whatever the chunks, shards, threads, memory and number of files are.

use testkit::fixture;

use crate::world::World;

/// Numbers that look random and are the same in every run (xorshift).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n as u64) as usize
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }
}

/// Days 0 to `days` cut into files, named in no order.
fn split(world: &World, days: usize, random: &mut Random) -> Vec<String> {
    let mut cuts: Vec<usize> = (0..random.below(5)).map(|_| 1 + random.below(days - 1)).chain([0, days]).collect();
    cuts.sort_unstable();
    cuts.dedup();
    let mut names = Vec::new();
    for (number, pair) in cuts.windows(2).enumerate() {
        let name = format!("{}{number}.zarr", random.one_of(&["q", "c", "x"]));
        world.days(&name, pair[0]..pair[1]);
        names.push(name);
    }
    names
}

fn shuffled(mut names: Vec<String>, random: &mut Random) -> String {
    for i in (1..names.len()).rev() {
        names.swap(i, random.below(i + 1));
    }
    names.join(" ")
}

/// Any chunks, any shards that are multiples of them, threads and memory.
fn anyhow(random: &mut Random, days: usize) -> String {
    let (t, y, x) = (1 + random.below(days + 2), 1 + random.below(2), 1 + random.below(3));
    let chunk = format!("--chunk time={t},lat={y},lon={x}");
    let engine = format!("--threads {} --memory {}", random.one_of(&[1, 2, 5]), random.one_of(&["16M", "64M", "1G"]));
    match random.below(3) {
        0 => format!("{chunk} {engine} --zarr-version 2"),
        1 => format!("{chunk} {engine}"),
        _ => {
            let t = t.min(days);
            let (a, b, c) = (t * (1 + random.below(3)), y * (1 + random.below(2)), x * (1 + random.below(2)));
            format!("--chunk time={t},lat={y},lon={x} --shard time={a},lat={b},lon={c} {engine}")
        }
    }
}

#[test]
fn what_was_split_is_whole_again_in_any_layout() {
    for seed in 1..40 {
        let (world, mut random) = (World::new(), Random(seed * 7919));
        let days = 2 + random.below(12);
        let files = split(&world, days, &mut random);
        let words = format!("{} -o out.zarr {}", shuffled(files, &mut random), anyhow(&mut random, days));
        world.ok(&words);
        println!("{words}");
        world.holds("out.zarr", 0..days);
    }
}

#[test]
fn what_is_appended_piece_by_piece_is_whole() {
    for seed in 1..20 {
        let (world, mut random) = (World::new(), Random(seed * 104_729));
        let days = 3 + random.below(12);
        let mut files = split(&world, days, &mut random).into_iter();
        let words = anyhow(&mut random, days);
        world.ok(&format!("{} -o out.zarr {words}", files.next().unwrap()));
        for file in files {
            println!("{words}: {file}");
            world.ok(&format!("{file} -o out.zarr --append time --threads {}", random.one_of(&[1, 4])));
        }
        world.holds("out.zarr", 0..days);
    }
}

#[test]
fn what_many_make_is_what_one_makes() {
    for seed in 1..12 {
        let (world, mut random) = (World::new(), Random(seed * 15_485_863));
        let days = 2 + random.below(12);
        let files = split(&world, days, &mut random);
        let words = format!("{} --no-history {}", shuffled(files, &mut random), anyhow(&mut random, days));
        let tasks = 1 + random.below(9);
        println!("{words} {tasks}");
        world.ok(&format!("plan {words} --store many.zarr -o plan.json --tasks {tasks}"));
        world.ok("init plan.json");
        for task in 0..tasks {
            world.ok(&format!("work plan.json --task {task} --threads {}", random.one_of(&[1, 3])));
        }
        world.ok("finalise plan.json");
        world.holds("many.zarr", 0..days);
        world.ok(&format!("{words} -o once.zarr"));
        assert!(world.objects("many.zarr") == world.objects("once.zarr"));
    }
}

#[test]
fn threads_and_memory_change_no_byte() {
    for name in ["air_temperature_small.nc", "made/monthly_bounds.nc", "nemo_201501.nc"] {
        let world = World::new();
        let input = fixture(name).display().to_string();
        let words = format!("{input} --no-history --chunk-size 20KB --optimise-for balanced --bitround 11");
        world.ok(&format!("{words} -o one.zarr --threads 1 --memory 1G"));
        let one = world.objects("one.zarr");
        for more in ["--threads 2 --memory 1G", "--threads 6 --memory 16M"] {
            world.ok(&format!("{words} -o other.zarr --overwrite {more}"));
            assert!(world.objects("other.zarr") == one, "{name} {more}");
        }
    }
}

#[test]
fn real_files_survive_any_layout() {
    let names = [
        "air_temperature_small.nc",
        "made/monthly_bounds.nc",
        "A1B_north_america.nc",
        "made/cams_like.nc",
        "nemo_201501.nc",
        "orca2_votemper.nc",
        "hybrid_height.nc",
    ];
    for name in names {
        let world = World::new();
        let input = fixture(name).display().to_string();
        for words in [
            "--chunk-size 10KB --optimise-for time",
            "--chunk-size 10KB --optimise-for space --compression none",
            "--zarr-version 2 --chunk-size 30KB --rechunk --compression zstd:1",
            "--compression blosc:lz4:1 --memory 16M",
        ] {
            world.ok(&format!("{input} -o out.zarr --overwrite --verify {words}"));
            world.tool("inspect", &format!("{input} --compare out.zarr")).ok();
        }
    }
}
