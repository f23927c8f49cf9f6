//! The typed tree as text, for people and for tests.

use std::fmt::{self, Display, Formatter};

use super::{Action, Constant, Depends, Expr, ExprKind, Group, LocalId, Place};
use crate::ops::Conversion;

impl Display for Group {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let shared = if self.shared_cache { ", shared cache" } else { "" };
        writeln!(f, "group {} ({:?}{shared})", self.context.name, self.error_mode)?;
        for guard in &self.guards {
            writeln!(f, "  if {}", guard.condition)?;
        }
        for statement in &self.statements {
            write!(f, "  {}", statement.action)?;
            match &statement.condition {
                Some(condition) => writeln!(f, "\n    where {condition}")?,
                None => writeln!(f)?,
            }
        }
        Ok(())
    }
}

impl Display for Action {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store { target, value } => write!(f, "{target} = {value}"),
            Self::Edit { function, target, args } => {
                write!(f, "{}({target}", function.name)?;
                args.iter().try_for_each(|arg| write!(f, ", {arg}"))?;
                f.write_str(")")
            }
            Self::EditItem { function, args } => {
                f.write_str(function.name)?;
                list(f, ('(', ')'), args)
            }
            Self::Drop => f.write_str("drop"),
        }
    }
}

impl Display for Place {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.path.context, self.path.decl.name)?;
        self.keys.iter().try_for_each(|key| write!(f, "[{key}]"))
    }
}

/// Expressions whose type is not plain from their form show it behind a colon.
impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ExprKind::Constant(constant) => write!(f, "{constant}"),
            ExprKind::Load(place) => write!(f, "{place}: {}", self.ty),
            ExprKind::Call(function, args) => {
                f.write_str(function.name)?;
                list(f, ('(', ')'), args)?;
                write!(f, ": {}", self.ty)
            }
            ExprKind::Index(base, key) => write!(f, "{base}[{key}]: {}", self.ty),
            ExprKind::Math(op, left, right) => {
                write!(f, "({left} {} {right}): {}", op.as_str(), self.ty)
            }
            ExprKind::Negate(part) => write!(f, "-({part}): {}", self.ty),
            ExprKind::Items(parts) => list(f, ('[', ']'), parts),
            ExprKind::Map(parts) => {
                f.write_str("{")?;
                for (index, pair) in parts.chunks_exact(2).enumerate() {
                    let [key, value] = pair else { continue };
                    let comma = if index > 0 { ", " } else { "" };
                    write!(f, "{comma}{key}: {value}")?;
                }
                f.write_str("}")
            }
            ExprKind::Convert(conversion, part) => write!(f, "{conversion}({part})"),
            ExprKind::Compare(op, left, right) => write!(f, "({left} {} {right})", op.as_str()),
            ExprKind::And(parts) => {
                f.write_str("and")?;
                list(f, ('(', ')'), parts)
            }
            ExprKind::Or(parts) => {
                f.write_str("or")?;
                list(f, ('(', ')'), parts)
            }
            ExprKind::Not(part) => write!(f, "not({part})"),
            ExprKind::Lambda(lambda) => {
                f.write_str("(")?;
                for (index, param) in lambda.params.iter().enumerate() {
                    let comma = if index > 0 { ", " } else { "" };
                    match param {
                        Some(LocalId(id)) => write!(f, "{comma}%{id}")?,
                        None => write!(f, "{comma}_")?,
                    }
                }
                write!(f, ") => {}", lambda.body)
            }
            ExprKind::Late(part) => write!(f, "late({part})"),
            ExprKind::Local(LocalId(id)) => write!(f, "%{id}"),
            ExprKind::Choice(parts) => {
                f.write_str("choice")?;
                list(f, ('(', ')'), parts.as_slice())
            }
            ExprKind::Raise(error) => write!(f, "raise({error})"),
            ExprKind::Memo(depends, part) => write!(f, "once per {depends}({part})"),
        }
    }
}

fn list(f: &mut Formatter<'_>, (open, close): (char, char), parts: &[Expr]) -> fmt::Result {
    write!(f, "{open}")?;
    for (index, part) in parts.iter().enumerate() {
        let comma = if index > 0 { ", " } else { "" };
        write!(f, "{comma}{part}")?;
    }
    write!(f, "{close}")
}

impl Display for Constant {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nil => f.write_str("nil"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Int(value) => write!(f, "{value}"),
            Self::Float(value) => write!(f, "{value:?}"),
            Self::Str(text) => write!(f, "{text:?}"),
            Self::Bytes(bytes) => write!(f, "0x{}", crate::paths::hex(bytes)),
            Self::Time(time) => write!(f, "time({})", time.unix_nanos()),
            Self::Duration(nanos) => write!(f, "duration({nanos})"),
            Self::Map(_) | Self::List(_) => {
                let mut text = String::new();
                let style = crate::text::json::Style::Plain;
                let value = self.value().unwrap_or_default();
                let written = crate::text::json::push_json(&mut text, value, style);
                f.write_str(if written.is_ok() { &text } else { "{…}" })
            }
            Self::TraceId(id) | Self::ProfileId(id) => {
                write!(f, "id(0x{})", crate::paths::hex(id))
            }
            Self::SpanId(id) => write!(f, "id(0x{})", crate::paths::hex(id)),
            Self::Pattern(pattern) => write!(f, "/{}/", pattern.text),
            Self::Function(function) => f.write_str(function.name),
        }
    }
}

impl Display for Conversion {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expect(ty) => write!(f, "expect {ty}"),
            Self::TextLike => f.write_str("as text"),
            Self::IntLike => f.write_str("as int"),
            Self::FloatLike => f.write_str("as float"),
            Self::BoolLike => f.write_str("as bool"),
            Self::BytesLike => f.write_str("as bytes"),
            Self::Pattern => f.write_str("compile"),
        }
    }
}

impl Display for Depends {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nothing => "run",
            Self::Resource => "resource",
            Self::Scope => "scope",
            Self::Record => "record",
        })
    }
}
