//! The oddities of the reference's grammar, each with what this package does about it.

use crate::{compact, parse};

/// The tree of an accepted text.
fn tree(entry: &str, text: &str) -> String {
    match parse(entry, text) {
        Ok(tree) => compact::tree(&tree),
        Err(errors) => panic!("{text}: {errors:#?}"),
    }
}

/// The first message for a refused text.
fn refusal(entry: &str, text: &str) -> String {
    match parse(entry, text) {
        Ok(tree) => panic!("{text} became {}", compact::tree(&tree)),
        Err(errors) => format!("{} {}", errors[0].code, errors[0].message),
    }
}

#[test]
fn not_binds_one_operand_and_stands_once() {
    assert_eq!(tree("c", "not a == b and c == d"), "(and (not (== a b)) (== c d))");
    assert_eq!(tree("c", "not true or false"), "(or (not true) false)");
    assert_eq!(tree("c", "not (a) == 1"), "(not (== (group a) 1))");
    assert!(refusal("c", "not not true").contains("only once"));
    assert_eq!(tree("c", "not (not true)"), "(not (group (not true)))");
}

#[test]
fn editors_stand_only_at_the_start() {
    for text in
        ["set(a, set(b, c))", "set(a, b) where f(x) == 1", "set(a, [f()])", "set(a[f()], 1)"]
    {
        assert!(refusal("s", text).starts_with("T108"), "{text}");
    }
    assert!(refusal("c", "f(x)").starts_with("T108"));
    assert!(refusal("v", "1 + f(x)").starts_with("T108"));
    assert!(refusal("v", "{f(): 1}").starts_with("T108"));
    assert!(refusal("s", "F(x)").starts_with("T108"));
    assert!(refusal("s", "f(x)[0]").starts_with("T108"));
}

#[test]
fn all_misplaced_functions_are_reported_together() {
    let errors = parse("s", "Set(a, f(x))[1] where g(y) == h(z)").unwrap_err();
    let codes: Vec<_> = errors.iter().map(|error| error.code).collect();
    assert_eq!(codes, ["T108"; 4]);
    assert!(errors.is_sorted_by_key(|error| error.span.start));
}

#[test]
fn a_path_is_no_condition_but_a_converter_is() {
    assert!(refusal("c", r#"attributes["ok"]"#).contains("is not a condition"));
    assert!(refusal("s", r#"set(a, 1) where not (b)"#).contains("is not a condition"));
    assert_eq!(tree("c", "IsString(body)"), "(test (IsString body))");
    assert_eq!(tree("c", "F()[0]"), "(test (F) [0])");
}

#[test]
fn comparisons_take_any_value_and_do_not_chain() {
    assert_eq!(tree("c", "[1] == {\"a\": nil}"), "(== (list 1) (map (\"a\" nil)))");
    assert_eq!(tree("c", "0x00 != true"), "(!= (bytes [0]) true)");
    assert!(refusal("c", "1 < x < 3").contains("chained"));
}

#[test]
fn only_numbers_paths_and_calls_take_part_in_arithmetic() {
    for text in [
        r#""a" + "b""#,
        r#"a + "b""#,
        "nil + 1",
        "[1] * 2",
        "{} - 1",
        "true / 2",
        "0xff + 1",
        "SYMBOL + 1",
    ] {
        assert!(refusal("v", text).contains("arithmetic"), "{text}: {}", refusal("v", text));
    }
    assert_eq!(tree("v", "a + F() - 1.5"), "(- (+ a (F)) 1.5)");
}

#[test]
fn signs_belong_to_operands() {
    assert_eq!(tree("v", "-5"), "(sign - 5)");
    assert_eq!(tree("v", "1 - -1"), "(- 1 (sign - 1))");
    assert_eq!(tree("v", "3-5"), "(- 3 5)");
    assert_eq!(tree("v", "-(-1)"), "(sign - (group (sign - 1)))");
    assert_eq!(tree("v", "-2 * 3"), "(* (sign - 2) 3)");
    assert!(refusal("v", "--1").contains("one sign"));
}

#[test]
fn keys_may_be_any_arithmetic() {
    assert_eq!(tree("v", "a[1 + i]"), "(path (a [(+ 1 i)]))");
    assert_eq!(tree("v", "a[i + 1]"), "(path (a [(+ i 1)]))");
    assert_eq!(tree("v", "a[-1]"), "(path (a [(sign - 1)]))");
    assert_eq!(tree("v", "a[1.5]"), "(path (a [1.5]))");
    for text in ["a[]", "a[nil]", "a[true]", "a[X]", "a[[1]]", "a[\"x\" + 1]"] {
        refusal("v", text);
    }
}

#[test]
fn lists_need_commas_and_maps_do_not() {
    assert!(refusal("v", "[1 2]").contains("missing `,`"));
    assert!(refusal("v", "[1,]").contains("comma"));
    refusal("v", "[,1]");
    refusal("v", "[1,,2]");
    assert_eq!(tree("v", r#"{"a": 1 "b": 2,}"#), r#"(map ("a" 1) ("b" 2))"#);
    refusal("v", r#"{"a": 1,, "b": 2}"#);
    refusal("v", r#"{,}"#);
    assert!(refusal("s", "set(a, 1,)").contains("comma"));
}

#[test]
fn map_keys_are_strings_paths_or_converters() {
    assert_eq!(tree("v", r#"{a.b: 1, F(): 2}"#), "(map ((path a b) 1) ((F) 2))");
    for text in ["{1: 2}", "{nil: 1}", "{A: 1}", "{\"a\" + 1: 2}", "{(a): 1}"] {
        refusal("v", text);
    }
}

#[test]
fn a_repeated_map_key_is_kept_for_the_compiler() {
    assert_eq!(tree("v", r#"{"a": 1, "a": 2}"#), r#"(map ("a" 1) ("a" 2))"#);
}

#[test]
fn a_bare_word_is_a_symbol_and_as_an_argument_perhaps_a_function() {
    assert_eq!(tree("c", "x == NaN"), "(== x 'NaN)");
    assert_eq!(tree("s", "f(SHA256)"), "(statement (f 'SHA256))");
    assert_eq!(tree("s", "f(Sha256)"), "(statement (f #'Sha256))");
    assert_eq!(tree("s", "f(g = Sha256)"), "(statement (f g:#'Sha256))");
    assert_eq!(tree("s", "f([Sha256])"), "(statement (f (list 'Sha256)))");
}

#[test]
fn the_string_nil_is_a_string() {
    assert_eq!(tree("v", r#""nil""#), r#""nil""#);
    assert_eq!(tree("v", "nil"), "nil");
    assert_eq!(tree("v", "nil_"), "nil_");
}

#[test]
fn words_are_whole() {
    assert!(refusal("c", "Is Match(x)").starts_with("T101"));
    assert_eq!(tree("v", "Xor(1)"), "(Xor 1)");
    assert_eq!(tree("v", "order.android.notable"), "(path order android notable)");
    assert_eq!(tree("v", "For(x)"), "(For x)");
}

#[test]
fn numbers_do_not_run_into_words() {
    for text in ["1e5", "5or", "0xfg", "1.5.6", "1_000", "10s"] {
        assert!(refusal("v", text).contains("neither a number nor a word"), "{text}");
    }
    assert_eq!(tree("v", "1.5e5"), "150000.0");
}

#[test]
fn the_smallest_integer_has_no_literal() {
    assert!(refusal("v", "-9223372036854775808").starts_with("T114"));
    assert_eq!(tree("v", "-9223372036854775807 - 1"), "(- (sign - 9223372036854775807) 1)");
}

#[test]
fn where_is_no_reserved_word() {
    assert_eq!(
        tree("s", "where(where = where) where where.where == 1"),
        "(statement (where where:where) where (== (path where where) 1))"
    );
}

#[test]
fn groups_are_conditions_or_arithmetic_by_their_place() {
    assert_eq!(tree("c", "(F())"), "(group (test (F)))");
    assert_eq!(tree("c", "(F()) == 1"), "(== (group (F)) 1)");
    assert_eq!(tree("c", "((F())) and (true)"), "(and (group (group (test (F)))) (group true))");
    assert_eq!(tree("c", "((1)) + 1 == 2"), "(== (+ (group (group 1)) 1) 2)");
    for text in [
        "(true) == true",
        "(a == 1) == true",
        "(nil) == a",
        "(a)",
        "((\"x\")) == a",
        "-(true) == 1",
    ] {
        refusal("c", text);
    }
    for text in ["(a == 1)", "(true)", "(not a)", "F((a == 1))", "[(true)]", "a[(true)]"] {
        refusal("v", text);
    }
}

#[test]
fn white_space_may_stand_everywhere_but_in_tokens() {
    assert_eq!(
        tree("s", "\n\tset\r\n(\x0Ca . b [ 0 ]\n,\n1\n)\nwhere\nnot\nF\n(\n)\n"),
        "(statement (set (path a (b [0])) 1) where (not (test (F))))"
    );
    refusal("v", "a\u{a0}+ 1");
    refusal("v", "a\u{0b}+ 1");
    assert_eq!(tree("v", "\"a\nb\tc\""), r#""a\nb\tc""#);
}

#[test]
fn spans_leave_white_space_out() {
    let text = "  set( a . b [ 0 ] , F( ) [ 1 ]  )  where  ( a == 1 )  and not  b  ==  2  ";
    let statement = holt_grammar::parse_statement(text).unwrap();
    assert_eq!(statement.span.slice(text), text.trim());
    assert_eq!(statement.editor.span.slice(text), "set( a . b [ 0 ] , F( ) [ 1 ]  )");
    assert_eq!(statement.editor.args[0].span.slice(text), "a . b [ 0 ]");
    assert_eq!(statement.editor.args[1].span.slice(text), "F( ) [ 1 ]");
    let condition = statement.condition.unwrap();
    assert_eq!(condition.span.slice(text), "( a == 1 )  and not  b  ==  2");
}

#[test]
fn nesting_and_length_are_bounded() {
    let nested = |depth: usize| format!("{}1{}", "(".repeat(depth), ")".repeat(depth));
    assert!(parse("v", &nested(64)).is_ok());
    assert!(refusal("v", &nested(65)).starts_with("T115"));
    assert!(parse("c", &format!("{}true{}", "(".repeat(64), ")".repeat(64))).is_ok());
    assert!(parse("v", &format!("{}1{}", "F(() => ".repeat(31), ")".repeat(31))).is_ok());
    assert!(
        refusal("v", &format!("{}1{}", "F(() => ".repeat(60), ")".repeat(60))).starts_with("T115")
    );
    assert!(parse("v", &format!("1{}", " + 1".repeat(64))).is_ok());
    assert!(refusal("v", &format!("1{}", " + 1".repeat(65))).starts_with("T115"));
    assert!(parse("v", &"[".repeat(200_000)).is_err());
    let wide = format!("[{}1]", "1,".repeat(130_000));
    assert!(parse("v", &wide).is_ok());
    assert!(refusal("v", &"1".repeat(300_000)).starts_with("T115"));
}
