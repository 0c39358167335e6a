//! Computing the steps over blocks of values, a stack of short arrays that stay in the cache.

use super::program::{Binary, Step, Unary};

/// Values computed at a time.
const BLOCK: usize = 2048;

/// What lies on the stack: one number for all cells, or the values of a block.
enum Slot<'a> {
    Constant(f64),
    Borrowed(&'a [f64]),
    Owned(Vec<f64>),
}

/// Computes `steps` for cells `0..len` and hands the results to `sink` block by block.
///
/// Every input has `len` values. A list of steps that is no expression yields missing values.
pub(super) fn each_block(steps: &[Step], inputs: &[&[f64]], len: usize, sink: &mut dyn FnMut(&[f64])) {
    let mut stack: Vec<Slot<'_>> = Vec::new();
    let mut spare: Vec<Vec<f64>> = Vec::new();
    for start in (0..len).step_by(BLOCK) {
        let count = BLOCK.min(len - start);
        for step in steps {
            let slot = match *step {
                Step::Constant(value) => Slot::Constant(value),
                Step::Variable(place) => {
                    let block = inputs.get(place).and_then(|values| values.get(start..start + count));
                    block.map_or(Slot::Constant(f64::NAN), Slot::Borrowed)
                }
                Step::Unary(unary) => apply_unary(unary, pop(&mut stack), &mut spare),
                Step::Binary(binary) => {
                    let second = pop(&mut stack);
                    apply_binary(binary, pop(&mut stack), second, &mut spare)
                }
            };
            stack.push(slot);
        }
        match pop(&mut stack) {
            Slot::Constant(value) => sink(&vec![value; count]),
            Slot::Borrowed(values) => sink(values),
            Slot::Owned(values) => {
                sink(&values);
                spare.push(values);
            }
        }
    }
}

fn pop<'a>(stack: &mut Vec<Slot<'a>>) -> Slot<'a> {
    stack.pop().unwrap_or(Slot::Constant(f64::NAN))
}

/// `operation` on each value.
fn map<'a>(slot: Slot<'a>, spare: &mut Vec<Vec<f64>>, operation: impl Fn(f64) -> f64) -> Slot<'a> {
    match slot {
        Slot::Constant(value) => Slot::Constant(operation(value)),
        Slot::Borrowed(values) => {
            let mut result = spare.pop().unwrap_or_default();
            result.clear();
            result.extend(values.iter().map(|value| operation(*value)));
            Slot::Owned(result)
        }
        Slot::Owned(mut values) => {
            for value in &mut values {
                *value = operation(*value);
            }
            Slot::Owned(values)
        }
    }
}

/// `operation` on each pair of values.
fn zip<'a>(a: Slot<'a>, b: Slot<'a>, spare: &mut Vec<Vec<f64>>, operation: impl Fn(f64, f64) -> f64) -> Slot<'a> {
    match (a, b) {
        (a, Slot::Constant(y)) => map(a, spare, |x| operation(x, y)),
        (Slot::Constant(x), b) => map(b, spare, |y| operation(x, y)),
        (Slot::Owned(mut xs), b) => {
            let ys: &[f64] = match &b {
                Slot::Owned(ys) => ys,
                Slot::Borrowed(ys) => ys,
                Slot::Constant(_) => &[],
            };
            for (x, y) in xs.iter_mut().zip(ys) {
                *x = operation(*x, *y);
            }
            if let Slot::Owned(ys) = b {
                spare.push(ys);
            }
            Slot::Owned(xs)
        }
        (Slot::Borrowed(xs), Slot::Owned(mut ys)) => {
            for (x, y) in xs.iter().zip(&mut ys) {
                *y = operation(*x, *y);
            }
            Slot::Owned(ys)
        }
        (Slot::Borrowed(xs), Slot::Borrowed(ys)) => {
            let mut result = spare.pop().unwrap_or_default();
            result.clear();
            result.extend(xs.iter().zip(ys).map(|(x, y)| operation(*x, *y)));
            Slot::Owned(result)
        }
    }
}

/// Truth as a number: 1, 0, or NaN for missing.
fn truth(value: bool) -> f64 {
    f64::from(u8::from(value))
}

fn apply_unary<'a>(unary: Unary, slot: Slot<'a>, spare: &mut Vec<Vec<f64>>) -> Slot<'a> {
    match unary {
        Unary::Negate => map(slot, spare, |x| -x),
        Unary::Not => map(slot, spare, |x| 1.0 - x),
        Unary::IsMissing => map(slot, spare, |x| truth(x.is_nan())),
        Unary::Abs => map(slot, spare, f64::abs),
        Unary::Sqrt => map(slot, spare, f64::sqrt),
        Unary::Exp => map(slot, spare, f64::exp),
        Unary::Ln => map(slot, spare, f64::ln),
        Unary::Log10 => map(slot, spare, f64::log10),
        Unary::Sin => map(slot, spare, f64::sin),
        Unary::Cos => map(slot, spare, f64::cos),
        Unary::Floor => map(slot, spare, f64::floor),
        Unary::Ceil => map(slot, spare, f64::ceil),
        Unary::Round => map(slot, spare, f64::round_ties_even),
    }
}

fn apply_binary<'a>(binary: Binary, a: Slot<'a>, b: Slot<'a>, spare: &mut Vec<Vec<f64>>) -> Slot<'a> {
    match binary {
        Binary::Add => zip(a, b, spare, |x, y| x + y),
        Binary::Subtract => zip(a, b, spare, |x, y| x - y),
        Binary::Multiply => zip(a, b, spare, |x, y| x * y),
        Binary::Divide => zip(a, b, spare, |x, y| x / y),
        Binary::Power => match b {
            Slot::Constant(2.0) => map(a, spare, |x| x * x),
            b => zip(a, b, spare, power),
        },
        Binary::Min => zip(a, b, spare, |x, y| either_missing(x, y, x.min(y))),
        Binary::Max => zip(a, b, spare, |x, y| either_missing(x, y, x.max(y))),
        Binary::Less => compare(a, b, spare, |x, y| x < y),
        Binary::LessEqual => compare(a, b, spare, |x, y| x <= y),
        Binary::Greater => compare(a, b, spare, |x, y| x > y),
        Binary::GreaterEqual => compare(a, b, spare, |x, y| x >= y),
        Binary::Equal => compare(a, b, spare, |x, y| x == y),
        Binary::NotEqual => compare(a, b, spare, |x, y| x != y),
        Binary::And => zip(a, b, spare, and),
        Binary::Or => zip(a, b, spare, |x, y| 1.0 - and(1.0 - x, 1.0 - y)),
    }
}

fn compare<'a>(a: Slot<'a>, b: Slot<'a>, spare: &mut Vec<Vec<f64>>, holds: impl Fn(f64, f64) -> bool) -> Slot<'a> {
    zip(a, b, spare, |x, y| either_missing(x, y, truth(holds(x, y))))
}

/// `value`, or missing if `x` or `y` is: IEEE minima, powers and `!=` know answers with NaN.
fn either_missing(x: f64, y: f64, value: f64) -> f64 {
    if x.is_nan() || y.is_nan() { f64::NAN } else { value }
}

fn power(x: f64, y: f64) -> f64 {
    either_missing(x, y, x.powf(y))
}

/// False if one is false, else missing if one is missing (Kleene's logic).
fn and(x: f64, y: f64) -> f64 {
    if x == 0.0 || y == 0.0 { 0.0 } else { x * y }
}
