//! Each format by URL gives what it gives from disk.

use super::*;

/// Convert all of `name`, remote and local.
fn same(name: &str) {
    let folder = scratch(&format!("formats-{}", name.replace(['/', '.'], "-")));
    let requests = cut_both_ways(&serve(), name, &[], &folder);
    assert!(!requests.is_empty());
}

#[test]
fn classic() {
    same("coads_climatology.cdf");
}

#[test]
fn offset64_bit() {
    same("mesh_C4_synthetic_float.nc");
}

#[test]
fn cdf5() {
    same("made/types_cdf5.nc");
}

#[test]
fn netcdf4() {
    same("air_temperature_small.nc");
    same("A1B_north_america.nc");
}

#[test]
fn netcdf4_classic_model() {
    same("nemo_201501.nc");
}

#[test]
fn netcdf4_packed() {
    same("made/packed_1.nc");
}

#[test]
fn netcdf4_contiguous() {
    same("hybrid_height.nc");
}

#[test]
fn hdf5_with_every_chunk_index() {
    for name in ["btree2", "extensible", "fixed", "single"] {
        same(&format!("made/index_{name}.h5"));
    }
}

#[test]
fn zarr_v2() {
    same("made/monthly_v2.zarr");
}

#[test]
fn zarr_v3() {
    same("made/monthly_v3.zarr");
}

#[test]
fn stores_that_subset_wrote() {
    let folder = scratch("formats-written");
    let rows = [("v3.zarr", "zarr"), ("v2.zarr", "zarr2"), ("packed.zarr.zip", "zarr.zip"), ("plain", "zarr")];
    for (name, format) in rows {
        let store = cut(&[&local("air_temperature_small.nc")], &["--format", format], &folder, name);
        let server = Server::folder(&folder);
        for address in [name, &format!("{name}/")] {
            if address.ends_with("zip/") {
                continue;
            }
            let remote = cut(&[&server.url(address)], &[], &folder, "remote.nc");
            assert_same(&remote, &store);
        }
    }
}

#[test]
fn several_inputs_are_joined() {
    let folder = scratch("formats-joined");
    let server = serve();
    let names = ["made/packed_2.nc", "made/packed_1.nc"];
    let urls = names.map(|name| server.url(name));
    let paths = names.map(local);
    let remote = cut(&[&urls[0], &urls[1]], &[], &folder, "remote.nc");
    let local = cut(&[&paths[0], &paths[1]], &[], &folder, "local.nc");
    assert_same(&remote, &local);
    let mixed = cut(&[&urls[0], &paths[1]], &[], &folder, "mixed.nc");
    assert_same(&mixed, &local);
    let list = folder.join("list");
    std::fs::write(&list, urls.join("\n")).unwrap();
    let listed = cut(&[&format!("@{}", list.display())], &[], &folder, "listed.nc");
    assert_same(&listed, &local);
}
