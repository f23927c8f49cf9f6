//! C090: a comment that silences nothing. The findings come from [`suppress`](crate::lint::suppress);
//! here is what there is to say about them.

use holt_grammar::diag::Severity;

use crate::lint::suppress::UNUSED;
use crate::lint::{Report, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: UNUSED,
    title: "comment that silences nothing",
    severity: Severity::Warning,
    explanation: "`# holt: ignore[CODE] why` silences findings on its line, or on the next line if it \
stands alone; `# holt: ignore-file[CODE]` those of the whole text. This one silences none: what it \
was written for has been mended or has moved. Remove it, so that it does not hide the next mistake.",
    bad: "exporters: {debug: {}} # holt: ignore[S301]\n",
    good: "exporters: {debug: {}}\n",
    check: |_: &Subject<'_>, _: &mut Report<'_>| {},
};
