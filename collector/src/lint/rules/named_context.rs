//! T111: a group that names the context which is inferred anyway.

use holt_grammar::diag::{Applicability, Fix, Severity};
use holt_grammar::source::{Location, SourceId, SourceMap};
use holt_grammar::span::Span;
use holt_pdata::Signal;
use holt_runtime::functions::Dialect;
use holt_runtime::program::{Group, infers_named_context};

use crate::config::model::{Component, ComponentKind};
use crate::config::values::Text;
use crate::config::yaml::{Mapping, Node, Style};
use crate::lint::{Report, Rule, Subject};
use crate::ottl::source;

pub(super) const RULE: Rule = Rule {
    code: "T111",
    title: "context that is inferred anyway",
    severity: Severity::Info,
    explanation: "The only group of a list names a context and nothing else, all its paths say their \
context, and the one that would be inferred from them is the one named. Such a group can be a plain \
list. `holt fmt --flatten` and `holt check --fix` write it so.",
    bad: "\
receivers: {otlp: {protocols: {grpc: {}}}}
processors:
  transform:
    log_statements:
      - context: log
        statements:
          - set(log.attributes[\"a\"], 1)
exporters: {debug: {}}
service: {pipelines: {logs: {receivers: [otlp], processors: [transform], exporters: [debug]}}}
",
    good: "\
receivers: {otlp: {protocols: {grpc: {}}}}
processors:
  transform:
    log_statements:
      - set(log.attributes[\"a\"], 1)
exporters: {debug: {}}
service: {pipelines: {logs: {receivers: [otlp], processors: [transform], exporters: [debug]}}}
",
    check,
};

/// The lists of a component that may hold groups.
struct Lists {
    type_name: &'static str,
    /// The key of the texts in a group.
    texts: &'static str,
    keys: [(Signal, &'static str); 4],
    dialect: Dialect,
}

const LISTS: [Lists; 2] = [
    Lists {
        type_name: "transform",
        texts: "statements",
        keys: [
            (Signal::Traces, "trace_statements"),
            (Signal::Metrics, "metric_statements"),
            (Signal::Logs, "log_statements"),
            (Signal::Profiles, "profile_statements"),
        ],
        dialect: Dialect::TRANSFORM,
    },
    Lists {
        type_name: "filter",
        texts: "conditions",
        keys: [
            (Signal::Traces, "trace_conditions"),
            (Signal::Metrics, "metric_conditions"),
            (Signal::Logs, "log_conditions"),
            (Signal::Profiles, "profile_conditions"),
        ],
        dialect: Dialect::FILTER,
    },
];

fn check(subject: &Subject<'_>, report: &mut Report<'_>) {
    for lists in &LISTS {
        for (_, component) in subject
            .components(ComponentKind::Processor)
            .filter(|(type_name, _)| *type_name == lists.type_name)
        {
            for (signal, key) in lists.keys {
                examine(component, lists, signal, key, subject.sources, report);
            }
        }
    }
}

fn examine(
    component: &Component,
    lists: &Lists,
    signal: Signal,
    key: &str,
    sources: &SourceMap,
    report: &mut Report<'_>,
) {
    let settings = &component.settings;
    let Some([group]) = settings.get(key).and_then(Node::as_sequence) else { return };
    let Some(mapping) = group.as_mapping().filter(|mapping| mapping.entries.len() == 2) else {
        return;
    };
    let (Some(context), Some(items)) =
        (group.get("context"), group.get(lists.texts).and_then(Node::as_sequence))
    else {
        return;
    };
    let Some(name) = Text::of_node(context) else { return };
    let texts: Option<Vec<Text>> = items.iter().map(Text::of_node).collect();
    let Some(texts) = texts.filter(|texts| !texts.is_empty()) else { return };
    let section = settings.location;
    let context_text = || Some(source(&name, section));
    let texts = texts.iter().map(|text| source(text, section));
    // Statements share the context of their group; each condition has its own.
    let groups: Vec<Group> = if lists.texts == "statements" {
        let statements = texts.collect();
        vec![Group { context: context_text(), statements, ..Group::default() }]
    } else {
        let one = |condition| Group {
            context: context_text(),
            conditions: vec![condition],
            drops: true,
            ..Group::default()
        };
        texts.map(one).collect()
    };
    if !groups.iter().all(|group| infers_named_context(signal, group, lists.dialect)) {
        return;
    }
    let message = format!("the context `{}` is inferred anyway", name.as_str());
    let mut finding = report
        .at(context.location, message)
        .note(format!("write the {} as a plain list under `{key}`", lists.texts));
    finding.fixes.extend(flattened(mapping, lists.texts, items, sources));
    report.add(finding);
}

/// The list of a group in place of the group; `None` where a comment would be lost, or lines do not
/// stand as they usually do.
fn flattened(group: &Mapping, key: &str, items: &[Node], sources: &SourceMap) -> Option<Fix> {
    let (context, list) = (group.entries.get("context")?, group.entries.get(key)?);
    let id = context.key.source;
    let text = sources.get(id)?.text.as_str();
    let context_line = Line::at(text, id, context.key)?;
    let list_line = Line::at(text, id, list.key)?;
    // Behind the key stands nothing but its value.
    let is_bare = |line: &Line<'_>, tail: usize| {
        text.get(tail..line.end).is_some_and(|rest| rest.trim().is_empty()).then_some(())
    };
    let value = context.value.location;
    if value.source != id || Line::at(text, id, value)?.start != context_line.start {
        return None;
    }
    is_bare(&context_line, value.span.end as usize)?;
    let colon = list.key.span.end as usize + 1;
    if text.get(list.key.span.end as usize..colon)? != ":" {
        return None;
    }
    is_bare(&list_line, colon)?;
    let first = if context_line.start < list_line.start { &context_line } else { &list_line };
    let indent = first.dash()?;
    // Each item begins a line, behind the same indentation.
    let mut column = None;
    let mut previous = list_line.start;
    for item in items {
        let line = Line::of_item(text, id, item)?;
        let dash = line.dash()?;
        if line.start <= previous || *column.get_or_insert(dash) != dash {
            return None;
        }
        previous = line.start;
    }
    let shift = column?.checked_sub(indent)?;
    let last = items.last()?.location.span.end as usize;
    let end_of_items = last + text.get(last..)?.find('\n').unwrap_or(text.len() - last);
    // Beside the context stand blank lines at most.
    let is_first = context_line.start < list_line.start;
    let beside = match is_first {
        true => text.get(context_line.end..list_line.start)?,
        false => text.get(end_of_items..context_line.start)?,
    };
    if !beside.trim().is_empty() {
        return None;
    }
    let body = text.get(list_line.end..end_of_items)?.strip_prefix('\n')?;
    let lines: Vec<&str> = body
        .split('\n')
        .map(|line| {
            let blanks = line.len() - line.trim_start_matches(' ').len();
            line.get(blanks.min(shift)..).unwrap_or_default()
        })
        .collect();
    let end = if is_first { end_of_items } else { context_line.end };
    let whole = Location { source: id, span: Span::from(first.start..end) };
    Some(Fix {
        message: "write a plain list".to_owned(),
        edits: vec![(whole, lines.join("\n"))],
        applicability: Applicability::Safe,
    })
}

/// A line of a text with a place in it.
struct Line<'t> {
    /// Offset of its first character.
    start: usize,
    /// Offset behind its last one.
    end: usize,
    /// What stands before the place.
    before: &'t str,
}

impl<'t> Line<'t> {
    fn at(text: &'t str, source: SourceId, place: Location) -> Option<Self> {
        if place.source != source {
            return None;
        }
        let at = place.span.start as usize;
        let start = text.get(..at)?.rfind('\n').map_or(0, |newline| newline + 1);
        let end = at + text.get(at..)?.find('\n').unwrap_or(text.len() - at);
        Some(Self { start, end, before: text.get(start..at)? })
    }

    /// The line that an item of a list begins on: that of the header for a block.
    fn of_item(text: &'t str, source: SourceId, item: &Node) -> Option<Self> {
        let line = Self::at(text, source, item.location)?;
        let style = item.as_scalar()?.origin.style()?;
        if !matches!(style, Style::Literal | Style::Folded) {
            return Some(line);
        }
        let head = text.get(..line.start)?.trim_end();
        let start = head.rfind('\n').map_or(0, |newline| newline + 1);
        let header = head.get(start..)?;
        let at = header.find(['|', '>'])?;
        Some(Self { start, end: head.len(), before: header.get(..at)? })
    }

    /// The column of the dash, when nothing else stands before the place.
    fn dash(&self) -> Option<usize> {
        let indentation = self.before.trim_end().strip_suffix('-')?;
        indentation.trim_matches(' ').is_empty().then_some(indentation.len())
    }
}
