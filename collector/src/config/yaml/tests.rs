//! The tree against the parser, and places against the text.

use std::sync::Arc;

use holt_grammar::source::{Location, SourceMap};
use holt_grammar::span::Span;
use proptest::prelude::*;

use super::{Kind, Node, Origin, Place, ScalarValue, YamlText, parse, scalar_map};

fn yaml_text(text: &str) -> Arc<YamlText> {
    let source = SourceMap::default().add("test.yaml", text);
    Arc::new(YamlText { text: text.into(), place: Place::Source(source) })
}

fn document(text: &str) -> Node {
    let mut documents = parse(&yaml_text(text)).unwrap();
    assert_eq!(documents.len(), 1, "{text}");
    documents.remove(0)
}

fn refusal(text: &str) -> Vec<(String, Vec<Span>)> {
    parse(&yaml_text(text))
        .unwrap_err()
        .into_iter()
        .map(|finding| {
            let places = finding.labels.iter().map(|label| label.location.span).collect();
            (finding.message, places)
        })
        .collect()
}

/// Every character of a decoded scalar, mapped to the source, is that character or decodes to it.
fn assert_mapped(node: &Node) {
    let scalar = node.as_scalar().unwrap();
    let Origin::Written { text, raw, style, .. } = &scalar.origin else { panic!("not written") };
    let decoded = scalar_map::decode(&text.text, *raw, *style);
    assert!(
        decoded.text.starts_with(&scalar.text)
            && decoded.text[scalar.text.len()..].bytes().all(|byte| byte == b'\n'),
        "decoded {:?}, parsed {:?}, source {:?}",
        decoded.text,
        scalar.text,
        text.text
    );
    for (at, char) in scalar.text.char_indices() {
        let span = Span::from(at..at + char.len_utf8());
        let place = scalar.origin.locate(span).span;
        let written = place.slice(&text.text);
        let verbatim = scalar.origin.is_verbatim(span);
        assert_eq!(verbatim, written == char.to_string(), "{char:?} from {written:?}");
        if !verbatim {
            let segment = decoded
                .map
                .segments()
                .iter()
                .find(|segment| segment.source == place)
                .expect("a replaced range is a segment");
            assert!(segment.decoded.slice(&decoded.text).contains(char));
            assert!(!segment.verbatim);
        }
    }
}

#[test]
fn places_point_into_every_style() {
    let source =
        "a: plain text\nb: 'it''s'\nc: \"x\\ty\"\nd: |\n  one\n    two\ne: >-\n  one\n  two\n";
    let root = document(source);
    for (key, part, written) in [
        ("a", "text", "text"),
        ("b", "'", "''"),
        ("b", "s", "s"),
        ("c", "\t", "\\t"),
        ("c", "y", "y"),
        ("d", "two", "two"),
        ("d", "  two", "  two"),
        ("e", "two", "two"),
        ("e", "e two", "e\n  two"),
    ] {
        let scalar = root.get(key).unwrap().as_scalar().unwrap();
        let at = scalar.text.find(part).unwrap();
        let place = scalar.origin.locate(Span::from(at..at + part.len()));
        assert_eq!(place.span.slice(source), written, "{key}: {part:?}");
    }
    for key in ["a", "b", "c", "d", "e"] {
        assert_mapped(root.get(key).unwrap());
    }
}

#[test]
fn yaml_in_a_block_is_placed_in_the_outer_text() {
    let outer = "spec:\n  config: |\n    receivers:\n      otlp: \"a\\nb\"\n";
    let root = document(outer);
    let config = root.at(&["spec", "config"]).unwrap().as_scalar().unwrap();
    let inner = Arc::new(YamlText {
        text: config.text.as_str().into(),
        place: Place::Scalar(Arc::new(config.origin.clone())),
    });
    let tree = parse(&inner).unwrap().remove(0);
    assert_eq!(tree.key_location("receivers").span.slice(outer), "receivers");
    let otlp = tree.at(&["receivers", "otlp"]).unwrap();
    assert_eq!(otlp.location.span.slice(outer), "\"a\\nb\"");
    let scalar = otlp.as_scalar().unwrap();
    assert_eq!(scalar.origin.locate(Span::new(1, 2)).span.slice(outer), "\\n");
    assert_eq!(scalar.origin.locate(Span::new(2, 3)).span.slice(outer), "b");
    assert!(scalar.origin.is_verbatim(Span::new(2, 3)));
}

#[test]
fn anchors_aliases_and_merge_keys() {
    let root = document("a: &a {x: 1, y: 2}\nb: *a\nc: {<<: *a, x: 3}\nd: {<<: [{x: 5}, *a]}\n");
    let number = |path: [&str; 2]| match root.at(&path).unwrap().as_scalar().unwrap().value {
        ScalarValue::Integer(value) => value,
        other => panic!("{other:?}"),
    };
    assert_eq!(number(["b", "y"]), 2);
    assert_eq!((number(["c", "x"]), number(["c", "y"])), (3, 2));
    assert_eq!((number(["d", "x"]), number(["d", "y"])), (5, 2));
    assert!(document("a: {\"<<\": {x: 1}}").at(&["a", "<<", "x"]).is_some());
}

#[test]
fn keys_are_text() {
    let root = document("1: a\ntrue: b\n0x10: c\n\"q\": d\n");
    let keys: Vec<&String> = root.as_mapping().unwrap().entries.keys().collect();
    assert_eq!(keys, ["1", "true", "16", "q"]);
}

#[test]
fn tags_decide_over_the_form() {
    let root = document("a: !!str 5\nb: !!int \"5\"\nc: !own 5\nd: !!null ''\n");
    let value = |key: &str| root.get(key).unwrap().as_scalar().unwrap().value;
    assert_eq!(value("a"), ScalarValue::Text);
    assert_eq!(value("b"), ScalarValue::Integer(5));
    assert!(root.get("d").unwrap().is_null());
    let root = document("a: !!binary c2Vj\nb: !!binary |\n  c2V\n  j\n");
    let text = |key: &str| root.get(key).unwrap().as_scalar().unwrap().text.clone();
    assert_eq!((text("a"), text("b")), ("sec".to_owned(), "sec".to_owned()));
    let told = "`!!binary` stands before something that is no text in base64";
    assert_eq!(refusal("a: !!binary c2V?")[0].0, told);
    assert_eq!(refusal("a: !!int x")[0].0, "`x` is no value of the type `!!int`");
}

#[test]
fn documents_of_a_stream() {
    let texts = |text: &str| parse(&yaml_text(text)).unwrap().len();
    assert_eq!(texts(""), 0);
    assert_eq!(texts("# nothing\n"), 0);
    assert_eq!(texts("---\na: 1\n---\nb: 2\n...\n"), 2);
}

#[test]
fn what_is_no_yaml_is_refused_with_its_place() {
    let twice = refusal("a: 1\nb: 2\na: 3\nb: 4\n");
    assert_eq!(twice.len(), 2, "all duplicate keys are told");
    assert_eq!(twice[0].0, "the key `a` is given twice");
    assert_eq!(twice[0].1, [Span::new(10, 11), Span::new(0, 1)]);
    assert_eq!(refusal("a: &a [*a]")[0].0, "the anchor `a` contains itself");
    assert_eq!(refusal("{[a]: b}")[0].0, "a key cannot be a list");
    assert_eq!(
        refusal("a: {<<: 5}")[0].0,
        "`<<` needs a map or a list of maps, found the number `5`"
    );
    for text in ["a: [1", "a: 'x", "a: b: c", "a:\n\tb: 1", "a: *missing", "%x"] {
        let (message, places) = refusal(text).remove(0);
        assert!(message.starts_with("the text is not valid YAML: "), "{text}: {message}");
        assert_eq!(places.len(), 1, "{text}");
    }
}

#[test]
fn aliases_cannot_make_a_text_explode() {
    let mut text = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n".to_owned();
    for level in 1..9 {
        let inner = format!("*a{}", level - 1);
        let items = vec![inner; 10].join(",");
        text.push_str(&format!("a{level}: &a{level} [{items}]\n"));
    }
    assert_eq!(refusal(&text)[0].0, "aliases make this text far too large");
    let mut text = "a0: &a0 [x]\n".to_owned();
    for level in 1..2000 {
        text.push_str(&format!("a{level}: &a{level} [*a{}]\n", level - 1));
    }
    assert_eq!(refusal(&text)[0].0, "values are nested too deeply");
}

/// A scalar written in each style, from text that the style can hold.
fn written(style: usize, text: &str, indent: usize) -> String {
    let pad = " ".repeat(indent);
    match style {
        0 => {
            let quoted: String = text.chars().flat_map(char::escape_default).collect();
            let quoted = quoted.replace("\\'", "'");
            // Rust writes \u{..}; YAML wants eight digits.
            let mut out = String::new();
            let mut rest = quoted.as_str();
            while let Some((head, tail)) = rest.split_once("\\u{") {
                let (digits, tail) = tail.split_once('}').unwrap();
                out.push_str(&format!("{head}\\U{digits:0>8}"));
                rest = tail;
            }
            format!("\"{out}{rest}\"")
        }
        1 => format!("'{}'", text.replace('\'', "''").replace('\n', &format!("\n{pad}"))),
        2 => format!("|\n{pad}{}\n", text.replace('\n', &format!("\n{pad}"))),
        3 => format!(">\n{pad}{}\n", text.replace('\n', &format!("\n{pad}"))),
        _ => text.replace('\n', &format!("\n{pad}")),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn every_character_maps_to_what_it_was_written_with(
        style in 0_usize..5,
        indent in 2_usize..5,
        lines in prop::collection::vec("[a-z'\"\\\\가é ]{0,8}[a-zé]", 1..5),
        gaps in prop::collection::vec(1_usize..4, 5),
        more in "[a-z ]{0,5}",
        windows_breaks in any::<bool>(),
    ) {
        let mut text = String::from("x");
        for (line, gap) in lines.iter().zip(&gaps) {
            text.push_str(line);
            text.push_str(&"\n".repeat(*gap));
            text.push('y');
        }
        text.push_str(&more);
        text.push('z');
        let mut source = format!("key: {}\nnext: 1\n", written(style, &text, indent));
        if windows_breaks {
            source = source.replace('\n', "\r\n");
        }
        let root = document(&source);
        assert_mapped(root.get("key").unwrap());
        prop_assert!(root.get("next").is_some());
    }

    #[test]
    fn blocks_with_any_indentation_are_mapped(
        literal in any::<bool>(),
        chomping in prop::sample::select(vec!["", "-", "+"]),
        lines in prop::collection::vec("( {0,3}[a-z]{0,3} {0,2}){1,2}", 1..8),
        tail in prop::sample::select(vec!["", "\n", "\n\n\n"]),
    ) {
        let mut source = format!("key: {}{chomping}\n", if literal { "|" } else { ">" });
        source.push_str("  start\n");
        for line in &lines {
            source.push_str(&format!("  {line}\n"));
        }
        source.push_str(tail);
        source.push_str("next: 1\n");
        let root = document(&source);
        assert_mapped(root.get("key").unwrap());
    }

    #[test]
    fn no_text_makes_the_parser_fail_to_answer(text in "[a-z0-9:\\-\\[\\]{}\"'|>&*!%#, \t\n]{0,60}") {
        let source = SourceMap::default().add("any", text.as_str());
        let _: Result<Vec<Node>, _> =
            parse(&Arc::new(YamlText { text: text.as_str().into(), place: Place::Source(source) }));
    }
}

#[test]
fn leading_blank_lines_of_a_block_are_mapped() {
    let root = document("key: |\n\n \n  x\n");
    let scalar = root.get("key").unwrap().as_scalar().unwrap();
    assert_eq!(scalar.text, "\n\nx\n");
    let place: Location = scalar.origin.locate(Span::new(2, 3));
    assert_eq!(place.span, Span::new(12, 13));
    assert!(matches!(root.kind, Kind::Mapping(_)));
}
