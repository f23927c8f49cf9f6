//! What Go accepts, refuses and matches.

use super::*;
use proptest::prelude::*;

fn matched<'t>(pattern: &str, text: &'t str) -> Option<&'t str> {
    let pattern = Pattern::new(pattern).unwrap();
    pattern.captures(text).map(|captures| captures.get(0).unwrap().as_str())
}

fn replaced(pattern: &str, text: &str, template: &str) -> String {
    let pattern = Pattern::new(pattern).unwrap();
    let template = Template::parse(template);
    let expand = |captures: &::regex::Captures<'_>, out: &mut String| {
        template.expand(&pattern, captures, out);
        Ok::<(), std::convert::Infallible>(())
    };
    pattern.replace(text, expand).unwrap().unwrap_or_else(|| text.to_owned())
}

#[test]
fn perl_classes_are_ascii() {
    assert_eq!(matched(r"\d+", "٣4"), Some("4"));
    assert_eq!(matched(r"\w+", "éa_1"), Some("a_1"));
    assert_eq!(matched(r"\W", "aé"), Some("é"));
    assert_eq!(matched(r"[\d\s]+", "a\u{b}1 2"), Some("1 2"));
    assert_eq!(matched(r"[^\D]+", "a12b"), Some("12"));
    assert_eq!(matched(r"\bx\b", "éx"), Some("x"));
    assert_eq!(matched(r"\Bx", "éx yx"), Some("x"));
}

#[test]
fn everything_else_is_unicode() {
    assert_eq!(matched("^.$", "é"), Some("é"));
    assert_eq!(matched("(?i)É", "é"), Some("é"));
    assert_eq!(matched(r"\pL+", "1éa"), Some("éa"));
    assert_eq!(matched(r"\p{^Greek}", "αb"), Some("b"));
    assert_eq!(matched(r"[\p{Greek}x]+", "bαx"), Some("αx"));
    assert_eq!(matched(r"\x{ae00}|\101", "글"), Some("글"));
}

#[test]
fn braces_that_are_no_repetition_are_literal() {
    assert_eq!(matched("a{,2}", "a{,2}"), Some("a{,2}"));
    assert_eq!(matched("{", "{"), Some("{"));
    assert_eq!(matched("a{2}", "aaa"), Some("aa"));
    assert_eq!(matched("a{1,}?", "aaa"), Some("a"));
    assert_eq!(matched("a{01}", "a{01}"), Some("a{01}"));
}

#[test]
fn classes_do_not_nest() {
    assert_eq!(matched("[[a]+", "x[a]"), Some("[a"));
    assert_eq!(matched("[a&&b]+", "x&&"), Some("&&"));
    assert_eq!(matched("[]-]+", "a]-"), Some("]-"));
    assert_eq!(matched("[^]]", "]x"), Some("x"));
    assert_eq!(matched("[a~~+--c]+", "~"), Some("~"));
    assert_eq!(matched("[[:alpha:][:^word:]]+", "1a-"), Some("a-"));
}

#[test]
fn quotes_and_flags() {
    assert_eq!(matched(r"\Qa.b\E+", "a.bb"), Some("a.bb"));
    assert_eq!(matched(r"\Q(", "("), Some("("));
    assert_eq!(matched("(?s).", "\n"), Some("\n"));
    assert_eq!(matched("(?ii)A", "a"), Some("a"));
    assert_eq!(matched("(?U)a+", "aa"), Some("a"));
    assert_eq!(matched("(?)a", "a"), Some("a"));
    assert_eq!(matched("(?i-s:A)B", "aB"), Some("aB"));
    assert_eq!(matched("a b#c", "a b#c"), Some("a b#c"));
}

#[test]
fn what_go_refuses_is_refused() {
    let refused = [
        "(",
        ")",
        "[",
        "[a",
        "*",
        "a**",
        "a+*",
        "(*)",
        "|*",
        "(?=a)",
        "(?<=a)",
        "(?!a)",
        "(?P<a",
        "(?P<a.b>x)",
        "(?x)a",
        "(?u)a",
        "(?-)a",
        r"\1",
        r"\8",
        r"\y",
        r"\é",
        r"\C",
        r"\Z",
        r"\",
        r"\x",
        r"\x{}",
        r"\x{110000}",
        r"\p{Klingon}",
        r"\pé",
        r"\u{61}",
        "a{1001}",
        "a{2,1}",
        "(a{100}){11}",
        "[b-a]",
        "[[:foo:]]",
        r"[a-\d]",
        r"\<a",
        r"[\b]",
        r"\b{start}",
    ];
    for pattern in refused {
        // Two of them are literal braces or punctuation in Go.
        let accepted = matches!(pattern, r"\<a" | r"\b{start}");
        assert_eq!(Pattern::new(pattern).is_ok(), accepted, "{pattern}");
    }
}

#[test]
fn errors_point_at_the_part() {
    let error = Pattern::new("ab(?=c)").unwrap_err();
    assert_eq!((error.offset, error.part.as_str()), (2, "(?="));
    let error = Pattern::new("a[bc").unwrap_err();
    assert_eq!(error.to_string(), "a character class is not closed: `[bc`");
}

#[test]
fn templates_expand_as_in_go() {
    assert_eq!(replaced("([a-z]+)-([0-9]+)", "abc-123", "$2-$1"), "123-abc");
    assert_eq!(replaced("([a-z]+)", "abc-123", "$$1"), "$1-123");
    assert_eq!(replaced("([a-z]+)", "abc-123", "${1}x"), "abcx-123");
    assert_eq!(replaced("([a-z]+)", "abc-123", "$1x"), "-123");
    assert_eq!(replaced("([a-z]+)", "abc-123", "$9"), "-123");
    assert_eq!(replaced("(?P<1w>[a-z]+)", "abc-123", "<${1w}>"), "<abc>-123");
    assert_eq!(replaced("a", "a", "$"), "$");
    assert_eq!(replaced("a", "a", "${"), "${");
    assert_eq!(replaced("a", "a", "$-"), "$-");
    assert_eq!(replaced("(a)", "a", "$01"), "");
    assert_eq!(replaced("", "abc", "."), ".a.b.c.");
    assert_eq!(replaced("a*", "baaac", "x"), "xbxcx");
}

#[test]
fn unknown_groups_of_a_template_are_named() {
    let pattern = Pattern::new("(a)(?P<n>b)").unwrap();
    let unknown = Template::parse("$0 $1 ${n} $3 $1x $$9").unknown(&pattern);
    assert_eq!(unknown, ["3", "1x"]);
}

proptest! {
    #[test]
    fn no_pattern_panics(pattern in r"[\[\](){}|*+?.^$\\a-c0-3:=!<>P,&~dwsbpQEx-]{0,16}") {
        let _ = Pattern::new(&pattern);
    }

    #[test]
    fn any_text_quoted_matches_itself(text in "[^E]{0,12}") {
        prop_assume!(!text.contains('\\'));
        let pattern = Pattern::new(&format!("^\\Q{text}\\E$")).unwrap();
        prop_assert!(pattern.is_match(&text));
    }

    #[test]
    fn any_template_without_dollar_is_text(template in "[^$]{0,12}") {
        prop_assert_eq!(replaced("a", "a", &template), template);
    }
}
