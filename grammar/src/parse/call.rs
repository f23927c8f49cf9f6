//! Reads calls and their arguments.

use pest::iterators::Pair;

use super::Rule;
use super::reader::{Reader, name_of, span_of};
use crate::ast::{Argument, ArgumentValue, Call, Name, ValueKind};

impl<'t> Reader<'t> {
    /// Reads a `call` where a value stands.
    pub(super) fn converter(&mut self, pair: Pair<'t, Rule>) -> Option<Call> {
        let call = self.call(pair)?;
        self.check_converter(&call);
        Some(call)
    }

    /// Reads a `call` of either kind.
    pub(super) fn call(&mut self, pair: Pair<'t, Rule>) -> Option<Call> {
        let span = span_of(&pair);
        let mut parts = pair.into_inner();
        let name = name_of(&parts.next()?);
        let arguments = parts.next()?;
        let args_span = span_of(&arguments);
        let args = arguments
            .into_inner()
            .filter(|part| part.as_rule() == Rule::argument)
            .map(|part| self.argument(part))
            .collect::<Option<Vec<_>>>()?;
        let keys = parts.map(|part| self.key(part)).collect::<Option<Vec<_>>>()?;
        Some(Call { name: name.text, name_span: name.span, args, args_span, keys, span })
    }

    fn argument(&mut self, pair: Pair<'t, Rule>) -> Option<Argument> {
        let span = span_of(&pair);
        let mut name = None;
        let mut value = None;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::lower_name => name = Some(name_of(&part)),
                Rule::value => value = Some(self.value(part)?),
                _ => {}
            }
        }
        let value = value?;
        let value = match value.kind {
            ValueKind::Symbol(word) if word.bytes().any(|byte| byte.is_ascii_lowercase()) => {
                ArgumentValue::FunctionRef(Name { text: word, span: value.span })
            }
            _ => ArgumentValue::Value(value),
        };
        Some(Argument { name, value, span })
    }
}
