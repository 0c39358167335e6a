use super::*;
use crate::cf::roles::cdl;

fn dimensions(dataset: &Dataset) -> Vec<&str> {
    dataset.dimensions.iter().map(|d| d.name.as_str()).collect()
}

#[test]
fn only_dimensions_that_lost_their_variables_go() {
    let text = "netcdf t { dimensions: x = 3 ; y = 2 ; spare = 7 ; variables: double a(x) ; double b(y) ; }";
    let whole = Subset::default().apply(cdl::dataset(text)).unwrap().dataset;
    assert_eq!(dimensions(&whole), ["x", "y", "spare"]);
    let part = Subset { variables: vec!["a".into()], ..Subset::default() };
    assert_eq!(dimensions(&part.apply(cdl::dataset(text)).unwrap().dataset), ["x", "spare"]);
}
