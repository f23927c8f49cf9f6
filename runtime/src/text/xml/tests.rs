//! Documents that are read, written and refused.

use proptest::prelude::*;

use super::write::children;
use super::*;

fn rewritten(text: &str) -> Result<String, EvalError> {
    let tree = Tree::parse(text)?;
    let mut out = String::new();
    children(&mut out, &tree, ROOT, None)?;
    Ok(out)
}

#[test]
fn documents_are_written_as_the_reference_writes_them() {
    for (text, written) in [
        ("<a/>", "<a></a>"),
        ("<a>x<!-- c --><![CDATA[<&]]></a>", "<a>x<!-- c --><![CDATA[<&]]></a>"),
        ("<a b='\"'>&lt;&#x41;'</a>", "<a b=\"&#34;\">&lt;A&#39;</a>"),
        ("<?xml version='1.0'?><a/>", "<?xml version=\"1.0\"?><a></a>"),
        ("lost<!--lost--><a/>kept<b/>", "<a></a>kept<b></b>"),
        (
            "<a xml:space='default'> x <b xml:space='preserve'> y </b></a>",
            "<a xml:space=\"default\">x<b xml:space=\"preserve\"> y </b></a>",
        ),
        ("<p:a xmlns:p='u'><p:b p:c='1'/></p:a>", "<p:a xmlns:p=\"u\"><p:b p:c=\"1\"></p:b></p:a>"),
        ("<a>1\r\n2\r3</a>", "<a>1\n2\n3</a>"),
    ] {
        assert_eq!(rewritten(text).unwrap(), written, "{text}");
    }
}

#[test]
fn malformed_documents_are_refused() {
    for text in [
        "",
        "x",
        "<!-- c -->",
        "<a>",
        "</a>",
        "<a></b>",
        "<a b></a>",
        "<a b=1></a>",
        "<a b='<'/>",
        "<a>&nbsp;</a>",
        "<a>&</a>",
        "<a>&#0;</a>",
        "<a>]]></a>",
        "<1/>",
        "<a:b:c/>",
        "<p:a/>",
        "<?xml version='1.1'?><a/>",
        "<!-- a -- b --><a/>",
        "<a",
    ] {
        assert!(rewritten(text).is_err(), "{text}");
    }
}

#[test]
fn depth_and_size_are_bounded() {
    let nested = |depth: usize| ["<a>".repeat(depth), "</a>".repeat(depth)].concat();
    assert_eq!(rewritten(&nested(MAX_DEPTH)).unwrap(), nested(MAX_DEPTH));
    assert!(rewritten(&nested(MAX_DEPTH + 1)).is_err());
    assert!(rewritten(&"<a/>".repeat(MAX_NODES)).is_err());
}

#[test]
fn text_is_read_in_the_encoding_that_it_declares() {
    let declared = |label: &str| format!("<?xml version=\"1.0\" encoding=\"{label}\"?><a>é</a>");
    assert_eq!(recoded(&declared("UTF-8")).unwrap(), declared("UTF-8"));
    assert!(recoded(&declared("iso-8859-1")).unwrap().ends_with("<a>Ã©</a>"));
    assert!(recoded(&declared("klingon")).is_err());
}

proptest! {
    #[test]
    fn what_was_written_is_written_again(text in r#"<a( b='[<>&"a]{0,2}')?>([a<>/&;#x1 !\[\]CDAT?-]|<b>|</b>|&amp;){0,12}</a>"#) {
        if let Ok(once) = rewritten(&text) {
            prop_assert_eq!(rewritten(&once).unwrap(), once);
        }
    }

    #[test]
    fn no_text_panics(text in r#"[<>/?!a-c:'"=&;#\[\] -]{0,40}"#) {
        let _ = rewritten(&text);
    }
}
