//! Ragged arrays, gathered points, geometries.

use super::{check, cut, refused};

/// Profiles of 2, 0 and 3 samples.
const CONTIGUOUS: &str = r#"netcdf contiguous { dimensions: p = 3 ; o = 5 ; variables:
    int p(p) ; p:cf_role = "profile_id" ; int rs(p) ; rs:sample_dimension = "o" ;
    double time(o) ; time:units = "days since 2000-01-01" ; time:standard_name = "time" ;
    double z(o) ; z:units = "m" ; z:positive = "down" ;
    float t(o) ; t:coordinates = "time z" ;
    data: p = 1, 2, 3 ; rs = 2, 0, 3 ; time = 0, 1, 0, 1, 2 ; z = 1, 2, 1, 2, 3 ; t = 10, 11, 30, 31, 32 ; }"#;

#[test]
fn contiguous_samples_follow_their_instances_and_are_counted_anew() {
    check(
        CONTIGUOUS,
        &[
            ("sel p=3", "rs=3 t=30,31,32 z=1,2,3 p=3"),
            ("isel p=::-1", "rs=3,0,2 t=30,31,32,10,11 p=3,2,1"),
            ("isel p=1:", "rs=0,3 t=30,31,32"),
            ("level 2", "rs=1,0,1 t=11,31 p=1,2,3"),
            ("isel o=1:3", "rs=1,0,1 t=11,30"),
            ("isel o=-1", "rs=0,0,1 t=32"),
            ("time 2000-01-02/", "rs=1,0,2 t=11,31,32"),
            ("v t; sel p=1", "rs=2 t=10,11"),
            ("isel p=2; level 1/2", "rs=2 t=30,31"),
            ("level 1/2; isel p=2", "rs=2 t=30,31"),
        ],
    );
    assert!(refused(CONTIGUOUS, "isel o=::-1").to_string().contains("side by side"));
    assert!(refused(CONTIGUOUS, "sel p=2").to_string().contains("selects nothing"));
    let wrong = CONTIGUOUS.replace("rs = 2, 0, 3", "rs = 2, 0, 9");
    assert!(refused(&wrong, "sel p=1").to_string().contains("11 values where there are 5"));
}

/// Trajectories 0, 1, 2 with samples in between each other; the one of index 7 is nobody's.
const INDEXED: &str = r#"netcdf indexed { dimensions: trajectory = 3 ; o = 6 ; variables:
    int trajectory(trajectory) ; trajectory:cf_role = "trajectory_id" ; short ix(o) ; ix:instance_dimension = "trajectory" ;
    float t(o) ; data: trajectory = 5, 6, 7 ; ix = 2, 0, 7, 1, 2, 1 ; t = 20, 0, -1, 10, 21, 11 ; }"#;

#[test]
fn indexed_samples_follow_their_instances_and_are_numbered_anew() {
    check(
        INDEXED,
        &[
            ("isel trajectory=1:", "ix=1,0,1,0 t=20,10,21,11 trajectory=6,7"),
            ("sel trajectory=7", "ix=0,0 t=20,21"),
            ("isel trajectory=::-1", "ix=0,2,1,0,1 t=20,0,10,21,11 trajectory=7,6,5"),
            ("isel o=3:", "ix=1,2,1 t=10,21,11 trajectory=5,6,7"),
            ("isel o=3:; isel trajectory=1", "ix=0,0 t=10,11"),
        ],
    );
}

#[test]
fn places_of_instances_and_of_samples_both_count() {
    let gliders = r#"netcdf gliders { dimensions: p = 2 ; o = 4 ; variables:
        int id(p) ; id:cf_role = "profile_id" ; double lat(p) ; double lon(p) ; float depth(p) ; depth:coordinates = "lat lon" ;
        lat:units = "degrees_north" ; lon:units = "degrees_east" ; int rs(p) ; rs:sample_dimension = "o" ;
        double y(o) ; y:units = "degrees_north" ; double x(o) ; x:units = "degrees_east" ;
        float t(o) ; t:coordinates = "y x" ;
        data: id = 1, 2 ; lat = 0, 10 ; lon = 0, 10 ; depth = 5, 6 ; rs = 2, 2 ; y = 0, 1, 9, 12 ; x = 0, 1, 9, 12 ;
        t = 1, 2, 3, 4 ; }"#;
    check(gliders, &[("bbox 8,8,11,11", "id=2 depth=6 rs=1 t=3"), ("bbox -1,-1,10,10", "id=1,2 rs=2,1 t=1,2,3")]);
}

#[test]
fn numbers_that_count_from_one_without_a_word_are_refused() {
    let from_one = INDEXED.replace("ix = 2, 0, 7, 1, 2, 1", "ix = 3, 1, 1, 2, 3, 2");
    assert!(refused(&from_one, "isel trajectory=1").hint().unwrap().contains("start_index"));
}

/// Stations with profiles by index, each with counted samples (CF H.5.3).
const BOTH: &str = r#"netcdf both { dimensions: station = 2 ; profile = 3 ; obs = 6 ; variables:
    int station(station) ; station:cf_role = "timeseries_id" ;
    int profile(profile) ; profile:cf_role = "profile_id" ;
    int ix(profile) ; ix:instance_dimension = "station" ; int rs(profile) ; rs:sample_dimension = "obs" ;
    float t(obs) ;
    data: station = 1, 2 ; profile = 1, 2, 3 ; ix = 1, 0, 1 ; rs = 1, 2, 3 ; t = 1, 2, 2, 3, 3, 3 ; }"#;

#[test]
fn stations_take_their_profiles_and_these_their_samples() {
    check(
        BOTH,
        &[
            ("isel station=1", "profile=1,3 ix=0,0 rs=1,3 t=1,3,3,3"),
            ("isel profile=1", "station=1,2 ix=0 rs=2 t=2,2"),
            ("isel obs=2:4", "station=1,2 ix=1,0,1 rs=0,1,1 t=2,3"),
        ],
    );
}

#[test]
fn dimensions_that_only_ties_name_stay() {
    let lone = r#"netcdf lone { dimensions: i = 3 ; o = 2 ; variables: int ix(o) ; ix:instance_dimension = "i" ;
        float t(o) ; data: ix = 2, 0 ; t = 1, 2 ; }"#;
    let dataset = cut(lone, "v t").dataset;
    assert_eq!(dataset.dimension("i").map(|d| d.length), Some(3));
    check(lone, &[("isel i=2", "ix=0 t=1")]);
}

/// A grid of 3 × 4 of which 5 points are kept.
const GATHERED: &str = r#"netcdf land { dimensions: lat = 3 ; lon = 4 ; land = 5 ; variables:
    double lat(lat) ; lat:units = "degrees_north" ; double lon(lon) ; lon:units = "degrees_east" ;
    int land(land) ; land:compress = "lat lon" ; float soil(land) ;
    data: lat = 0, 10, 20 ; lon = 0, 5, 10, 15 ; land = 0, 3, 5, 6, 11 ; soil = 0, 3, 5, 6, 11 ; }"#;

#[test]
fn gathered_points_are_numbered_in_the_grid_that_is_left() {
    check(
        GATHERED,
        &[
            ("isel land=1:3", "land=3,5 soil=3,5 lat=0,10,20"),
            ("sel lat=10/20", "land=1,2,7 soil=5,6,11"),
            ("isel lon=1:3", "land=2,3 soil=5,6"),
            ("isel lat=1; isel lon=1:3", "land=0,1 soil=5,6"),
            ("isel lat=::-1", "land=8,11,5,6,3 soil=0,3,5,6,11"),
        ],
    );
    assert!(refused(GATHERED, "isel lat=2; isel lon=0").to_string().contains("selects nothing"));
}

#[test]
fn rows_of_reduced_grids_stay_whole() {
    let text = r#"netcdf r { dimensions: time = 2 ; rows = 2 ; lat = 2 ; rgrid = 6 ; variables: int rows(rows) ;
        double lat(lat) ; lat:units = "degrees_north" ; float t(time, rgrid) ; t:CDI_grid_latitudes = "lat" ;
        t:CDI_grid_reduced_points = "rows" ; data: rows = 3, 3 ; lat = 45, -45 ; }"#;
    for cut in ["isel rgrid=0:3", "isel lat=0", "isel rows=1"] {
        assert!(refused(text, cut).to_string().contains("the rows of a reduced grid"), "{cut}");
    }
    check(text, &[("isel time=0", "rows=3,3 lat=45,-45")]);
}

/// A square with a hole and a second part; a triangle.
const POLYGONS: &str = r#"netcdf polygons { dimensions: i = 2 ; n = 13 ; part = 4 ; variables:
    float d(i) ; d:geometry = "g" ; int g ; g:geometry_type = "polygon" ; g:node_count = "nc" ;
    g:node_coordinates = "x y" ; g:part_node_count = "pc" ; g:interior_ring = "ring" ;
    int nc(i) ; int pc(part) ; int ring(part) ; double x(n) ; double y(n) ;
    data: d = 1, 2 ; nc = 10, 3 ; pc = 4, 3, 3, 3 ; ring = 0, 1, 0, 0 ;
    x = 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 ; y = 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1 ; }"#;

#[test]
fn geometries_take_their_nodes_and_parts_along() {
    check(
        POLYGONS,
        &[
            ("isel i=1", "d=2 nc=3 pc=3 ring=0 x=10,11,12 y=1,1,1"),
            ("v d; isel i=0", "nc=10 pc=4,3,3 ring=0,1,0 x=0,1,2,3,4,5,6,7,8,9"),
            ("isel i=::-1", "nc=3,10 pc=3,4,3,3 ring=0,0,1,0 x=10,11,12,0,1,2,3,4,5,6,7,8,9"),
        ],
    );
    for (text, dimension) in [("isel n=0:5", "'n'"), ("isel part=0", "'part'")] {
        let error = refused(POLYGONS, text);
        assert!(error.to_string().contains(dimension), "{error}");
        assert!(error.hint().unwrap().contains("along 'i'"), "{error}");
    }
}

#[test]
fn tie_points_are_not_cut() {
    let tied = r#"netcdf tied { dimensions: x = 5 ; tp = 2 ; variables: float d(x) ;
        d:coordinate_interpolation = "lon: li" ; char li ; li:interpolation_name = "linear" ;
        li:tie_point_mapping = "x: xi tp" ; int xi(tp) ; float lon(tp) ; data: xi = 0, 4 ; lon = 0, 8 ; }"#;
    assert!(refused(tied, "isel x=1:3").to_string().contains("'x' holds values to be interpolated"));
}

#[test]
fn points_do_not_take_ragged_arrays_apart() {
    let buoys = r#"netcdf buoys { dimensions: i = 2 ; o = 3 ; variables:
        double lat(i) ; lat:units = "degrees_north" ; double lon(i) ; lon:units = "degrees_east" ;
        float depth(i) ; depth:coordinates = "lat lon" ; int rs(i) ; rs:sample_dimension = "o" ; float t(o) ;
        data: lat = 0, 10 ; lon = 0, 10 ; depth = 5, 6 ; rs = 1, 2 ; t = 1, 2, 2 ; }"#;
    let mut subset = super::request("");
    subset.points = vec![crate::ops::subset::points::Point { longitude: 0.0, latitude: 0.0, name: None, time: None }];
    let error = subset.apply(crate::cf::roles::cdl::dataset(buoys)).unwrap_err();
    assert!(error.to_string().contains("'i'") && error.to_string().contains("'rs'"), "{error}");
    check(buoys, &[("bbox 5,5,15,15", "depth=6 rs=2 t=2,2")]);
}
