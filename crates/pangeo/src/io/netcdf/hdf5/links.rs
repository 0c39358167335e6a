//! The members of a group: names and the addresses they lead to.
//!
//! Three forms exist: a symbol table (before HDF5 1.8), link messages in the group's header, and a
//! heap of such messages for large groups.

use hdf5_reader::Storage;
use hdf5_reader::btree_v1::collect_btree_v1_leaves_storage;
use hdf5_reader::btree_v2::{BTreeV2Header, BTreeV2Record, collect_btree_v2_records_storage};
use hdf5_reader::error::Result as Parse;
use hdf5_reader::fractal_heap::{FractalHeap, FractalHeapDirectBlockCache};
use hdf5_reader::io::Cursor;
use hdf5_reader::local_heap::LocalHeap;
use hdf5_reader::messages::link::{self, LinkTarget};
use hdf5_reader::messages::{MSG_LINK, MSG_LINK_INFO, MSG_SYMBOL_TABLE, link_info, symbol_table_msg};
use hdf5_reader::symbol_table::SymbolTableNode;

use super::file::File;
use super::header::{self, Header};

/// Soft links followed one after the other before a cycle is assumed.
const MAX_SOFT: usize = 16;

/// A member of a group within the file.
#[derive(Debug, Clone)]
pub(super) struct Member {
    pub(super) name: String,
    pub(super) address: u64,
}

/// Where a link leads.
enum Target {
    Address(u64),
    Path(String),
    OtherFile,
}

struct Entry {
    name: String,
    order: Option<u64>,
    target: Target,
}

/// The members of the group with this header, in order of creation where the group tracks it, else
/// by name. Soft links are followed; those that lead nowhere or to other files are left out.
pub(super) fn members(file: &File, group: &Header) -> Parse<Vec<Member>> {
    let mut entries = entries(file, group)?;
    if entries.iter().all(|e| e.order.is_some()) {
        entries.sort_by_key(|e| e.order);
    } else {
        entries.sort_by(|a, b| a.name.cmp(&b.name));
    }
    let mut members = Vec::with_capacity(entries.len());
    for Entry { name, target, .. } in entries {
        let address = match target {
            Target::Address(address) => Some(address),
            Target::Path(path) => follow(file, group, &path, MAX_SOFT),
            Target::OtherFile => None,
        };
        members.extend(address.map(|address| Member { name, address }));
    }
    Ok(members)
}

/// The address behind a path, absolute or from `group`.
fn follow(file: &File, group: &Header, path: &str, depth: usize) -> Option<u64> {
    let depth = depth.checked_sub(1)?;
    let mut here = if path.starts_with('/') { header::read(file, file.root).ok()? } else { group.clone() };
    let mut address = path.starts_with('/').then_some(file.root);
    for part in path.split('/').filter(|p| !p.is_empty() && *p != ".") {
        if address.is_some_and(|a| a != file.root) {
            here = header::read(file, address?).ok()?;
        }
        let entry = entries(file, &here).ok()?.into_iter().find(|e| e.name == part)?;
        address = match entry.target {
            Target::Address(address) => Some(address),
            Target::Path(path) => Some(follow(file, &here, &path, depth)?),
            Target::OtherFile => return None,
        };
    }
    address
}

fn entries(file: &File, group: &Header) -> Parse<Vec<Entry>> {
    if let Some(table) = group.first(MSG_SYMBOL_TABLE) {
        return symbol_table(file, &table.body);
    }
    let mut entries = Vec::new();
    for message in group.all(MSG_LINK) {
        entries.push(entry(file, &header::body(file, message)?)?);
    }
    if let Some(info) = group.first(MSG_LINK_INFO) {
        let (offsets, lengths) = (file.offset_size, file.length_size);
        let info = link_info::parse(&mut Cursor::new(&info.body), offsets, lengths, info.body.len())?;
        if !file.is_undefined(info.fractal_heap_address) {
            for bytes in dense(file, info.fractal_heap_address, info.btree_name_index_address)? {
                entries.push(entry(file, &bytes.1)?);
            }
        }
    }
    Ok(entries)
}

fn entry(file: &File, bytes: &[u8]) -> Parse<Entry> {
    let link = link::parse(&mut Cursor::new(bytes), file.offset_size, file.length_size, bytes.len())?;
    let target = match link.target {
        LinkTarget::Hard { address } => Target::Address(address),
        LinkTarget::Soft { path } => Target::Path(path),
        LinkTarget::External { .. } => Target::OtherFile,
    };
    Ok(Entry { name: link.name, order: link.creation_order, target })
}

/// All objects of a fractal heap that a name index lists, with their creation order if it tells.
pub(super) fn dense(file: &File, heap: u64, index: u64) -> Parse<Vec<(Option<u32>, Vec<u8>)>> {
    let (offsets, lengths) = (file.offset_size, file.length_size);
    let heap = FractalHeap::parse_at_storage(file, heap, offsets, lengths)?;
    let tree = BTreeV2Header::parse_at_storage(file, index, offsets, lengths)?;
    let records = collect_btree_v2_records_storage(file, &tree, offsets, lengths, None, &[], None)?;
    let mut cache = FractalHeapDirectBlockCache::default();
    let mut objects = Vec::new();
    for record in records {
        let (order, id) = match record {
            BTreeV2Record::LinkNameHash { heap_id, .. } => (None, heap_id),
            BTreeV2Record::AttributeNameHash { heap_id, creation_order, .. } => (Some(creation_order), heap_id),
            _ => continue,
        };
        objects.push((order, heap.get_object_storage_cached(&id, file, offsets, lengths, &mut cache)?));
    }
    Ok(objects)
}

fn symbol_table(file: &File, message: &[u8]) -> Parse<Vec<Entry>> {
    let (offsets, lengths) = (file.offset_size, file.length_size);
    let table = symbol_table_msg::parse(&mut Cursor::new(message), offsets, lengths, message.len())?;
    let heap = LocalHeap::parse_at_storage(file, table.heap_address, offsets, lengths)?;
    let leaves = collect_btree_v1_leaves_storage(file, table.btree_address, offsets, lengths, None, &[], None)?;
    if leaves.is_empty() {
        return Ok(Vec::new());
    }
    let segment = usize::try_from(heap.data_segment_size).unwrap_or(usize::MAX);
    let names = file.read_range(heap.data_segment_address, segment)?;
    let text = |at: u64| {
        let rest = usize::try_from(at).ok().and_then(|at| names.get(at..)).unwrap_or(&[]);
        String::from_utf8_lossy(rest.split(|&b| b == 0).next().unwrap_or(&[])).into_owned()
    };
    let mut entries = Vec::new();
    for (_, address) in leaves {
        let head = file.read_range(address, 8)?;
        let count = Cursor::new(head.get(6..).unwrap_or(&[])).read_u16_le()?;
        let length = 8 + usize::from(count) * (24 + 2 * usize::from(offsets));
        let node = file.read_range(address, length)?;
        for symbol in SymbolTableNode::parse(&mut Cursor::new(&node), offsets, lengths)?.entries {
            let target = if symbol.cache_type == 2 {
                let at = symbol.scratch.first_chunk::<4>().map_or(0, |b| u32::from_le_bytes(*b));
                Target::Path(text(u64::from(at)))
            } else {
                Target::Address(symbol.object_header_address)
            };
            entries.push(Entry { name: text(symbol.link_name_offset), order: None, target });
        }
    }
    Ok(entries)
}
