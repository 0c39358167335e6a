//! From tokens to steps, by recursive descent; the kinds of operands are checked on the way.

use super::lex::{Fault, Symbol, Token};
use super::program::{Binary, Function, Kind, Step, Unary, function};

/// Parentheses, functions, signs and powers nest at most so deep.
const DEEPEST: usize = 64;

/// What the parser yields.
#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) kind: Kind,
    pub(super) steps: Vec<Step>,
    pub(super) variables: Vec<String>,
}

/// An operand that has been read: what it is and where it began.
#[derive(Clone, Copy)]
struct Operand {
    kind: Kind,
    /// In the text, in bytes.
    start: usize,
    /// Its first step.
    step: usize,
}

struct Parser<'a> {
    tokens: &'a [Token],
    next: usize,
    depth: usize,
    steps: Vec<Step>,
    variables: Vec<String>,
}

/// Reads the whole list of tokens.
pub(super) fn parse(tokens: &[Token]) -> Result<Parsed, Fault> {
    let mut parser = Parser { tokens, next: 0, depth: 0, steps: Vec::new(), variables: Vec::new() };
    let whole = parser.either()?;
    match parser.peek() {
        Symbol::End => Ok(Parsed { kind: whole.kind, steps: parser.steps, variables: parser.variables }),
        Symbol::Close => Err(parser.fault("there is no opening parenthesis to this one")),
        _ => Err(parser.fault("an operator such as 'and', '<' or '+' is missing")),
    }
}

impl Parser<'_> {
    fn peek(&self) -> &Symbol {
        self.tokens.get(self.next).map_or(&Symbol::End, |token| &token.symbol)
    }

    fn start(&self) -> usize {
        self.tokens.get(self.next).or(self.tokens.last()).map_or(0, |token| token.start)
    }

    fn fault(&self, what: impl Into<String>) -> Fault {
        Fault::new(self.start(), what)
    }

    /// Skips `symbol` if it comes next.
    fn eat(&mut self, symbol: &Symbol) -> bool {
        let found = self.peek() == symbol && *symbol != Symbol::End;
        self.next += usize::from(found);
        found
    }

    /// Runs `inner` one level deeper.
    fn deeper(&mut self, inner: impl FnOnce(&mut Self) -> Result<Operand, Fault>) -> Result<Operand, Fault> {
        if self.depth >= DEEPEST {
            return Err(self.fault("the expression is nested too deeply"));
        }
        self.depth += 1;
        let operand = inner(self);
        self.depth -= 1;
        operand
    }

    fn need(operand: Operand, kind: Kind, by: &str) -> Result<(), Fault> {
        match (operand.kind, kind) {
            (Kind::Number, Kind::Condition) => {
                Err(Fault::new(operand.start, format!("{by} needs a condition, this is a number"))
                    .with_hint("compare it with something, as in 't2m > 0'"))
            }
            (Kind::Condition, Kind::Number) => {
                Err(Fault::new(operand.start, format!("{by} needs a number, this is true or false")))
            }
            _ => Ok(()),
        }
    }

    /// A row of operands of `level` joined by the operators that `operator` knows, from the left.
    fn row(
        &mut self,
        level: fn(&mut Self) -> Result<Operand, Fault>,
        operator: fn(&Symbol) -> Option<(Binary, &'static str)>,
        kind: Kind,
    ) -> Result<Operand, Fault> {
        let first = level(self)?;
        while let Some((binary, name)) = operator(self.peek()) {
            Self::need(first, kind, name)?;
            self.next += 1;
            let second = level(self)?;
            Self::need(second, kind, name)?;
            self.steps.push(Step::Binary(binary));
        }
        Ok(first)
    }

    fn either(&mut self) -> Result<Operand, Fault> {
        self.row(Self::both, |symbol| (*symbol == Symbol::Or).then_some((Binary::Or, "'or'")), Kind::Condition)
    }

    fn both(&mut self) -> Result<Operand, Fault> {
        self.row(Self::negation, |symbol| (*symbol == Symbol::And).then_some((Binary::And, "'and'")), Kind::Condition)
    }

    fn negation(&mut self) -> Result<Operand, Fault> {
        let start = self.start();
        if !self.eat(&Symbol::Not) {
            return self.comparison();
        }
        let operand = self.deeper(Self::negation)?;
        Self::need(operand, Kind::Condition, "'not'")?;
        self.steps.push(Step::Unary(Unary::Not));
        Ok(Operand { start, ..operand })
    }

    /// `a < b <= c` is `a < b and b <= c`: the steps of `b` come twice.
    fn comparison(&mut self) -> Result<Operand, Fault> {
        let first = self.sum()?;
        let (mut left, mut links) = (first, 0);
        let mut left_steps = first.step..self.steps.len();
        while let Symbol::Compare(binary) = *self.peek() {
            Self::need(left, Kind::Number, "a comparison")?;
            self.next += 1;
            if links > 0 {
                let again = self.steps.get(left_steps.clone()).unwrap_or(&[]).to_vec();
                self.steps.extend(again);
            }
            let right = self.sum()?;
            Self::need(right, Kind::Number, "a comparison")?;
            let right_steps = right.step..self.steps.len();
            for (operand, steps) in [(left, &left_steps), (right, &right_steps)] {
                if matches!(self.steps.get(steps.clone()), Some([Step::Constant(value)]) if value.is_nan()) {
                    return Err(Fault::new(operand.start, "nothing compares with nan")
                        .with_hint("write isnan(t2m) or not isnan(t2m)"));
                }
            }
            self.steps.push(Step::Binary(binary));
            if links > 0 {
                self.steps.push(Step::Binary(Binary::And));
            }
            links += 1;
            (left, left_steps) = (right, right_steps);
        }
        Ok(if links > 0 { Operand { kind: Kind::Condition, ..first } } else { first })
    }

    fn sum(&mut self) -> Result<Operand, Fault> {
        let operator = |symbol: &Symbol| match symbol {
            Symbol::Plus => Some((Binary::Add, "'+'")),
            Symbol::Minus => Some((Binary::Subtract, "'-'")),
            _ => None,
        };
        self.row(Self::product, operator, Kind::Number)
    }

    fn product(&mut self) -> Result<Operand, Fault> {
        let operator = |symbol: &Symbol| match symbol {
            Symbol::Times => Some((Binary::Multiply, "'*'")),
            Symbol::Over => Some((Binary::Divide, "'/'")),
            _ => None,
        };
        self.row(Self::signed, operator, Kind::Number)
    }

    fn signed(&mut self) -> Result<Operand, Fault> {
        let start = self.start();
        let negative = self.eat(&Symbol::Minus);
        if !negative && !self.eat(&Symbol::Plus) {
            return self.power();
        }
        let operand = self.deeper(Self::signed)?;
        Self::need(operand, Kind::Number, "a sign")?;
        if negative {
            self.steps.push(Step::Unary(Unary::Negate));
        }
        Ok(Operand { start, ..operand })
    }

    fn power(&mut self) -> Result<Operand, Fault> {
        let base = self.atom()?;
        if self.eat(&Symbol::Power) {
            Self::need(base, Kind::Number, "'^'")?;
            let exponent = self.deeper(Self::signed)?;
            Self::need(exponent, Kind::Number, "'^'")?;
            self.steps.push(Step::Binary(Binary::Power));
        }
        Ok(base)
    }

    fn atom(&mut self) -> Result<Operand, Fault> {
        let operand = Operand { kind: Kind::Number, start: self.start(), step: self.steps.len() };
        let symbol = self.peek().clone();
        match symbol {
            Symbol::Number(value) => {
                self.next += 1;
                self.steps.push(Step::Constant(value));
                Ok(operand)
            }
            Symbol::Quoted(name) => {
                self.next += 1;
                self.variable(name);
                Ok(operand)
            }
            Symbol::Name(name) => {
                self.next += 1;
                self.named(name, operand)
            }
            Symbol::Open => {
                self.next += 1;
                let inner = self.deeper(Self::either)?;
                self.close()?;
                Ok(Operand { start: operand.start, ..inner })
            }
            Symbol::End => Err(self.fault("something is missing at the end")),
            Symbol::Not => Err(self.fault("'not' must stand before a whole comparison")),
            _ => Err(self.fault("a number, a variable or a parenthesis is missing")),
        }
    }

    fn close(&mut self) -> Result<(), Fault> {
        if self.eat(&Symbol::Close) { Ok(()) } else { Err(self.fault("a closing parenthesis is missing")) }
    }

    fn variable(&mut self, name: String) {
        let place = self.variables.iter().position(|known| *known == name).unwrap_or_else(|| {
            self.variables.push(name);
            self.variables.len() - 1
        });
        self.steps.push(Step::Variable(place));
    }

    /// A function, a constant or a variable, whose name has just been read.
    fn named(&mut self, name: String, operand: Operand) -> Result<Operand, Fault> {
        if *self.peek() == Symbol::Open {
            let Some(function) = function(&name) else { return Err(no_function(&name, operand.start)) };
            return self.call(&name, function, operand);
        }
        match name.as_str() {
            "pi" => self.steps.push(Step::Constant(std::f64::consts::PI)),
            "nan" | "NaN" => self.steps.push(Step::Constant(f64::NAN)),
            _ => self.variable(name),
        }
        Ok(operand)
    }

    fn call(&mut self, name: &str, function: Function, operand: Operand) -> Result<Operand, Fault> {
        self.next += 1;
        let needs = format!("{name}()");
        let argument = self.deeper(Self::either)?;
        Self::need(argument, Kind::Number, &needs)?;
        if let Function::Of(unary) = function {
            self.steps.push(Step::Unary(unary));
            if *self.peek() == Symbol::Comma {
                return Err(self.fault(format!("{needs} takes one argument")));
            }
        }
        while self.eat(&Symbol::Comma) {
            let argument = self.deeper(Self::either)?;
            Self::need(argument, Kind::Number, &needs)?;
            if let Function::Fold(binary) = function {
                self.steps.push(Step::Binary(binary));
            }
        }
        self.close()?;
        let kind = if function == Function::Of(Unary::IsMissing) { Kind::Condition } else { Kind::Number };
        Ok(Operand { kind, ..operand })
    }
}

fn no_function(name: &str, at: usize) -> Fault {
    let fault = Fault::new(at, format!("there is no function '{name}'"));
    if name == "log" {
        return fault.with_hint("write ln for the natural logarithm, log10 for the decimal one");
    }
    fault.with_hint("there are abs, sqrt, exp, ln, log10, sin, cos, floor, ceil, round, min, max, isnan, ismissing")
}
