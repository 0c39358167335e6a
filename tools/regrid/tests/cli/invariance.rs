//! Results do not depend on threads, memory, the format or the chunks of the input.

use std::path::{Path, PathBuf};

use testkit::{fixture, run};

use super::METHODS;

/// `TOOL INPUT -o FOLDER/NAME` with these arguments.
fn made(tool: &str, folder: &Path, name: &str, input: &Path, arguments: &[&str]) -> PathBuf {
    let output = folder.join(name);
    let (input, path) = (input.to_string_lossy(), output.to_string_lossy());
    run(tool, &[&[&*input, "-o", &path, "--no-history", "--overwrite"], arguments].concat()).ok();
    output
}

/// The bytes of a classic file, which has no room for chance.
fn bytes(folder: &Path, input: &Path, request: &[&str], how: &[&str]) -> Vec<u8> {
    let all = [request, how, &["--format", "cdf5"]].concat();
    std::fs::read(made("regrid", folder, "out.nc", input, &all)).unwrap()
}

#[test]
fn threads_and_memory_change_no_bit() {
    let folder = tempfile::tempdir().unwrap();
    for (input, variable, target) in
        [("coads_climatology.cdf", "SST", "r37x19"), ("orca2_votemper.nc", "votemper", "n16")]
    {
        let input = fixture(input);
        for method in METHODS {
            let request = ["--method", method, "--target", target, "-v", variable, "--extrapolate", "nearest"];
            let one = bytes(folder.path(), &input, &request, &["--threads", "1", "--memory", "1G"]);
            for how in [["--threads", "2", "--memory", "1G"], ["--threads", "3", "--memory", "16M"]] {
                assert!(one == bytes(folder.path(), &input, &request, &how), "{variable} {method} {how:?}");
            }
        }
    }
}

#[test]
fn the_chunks_and_the_format_of_the_input_change_no_value() {
    let folder = tempfile::tempdir().unwrap();
    let input = fixture("air_temperature_small.nc");
    let requests: Vec<Vec<&str>> =
        METHODS.iter().map(|method| vec!["--method", method, "--resolution", "3.3", "--bbox=210,20,309,53"]).collect();
    let plain: Vec<PathBuf> = requests
        .iter()
        .enumerate()
        .map(|(i, request)| made("regrid", folder.path(), &format!("plain{i}.nc"), &input, request))
        .collect();
    for (format, chunks) in [("netcdf4", "time=1,lat=7,lon=5"), ("zarr", "time=20,lat=3,lon=53"), ("netcdf3", "")] {
        let how =
            if chunks.is_empty() { vec!["--format", format] } else { vec!["--format", format, "--chunk", chunks] };
        let other = made("subset", folder.path(), &format!("in.{format}"), &input, &how);
        for (request, plain) in requests.iter().zip(&plain) {
            let again = made("regrid", folder.path(), "out.nc", &other, request);
            run("inspect", &[&*plain.to_string_lossy(), "--compare", &again.to_string_lossy()]).ok();
        }
    }
}

#[test]
fn netcdf_and_zarr_outputs_are_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let input = fixture("made/monthly_bounds.nc");
    let request = ["--method", "conservative", "--target", "r7x5"];
    let netcdf = made("regrid", folder.path(), "out.nc", &input, &request);
    for format in ["netcdf3", "zarr", "zarr2", "zarr.zip"] {
        let how = [&request[..], &["--format", format]].concat();
        let other = made("regrid", folder.path(), &format!("out.{format}"), &input, &how);
        run("inspect", &[&*netcdf.to_string_lossy(), "--compare", &other.to_string_lossy()]).ok();
    }
}

#[test]
fn a_small_budget_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("out.nc").display().to_string();
    let input = fixture("coads_climatology.cdf").display().to_string();
    let how = ["--method", "bilinear", "--target", "r720x360", "--memory", "16M", "--format", "netcdf3"];
    let said = run("regrid", &[&[&*input, "-o", &output], &how[..]].concat());
    said.ok();
    assert!(said.peak_rss_mib < 120.0, "{said}");
}
