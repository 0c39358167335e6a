//! Horizontal grids, boxes, polygons and nearest cells.

pub mod polygon;
