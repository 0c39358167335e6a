//! Places, corners and areas of listed cells.

use super::*;
use crate::cf::roles::cdl;
use crate::grid::{GridKind, polygon_area};

fn grid(text: &str) -> Result<Option<(Dataset, Roles, Grid)>> {
    let dataset = cdl::dataset(text);
    let roles = Roles::of(&dataset);
    let grid = Grid::of(&dataset, &roles, "t")?;
    Ok(grid.map(|grid| (dataset, roles, grid)))
}

/// 2 × 3 cells of which some are listed.
fn gathered(list: &str, more: &str) -> String {
    format!(
        r#"netcdf g {{ dimensions: lat = 2 ; lon = 3 ; p = 3 ; one = 1 ; time = 2 ; variables:
        double lat(lat) ; lat:units = "degrees_north" ; double lon(lon) ; lon:units = "degrees_east" ;
        {list} float t(time, p) ; t:units = "K" ; data: lat = 0, 10 ; lon = 0, 20, 40 ; {more} }}"#
    )
}

const LIST: &str = r#"int p(p) ; p:compress = "lat lon" ;"#;

#[test]
fn gathered_cells_are_where_the_rows_and_columns_meet() {
    let (dataset, roles, grid) = grid(&gathered(LIST, "p = 5, 0, 1 ;")).unwrap().unwrap();
    assert_eq!((grid.kind, grid.len(), grid.cells.as_ref().unwrap().position), (GridKind::Unstructured, 3, 1));
    assert_eq!([0, 1, 2].map(|i| grid.place(i).unwrap()), [(40.0, 10.0), (0.0, 0.0), (20.0, 0.0)]);
    let from = vec![("lat".to_owned(), 2), ("lon".to_owned(), 3)];
    assert_eq!(grid.listing, Some(Listing::Gathered { by: "p".to_owned(), from }));
    let corners = Corners::of(&dataset, &roles, &grid, "t").unwrap().outline(0);
    assert!(corners.contains(&(50.0, 15.0)) && corners.contains(&(30.0, 5.0)), "{corners:?}");
    // Δsin φ Δλ of 5 to 15 N and of 5 S to 5 N, 20 degrees wide, by numpy.
    let areas = CellAreas::of(&dataset, &roles, &grid, "t").unwrap().to_vec();
    for (area, expected) in areas.iter().zip([0.059_921_796_6, 0.060_846_186_9, 0.060_846_186_9]) {
        assert!((area - expected).abs() < 1e-9, "{areas:?}");
    }
}

#[test]
fn dimensions_of_one_step_among_those_gathered_do_no_harm() {
    let list = r#"int p(p) ; p:compress = "lat one lon" ;"#;
    let (.., grid) = grid(&gathered(list, "p = 5, 0, 1 ;")).unwrap().unwrap();
    assert_eq!(grid.place(0), Some((40.0, 10.0)));
}

#[test]
fn curvilinear_cells_are_gathered_too() {
    let text = r#"netcdf c { dimensions: y = 2 ; x = 2 ; p = 2 ; variables: double lat(y, x) ;
        lat:units = "degrees_north" ; double lon(y, x) ; lon:units = "degrees_east" ; int p(p) ; p:compress = "y x" ;
        float t(p) ; t:coordinates = "lat lon" ;
        data: lat = 0, 1, 10, 11 ; lon = 0, 10, 2, 12 ; p = 3, 0 ; }"#;
    let (.., grid) = grid(text).unwrap().unwrap();
    assert_eq!([0, 1].map(|i| grid.place(i).unwrap()), [(12.0, 11.0), (0.0, 0.0)]);
}

#[test]
fn what_is_no_list_of_horizontal_cells_has_no_grid() {
    // Points at several times; dimensions of which nothing is known; lists that list each other.
    for list in [
        r#"int p(p) ; p:compress = "one time" ;"#,
        r#"int p(p) ; p:compress = "lat nowhere" ;"#,
        r#"int p(p) ; p:compress = "lat" ;"#,
        r#"int p(p) ; p:compress = "q" ; int q(q) ; q:compress = "p" ;"#,
    ] {
        let text = gathered(list, "p = 0, 1, 2 ;").replace("one = 1 ;", "one = 1 ; q = 3 ;");
        assert!(grid(&text).unwrap().is_none(), "{list}");
    }
}

#[test]
fn numbers_that_are_no_cells_are_refused() {
    for (numbers, said) in [("5, 6, 0", "is 6"), ("5, -1, 0", "is -1"), ("5, 0, 5", "cell 5 is listed twice")] {
        let error = grid(&gathered(LIST, &format!("p = {numbers} ;"))).unwrap_err();
        assert!(error.to_string().contains(said) && error.hint().unwrap().contains("lat × lon"), "{error}");
    }
}

#[test]
fn rows_of_a_reduced_grid_go_around() {
    let text = r#"netcdf r { dimensions: rows = 4 ; lat = 4 ; rgrid = 20 ; variables: int rows(rows) ; double lat(lat) ;
        lat:units = "degrees_north" ; float t(rgrid) ; t:CDI_grid_latitudes = "lat" ;
        t:CDI_grid_reduced_points = "rows" ; data: rows = 4, 6, 6, 4 ; lat = 60, 20, -20, -60 ; }"#;
    let (dataset, roles, on) = grid(text).unwrap().unwrap();
    assert_eq!([0, 1, 4, 5, 19].map(|i| on.place(i).unwrap().0), [0.0, 90.0, 0.0, 60.0, 270.0]);
    assert_eq!([0, 1, 4, 5, 19].map(|i| on.place(i).unwrap().1), [60.0, 60.0, 20.0, 20.0, -60.0]);
    let corners = Corners::of(&dataset, &roles, &on, "t").unwrap();
    let total: f64 = (0..20).map(|i| polygon_area(&corners.outline(i))).sum();
    assert!((total / (4.0 * std::f64::consts::PI) - 1.0).abs() < 1e-3, "{total}");
    let error = grid(&text.replace("rows = 4, 6, 6, 4", "rows = 4, 6, 6, 5")).unwrap_err();
    assert!(error.to_string().contains("'rows'"), "{error}");
}
