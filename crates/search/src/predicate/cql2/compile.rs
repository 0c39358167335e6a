//! From an expression to what is asked of items.

use cql2::Expr;
use geo::Geometry;

use super::super::area::{Area, rectangle};
use super::super::compare::Exact;
use super::super::geometry::geometry;
use super::super::property::Property;
use super::super::time::instant;
use super::node::{Arithmetic, Choices, Comparison, Fold, Lists, Node};
use super::spatial::Relation;
use super::temporal::{Moment, Temporal};
use super::text::{Pattern, folded};

/// Expressions in each other at most.
const DEEPEST: usize = 1500;

/// Makes nodes of expressions.
#[derive(Debug, Default)]
pub(super) struct Compiler {
    /// The first function that is none of the standard's.
    pub(super) unknown: Option<String>,
    depth: usize,
}

type Made<T = Node> = Result<T, String>;

impl Compiler {
    pub(super) fn node(&mut self, expression: &Expr) -> Made {
        if self.depth > DEEPEST {
            return Err(format!("the filter has more than {DEEPEST} expressions in each other"));
        }
        self.depth += 1;
        let made = self.any(expression);
        self.depth -= 1;
        made
    }

    fn any(&mut self, expression: &Expr) -> Made {
        Ok(match expression {
            Expr::Null => Node::Null,
            Expr::Bool(truth) => Node::Bool(*truth),
            Expr::Float(number) => Node::Number(Exact::of(*number)),
            Expr::Literal(text) => Node::Text(text.clone()),
            Expr::Property { property } => Node::Property(Property::of(property)),
            Expr::Array(members) => Node::List(self.nodes(members)?),
            Expr::Timestamp { timestamp } => self.time(timestamp, false)?,
            Expr::Date { date } => self.time(date, true)?,
            Expr::Interval { interval } => self.interval(interval)?,
            Expr::BBox { bbox } => Node::Shape(self::bbox(bbox)?),
            Expr::Geometry(_) => {
                let value = serde_json::to_value(expression).map_err(|error| error.to_string())?;
                Node::Shape(geometry(&value)?)
            }
            Expr::Operation { op, args } => self.operation(op, args)?,
        })
    }

    fn nodes(&mut self, expressions: &[Box<Expr>]) -> Made<Vec<Node>> {
        expressions.iter().map(|expression| self.node(expression)).collect()
    }

    fn operation(&mut self, op: &str, args: &[Box<Expr>]) -> Made {
        let name = op.to_ascii_lowercase();
        if let Some(comparison) = comparison(&name) {
            return Ok(Node::Compare(comparison, self.exactly(op, args)?));
        }
        if let Some(relation) = Relation::of(&name) {
            return self.spatial(relation, op, args);
        }
        if let Some(relation) = Temporal::of(&name) {
            return Ok(Node::Temporal(relation, self.exactly(op, args)?));
        }
        if let Some(lists) = lists(&name) {
            return Ok(Node::Lists(lists, self.exactly(op, args)?));
        }
        if let Some(arithmetic) = arithmetic(&name) {
            return match args.len() {
                0 | 1 => Err(arity(op, args.len(), 2)),
                _ => Ok(Node::Arithmetic(arithmetic, self.nodes(args)?)),
            };
        }
        self.logical(&name, op, args)
    }

    fn logical(&mut self, name: &str, op: &str, args: &[Box<Expr>]) -> Made {
        Ok(match name {
            "and" | "or" if args.is_empty() => return Err(arity(op, 0, 2)),
            "and" => Node::And(self.nodes(args)?),
            "or" => Node::Or(self.nodes(args)?),
            "not" => Node::Not(Box::new(self.only(op, args)?)),
            "isnull" => Node::IsNull(Box::new(self.only(op, args)?)),
            "casei" => Self::fold(Fold::Case, self.only(op, args)?),
            "accenti" => Self::fold(Fold::Accents, self.only(op, args)?),
            "between" => Node::Between(self.exactly(op, args)?),
            "in" => {
                let [value, choices] = *self.exactly::<2>(op, args)?;
                let Node::List(choices) = choices else { return Err("'in' takes a list of values".to_owned()) };
                Node::OneOf(Box::new(value), Choices::of(choices))
            }
            "like" => {
                let [text, pattern] = *self.exactly::<2>(op, args)?;
                match pattern {
                    Node::Text(pattern) => Node::LikePattern(Box::new(text), Pattern::of(&pattern)),
                    other => Node::Like(Box::new(text), Box::new(other)),
                }
            }
            _ => {
                self.nodes(args)?;
                self.unknown.get_or_insert_with(|| op.to_owned());
                Node::Null
            }
        })
    }

    fn exactly<const N: usize>(&mut self, op: &str, args: &[Box<Expr>]) -> Made<Box<[Node; N]>> {
        self.nodes(args)?.try_into().map_err(|_| arity(op, args.len(), N))
    }

    fn only(&mut self, op: &str, args: &[Box<Expr>]) -> Made {
        match args {
            [only] => self.node(only),
            _ => Err(arity(op, args.len(), 1)),
        }
    }

    fn fold(fold: Fold, node: Node) -> Node {
        match node {
            Node::Text(text) => Node::Text(folded(fold, &text)),
            other => Node::Fold(fold, Box::new(other)),
        }
    }

    fn spatial(&mut self, relation: Relation, op: &str, args: &[Box<Expr>]) -> Made {
        let sides: Box<[Node; 2]> = self.exactly(op, args)?;
        if !matches!(relation, Relation::Intersects | Relation::Disjoint) {
            return Ok(Node::Spatial(relation, sides));
        }
        let apart = matches!(relation, Relation::Disjoint);
        Ok(match *sides {
            [Node::Shape(shape), other] | [other, Node::Shape(shape)] => {
                Node::Meets(Box::new(other), Area::of_shape(shape), apart)
            }
            sides => Node::Spatial(relation, Box::new(sides)),
        })
    }

    fn time(&mut self, inner: &Expr, day: bool) -> Made {
        match self.node(inner)? {
            Node::Text(text) => {
                let time = instant(&text).ok_or_else(|| unread(&text))?;
                Ok(Node::Moment(if day { Moment::day(time) } else { Moment::at(time) }))
            }
            inner @ (Node::Property(_) | Node::Fold(..)) => Ok(Node::Time(Box::new(inner), day)),
            _ => Err("a date or timestamp takes a text".to_owned()),
        }
    }

    fn interval(&mut self, ends: &[Box<Expr>]) -> Made {
        let [start, end] = ends else { return Err(arity("interval", ends.len(), 2)) };
        let ends = [self.end(start)?, self.end(end)?];
        Ok(match ends {
            [Node::Moment(start), Node::Moment(end)] => Node::Moment(Moment::between(start, end)),
            [start, end] => Node::Interval(Box::new(start), Box::new(end)),
        })
    }

    /// An end of an interval: a moment where it is constant.
    fn end(&mut self, end: &Expr) -> Made {
        match self.node(end)? {
            Node::Text(text) if text == ".." => Ok(Node::Moment(Moment::ALWAYS)),
            Node::Text(text) => instant(&text).map(|time| Node::Moment(Moment::at(time))).ok_or_else(|| unread(&text)),
            node @ (Node::Moment(_) | Node::Property(_) | Node::Time(..)) => Ok(node),
            _ => Err("an interval takes two times".to_owned()),
        }
    }
}

/// A geometry of constant edges.
fn bbox(edges: &[Box<Expr>]) -> Made<Geometry> {
    let number = |edge: &Expr| match edge {
        Expr::Float(number) if number.is_finite() => Some(*number),
        _ => None,
    };
    let edges: Option<Vec<f64>> = edges.iter().map(|edge| number(edge)).collect();
    let Some(&[west, south, east, north] | &[west, south, _, east, north, _]) = edges.as_deref() else {
        return Err("a bbox takes four or six numbers".to_owned());
    };
    if south > north {
        return Err(format!("the bbox's south, {south}, lies north of its north, {north}"));
    }
    // Across the dateline, longitudes run on beyond 180 degrees.
    Ok(rectangle(west, south, if west > east { east + 360.0 } else { east }, north))
}

impl Choices {
    fn of(nodes: Vec<Node>) -> Self {
        let text = |node: &Node| match node {
            Node::Text(text) if instant(text).is_none() => Some(text.clone()),
            _ => None,
        };
        nodes.iter().map(text).collect::<Option<_>>().map_or(Self::Any(nodes), Self::Texts)
    }
}

fn arity(op: &str, has: usize, takes: usize) -> String {
    format!("'{op}' takes {takes} arguments, not {has}")
}

fn unread(text: &str) -> String {
    format!("'{text}' is no time")
}

fn comparison(name: &str) -> Option<Comparison> {
    Some(match name {
        "=" => Comparison::Same,
        "<>" | "!=" => Comparison::Other,
        "<" => Comparison::Less,
        "<=" => Comparison::LessOrSame,
        ">" => Comparison::Greater,
        ">=" => Comparison::GreaterOrSame,
        _ => return None,
    })
}

fn arithmetic(name: &str) -> Option<Arithmetic> {
    Some(match name {
        "+" => Arithmetic::Plus,
        "-" => Arithmetic::Minus,
        "*" => Arithmetic::Times,
        "/" => Arithmetic::Over,
        "%" => Arithmetic::Modulo,
        "^" => Arithmetic::Power,
        "div" => Arithmetic::Whole,
        _ => return None,
    })
}

fn lists(name: &str) -> Option<Lists> {
    Some(match name {
        "a_equals" => Lists::Same,
        "a_contains" => Lists::Contains,
        "a_containedby" => Lists::Contained,
        "a_overlaps" => Lists::Overlaps,
        _ => return None,
    })
}
