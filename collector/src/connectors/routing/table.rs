//! From settings to steps: the routes of each signal, compiled, neighbours that see the same items
//! in one program.

use std::collections::HashSet;
use std::sync::Arc;

use holt_grammar::diag::{Diagnostic, Severity};
use holt_grammar::parse::Locate;
use holt_grammar::parse_statement;
use holt_grammar::source::Location;
use holt_grammar::span::Span;
use holt_pdata::{Level, Signal};
use holt_runtime::compiler::hir;
use holt_runtime::functions::Dialect;
use holt_runtime::program::{ErrorMode, Group, SourceText, Trees, compile_trees};
use holt_runtime::{Engine, Program};

use super::config::Item;
use super::request::RequestCondition;
use crate::component::{Kind, MISSING_KEY, Report, WRONG_VALUE};
use crate::config::ids::{ComponentId, PipelineId};
use crate::config::values::Text;
use crate::ottl::{source, with_failure_log};

/// The signals that are routed.
pub(super) const SIGNALS: [Signal; 3] = [Signal::Traces, Signal::Metrics, Signal::Logs];

/// The contexts of conditions on telemetry and on the collector.
const CONTEXTS: [&str; 6] = ["resource", "span", "metric", "datapoint", "log", "otelcol"];

/// What batches of a signal go through.
pub(super) struct Steps {
    /// The signal.
    pub(super) signal: Signal,
    /// In order.
    pub(super) steps: Vec<Step>,
}

/// One or more routes.
#[derive(Clone)]
pub(super) enum Step {
    /// The whole batch, or nothing.
    Request(RequestCondition, Way),
    /// Items by the first condition that holds, each with its route.
    Items {
        /// Its conditions are in the order of the routes.
        program: Arc<Program>,
        /// What they are asked about.
        level: Level,
        /// The routes.
        ways: Vec<Way>,
        /// What is done to the items that the only route takes.
        edits: Option<Arc<Edits>>,
    },
}

/// What a statement does to items.
pub(super) struct Edits {
    /// Fails as the settings say.
    pub(super) program: Program,
    /// The same, but refuses a batch of which an item fails.
    pub(super) strict: Program,
}

impl Edits {
    /// How often it has failed.
    pub(super) fn failures(&self) -> u64 {
        self.program.tallies().iter().map(|tally| tally.counts().errors).sum()
    }
}

/// Where a route leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Way {
    /// Its number in the table.
    pub(super) route: usize,
    /// Whether what takes it stays for later routes.
    pub(super) copies: bool,
}

/// How routes are compiled.
#[derive(Clone, Copy)]
pub(super) struct Terms<'t> {
    /// What texts may use.
    pub(super) dialect: Dialect,
    /// What a condition that fails does.
    pub(super) error_mode: ErrorMode,
    /// What runs it.
    pub(super) engine: Engine,
    /// The connector.
    pub(super) id: &'t ComponentId,
    /// Where it is configured.
    pub(super) section: Location,
}

/// The texts of a route.
struct Texts {
    condition: Option<SourceText>,
    /// An editor that is no `route()`, with its condition.
    statement: Option<SourceText>,
}

/// A compiled route.
enum Route {
    /// Asked about requests.
    Request(RequestCondition),
    /// Asked about items, of each signal that has its context.
    Items(Vec<(Signal, Compiled)>),
}

/// A compiled route of one signal.
struct Compiled {
    guard: hir::Group,
    edits: Option<hir::Group>,
}

/// Compiles a table.
pub(super) fn compile(table: &[Item], terms: Terms<'_>, report: &mut Report<'_>) -> Vec<Steps> {
    let mut routes: Vec<(Way, Route)> = Vec::new();
    let mut seen = HashSet::new();
    for (route, item) in table.iter().enumerate() {
        let mut report = report.at(&format!("table::{route}"), place(item));
        check_pipelines(item, &mut report);
        let Some(copies) = copies(item, &mut report) else { continue };
        let way = Way { route, copies };
        let Some(found) = compile_item(item, terms, &mut report) else { continue };
        if !seen.insert(name(item, &found)) {
            report.warn_no_effect(place(item), "condition", "an earlier route has the same one");
            continue;
        }
        routes.push((way, found));
    }
    let mut steps = SIGNALS.map(|signal| Steps { signal, steps: Vec::new() });
    for steps in &mut steps {
        let mut open: Option<(hir::Group, Vec<Way>)> = None;
        for (way, route) in &mut routes {
            let compiled = match route {
                Route::Request(condition) => {
                    steps.close(&mut open, terms);
                    steps.steps.push(Step::Request(condition.clone(), *way));
                    continue;
                }
                Route::Items(compiled) => {
                    compiled.iter_mut().find(|(signal, _)| *signal == steps.signal)
                }
            };
            let Some((_, compiled)) = compiled else { continue };
            let guard = compiled.guard.clone();
            if let Some(edits) = compiled.edits.take() {
                steps.close(&mut open, terms);
                let strict = hir::Group { error_mode: ErrorMode::Propagate, ..edits.clone() };
                let strict = Program::new(steps.signal, vec![strict], terms.engine);
                let program = Program::new(steps.signal, vec![edits], terms.engine);
                let program = with_failure_log(program, Kind::Connector, terms.id);
                let edits = Arc::new(Edits { program, strict });
                steps.push(guard, vec![*way], Some(edits), terms);
                continue;
            }
            // What a copy leaves behind is for the next route to see.
            match &mut open {
                Some((group, ways))
                    if group.context == guard.context
                        && !way.copies
                        && ways.iter().all(|way| !way.copies) =>
                {
                    group.guards.extend(guard.guards);
                    ways.push(*way);
                }
                _ => {
                    steps.close(&mut open, terms);
                    open = Some((guard, vec![*way]));
                }
            }
        }
        steps.close(&mut open, terms);
    }
    steps.into()
}

impl Steps {
    fn close(&mut self, open: &mut Option<(hir::Group, Vec<Way>)>, terms: Terms<'_>) {
        if let Some((group, ways)) = open.take() {
            self.push(group, ways, None, terms);
        }
    }

    fn push(
        &mut self,
        group: hir::Group,
        ways: Vec<Way>,
        edits: Option<Arc<Edits>>,
        terms: Terms<'_>,
    ) {
        let level = group.context.level;
        let program = Program::new(self.signal, vec![group], terms.engine);
        let program = Arc::new(with_failure_log(program, Kind::Connector, terms.id));
        self.steps.push(Step::Items { program, level, ways, edits });
    }
}

/// What a route is told apart by.
fn name(item: &Item, found: &Route) -> String {
    match found {
        Route::Request(condition) => format!("{condition:?}"),
        Route::Items(compiled) => {
            let group = compiled.first().map(|(_, one)| &one.guard);
            let context = group.map_or("", |group| group.context.name);
            let guard = group.and_then(|group| group.guards.first());
            let statement = item
                .statement
                .as_ref()
                .filter(|_| compiled.first().is_some_and(|(_, one)| one.edits.is_some()));
            let text = guard.map_or("", |guard| &*guard.text);
            format!("{context} {text} {:?}", statement.map(|text| text.as_str()))
        }
    }
}

/// Where a route is written.
fn place(item: &Item) -> Option<Location> {
    let texts = [item.condition.as_deref(), item.statement.as_deref()];
    texts.into_iter().flatten().chain(item.pipelines.first()).find_map(Text::location)
}

fn check_pipelines(item: &Item, report: &mut Report<'_>) {
    if item.pipelines.is_empty() {
        let message = ("the route leads nowhere", "name a pipeline: `pipelines: [logs/errors]`");
        report.refuse(MISSING_KEY, None, message, "invalid route: no pipelines defined");
    }
    pipelines(&item.pipelines, &mut report.at("pipelines", None));
}

/// The ids among texts; others are reported.
pub(super) fn pipelines(texts: &[Text], report: &mut Report<'_>) -> Vec<PipelineId> {
    let read = texts.iter().filter_map(|text| match text.parse::<PipelineId>() {
        Ok(id) => Some(id),
        Err(error) => {
            let message =
                (&*format!("`{text}` is no pipeline: {error}"), "name one as in `service`");
            report.refuse(WRONG_VALUE, text.location(), message, &error.to_string());
            None
        }
    });
    read.collect()
}

/// Whether what takes a route stays for later ones.
fn copies(item: &Item, report: &mut Report<'_>) -> Option<bool> {
    let Some(action) = &item.action else { return Some(false) };
    match action.as_str() {
        "move" => Some(false),
        "copy" => Some(true),
        other => {
            let message = (&*format!("`{other}` is no action"), "write `move` or `copy`");
            let reference = format!("invalid Action string: {other}");
            report.at("action", action.location()).refuse(WRONG_VALUE, None, message, &reference);
            None
        }
    }
}

/// Compiles a route for every signal that it can be for.
fn compile_item(item: &Item, terms: Terms<'_>, report: &mut Report<'_>) -> Option<Route> {
    let is_empty = |text: Option<&Text>| text.is_none_or(|text| text.is_empty());
    let condition = item.condition.as_deref().filter(|text| !text.is_empty());
    let statement = item.statement.as_deref().filter(|text| !text.is_empty());
    let context = item.context.as_ref().filter(|text| !is_empty(Some(text)));
    let asks_requests = context.is_some_and(|context| context.as_str() == "request");
    if asks_requests && (condition.is_some() || statement.is_some()) {
        return request(condition.filter(|_| statement.is_none()), report).map(Route::Request);
    }
    let texts = match (condition, statement) {
        (None, None) => {
            let message = ("the route has no condition", "add `condition:`");
            let reference = "invalid route: no condition or statement provided";
            report.refuse(MISSING_KEY, None, message, reference);
            return None;
        }
        (Some(_), Some(statement)) => {
            let message = ("the route has a condition and a statement", "remove one of them");
            let reference = "invalid route: both condition and statement provided";
            report.refuse(WRONG_VALUE, statement.location(), message, reference);
            return None;
        }
        (Some(condition), None) => {
            Texts { condition: Some(source(condition, terms.section)), statement: None }
        }
        (None, Some(statement)) => texts_of(source(statement, terms.section), report)?,
    };
    let context_is_known = |context: &&Text| CONTEXTS.contains(&context.as_str());
    if let Some(context) = context.filter(|context| !context_is_known(context)) {
        let message =
            (&*format!("there is no context `{context}` here"), "remove it: it is inferred");
        let reference = format!("invalid context: {context}");
        report.at("context", context.location()).refuse(WRONG_VALUE, None, message, &reference);
        return None;
    }
    // What the collector knows is the same for all resources of a batch.
    let context = context.map(|text| match text.as_str() {
        "otelcol" => source(&Text::unplaced("resource"), terms.section),
        _ => source(text, terms.section),
    });
    let compiled = for_signals(&texts, context.as_ref(), terms);
    let mut errors = match compiled {
        Ok(compiled) => {
            let inferred = compiled.first().map_or("", |(_, one, _)| one.guard.context.name);
            if !CONTEXTS.contains(&inferred) {
                let message = (
                    &*format!("the condition is about a `{inferred}`, which no route takes"),
                    "name the context of the items with it: `context: log`",
                );
                let reference = format!("inferred context \"{inferred}\" is not a valid candidate");
                report.refuse(WRONG_VALUE, None, message, &reference);
                return None;
            }
            return Some(Route::Items(finish(compiled, report)));
        }
        Err(errors) => errors,
    };
    if context.is_none() {
        // As in the reference: paths that say no context are those of resources.
        let resource = source(&Text::unplaced("resource"), terms.section);
        if let Ok(compiled) = for_signals(&texts, Some(&resource), terms) {
            return Some(Route::Items(finish(compiled, report)));
        }
    }
    report.findings.append(&mut errors);
    None
}

fn request(condition: Option<&Text>, report: &mut Report<'_>) -> Option<RequestCondition> {
    let Some(condition) = condition else {
        let message = ("the context `request` takes a condition", "add `condition:`");
        report.refuse(MISSING_KEY, None, message, "\"request\" context requires a 'condition'");
        return None;
    };
    match RequestCondition::parse(condition) {
        Ok(parsed) => {
            if !parsed.is_exact() {
                let why = "only `request[\"name\"] == \"value\"` and `!=` are understood";
                report.warn_no_effect(condition.location(), "condition", why);
            }
            Some(parsed)
        }
        Err(reference) => {
            let help = "write `request[\"name\"] == \"value\"`";
            let message = ("the condition cannot be read", help);
            report.refuse(WRONG_VALUE, condition.location(), message, reference);
            None
        }
    }
}

/// The condition of `route() where …`; the whole statement if its editor is another.
fn texts_of(statement: SourceText, report: &mut Report<'_>) -> Option<Texts> {
    let tree = match parse_statement(&statement.text) {
        Ok(tree) => tree,
        Err(errors) => {
            let errors = errors.into_iter().map(|error| error.into_diagnostic(&statement));
            report.findings.extend(errors);
            return None;
        }
    };
    let condition = tree.condition.as_ref().map(|condition| Part::of(&statement, condition.span));
    match tree.editor.name.as_str() {
        "route" => Some(Texts { condition, statement: None }),
        "delete_key" | "delete_matching_keys" => {
            Some(Texts { condition, statement: Some(statement) })
        }
        other => {
            let message = (
                &*format!("`{other}` is no editor of routes"),
                "write `route() where` and the condition",
            );
            let place = Some(statement.locate(tree.editor.span));
            let reference = format!("undefined function \"{other}\"");
            report.refuse(WRONG_VALUE, place, message, &reference);
            None
        }
    }
}

/// A part of a text, in its place.
struct Part {
    whole: SourceText,
    start: u32,
}

impl Part {
    fn of(whole: &SourceText, span: Span) -> SourceText {
        let range = span.start as usize..span.end as usize;
        let text = whole.text.get(range).unwrap_or_default();
        SourceText::new(text, Self { whole: whole.clone(), start: span.start })
    }

    fn moved(&self, span: Span) -> Span {
        Span::new(span.start + self.start, span.end + self.start)
    }
}

impl Locate for Part {
    fn locate(&self, span: Span) -> Location {
        self.whole.locate(self.moved(span))
    }

    fn edit(&self, span: Span, text: &str) -> Option<(Location, String)> {
        self.whole.edit(self.moved(span), text)
    }
}

type ForSignals = Vec<(Signal, Compiled, Vec<Diagnostic>)>;

/// A route for all signals that have its context.
///
/// # Errors
/// When there is none: the findings of the signal that it is most likely meant for.
fn for_signals(
    texts: &Texts,
    context: Option<&SourceText>,
    terms: Terms<'_>,
) -> Result<ForSignals, Vec<Diagnostic>> {
    let mut found = Vec::new();
    let mut failed: Vec<(Signal, Vec<Diagnostic>)> = Vec::new();
    for signal in SIGNALS {
        match for_signal(signal, texts, context, terms) {
            Ok((compiled, warnings)) => found.push((signal, compiled, warnings)),
            Err(errors) => failed.push((signal, errors)),
        }
    }
    if !found.is_empty() {
        return Ok(found);
    }
    let named = context.map(|context| context.text.clone()).unwrap_or_default();
    let written = texts.condition.as_ref().map_or("", |text| text.text.as_str());
    let mentions = |word: &str| named == word || written.contains(&format!("{word}."));
    let meant = match () {
        () if mentions("span") => Signal::Traces,
        () if mentions("metric") || mentions("datapoint") => Signal::Metrics,
        () => Signal::Logs,
    };
    let place = failed.iter().position(|(signal, _)| *signal == meant).unwrap_or_default();
    Err(failed.into_iter().nth(place).map(|(_, errors)| errors).unwrap_or_default())
}

fn for_signal(
    signal: Signal,
    texts: &Texts,
    context: Option<&SourceText>,
    terms: Terms<'_>,
) -> Result<(Compiled, Vec<Diagnostic>), Vec<Diagnostic>> {
    let one = |group: Group| -> Result<(Option<hir::Group>, Vec<Diagnostic>), Vec<Diagnostic>> {
        let Trees { trees, warnings } = compile_trees(signal, &[group], terms.dialect)?;
        Ok((trees.into_iter().next(), warnings))
    };
    let always = SourceText::new("true", Nowhere(terms.section));
    let guard = Group {
        // A route without a condition takes everything, by resource.
        context: match &texts.condition {
            Some(_) => context.cloned(),
            None => Some(
                context
                    .cloned()
                    .unwrap_or_else(|| SourceText::new("resource", Nowhere(terms.section))),
            ),
        },
        conditions: vec![texts.condition.clone().unwrap_or(always)],
        drops: true,
        error_mode: terms.error_mode,
        shows_contexts: true,
        ..Group::default()
    };
    let (guard, mut warnings) = one(guard)?;
    let mut guard = guard.ok_or_else(Vec::new)?;
    guard.statements.iter_mut().for_each(|statement| statement.text = "route()".into());
    let edits = match &texts.statement {
        None => None,
        Some(statement) => {
            let named = SourceText::new(guard.context.name, Nowhere(terms.section));
            let (edits, more) = one(Group {
                context: Some(named),
                statements: vec![statement.clone()],
                error_mode: terms.error_mode,
                ..Group::default()
            })?;
            warnings.extend(more);
            edits
        }
    };
    Ok((Compiled { guard, edits }, warnings))
}

/// A text that nobody wrote.
struct Nowhere(Location);

impl Locate for Nowhere {
    fn locate(&self, _: Span) -> Location {
        self.0
    }
}

/// Reports warnings, once for all signals.
fn finish(compiled: ForSignals, report: &mut Report<'_>) -> Vec<(Signal, Compiled)> {
    let mut warned = false;
    let mut finished = Vec::new();
    for (signal, compiled, warnings) in compiled {
        if !std::mem::replace(&mut warned, true) {
            let warnings = warnings.into_iter();
            report.findings.extend(warnings.filter(|one| one.severity < Severity::Error));
        }
        finished.push((signal, compiled));
    }
    finished
}
