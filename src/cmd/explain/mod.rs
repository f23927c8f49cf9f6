//! `holt explain`: what a function, path, symbol, component, key or diagnostic code is, from the
//! tables that the compiler and the collector themselves go by.
//!
//! Exit codes: 0; 2 when there is nothing of that name.

mod configuration;

use std::fmt::Write as _;
use std::process::ExitCode;

use clap::Args;
use holt_collector::lint::RULES;
use holt_grammar::did_you_mean;
use holt_runtime::functions::{By, FUNCTIONS, FunctionDecl, function};
use holt_runtime::paths::{CONTEXTS, ContextDecl, EnumTable, Keys, PathDecl, Prefix};
use holt_runtime::types::Type;

use self::configuration::Found;
use crate::{codes, output};

#[derive(Args, Clone, Debug)]
pub(crate) struct ExplainArgs {
    /// A function such as IsMatch, a path such as span.status.code, a context, a symbol such as
    /// STATUS_CODE_ERROR, a component such as filter or processors/batch, a key such as
    /// processors.batch.timeout, or a diagnostic code such as T308.
    #[arg(value_name = "NAME")]
    name: String,
}

/// Prints what is known of a name.
pub(crate) fn run(arguments: &ExplainArgs) -> ExitCode {
    let name = arguments.name.trim();
    if let Some(text) = explained(name) {
        output::text(&text);
        return ExitCode::SUCCESS;
    }
    match configuration::explain(name) {
        Some(Found::Text(text)) => {
            output::text(&text);
            return ExitCode::SUCCESS;
        }
        Some(Found::Nothing(message, near)) => {
            output::error(&message);
            if let Some(near) = near {
                output::note(&format!("did you mean `{near}`?"));
            }
            return ExitCode::from(2);
        }
        None => {}
    }
    output::error(&format!(
        "there is no function, path, symbol, component or diagnostic code `{name}`"
    ));
    let known = names();
    if let Some(near) = did_you_mean(without_keys(name).0, known.iter().map(String::as_str)) {
        output::note(&format!("did you mean `{near}`?"));
    }
    ExitCode::from(2)
}

/// What is known of a name; `None` when nothing is.
pub(super) fn page(name: &str) -> Option<String> {
    explained(name).or_else(|| match configuration::explain(name)? {
        Found::Text(text) => Some(text),
        Found::Nothing(..) => None,
    })
}

/// What is known of a name besides keys of configurations.
pub(super) fn explained(name: &str) -> Option<String> {
    code(name).or_else(|| offered(name).map(of_function)).or_else(|| path(name)).or_else(|| {
        let context = CONTEXTS.iter().find(|context| context.name == name);
        context.map(of_context).or_else(|| symbol(name))
    })
}

/// Everything that can be explained.
pub(super) fn names() -> Vec<String> {
    let functions = FUNCTIONS.iter().filter(|one| offered(one.name).is_some());
    let mut names: Vec<String> = functions.map(|function| function.name.to_owned()).collect();
    for context in &CONTEXTS {
        names.push(context.name.to_owned());
        let prefixes = context.prefixes.iter();
        names.extend(prefixes.flat_map(|prefix| {
            prefix.paths.iter().map(|path| format!("{}.{}", prefix.name, path.name))
        }));
        let symbols = context.enums.iter().flat_map(|table| table.values);
        names.extend(symbols.map(|(symbol, _)| (*symbol).to_owned()));
    }
    names.extend(codes::all().into_iter().map(|code| code.code.to_owned()));
    names.extend(configuration::names());
    names.sort_unstable();
    names.dedup();
    names
}

fn code(name: &str) -> Option<String> {
    let code = codes::lookup(name)?;
    let mut text = format!("{}: {}\n\n{}", code.code, code.title, wrapped(code.explanation, ""));
    if let Some(rule) = RULES.iter().find(|rule| rule.code == code.code) {
        for (word, example) in [("found in", rule.bad), ("not in", rule.good)] {
            let _ = write!(text, "\n{word}\n\n");
            for line in example.lines() {
                let _ = writeln!(text, "    {line}");
            }
        }
    }
    Some(text)
}

/// The function of that name, unless it is for processors that build trees.
pub(super) fn offered(name: &str) -> Option<&'static FunctionDecl> {
    function(name).filter(|found| found.offered.by != By::Nobody)
}

fn of_function(function: &FunctionDecl) -> String {
    let mut out = format!("{}\n\n{}", function.signature(), wrapped(function.doc, ""));
    if !function.params.is_empty() {
        out.push_str("\nparameters\n");
        let width = function.params.iter().map(|param| param.name.len()).max().unwrap_or_default();
        for param in function.params {
            let optional = if param.optional { " (optional)" } else { "" };
            let takes = param.takes.describe();
            let _ = writeln!(out, "  {:width$}  {takes}{optional}", param.name);
        }
    }
    let where_known = match function.offered.contexts {
        [] => "in every context".to_owned(),
        contexts => format!("in the contexts {}", contexts.join(", ")),
    };
    let by = match function.offered.by {
        By::Transform => " of the transform processor",
        By::Filter => " of the filter processor",
        _ => "",
    };
    let _ = writeln!(out, "\nknown {where_known}{by}");
    if let Some(gate) = function.offered.gate {
        let _ = writeln!(out, "with the feature gate {gate}");
    }
    if !function.examples.is_empty() {
        out.push_str("\nexamples, with the attributes of a log record before and after\n");
    }
    for example in function.examples {
        let _ = writeln!(out, "  {}", example.statement);
        let _ = writeln!(out, "    {} → {}", example.given, example.expect);
    }
    out
}

/// A path without its keys, and how many there are.
pub(super) fn without_keys(name: &str) -> (&str, usize) {
    match name.split_once('[') {
        Some((path, keys)) => (path, keys.matches('[').count() + 1),
        None => (name, 0),
    }
}

fn path(name: &str) -> Option<String> {
    let (path, keys) = without_keys(name);
    let (prefix, rest) = path.split_once('.')?;
    let reaching: Vec<&ContextDecl> =
        CONTEXTS.iter().filter(|context| context.path(prefix, rest).is_some()).collect();
    let found = reaching.first()?.path(prefix, rest)?;
    let PathDecl { doc, get, set, .. } = found.decl;
    let mut out = format!("{path}\n\n{}", wrapped(doc, ""));
    let (reads, writes) = match (keys, found.decl.keys) {
        (0, _) => (*get, *set),
        (_, Keys::Value) => (Type::VALUE, Type::VALUE),
        (1, Keys::Member) => (Type::STRING.or(Type::NIL), Type::STRING),
        (_, Keys::None) => {
            let _ = writeln!(out, "\nit takes no keys");
            (*get, *set)
        }
        (_, Keys::Member) => {
            let _ = writeln!(out, "\nit takes one key only");
            (*get, *set)
        }
    };
    let of = if keys > 0 && found.decl.keys != Keys::None { "an element " } else { "" };
    let _ = writeln!(out, "\n{of}reads as {reads}");
    let _ = match writes.kinds().next().is_none() {
        true => writeln!(out, "{of}cannot be written"),
        false => writeln!(out, "{of}is written with {writes}"),
    };
    let _ = writeln!(
        out,
        "{}",
        match found.decl.keys {
            Keys::None => "takes no keys",
            Keys::Value => "takes keys to any depth: text for maps, integers for lists",
            Keys::Member => "takes one key, text",
        }
    );
    let names: Vec<&str> = reaching.iter().map(|context| context.name).collect();
    let _ = writeln!(out, "reachable from the contexts {}", names.join(", "));
    Some(out)
}

fn of_context(context: &ContextDecl) -> String {
    let signals: Vec<&str> = context.signals.iter().map(|signal| signal.name()).collect();
    let mut out = format!("{}, a context of {}\n", context.name, signals.join(", "));
    for Prefix { name, paths, .. } in context.prefixes {
        let _ = writeln!(out);
        for path in *paths {
            let _ = writeln!(out, "  {name}.{}", path.name);
        }
    }
    for table in context.enums {
        let _ = writeln!(out, "\nsymbols of {}", table.name);
        for (symbol, number) in table.values {
            let _ = writeln!(out, "  {symbol} = {number}");
        }
    }
    out
}

fn symbol(name: &str) -> Option<String> {
    let has = |table: &&EnumTable| table.get(name).is_some();
    let knowing: Vec<&ContextDecl> =
        CONTEXTS.iter().filter(|context| context.enums.iter().any(|table| has(&table))).collect();
    let table = knowing.first()?.enums.iter().find(has)?;
    let number = table.get(name)?;
    let mut out = format!("{name} = {number}\n\nA symbol of {}: an integer to OTTL.\n", table.name);
    let names: Vec<&str> = knowing.iter().map(|context| context.name).collect();
    let _ = writeln!(out, "\nknown in the contexts {}", names.join(", "));
    let _ = writeln!(out, "\nall of {}", table.name);
    for (symbol, number) in table.values {
        let _ = writeln!(out, "  {symbol} = {number}");
    }
    Some(out)
}

/// Text in lines of at most 80 letters, each behind `indent`.
fn wrapped(text: &str, indent: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 40);
    let mut column = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if column > 0 && column + 1 + length > 80 {
            out.push('\n');
            column = 0;
        }
        if column == 0 {
            out.push_str(indent);
            column = indent.len();
        } else {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += length;
    }
    out.push('\n');
    out
}
