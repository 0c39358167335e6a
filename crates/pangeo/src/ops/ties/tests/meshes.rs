//! Meshes (UGRID).

use super::{check, cut, refused, values};

/// Two squares and a triangle in a row, numbered from 1, tables as `EXTRA` has them:
///
/// ```text
/// 4 --- 5 --- 6
/// |  a  |  b  | \
/// 1 --- 2 --- 3 - 7        edges: 12 23 45 56 14 25 36 37 67
/// ```
const STRIP: &str = r#"netcdf strip { dimensions: n = 7 ; f = 3 ; e = 9 ; r = 7 ; k = 4 ; two = 2 ; variables:
    int m ; m:cf_role = "mesh_topology" ; m:topology_dimension = 2 ; m:node_coordinates = "nx ny" ;
    m:face_coordinates = "fx fy" ; m:face_node_connectivity = "fn" ; m:edge_node_connectivity = "en" ; EXTRA
    double nx(n) ; double ny(n) ; double fx(f) ; double fy(f) ; nx:units = "degrees_east" ;
    fx:units = "degrees_east" ; ny:units = "degrees_north" ; fy:units = "degrees_north" ;
    int fn(f, k) ; fn:start_index = 1 ; fn:_FillValue = -9 ; int en(e, two) ; en:start_index = 1 ;
    int fe(f, k) ; fe:start_index = 1 ; fe:_FillValue = -9 ; int ef(e, two) ; ef:_FillValue = -9 ;
    int ff(f, k) ; ff:start_index = 1 ; int bn(r, two) ; bn:start_index = 1 ;
    float on_face(f) ; on_face:mesh = "m" ; on_face:location = "face" ;
    float on_node(n) ; on_node:mesh = "m" ; on_node:location = "node" ;
    float on_edge(e) ; on_edge:mesh = "m" ; on_edge:location = "edge" ;
    float on_rim(r) ; on_rim:mesh = "m" ; on_rim:location = "boundary" ;
    data: nx = 0, 10, 20, 0, 10, 20, 30 ; ny = 0, 0, 0, 10, 10, 10, 0 ; fx = 5, 15, 23 ; fy = 5, 5, 3 ;
    fn = 1, 2, 5, 4, 2, 3, 6, 5, 3, 7, 6, -9 ;
    en = 1, 2, 2, 3, 4, 5, 5, 6, 1, 4, 2, 5, 3, 6, 3, 7, 6, 7 ;
    fe = 1, 6, 3, 5, 2, 7, 4, 6, 8, 9, 7, -9 ;
    ef = 0, -9, 1, -9, 0, -9, 1, -9, 0, -9, 0, 1, 1, 2, 2, -9, 2, -9 ;
    ff = 2, -1, -1, -1, 1, 3, -1, -1, 2, -1, -1, -1 ;
    bn = 1, 2, 2, 3, 3, 7, 7, 6, 6, 5, 5, 4, 4, 1 ;
    on_face = 1, 2, 3 ; on_node = 1, 2, 3, 4, 5, 6, 7 ; on_edge = 1, 2, 3, 4, 5, 6, 7, 8, 9 ;
    on_rim = 1, 2, 3, 4, 5, 6, 7 ; }"#;

const TABLES: &str = r#"m:face_edge_connectivity = "fe" ; m:edge_face_connectivity = "ef" ;
    m:face_face_connectivity = "ff" ; m:boundary_node_connectivity = "bn" ;"#;

fn strip() -> String {
    STRIP.replace("EXTRA", TABLES)
}

#[test]
fn faces_keep_their_edges_and_nodes() {
    let last_two = "on_face=2,3 on_node=2,3,5,6,7 on_edge=2,4,6,7,8,9 on_rim=2,3,4,5 \
        fn=1,2,4,3,2,5,4,-9 en=1,2,3,4,1,3,2,4,2,5,4,5 fe=1,4,2,3,5,6,4,-9 \
        ef=0,-9,0,-9,-9,0,0,1,1,-9,1,-9 ff=-1,2,-1,-1,1,-1,-1,-1 bn=1,2,2,5,5,4,4,3 nx=10,20,10,20,30";
    check(
        &strip(),
        &[
            ("isel f=1:", last_two),
            ("bbox 11,-1,31,11", last_two),
            ("isel f=::-1", "on_face=3,2,1 fn=3,7,6,-9,2,3,6,5,1,2,5,4 ff=2,-1,-1,-1,3,1,-1,-1,2,-1,-1,-1"),
            ("isel f=2", "on_node=3,6,7 fn=1,3,2,-9 ff=-1,-1,-1,-1 ef=-9,0,0,-9,0,-9 on_edge=7,8,9"),
        ],
    );
}

#[test]
fn a_link_to_a_face_that_went_is_declared_missing() {
    let dataset = cut(&strip(), "isel f=1:").dataset;
    let fill = |name: &str| dataset.variable(name).unwrap().attributes.number("_FillValue");
    assert_eq!((fill("ff"), fill("fn"), fill("en")), (Some(-1.0), Some(-9.0), None));
}

#[test]
fn edges_are_known_by_their_nodes_where_no_table_connects_them_to_faces() {
    let bare = STRIP.replace("EXTRA", "");
    check(&bare, &[("isel f=1:", "on_edge=2,4,6,7,8,9 en=1,2,3,4,1,3,2,4,2,5,4,5")]);
    check(&bare, &[("isel e=1:", "on_face=2,3 on_node=1,2,3,4,5,6,7")]);
}

#[test]
fn nodes_and_edges_keep_what_they_bound_whole() {
    check(
        &strip(),
        &[
            ("isel n=1:", "on_node=2,3,4,5,6,7 on_face=2,3 fn=1,2,5,4,2,6,5,-9 on_edge=2,3,4,6,7,8,9"),
            (
                "isel e=:7",
                "on_edge=1,2,3,4,5,6,7 on_face=1,2 on_node=1,2,3,4,5,6 fe=1,6,3,5,2,7,4,6 ff=2,-1,-1,-1,1,-1,-1,-1",
            ),
            ("isel r=0:2", "on_rim=1,2 bn=1,2,2,3 on_node=1,2,3,4,5,6,7 on_face=1,2,3"),
            ("v on_node; bbox 9,-1,21,11", "on_node=2,3,5,6 fn=1,2,4,3"),
        ],
    );
    let error = refused(&strip(), "isel n=3");
    assert!(error.to_string().contains("mesh 'm'") && error.hint().unwrap().contains("no whole face"), "{error}");
    assert!(refused(&strip(), "isel k=0:3").to_string().contains("'k'"));
}

#[test]
fn what_cannot_follow_is_left_out_and_said() {
    // Of the middle square with the rim cut down to its outer segments nothing is left.
    let outcome = cut(&strip(), "isel r=2; isel f=0");
    let names = |name: &str| outcome.dataset.variable(name).is_some();
    assert!(!names("bn") && !names("on_rim") && names("on_edge"));
    assert!(outcome.dataset.variable("m").unwrap().attributes.get("boundary_node_connectivity").is_none());
    assert!(outcome.notes.iter().any(|n| n.starts_with("bn, on_rim left out")), "{:?}", outcome.notes);
    let strange = STRIP.replace("EXTRA", r#"m:face_corner_connectivity = "ff" ;"#);
    assert!(cut(&strange, "isel f=0").dataset.variable("ff").is_none());
}

#[test]
fn tables_that_the_mesh_does_not_name_follow_it() {
    let loose = STRIP.replace("EXTRA", "");
    let loose = loose.replace("int ff(f, k) ;", r#"int ff(f, k) ; ff:cf_role = "face_face connectivity" ;"#);
    check(&loose, &[("isel f=1:", "ff=-1,2,-1,-1,1,-1,-1,-1")]);
}

#[test]
fn all_of_a_mesh_comes_along_with_a_variable() {
    let dataset = cut(&strip(), "v on_face").dataset;
    for name in ["m", "nx", "ny", "fx", "fy", "fn", "en", "fe", "ef", "ff", "bn"] {
        assert!(dataset.variable(name).is_some(), "{name}");
    }
    assert!(dataset.variable("on_node").is_none());
}

#[test]
fn a_network_keeps_the_ends_of_its_edges() {
    let rivers = r#"netcdf rivers { dimensions: n = 4 ; e = 3 ; two = 2 ; layer = 2 ; variables:
        int m ; m:cf_role = "mesh_topology" ; m:topology_dimension = 1 ; m:node_coordinates = "nx ny" ;
        m:edge_node_connectivity = "en" ; double nx(n) ; double ny(n) ; nx:units = "degrees_east" ;
        ny:units = "degrees_north" ; int en(two, e) ; m:edge_dimension = "e" ;
        float flow(layer, e) ; flow:mesh = "m" ; flow:location = "edge" ;
        float level(n) ; level:mesh = "m" ; level:location = "node" ;
        data: nx = 0, 1, 2, 3 ; ny = 0, 0, 0, 0 ; en = 0, 1, 2, 1, 2, 3 ; flow = 1, 2, 3, 4, 5, 6 ;
        level = 0, 1, 2, 3 ; }"#;
    check(
        rivers,
        &[
            ("isel e=1:", "en=0,1,1,2 level=1,2,3 flow=2,3,5,6"),
            ("bbox 0,-1,1,1", "en=0,1 level=0,1 flow=1,4"),
            ("isel n=:3", "en=0,1,1,2 level=0,1,2 flow=1,2,4,5"),
        ],
    );
}

#[test]
fn a_set_of_faces_follows_them() {
    let text = strip().replace("float on_rim(r) ;", "int set(q) ; set:cf_role = \"location_index_set\" ; set:mesh = \"m\" ; \
        set:location = \"face\" ; set:start_index = 1 ; float in_set(q) ; in_set:location_index_set = \"set\" ; float on_rim(r) ;");
    let text = text
        .replace("r = 7 ;", "r = 7 ; q = 2 ;")
        .replace("on_face = 1, 2, 3 ;", "on_face = 1, 2, 3 ; set = 1, 3 ; in_set = 10, 30 ;");
    check(&text, &[("isel f=1:", "set=2 in_set=30"), ("isel q=0", "set=1 in_set=10 on_face=1,2,3")]);
    let error = refused(&text, "isel f=1");
    assert!(error.hint().unwrap().contains("'set'"), "{error}");
    assert_eq!(values(&cut(&text, "v in_set; isel f=2").dataset, "set"), [1.0]);
}

#[test]
fn where_numbers_start_is_heeded() {
    let wrong = strip().replace("en:start_index = 1 ;", "");
    assert!(refused(&wrong, "isel f=1").hint().unwrap().contains("start_index"));
    let text = strip().replace("en:start_index = 1 ;", r#"en:start_index = "1" ;"#);
    check(&text, &[("isel f=2", "en=1,2,1,3,2,3")]);
}

/// Cutting twice is cutting once.
#[test]
fn cuts_of_cuts() {
    let (once, twice) = (cut(&strip(), "isel f=2").dataset, cut(&strip(), "isel f=1:; isel f=1").dataset);
    for name in ["fn", "en", "fe", "ef", "ff", "nx", "on_edge"] {
        assert_eq!(values(&once, name), values(&twice, name), "{name}");
    }
}
