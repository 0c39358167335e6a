use super::*;
use crate::cf::roles::cdl;
use crate::model::Buffer;

fn point(longitude: f64, latitude: f64) -> Point {
    Point { longitude, latitude, name: None, time: None }
}

fn at(longitude: f64, latitude: f64, time: &str) -> Point {
    Point { time: Some(time.to_owned()), ..point(longitude, latitude) }
}

fn values(dataset: &Dataset, name: &str) -> Vec<f64> {
    dataset.require(name).unwrap().array.read_all().unwrap().data().to_f64().unwrap()
}

fn dimensions<'a>(dataset: &'a Dataset, name: &str) -> Vec<&'a str> {
    dataset.require(name).unwrap().dimensions.iter().map(String::as_str).collect()
}

fn coordinates<'a>(dataset: &'a Dataset, name: &str) -> &'a str {
    dataset.require(name).unwrap().attributes.text("coordinates").unwrap()
}

/// Two steps on three rows and four columns over Greenwich: 10 × step + row + column / 10.
fn field() -> Dataset {
    cdl::dataset(
        r#"netcdf t { dimensions: time = 2 ; lat = 3 ; lon = 4 ; nv = 2 ; variables:
        double time(time) ; time:units = "days since 2020-02-28" ; time:axis = "T" ; time:bounds = "time_bnds" ;
        double time_bnds(time, nv) ;
        float lat(lat) ; lat:units = "degrees_north" ; lat:axis = "Y" ; lat:bounds = "lat_bnds" ;
        double lat_bnds(lat, nv) ; double lon(lon) ; lon:units = "degrees_east" ; lon:axis = "X" ;
        float t(time, lat, lon) ; t:cell_measures = "area: area" ; t:actual_range = 0.f, 12.f ;
        double area(lat, lon) ; area:units = "m2" ; float zonal(time, lat) ; float co2(time) ; float depth(nv) ;
        data: time = 0, 1 ; time_bnds = 0, 1, 1, 2 ; lat = 60, 58, 56 ; lat_bnds = 61, 59, 59, 57, 57, 55 ;
        lon = 350, 354, 358, 2 ; zonal = 0, 1, 2, 10, 11, 12 ; co2 = 400, 401 ;
        t = 0, 0.1, 0.2, 0.3, 1, 1.1, 1.2, 1.3, 2, 2.1, 2.2, 2.3, 10, 10.1, 10.2, 10.3, 11, 11.1, 11.2, 11.3, 12, 12.1, 12.2, 12.3 ;
        area = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 ; }"#,
    )
}

#[test]
fn what_varies_over_the_grid_varies_over_the_points() {
    let mut data = field();
    select_points(&mut data, &[point(-3.19, 55.95), point(1.0, 59.6)], None).unwrap();
    assert_eq!(dimensions(&data, "t"), ["time", "point"]);
    assert_eq!(values(&data, "t"), [2.2, 0.3, 12.2, 10.3].map(|v: f32| f64::from(v)));
    assert_eq!((dimensions(&data, "area"), values(&data, "area")), (vec!["point"], vec![11.0, 4.0]));
    assert_eq!((dimensions(&data, "lat"), values(&data, "lat")), (vec!["point"], vec![56.0, 60.0]));
    assert_eq!(values(&data, "lon"), [358.0, 2.0]);
    assert_eq!(
        (dimensions(&data, "lat_bnds"), values(&data, "lat_bnds")),
        (vec!["point", "nv"], vec![57.0, 55.0, 61.0, 59.0])
    );
    assert_eq!(
        (dimensions(&data, "zonal"), values(&data, "zonal")),
        (vec!["time", "point"], vec![2.0, 0.0, 12.0, 10.0])
    );
    assert_eq!((dimensions(&data, "co2"), dimensions(&data, "time_bnds")), (vec!["time"], vec!["time", "nv"]));
    assert_eq!(values(&data, "requested_longitude"), [-3.19, 1.0]);
    assert_eq!(coordinates(&data, "t"), "lat lon requested_longitude requested_latitude distance");
    assert!(data.variable("point_name").is_none());
    let lat = &data.require("lat").unwrap().attributes;
    assert_eq!(
        (lat.get("axis"), lat.text("bounds"), lat.text("units")),
        (None, Some("lat_bnds"), Some("degrees_north"))
    );
    assert!(data.require("t").unwrap().attributes.get("actual_range").is_none());
    let names: Vec<_> = data.dimensions.iter().map(|d| (d.name.as_str(), d.length)).collect();
    assert_eq!(names, [("time", 2), ("nv", 2), ("point", 2)]);
    // The result is a list of cells on which points can be selected again.
    select_points(&mut data, &[point(2.0, 60.0)], Some(1.0)).unwrap();
    assert_eq!(
        (dimensions(&data, "t"), values(&data, "t")),
        (vec!["time", "point_1"], vec![f64::from(0.3_f32), f64::from(10.3_f32)])
    );
}

#[test]
fn points_with_times_make_a_trajectory() {
    let mut data = field();
    let track = [at(358.0, 56.0, "2020-02-29T00:00"), at(350.0, 60.0, "2020-02"), at(354.0, 58.0, "2020-02-28 00:00Z")];
    select_points(&mut data, &track, None).unwrap();
    assert_eq!(
        (dimensions(&data, "t"), values(&data, "t")),
        (vec!["point"], vec![f64::from(12.2_f32), 0.0, f64::from(1.1_f32)])
    );
    assert_eq!((dimensions(&data, "time"), values(&data, "time")), (vec!["point"], vec![1.0, 0.0, 0.0]));
    assert_eq!(dimensions(&data, "time_bnds"), ["point", "nv"]);
    assert_eq!((dimensions(&data, "co2"), values(&data, "co2")), (vec!["point"], vec![401.0, 400.0, 400.0]));
    assert!(data.dimension("time").is_none());
    assert_eq!(coordinates(&data, "t"), "lat lon time requested_longitude requested_latitude distance");
    assert_eq!(coordinates(&data, "co2"), "time requested_longitude requested_latitude");
    assert_eq!(data.require("time").unwrap().attributes.text("units"), Some("days since 2020-02-28"));
}

#[test]
fn a_time_without_a_step_says_what_there_is() {
    let try_at = |text: &str| select_points(&mut field(), &[at(358.0, 56.0, text)], None).unwrap_err();
    let error = try_at("2020-02-28T12");
    assert_eq!(error.to_string(), "time 2020-02-28T12 of point 1 (358,56) selects nothing");
    assert!(error.hint().unwrap().starts_with("time runs from 2020-02-28T00:00:00 to 2020-02-29T00:00:00 in 2 steps"));
    for (text, why) in
        [("2020/2021", "is not one time"), ("noon", "does not begin with a year"), ("12h", "has no dates")]
    {
        let error = try_at(text);
        assert!(error.to_string().contains(why) && error.exit_code() == 2, "{text}: {error}");
    }
    let mixed = select_points(&mut field(), &[at(358.0, 56.0, "2020"), point(358.0, 56.0)], None).unwrap_err();
    assert!(mixed.to_string().contains("point 2 (358,56): '' is not one time"), "{mixed}");
}

#[test]
fn names_are_kept_and_taken_names_avoided() {
    let mut data = cdl::dataset(
        r#"netcdf t { dimensions: lat = 2 ; lon = 2 ; point = 1 ; variables: double lat(lat) ; lat:units = "degrees_north" ;
        double lon(lon) ; lon:units = "degrees_east" ; float distance(lat, lon) ; float other(point) ;
        data: lat = 0, 1 ; lon = 0, 1 ; distance = 1, 2, 3, 4 ; other = 5 ; }"#,
    );
    let named = Point { name: Some("here".into()), ..point(1.0, 0.0) };
    select_points(&mut data, &[named, point(0.0, 1.0)], None).unwrap();
    assert_eq!((dimensions(&data, "distance"), values(&data, "distance")), (vec!["point_1"], vec![2.0, 3.0]));
    assert_eq!(coordinates(&data, "distance"), "lat lon requested_longitude requested_latitude point_name distance_1");
    let names = data.require("point_name").unwrap().array.read_all().unwrap().into_data();
    assert_eq!(names, Buffer::String(vec!["here".into(), String::new()]));
    assert_eq!(dimensions(&data, "other"), ["point"]);
}

#[test]
fn staggered_grids_have_their_own_places() {
    let mut data = cdl::dataset(
        r#"netcdf c { dimensions: lat = 3 ; lon = 3 ; slat = 2 ; slon = 3 ; variables:
        double lat(lat) ; lat:units = "degrees_north" ; double lon(lon) ; lon:units = "degrees_east" ;
        double slat(slat) ; slat:units = "degrees_north" ; double slon(slon) ; slon:units = "degrees_east" ;
        float t(lat, lon) ; float u(lat, slon) ; float v(slat, lon) ;
        data: lat = -2, 0, 2 ; slat = -1, 1 ; lon = 0, 4, 8 ; slon = 2, 6, 10 ; t = 0, 1, 2, 3, 4, 5, 6, 7, 8 ;
        u = 0, 1, 2, 3, 4, 5, 6, 7, 8 ; v = 0, 1, 2, 3, 4, 5 ; }"#,
    );
    select_points(&mut data, &[point(4.5, 0.4)], None).unwrap();
    assert_eq!((values(&data, "t"), values(&data, "u"), values(&data, "v")), (vec![4.0], vec![4.0], vec![4.0]));
    assert_eq!((values(&data, "lon"), values(&data, "slon"), values(&data, "slat")), (vec![4.0], vec![6.0], vec![1.0]));
    assert_eq!(coordinates(&data, "t"), "lat lon requested_longitude requested_latitude distance");
    assert_eq!(coordinates(&data, "u"), "lat slon requested_longitude requested_latitude distance_1");
    assert!(values(&data, "distance_1")[0] > values(&data, "distance")[0]);
}

#[test]
fn grids_that_differ_in_a_shared_row_do_not_share_its_latitude() {
    // 80 degrees away in longitude the great circle's foot is far north: another row is nearest.
    let mut data = cdl::dataset(
        r#"netcdf c { dimensions: lat = 3 ; a = 1 ; b = 1 ; variables: double lat(lat) ; lat:units = "degrees_north" ;
        double a(a) ; a:units = "degrees_east" ; double b(b) ; b:units = "degrees_east" ; float p(lat, a) ; float q(lat, b) ;
        data: lat = 70, 78, 86 ; a = 0 ; b = 80 ; p = 1, 2, 3 ; q = 4, 5, 6 ; }"#,
    );
    select_points(&mut data, &[point(0.0, 71.0)], Some(3000.0)).unwrap();
    assert_eq!((values(&data, "p"), values(&data, "q")), (vec![1.0], vec![6.0]));
    assert_eq!((values(&data, "lat"), values(&data, "lat_1")), (vec![70.0], vec![86.0]));
    assert_eq!(coordinates(&data, "q"), "lat_1 b requested_longitude requested_latitude distance_1");
}

#[test]
fn curvilinear_cells_with_corners_and_missing_places() {
    let mut data = cdl::dataset(
        r#"netcdf o { dimensions: y = 2 ; x = 2 ; k = 4 ; variables: double lat(y, x) ; lat:units = "degrees_north" ;
        lat:_FillValue = -999. ; lat:bounds = "corners" ; double lon(y, x) ; lon:units = "degrees_east" ;
        double corners(y, x, k) ; float t(y, x) ; t:coordinates = "lat lon" ;
        data: lat = 0, -999, 1, 1.1 ; lon = 0, 1, 0.1, 1.1 ; t = 1, 2, 3, 4 ;
        corners = 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 ; }"#,
    );
    select_points(&mut data, &[point(1.0, 0.2), point(0.0, 0.1)], None).unwrap();
    assert_eq!(values(&data, "t"), [4.0, 1.0]);
    assert_eq!(dimensions(&data, "corners"), ["point", "k"]);
    assert_eq!(values(&data, "corners"), [12.0, 13.0, 14.0, 15.0, 0.0, 1.0, 2.0, 3.0]);
}

#[test]
fn a_rotated_grid_without_latitudes_gets_them() {
    let mut data = cdl::dataset(
        r#"netcdf r { dimensions: rlat = 2 ; rlon = 2 ; variables: double rlat(rlat) ; rlat:units = "degrees" ;
        rlat:standard_name = "grid_latitude" ; double rlon(rlon) ; rlon:units = "degrees" ;
        rlon:standard_name = "grid_longitude" ; int pole ; pole:grid_mapping_name = "rotated_latitude_longitude" ;
        pole:grid_north_pole_latitude = 40. ; pole:grid_north_pole_longitude = -160. ;
        float t(rlat, rlon) ; t:grid_mapping = "pole" ; data: rlat = 0, 1 ; rlon = 0, 1 ; t = 1, 2, 3, 4 ; }"#,
    );
    // The rotated equator and prime meridian meet at 20 E, 50 N.
    select_points(&mut data, &[point(20.1, 49.9)], None).unwrap();
    assert_eq!((values(&data, "t"), values(&data, "rlat")), (vec![1.0], vec![0.0]));
    assert!((values(&data, "lat")[0] - 50.0).abs() < 1e-9 && (values(&data, "lon")[0] - 20.0).abs() < 1e-9);
    assert_eq!(coordinates(&data, "t"), "lat lon rlat rlon requested_longitude requested_latitude distance");
    assert_eq!(data.require("t").unwrap().attributes.text("grid_mapping"), Some("pole"));
}

#[test]
fn points_have_no_mesh() {
    let mut data = cdl::dataset(
        r#"netcdf m { dimensions: node = 4 ; face = 2 ; three = 3 ; variables: int mesh ; mesh:cf_role = "mesh_topology" ;
        mesh:topology_dimension = 2 ; mesh:node_coordinates = "nx ny" ; mesh:face_node_connectivity = "fn" ;
        double nx(node) ; nx:units = "degrees_east" ; double ny(node) ; ny:units = "degrees_north" ; int fn(face, three) ;
        fn:cf_role = "face_node_connectivity" ; float t(face) ; t:mesh = "mesh" ; t:location = "face" ;
        data: nx = 0, 3, 0, 3 ; ny = 0, 0, 3, 3 ; fn = 0, 1, 2, 1, 2, 3 ; t = 1, 2 ; }"#,
    );
    select_points(&mut data, &[point(2.5, 2.0)], None).unwrap();
    assert_eq!(values(&data, "t"), [2.0]);
    let names: Vec<&str> = data.variables.iter().map(|v| v.name.as_str()).collect();
    assert_eq!(names, ["t", "requested_longitude", "requested_latitude", "lat", "lon", "distance"]);
    assert!(data.require("t").unwrap().attributes.get("mesh").is_none());
}

#[test]
fn a_dataset_without_a_grid_is_refused() {
    let mut series = cdl::dataset("netcdf s { dimensions: time = 2 ; variables: float t(time) ; }");
    assert!(select_points(&mut series, &[point(0.0, 0.0)], None).is_err());
    select_points(&mut series, &[], None).unwrap();
}
