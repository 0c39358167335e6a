#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| pangeo_fuzz::hdf5(data));
