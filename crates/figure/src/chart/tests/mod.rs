//! Tests of charts.

mod axes;
mod drawing;
mod gallery;
mod hostile;
mod numbers;
