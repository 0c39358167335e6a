//! Each kind of difference, against what combining says.

use super::*;
use crate::model::array::Memory;
use crate::model::{AttributeValue, Block, Buffer, Dimension, Encoding, Variable};
use crate::ops::combine::combine;

fn engine() -> Engine {
    Engine::new(2, 1 << 20)
}

fn variable(name: &str, dimensions: &[(&str, usize)], attributes: &[(&str, AttributeValue)], data: Buffer) -> Variable {
    Variable {
        name: name.into(),
        dimensions: dimensions.iter().map(|(name, _)| (*name).to_owned()).collect(),
        attributes: attributes.iter().map(|(n, v)| ((*n).to_owned(), v.clone())).collect(),
        encoding: Encoding::default(),
        array: Memory::array(Block::new(dimensions.iter().map(|d| d.1).collect(), data).unwrap()),
    }
}

/// A file of two days from `day` on, `t(time, lat)`.
fn file(day: i32) -> Dataset {
    let (time, lat) = (("time", 2), ("lat", 3));
    let dimension = |(name, length): (&str, usize)| Dimension { name: name.into(), length, unlimited: false };
    let units = |text: &str| [("units", AttributeValue::from(text))];
    Dataset {
        source: format!("{day}.nc"),
        dimensions: vec![dimension(time), dimension(lat)],
        variables: vec![
            variable("time", &[time], &units("days since 2000-01-01"), Buffer::I32(vec![day, day + 1])),
            variable("lat", &[lat], &units("degrees_north"), Buffer::F64(vec![-10.0, 0.0, 10.0])),
            variable("t", &[time, lat], &units("K"), Buffer::F32(vec![280.0; 6])),
        ],
        ..Dataset::default()
    }
}

/// Five files in a row.
fn files() -> Vec<Dataset> {
    [0, 2, 4, 6, 8].map(file).to_vec()
}

fn set(dataset: &mut Dataset, variable: &str, attribute: &str, value: &str) {
    dataset.variable_mut(variable).unwrap().attributes.set(attribute, value);
}

fn replace(dataset: &mut Dataset, variable: &str, data: Buffer) {
    let variable = dataset.variable_mut(variable).unwrap();
    variable.array = Memory::array(Block::new(variable.shape().to_vec(), data).unwrap());
}

/// That nothing is refused exactly where all can be combined, and that what is left can be.
fn audited(files: &[Dataset]) -> Audit {
    let audit = Audit::of(files, &engine()).unwrap();
    let all = combine(files.to_vec());
    assert_eq!(audit.refused().next().is_none(), all.is_ok(), "{:?} but {:?}", audit.findings, all.err());
    assert_eq!(audit.refused().count(), audit.entries.iter().filter(|e| e.refused).count());
    let left: Vec<Dataset> =
        files.iter().zip(&audit.entries).filter(|(_, e)| !e.refused).map(|(d, _)| d.clone()).collect();
    let rest = combine(left);
    assert!(rest.is_ok(), "{:?} but {:?}", audit.findings, rest.err());
    audit
}

/// What is found of the files when one is changed: all of one input, refused or not.
fn found(at: usize, change: impl Fn(&mut Dataset)) -> Vec<(Severity, String)> {
    let mut files = files();
    change(&mut files[at]);
    let source = files[at].source.clone();
    let audit = audited(&files);
    let told = audit.findings.iter().filter(|f| f.source.is_some());
    told.map(|f| {
        assert_eq!(f.source.as_deref(), Some(source.as_str()), "{f:?}");
        (f.severity, f.what.clone())
    })
    .collect()
}

fn refused(what: &str) -> Vec<(Severity, String)> {
    vec![(Severity::Refused, what.to_owned())]
}

fn reencoded(what: &str) -> Vec<(Severity, String)> {
    vec![(Severity::Reencoded, what.to_owned())]
}

#[test]
fn files_that_belong_together_have_an_axis_and_nothing_else() {
    let audit = audited(&files());
    assert!(audit.findings.is_empty() && audit.layouts.len() == 1, "{:?}", audit.findings);
    let entry = &audit.entries[1];
    assert_eq!(
        (entry.first.as_deref(), entry.last.as_deref(), entry.steps),
        (Some("2000-01-03T00:00:00"), Some("2000-01-04T00:00:00"), Some(2))
    );
    let axis = &audit.axes[0];
    assert_eq!((axis.count, axis.step.as_deref(), axis.gap_count), (10, Some("1 day"), 0));
    assert_eq!(audit.layouts[0].variables[2].shape, [None, Some(3)]);
    assert_eq!(audit.layouts[0].grid, ["lat=3 (-10 to 10)"]);
}

#[test]
fn whichever_file_is_the_odd_one_is_named() {
    for at in [0, 2, 4] {
        let other = if at == 0 { "2.nc" } else { "0.nc" };
        let grid = found(at, |f| replace(f, "lat", Buffer::F64(vec![0.0, 10.0, 20.0])));
        assert_eq!(grid, refused(&format!("lat differs: another grid than in {other}")));
        let calendar = found(at, |f| set(f, "time", "calendar", "360_day"));
        assert_eq!(calendar, refused(&format!("coordinate 'time' is in another calendar than that of {other}")));
        let units = found(at, |f| set(f, "t", "units", "m"));
        assert!(matches!(units.as_slice(), [(Severity::Refused, what)] if what.contains("'m'")), "{units:?}");
        let meaning = |f: &mut Dataset, text: &str| set(f, "t", "cell_methods", text);
        let mut all = files();
        all.iter_mut().for_each(|f| meaning(f, "time: mean"));
        meaning(&mut all[at], "time: maximum");
        let refusals: Vec<_> = audited(&all).refused().map(|f| f.source.clone().unwrap()).collect();
        assert_eq!(refusals, [all[at].source.clone()]);
    }
}

#[test]
fn a_file_without_a_variable_or_with_one_more_is_named() {
    let with = |names: &[&str]| {
        let mut f = file(0);
        for name in names {
            let mut other = f.variable("t").unwrap().clone();
            (*name).clone_into(&mut other.name);
            f.variables.push(other);
        }
        f.variables.split_off(3)
    };
    let mut all = files();
    all.iter_mut().for_each(|f| f.variables.extend(with(&["p"])));
    all[1].variables.retain(|v| v.name != "p");
    let whats = |audit: &Audit| audit.refused().map(|f| f.what.clone()).collect::<Vec<_>>();
    assert_eq!(whats(&audited(&all)), ["it lacks 'p', which most inputs have"]);
    assert_eq!(found(3, |f| f.variables.extend(with(&["p"]))), refused("it has 'p', which most inputs lack"));
    let renamed = found(2, |f| f.variable_mut("t").unwrap().name = "temp".into());
    assert!(matches!(renamed.as_slice(), [(Severity::Refused, _)]), "{renamed:?}");
    let turned = found(2, |f| {
        f.variable_mut("t").unwrap().dimensions = vec!["time".into(), "latitude".into()];
        f.dimensions.push(Dimension { name: "latitude".into(), length: 3, unlimited: false });
    });
    assert!(matches!(turned.as_slice(), [(Severity::Refused, _)]), "{turned:?}");
}

#[test]
fn what_is_stored_otherwise_is_brought_to_one_form() {
    let packed = |f: &mut Dataset| {
        replace(f, "t", Buffer::I16(vec![280; 6]));
        let t = f.variable_mut("t").unwrap();
        t.attributes.set("scale_factor", AttributeValue::Numbers(Buffer::F32(vec![0.5])));
    };
    let told = found(1, packed);
    assert!(matches!(told.as_slice(), [(Severity::Reencoded, what)] if what.contains("scale_factor 0.5")), "{told:?}");
    let told = found(1, |f| replace(f, "t", Buffer::F64(vec![280.0; 6])));
    assert_eq!(told, reencoded("t is stored as double, most have float: written as double"));
    let told = found(1, |f| set(f, "t", "units", "degC"));
    assert_eq!(told, reencoded("t is in 'degC', most have 'K': written in 'K'"));
    assert!(found(1, |f| set(f, "t", "units", "kelvin")).is_empty());
    let told = found(3, |f| {
        set(f, "time", "units", "days since 2000-01-05");
        replace(f, "time", Buffer::I32(vec![2, 3]));
    });
    assert_eq!(
        told,
        reencoded(
            "time is in 'days since 2000-01-05', most have 'days since 2000-01-01': written in 'days since 2000-01-01'"
        )
    );
}

#[test]
fn steps_that_two_files_have_keep_the_later_named_out() {
    let mut all = files();
    all.insert(1, file(3));
    all.push(Dataset { source: "again.nc".into(), ..file(0) });
    let audit = audited(&all);
    let told: Vec<_> = audit.refused().map(|f| (f.source.as_deref().unwrap(), f.what.as_str())).collect();
    assert_eq!(
        told,
        [
            ("2.nc", "1 of its 2 steps, from time 2000-01-04T00:00:00 on, are also in 3.nc"),
            ("4.nc", "1 of its 2 steps, from time 2000-01-05T00:00:00 on, are also in 3.nc"),
            ("again.nc", "2 of its 2 steps, from time 2000-01-01T00:00:00 on, are also in 0.nc"),
        ]
    );
    let axis = &audit.axes[0];
    assert_eq!(axis.duplicate_count, 4);
    assert_eq!(axis.duplicates[0].sources, ["0.nc", "again.nc"]);
    assert_eq!((axis.count, axis.gap_count, axis.missing_steps), (8, 2, 2));
    let twice = found(0, |f| replace(f, "time", Buffer::I32(vec![0, 0])));
    assert_eq!(twice, refused("time 2000-01-01T00:00:00 is there twice"));
}

#[test]
fn gaps_are_noted() {
    let audit = audited(&[0, 2, 8].map(file));
    let what = "time has 1 gap, between 2000-01-04T00:00:00 and 2000-01-09T00:00:00: 4 steps are missing";
    assert_eq!(
        audit.findings.iter().map(|f| (f.severity, f.what.as_str())).collect::<Vec<_>>(),
        [(Severity::Noted, what)]
    );
}

#[test]
fn a_time_without_a_dimension_is_one() {
    let scalar = |day: i32| {
        let mut f = file(day);
        f.dimensions.remove(0);
        let units = f.variable("time").unwrap().attributes.clone();
        f.variables[0] = Variable { attributes: units, ..variable("time", &[], &[], Buffer::I32(vec![day])) };
        f.variables[2] = variable("t", &[("lat", 3)], &[("coordinates", "time".into())], Buffer::F32(vec![0.0; 3]));
        f
    };
    let audit = audited(&[0, 1, 3].map(scalar));
    assert_eq!((audit.axes[0].count, audit.axes[0].gap_count), (3, 1));
    let mut all = [0, 1, 3, 1].map(scalar).to_vec();
    all[3].source = "again.nc".into();
    let audit = audited(&all);
    assert_eq!(
        audit.refused().map(|f| f.what.clone()).collect::<Vec<_>>(),
        ["time 2000-01-02T00:00:00 is also in 1.nc"]
    );
    let mut all = [0, 1, 3].map(scalar).to_vec();
    replace(&mut all[0], "lat", Buffer::F64(vec![1.0, 2.0, 3.0]));
    assert_eq!(audited(&all).refused().map(|f| f.source.clone().unwrap()).collect::<Vec<_>>(), ["0.nc"]);
}

#[test]
fn variables_in_files_of_their_own_need_the_same_steps() {
    let other = |day: i32| {
        let mut f = file(day);
        f.source = format!("p{day}.nc");
        f.variable_mut("t").unwrap().name = "p".into();
        f
    };
    let mut all: Vec<Dataset> = [0, 2, 4].map(file).to_vec();
    all.extend([0, 2, 4].map(other));
    assert!(audited(&all).findings.is_empty());
    all.pop();
    let audit = audited(&all);
    let told: Vec<_> = audit.refused().map(|f| (f.source.as_deref().unwrap(), f.what.as_str())).collect();
    assert_eq!(told, [("4.nc", "time 2000-01-05T00:00:00 is in no input with p")]);
}

#[test]
fn the_same_file_twice_is_one_too_many() {
    let audit = audited(&[file(0), file(0)]);
    assert_eq!(audit.entries.iter().map(|e| e.refused).collect::<Vec<_>>(), [false, true]);
    let empty = audited(&[file(0), Dataset { source: "none.nc".into(), ..Dataset::default() }]);
    assert_eq!(empty.entries.len(), 2);
    assert!(audited(&[file(0)]).findings.is_empty());
    assert!(audited(&[]).entries.is_empty());
}

/// Files with any differences that the numbers ask for.
fn odd(choices: &[(i32, u8)]) -> Vec<Dataset> {
    let of = |(at, &(day, kind)): (usize, &(i32, u8))| {
        let mut f = Dataset { source: format!("{at}.nc"), ..file(day) };
        match kind {
            1 => replace(&mut f, "lat", Buffer::F64(vec![0.0, 1.0, 2.0])),
            2 => set(&mut f, "time", "calendar", "noleap"),
            3 => set(&mut f, "t", "units", "degC"),
            4 => set(&mut f, "t", "units", "m"),
            5 => replace(&mut f, "t", Buffer::F64(vec![0.0; 6])),
            6 => replace(&mut f, "t", Buffer::I64(vec![0; 6])),
            7 => replace(&mut f, "t", Buffer::U64(vec![0; 6])),
            8 => f.variable_mut("t").unwrap().name = "p".into(),
            9 => set(&mut f, "t", "standard_name", "air_temperature"),
            10 => set(&mut f, "t", "standard_name", "sea_surface_temperature"),
            11 => set(&mut f, "time", "units", "days since 1999-12-31"),
            12 => f.variables.push(variable("height", &[], &[("units", "m".into())], Buffer::F32(vec![2.0]))),
            13 => set(&mut f, "time", "units", "days"),
            14 => drop(f.variables.remove(1)),
            15 => f.variables[0].attributes.set("scale_factor", AttributeValue::Numbers(Buffer::F64(vec![0.0]))),
            _ => {}
        }
        f
    };
    choices.iter().enumerate().map(of).collect()
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(400))]
    #[test]
    fn an_audit_agrees_with_combining(choices in proptest::collection::vec((0_i32..16, 0_u8..40), 1..7)) {
        audited(&odd(&choices));
    }
}
