//! The steps that an expression is made of, in postfix order.
//!
//! Steps lie in one flat list, not in a tree: however long a text is, computing it needs no
//! recursion.

/// What an expression yields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Number,
    Condition,
}

/// One step on a stack of values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Step {
    /// Push the number.
    Constant(f64),
    /// Push the variable of this number.
    Variable(usize),
    /// Replace the top.
    Unary(Unary),
    /// Replace the two on top.
    Binary(Binary),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unary {
    Negate,
    Not,
    IsMissing,
    Abs,
    Sqrt,
    Exp,
    Ln,
    Log10,
    Sin,
    Cos,
    Floor,
    Ceil,
    Round,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Binary {
    Add,
    Subtract,
    Multiply,
    Divide,
    Power,
    Min,
    Max,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Equal,
    NotEqual,
    And,
    Or,
}

/// What a function does with its arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Function {
    /// One number.
    Of(Unary),
    /// One number or more, two by two.
    Fold(Binary),
}

/// The functions by name.
pub(super) fn function(name: &str) -> Option<Function> {
    Some(match name {
        "abs" => Function::Of(Unary::Abs),
        "sqrt" => Function::Of(Unary::Sqrt),
        "exp" => Function::Of(Unary::Exp),
        "ln" => Function::Of(Unary::Ln),
        "log10" => Function::Of(Unary::Log10),
        "sin" => Function::Of(Unary::Sin),
        "cos" => Function::Of(Unary::Cos),
        "floor" => Function::Of(Unary::Floor),
        "ceil" => Function::Of(Unary::Ceil),
        "round" => Function::Of(Unary::Round),
        "isnan" | "ismissing" => Function::Of(Unary::IsMissing),
        "min" => Function::Fold(Binary::Min),
        "max" => Function::Fold(Binary::Max),
        _ => return None,
    })
}
