use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::{Place, Term};

fn said<T: std::fmt::Debug>(result: Result<T>) -> String {
    match result {
        Ok(value) => format!("{value:?}"),
        Err(error) => {
            assert!(matches!(error, Error::Usage { .. }), "{error:?}");
            error.to_string()
        }
    }
}

#[test]
fn periods() {
    let cases = [
        ("2020", "2020-01-01T00:00:00Z/2020-12-31T23:59:59.999999Z"),
        ("2020-02", "2020-02-01T00:00:00Z/2020-02-29T23:59:59.999999Z"),
        ("2020-03-04", "2020-03-04T00:00:00Z/2020-03-04T23:59:59.999999Z"),
        ("2020-03-04T06", "2020-03-04T06:00:00Z/2020-03-04T06:59:59.999999Z"),
        ("2020-03-04T06:07Z", "2020-03-04T06:07:00Z/2020-03-04T06:07:59.999999Z"),
        ("2020-03-04T06:07:08Z", "2020-03-04T06:07:08Z"),
        ("2020-03-04T06:07:08.5+02:00", "2020-03-04T04:07:08.500Z"),
        (" 2020-03-04T06:07:08 ", "2020-03-04T06:07:08Z"),
        ("2020/2021", "2020-01-01T00:00:00Z/2021-12-31T23:59:59.999999Z"),
        ("2020-01/..", "2020-01-01T00:00:00Z/.."),
        ("/2020-01-05", "../2020-01-05T23:59:59.999999Z"),
        ("2020-01-01T00:00:00Z/2020-01-01T00:00:00Z", "2020-01-01T00:00:00Z"),
    ];
    for (text, expected) in cases {
        assert_eq!(datetime(text).unwrap().to_string(), expected, "{text}");
    }
    let wrong = [
        ("", "the time '': '' is neither a time nor a date"),
        ("../..", "the time '../..': it is open at both ends"),
        ("2021/2020", "the time '2021/2020': it ends before it starts"),
        ("2020/2021/2022", "the time '2020/2021/2022': '2021/2022' is neither a time nor a date"),
        ("2020-13", "the time '2020-13': '2020-13' is neither a time nor a date"),
        ("2021-02-29", "the time '2021-02-29': '2021-02-29' is neither a time nor a date"),
        ("yesterday", "the time 'yesterday': 'yesterday' is neither a time nor a date"),
        ("20200304", "the time '20200304': '20200304' is neither a time nor a date"),
    ];
    for (text, expected) in wrong {
        assert_eq!(said(datetime(text)), expected);
    }
    assert_eq!(datetime("2021/2020").unwrap_err().hint().unwrap(), "write 2020/2021");
}

#[test]
fn boxes() {
    let cases = [
        ("1,2,3,4", [1.0, 2.0, 3.0, 4.0]),
        (" -10 , -5 , 10 , 5 ", [-10.0, -5.0, 10.0, 5.0]),
        ("1,2,-100,3,4,9000", [1.0, 2.0, 3.0, 4.0]),
        ("170,-10,-170,10", [170.0, -10.0, -170.0, 10.0]),
        ("170,-10,190,10", [170.0, -10.0, -170.0, 10.0]),
        ("-190,-10,-170,10", [170.0, -10.0, -170.0, 10.0]),
        ("350,0,10,1", [-10.0, 0.0, 10.0, 1.0]),
        ("200,0,210,1", [-160.0, 0.0, -150.0, 1.0]),
        ("0,-90,360,90", [-180.0, -90.0, 180.0, 90.0]),
        ("-180,-90,180,90", [-180.0, -90.0, 180.0, 90.0]),
        ("180,0,190,1", [-180.0, 0.0, -170.0, 1.0]),
        ("7,50,7,50", [7.0, 50.0, 7.0, 50.0]),
    ];
    for (text, expected) in cases {
        assert_eq!(bbox(text).unwrap(), Place::Box(expected), "{text}");
    }
    let wrong = [
        ("1,2,3", "the box '1,2,3': it has 3 numbers"),
        ("a,b,c,d", "the box 'a,b,c,d': not all of it are numbers"),
        ("1,2,nan,4", "the box '1,2,nan,4': not all of it are numbers"),
        ("1,5,2,4", "box 1,5,2,4: its south, 5, lies north of its north, 4"),
        ("1,2,9,3,4,0", "the box '1,2,9,3,4,0': its lowest is higher than its highest"),
        ("-400,0,1,1", "the box '-400,0,1,1': longitudes go from -180 to 180, or from 0 to 360"),
        ("0,-91,1,1", "box 0,-91,1,1: latitudes go from -90 to 90"),
    ];
    for (text, expected) in wrong {
        assert_eq!(said(bbox(text)), expected);
    }
}

fn shape(text: &str) -> Value {
    match intersects(text).unwrap() {
        Place::Geometry(shape) => serde_json::to_value(*shape).unwrap(),
        other @ Place::Box(_) => panic!("{other:?}"),
    }
}

#[test]
fn geometries() {
    let ring = json!([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]]);
    let polygon = json!({"type": "Polygon", "coordinates": [ring]});
    let feature = |geometry: &Value| json!({"type": "Feature", "properties": {}, "geometry": geometry});
    let collection = |shapes: &[&Value]| {
        let features: Vec<Value> = shapes.iter().map(|shape| feature(shape)).collect();
        json!({"type": "FeatureCollection", "features": features}).to_string()
    };
    let point = json!({"type": "Point", "coordinates": [7.0, 50.0]});
    let both = json!({"type": "MultiPolygon", "coordinates": [[ring], [ring]]});
    let cases = [
        (polygon.to_string(), polygon.clone()),
        (feature(&polygon).to_string(), polygon.clone()),
        (collection(&[&polygon]), polygon.clone()),
        (collection(&[&polygon, &polygon]), both.clone()),
        (
            collection(&[&polygon, &json!(null), &both]),
            json!({"type": "MultiPolygon", "coordinates": [[ring], [ring], [ring]]}),
        ),
        (collection(&[&point, &point]), json!({"type": "MultiPoint", "coordinates": [[7.0, 50.0], [7.0, 50.0]]})),
        (collection(&[&polygon, &point]), json!({"type": "GeometryCollection", "geometries": [polygon, point]})),
        ("POINT (7 50)".to_owned(), point.clone()),
        ("point z(7 50 3)".to_owned(), point.clone()),
        ("SRID=4326;POINT(7 50)".to_owned(), point.clone()),
        ("POLYGON((0 0, 1 0, 1 1, 0 0))".to_owned(), polygon.clone()),
    ];
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("dataset_1.dat");
    for (text, expected) in cases {
        assert_eq!(shape(&text), expected, "{text}");
        std::fs::write(&file, format!("\u{feff}\n{text}\n")).unwrap();
        assert_eq!(shape(file.to_str().unwrap()), expected, "{text} in a file");
        assert_eq!(shape(&format!("@{}", file.display())), expected, "{text} in a file");
    }
    let wrong = [
        ("nowhere.json", "the geometry 'nowhere.json': it is neither a file nor a geometry"),
        ("{", "the geometry '{': EOF while parsing an object at line 1 column 1"),
        ("POINT (1", "the geometry 'POINT (1': Missing closing parenthesis for type"),
        ("POINT (200000 2)", "the geometry 'POINT (200000 2)': it reaches from 200000,2 to 200000,2"),
        (
            "POLYGON ((0 0, 1 1, 0 0))",
            "the geometry 'POLYGON ((0 0, 1 1, 0 0))': a ring of it has less than four positions",
        ),
        (
            r#"{"type":"Feature","geometry":null}"#,
            r#"the geometry '{"type":"Feature","geometry":null}': the feature has no geometry"#,
        ),
        (
            r#"{"type":"MultiPoint","coordinates":[]}"#,
            r#"the geometry '{"type":"MultiPoint","coordinates":[]}': it is empty"#,
        ),
    ];
    for (text, expected) in wrong {
        assert_eq!(said(intersects(text)), expected);
    }
    assert!(said(intersects(&"GEOMETRYCOLLECTION(".repeat(100_000))).ends_with("parentheses are open at once"));
}

#[test]
fn queries() {
    let cases = [
        ("eo:cloud_cover<10", "eo:cloud_cover", "lt", json!(10)),
        ("eo:cloud_cover <= 10.5", "eo:cloud_cover", "lte", json!(10.5)),
        ("properties.gsd>=-1e2", "gsd", "gte", json!(-1e2)),
        ("gsd>3", "gsd", "gt", json!(3)),
        ("platform=landsat-8", "platform", "eq", json!("landsat-8")),
        ("platform == 'landsat 8'", "platform", "eq", json!("landsat 8")),
        ("platform!=\"a\"", "platform", "neq", json!("a")),
        ("platform<>a=b", "platform", "neq", json!("a=b")),
        ("row=033", "row", "eq", json!("033")),
        ("flag=true", "flag", "eq", json!(true)),
        ("bands=[\"a\"]", "bands", "eq", json!(["a"])),
        ("updated>2020-01-01T00:00:00Z", "updated", "gt", json!("2020-01-01T00:00:00Z")),
        ("platform in a,b", "platform", "in", json!(["a", "b"])),
        ("platform IN (a, 'b c')", "platform", "in", json!(["a", "b c"])),
        ("gsd in [10, 20]", "gsd", "in", json!([10, 20])),
        ("gsd in(10,20)", "gsd", "in", json!([10, 20])),
        ("grid:code startsWith MGRS-3", "grid:code", "startsWith", json!("MGRS-3")),
        ("title contains a=b", "title", "contains", json!("a=b")),
        ("\"a b\"=1", "a b", "eq", json!(1)),
        ("in=1", "in", "eq", json!(1)),
    ];
    for (text, property, operator, value) in cases {
        assert_eq!(query(text).unwrap(), Term { property: property.to_owned(), operator, value }, "{text}");
    }
    let wrong = [
        ("cloud", "the query 'cloud': it has no operator"),
        ("<10", "the query '<10': it names no property"),
        ("gsd<", "the query 'gsd<': it has no value"),
        ("gsd<true", "the query 'gsd<true': nothing is less or greater than true"),
        ("gsd=null", "the query 'gsd=null': null compares with nothing"),
        ("gsd=1e999", "the query 'gsd=1e999': 1e999 is beyond all numbers"),
        ("a=[1", "the query 'a=[1': '[1' is no JSON: EOF while parsing a list at line 1 column 2"),
        ("a in b,", "the query 'a in b,': it has no value"),
        ("a startsWith 3", "the query 'a startsWith 3': 3 is no text"),
    ];
    for (text, expected) in wrong {
        assert_eq!(said(query(text)), expected);
    }
}

#[test]
fn lists_of_names() {
    let keys: Vec<String> = sortby("-properties.datetime, +id,gsd").unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(keys, ["-properties.datetime", "id", "gsd"]);
    assert_eq!(fields("id,+eo:cloud_cover,-geometry").unwrap().to_string(), "id,eo:cloud_cover,-geometry");
    assert_eq!(said(sortby("id,,gsd")), "the order 'id,,gsd': a field has no name");
    assert_eq!(said(fields("-")), "the fields '-': a field has no name");
}

#[test]
fn filters() {
    let text = "eo:cloud_cover < 10 AND platform = 'landsat-8'";
    let json = r#"{"op": "AND", "args": [{"op": "<", "args": [{"property": "eo:cloud_cover"}, 10]},
        {"op": "=", "args": [{"property": "platform"}, "landsat-8"]}]}"#;
    let expected = filter(text).unwrap();
    assert_eq!(filter(json).unwrap(), expected);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("filter");
    std::fs::write(&file, json).unwrap();
    assert_eq!(filter(&format!("@{}", file.display())).unwrap(), expected);
    let wrong = [
        ("", "the filter '': it is empty"),
        (
            "eo:cloud_cover <",
            "the filter 'eo:cloud_cover <': column 17: a value, a property or a parenthesis is expected",
        ),
        ("a = 1 b", "the filter 'a = 1 b': column 7: an operator or the end is expected"),
        ("(a = 1", "the filter '(a = 1': a parenthesis is not closed"),
        ("a = 1)", "the filter 'a = 1)': a parenthesis closes at 6 that none opens"),
        ("a = 'b", "the filter 'a = 'b': a quote ' is not closed"),
        ("datetime > TIMESTAMP('soon')", "the filter 'datetime > TIMESTAMP('soon')': 'soon' is no time"),
        ("{", "the filter '{': it is no JSON: EOF while parsing an object at line 1 column 1"),
        (r#"{"op": "<"}"#, r#"the filter '{"op": "<"}': "<" has no args"#),
        (r#"{"op": "<", "args": [1]}"#, r#"the filter '{"op": "<", "args": [1]}': '<' takes 2 arguments, not 1"#),
        (
            r#"{"op": "not", "args": [{"op": "<", "args": [{"prop": 1}]}]}"#,
            "the filter '{\"op\": \"not\", \"args\": [{\"op\": \"<\", \"args\": [{\"prop\": 1}]}]}': an object is neither an operation with op and \
             args, nor a property, a time or a geometry at args[0].args[0]",
        ),
    ];
    for (text, expected) in wrong {
        assert_eq!(said(filter(text)), expected);
    }
}

#[test]
fn filters_are_read_in_time_however_nested() {
    let cases = [
        "(".repeat(100_000),
        format!("{}1{}", "(".repeat(31), ",1)".repeat(31)),
        format!("{}1{}", "f(".repeat(31), ",1)".repeat(31)),
        "(".repeat(31) + "a" + &")".repeat(31),
        "not ".repeat(100_000) + "a",
        "-".repeat(100_000) + "1",
        "- ".repeat(990) + "a = 1",
        "1".to_owned() + &"+1".repeat(100_000),
        "a".to_owned() + &"=a".repeat(990),
        "a".to_owned() + &" and a".repeat(990),
        "(a)".to_owned() + &"*(a)".repeat(100_000),
        "[".repeat(100_000),
        "{\"op\":\"not\",\"args\":[".repeat(100_000),
    ];
    for text in cases {
        let begin = std::time::Instant::now();
        let result = filter(&text).map(|expression| Filter::of(&expression).map(|_| ()));
        let seconds = begin.elapsed().as_secs_f64();
        assert!(seconds < 5.0, "{seconds} s for {}: {result:?}", short(&text));
    }
    let many = format!("id IN ({})", vec!["'item'"; 20_000].join(","));
    assert!(filter(&many).is_ok());
}

use crate::predicate::Filter;

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_panics(text in "\\PC{0,60}") {
        let _ = (datetime(&text), bbox(&text), query(&text), sortby(&text), fields(&text), filter(&text));
        let _ = intersects(&text);
    }

    #[test]
    fn no_filter_panics(words in proptest::collection::vec(0_usize..WORDS.len(), 0..14)) {
        let text = words.iter().filter_map(|&word| WORDS.get(word)).copied().collect::<Vec<_>>().join(" ");
        if let Ok(expression) = filter(&text)
            && let Ok(filter) = Filter::of(&expression)
        {
            let item = json!({"id": "a", "geometry": {"type": "Point", "coordinates": [1, 2]}, "properties": {"b": 3}});
            let _ = filter.holds(item.as_object().unwrap());
        }
    }

    #[test]
    fn no_date_panics(text in "[-0-9TZ:./+]{0,30}") {
        let _ = (datetime(&text), bbox(&text.replace('/', ",")));
    }
}

/// Words of filters.
const WORDS: [&str; 36] = [
    "a",
    "b",
    "geometry",
    "1",
    "-2.5",
    "'x'",
    "''",
    "(",
    ")",
    ",",
    "=",
    "<>",
    "<",
    ">=",
    "+",
    "-",
    "*",
    "/",
    "^",
    "AND",
    "OR",
    "NOT",
    "IN",
    "LIKE",
    "BETWEEN",
    "IS",
    "NULL",
    "true",
    "CASEI(",
    "S_INTERSECTS(",
    "POINT(1 2)",
    "T_AFTER(",
    "DATE('2020-01-01')",
    "INTERVAL('2020-01-01', '..')",
    "BBOX(1,2,3,4)",
    "\"q\"",
];
