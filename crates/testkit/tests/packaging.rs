//! What a package of the tools is made with: installation, archive, licences, and files that repeat the version.

use std::fs;
use std::path::{Path, PathBuf};

use testkit::{Command, Outcome, fixture, repository};

/// Where the tools lie, beside the running test.
fn binaries() -> PathBuf {
    std::env::current_exe().unwrap().parent().and_then(Path::parent).unwrap().to_owned()
}

fn tools() -> Vec<String> {
    let entries = fs::read_dir(repository().join("tools")).unwrap().flatten();
    let mut names: Vec<String> = entries.map(|e| e.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn text(path: &str) -> String {
    fs::read_to_string(repository().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

fn version() -> String {
    let manifest = text("Cargo.toml");
    let (_, rest) = manifest.split_once("[workspace.package]\nversion = \"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

/// A folder as a build leaves it: the tools, or links to `instead` under their names, and the licences.
fn built(folder: &Path, instead: Option<&Path>) {
    fs::create_dir_all(folder).unwrap();
    for tool in tools() {
        let program = instead.map_or_else(|| binaries().join(&tool), Path::to_owned);
        std::os::unix::fs::symlink(program, folder.join(&tool)).unwrap();
    }
    fs::write(folder.join("THIRD-PARTY.txt"), "licences\n").unwrap();
}

/// A small program that can be packed as a tool is: `--generate KIND DIR` writes a file.
fn small_tool(folder: &Path) -> PathBuf {
    const SOURCE: &str = r#"
#include <stdio.h>
#include <string.h>
int main(int n, char **words) {
    char path[4096];
    const char *name = strrchr(words[0], '/');
    if (n < 4 || strcmp(words[1], "--generate")) return 2;
    snprintf(path, sizeof path, "mkdir -p '%s' && echo %s > '%s%s.%s'", words[3], words[2], words[3], name, words[2]);
    return system(path) != 0;
}
"#;
    let (source, program) = (folder.join("tool.c"), folder.join("tool"));
    fs::write(&source, format!("#include <stdlib.h>{SOURCE}")).unwrap();
    shell(&format!("cc -o '{}' '{}'", program.display(), source.display())).ok();
    program
}

fn shell(script: &str) -> Outcome {
    Command::program("/bin/sh").arguments(["-c", script]).folder(repository()).limits(300.0, 8192.0).run()
}

#[test]
fn tools_run_from_where_they_are_installed() {
    let folder = tempfile::tempdir().unwrap();
    let from = folder.path().join("built");
    built(&from, None);
    // A prefix with a blank in it, below a place where a package is put together.
    let script =
        format!("DESTDIR='{}' sh scripts/install.sh '{}' '/opt/the tools'", folder.path().display(), from.display());
    shell(&script).ok();
    let prefix = folder.path().join("opt/the tools");
    for file in [
        "share/man/man1/subset.1",
        "share/man/man1/to-zarr-finalise.1",
        "share/bash-completion/completions/plot.bash",
        "share/zsh/site-functions/_regrid",
        "share/fish/vendor_completions.d/to-zarr.fish",
        "share/doc/pangeo-tools/LICENSE-MIT",
        "share/doc/pangeo-tools/THIRD-PARTY.txt",
        "share/doc/pangeo-tools/docs/manual/aggregate.md",
    ] {
        use std::os::unix::fs::PermissionsExt;
        let path = prefix.join(file);
        let mode = fs::metadata(&path).unwrap_or_else(|e| panic!("{file}: {e}")).permissions().mode();
        assert_eq!(mode & 0o777, 0o644, "{file}");
    }
    for tool in tools() {
        assert!(prefix.join("bin").join(&tool).is_file(), "{tool}");
    }
    let inspect = prefix.join("bin/inspect");
    let said = Command::program(inspect).arguments([fixture("air_temperature_small.nc")]).folder("/").run();
    assert!(said.ok().contains("calendar standard"), "{said}");
}

#[test]
fn a_missing_tool_is_named_before_anything_is_installed() {
    let folder = tempfile::tempdir().unwrap();
    let said = shell(&format!("sh scripts/install.sh '{0}' '{0}/prefix'", folder.path().display()));
    assert!(said.fails(1).contains("hint: make build"), "{said}");
    assert!(!folder.path().join("prefix").exists());
}

#[test]
fn an_archive_of_the_same_binaries_is_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let from = folder.path().join("built");
    built(&from, Some(&small_tool(folder.path())));
    let name = format!("pangeo-tools-{}-x86_64-linux", version());
    let made = |place: &str| {
        let output = folder.path().join(place);
        let script =
            format!("SOURCE_DATE_EPOCH=1800000000 sh scripts/dist.sh none '{}' '{}'", output.display(), from.display());
        shell(&script).ok();
        shell(&format!("cd '{}' && sha256sum -c SHA256SUMS", output.display())).ok();
        output.join(format!("{name}.tar.gz"))
    };
    let (one, other) = (made("one"), made("other"));
    assert!(fs::read(&one).unwrap() == fs::read(other).unwrap(), "two archives differ");
    let listing = shell(&format!("tar -tvzf '{}'", one.display())).ok().to_owned();
    for tool in tools() {
        let line = listing.lines().find(|line| line.ends_with(&format!("{name}/bin/{tool}")));
        assert!(line.is_some_and(|line| line.starts_with("-rwxr-xr-x 0/0")), "{tool}\n{listing}");
    }
    assert!(listing.contains(&format!("{name}/share/doc/pangeo-tools/LICENSE-APACHE")), "{listing}");
}

#[test]
fn licences_that_ask_for_more_than_a_name_are_refused() {
    let cases = "
import sys; sys.path.insert(0, 'scripts'); sys.dont_write_bytecode = True
import licences
for good in ['MIT', 'MIT OR GPL-3.0', 'MIT/Apache-2.0', '(MIT OR GPL-2.0-only) AND Unicode-3.0',
             'Apache-2.0 WITH LLVM-exception OR MPL-2.0']:
    assert licences.allowed(good), good
for bad in ['GPL-3.0', 'MIT AND LGPL-2.1', 'MPL-2.0', 'GPL-3.0 WITH GCC-exception-3.1', '(MIT OR ISC) AND AGPL-3.0']:
    assert not licences.allowed(bad), bad
";
    Command::program("python3").arguments(["-c", cases]).folder(repository()).run().ok();
}

#[test]
fn licences_of_all_that_is_linked_are_known() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("THIRD-PARTY.txt");
    shell(&format!("python3 scripts/licences.py '{}'", output.display())).ok();
    let all = fs::read_to_string(output).unwrap();
    for library in
        ["HDF5 (", "netCDF-C (", "PROJ (", "SQLite (", "libdeflate (", "Zstandard (", "c-blosc (", "mimalloc ("]
    {
        assert!(all.contains(&format!("\n{library}in ")), "{library}");
    }
    assert!(all.contains("SIL OPEN FONT LICENSE") && all.contains("Francesc Alted"));
}

#[test]
fn files_that_repeat_the_version_and_the_tools_have_them_right() {
    let version = version();
    let recipe = text("packaging/conda/recipe.yaml");
    assert!(recipe.contains(&format!("\n  version: {version}\n")), "recipe.yaml is of another version than {version}");
    for tool in tools() {
        assert!(recipe.contains(&format!("\n        - {tool}\n")), "recipe.yaml does not look for {tool}");
    }
    let container = text("packaging/Containerfile");
    assert!(
        container.contains(&format!("pangeo-tools:{version}")),
        "Containerfile is of another version than {version}"
    );
    let rust =
        text("Cargo.toml").split("rust-version = \"").nth(1).and_then(|r| r.split('"').next().map(str::to_owned));
    assert!(container.contains(&format!("ARG RUST={}.0", rust.unwrap())), "Containerfile has another Rust");
    assert!(text("galaxy-wrappers/macros.xml").contains(&format!("<token name=\"@TOOL_VERSION@\">{version}</token>")));
    assert!(text("CHANGELOG.md").contains(&format!("\n## {version}")), "CHANGELOG.md has no {version}");
}
