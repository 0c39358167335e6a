//! Remote inputs: the same values as from disk, few bytes over the wire, no word of secrets, whatever servers do.
//!
//! Every test runs the binary against a server on 127.0.0.1 that serves `test-data` (or what `subset` made of it) and
//! notes each request; results are compared in process by [`pangeo::ops::compare`].

mod faults;
mod formats;
mod parts;
mod s3;

use std::path::{Path, PathBuf};

use pangeo::engine::Engine;
use pangeo::io::open;
use pangeo::ops::compare::{Tolerance, compare};
use testkit::http::{Request, Server};
use testkit::{Command, Outcome, fixture, repository};

/// The folder that the server shows.
fn data() -> PathBuf {
    repository().join("test-data")
}

/// The path of a file of `test-data`.
fn local(name: &str) -> String {
    fixture(name).display().to_string()
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

/// Runs `subset` with `arguments` and `environment`; no network settings of this machine's reach it.
fn run_with(arguments: &[&str], environment: &[(&str, &str)]) -> Outcome {
    let machine = std::env::vars().map(|(name, _)| name);
    let settings = machine.filter(|name| name.starts_with("AWS_") || name.to_lowercase().ends_with("_proxy"));
    let bare = settings.fold(Command::new("subset"), |command, name| command.environment(&name, None));
    let set = environment.iter().fold(bare, |command, (name, value)| command.environment(name, Some(value)));
    set.arguments(arguments.iter().copied()).run()
}

/// Runs `subset` with `arguments`.
fn run(arguments: &[&str]) -> Outcome {
    run_with(arguments, &[])
}

/// Runs `subset INPUTS… SELECTION… -o FOLDER/NAME` and gives the path written.
fn cut(inputs: &[&str], selection: &[&str], folder: &Path, name: &str) -> String {
    let output = folder.join(name).display().to_string();
    run(&[inputs, selection, &["-o", &output]].concat()).ok();
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
    std::fs::metadata(fixture(name)).expect(name).len()
}

/// The text of the global attribute `history` of the dataset at `path`.
fn history(path: &str) -> String {
    open::open(path).expect(path).attributes.text("history").unwrap_or_default().to_owned()
}
