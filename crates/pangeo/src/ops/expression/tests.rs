//! The language as a user meets it.

use proptest::prelude::*;

use super::Expression;

const NAN: f64 = f64::NAN;

/// The value of `text` with x = 2, y = 3, m missing, and `pm2.5`, `/g/t`, `odd name` = 10.
fn value(text: &str) -> f64 {
    let lookup = |name: &str| -> Option<&[f64]> {
        Some(match name {
            "x" => &[2.0],
            "y" => &[3.0],
            "m" => &[NAN],
            "pm2.5" | "/g/t" | "odd name" | "2t" | "été" => &[10.0],
            _ => return None,
        })
    };
    let result = Expression::parse(text).and_then(|expression| expression.evaluate(&lookup, 1));
    result.unwrap_or_else(|error| panic!("{text}: {error}"))[0]
}

fn complaint(text: &str) -> String {
    Expression::parse_condition(text).unwrap_err().to_string()
}

#[test]
fn precedence_is_that_of_python() {
    for (text, expected) in [
        ("1 + 2 * 3", 7.0),
        ("(1 + 2) * 3", 9.0),
        ("-2^2", -4.0),
        ("(-2)^2", 4.0),
        ("2^3^2", 512.0),
        ("2**-1", 0.5),
        ("2^-x", 0.25),
        ("10 - 4 - 3", 3.0),
        ("12 / 2 / 3", 2.0),
        ("--x", 2.0),
        ("2 * -x", -4.0),
        ("1e-3 * 1E3", 1.0),
        (".5 + 2.", 2.5),
        ("x + y > 4 and not x > y or x == 99", 1.0),
        ("not x > y and y > x", 1.0),
        ("!(x > y) && y > x || x != 2", 1.0),
        ("1 < x < y <= 3", 1.0),
        ("1 < x > y", 0.0),
        ("x \u{2212} 1", 1.0),
    ] {
        assert_eq!(value(text), expected, "{text}");
    }
}

#[test]
fn functions_and_constants() {
    for (text, expected) in [
        ("abs(-3)", 3.0),
        ("sqrt(x + 7)", 3.0),
        ("exp(0)", 1.0),
        ("ln(exp(x))", 2.0),
        ("log10(1000)", 3.0),
        ("cos(pi)", -1.0),
        ("sin(0)", 0.0),
        ("floor(-1.5)", -2.0),
        ("ceil(1.2)", 2.0),
        ("round(2.5) + round(3.5)", 6.0),
        ("min(x, y, 1)", 1.0),
        ("max(x, y)", 3.0),
        ("min(x)", 2.0),
    ] {
        assert_eq!(value(text), expected, "{text}");
    }
}

#[test]
fn names_with_dots_paths_and_quotes() {
    for text in ["pm2.5", "/g/t", "\"odd name\"", "'2t'", "\"/g/t\"", "été", "1*/g/t", "(/g/t)", "/g/t/1", "20/x"] {
        assert_eq!(value(text), 10.0, "{text}");
    }
    let division = Expression::parse("u10/v10 > /g/min").unwrap();
    assert_eq!(division.variables(), ["u10", "v10", "/g/min"]);
    assert_eq!(Expression::parse("min > max + \"pi\" + min").unwrap().variables(), ["min", "max", "pi"]);
}

#[test]
fn missing_values_are_neither_true_nor_false() {
    for text in [
        "m > 1",
        "m <= 1",
        "m == m",
        "m != 1",
        "not m > 1",
        "not m != 1",
        "m + 1",
        "m^0",
        "1^m",
        "min(m, 1)",
        "max(1, m)",
        "sqrt(-1)",
        "m > 1 and x > 1",
        "m > 1 or x > 5",
        "1 < m < 5",
        "0 * m",
        "abs(m)",
        "round(m)",
    ] {
        assert!(value(text).is_nan(), "{text}");
    }
    assert_eq!(value("m > 1 and x > 5"), 0.0, "false whatever the missing value is");
    assert_eq!(value("x > 5 and m > 1"), 0.0);
    assert_eq!(value("m > 1 or x > 1"), 1.0, "true whatever the missing value is");
    assert_eq!(value("isnan(m)"), 1.0);
    assert_eq!(value("ismissing(m + x) and not isnan(x)"), 1.0);
}

#[test]
fn a_mask_over_several_blocks() {
    let t2m: Vec<f64> = (0..5000).map(|cell| if cell % 7 == 0 { NAN } else { f64::from(cell) }).collect();
    let lookup = |name: &str| (name == "t2m").then_some(t2m.as_slice());
    let kept = Expression::parse_condition("1000 <= t2m < 4000 or t2m^2 < 25").unwrap().keep(&lookup, 5000).unwrap();
    let expected: Vec<bool> = t2m.iter().map(|t| (1000.0..4000.0).contains(t) || t * t < 25.0).collect();
    assert_eq!(kept, expected);
    let everywhere = Expression::parse("2 > 1").unwrap();
    assert_eq!(everywhere.keep(&lookup, 3000).unwrap(), vec![true; 3000]);
    assert_eq!(everywhere.keep(&lookup, 0).unwrap(), Vec::<bool>::new());
}

#[test]
fn variables_must_exist_and_fit() {
    let expression = Expression::parse("t2m > lsm").unwrap();
    let one = |name: &str| -> Option<&[f64]> { (name == "t2m").then_some(&[1.0]) };
    let error = expression.keep(&one, 1).unwrap_err().to_string();
    assert_eq!(error, "variable 'lsm' not found in the condition 't2m > lsm'");
    let error = expression.keep(&|_| Some(&[1.0]), 2).unwrap_err().to_string();
    assert_eq!(error, "'t2m' has 1 values where 2 are needed, the condition 't2m > lsm'");
    assert!(Expression::parse("t2m * 2").unwrap().keep(&one, 1).is_err());
}

#[test]
fn a_number_is_no_condition() {
    let error = Expression::parse_condition("t2m*2").unwrap_err();
    assert_eq!(error.exit_code(), 2);
    assert!(error.to_string().starts_with("this is a number, not a condition"), "{error}");
    assert_eq!(error.hint().as_deref(), Some("compare it with something, as in 't2m > 0'"));
    assert!(complaint("1").contains("same number everywhere"));
    assert!(complaint("nan").contains("same number everywhere"));
    assert!(complaint("t2m and 3 > 2").starts_with("'and' needs a condition, this is a number, character 1"));
    assert!(complaint("not t2m").contains("'not' needs a condition"));
    assert!(complaint("(t2m > 1) + 1 > 0").contains("'+' needs a number"));
    assert!(complaint("(a < b) < c").contains("a comparison needs a number"));
    assert!(complaint("sqrt(a > 1) > 0").contains("sqrt() needs a number"));
}

#[test]
fn faults_are_marked_below_the_text() {
    let text = complaint("t2m > 273.15 adn lsm < 0.5");
    let expected = "an operator such as 'and', '<' or '+' is missing, character 14 of the expression\n  \
                    t2m > 273.15 adn lsm < 0.5\n               ^";
    assert_eq!(text, expected);
    for (text, part) in [
        ("", "something is missing at the end"),
        ("t2m >", "something is missing at the end"),
        ("t2m > 1)", "no opening parenthesis"),
        ("(t2m > 1", "a closing parenthesis is missing"),
        ("t2m = 1", "'=' has no meaning here"),
        ("t2m > 1 & lsm > 1", "'&' has no meaning here"),
        ("2t > 1", "'2t' is neither a number nor a name"),
        ("log(t2m) > 1", "no function 'log'"),
        ("abs(a, b) > 1", "abs() takes one argument"),
        ("t2m == nan", "nothing compares with nan"),
        ("\"t2m > 1", "the quote is not closed"),
        ("\"\" > 1", "a name is missing"),
        ("t2m > 1e999", "not a number in range"),
        ("abs() > 1", "a number, a variable or a parenthesis is missing"),
        ("t2m > 1 lsm", "an operator"),
        ("1.2.3 > 1", "neither a number nor a name"),
        ("t2m > \0", "has no meaning here"),
        ("a > b > not c", "'not' must stand before"),
    ] {
        assert!(complaint(text).contains(part), "{text}: {}", complaint(text));
    }
    assert!(complaint(&format!("{} ?", "t2m > 1 and ".repeat(50))).lines().all(|line| line.len() < 90));
}

#[test]
fn long_and_deep_texts_end_in_an_answer() {
    for text in
        ["(".repeat(60_000), "-".repeat(60_000), "not ".repeat(15_000), "2^".repeat(30_000), "abs(".repeat(15_000)]
    {
        assert!(complaint(&text).contains("nested too deeply"));
    }
    assert!(complaint(&"x".repeat(70_000)).contains("too long"));
    assert_eq!(value(&format!("1{}", "+1".repeat(30_000))), 30_001.0);
    assert_eq!(value(&format!("min(5{})", ",x".repeat(20_000))), 2.0);
    assert_eq!(value(&format!("1{}", " < x".repeat(15_000))), 0.0);
}

proptest! {
    #[test]
    fn any_text_gives_an_expression_or_an_error(text in "\\PC{0,60}") {
        let _ = Expression::parse(&text);
    }

    #[test]
    fn any_sequence_of_pieces_is_answered(parts in prop::collection::vec(prop::sample::select(
        "x|y|m|1|2.5|1e-3|+|-|*|/|^|**|<|<=|==|!=|>|and|or|not|!|&&|(|)|,|abs(|min(|isnan(|pi|nan|\"q\"|/g/t|é| "
            .split('|').collect::<Vec<_>>()), 0..16)) {
        let text = parts.join(" ");
        if let Ok(expression) = Expression::parse(&text) {
            let values = expression.evaluate(&|_| Some(&[1.5, NAN]), 2).unwrap();
            prop_assert_eq!(values.len(), 2);
            prop_assert!(!expression.is_condition() || values.iter().all(|v| v.is_nan() || *v == 0.0 || *v == 1.0));
        }
    }

    #[test]
    fn arithmetic_agrees_with_the_machine(a in -1e3f64..1e3, b in 0.1f64..1e3, c in -5f64..5.0) {
        let lookup = |name: &str| -> Option<&[f64]> {
            Some(match name { "a" => std::slice::from_ref(&a), "b" => std::slice::from_ref(&b), _ => std::slice::from_ref(&c) })
        };
        let value = |text: &str| Expression::parse(text).unwrap().evaluate(&lookup, 1).unwrap()[0];
        prop_assert_eq!(value("a - b * c / 2 + -a"), a - b * c / 2.0 + -a);
        prop_assert_eq!(value("b^c"), b.powf(c));
        prop_assert_eq!(value("a < b <= 500"), f64::from(u8::from(a < b && b <= 500.0)));
    }
}
