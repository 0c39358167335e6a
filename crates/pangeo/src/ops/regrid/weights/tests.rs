use super::*;
use crate::cf::roles::cdl;
use crate::error::Error;
use crate::ops::regrid::build::{Maker, Plane};
use crate::ops::regrid::method::Normalize;

/// Three cells to two, the second of which gets half a weight; `more` are further declarations and values.
fn scrip(num_wgts: usize, attributes: &str, addresses: &str) -> crate::model::Dataset {
    cdl::dataset(&format!(
        "netcdf w {{
dimensions:
  src_grid_size = 3 ; dst_grid_size = 2 ; dst_grid_rank = 2 ; num_links = 3 ; num_wgts = {num_wgts} ;
variables:
  int dst_grid_dims(dst_grid_rank) ;
  double dst_grid_center_lat(dst_grid_size) ; dst_grid_center_lat:units = \"radians\" ;
  double dst_grid_center_lon(dst_grid_size) ; dst_grid_center_lon:units = \"radians\" ;
  int src_address(num_links) ; int dst_address(num_links) ; double remap_matrix(num_links, num_wgts) ;
  {attributes}
data:
  dst_grid_dims = 2, 1 ;
  dst_grid_center_lat = 0.5, 0.5 ; dst_grid_center_lon = 0, 3.141592653589793 ;
  {addresses}
}}"
    ))
}

const SOURCE: Plane = Plane { rows: 1, columns: 3 };
const TARGET: Plane = Plane { rows: 1, columns: 2 };
const LINKS: &str = "src_address = 3, 1, 2 ; dst_address = 1, 1, 2 ; remap_matrix = 0.25, 0.75, 0.5 ;";

fn refused(file: &crate::model::Dataset, source: Plane, target: Plane) -> String {
    maker(file, source, target).map(|_| ()).unwrap_err().to_string()
}

#[test]
fn weights_are_read_whatever_their_order() {
    let file = scrip(1, ":map_method = \"Bilinear remapping\" ;", LINKS);
    let made = maker(&file, SOURCE, TARGET).unwrap();
    let (matrix, full) = made.by_cell(3).unwrap().unwrap();
    assert_eq!(matrix.entries_of(0).collect::<Vec<_>>(), [(0, 0.75), (2, 0.25)]);
    assert_eq!(matrix.entries_of(1).collect::<Vec<_>>(), [(1, 0.5)]);
    assert!(full.is_empty() && matches!(made, Maker::Computes(_)));
    assert_eq!(normalize(&file), Normalize::FracArea);
    assert_eq!(normalize(&scrip(1, ":normalization = \"destarea\" ;", LINKS)), Normalize::DestArea);
}

#[test]
fn the_target_grid_is_that_of_the_file() {
    let target = target(&scrip(1, "", LINKS)).unwrap();
    assert_eq!(target.grid.shape(), (1, 2));
    let (latitudes, longitudes) = target.grid.all_places();
    assert!((latitudes[0] - 28.647_889_756_5).abs() < 1e-9 && longitudes == [0.0, 180.0]);
}

#[test]
fn weights_of_other_grids_and_broken_ones_are_refused() {
    let file = scrip(1, "", LINKS);
    assert_eq!(refused(&file, TARGET, TARGET), "the weights are for a source grid of 3 cells, this one has 2, test.nc");
    assert!(refused(&file, SOURCE, SOURCE).contains("a target grid of 2 cells"));
    for (addresses, said) in [
        ("src_address = 4, 1, 2 ; dst_address = 1, 1, 2 ; remap_matrix = 1, 1, 1 ;", "from cell 4 to 1"),
        ("src_address = 1, 1, 2 ; dst_address = 0, 1, 2 ; remap_matrix = 1, 1, 1 ;", "from cell 1 to 0"),
        ("src_address = 1, 1, 2 ; dst_address = 1, 1, 2 ; remap_matrix = 1, NaN, 1 ;", "a weight of NaN"),
    ] {
        let error = refused(&scrip(1, "", addresses), SOURCE, TARGET);
        assert!(error.contains(said), "{error}");
    }
    let cubic = scrip(4, ":map_method = \"Bicubic remapping\" ;", "");
    assert!(refused(&cubic, SOURCE, TARGET).contains("4 numbers"));
    let error = maker(&crate::model::Dataset::default(), SOURCE, TARGET).unwrap_err();
    assert!(matches!(error, Error::Data { .. }) && error.to_string().contains("no file of weights"));
}

#[test]
fn cdos_weights_that_are_more_than_factors_are_refused() {
    // genlaf's and gencon2's.
    let largest = scrip(1, ":map_method = \"Largest area fraction\" ;", LINKS);
    assert!(refused(&largest, SOURCE, TARGET).contains("parts of cells that values are chosen by"));
    let second = scrip(3, ":map_method = \"Conservative remapping\" ;", "");
    assert!(refused(&second, SOURCE, TARGET).contains("each of its weights has 3 numbers, which go with gradients"));
}

#[test]
fn covered_parts_of_esmf_tell_what_a_whole_target_weighs() {
    let file = cdl::dataset(
        "netcdf w {
dimensions:
  n_a = 3 ; n_b = 2 ; n_s = 3 ;
variables:
  int col(n_s) ; int row(n_s) ; double S(n_s) ; double frac_b(n_b) ;
  :map_method = \"Conservative remapping\" ; :normalization = \"fracarea\" ;
data:
  col = 1, 2, 3 ; row = 1, 1, 2 ; S = 0.5, 0.5, 1 ; frac_b = 0.25, 1 ;
}",
    );
    let (_, full) = maker(&file, SOURCE, TARGET).unwrap().by_cell(3).unwrap().unwrap();
    assert_eq!(full, [4.0, 1.0]);
}

#[test]
fn layouts_have_names() {
    assert_eq!(["scrip", "ESMF"].map(|name| name.parse().ok()), [Some(Layout::Scrip), Some(Layout::Esmf)]);
    assert!("netcdf".parse::<Layout>().is_err());
}
