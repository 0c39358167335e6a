//! Map projections: the usual ones in closed form, any other through PROJ.
