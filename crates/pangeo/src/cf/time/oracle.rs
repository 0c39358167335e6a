//! Every calendar against cftime, value by value.
