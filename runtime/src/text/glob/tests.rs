//! What globs match, where the library slips, and what is refused.

use super::*;

fn matches(glob: &str, text: &str) -> bool {
    Glob::new(glob).unwrap().is_match(text).unwrap()
}

fn check(glob: &str, yes: &[&str], no: &[&str]) {
    for text in yes {
        assert!(matches(glob, text), "{glob} on {text:?}");
    }
    for text in no {
        assert!(!matches(glob, text), "{glob} on {text:?}");
    }
}

#[test]
fn stars_match_anything() {
    check(
        "/user/*/list/*",
        &["/user/1/list/2", "/user/a/b/list/"],
        &["/user/1/list", "x/user/1/list/2"],
    );
    check("*", &["", "a/b\nc"], &[]);
    check("a**b", &["ab", "a/x/b"], &["a", "abc"]);
    check("*b*", &["b", "abc"], &["", "ac"]);
    check("", &[""], &["a"]);
}

#[test]
fn classes_match_one_character() {
    check("[a-c]x", &["ax", "cx"], &["dx", "x", "aax"]);
    check("[!a-c]x", &["dx", "-x"], &["ax"]);
    check("[abc-e]", &["-", "e"], &["d"]);
    check("[ab\\]]", &["]", "b"], &["\\"]);
    check("[^a]", &["^", "a"], &["b"]);
    check("caf?", &["café", "cafe"], &["caf"]);
}

#[test]
fn alternatives_may_nest_and_be_left_open() {
    check("{a,b}c", &["ac", "bc"], &["c", "abc"]);
    check("*.{jpg,png}", &["x.jpg", ".png"], &["x.gif"]);
    check("{a,{b,c}d}", &["a", "bd", "cd"], &["b", "ad"]);
    check("{a,b", &["a", "b"], &["{a"]);
    check("a,b}", &["a,b}"], &["a"]);
    check("\\{a\\*", &["{a*"], &["a"]);
    check("{\\,,b}", &[",", "b"], &["\\,"]);
}

#[test]
fn slips_of_the_library_are_kept() {
    // The same bytes count for both ends.
    check("a*a", &["a", "aa"], &["b"]);
    // A character that excludes others matches nothing as well.
    check("[!a]", &["", "b"], &["a"]);
    // Characters are counted as bytes.
    check("a?b", &["axb"], &["aéb"]);
    // Alternatives with a star in them are taken for single characters.
    check("{*,?}a", &["xa"], &["a", "xxa"]);
}

#[test]
fn where_the_library_crashes_the_syntax_decides() {
    check("a{}", &["a"], &["ab", ""]);
    check("{a*,a}", &["a"], &["b"]);
}

#[test]
fn what_is_no_glob_is_refused() {
    let refused = [
        ("[", GlobError::Unclosed),
        ("[a", GlobError::Unclosed),
        ("[a-", GlobError::Unclosed),
        ("[]", GlobError::Empty),
        ("[]a]", GlobError::Empty),
        ("[!]", GlobError::Empty),
        ("[a-z0-9]", GlobError::NotAlone),
        ("[z-a]", GlobError::Backwards),
        ("[a-]]", GlobError::Backwards),
        ("a\u{FFFD}", GlobError::Unreadable),
    ];
    for (glob, error) in refused {
        assert_eq!(Glob::new(glob).unwrap_err(), error, "{glob}");
    }
    assert_eq!(Glob::new(&"?*".repeat(600)).unwrap_err(), GlobError::TooLarge);
    assert_eq!(Glob::new(&"{".repeat(60)).unwrap_err(), GlobError::TooLarge);
}

#[test]
fn matching_ends() {
    let glob = Glob::new("*a*b*c*").unwrap();
    assert_eq!(glob.is_match(&"xxabxx".repeat(100)), Ok(false));
    assert_eq!(glob.is_match(&"xxabxxc".repeat(100)), Ok(true));
    let glob = Glob::new(&"a*".repeat(30)).unwrap();
    assert_eq!(glob.is_match(&"a".repeat(2000)), Err(TooCostly));
}
