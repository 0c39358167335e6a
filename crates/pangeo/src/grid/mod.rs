//! Horizontal grids, boxes, polygons and nearest cells.
