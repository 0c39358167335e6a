//! What is refused, with which status, and that nothing is left behind.

use testkit::fixture;

use crate::world::World;

fn two() -> World {
    let world = World::new();
    world.days("a.zarr", 0..5).days("b.zarr", 5..9);
    world
}

/// Refused with this status and these words, leaving no file.
#[track_caller]
fn refused(status: i32, words: &str, tells: &[&str]) {
    let world = two();
    std::fs::write(world.path("broken.nc"), b"CDF\x01 and then nothing of the kind").unwrap();
    std::fs::write(world.path("text.nc"), "no data at all").unwrap();
    let before = world.names();
    world.fails(status, words, tells);
    assert_eq!(world.names(), before, "{words}");
}

#[test]
fn arguments_that_can_not_be() {
    refused(2, "a.zarr", &["--output"]);
    refused(2, "-o out.zarr", &["INPUT"]);
    refused(2, "a.zarr -o out.zarr --zarr-version 4", &["4"]);
    refused(2, "a.zarr -o out.zarr.zip --zarr-version 2", &["a zip file holds Zarr 3"]);
    refused(2, "a.zarr -o out.zarr --chunk time=0", &["0"]);
    refused(2, "a.zarr -o out.zarr --chunk time", &["time"]);
    refused(1, "a.zarr -o out.zarr --chunk depth=3", &["depth"]);
    refused(1, "a.zarr -o out.zarr --shard depth=3", &["depth"]);
    refused(2, "a.zarr -o out.zarr --chunk time=2 --shard time=3", &["multiple", "--shard time=2 or 4"]);
    refused(2, "a.zarr -o out.zarr --zarr-version 2 --chunk time=1 --shard time=2", &["shards"]);
    refused(2, "a.zarr -o out.zarr --compression lzma", &["lzma"]);
    refused(2, "a.zarr -o out.zarr --bitround 60", &["60"]);
    refused(1, "a.zarr -o out.zarr --bitround pm25=3", &["pm25"]);
    refused(2, "a.zarr -o out.zarr --attribute title", &["title"]);
    refused(2, "a.zarr -o out.zarr --report out.txt", &["out.txt", ".html"]);
    refused(2, "a.zarr -o out.zarr --chunk-size 0", &["0"]);
    refused(2, "a.zarr -o nowhere/out.zarr", &["nowhere"]);
    refused(2, "a.zarr -o out.zarr --append time --overwrite", &["--overwrite"]);
}

#[test]
fn inputs_that_can_not_be_read() {
    refused(1, "a.zarr no-such.nc -o out.zarr", &["no-such.nc"]);
    refused(1, "a.zarr broken.nc -o out.zarr", &["broken.nc"]);
    refused(1, "text.nc -o out.zarr", &["text.nc"]);
    refused(1, "a.zarr -o out.zarr -v pm25", &["pm25"]);
    let world = two();
    let cut = fixture("made/malformed/cut_data.nc");
    world.fails(1, &format!("{} -o out.zarr", cut.display()), &["cut_data.nc"]);
    assert_eq!(world.names(), ["a.zarr", "b.zarr"]);
}

#[test]
fn the_dimension_that_is_named_must_be_the_one() {
    refused(1, "a.zarr b.zarr -o out.zarr --concat lat", &["'lat'", "not joined"]);
    refused(1, "a.zarr b.zarr -o out.zarr --concat depth", &["depth"]);
    let world = two();
    world.ok("a.zarr b.zarr -o out.zarr --concat time");
    world.holds("out.zarr", 0..9);
}

#[test]
fn an_output_is_no_input_nor_within_one_nor_around_one() {
    let world = two();
    let before = world.objects("a.zarr");
    world.fails(2, "a.zarr b.zarr -o a.zarr --overwrite", &["a.zarr"]);
    world.fails(2, "a.zarr b.zarr -o a.zarr/t --overwrite", &["a.zarr"]);
    world.fails(2, "a.zarr -o a.zarr/new.zarr", &["a.zarr"]);
    std::fs::create_dir(world.path("around")).unwrap();
    std::fs::rename(world.path("b.zarr"), world.path("around/b.zarr")).unwrap();
    world.fails(2, "around/b.zarr -o around --overwrite", &["around"]);
    std::fs::create_dir(world.path("full")).unwrap();
    std::fs::write(world.path("full/note.txt"), "no store").unwrap();
    world.fails(1, "a.zarr -o full --append time", &["full"]);
    world.fails(2, "a.zarr -o a.zarr --append time", &["a.zarr"]);
    assert_eq!(world.objects("a.zarr"), before);
    assert_eq!(world.objects("around/b.zarr").len(), 14);
}

#[test]
fn what_is_no_store_is_never_replaced() {
    let world = two();
    std::fs::create_dir(world.path("papers")).unwrap();
    std::fs::write(world.path("papers/thesis.tex"), "years of work").unwrap();
    world.fails(2, "a.zarr -o papers", &["papers"]);
    world.fails(2, "a.zarr -o papers --overwrite", &["papers"]);
    assert_eq!(std::fs::read_to_string(world.path("papers/thesis.tex")).unwrap(), "years of work");
}
