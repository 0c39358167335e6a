//! Outputs that appear whole or not at all.
//!
//! A tool writes into a temporary sibling of its output (`.NAME.XXXXXX.tmp` in the same folder, so that renaming it is
//! one step of the file system) and [`Staged::commit`]s at the end. Whatever ends the tool before that leaves the old
//! output, or none: an error drops the [`Staged`], Ctrl-C calls [`remove_all`].

use std::collections::HashSet;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::store::split_scheme;
use crate::{Error, Result};

/// What an output is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One file.
    File,
    /// A folder with everything in it, such as a Zarr store.
    Directory,
}

/// An output in the making.
#[derive(Debug)]
#[must_use = "dropping it removes what was written"]
pub struct Staged {
    /// Where it will be; never a symbolic link.
    target: PathBuf,
    temporary: PathBuf,
    kind: Kind,
    overwrite: bool,
}

/// Temporaries that exist now.
static LIVE: Mutex<Option<HashSet<PathBuf>>> = Mutex::new(None);

fn with_live<T>(act: impl FnOnce(&mut HashSet<PathBuf>) -> T) -> T {
    act(LIVE.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_default())
}

/// Removes every temporary of this process; for the handler of Ctrl-C, just before the process ends.
pub fn remove_all() {
    with_live(remove_each);
}

fn remove_each(live: &mut HashSet<PathBuf>) {
    live.drain().for_each(|path| remove(&path));
}

impl Staged {
    /// Prepares `output`: an empty temporary file or folder beside it. A link is followed, so that what it leads to is
    /// replaced and the link stays. An existing file is replaced at the end, an existing folder with something in it
    /// only with `overwrite`.
    ///
    /// # Errors
    /// [`Error::Usage`] when the folder that is to hold the output does not exist, `output` is a folder where a file
    /// is to be written (or the reverse), or is in the way and `overwrite` is not given; [`Error::Io`] when the system
    /// refuses.
    pub fn new(output: &Path, kind: Kind, overwrite: bool) -> Result<Self> {
        if let Some((scheme, _)) = output.to_str().and_then(split_scheme) {
            return Err(Error::usage(format!(
                "this output is written to a local path, not to {scheme}://: {}",
                output.display()
            ))
            .with_hint("write to a local path, then upload it"));
        }
        let target = follow(output)?;
        let folder = folder_of(&target).to_owned();
        if !folder.is_dir() {
            return Err(Error::usage(format!("the folder of the output does not exist, {}", output.display()))
                .with_hint(format!("make it first: mkdir -p '{}'", folder.display())));
        }
        check_target(&target, kind, overwrite)?;
        for _ in 0..100 {
            let temporary = folder.join(temporary_name(&target));
            // Known before it exists, so that an interruption finds it.
            with_live(|live| live.insert(temporary.clone()));
            let made = match kind {
                Kind::File => OpenOptions::new().write(true).create_new(true).open(&temporary).map(drop),
                Kind::Directory => fs::create_dir(&temporary),
            };
            match made {
                Ok(()) => return Ok(Self { target, temporary, kind, overwrite }),
                Err(e) => {
                    with_live(|live| live.remove(&temporary));
                    if e.kind() != io::ErrorKind::AlreadyExists {
                        return Err(Error::io("write", output, e));
                    }
                }
            }
        }
        Err(Error::io("write", output, io::ErrorKind::AlreadyExists.into()))
    }

    /// Where to write.
    pub fn path(&self) -> &Path {
        &self.temporary
    }

    /// Puts what was written in the place of the output, on disk before it gets its name.
    ///
    /// # Errors
    /// When the output was made by somebody else meanwhile and may not be replaced, or the system refuses; the
    /// temporary is removed then.
    pub fn commit(self) -> Result<()> {
        let failed = |e| Error::io("write", &self.target, e);
        check_target(&self.target, self.kind, self.overwrite)?;
        match self.kind {
            Kind::File => {
                File::open(&self.temporary).and_then(|file| file.sync_all()).map_err(failed)?;
                fs::rename(&self.temporary, &self.target).map_err(failed)?;
            }
            Kind::Directory => self.replace_folder().map_err(failed)?,
        }
        with_live(|live| live.remove(&self.temporary));
        // The name itself is on disk when the folder is; not every file system can do that.
        let _ = File::open(folder_of(&self.target)).and_then(|folder| folder.sync_all());
        Ok(())
    }

    /// A folder takes the place of another in one step by changing names with it; then the old one is removed.
    ///
    /// File systems that can't do that (NFS, for one) move the old one away first, and back if need be: a run killed
    /// between the two steps leaves it beside its place, as `.NAME.XXXXXX.tmp`.
    fn replace_folder(&self) -> io::Result<()> {
        let occupied = match fs::rename(&self.temporary, &self.target) {
            Err(e) if is_occupied(&e) => e,
            other => return other,
        };
        let metadata = self.target.symlink_metadata()?;
        if !metadata.is_dir() {
            return Err(occupied);
        }
        let old = if exchange(&self.temporary, &self.target).is_ok() {
            self.temporary.clone()
        } else {
            let old = folder_of(&self.target).join(temporary_name(&self.target));
            fs::rename(&self.target, &old)?;
            if let Err(e) = fs::rename(&self.temporary, &self.target) {
                fs::rename(&old, &self.target)?;
                return Err(e);
            }
            old
        };
        with_live(|live| live.insert(old.clone()));
        remove(&old);
        with_live(|live| live.remove(&old));
        Ok(())
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        if with_live(|live| live.remove(&self.temporary)) {
            remove(&self.temporary);
        }
    }
}

/// One file or folder in the making, beside its place; dropping it removes it.
#[derive(Debug)]
#[must_use = "dropping it removes what was written"]
pub(super) struct Temporary {
    path: PathBuf,
}

impl Temporary {
    /// An empty file beside `target`, hidden and known to [`remove_all`].
    ///
    /// # Errors
    /// When the system refuses; the folder may not exist.
    pub(super) fn beside(target: &Path) -> io::Result<(Self, File)> {
        Self::new(target, |path| OpenOptions::new().write(true).create_new(true).open(path))
    }

    /// An empty folder in `parent`, hidden and known to [`remove_all`].
    ///
    /// # Errors
    /// As [`Temporary::beside`].
    pub(super) fn folder(parent: &Path) -> io::Result<Self> {
        Self::new(&parent.join("scratch"), |path| fs::create_dir(path)).map(|(folder, ())| folder)
    }

    fn new<T>(target: &Path, make: impl Fn(&Path) -> io::Result<T>) -> io::Result<(Self, T)> {
        for _ in 0..100 {
            let temporary = Self { path: folder_of(target).join(temporary_name(target)) };
            // Known before it exists, so that an interruption finds it.
            with_live(|live| live.insert(temporary.path.clone()));
            match make(&temporary.path) {
                Ok(made) => return Ok((temporary, made)),
                Err(e) => {
                    // Not this one's to remove.
                    with_live(|live| live.remove(&temporary.path));
                    if e.kind() != io::ErrorKind::AlreadyExists {
                        return Err(e);
                    }
                }
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Gives it the name `target`, in place of a file that has it.
    ///
    /// # Errors
    /// When the system refuses; it is removed then.
    pub(super) fn rename(self, target: &Path) -> io::Result<()> {
        fs::rename(&self.path, target)?;
        with_live(|live| live.remove(&self.path));
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if with_live(|live| live.remove(&self.path)) {
            remove(&self.path);
        }
    }
}

/// Whether a file's name is one that temporaries get.
pub(super) fn is_temporary(name: &str) -> bool {
    let inner =
        name.strip_prefix('.').and_then(|rest| rest.strip_suffix(".tmp")).and_then(|rest| rest.rsplit_once('.'));
    inner.is_some_and(|(_, letters)| letters.len() == 6 && letters.bytes().all(|b| b.is_ascii_lowercase()))
}

/// Refuses an `output` that is one of `inputs`, also by another name, or a folder that holds one or lies in one:
/// writing it would destroy what is still being read. URLs among the inputs are left alone.
///
/// # Errors
/// [`Error::Usage`] that names both.
pub fn refuse_if_input(output: &Path, inputs: &[impl AsRef<Path>]) -> Result<()> {
    let Some(out) = resolved(output) else { return Ok(()) };
    let identity = |path: &Path| path.metadata().ok().map(|m| (m.dev(), m.ino()));
    let out_identity = identity(&out);
    for input in inputs.iter().map(AsRef::as_ref) {
        let local = input.to_str().and_then(|text| url::Url::parse(text).ok()?.to_file_path().ok());
        let Ok(path) = local.as_deref().unwrap_or(input).canonicalize() else { continue };
        let how = if path == out || out_identity.is_some() && identity(&path) == out_identity {
            "is also an input"
        } else if path.is_dir() && out.starts_with(&path) {
            "lies inside an input"
        } else if path.starts_with(&out) {
            "holds an input"
        } else {
            continue;
        };
        return Err(Error::usage(format!("the output {} {how}: {}", output.display(), input.display()))
            .with_hint("write to another place, and move it when it is done"));
    }
    Ok(())
}

/// The canonical path of something that need not exist, in a folder that does.
fn resolved(path: &Path) -> Option<PathBuf> {
    if let Ok(path) = path.canonicalize() {
        return Some(path);
    }
    let target = follow(path).ok()?;
    Some(folder_of(&target).canonicalize().ok()?.join(target.file_name()?))
}

/// Where `output` leads through links, also if nothing is there yet.
fn follow(output: &Path) -> Result<PathBuf> {
    /// As many as Linux follows.
    const LINKS: usize = 40;
    let mut path = output.to_owned();
    for _ in 0..LINKS {
        let Ok(target) = path.read_link() else {
            if path.file_name().is_none() {
                return Err(Error::usage(format!("the output {} has no name of its own", output.display())));
            }
            return Ok(path);
        };
        path = folder_of(&path).join(target);
    }
    Err(Error::usage(format!("the output {} is a link that leads nowhere", output.display())))
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn check_target(target: &Path, kind: Kind, overwrite: bool) -> Result<()> {
    let name = target.display();
    let metadata = match target.symlink_metadata() {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
        other => other.map_err(|e| Error::io("write", target, e))?,
    };
    match kind {
        Kind::File if metadata.is_file() => Ok(()),
        Kind::File if metadata.is_dir() => {
            Err(Error::usage(format!("the output {name} is a folder")).with_hint("give the name of a file in it"))
        }
        Kind::File => {
            Err(Error::usage(format!("the output {name} is a device or a pipe")).with_hint("write to a file"))
        }
        Kind::Directory if !metadata.is_dir() => Err(Error::usage(format!("the output {name} is a file"))
            .with_hint("remove it, or choose another name for the store")),
        Kind::Directory if is_empty(target) => Ok(()),
        // A slip of the finger must not cost a folder of other things.
        Kind::Directory if !is_store(target) => {
            Err(Error::usage(format!("the output {name} is a folder, but no Zarr store"))
                .with_hint("give the name of a new folder in it, or empty it first"))
        }
        Kind::Directory if overwrite => Ok(()),
        Kind::Directory => {
            Err(Error::usage(format!("the output {name} exists")).with_hint("replace it with --overwrite"))
        }
    }
}

fn is_empty(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none())
}

/// Whether a folder has the metadata of a Zarr hierarchy.
fn is_store(folder: &Path) -> bool {
    ["zarr.json", ".zgroup", ".zarray", ".zmetadata"].iter().any(|name| folder.join(name).is_file())
}

/// Whether a folder could not be renamed since the other one is not empty (ENOTEMPTY or EEXIST).
fn is_occupied(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::DirectoryNotEmpty | io::ErrorKind::AlreadyExists)
}

/// `.NAME.XXXXXX.tmp`, with six letters by chance.
fn temporary_name(target: &Path) -> OsString {
    /// File systems allow names of 255 bytes.
    const LONGEST: usize = 200;
    let mut chance = RandomState::new().hash_one(std::process::id());
    let letters = (0..6).map(|_| {
        let letter = char::from(b'a' + (chance % 26) as u8);
        chance /= 26;
        letter
    });
    let letters: String = letters.collect();
    let name = target.file_name().unwrap_or_default();
    let mut temporary = OsString::from(".");
    if name.len() <= LONGEST {
        temporary.push(name);
    } else {
        temporary.push("output");
    }
    temporary.push(format!(".{letters}.tmp"));
    temporary
}

/// Let two folders change names, both at once.
#[cfg(any(target_os = "linux", target_os = "macos"))]
fn exchange(one: &Path, other: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE)?)
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn exchange(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

fn remove(path: &Path) {
    /// Another thread may still put files into a folder that is being removed.
    const TRIES: usize = 3;
    for _ in 0..TRIES {
        let removed = match path.symlink_metadata() {
            Ok(metadata) if metadata.is_dir() => fs::remove_dir_all(path),
            Ok(_) => fs::remove_file(path),
            Err(_) => return,
        };
        // There is nobody to tell if it can't be done.
        if removed.is_ok() {
            return;
        }
    }
}

#[cfg(test)]
#[path = "staging_tests.rs"]
mod tests;
