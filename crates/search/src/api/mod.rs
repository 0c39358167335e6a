//! STAC APIs.
