use std::path::Path;

use ::parquet::file::reader::{FileReader, SerializedFileReader};

use super::*;
use crate::cf::roles::cdl;
use crate::io::layout::Layout;
use crate::model::array::{Constant, Memory};
use crate::model::{Block, Buffer};

fn target(format: Format) -> Target {
    Target { format, layout: Layout::default(), overwrite: false, receipts: false }
}

fn written(dataset: &Dataset, format: Format, engine: &Engine) -> Result<Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table");
    write(dataset, &path, &target(format), engine).map(|_| std::fs::read(&path).unwrap())
}

fn text(dataset: &Dataset, format: Format) -> String {
    String::from_utf8(written(dataset, format, &Engine::new(2, 1 << 20)).unwrap()).unwrap()
}

/// A packed field, a bare one and one over fewer dimensions, with gaps.
fn field() -> Dataset {
    let mut data = cdl::dataset(
        r#"netcdf t { dimensions: time = 2 ; point = 2 ; nv = 2 ; variables: double time(time) ; time:units = "days since 2001-02-28" ;
        time:calendar = "360_day" ; time:bounds = "time_bnds" ; double time_bnds(time, nv) ; float lat(point) ; lat:units = "degrees_north" ;
        string name(point) ; float height ; height:units = "m" ; height:axis = "Z" ;
        short t(time, point) ; t:scale_factor = 0.5 ; t:add_offset = 10. ; t:_FillValue = -1s ; t:units = "degC" ;
        t:coordinates = "lat name height" ; int64 n(point, time) ; n:_FillValue = -1L ; float area(point) ;
        data: time = 1, 2.25 ; lat = 40.95, -1e-7 ; height = 2 ; t = 0, 1, -1, 3 ; n = 1, 2, 3, -1 ; area = NaN, 1e20 ; }"#,
    );
    let names = Buffer::String(vec!["Frankfurt, Main".into(), "say \"hi\"".into()]);
    data.variable_mut("name").unwrap().array = Memory::array(Block::vector(names));
    let numbers = Buffer::I64(vec![9_007_199_254_740_993, 2, 3, -1]); // 2^53 + 1
    data.variable_mut("n").unwrap().array = Memory::array(Block::new(vec![2, 2], numbers).unwrap());
    data
}

#[test]
fn one_row_a_combination_one_column_a_variable() {
    assert_eq!(
        text(&field(), Format::Csv),
        "time,point,lat,name,height,t,n,area\n\
         2001-02-29T00:00:00,0,40.95,\"Frankfurt, Main\",2,10,9007199254740993,\n\
         2001-02-29T00:00:00,1,-1e-7,\"say \"\"hi\"\"\",2,10.5,3,1e20\n\
         2001-02-30T06:00:00,0,40.95,\"Frankfurt, Main\",2,,2,\n\
         2001-02-30T06:00:00,1,-1e-7,\"say \"\"hi\"\"\",2,11.5,,1e20\n"
    );
    let tabs = text(&field(), Format::Tabular);
    assert!(tabs.starts_with(
        "time\tpoint\tlat\tname\theight\tt\tn\tarea\n2001-02-29T00:00:00\t0\t40.95\tFrankfurt, Main\t2\t10\t"
    ));
}

#[test]
fn parquet_has_types_nulls_and_units() {
    let bytes = bytes::Bytes::from(written(&field(), Format::Parquet, &Engine::new(2, 1 << 20)).unwrap());
    let reader = SerializedFileReader::new(bytes).unwrap();
    let rows: Vec<String> = reader.get_row_iter(None).unwrap().map(|r| r.unwrap().to_string()).collect();
    assert_eq!(
        rows[2],
        r#"{time: "2001-02-30T06:00:00", point: 0, lat: 40.95, name: "Frankfurt, Main", height: 2.0, t: null, n: 2, area: null}"#
    );
    assert!(rows[0].contains("n: 9007199254740993") && rows[3].contains("t: 11.5, n: null"), "{rows:?}");
    let metadata = reader.metadata().file_metadata().key_value_metadata().unwrap();
    let value = |key: &str| metadata.iter().find(|m| m.key == key).and_then(|m| m.value.clone());
    assert_eq!(
        (value("t.units"), value("time.units"), value("time.calendar")),
        (Some("degC".into()), None, Some("360_day".into()))
    );
}

#[test]
fn gregorian_dates_are_timestamps_and_earlier_ones_texts() {
    for (units, shown) in [
        ("hours since 2013-01-01", "2013-01-01 12:00:00"),
        ("hours since 1582-10-15", "1582-10-15 12:00:00"),
        ("hours since 1582-10-04", "\"1582-10-04T12:00:00\""), // Julian: a timestamp would say 14 October
        ("hours since 0000-01-01", "\"0000-01-01T12:00:00\""),
        ("hours", "time: 12.0"),
    ] {
        let mut data = cdl::dataset(
            "netcdf t { dimensions: time = 1 ; variables: double time(time) ; float t(time) ; data: time = 12 ; }",
        );
        data.variable_mut("time").unwrap().attributes.set("units", units);
        let bytes = bytes::Bytes::from(written(&data, Format::Parquet, &Engine::new(1, 1 << 20)).unwrap());
        let reader = SerializedFileReader::new(bytes).unwrap();
        let row = reader.get_row_iter(None).unwrap().next().unwrap().unwrap().to_string();
        assert!(row.contains(shown), "{units}: {row}");
    }
}

#[test]
fn rows_do_not_depend_on_memory_threads_and_chunks() {
    let mut data = cdl::dataset(
        "netcdf t { dimensions: a = 3 ; b = 110 ; c = 97 ; variables: int v(a, b, c) ; short w(c, a) ; int s(b) ; }",
    );
    for name in ["v", "w", "s"] {
        let variable = data.variable_mut(name).unwrap();
        let values = (0..variable.array.len() as i32).collect();
        variable.array = Memory::array(Block::new(variable.shape().to_vec(), Buffer::I32(values)).unwrap());
    }
    let whole = written(&data, Format::Csv, &Engine::new(1, 1 << 30)).unwrap();
    let lines: Vec<&str> = std::str::from_utf8(&whole).unwrap().lines().collect();
    assert_eq!((lines.len(), lines[1 + 2 * 110 * 97 + 5 * 97 + 7]), (1 + 3 * 110 * 97, "2,5,7,21832,23,5"));
    for (threads, memory) in [(1, 1), (3, 1), (2, 3_000_000)] {
        assert_eq!(written(&data, Format::Csv, &Engine::new(threads, memory)).unwrap(), whole, "{threads} {memory}");
    }
}

#[test]
fn blocks_begin_on_chunks_where_they_can() {
    let mut table = Table { source: String::new(), shape: vec![100, 1000], columns: Vec::new() };
    let starts = |table: &Table, memory| table.blocks(memory).iter().map(|r| r.start()).collect::<Vec<_>>();
    assert_eq!(starts(&table, 1 << 30).len(), 1);
    assert_eq!(starts(&table, 1), (0..25).map(|i| vec![i * 4, 0]).collect::<Vec<_>>());
    table.shape = vec![2, 10_000];
    assert_eq!(starts(&table, 1), [[0, 0], [0, 4096], [0, 8192], [1, 0], [1, 4096], [1, 8192]]);
    table.shape = vec![0, 5];
    assert!(starts(&table, 1).is_empty());
}

#[test]
fn what_fits_no_table_is_told() {
    let error = |data: &Dataset, format| written(data, format, &Engine::new(1, 1 << 20)).unwrap_err();
    let two = cdl::dataset("netcdf t { dimensions: a = 2 ; b = 2 ; variables: int v(a) ; int w(b) ; }");
    assert_eq!(error(&two, Format::Csv).to_string(), "variables 'v' (a) and 'w' (b) do not fit one table, test.nc");
    assert_eq!(error(&two, Format::Csv).hint().unwrap(), "choose variables of the same dimensions, such as -v v");
    let twice = cdl::dataset("netcdf t { dimensions: a = 2 ; variables: int v(a, a) ; }");
    assert!(error(&twice, Format::Csv).to_string().starts_with("variable 'v' has a dimension twice: a, a"));
    let none = cdl::dataset("netcdf t { dimensions: a = 2 ; variables: int a(a) ; }");
    assert!(error(&none, Format::Csv).to_string().starts_with("there is no data variable"));
    let mut large = cdl::dataset("netcdf t { dimensions: a = 2 ; variables: int v(a) ; }");
    large.variable_mut("v").unwrap().array = Constant::array(Buffer::I32(vec![1]), vec![50_000_001]);
    assert!(error(&large, Format::Parquet).to_string().starts_with("the table would have 50000001 rows"));
    let chunked =
        Target { layout: Layout { chunks: vec![("a".into(), 1)], ..Layout::default() }, ..target(Format::Csv) };
    let error = write(&two, Path::new("never"), &chunked, &Engine::new(1, 1)).unwrap_err();
    assert_eq!(error.exit_code(), 2);
}

#[test]
fn a_failed_table_leaves_nothing() {
    let data = cdl::dataset(
        r#"netcdf t { dimensions: time = 1 ; variables: double time(time) ; time:units = "days since 2000-01-01" ; float t(time) ;
        data: time = 1e30 ; }"#,
    );
    let folder = tempfile::tempdir().unwrap();
    for format in [Format::Csv, Format::Parquet] {
        assert!(write(&data, &folder.path().join("t"), &target(format), &Engine::new(1, 1 << 20)).is_err());
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
