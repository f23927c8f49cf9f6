//! `Buffer`: the statements so far, in groups as a processor's configuration has them.

use holt_grammar::parse::Verbatim;
use holt_grammar::source::{SourceId, SourceMap};
use holt_runtime::Program;
use holt_runtime::compiler::hir::Action;
use holt_runtime::program::{self, ErrorMode, SourceText};

/// Statements that run together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Group {
    /// The context, if it is named.
    pub(super) context: Option<String>,
    /// The statements run for an item if any of these holds.
    pub(super) conditions: Vec<String>,
    /// The statements in order.
    pub(super) statements: Vec<String>,
    /// What a failing statement does.
    pub(super) error_mode: ErrorMode,
    /// Whether the scratch map is shared by all items.
    pub(super) shared_cache: bool,
    /// Whether items for which a condition holds are dropped, in place of statements.
    pub(super) drops: bool,
}

/// Groups in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Buffer {
    /// The groups; none is empty.
    pub(super) groups: Vec<Group>,
}

/// Groups as the compiler takes them.
pub(super) struct Sources {
    /// Their texts.
    pub(super) map: SourceMap,
    /// The groups.
    pub(super) groups: Vec<program::Group>,
    /// The last statement or condition.
    pub(super) last: Option<SourceId>,
}

impl Buffer {
    /// Adds a statement behind the others: to the last group if that is of the context, named or
    /// not.
    pub(super) fn push(&mut self, context: Option<&str>, statement: &str) {
        let fits = |group: &&mut Group| group.context.as_deref() == context && !group.drops;
        match self.groups.last_mut().filter(fits) {
            Some(group) => group.statements.push(statement.to_owned()),
            None => self.groups.push(Group {
                context: context.map(str::to_owned),
                statements: vec![statement.to_owned()],
                ..Group::default()
            }),
        }
    }

    /// The statements of a program, with every path behind its context. Its texts may not all be
    /// OTTL: processors make programs from other settings too.
    pub(super) fn of(program: &Program) -> Self {
        let groups = program.trees().map(|tree| {
            let drops = tree.statements.iter().any(|one| matches!(one.action, Action::Drop));
            let statements = tree.statements.iter().filter(|_| !drops);
            Group {
                context: Some(tree.context.name.to_owned()),
                conditions: tree.guards.iter().map(|guard| guard.text.to_string()).collect(),
                statements: statements.map(|one| one.text.to_string()).collect(),
                error_mode: tree.error_mode,
                shared_cache: tree.shared_cache,
                drops,
            }
        });
        Self { groups: groups.collect() }
    }

    /// Whether there is nothing in it.
    pub(super) fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// All statements in order, and in place of a group that drops each of its conditions.
    pub(super) fn steps(&self) -> impl Iterator<Item = &str> {
        self.groups.iter().flat_map(|group| {
            let steps = if group.drops { &group.conditions } else { &group.statements };
            steps.iter().map(String::as_str)
        })
    }

    /// The groups as far as so many steps go.
    pub(super) fn first(&self, mut steps: usize) -> Self {
        let mut groups = Vec::new();
        for group in &self.groups {
            if steps == 0 {
                break;
            }
            let mut group = group.clone();
            let list = if group.drops { &mut group.conditions } else { &mut group.statements };
            list.truncate(steps);
            steps -= list.len();
            groups.push(group);
        }
        Self { groups }
    }

    /// The groups as the compiler takes them. The last text is called `entry`, the others by their
    /// place.
    pub(super) fn sources(&self) -> Sources {
        let mut map = SourceMap::default();
        let mut last = None;
        let total: usize =
            self.groups.iter().map(|one| one.statements.len() + one.conditions.len()).sum();
        let mut count = 0_usize;
        let mut groups = Vec::new();
        for group in &self.groups {
            let mut text = |what: &str, text: &String| {
                count += 1;
                let name =
                    if count == total { "entry".to_owned() } else { format!("{what} {count}") };
                let source = map.add(name, text.as_str());
                last = Some(source);
                SourceText::new(text.as_str(), Verbatim { source, offset: 0 })
            };
            let conditions = group.conditions.iter().map(|one| text("condition", one)).collect();
            let statements = group.statements.iter().map(|one| text("statement", one)).collect();
            let context = group.context.as_ref().map(|name| {
                let source = map.add("context", name.as_str());
                SourceText::new(name.as_str(), Verbatim { source, offset: 0 })
            });
            groups.push(program::Group {
                context,
                conditions,
                statements,
                error_mode: group.error_mode,
                shared_cache: group.shared_cache,
                drops: group.drops,
                ..program::Group::default()
            });
        }
        Sources { map, groups, last }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn buffer() -> Buffer {
        let mut buffer = Buffer::default();
        buffer.push(None, "one");
        buffer.push(None, "two");
        buffer.push(Some("log"), "three");
        buffer
    }

    #[test]
    fn a_named_context_begins_a_group() {
        let buffer = buffer();
        assert_eq!(buffer.groups.len(), 2);
        assert_eq!(buffer.steps().collect::<Vec<_>>(), ["one", "two", "three"]);
    }

    #[test]
    fn the_first_steps_keep_their_groups() {
        let steps = |count| buffer().first(count).steps().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(steps(0), Vec::<String>::new());
        assert_eq!(steps(1), ["one"]);
        assert_eq!(buffer().first(2).groups.len(), 1);
        assert_eq!(steps(9), ["one", "two", "three"]);
    }

    #[test]
    fn the_last_text_is_the_entry() {
        let sources = buffer().sources();
        let last = sources.map.get(sources.last.unwrap()).unwrap();
        assert_eq!((last.name.as_str(), last.text.as_str()), ("entry", "three"));
    }
}
