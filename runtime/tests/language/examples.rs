//! Blocks to examples: what runs on what, and what is expected.

use serde_json::Value;

use super::blocks::{Block, Fault};
use super::compact::{Input, input, signal};

/// Statements, what they run on, and what is expected.
#[derive(Clone, Debug)]
pub(crate) struct Example {
    /// The line of the page.
    pub(crate) line: usize,
    pub(crate) input: Input,
    pub(crate) context: Option<String>,
    pub(crate) error_mode: String,
    pub(crate) shared_cache: bool,
    pub(crate) lambdas: bool,
    pub(crate) guards: Vec<String>,
    pub(crate) statements: Vec<String>,
    pub(crate) expected: Expected,
}

/// What is expected of an example.
#[derive(Clone, Debug, Default)]
pub(crate) struct Expected {
    /// The records afterwards.
    pub(crate) records: Option<Vec<Value>>,
    /// The attribute `result` of the first record or datapoint afterwards; null if there is none.
    pub(crate) result: Option<Value>,
    /// The messages of failures; none are expected when absent.
    pub(crate) failures: Option<Vec<String>>,
    /// Code and message of what keeps it from running.
    pub(crate) refusals: Option<Vec<String>>,
    /// Code and message of warnings; unchecked when absent.
    pub(crate) warnings: Option<Vec<String>>,
}

impl Expected {
    const fn is_empty(&self) -> bool {
        self.records.is_none()
            && self.result.is_none()
            && self.failures.is_none()
            && self.refusals.is_none()
            && self.warnings.is_none()
    }
}

/// The examples of a page.
pub(crate) fn examples(blocks: &[Block]) -> Result<Vec<Example>, Fault> {
    let mut page = Page { input: None, guards: Vec::new(), found: Vec::new(), open: false };
    for block in blocks {
        let words: Vec<&str> = block.words.iter().map(String::as_str).collect();
        match words.as_slice() {
            ["json", kind] => {
                page.close()?;
                let signal = signal(kind).ok_or((block.line, format!("unknown record {kind}")))?;
                page.input = Some(input(signal, block.line, &block.text())?);
            }
            ["json"] => {
                let records: Value = serde_json::from_str(&block.text())
                    .map_err(|error| (block.line + error.line(), error.to_string()))?;
                let records = match records {
                    Value::Array(records) => records,
                    record => vec![record],
                };
                page.expected(block)?.records = Some(records);
            }
            ["text", what @ ("fails" | "refused" | "warns")] => {
                let lines = block.lines.iter().map(|(_, line)| line.clone()).collect();
                let expected = page.expected(block)?;
                match *what {
                    "fails" => expected.failures = Some(lines),
                    "refused" => expected.refusals = Some(lines),
                    _ => expected.warnings = Some(lines),
                }
            }
            ["ottl", "guards"] => {
                page.close()?;
                page.guards = block.lines.iter().map(|(_, line)| line.clone()).collect();
            }
            ["ottl", "values", options @ ..] => page.table(block, options, false)?,
            ["ottl", "conditions", options @ ..] => page.table(block, options, true)?,
            ["ottl", options @ ..] => {
                page.close()?;
                let mut example = page.example(block.line, options)?;
                example.guards = std::mem::take(&mut page.guards);
                example.statements = statements(block);
                page.found.push(example);
                page.open = true;
            }
            _ => {}
        }
    }
    page.close()?;
    Ok(page.found)
}

/// The statements of a block, one a line; indented lines continue the one before.
fn statements(block: &Block) -> Vec<String> {
    let mut statements: Vec<String> = Vec::new();
    for (_, line) in &block.lines {
        match statements.last_mut() {
            Some(last) if line.starts_with(' ') => {
                last.push('\n');
                last.push_str(line);
            }
            _ if line.trim().is_empty() => {}
            _ => statements.push(line.clone()),
        }
    }
    statements
}

struct Page {
    input: Option<Input>,
    guards: Vec<String>,
    found: Vec<Example>,
    /// Whether the last example may still get expectations.
    open: bool,
}

impl Page {
    fn close(&mut self) -> Result<(), Fault> {
        match self.found.last() {
            Some(last) if self.open && last.expected.is_empty() => {
                Err((last.line, "nothing is expected of the statements".to_owned()))
            }
            _ => {
                self.open = false;
                Ok(())
            }
        }
    }

    fn expected(&mut self, block: &Block) -> Result<&mut Expected, Fault> {
        let fault = (block.line, "there are no statements before this".to_owned());
        match self.found.last_mut() {
            Some(last) if self.open => Ok(&mut last.expected),
            _ => Err(fault),
        }
    }

    /// An example on the current input, without statements.
    fn example(&self, line: usize, options: &[&str]) -> Result<Example, Fault> {
        let input =
            self.input.clone().ok_or((line, "there is no record before this".to_owned()))?;
        let mut example = Example {
            line,
            input,
            context: None,
            error_mode: String::new(),
            shared_cache: false,
            lambdas: false,
            guards: Vec::new(),
            statements: Vec::new(),
            expected: Expected::default(),
        };
        for option in options {
            match *option {
                "ignore" | "silent" | "propagate" => example.error_mode = (*option).to_owned(),
                "shared_cache" => example.shared_cache = true,
                "lambdas" => example.lambdas = true,
                other => match other.strip_prefix("context=") {
                    Some(context) => example.context = Some(context.to_owned()),
                    None => return Err((line, format!("unknown option {other}"))),
                },
            }
        }
        Ok(example)
    }

    /// Lines with an expression or condition, `⇒` and what it yields; each is an example.
    fn table(&mut self, block: &Block, options: &[&str], conditions: bool) -> Result<(), Fault> {
        self.close()?;
        for (number, line) in &block.lines {
            if line.trim().is_empty() {
                continue;
            }
            let (expr, yields) =
                line.split_once(" ⇒ ").ok_or((*number, "the line has no ` ⇒ `".to_owned()))?;
            let (expr, yields) = (expr.trim(), yields.trim());
            let mut example = self.example(*number, options)?;
            let target = match example.input.signal.name() {
                "logs" => "log",
                "traces" => "span",
                _ => "datapoint",
            };
            let target = format!("{target}.attributes[\"result\"]");
            example.statements = vec![match conditions {
                true => format!("set({target}, true) where {expr}"),
                false => format!("set({target}, {expr})"),
            }];
            let expected = &mut example.expected;
            let (word, message) = yields.split_once(": ").unwrap_or((yields, ""));
            match word {
                "fails" => expected.failures = Some(vec![message.to_owned()]),
                "refused" => expected.refusals = Some(vec![message.to_owned()]),
                "nil" if !conditions => expected.result = Some(Value::Null),
                "true" if conditions => expected.result = Some(true.into()),
                "false" if conditions => expected.result = Some(Value::Null),
                _ => {
                    let value = serde_json::from_str(yields)
                        .map_err(|error| (*number, format!("{yields} is no JSON: {error}")))?;
                    expected.result = Some(value);
                }
            }
            self.found.push(example);
        }
        Ok(())
    }
}
