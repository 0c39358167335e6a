//! A small cut of a large object takes few bytes: the server's log says how many.

use std::collections::BTreeSet;

use super::*;

const COADS: &str = "coads_climatology.cdf";
/// Of the large files made here: 12 · 3 · 3 chunks of about 4 kB for each of seven variables.
const CHUNKS: [&str; 2] = ["--chunk", "TIME=1,COADSY=30,COADSX=60"];

#[test]
fn classic() {
    let (server, folder) = (serve(), scratch("parts-classic"));
    let whole = length(COADS);
    // What is cut, the most requests, and the most of the file that it may take.
    let rows: [(&[&str], usize, u64); 6] = [
        // 30 of 90 rows of latitude, of every month and variable.
        (&["--bbox=-60,20,0,50"], 100, whole / 4),
        // One record: 7 variables.
        (&["--isel", "TIME=3"], 10, whole / 8),
        (&["--time", "0000-04"], 40, whole / 4),
        (&["-v", "SST"], 40, whole / 6),
        (&["-v", "SST", "--bbox=170,-5,-120,5"], 40, whole / 32),
        (&["-v", "SST", "--isel", "TIME=0", "--isel", "COADSX=3"], 5, whole / 32),
    ];
    for (selection, most, bytes) in rows {
        let requests = cut_both_ways(&server, COADS, selection, &folder);
        let taken = (requests.len(), sent(&requests));
        assert!(taken.0 <= most && taken.1 < bytes, "{selection:?}: {taken:?}");
    }
}

/// A large object of many chunks called `name`, served from a folder of its own.
fn large(test: &str, name: &str) -> (Server, PathBuf, String) {
    let folder = scratch(test);
    let made = cut(&[&local(COADS)], &CHUNKS, &folder, name);
    (Server::folder(&folder), folder, made)
}

/// The requests that it takes to cut `selection` out of the object; the result must be right.
fn requests(large: &(Server, PathBuf, String), selection: &[&str]) -> Vec<Request> {
    let (server, folder, made) = large;
    let name = Path::new(made).file_name().unwrap().to_str().unwrap();
    server.take_requests();
    let remote = cut(&[&server.url(name)], selection, folder, "remote-cut.nc");
    let requests = server.take_requests();
    assert_same(&remote, &cut(&[made], selection, folder, "local-cut.nc"));
    requests
}

/// Blocks of 64 KiB, in which metadata are read; all else is data.
fn is_metadata(request: &Request) -> bool {
    let start = request.range.as_deref().and_then(|r| r.strip_prefix("bytes=")?.split('-').next()?.parse::<u64>().ok());
    start.is_some_and(|start| start % (64 << 10) == 0)
}

#[test]
fn netcdf4_reads_its_chunks_and_little_else() {
    let large = large("parts-netcdf4", "large.nc");
    let whole = std::fs::metadata(&large.2).unwrap().len();
    for (selection, chunks) in [
        (&["-v", "SST", "--isel", "TIME=3"][..], 9),
        (&["-v", "SST", "--isel", "TIME=3", "--isel", "COADSY=0:30", "--isel", "COADSX=60:120"], 1),
        (&["-v", "SST", "--isel", "COADSY=31", "--isel", "COADSX=61"], 12),
    ] {
        let requests = requests(&large, selection);
        let (metadata, data): (Vec<_>, Vec<_>) = requests.into_iter().partition(is_metadata);
        assert!(metadata.len() <= 4 && sent(&metadata) <= 256 << 10, "{selection:?}: {metadata:#?}");
        // The coordinates are two more pieces at most, each read for the plan and for the output.
        assert!(data.len() <= chunks + 4, "{selection:?}: {data:#?}");
        assert!(sent(&data) <= (chunks as u64 + 1) * 6000, "{selection:?}: {} bytes of {whole}", sent(&data));
    }
}

#[test]
fn zarr_reads_each_chunk_once() {
    let large = large("parts-zarr", "large.zarr");
    let requests = requests(&large, &["-v", "SST", "--isel", "TIME=3", "--isel", "COADSY=30:90"]);
    let asked: Vec<_> = requests.iter().map(|r| r.path.trim_start_matches("/large.zarr/").to_owned()).collect();
    let chunks: BTreeSet<_> = asked.iter().filter(|key| key.starts_with("SST/c/")).cloned().collect();
    let wanted = (1..3).flat_map(|y| (0..3).map(move |x| format!("SST/c/3/{y}/{x}"))).collect();
    assert_eq!(chunks, wanted);
    let rest: BTreeSet<_> = asked.iter().filter(|key| !key.starts_with("SST/")).map(String::as_str).collect();
    assert_eq!(rest, BTreeSet::from(["zarr.json", "COADSX/c/0", "COADSY/c/0", "TIME/c/0"]), "and no other variable");
    // The store is looked for by its first byte, then all metadata come at once.
    assert_eq!(asked.len(), 2 + chunks.len() + 3, "nothing is asked for twice: {asked:?}");
}

#[test]
fn zarr_zip_reads_its_directory_and_the_chunks() {
    let large = large("parts-zip", "large.zarr.zip");
    let whole = std::fs::metadata(&large.2).unwrap().len();
    let requests = requests(&large, &["-v", "SST", "--isel", "TIME=3"]);
    assert!(requests.len() <= 6 && sent(&requests) < whole / 5, "{} of {whole}: {requests:#?}", sent(&requests));
}

#[test]
fn inputs_that_are_joined_are_read_in_part_too() {
    let folder = scratch("parts-joined");
    for (name, months) in [("a.nc", "TIME=0:6"), ("b.nc", "TIME=6:12")] {
        cut(&[&local(COADS)], &[&CHUNKS[..], &["--isel", months]].concat(), &folder, name);
    }
    let server = Server::folder(&folder);
    let selection = ["-v", "SST", "--isel", "TIME=7"];
    let remote = cut(&[&server.url("b.nc"), &server.url("a.nc")], &selection, &folder, "remote.nc");
    assert_same(&remote, &cut(&[&local(COADS)], &selection, &folder, "local.nc"));
    let data = server.requests().into_iter().filter(|r| !is_metadata(r));
    let of_first: Vec<_> = data.filter(|r| r.path == "/a.nc").collect();
    assert!(sent(&of_first) < 8192, "of the half year that is not wanted, coordinates: {of_first:#?}");
}
