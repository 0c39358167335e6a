//! Object headers: the messages that describe a group, a dataset or a named type.
//!
//! Only the envelope is read here; each message is parsed by whoever needs it, so that one message
//! that can't be understood (an attribute of an exotic type) does not hide the others.
//! Format: HDF5 File Format Specification, IV.A "Disk Format: Level 2A".

use std::collections::{HashSet, VecDeque};

use hdf5_reader::Storage;
use hdf5_reader::checksum::jenkins_lookup3;
use hdf5_reader::error::{Error as ParseError, Result as Parse};
use hdf5_reader::io::Cursor;
use hdf5_reader::messages::shared::{self, SharedMessage};
use hdf5_reader::messages::{MSG_CONTINUATION, MSG_NIL};

use super::file::File;
use super::shared_table;

/// Continuation blocks that one header may have.
const MAX_BLOCKS: usize = 1024;
/// Bytes that one header may have in all its blocks.
const MAX_BYTES: usize = 16 << 20;

/// One message, not yet parsed.
#[derive(Debug, Clone)]
pub(super) struct Message {
    /// Its type.
    pub(super) kind: u16,
    /// Whether the body only tells where the message is.
    pub(super) shared: bool,
    /// Its number in order of creation, where that is tracked.
    pub(super) order: Option<u32>,
    /// The bytes.
    pub(super) body: Vec<u8>,
}

/// The messages of one object, in the order of the file.
#[derive(Debug, Clone, Default)]
pub(super) struct Header {
    pub(super) messages: Vec<Message>,
}

impl Header {
    /// The first message of a type.
    pub(super) fn first(&self, kind: u16) -> Option<&Message> {
        self.all(kind).next()
    }

    /// All messages of a type.
    pub(super) fn all(&self, kind: u16) -> impl Iterator<Item = &Message> {
        self.messages.iter().filter(move |m| m.kind == kind)
    }

    /// Whether there is a message of a type.
    pub(super) fn has(&self, kind: u16) -> bool {
        self.first(kind).is_some()
    }
}

/// A message's own bytes, fetched from where they are shared.
pub(super) fn body(file: &File, message: &Message) -> Parse<Vec<u8>> {
    if message.shared { shared_body(file, message.kind, &message.body) } else { Ok(message.body.clone()) }
}

/// The bytes of a message of type `kind` that `reference` points to.
pub(super) fn shared_body(file: &File, kind: u16, reference: &[u8]) -> Parse<Vec<u8>> {
    match shared::parse(&mut Cursor::new(reference), kind, file.offset_size, file.length_size, reference.len())? {
        SharedMessage::SharedInOhdr { address, .. } => {
            let header = read(file, address)?;
            let message = header.messages.into_iter().find(|m| m.kind == kind && !m.shared);
            message.map(|m| m.body).ok_or_else(|| ParseError::InvalidData("shared message is not there".into()))
        }
        SharedMessage::SharedInSohm { heap_id, .. } => shared_table::lookup(file, kind, &heap_id),
    }
}

/// Read all messages of the object at `address`.
pub(super) fn read(file: &File, address: u64) -> Parse<Header> {
    let mut reader = Reader { file, orders: false, bytes: 0, header: Header::default(), queue: VecDeque::new() };
    let version2 = file.read_range(address, 4)?.as_ref() == b"OHDR";
    if version2 {
        reader.first_block_v2(address)?;
    } else {
        reader.first_block_v1(address)?;
    }
    let mut seen = HashSet::from([address]);
    while let Some((at, length)) = reader.queue.pop_front() {
        if !seen.insert(at) || seen.len() > MAX_BLOCKS {
            return Err(ParseError::InvalidData("object header continues without end".into()));
        }
        reader.continuation(at, length, version2)?;
    }
    Ok(reader.header)
}

struct Reader<'a> {
    file: &'a File,
    /// Whether messages carry their creation order.
    orders: bool,
    bytes: usize,
    header: Header,
    queue: VecDeque<(u64, u64)>,
}

impl Reader<'_> {
    /// The bytes of a block, within what a header may have.
    fn block(&mut self, address: u64, length: u64) -> Parse<Vec<u8>> {
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        self.bytes = self.bytes.saturating_add(length);
        if self.bytes > MAX_BYTES {
            return Err(ParseError::ResourceLimit(format!("object header has more than {MAX_BYTES} bytes")));
        }
        Ok(self.file.read_range(address, length)?.to_vec())
    }

    fn first_block_v1(&mut self, address: u64) -> Parse<()> {
        let prefix = self.block(address, 16)?;
        let mut cursor = Cursor::new(&prefix);
        let version = cursor.read_u8()?;
        if version != 1 {
            return Err(ParseError::UnsupportedObjectHeaderVersion(version));
        }
        cursor.skip(7)?;
        let size = cursor.read_u32_le()?;
        let block = self.block(address.saturating_add(16), u64::from(size))?;
        self.messages_v1(&block)
    }

    fn first_block_v2(&mut self, address: u64) -> Parse<()> {
        let start = self.file.read_range(address, 6)?;
        let mut cursor = Cursor::new(&start);
        cursor.skip(4)?;
        let version = cursor.read_u8()?;
        if version != 2 {
            return Err(ParseError::UnsupportedObjectHeaderVersion(version));
        }
        let flags = cursor.read_u8()?;
        self.orders = flags & 0x04 != 0;
        let times = if flags & 0x20 != 0 { 16 } else { 0 };
        let phases = if flags & 0x10 != 0 { 4 } else { 0 };
        let size_bytes = 1usize << (flags & 3);
        let size_at = 6 + times + phases;
        let prefix = self.file.read_range(address, size_at + size_bytes)?;
        let mut cursor = Cursor::new(&prefix);
        cursor.skip(size_at)?;
        let size = cursor.read_uvar(size_bytes)?;
        let begin = (size_at + size_bytes) as u64;
        let block = self.block(address, size.saturating_add(begin + 4))?;
        let messages = checked(&block)?;
        self.messages_v2(messages.get(begin as usize..).unwrap_or(&[]))
    }

    fn continuation(&mut self, address: u64, length: u64, version2: bool) -> Parse<()> {
        let block = self.block(address, length)?;
        if !version2 {
            return self.messages_v1(&block);
        }
        match checked(&block)?.strip_prefix(b"OCHK") {
            Some(messages) => self.messages_v2(messages),
            None => Err(ParseError::InvalidData("object header continuation has no signature".into())),
        }
    }

    fn messages_v1(&mut self, block: &[u8]) -> Parse<()> {
        let mut cursor = Cursor::new(block);
        while cursor.remaining() >= 8 {
            let kind = cursor.read_u16_le()?;
            let size = cursor.read_u16_le()?;
            let flags = cursor.read_u8()?;
            cursor.skip(3)?;
            let body = cursor.read_bytes(usize::from(size))?;
            self.keep(kind, flags, None, body)?;
        }
        Ok(())
    }

    fn messages_v2(&mut self, block: &[u8]) -> Parse<()> {
        let envelope = if self.orders { 6 } else { 4 };
        let mut cursor = Cursor::new(block);
        // Fewer bytes than an envelope at the end are a gap.
        while cursor.remaining() >= envelope {
            let kind = u16::from(cursor.read_u8()?);
            let size = cursor.read_u16_le()?;
            let flags = cursor.read_u8()?;
            let order = if self.orders { Some(u32::from(cursor.read_u16_le()?)) } else { None };
            let body = cursor.read_bytes(usize::from(size))?;
            self.keep(kind, flags, order, body)?;
        }
        Ok(())
    }

    fn keep(&mut self, kind: u16, flags: u8, order: Option<u32>, body: &[u8]) -> Parse<()> {
        match kind {
            MSG_NIL => {}
            MSG_CONTINUATION => {
                let mut cursor = Cursor::new(body);
                let offset = cursor.read_offset(self.file.offset_size)?;
                let length = cursor.read_length(self.file.length_size)?;
                self.queue.push_back((offset, length));
            }
            _ => {
                let shared = flags & 0x02 != 0;
                self.header.messages.push(Message { kind, shared, order, body: body.to_vec() });
            }
        }
        Ok(())
    }
}

/// A block of a version-2 header without its checksum, which must agree.
fn checked(block: &[u8]) -> Parse<&[u8]> {
    let (data, stored) = block
        .split_last_chunk::<4>()
        .ok_or_else(|| ParseError::InvalidData("object header is shorter than its checksum".into()))?;
    let (expected, actual) = (u32::from_le_bytes(*stored), jenkins_lookup3(data));
    if expected == actual { Ok(data) } else { Err(ParseError::ChecksumMismatch { expected, actual }) }
}
