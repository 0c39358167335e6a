//! Units of measure, as UDUNITS-2 reads them.
