//! Calls to functions with their arguments in order.

use holt_grammar::ast::{self, Argument, ArgumentValue, ValueKind};
use holt_grammar::diag::Diagnostic;
use holt_grammar::did_you_mean;

use super::lower::Resolver;
use super::{Call, Node, NodeKind};
use crate::compiler::codes;
use crate::functions::{By, FUNCTIONS, FunctionDecl, Takes, function};

impl Resolver<'_> {
    /// Resolves a call.
    pub(super) fn call(&mut self, call: &ast::Call) -> Option<Call> {
        let is_editor = call.name.starts_with(|first: char| first.is_ascii_lowercase());
        let found = function(&call.name).filter(|found| {
            self.dialect.knows_in(found.offered, self.context) && found.is_editor() == is_editor
        });
        let keys = self.values(call.keys.iter().map(|key| &key.value));
        let Some(found) = found else {
            self.unknown_function(call, is_editor);
            // The arguments have findings of their own.
            for argument in &call.args {
                if let ArgumentValue::Value(value) = &argument.value {
                    let symbol_of_function =
                        matches!(&value.kind, ValueKind::Symbol(name) if function(name).is_some());
                    if !symbol_of_function {
                        self.value(value);
                    }
                }
            }
            return None;
        };
        if found.offered.gate.is_some() && !self.dialect.lambdas {
            self.gated(call.name_span, format!("`{}` is experimental and off", call.name));
            return None;
        }
        let args = self.arguments(found, call);
        Some(Call { function: found, args: args?, keys: keys?, span: call.span })
    }

    fn unknown_function(&mut self, call: &ast::Call, is_editor: bool) {
        let (dialect, context) = (self.dialect, self.context);
        let kind = if is_editor { "editor" } else { "converter" };
        // Known elsewhere: in other contexts, or to another component.
        if let Some(elsewhere) = function(&call.name).filter(|found| found.is_editor() == is_editor)
            && elsewhere.offered.by != By::Nobody
        {
            let (message, note) = if dialect.knows(elsewhere.offered) {
                let contexts: Vec<_> =
                    elsewhere.offered.contexts.iter().map(|name| format!("`{name}`")).collect();
                (
                    format!("the context `{}` has no {kind} `{}`", context.name, call.name),
                    format!("it belongs to the context {}", contexts.join(", ")),
                )
            } else {
                let owner = match elsewhere.offered.by {
                    By::Transform => "the transform processor",
                    By::Filter => "the filter processor",
                    By::Everyone | By::Nobody => "another component",
                };
                (
                    format!("there is no {kind} `{}` here", call.name),
                    format!("only {owner} offers it"),
                )
            };
            let finding =
                self.error(codes::UNKNOWN_FUNCTION, call.name_span, message, "unknown function");
            finding.notes.push(note);
            return;
        }
        let public = FUNCTIONS.iter().filter(|known| dialect.knows_in(known.offered, context));
        let same_kind = public.filter(|known| known.is_editor() == is_editor);
        let nearest = did_you_mean(&call.name, same_kind.map(|known| known.name));
        let message = format!("there is no {kind} `{}`", call.name);
        let finding =
            self.error(codes::UNKNOWN_FUNCTION, call.name_span, message, "unknown function");
        if let Some(nearest) = nearest {
            finding.notes.push(format!("did you mean `{nearest}`?"));
        }
    }

    fn arguments(
        &mut self,
        found: &'static FunctionDecl,
        call: &ast::Call,
    ) -> Option<Vec<Option<Node>>> {
        if found.params.is_empty() && !call.args.is_empty() {
            let message = format!("`{}` takes no arguments; what is given is ignored", found.name);
            let location = self.source.locate(call.args_span);
            self.findings.push(Diagnostic::warning(codes::ARGUMENTS, message).label(location, ""));
            return Some(Vec::new());
        }
        let mut args: Vec<Option<Option<Node>>> = vec![None; found.params.len()];
        let mut complete = true;
        let mut resolved = true;
        let mut named = false;
        for (position, argument) in call.args.iter().enumerate() {
            let index = match &argument.name {
                Some(name) => {
                    named = true;
                    let wanted = folded(&name.text);
                    found.params.iter().position(|param| folded(param.name) == wanted)
                }
                None if named => {
                    self.error(
                        codes::ARGUMENTS,
                        argument.span,
                        "an argument without a name stands behind one with a name",
                        "name this one too, or move it to the front",
                    );
                    complete = false;
                    continue;
                }
                None => (position < found.params.len()).then_some(position),
            };
            let takes = index.and_then(|index| found.params.get(index)).map(|param| param.takes);
            let value = self.argument(argument, takes);
            let Some(index) = index else {
                // What is one too many is counted below.
                if let Some(name) = &argument.name {
                    complete = false;
                    self.unknown_parameter(found, name);
                }
                continue;
            };
            resolved &= value.is_some();
            if let Some(slot) = args.get_mut(index) {
                if slot.is_some() {
                    let name = found.params.get(index).map_or("", |param| param.name);
                    self.error(
                        codes::ARGUMENTS,
                        argument.span,
                        format!("the parameter `{name}` is given twice"),
                        "the second time",
                    );
                    complete = false;
                }
                *slot = Some(value);
            }
        }
        // Whoever misplaced an argument knows that another one is missing.
        if complete {
            self.check_count(found, call, &args)?;
        }
        (complete && resolved).then(|| args.into_iter().map(Option::flatten).collect())
    }

    fn argument(&mut self, argument: &Argument, takes: Option<Takes>) -> Option<Node> {
        let wants_function = matches!(takes, Some(Takes::Function));
        match &argument.value {
            ArgumentValue::FunctionRef(name) => {
                if wants_function {
                    return self.function_name(&name.text, argument);
                }
                self.misplaced_function(name);
                None
            }
            ArgumentValue::Value(value) => {
                if wants_function && let ValueKind::Symbol(name) = &value.kind {
                    return self.function_name(name, argument);
                }
                self.value(value)
            }
        }
    }

    fn function_name(&mut self, name: &str, argument: &Argument) -> Option<Node> {
        let (dialect, context) = (self.dialect, self.context);
        let converters = || {
            FUNCTIONS
                .iter()
                .filter(move |known| dialect.knows_in(known.offered, context) && !known.is_editor())
        };
        if let Some(found) = converters().find(|known| known.name == name) {
            return Some(Node { kind: NodeKind::Function(found), span: argument.span });
        }
        let nearest = did_you_mean(name, converters().map(|known| known.name));
        let message = format!("there is no converter `{name}`");
        let finding =
            self.error(codes::UNKNOWN_FUNCTION, argument.span, message, "unknown function");
        if let Some(nearest) = nearest {
            finding.notes.push(format!("did you mean `{nearest}`?"));
        }
        None
    }

    fn unknown_parameter(&mut self, found: &FunctionDecl, name: &ast::Name) {
        let nearest = did_you_mean(&name.text, found.params.iter().map(|param| param.name));
        let message = format!("`{}` has no parameter `{}`", found.name, name.text);
        let finding = self.error(codes::ARGUMENTS, name.span, message, "unknown parameter");
        match nearest {
            Some(nearest) => finding.notes.push(format!("did you mean `{nearest}`?")),
            None => finding.notes.push(format!("the signature is `{}`", found.signature())),
        }
    }

    fn check_count(
        &mut self,
        found: &FunctionDecl,
        call: &ast::Call,
        args: &[Option<Option<Node>>],
    ) -> Option<()> {
        let given = call.args.len();
        let missing: Vec<&str> = found
            .params
            .iter()
            .zip(args)
            .filter(|(param, arg)| !param.optional && arg.is_none())
            .map(|(param, _)| param.name)
            .collect();
        let is_named = |arg: &Argument| arg.name.is_some();
        let most = found.params.len();
        let least = found.params.iter().filter(|param| !param.optional).count();
        let range = if least == most { format!("{most}") } else { format!("{least} to {most}") };
        let noun = if most == 1 { "argument" } else { "arguments" };
        let positional = !missing.is_empty() && !call.args.iter().any(is_named);
        let message = if given > most || positional {
            format!("`{}` takes {range} {noun}, not {given}", found.name)
        } else if let Some(first) = missing.first() {
            format!("`{}` needs the parameter `{first}`", found.name)
        } else {
            return Some(());
        };
        self.error(codes::ARGUMENTS, call.args_span, message, "")
            .notes
            .push(format!("the signature is `{}`", found.signature()));
        None
    }
}

/// Names of parameters are compared without underscores and letter case: `is_monotonic` and
/// `isMonotonic` are the same.
fn folded(name: &str) -> String {
    name.chars().filter(|letter| *letter != '_').map(|letter| letter.to_ascii_lowercase()).collect()
}
