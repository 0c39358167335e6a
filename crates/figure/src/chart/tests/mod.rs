//! Tests of charts.

mod axes;
mod contours;
mod drawing;
mod gallery;
mod hostile;
mod numbers;
