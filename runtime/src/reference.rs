//! Reference pages as Markdown, printed from the tables of functions and paths.
//!
//! Declarations enter; sections and whole pages leave as text. Small pieces are public so that
//! whoever explains one function or path prints what the page says about it.

use std::fmt::Write as _;

use crate::functions::{By, Example, FUNCTIONS, FunctionDecl, Offered, Param, Shim};
use crate::paths::{CONTEXTS, ContextDecl, EnumTable, Keys, PathDecl, Prefix};
use crate::types::Type;

/// A part of the page of functions: title, note, and what belongs to it.
type Part = (&'static str, &'static str, fn(&FunctionDecl) -> bool);

/// All functions that statements can call, as a page.
pub fn functions_page() -> String {
    let mut page = String::from(
        "# Functions\n\n\
         <!-- Printed from the tables in runtime/src/functions; runtime/tests/reference.rs renews it. -->\n\n\
         Editors start a statement and change something; converters are values. Arguments stand in \
         the order of the signature or behind their names; `?` marks those that may be left out. \
         How statements are written is told in the [tutorial](../tests/lang/README.md), which paths \
         there are in [paths.md](paths.md). Every example is a test.\n",
    );
    let parts: [Part; 3] = [
        ("Editors", "", FunctionDecl::is_editor),
        ("Converters", "", |function| !function.is_editor() && !takes_lambdas(function)),
        (
            "Converters that take lambdas",
            "They wait behind the feature gate `ottl.functions.enableLambda`.\n",
            takes_lambdas,
        ),
    ];
    let listed = || FUNCTIONS.iter().filter(|function| function.offered.by != By::Nobody);
    for (title, note, belongs) in parts {
        let _ = write!(page, "\n## {title}\n\n{note}");
        if !note.is_empty() {
            page.push('\n');
        }
        let links: Vec<String> = listed()
            .filter(|function| belongs(function))
            .map(|function| format!("[`{0}`](#{1})", function.name, function.name.to_lowercase()))
            .collect();
        let _ = writeln!(page, "{}", links.join(" · "));
        for function in listed().filter(|function| belongs(function)) {
            let _ = write!(page, "\n{}", function_page(function));
        }
    }
    page
}

fn takes_lambdas(function: &FunctionDecl) -> bool {
    matches!(function.run, Shim::HigherOrder(_) | Shim::Choice)
}

/// What there is to say about a function: signature, documentation, who offers it, examples.
pub fn function_page(function: &FunctionDecl) -> String {
    let mut page = format!("### `{}`\n\n", function.name);
    let _ = writeln!(page, "```text\n{}\n```\n", signature(function));
    let _ = writeln!(page, "{}", words(function.doc));
    let _ = writeln!(page, "\n{}", offered(function.offered));
    if !function.pure && !function.is_editor() {
        page.push_str("The same arguments may give another result.\n");
    }
    if !function.examples.is_empty() {
        let examples: Vec<String> = function.examples.iter().map(example).collect();
        let _ = writeln!(page, "\n```text\n{}```", examples.join("\n"));
    }
    page
}

/// The signature; over several lines when it is long.
fn signature(function: &FunctionDecl) -> String {
    let short = function.signature();
    if short.len() <= 90 {
        return short;
    }
    let param = |param: &Param| {
        let mark = if param.optional { "?" } else { "" };
        format!("    {}{mark}: {},\n", param.name, param.takes.describe())
    };
    let params: String = function.params.iter().map(param).collect();
    let returns =
        if function.is_editor() { String::new() } else { format!(" -> {}", function.returns) };
    format!("{}(\n{params}){returns}", function.name)
}

/// Who offers a function, and where.
pub fn offered(offered: Offered) -> String {
    let by = match offered.by {
        By::Everyone => "Offered everywhere",
        By::Transform => "Offered by the transform processor",
        By::Filter => "Offered by the filter processor",
        By::Nobody => "Not offered to statements",
    };
    let mut text = by.to_owned();
    if let Some((last, others)) = offered.contexts.split_last() {
        let others: String = others.iter().map(|context| format!("`{context}`, ")).collect();
        let noun = if others.is_empty() { "context" } else { "contexts" };
        let others = match others.strip_suffix(", ") {
            Some(others) => format!("{others} and "),
            None => others,
        };
        let _ = write!(text, " in the {noun} {others}`{last}`");
    }
    if let Some(gate) = offered.gate {
        let _ = write!(text, ", behind the feature gate `{gate}`");
    }
    text.push('.');
    text
}

/// An example: the attributes of a log record, a statement, and the attributes after it.
pub fn example(example: &Example) -> String {
    let aligned = |text: &str| text.lines().map(str::trim).collect::<Vec<_>>().join("\n        ");
    let result = match example.expect {
        "error" => "the statement fails".to_owned(),
        expect => aligned(expect),
    };
    let (given, statement) = (aligned(example.given), aligned(example.statement));
    format!("given   {given}\nrun     {statement}\ngives   {result}\n")
}

/// All contexts with their paths and symbols, as a page.
pub fn paths_page() -> String {
    let mut page = String::from(
        "# Paths\n\n\
         <!-- Printed from the tables in runtime/src/paths; runtime/tests/reference.rs renews it. -->\n\n\
         A path begins with its context: `span.name`, `resource.attributes[\"host\"]`. Each context \
         has its own paths and reaches those of what holds it. *Read* is what a path yields, \
         *written* what it can be set to; anything else fails when the statement runs. *value* is \
         what attributes hold: bool, int, float, string, bytes, map or list. `[…]` marks paths that \
         keys may follow; with keys, they yield and take a value or nil. `[\"…\"]` takes one text key.\n",
    );
    for context in &CONTEXTS {
        let _ = write!(page, "\n{}", context_page(context));
    }
    // Prefixes that name no context: the same in every one of them.
    let mut shared: Vec<&Prefix> = Vec::new();
    for prefix in CONTEXTS.iter().flat_map(|context| context.prefixes) {
        let names_one = CONTEXTS.iter().any(|context| context.name == prefix.context);
        if !names_one && !shared.iter().any(|known| known.name == prefix.name) {
            shared.push(prefix);
        }
    }
    for prefix in shared {
        let _ = write!(page, "\n## `{}`\n\nReached from every context.", prefix.name);
        push_paths(&mut page, prefix);
    }
    let mut tables: Vec<&EnumTable> = Vec::new();
    for table in CONTEXTS.iter().flat_map(|context| context.enums) {
        if !tables.iter().any(|known| known.name == table.name) {
            tables.push(table);
        }
    }
    tables.sort_by_key(|table| table.name);
    page.push_str(
        "\n## Symbols\n\n\
         A word in upper case stands for a number of an enumeration, in the contexts that have it.\n",
    );
    for table in tables {
        let _ = write!(page, "\n{}", symbols_page(table));
    }
    page
}

/// What there is to say about a context: what it walks, which prefixes it knows, its own paths.
pub fn context_page(context: &ContextDecl) -> String {
    let mut page = format!("## `{}`\n\n", context.name);
    let signals: Vec<&str> = context.signals.iter().map(|signal| signal.name()).collect();
    let _ = write!(page, "For {}.", signals.join(", "));
    let (own, others): (Vec<&Prefix>, Vec<&Prefix>) =
        context.prefixes.iter().partition(|prefix| prefix.name == context.name);
    let reached: Vec<String> = others
        .iter()
        .map(|prefix| match prefix.name == prefix.context {
            true => format!("[`{0}`](#{0})", prefix.name),
            false => format!("`{}` for [`{1}`](#{1})", prefix.name, prefix.context),
        })
        .collect();
    if !reached.is_empty() {
        let _ = write!(page, " Reaches {}.", reached.join(", "));
    }
    if !context.enums.is_empty() {
        let names: Vec<String> = context
            .enums
            .iter()
            .map(|table| format!("[`{0}`](#{1})", table.name, anchor(table.name)))
            .collect();
        let _ = write!(page, " Symbols: {}.", names.join(", "));
    }
    if context.only.is_some() {
        page.push_str(" The transform and filter processors do not have it.");
    }
    for prefix in own {
        push_paths(&mut page, prefix);
    }
    page
}

/// Appends the table of the paths behind a prefix.
fn push_paths(page: &mut String, prefix: &Prefix) {
    page.push_str("\n\n| path | read | written | what it is |\n| --- | --- | --- | --- |\n");
    for path in prefix.paths {
        let _ = writeln!(page, "{}", path_row(prefix.name, path));
    }
}

/// A path as a row of the table of its context.
pub fn path_row(prefix: &str, path: &PathDecl) -> String {
    format!(
        "| `{prefix}.{}{}` | {} | {} | {} |",
        path.name,
        keys(path.keys),
        path.get,
        written(path),
        words(path.doc).replace('|', "\\|")
    )
}

/// What may stand behind a path.
pub const fn keys(keys: Keys) -> &'static str {
    match keys {
        Keys::None => "",
        Keys::Value => "[…]",
        Keys::Member => "[\"…\"]",
    }
}

/// What a path can be set to, in words.
pub fn written(path: &PathDecl) -> String {
    if path.set == Type::NOTHING { "read only".to_owned() } else { path.set.to_string() }
}

/// The symbols of an enumeration with their numbers.
pub fn symbols_page(table: &EnumTable) -> String {
    let mut page = format!("### `{}`\n\n| symbol | number |\n| --- | --- |\n", table.name);
    for (symbol, number) in table.values {
        let _ = writeln!(page, "| `{symbol}` | {number} |");
    }
    page
}

/// The fragment that links to a heading.
fn anchor(heading: &str) -> String {
    let kept = |char: &char| char.is_alphanumeric() || matches!(char, '-' | '_');
    heading.to_lowercase().chars().filter(kept).collect()
}

/// Text whose blanks are single spaces.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
