//! Conditions on values, such as `t2m > 273.15 and lsm < 0.5`.
