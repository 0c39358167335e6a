//! Options whose value may be left out.

use std::ffi::OsString;

use clap::{Arg, Command};

/// The words of a command line with `--name value` as `--name=value` for options that may have a value after `=` and
/// need none, where the next word is such a value: what follows them without being one, an input, is left alone.
pub(super) fn joined(command: &Command, words: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let optional: Vec<(String, &Arg)> = command
        .get_arguments()
        .filter(|arg| arg.is_require_equals_set())
        .filter_map(|arg| Some((format!("--{}", arg.get_long()?), arg)))
        .collect();
    let mut joined: Vec<OsString> = Vec::new();
    let mut ended = false;
    for word in words {
        let before = joined.last().filter(|_| !ended).and_then(|last| last.to_str());
        let option = before.and_then(|before| optional.iter().find(|(name, _)| name == before));
        match (option, joined.last_mut()) {
            (Some((_, arg)), Some(last)) if is_value(arg, &word) => {
                last.push("=");
                last.push(word);
            }
            _ => {
                ended |= word == "--";
                joined.push(word);
            }
        }
    }
    joined
}

/// Whether the option takes `word`, tried by itself: without what it needs beside it.
fn is_value(arg: &Arg, word: &OsString) -> bool {
    let alone = Arg::new("value").long("value").require_equals(true).num_args(0..=1);
    let alone = alone.value_parser(arg.get_value_parser().clone());
    let mut whole = OsString::from("--value=");
    whole.push(word);
    Command::new("value").arg(alone).try_get_matches_from([OsString::from("value"), whole]).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_values_are_joined() {
        let value = Arg::new("diverging").long("diverging").num_args(0..=1).require_equals(true);
        let value = value.requires("other").value_parser(clap::value_parser!(f64));
        let command = Command::new("plot").arg(value).arg(Arg::new("other")).arg(Arg::new("range").long("range"));
        for (given, expected) in [
            ("plot --diverging a.nc", "plot --diverging a.nc"),
            ("plot --diverging -1.5 a.nc", "plot --diverging=-1.5 a.nc"),
            ("plot --diverging=2 3", "plot --diverging=2 3"),
            ("plot --range 1 --diverging", "plot --range 1 --diverging"),
            ("plot -- --diverging 1", "plot -- --diverging 1"),
        ] {
            let words = given.split(' ').map(OsString::from);
            assert_eq!(joined(&command, words), expected.split(' ').map(OsString::from).collect::<Vec<_>>());
        }
    }
}
