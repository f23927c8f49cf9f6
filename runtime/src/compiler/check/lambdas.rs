//! Lambdas: as many parameters as the function gives values, and a body of the type that it wants.

use super::Checker;
use crate::compiler::codes;
use crate::compiler::hir::{Expr, ExprKind, Lambda};
use crate::compiler::resolve::{LambdaBody, Node, NodeKind};
use crate::functions::{FunctionDecl, Param};
use crate::ops::Conversion;
use crate::types::Type;

impl Checker<'_> {
    /// Checks a lambda that is an argument.
    pub(super) fn lambda(
        &mut self,
        params: usize,
        yields: Type,
        function: &FunctionDecl,
        param: &Param,
        node: &Node,
    ) -> Option<Expr> {
        let NodeKind::Lambda(lambda) = &node.kind else {
            let message = format!("`{}` of `{}` must be a lambda", param.name, function.name);
            let note = format!("write {}", param.takes.describe());
            self.refuse(codes::ARGUMENT_TYPE, node.span, message, "not a lambda", note);
            return None;
        };
        let body = match &lambda.body {
            LambdaBody::Value(value) => self.value(value),
            LambdaBody::Condition(condition) => self.condition(condition),
        };
        if lambda.params.len() != params {
            let noun = if params == 1 { "parameter" } else { "parameters" };
            let message = format!("`{}` calls its lambda with {params} {noun}", function.name);
            let label = format!("this has {}", lambda.params.len());
            let note = "write `_` for a parameter that is not used";
            self.refuse(codes::ARGUMENTS, node.span, message, label, note);
            return None;
        }
        let body = body?;
        if body.ty.is_disjoint(yields) && body.ty != Type::NOTHING {
            let message = format!(
                "the lambda yields {}, but `{}` wants {yields}, so this always fails",
                body.ty, function.name
            );
            self.warn(codes::ARGUMENT_TYPE, node.span, message, "", "");
        }
        let conversion = Conversion::Expect(yields);
        let body = if conversion.is_identity(body.ty) {
            body
        } else {
            let ty = conversion.yields(body.ty);
            Expr { kind: ExprKind::Convert(conversion, Box::new(body)), ty }
        };
        let kind = ExprKind::Lambda(Box::new(Lambda { params: lambda.params.clone(), body }));
        Some(Expr { kind, ty: Type::NIL })
    }
}
