//! Texts that are refused, with the messages as users see them.

use std::fmt::Write as _;

use holt_grammar::diag::render::{Color, concise, full};
use holt_grammar::diag::{Applicability, Diagnostic, codes};
use holt_grammar::parse::Verbatim;
use holt_grammar::source::SourceMap;

use crate::{cases, parse};

#[test]
fn messages() {
    insta::glob!("cases/refused/*.txt", |path| {
        let mut out = String::new();
        for (entry, text) in cases(path) {
            let (sources, diagnostics) = diagnose(&entry, &text);
            writeln!(out, "{entry} {text}").unwrap();
            for diagnostic in diagnostics {
                assert!(codes::lookup(diagnostic.code).is_some(), "{}", diagnostic.code);
                writeln!(out, "{}\n", full(&diagnostic, &sources, Color::Never)).unwrap();
            }
            out.push('\n');
        }
        insta::assert_snapshot!(out);
    });
}

#[test]
fn one_line_each() {
    let text = "set(a, 'x') where b == 'y' && c == \"\\d\"";
    let (sources, diagnostics) = diagnose("s", text);
    let lines: Vec<String> =
        diagnostics.iter().map(|diagnostic| concise(diagnostic, &sources)).collect();
    insta::assert_snapshot!(lines.join("\n"));
}

/// Fixes that claim to be safe lead to a text with fewer errors.
#[test]
fn safe_fixes_mend() {
    insta::glob!("cases/refused/*.txt", |path| {
        for (entry, text) in cases(path) {
            let Err(errors) = parse(&entry, &text) else { panic!("{text} is accepted") };
            for error in &errors {
                for fix in &error.fixes {
                    let mut mended = text.clone();
                    for (span, replacement) in &fix.edits {
                        mended.replace_range(span.range(), replacement);
                    }
                    let left = parse(&entry, &mended).err().unwrap_or_default();
                    if fix.applicability == Applicability::Safe {
                        assert!(
                            left.iter()
                                .all(|other| other.message != error.message
                                    || other.span != error.span),
                            "{text} → {mended}: {left:#?}"
                        );
                    }
                }
            }
        }
    });
}

#[test]
fn a_text_inside_a_file_is_marked_at_its_place() {
    let mut sources = SourceMap::default();
    let file = "statements:\n  - set(name, 'x')\n";
    let source = sources.add("holt.yaml", file);
    let offset = u32::try_from(file.find("set").unwrap()).unwrap();
    let errors = holt_grammar::parse_statement("set(name, 'x')").unwrap_err();
    let place = Verbatim { source, offset };
    let rendered: Vec<String> = errors
        .into_iter()
        .map(|error| full(&error.into_diagnostic(&place), &sources, Color::Never))
        .collect();
    insta::assert_snapshot!(rendered.join("\n"));
}

#[test]
fn colour_is_a_switch_and_hostile_text_stays_text() {
    let (sources, diagnostics) = diagnose("c", "a == \u{1b}[31m");
    let plain = full(&diagnostics[0], &sources, Color::Never);
    let coloured = full(&diagnostics[0], &sources, Color::Always);
    assert!(!plain.contains('\u{1b}'), "{plain:?}");
    assert!(coloured.contains('\u{1b}'));
    assert!(!coloured.contains("\u{1b}[31m"), "{coloured:?}");
    assert!(!concise(&diagnostics[0], &sources).contains('\u{1b}'));
}

#[test]
fn labels_beyond_the_text_do_not_break_the_renderers() {
    let mut sources = SourceMap::default();
    let source = sources.add("a", "한국");
    let place = Verbatim { source, offset: 1 };
    let errors = holt_grammar::parse_condition("a = 1 and b").unwrap_err();
    for error in errors {
        let diagnostic = error.into_diagnostic(&place);
        assert!(full(&diagnostic, &sources, Color::Never).contains(&diagnostic.message));
        assert!(full(&diagnostic, &SourceMap::default(), Color::Never).contains(diagnostic.code));
        assert!(concise(&diagnostic, &sources).contains(&diagnostic.message));
    }
}

fn diagnose(entry: &str, text: &str) -> (SourceMap, Vec<Diagnostic>) {
    let mut sources = SourceMap::default();
    let source = sources.add("test", text);
    let Err(errors) = parse(entry, text) else { panic!("{text} is accepted") };
    let place = Verbatim { source, offset: 0 };
    (sources, errors.into_iter().map(|error| error.into_diagnostic(&place)).collect())
}
