//! Tests of the recipe as a whole; those of one part stand beside it.

mod hostile;
mod inputs;
mod reading;
mod schema;
