use super::cdl::dataset;
use super::*;

const CMIP: &str = r#"netcdf tas {
dimensions:
  time = UNLIMITED ; // (12 currently)
  lat = 4 ; lon = 8 ; bnds = 2 ; lev = 3 ;
variables:
  double time(time) ; time:bounds = "time_bnds" ; time:units = "days since 1850-01-01" ; time:axis = "T" ;
  double time_bnds(time, bnds) ;
  double lat(lat) ; lat:bounds = "lat_bnds" ; lat:units = "degrees_north" ; lat:axis = "Y" ;
  double lat_bnds(lat, bnds) ;
  double lon(lon) ; lon:units = "degrees_east" ;
  double lon_bnds(lon, bnds) ;
  double lev(lev) ; lev:standard_name = "atmosphere_hybrid_sigma_pressure_coordinate" ;
    lev:formula_terms = "p0: p0 a: a b: b ps: ps" ;
  double p0 ; double a(lev) ; double b(lev) ;
  float ps(time, lat, lon) ; ps:cell_measures = "area: areacella" ;
  double height ; height:units = "m" ; height:positive = "up" ; height:standard_name = "height" ;
  float tas(time, lat, lon) ; tas:coordinates = "height" ; tas:cell_measures = "area: areacella" ;
    tas:ancillary_variables = "tas_flag" ;
  byte tas_flag(time, lat, lon) ;
  float ta(time, lev, lat, lon) ;
  float areacella(lat, lon) ;
}"#;

#[test]
fn an_atmosphere_model_file() {
    let roles = Roles::of(&dataset(CMIP));
    assert_eq!(roles.data_variables(), ["ps", "tas", "tas_flag", "ta"]);
    assert_eq!(roles.time_coordinate("tas"), Some("time"));
    assert_eq!(roles.latitude("ta"), Some("lat"));
    assert_eq!(roles.longitude("ta"), Some("lon"));
    assert_eq!(roles.vertical("ta"), Some("lev"));
    assert_eq!(roles.vertical("tas"), Some("height"));
    assert_eq!(roles.bounds_of("time"), Some("time_bnds"));
    assert_eq!(roles.bounds_of("lon"), Some("lon_bnds"), "known by its name");
    assert_eq!(roles.axis_of_dimension("lev"), Some(Axis::Vertical));
    assert_eq!(roles.axis_of_dimension("bnds"), None);
}

#[test]
fn all_that_a_variable_needs_comes_along() {
    let roles = Roles::of(&dataset(CMIP));
    let tas = roles.companions(&["tas"]);
    let expected =
        ["time", "time_bnds", "lat", "lat_bnds", "lon", "lon_bnds", "height", "tas", "tas_flag", "areacella"];
    assert_eq!(tas, expected);
    let ta = roles.companions(&["ta"]);
    assert!(["lev", "p0", "a", "b", "ps", "areacella"].iter().all(|n| ta.iter().any(|t| t == n)), "{ta:?}");
    assert!(!ta.iter().any(|n| n == "tas" || n == "height"), "{ta:?}");
}

#[test]
fn a_rotated_grid_has_true_latitudes_too() {
    let data = dataset(
        r#"netcdf cordex { dimensions: time = 2 ; rlat = 3 ; rlon = 4 ; vertices = 4 ; variables:
        double time(time) ; time:units = "days since 1949-12-01" ;
        double rlat(rlat) ; rlat:standard_name = "grid_latitude" ; rlat:units = "degrees" ;
        double rlon(rlon) ; rlon:standard_name = "grid_longitude" ; rlon:units = "degrees" ;
        double lat(rlat, rlon) ; lat:units = "degrees_north" ; lat:bounds = "lat_vertices" ;
        double lon(rlat, rlon) ; lon:units = "degrees_east" ;
        double lat_vertices(rlat, rlon, vertices) ;
        char rotated_pole ; rotated_pole:grid_mapping_name = "rotated_latitude_longitude" ;
        float pr(time, rlat, rlon) ; pr:coordinates = "lon lat" ; pr:grid_mapping = "rotated_pole" ; }"#,
    );
    let roles = Roles::of(&data);
    assert_eq!(roles.data_variables(), ["pr"]);
    assert_eq!(roles.latitude("pr"), Some("lat"));
    assert_eq!(roles.grid_coordinate("pr", Axis::X), Some("rlon"));
    assert_eq!(roles.grid_mapping("pr"), Some("rotated_pole"));
    assert_eq!(roles.axis_of_dimension("rlat"), Some(Axis::Y));
    assert_eq!(roles.companions(&["pr"]).len(), data.variables.len());
}

#[test]
fn two_grid_mappings_and_their_coordinates() {
    let data = dataset(
        r#"netcdf osgb { dimensions: y = 2 ; x = 3 ; variables:
        double x(x) ; x:standard_name = "projection_x_coordinate" ; x:units = "m" ;
        double y(y) ; y:standard_name = "projection_y_coordinate" ; y:units = "m" ;
        double lat(y, x) ; lat:units = "degrees_north" ; double lon(y, x) ; lon:units = "degrees_east" ;
        int crsWGS84 ; crsWGS84:grid_mapping_name = "latitude_longitude" ;
        int crsOSGB ; crsOSGB:grid_mapping_name = "transverse_mercator" ;
        float temp(y, x) ; temp:grid_mapping = "crsWGS84: lat lon crsOSGB: x y" ; }"#,
    );
    let roles = Roles::of(&data);
    assert_eq!(roles.grid_mapping("temp"), Some("crsOSGB"));
    assert_eq!(roles.latitude("temp"), Some("lat"));
    assert_eq!(roles.companions(&["temp"]).len(), 7);
}

#[test]
fn an_ocean_grid_that_lists_nothing() {
    let data = dataset(
        r#"netcdf nemo { dimensions: time_counter = 1 ; deptht = 2 ; y = 3 ; x = 4 ; variables:
        float nav_lat(y, x) ; nav_lat:units = "degrees_north" ;
        float nav_lon(y, x) ; nav_lon:units = "degrees_east" ;
        float deptht(deptht) ; deptht:units = "m" ;
        double time_counter(time_counter) ; time_counter:units = "seconds since 1900-01-01" ;
        float votemper(time_counter, deptht, y, x) ; float depth_mixed(time_counter, y, x) ; }"#,
    );
    let roles = Roles::of(&data);
    assert_eq!(roles.data_variables(), ["votemper", "depth_mixed"]);
    assert_eq!(roles.latitude("votemper"), Some("nav_lat"));
    assert_eq!(roles.time_coordinate("votemper"), Some("time_counter"));
    assert_eq!(roles.vertical("votemper"), Some("deptht"));
    assert_eq!(roles.companions(&["depth_mixed"]), ["nav_lat", "nav_lon", "time_counter", "depth_mixed"]);
}

#[test]
fn dimensions_of_odd_names_are_known_by_their_latitudes() {
    let data = dataset(
        r#"netcdf pop { dimensions: rows = 3 ; cols = 4 ; variables:
        double TLAT(rows, cols) ; TLAT:units = "degrees_north" ; double TLONG(rows, cols) ; TLONG:units = "degrees_east" ;
        float SST(rows, cols) ; SST:coordinates = "TLONG TLAT" ; }"#,
    );
    let roles = Roles::of(&data);
    assert_eq!(roles.axis_of_dimension("rows"), Some(Axis::Y));
    assert_eq!(roles.axis_of_dimension("cols"), Some(Axis::X));
}

#[test]
fn stations_have_places_but_no_axes() {
    let data = dataset(
        r#"netcdf stations { dimensions: station = 3 ; time = 4 ; len = 8 ; variables:
        char name(station, len) ; name:cf_role = "timeseries_id" ;
        float lat(station) ; lat:units = "degrees_north" ; float lon(station) ; lon:units = "degrees_east" ;
        double time(time) ; time:units = "hours since 2000-01-01" ;
        float t(station, time) ; t:coordinates = "time lat lon name" ; }"#,
    );
    let roles = Roles::of(&data);
    assert_eq!(roles.axis_of_dimension("station"), None);
    assert_eq!(roles.axis_of_dimension("time"), Some(Axis::Time));
    assert_eq!(roles.latitude("t"), Some("lat"));
    assert_eq!(roles.role("name"), Some(Role::AuxiliaryCoordinate));
    assert_eq!(roles.data_variables(), ["t"]);
}

#[test]
fn ragged_trajectories_bring_their_counts() {
    let data = dataset(
        r#"netcdf drifters { dimensions: traj = 2 ; obs = 9 ; variables:
        int row_size(traj) ; row_size:sample_dimension = "obs" ; int id(traj) ; id:cf_role = "trajectory_id" ;
        double time(obs) ; time:units = "days since 2000-01-01" ; float lat(obs) ; lat:units = "degrees_north" ;
        float lon(obs) ; lon:units = "degrees_east" ; float sst(obs) ; sst:coordinates = "time lat lon id" ; }"#,
    );
    let roles = Roles::of(&data);
    assert_eq!(roles.companions(&["sst"]), ["row_size", "id", "time", "lat", "lon", "sst"]);
    assert_eq!(roles.time_coordinate("sst"), Some("time"));
    assert_eq!(roles.axis_of_dimension("obs"), None);
}

#[test]
fn a_mesh_brings_nodes_and_connectivity() {
    let data = dataset(
        r#"netcdf mesh { dimensions: nface = 2 ; nnode = 5 ; three = 3 ; variables:
        int mesh ; mesh:cf_role = "mesh_topology" ; mesh:node_coordinates = "node_lon node_lat" ;
          mesh:face_coordinates = "face_lon face_lat" ; mesh:face_node_connectivity = "face_nodes" ;
        double node_lon(nnode) ; node_lon:units = "degrees_east" ; double node_lat(nnode) ; node_lat:units = "degrees_north" ;
        double face_lon(nface) ; face_lon:units = "degrees_east" ; double face_lat(nface) ; face_lat:units = "degrees_north" ;
        int face_nodes(nface, three) ;
        float t(nface) ; t:mesh = "mesh" ; t:location = "face" ; }"#,
    );
    let roles = Roles::of(&data);
    assert_eq!(roles.latitude("t"), Some("face_lat"));
    assert_eq!(roles.mesh("t"), Some("mesh"));
    assert_eq!(roles.companions(&["t"]).len(), data.variables.len());
    assert_eq!(roles.data_variables(), ["t"]);
}

#[test]
fn a_forecast_has_two_times() {
    let data = dataset(
        r#"netcdf fc { dimensions: time = 2 ; step = 3 ; variables:
        double time(time) ; time:units = "hours since 2000-01-01" ; time:standard_name = "forecast_reference_time" ;
        double step(step) ; step:units = "hours" ; step:standard_name = "forecast_period" ;
        double valid_time(time, step) ; valid_time:units = "hours since 2000-01-01" ; valid_time:standard_name = "time" ;
        float t(time, step) ; t:coordinates = "valid_time" ; float s(time) ; }"#,
    );
    let roles = Roles::of(&data);
    assert_eq!(roles.time_coordinate("t"), Some("time"), "one-dimensional before two-dimensional");
    assert_eq!(roles.axis_of_dimension("step"), None);
    assert_eq!(roles.kind("time"), Kind::ReferenceTime);
}

#[test]
fn missing_references_and_circles_are_harmless() {
    let data = dataset(
        r#"netcdf odd { dimensions: x = 1 ; variables:
        float a(x) ; a:ancillary_variables = "b gone" ; a:cell_measures = "area: elsewhere" ; a:coordinates = "a" ;
        float b(x) ; b:ancillary_variables = "a" ; }"#,
    );
    let roles = Roles::of(&data);
    assert_eq!(roles.companions(&["a", "nothing"]), ["a", "b"]);
    assert_eq!(roles.data_variables(), ["a", "b"]);
}

#[test]
fn a_data_variable_called_like_a_coordinate_stays_data() {
    let data = dataset(
        r#"netcdf bathymetry { dimensions: lat = 2 ; lon = 2 ; variables: float lat(lat) ; float lon(lon) ;
        float depth(lat, lon) ; depth:units = "m" ; depth:positive = "down" ; depth:standard_name = "depth" ; }"#,
    );
    let roles = Roles::of(&data);
    assert_eq!(roles.data_variables(), ["depth"]);
    assert_eq!(roles.latitude("depth"), Some("lat"), "known by its name");
}
