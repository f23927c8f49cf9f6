//! XPath tokens to expressions.

use super::call::Function;
use super::lex::{Lexer, Token};
use super::{Arithmetic, Axis, Comparison, Expr, Logic, Start, Step, Test, XPathError};
use crate::text::regex::Pattern;

/// Expressions inside each other, at most.
const MAX_DEPTH: usize = 100;

/// Operators of an expression beside `|`, at most.
const MAX_OPERATORS: usize = 100;

/// The expression that a text begins with. What follows it is ignored, as in the reference.
pub(super) fn parse(text: &str) -> Result<Expr, XPathError> {
    if text.is_empty() {
        return Err(XPathError { offset: 0, what: "it is empty".to_owned() });
    }
    Parser { lexer: Lexer::new(text)?, depth: 0, operators: 0 }.expr()
}

struct Parser<'x> {
    lexer: Lexer<'x>,
    depth: usize,
    operators: usize,
}

/// The operators and how strongly they bind.
const OPERATORS: [(&str, usize); 13] = [
    ("or", 1),
    ("and", 2),
    ("=", 3),
    ("!=", 3),
    ("<", 4),
    ("<=", 4),
    (">", 4),
    (">=", 4),
    ("+", 5),
    ("-", 5),
    ("*", 6),
    ("div", 6),
    ("mod", 6),
];

impl Parser<'_> {
    fn expr(&mut self) -> Result<Expr, XPathError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.lexer.fault("expressions are nested too deeply"));
        }
        let expr = self.binary(0)?;
        self.depth -= 1;
        Ok(expr)
    }

    /// The operator that the lexer stands on, and how strongly it binds.
    fn operator(&self) -> Option<(&'static str, usize)> {
        let found = match &self.lexer.token {
            Token::Symbol(symbol) => symbol,
            Token::Name { prefix, local, .. } if prefix.is_empty() => local.as_str(),
            _ => return None,
        };
        OPERATORS.into_iter().find(|(operator, _)| *operator == found)
    }

    /// Operands joined by operators that bind at least so strongly.
    fn binary(&mut self, least: usize) -> Result<Expr, XPathError> {
        let mut left = self.unary()?;
        while let Some((operator, strength)) = self.operator().filter(|(_, own)| *own >= least) {
            self.count()?;
            self.lexer.advance()?;
            let (one, other) = (Box::new(left), Box::new(self.binary(strength + 1)?));
            left = match operator {
                "or" => Expr::Logic(Logic::Or, one, other),
                "and" => Expr::Logic(Logic::And, one, other),
                "=" => Expr::Compare(Comparison::Equal, one, other),
                "!=" => Expr::Compare(Comparison::NotEqual, one, other),
                "<" => Expr::Compare(Comparison::Less, one, other),
                "<=" => Expr::Compare(Comparison::LessOrEqual, one, other),
                ">" => Expr::Compare(Comparison::Greater, one, other),
                ">=" => Expr::Compare(Comparison::GreaterOrEqual, one, other),
                "+" => Expr::Arithmetic(Arithmetic::Add, one, other),
                "-" => Expr::Arithmetic(Arithmetic::Subtract, one, other),
                "*" => Expr::Arithmetic(Arithmetic::Multiply, one, other),
                "div" => Expr::Arithmetic(Arithmetic::Divide, one, other),
                _ => Expr::Arithmetic(Arithmetic::Remainder, one, other),
            };
        }
        Ok(left)
    }

    fn count(&mut self) -> Result<(), XPathError> {
        self.operators += 1;
        if self.operators > MAX_OPERATORS {
            return Err(self.lexer.fault("there are too many operators"));
        }
        Ok(())
    }

    fn unary(&mut self) -> Result<Expr, XPathError> {
        let mut negative = false;
        while self.lexer.eat("-")? {
            negative = !negative;
        }
        let mut expr = self.path()?;
        if self.lexer.is("|") {
            let mut all = vec![expr];
            while self.lexer.eat("|")? {
                all.push(self.path()?);
            }
            expr = Expr::Union(all);
        }
        Ok(if negative { Expr::Negate(Box::new(expr)) } else { expr })
    }

    fn path(&mut self) -> Result<Expr, XPathError> {
        if let Some(primary) = self.primary()? {
            let mut predicates = Vec::new();
            while self.lexer.is("[") {
                predicates.push(self.predicate()?);
            }
            let base = match predicates.is_empty() {
                true => primary,
                false => Expr::Filter(Box::new(primary), predicates),
            };
            if !self.lexer.is("/") && !self.lexer.is("//") {
                return Ok(base);
            }
            let steps = self.more_steps(Vec::new())?;
            return Ok(Expr::Path(Start::Of(Box::new(base)), steps));
        }
        if self.lexer.is("//") {
            return Ok(Expr::Path(Start::Root, self.more_steps(Vec::new())?));
        }
        let start = match self.lexer.eat("/")? {
            true if !self.begins_step() => return Ok(Expr::Path(Start::Root, Vec::new())),
            true => Start::Root,
            false => Start::Here,
        };
        let first = self.step()?;
        Ok(Expr::Path(start, self.more_steps(vec![first])?))
    }

    fn begins_step(&self) -> bool {
        match &self.lexer.token {
            Token::Symbol(symbol) => matches!(*symbol, "." | ".." | "@" | "*"),
            token => matches!(token, Token::Name { .. } | Token::Axis(_)),
        }
    }

    /// Steps behind slashes.
    fn more_steps(&mut self, mut steps: Vec<Step>) -> Result<Vec<Step>, XPathError> {
        loop {
            if self.lexer.eat("//")? {
                let step = self.step()?;
                match step {
                    // Reached in document order.
                    Step::Along(Axis::Child, test, predicates) if predicates.is_empty() => {
                        steps.push(Step::Along(Axis::Descendant, test, predicates));
                    }
                    step => {
                        let all = Axis::DescendantOrSelf;
                        steps.push(Step::Along(all, Test::Anything, Vec::new()));
                        steps.push(step);
                    }
                }
            } else if self.lexer.eat("/")? {
                steps.push(self.step()?);
            } else {
                return Ok(steps);
            }
        }
    }

    fn step(&mut self) -> Result<Step, XPathError> {
        if self.lexer.is("(") {
            return self.alternatives();
        }
        let (axis, test) = if self.lexer.eat(".")? {
            (Axis::Itself, Test::Anything)
        } else if self.lexer.eat("..")? {
            (Axis::Parent, Test::Anything)
        } else {
            let axis = self.axis()?;
            (axis, self.test()?)
        };
        let mut predicates = Vec::new();
        while self.lexer.is("[") {
            predicates.push(self.predicate()?);
        }
        Ok(Step::Along(axis, test, predicates))
    }

    fn alternatives(&mut self) -> Result<Step, XPathError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.lexer.fault("steps are nested too deeply"));
        }
        self.lexer.expect("(")?;
        let mut steps = vec![self.step()?];
        while self.lexer.eat(",")? {
            steps.push(self.step()?);
        }
        self.lexer.expect(")")?;
        self.depth -= 1;
        Ok(Step::Each(steps))
    }

    fn axis(&mut self) -> Result<Axis, XPathError> {
        if self.lexer.eat("@")? {
            return Ok(Axis::Attribute);
        }
        let Token::Axis(name) = &self.lexer.token else { return Ok(Axis::Child) };
        let axis = match name.as_str() {
            "ancestor" => Axis::Ancestor,
            "ancestor-or-self" => Axis::AncestorOrSelf,
            "attribute" => Axis::Attribute,
            "child" => Axis::Child,
            "descendant" => Axis::Descendant,
            "descendant-or-self" => Axis::DescendantOrSelf,
            "following" => Axis::Following,
            "following-sibling" => Axis::FollowingSibling,
            "parent" => Axis::Parent,
            "preceding" => Axis::Preceding,
            "preceding-sibling" => Axis::PrecedingSibling,
            "self" => Axis::Itself,
            other => return Err(self.lexer.fault(format!("there is no axis {other}"))),
        };
        self.lexer.advance()?;
        Ok(axis)
    }

    fn test(&mut self) -> Result<Test, XPathError> {
        if self.lexer.eat("*")? {
            return Ok(Test::AnyName);
        }
        let Token::Name { prefix, local, called } = self.lexer.token.clone() else {
            return Err(self.lexer.fault("expected a step"));
        };
        self.lexer.advance()?;
        if !(called && is_node_type(&prefix, &local)) {
            return Ok(Test::Name { prefix, local });
        }
        self.lexer.expect("(")?;
        let test = match local.as_str() {
            "text" => Test::Text,
            "comment" => Test::Comment,
            "node" => Test::Anything,
            _ => match self.lexer.token.clone() {
                Token::Text(target) => {
                    self.lexer.advance()?;
                    Test::Instruction(Some(target))
                }
                _ => Test::Instruction(None),
            },
        };
        self.lexer.expect(")")?;
        Ok(test)
    }

    fn predicate(&mut self) -> Result<Expr, XPathError> {
        self.lexer.expect("[")?;
        let predicate = self.expr()?;
        self.lexer.expect("]")?;
        Ok(predicate)
    }

    /// A literal, a call or an expression in parentheses; `None` if a path begins here.
    fn primary(&mut self) -> Result<Option<Expr>, XPathError> {
        let expr = match self.lexer.token.clone() {
            Token::Number(number) => Expr::Number(number),
            Token::Text(text) => Expr::Text(text),
            Token::Symbol("$") => return Err(self.lexer.fault("variables have no value here")),
            Token::Symbol("(") => {
                self.lexer.advance()?;
                let expr = self.expr()?;
                self.lexer.expect(")")?;
                return Ok(Some(expr));
            }
            Token::Name { prefix, local, called: true } if !is_node_type(&prefix, &local) => {
                return self.call(&local).map(Some);
            }
            _ => return Ok(None),
        };
        self.lexer.advance()?;
        Ok(Some(expr))
    }

    fn call(&mut self, name: &str) -> Result<Expr, XPathError> {
        let known = Function::ALL.iter().find(|one| one.name == name);
        let known =
            known.ok_or_else(|| self.lexer.fault(format!("there is no function {name}")))?;
        let wrong =
            self.lexer.fault(format!("{name} is called with too few or too many arguments"));
        self.lexer.advance()?;
        self.lexer.expect("(")?;
        let mut args = Vec::new();
        if !self.lexer.is(")") {
            args.push(self.expr()?);
            while !self.lexer.is(")") {
                self.lexer.expect(",")?;
                args.push(self.expr()?);
            }
        }
        self.lexer.expect(")")?;
        if !known.takes.contains(&args.len()) {
            return Err(wrong);
        }
        let pattern = match (known.function, args.get(1)) {
            (Function::Matches, Some(Expr::Text(text))) => {
                let pattern =
                    Pattern::new(text).map_err(|error| self.lexer.fault(error.to_string()));
                Some(pattern?)
            }
            _ => None,
        };
        Ok(Expr::Call(known.function, args, pattern))
    }
}

fn is_node_type(prefix: &str, local: &str) -> bool {
    prefix.is_empty() && matches!(local, "node" | "text" | "comment" | "processing-instruction")
}
