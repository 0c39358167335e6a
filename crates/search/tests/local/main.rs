//! Searches of files and static catalogs, also over HTTP, against what other programs find in them.

mod found;
mod malformed;
mod remote;
