//! Where the values will lie, and the header that says so.

use super::draft::{Draft, ExternalAttribute};
use crate::io::netcdf::classic::external;
use crate::io::netcdf::classic::header::{ATTRIBUTE, ClassicKind, DIMENSION, VARIABLE};
use crate::io::netcdf::classic::layout::Layout;
use crate::io::netcdf::classic_model::WAY_OUT;
use crate::{Error, Result};

/// A draft with every value in its place.
#[derive(Debug)]
pub(super) struct Placed {
    /// The header, complete.
    pub(super) header: Vec<u8>,
    /// Where each variable lies.
    pub(super) layouts: Vec<Layout>,
    /// Bytes of padding behind each variable, behind each record of a record variable.
    pub(super) padding: Vec<u64>,
    /// Length of the file.
    pub(super) end: u64,
}

/// Largest length of a dimension and of a variable (a record of it) that others follow, largest offset.
fn limits(kind: ClassicKind) -> (u64, u64) {
    match kind {
        ClassicKind::Cdf1 => (i32::MAX as u64 - 3, i32::MAX as u64),
        ClassicKind::Cdf2 => (u64::from(u32::MAX) - 3, i64::MAX as u64),
        ClassicKind::Cdf5 => (i64::MAX as u64 - 3, i64::MAX as u64),
    }
}

/// Place the variables of `draft` in a file of `kind`: fixed ones first, then record by record, each
/// on a multiple of four bytes — except that the records of a single record variable touch.
///
/// # Errors
/// When something is too large for the format.
pub(super) fn place(draft: &Draft, kind: ClassicKind) -> Result<Placed> {
    let (largest, last_offset) = limits(kind);
    for dimension in &draft.dimensions {
        if dimension.length as u64 > largest {
            return Err(too_large(&format!("dimension '{}'", dimension.name)));
        }
    }
    let slabs = slabs(draft, largest)?;
    let header = header_bytes(draft, kind, &slabs, &vec![0; slabs.len()])?;
    let records: Vec<bool> = draft.variables.iter().map(|v| v.is_record).collect();
    let alone = records.iter().filter(|&&r| r).count() == 1;
    let mut begins = vec![0; slabs.len()];
    let mut padding = vec![0; slabs.len()];
    let mut at = header.len() as u64;
    let mut record = 0u64;
    for is_record in [false, true] {
        for (v, &slab) in slabs.iter().enumerate().filter(|(v, _)| records.get(*v) == Some(&is_record)) {
            let place = || format!("variable '{}'", draft.variables.get(v).map_or("", |v| v.name.as_str()));
            let pad = if is_record && alone { 0 } else { (4 - slab % 4) % 4 };
            if at > last_offset {
                return Err(too_large(&place()));
            }
            set(&mut begins, v, at);
            set(&mut padding, v, pad);
            let size = slab + pad;
            at = at.checked_add(size).ok_or_else(|| too_large(&place()))?;
            record += if is_record { size } else { 0 };
        }
    }
    let mut end = at.saturating_sub(record);
    let mut layouts = Vec::with_capacity(slabs.len());
    for (variable, &begin) in draft.variables.iter().zip(&begins) {
        let distance = variable.is_record.then_some(record);
        let layout = Layout::new(begin, variable.shape.clone(), variable.data_type.size(), distance)
            .ok_or_else(|| too_large(&format!("variable '{}'", variable.name)))?;
        layouts.push(layout);
    }
    if record > 0 {
        let count = draft.dimensions.iter().find(|d| d.unlimited).map_or(0, |d| d.length as u64);
        let bytes = record.checked_mul(count).and_then(|n| n.checked_add(end));
        end = bytes.ok_or_else(|| too_large("the records"))?;
    }
    let header = header_bytes(draft, kind, &slabs, &begins)?;
    Ok(Placed { header, layouts, padding, end })
}

fn set(list: &mut [u64], at: usize, value: u64) {
    if let Some(place) = list.get_mut(at) {
        *place = value;
    }
}

fn too_large(place: &str) -> Error {
    Error::unsupported("too large for this netCDF format", place).with_hint(WAY_OUT)
}

/// Bytes of each variable, of one record for record variables. Only the very last may exceed
/// `largest`: nothing else's offset depends on it.
fn slabs(draft: &Draft, largest: u64) -> Result<Vec<u64>> {
    let any_record = draft.variables.iter().any(|v| v.is_record);
    let last = draft.variables.iter().rposition(|v| v.is_record == any_record);
    let mut slabs = Vec::with_capacity(draft.variables.len());
    for (at, variable) in draft.variables.iter().enumerate() {
        let size = variable.data_type.size();
        let record = variable.is_record.then_some(0);
        let slab = Layout::new(0, variable.shape.clone(), size, record).map(|l| l.slab());
        match slab.filter(|&n| n <= largest || (Some(at) == last && i64::try_from(n).is_ok_and(|n| n < i64::MAX - 3))) {
            Some(slab) => slabs.push(slab),
            None => return Err(too_large(&format!("variable '{}'", variable.name))),
        }
    }
    Ok(slabs)
}

/// The header of `draft`; its length does not depend on `begins`.
fn header_bytes(draft: &Draft, kind: ClassicKind, slabs: &[u64], begins: &[u64]) -> Result<Vec<u8>> {
    let mut out = Writer { bytes: vec![b'C', b'D', b'F', kind.version()], wide: kind == ClassicKind::Cdf5 };
    out.count(draft.dimensions.iter().find(|d| d.unlimited).map_or(0, |d| d.length as u64))?;
    out.list(DIMENSION, draft.dimensions.len())?;
    for dimension in &draft.dimensions {
        out.name(&dimension.name)?;
        out.count(if dimension.unlimited { 0 } else { dimension.length as u64 })?;
    }
    out.attributes(&draft.attributes)?;
    out.list(VARIABLE, draft.variables.len())?;
    for ((variable, &slab), &begin) in draft.variables.iter().zip(slabs).zip(begins) {
        out.name(&variable.name)?;
        out.count(variable.dimensions.len() as u64)?;
        for &dimension in &variable.dimensions {
            out.count(dimension as u64)?;
        }
        out.attributes(&variable.attributes)?;
        out.u32(external::code(&variable.data_type).unwrap_or(0));
        let size = slab.next_multiple_of(4);
        // A size beyond 32 bits is marked; readers work it out from the dimensions.
        let marked = if !out.wide && size > u64::from(u32::MAX) - 3 { u64::from(u32::MAX) } else { size };
        out.count(marked)?;
        match kind {
            ClassicKind::Cdf1 => out.u32(u32::try_from(begin).map_err(|_| too_large("offset"))?),
            ClassicKind::Cdf2 | ClassicKind::Cdf5 => out.bytes.extend_from_slice(&begin.to_be_bytes()),
        }
    }
    Ok(out.bytes)
}

/// A header under construction.
struct Writer {
    bytes: Vec<u8>,
    wide: bool,
}

impl Writer {
    fn u32(&mut self, n: u32) {
        self.bytes.extend_from_slice(&n.to_be_bytes());
    }

    /// A count: four bytes, eight in CDF-5.
    fn count(&mut self, n: u64) -> Result<()> {
        if self.wide {
            self.bytes.extend_from_slice(&n.to_be_bytes());
        } else {
            self.u32(u32::try_from(n).map_err(|_| too_large("the header"))?);
        }
        Ok(())
    }

    fn list(&mut self, tag: u32, count: usize) -> Result<()> {
        self.u32(if count == 0 { 0 } else { tag });
        self.count(count as u64)
    }

    fn padded(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
    }

    fn name(&mut self, name: &str) -> Result<()> {
        self.count(name.len() as u64)?;
        self.padded(name.as_bytes());
        Ok(())
    }

    fn attributes(&mut self, attributes: &[ExternalAttribute]) -> Result<()> {
        self.list(ATTRIBUTE, attributes.len())?;
        for attribute in attributes {
            self.name(&attribute.name)?;
            self.u32(external::code(&attribute.data_type).unwrap_or(0));
            self.count(attribute.count)?;
            self.padded(&attribute.bytes);
        }
        Ok(())
    }
}
