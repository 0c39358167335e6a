//! Remote inputs: the same values as from disk, few bytes over the wire, no word of secrets, whatever servers do.
//!
//! Every test runs the binary against a server on 127.0.0.1 that serves `test-data` (or what `subset` made of it) and
//! notes each request; results are compared in process by [`pangeo::ops::compare`].

mod faults;
mod formats;
mod parts;
mod s3;

use std::path::{Path, PathBuf};
use std::process::Command;

use pangeo::engine::Engine;
use pangeo::io::open;
use pangeo::ops::compare::{Tolerance, compare};
use testkit::http::{Request, Server};

/// The folder `test-data` of the repository.
fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../test-data")
}

/// The path of a file of `test-data`.
fn local(name: &str) -> String {
    data().join(name).display().to_string()
}

/// A server of `test-data`.
fn serve() -> Server {
    Server::folder(data())
}

/// An empty folder for the files of one test.
fn scratch(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("remote-{test}"));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder to write to");
    folder
}

/// How a run ended.
struct Run {
    code: i32,
    stderr: String,
}

/// Runs `subset` with `arguments` and `environment`; no settings of this machine's reach it.
fn run_with(arguments: &[&str], environment: &[(&str, &str)]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_subset"));
    let machine = std::env::vars_os().map(|(name, _)| name);
    for name in machine.filter(|n| n.to_str().is_some_and(|n| n.starts_with("AWS_") || n.ends_with("_proxy"))) {
        command.env_remove(name);
    }
    let output = command.args(arguments).envs(environment.iter().copied()).output().expect("subset runs");
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    Run { code: output.status.code().unwrap_or(-1), stderr }
}

/// Runs `subset` with `arguments`.
fn run(arguments: &[&str]) -> Run {
    run_with(arguments, &[])
}

/// Runs `subset INPUTS… SELECTION… -o FOLDER/NAME` and gives the path written.
fn cut(inputs: &[&str], selection: &[&str], folder: &Path, name: &str) -> String {
    let output = folder.join(name).display().to_string();
    let run = run(&[inputs, selection, &["-o", &output]].concat());
    assert_eq!(run.code, 0, "{inputs:?} {selection:?}: {}", run.stderr);
    output
}

/// Fails unless the datasets at two paths hold the same.
fn assert_same(first: &str, second: &str) {
    let (a, b) = (open::open(first).expect(first), open::open(second).expect(second));
    assert!(!a.variables.is_empty(), "{first} holds nothing");
    let report = compare(&a, &b, Tolerance::default(), &Engine::new(2, 64 << 20)).expect("values can be read");
    assert!(report.differences.is_empty(), "{first} and {second}: {:#?}", report.differences);
}

/// Cuts `name` of `test-data` from the server and from disk: both must give the same. The requests that it took.
fn cut_both_ways(server: &Server, name: &str, selection: &[&str], folder: &Path) -> Vec<Request> {
    server.take_requests();
    let remote = cut(&[&server.url(name)], selection, folder, "remote.nc");
    let requests = server.take_requests();
    assert_same(&remote, &cut(&[&local(name)], selection, folder, "local.nc"));
    requests
}

/// Bytes sent in answer to `requests`.
fn sent(requests: &[Request]) -> u64 {
    requests.iter().map(|r| r.sent).sum()
}

/// The length of a file of `test-data`.
fn length(name: &str) -> u64 {
    std::fs::metadata(data().join(name)).expect(name).len()
}

/// The text of the global attribute `history` of the dataset at `path`.
fn history(path: &str) -> String {
    open::open(path).expect(path).attributes.text("history").unwrap_or_default().to_owned()
}
