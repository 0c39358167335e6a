//! Running the suite's tools, with limits on time and memory.

use std::ffi::OsString;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How a tool ended.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The command, for messages.
    pub command: String,
    /// The exit status; `None` when a signal ended it.
    pub status: Option<i32>,
    /// What it wrote to its standard output.
    pub stdout: String,
    /// What it wrote to its standard error.
    pub stderr: String,
    /// How long it ran.
    pub seconds: f64,
    /// The most memory it held, in MiB, as last seen by polling `/proc`: short of the truth by what
    /// it took in its last few milliseconds, 0 where there is no `/proc`.
    pub peak_rss_mib: f64,
    /// The limit for which it was killed.
    pub killed_for: Option<String>,
}

/// Run a tool of the suite within a minute and 1 GiB.
///
/// # Panics
/// As [`Command::run`].
pub fn run<A: AsRef<str>>(tool: &str, arguments: &[A]) -> Outcome {
    Command::new(tool).arguments(arguments.iter().map(|a| a.as_ref().to_owned())).run()
}

/// A run of a tool, with everything that may be set.
#[derive(Debug, Clone)]
pub struct Command {
    program: PathBuf,
    arguments: Vec<OsString>,
    folder: Option<PathBuf>,
    environment: Vec<(String, Option<String>)>,
    input: Vec<u8>,
    time: Duration,
    memory_mib: f64,
}

impl Command {
    /// A tool of the suite: the binary beside the running test.
    ///
    /// # Panics
    /// When it has not been built.
    pub fn new(tool: &str) -> Self {
        let test = std::env::current_exe().expect("the path of the running test");
        // target/PROFILE/deps/TEST-HASH → target/PROFILE/TOOL
        let folder = test.parent().and_then(Path::parent).expect("a target directory");
        let program = folder.join(format!("{tool}{}", std::env::consts::EXE_SUFFIX));
        assert!(program.is_file(), "no {}: build the tool first (cargo build -p {tool})", program.display());
        Self::program(program)
    }

    /// Any program.
    pub fn program(program: impl Into<PathBuf>) -> Self {
        Self {
            program: program.into(),
            arguments: Vec::new(),
            folder: None,
            environment: Vec::new(),
            input: Vec::new(),
            time: Duration::from_mins(1),
            memory_mib: 1024.0,
        }
    }

    /// Add arguments.
    #[must_use]
    pub fn arguments<A: Into<OsString>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        self.arguments.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// Run in this folder.
    #[must_use]
    pub fn folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = Some(folder.into());
        self
    }

    /// Set (or with `None` remove) a variable of the environment.
    #[must_use]
    pub fn environment(mut self, name: &str, value: Option<&str>) -> Self {
        self.environment.push((name.to_owned(), value.map(str::to_owned)));
        self
    }

    /// Feed its standard input.
    #[must_use]
    pub fn input(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.input = bytes.into();
        self
    }

    /// Kill it after so many seconds, or beyond so much memory.
    #[must_use]
    pub fn limits(mut self, seconds: f64, memory_mib: f64) -> Self {
        self.time = Duration::from_secs_f64(seconds);
        self.memory_mib = memory_mib;
        self
    }

    /// Run it to its end.
    ///
    /// # Panics
    /// When it can't be started.
    pub fn run(self) -> Outcome {
        let mut command = std::process::Command::new(&self.program);
        command.args(&self.arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        if let Some(folder) = &self.folder {
            command.current_dir(folder);
        }
        for (name, value) in &self.environment {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        let begun = Instant::now();
        let mut child = command.spawn().unwrap_or_else(|e| panic!("can't start {}: {e}", self.program.display()));
        let (mut stdin, input) = (child.stdin.take(), self.input.clone());
        // A tool that does not read its input closes the pipe: no matter.
        std::thread::spawn(move || stdin.as_mut().map(|pipe| pipe.write_all(&input)));
        let stdout = collect(child.stdout.take());
        let stderr = collect(child.stderr.take());
        let (status, peak_rss_mib, killed_for) = self.watch(&mut child, begun);
        Outcome {
            command: self.text(),
            status,
            stdout: text(stdout),
            stderr: text(stderr),
            seconds: begun.elapsed().as_secs_f64(),
            peak_rss_mib,
            killed_for,
        }
    }

    /// Poll until it ends or breaks a limit.
    fn watch(&self, child: &mut Child, begun: Instant) -> (Option<i32>, f64, Option<String>) {
        let (mut peak, mut killed_for) = (0.0, None);
        loop {
            peak = peak_rss(child.id()).unwrap_or(peak);
            if let Some(status) = child.try_wait().expect("a child to wait for") {
                return (status.code(), peak, killed_for);
            }
            if killed_for.is_none() {
                if begun.elapsed() > self.time {
                    killed_for = Some(format!("running longer than {} s", self.time.as_secs_f64()));
                } else if peak > self.memory_mib {
                    killed_for = Some(format!("holding more than {} MiB", self.memory_mib));
                }
                if killed_for.is_some() {
                    // It may have ended by itself just now.
                    let _ = child.kill();
                }
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    fn text(&self) -> String {
        let program = self.program.file_name().unwrap_or(self.program.as_os_str());
        let words = std::iter::once(program).chain(self.arguments.iter().map(OsString::as_os_str));
        words.map(|w| w.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
    }
}

impl Outcome {
    /// Whether it ended with status 0.
    pub fn succeeded(&self) -> bool {
        self.status == Some(0) && self.killed_for.is_none()
    }

    /// Its standard output, after it succeeded.
    ///
    /// # Panics
    /// When it failed, with all that it said.
    #[track_caller]
    pub fn ok(&self) -> &str {
        assert!(self.succeeded(), "{self}");
        &self.stdout
    }

    /// Its standard output as JSON, after it succeeded.
    ///
    /// # Panics
    /// When it failed or wrote no JSON.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(self.ok()).unwrap_or_else(|e| panic!("no JSON: {e}\n{self}"))
    }

    /// Its standard error, after it failed with `status` (1: data, 2: arguments) and an error line.
    ///
    /// # Panics
    /// When it ended otherwise: with success, another status, a panic or a signal.
    #[track_caller]
    pub fn fails(&self, status: i32) -> &str {
        assert!(self.status == Some(status) && self.killed_for.is_none(), "status {status} expected\n{self}");
        assert!(self.stderr.lines().any(|l| l.starts_with("error: ")), "no line 'error: …'\n{self}");
        assert!(!self.stderr.contains("panicked at"), "a panic\n{self}");
        &self.stderr
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ended = match (&self.killed_for, self.status) {
            (Some(why), _) => format!("killed for {why}"),
            (None, Some(status)) => format!("status {status}"),
            (None, None) => "ended by a signal".to_owned(),
        };
        writeln!(f, "$ {}", self.command)?;
        writeln!(f, "{ended} after {:.2} s with {:.0} MiB", self.seconds, self.peak_rss_mib)?;
        write!(f, "--- stdout\n{}\n--- stderr\n{}", self.stdout, self.stderr)
    }
}

fn collect(pipe: Option<impl Read + Send + 'static>) -> JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            // What came before a failure is what there is.
            let _ = pipe.read_to_end(&mut bytes);
        }
        bytes
    })
}

fn text(reader: JoinHandle<Vec<u8>>) -> String {
    String::from_utf8_lossy(&reader.join().unwrap_or_default()).into_owned()
}

/// The high-water mark of a process's memory in MiB.
fn peak_rss(process: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<f64>().ok()? / 1024.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        Command::program("/bin/sh").arguments(["-c", script])
    }

    #[test]
    fn says_how_a_program_ended() {
        let outcome = shell("cat; echo 'error: no data, x.nc' >&2; exit 1").input("in").run();
        assert_eq!((outcome.status, outcome.stdout.as_str()), (Some(1), "in"));
        assert_eq!(outcome.fails(1), "error: no data, x.nc\n");
        assert_eq!(shell("echo '{\"a\": 1}'").run().json()["a"], 1);
        assert_eq!(shell("kill -SEGV $$").run().status, None);
    }

    #[test]
    fn kills_what_runs_or_grows_too_long() {
        let slow = shell("exec sleep 20").limits(0.1, 100.0).run();
        assert!(slow.killed_for.is_some_and(|why| why.contains("0.1 s")) && slow.seconds < 10.0);
        let large = shell("exec sleep 20").limits(20.0, 0.1).run();
        assert!(large.killed_for.is_some_and(|why| why.contains("MiB")));
    }

    #[test]
    fn a_missing_tool_is_named() {
        let panic = std::panic::catch_unwind(|| Command::new("no-such-tool")).unwrap_err();
        assert!(panic.downcast_ref::<String>().unwrap().ends_with("(cargo build -p no-such-tool)"));
    }
}
