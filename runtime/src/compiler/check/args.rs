//! Arguments: conversions that parameters ask for.

use std::sync::Arc;

use holt_grammar::diag::Severity;
use holt_grammar::span::Span;

use super::Checker;
use crate::compiler::codes;
use crate::compiler::hir::{Constant, Expr, ExprKind, PatternConstant};
use crate::compiler::resolve::{Call, Node, NodeKind};
use crate::error::EvalError;
use crate::functions::{Arguments, FunctionDecl, Param, Takes, bool_like, float_like, int_like};
use crate::ops::Conversion;
use crate::text::regex::{Pattern, Template};
use crate::types::{Kind, Type};

/// A value whose failure the function raises when it needs it; what cannot fail stays as it is.
fn late(value: Expr) -> Expr {
    if value.as_constant().is_some() {
        return value;
    }
    // Of a list that is written out, each element is late by itself.
    if let ExprKind::Items(items) = value.kind {
        let kind = ExprKind::Items(items.into_iter().map(late).collect());
        return Expr { kind, ty: value.ty };
    }
    let ty = value.ty.or(Type::NIL);
    Expr { kind: ExprKind::Late(Box::new(value)), ty }
}

impl Checker<'_> {
    /// Checks the arguments of a converter: one value for each parameter.
    pub(super) fn arguments(&mut self, call: &Call) -> Option<Vec<Expr>> {
        self.arguments_from(call, 0)
    }

    /// As [`Self::arguments`], from the parameter at `first` on.
    pub(super) fn arguments_from(&mut self, call: &Call, first: usize) -> Option<Vec<Expr>> {
        let pairs = call.function.params.iter().zip(&call.args).skip(first);
        let args: Vec<_> = pairs
            .map(|(param, arg)| match arg {
                None => Some(Expr::constant(Constant::Nil)),
                Some(node) => {
                    let value = self.argument(call.function, param, node)?;
                    Some(if param.late { late(value) } else { value })
                }
            })
            .collect();
        let args = args.into_iter().collect::<Option<Vec<_>>>()?;
        self.start_up_rule(call, first, &args)?;
        self.check_template(call, first, &args);
        Some(args)
    }

    fn argument(
        &mut self,
        function: &'static FunctionDecl,
        param: &Param,
        node: &Node,
    ) -> Option<Expr> {
        match param.takes {
            Takes::Any => self.value(node),
            Takes::Single => {
                let kind = ExprKind::Items(vec![self.value(node)?]);
                Some(Expr { kind, ty: Type::LIST })
            }
            Takes::Tested(ty) => {
                let value = self.value(node)?;
                if node.kind.is_literal() && value.ty.is_disjoint(ty) {
                    self.never_fits(Severity::Error, function, param, value.ty, ty, node.span);
                    return None;
                }
                Some(value)
            }
            Takes::Exactly(ty) => self.converted(Conversion::Expect(ty), function, param, node),
            Takes::TextLike => self.converted(Conversion::TextLike, function, param, node),
            Takes::IntLike => self.converted(Conversion::IntLike, function, param, node),
            Takes::Pattern => self.pattern(function, param, node),
            Takes::FloatLike => self.converted(Conversion::FloatLike, function, param, node),
            Takes::BoolLike => self.converted(Conversion::BoolLike, function, param, node),
            Takes::BytesLike => self.converted(Conversion::BytesLike, function, param, node),
            Takes::Literal(ty) => self.literal(ty, function, param, node),
            Takes::Literals(ty) => {
                let elements = self.written_out(function, param, node)?;
                let elements: Vec<_> = elements
                    .iter()
                    .map(|element| self.literal(ty, function, param, element))
                    .collect();
                let kind = ExprKind::Items(elements.into_iter().collect::<Option<_>>()?);
                Some(Expr { kind, ty: Type::LIST })
            }
            Takes::List(ty) => {
                let elements = self.written_out(function, param, node)?;
                let elements: Vec<_> = elements
                    .iter()
                    .map(|element| match ty {
                        Type::ANY => self.value(element),
                        _ => self.converted(Conversion::Expect(ty), function, param, element),
                    })
                    .collect();
                let kind = ExprKind::Items(elements.into_iter().collect::<Option<_>>()?);
                Some(Expr { kind, ty: Type::LIST })
            }
            Takes::LiteralMap => {
                let value = self.converted(Conversion::Expect(Type::MAP), function, param, node)?;
                if node.kind.is_literal() {
                    return Some(value);
                }
                let message = format!(
                    "`{}` of `{}` must be written out, so this always fails",
                    param.name, function.name
                );
                self.warn(codes::ARGUMENT_TYPE, node.span, message, "not a literal", "");
                let error = EvalError::Function("the mapping must be written out".into());
                Some(Expr { kind: ExprKind::Raise(error), ty: Type::NOTHING })
            }
            Takes::Elements => {
                let value = self.value(node)?;
                let takes = Type::LIST.or(Type::NIL);
                if value.ty.is_disjoint(takes) && value.ty != Type::NOTHING {
                    self.never_fits(Severity::Warning, function, param, value.ty, takes, node.span);
                }
                Some(value)
            }
            Takes::Function => match &node.kind {
                NodeKind::Function(function) => Some(Expr::constant(Constant::Function(function))),
                _ => {
                    let message =
                        format!("`{}` of `{}` must be a converter", param.name, function.name);
                    let note = "write the name of a converter without parentheses, such as SHA256";
                    self.refuse(codes::ARGUMENT_TYPE, node.span, message, "", note);
                    None
                }
            },
            Takes::Lambda(params, ty) => self.lambda(params, ty, function, param, node),
            Takes::Path | Takes::MapPath | Takes::ListPath => {
                let message = format!("`{}` of `{}` must be a path", param.name, function.name);
                self.refuse(codes::ARGUMENT_TYPE, node.span, message, "not a path", "");
                None
            }
        }
    }

    /// The elements of a list that must be written out.
    fn written_out<'n>(
        &mut self,
        function: &FunctionDecl,
        param: &Param,
        node: &'n Node,
    ) -> Option<&'n [Node]> {
        if let NodeKind::List(elements) = &node.kind {
            return Some(elements);
        }
        let message = format!("`{}` of `{}` must be a list", param.name, function.name);
        let note = "the list must be written out here; a path that holds one will not do";
        self.refuse(codes::ARGUMENT_TYPE, node.span, message, "not a list", note);
        None
    }

    /// A literal of a type; what is computed will not do, even if it is constant.
    fn literal(
        &mut self,
        ty: Type,
        function: &FunctionDecl,
        param: &Param,
        node: &Node,
    ) -> Option<Expr> {
        let value = self.value(node)?;
        // A number with a sign is arithmetic.
        let is_signed = match node.kind {
            NodeKind::Int(value) => value < 0,
            NodeKind::Float(value) => value.is_sign_negative(),
            _ => false,
        };
        let is_symbol = matches!(node.kind, NodeKind::Symbol(_));
        if node.kind.is_literal() && value.ty.is_within(ty) && !is_signed && !is_symbol {
            return Some(value);
        }
        let message = format!("`{}` of `{}` must be a {ty} literal", param.name, function.name);
        let (label, note) = if is_signed {
            ("a number with a sign".to_owned(), "negative numbers cannot be given here")
        } else if is_symbol {
            ("a symbol".to_owned(), "write its number")
        } else if node.kind.is_literal() {
            (format!("this is {}", value.ty), "")
        } else {
            let note = "it is read when the collector starts, so it cannot be computed";
            ("not a literal".to_owned(), note)
        };
        self.refuse(codes::ARGUMENT_TYPE, node.span, message, label, note);
        None
    }

    /// What the function itself asks of constant arguments.
    fn start_up_rule(&mut self, call: &Call, first: usize, args: &[Expr]) -> Option<()> {
        let Some(check) = call.function.check else { return Some(()) };
        let Err(fault) = check(&Arguments::new(args, first)) else { return Some(()) };
        let argument = call.args.get(fault.param).and_then(Option::as_ref);
        let span = argument.map_or(call.span, |node| node.span);
        let message = format!("`{}` {}", call.function.name, fault.message);
        self.refuse(codes::ARGUMENT_VALUE, span, message, "", fault.help);
        None
    }

    /// A value behind a conversion. Literals are converted now: what fails is refused, as the
    /// reference does when it starts.
    fn converted(
        &mut self,
        conversion: Conversion,
        function: &FunctionDecl,
        param: &Param,
        node: &Node,
    ) -> Option<Expr> {
        let value = self.value(node)?;
        let takes = conversion.takes();
        let literal = node.kind.is_literal();
        if value.ty.is_disjoint(takes) && value.ty != Type::NOTHING {
            let severity = if literal { Severity::Error } else { Severity::Warning };
            self.never_fits(severity, function, param, value.ty, takes, node.span);
            if literal {
                return None;
            }
        }
        if literal && conversion == Conversion::Expect(Type::LIST) && node.kind.has_map() {
            let message = format!("`{}` cannot take a list with maps in it", function.name);
            let note = "a list that is written out cannot hold maps here";
            self.refuse(codes::ARGUMENT_TYPE, node.span, message, "", note);
            return None;
        }
        if literal
            && let Some(Err(error)) =
                value.as_constant().and_then(Constant::value).and_then(|value| match conversion {
                    Conversion::IntLike => Some(int_like(value)),
                    Conversion::FloatLike => Some(float_like(value)),
                    Conversion::BoolLike => Some(bool_like(value)),
                    _ => None,
                })
        {
            let message = format!("`{}` cannot take this: {error}", function.name);
            let label = match conversion {
                Conversion::IntLike => "not an integer",
                Conversion::FloatLike => "not a number",
                _ => "not a truth value",
            };
            self.refuse(codes::ARGUMENT_TYPE, node.span, message, label, "");
            return None;
        }
        if conversion.is_identity(value.ty) {
            return Some(value);
        }
        let ty = conversion.yields(value.ty);
        // What is certain to fail for its type alone fails there.
        let kind = match (value.as_constant(), value.ty.single()) {
            (Some(_), Some(got)) if !takes.has(got) => {
                ExprKind::Raise(EvalError::Expected { expected: takes, got })
            }
            _ => ExprKind::Convert(conversion, Box::new(value)),
        };
        Some(Expr { kind, ty })
    }

    fn never_fits(
        &mut self,
        severity: Severity,
        function: &FunctionDecl,
        param: &Param,
        got: Type,
        takes: Type,
        span: Span,
    ) {
        let always =
            if severity == Severity::Error { "" } else { ", so the statement always fails" };
        let message =
            format!("`{}` of `{}` takes {takes}, not {got}{always}", param.name, function.name);
        let note = match got.single() {
            Some(Kind::Nil) => "a missing value fails as well: guard it with `where … != nil`",
            Some(_) if takes == Type::STRING => "convert it with String()",
            _ => "",
        };
        self.report(severity, codes::ARGUMENT_TYPE, span, message, format!("this is {got}"), note);
    }

    fn pattern(&mut self, function: &FunctionDecl, param: &Param, node: &Node) -> Option<Expr> {
        let NodeKind::Str(text) = &node.kind else {
            return self.converted(Conversion::Pattern, function, param, node);
        };
        match Pattern::new(text) {
            Ok(pattern) => {
                let constant = PatternConstant { text: text.as_str().into(), pattern };
                Some(Expr::constant(Constant::Pattern(Arc::new(constant))))
            }
            Err(error) => {
                let message = format!("the regular expression is not valid: {}", error.message);
                let label = if error.part.is_empty() {
                    String::new()
                } else {
                    format!("the fault is at `{}`", error.part)
                };
                let note =
                    "patterns follow Go's RE2 syntax; a backslash is written twice in a string";
                self.refuse(codes::PATTERN, node.span, message, label, note);
                None
            }
        }
    }

    /// Looks for references to groups that the pattern of the same call does not have.
    fn check_template(&mut self, call: &Call, first: usize, args: &[Expr]) {
        let find = |name: &str| {
            let at = call.function.params.iter().position(|param| param.name == name)?;
            Some((args.get(at.checked_sub(first)?)?, call.args.get(at)?.as_ref()?.span))
        };
        let takes_pattern = |param: &&Param| param.takes == Takes::Pattern;
        let pattern = call.function.params.iter().find(takes_pattern);
        let pattern = pattern.and_then(|param| find(param.name));
        let (Some((pattern, _)), Some((replacement, span))) = (pattern, find("replacement")) else {
            return;
        };
        let (Some(Constant::Pattern(pattern)), Some(Constant::Str(replacement))) =
            (pattern.as_constant(), replacement.as_constant())
        else {
            return;
        };
        for group in Template::parse(replacement).unknown(&pattern.pattern) {
            let digits = group.bytes().take_while(u8::is_ascii_digit).count();
            let note = match group.split_at_checked(digits) {
                Some((number, rest)) if !number.is_empty() && !rest.is_empty() => {
                    format!("for group {number} followed by `{rest}`, write `${{{number}}}{rest}`")
                }
                _ => match pattern.pattern.groups() {
                    0 => "the pattern has no group".to_owned(),
                    1 => "the pattern has one group".to_owned(),
                    groups => format!("the pattern has {groups} groups"),
                },
            };
            self.warn(
                codes::UNKNOWN_GROUP,
                span,
                format!("the pattern has no group `{group}`, so `${group}` is replaced by nothing"),
                "",
                note,
            );
        }
    }
}
