//! The groups of a file with their datasets, in netCDF's order.

use hdf5_reader::error::{Error as ParseError, Result as Parse};
use hdf5_reader::messages::MSG_DATATYPE;

use super::attribute::{self, RawAttribute};
use super::file::File;
use super::header::{self, Header};
use super::links::members;
use super::object::Object;
use super::types;
use crate::model::Enumeration;

/// Groups within groups that are followed.
const MAX_DEPTH: usize = 64;
/// Objects that a file may have; hard links can make a small file look endless.
const MAX_OBJECTS: usize = 200_000;

/// A group.
#[derive(Debug)]
pub(super) struct Group {
    /// Its path, `""` for the root, else `a/b`.
    pub(super) path: String,
    /// The place of its parent among all groups; the root has none.
    pub(super) parent: Option<usize>,
    pub(super) attributes: Vec<RawAttribute>,
    pub(super) datasets: Vec<Dataset>,
}

/// A dataset within a group.
#[derive(Debug)]
pub(super) struct Dataset {
    pub(super) name: String,
    pub(super) address: u64,
    pub(super) object: Object,
}

/// All that a file holds.
#[derive(Debug, Default)]
pub(super) struct Tree {
    /// Each group before those within it.
    pub(super) groups: Vec<Group>,
    /// The enumerations among the named types, each under its name.
    pub(super) enumerations: Vec<Enumeration>,
}

/// Read the headers of all objects.
pub(super) fn read(file: &File) -> Parse<Tree> {
    let mut walk = Walk { file, tree: Tree::default(), objects: 0, above: Vec::new() };
    walk.group(file.root, "", None)?;
    Ok(walk.tree)
}

struct Walk<'a> {
    file: &'a File,
    tree: Tree,
    objects: usize,
    /// The addresses of the groups that the present one is within.
    above: Vec<u64>,
}

impl Walk<'_> {
    fn group(&mut self, address: u64, path: &str, parent: Option<usize>) -> Parse<()> {
        let header = header::read(self.file, address)?;
        let members = members(self.file, &header)?;
        self.objects = self.objects.saturating_add(members.len());
        if self.objects > MAX_OBJECTS {
            return Err(ParseError::ResourceLimit(format!("more than {MAX_OBJECTS} objects")));
        }
        let here = self.tree.groups.len();
        let attributes = attribute::read_all(self.file, &header)?;
        let mut group = Group { path: path.to_owned(), parent, attributes, datasets: Vec::new() };
        let mut within = Vec::new();
        for member in members {
            let header = header::read(self.file, member.address)?;
            if Object::is_type(&header) {
                self.named_type(&header, member.name);
            } else if Object::is(&header) {
                let object = Object::read(self.file, &header)?;
                group.datasets.push(Dataset { name: member.name, address: member.address, object });
            } else if !self.above.contains(&member.address) && member.address != address {
                within.push(member);
            }
        }
        self.tree.groups.push(group);
        if self.above.len() >= MAX_DEPTH && !within.is_empty() {
            return Err(ParseError::ResourceLimit(format!("groups within groups, more than {MAX_DEPTH}")));
        }
        self.above.push(address);
        for member in within {
            let path = if path.is_empty() { member.name } else { format!("{path}/{}", member.name) };
            self.group(member.address, &path, Some(here))?;
        }
        self.above.pop();
        Ok(())
    }

    /// Keep a named type's enumeration; types that can't be read are of no use here.
    fn named_type(&mut self, header: &Header, name: String) {
        let body = header.first(MSG_DATATYPE).and_then(|m| header::body(self.file, m).ok());
        let value = body.and_then(|b| types::parse(&b).ok());
        if let Some(enumeration) = value.and_then(|v| v.enumeration) {
            self.tree.enumerations.push(Enumeration { name, ..enumeration });
        }
    }
}
