//! What paths select.

use proptest::prelude::*;

use super::*;
use crate::text::xml::{Kind, write};

/// The items that a path selects, as text.
fn selected(document: &str, path: &str) -> Vec<String> {
    let tree = Tree::parse(document).unwrap();
    let items = XPath::parse(path).unwrap().select(&tree).unwrap();
    let text = |item: Item| {
        let node = tree.get(item.node).unwrap();
        if let Some(place) = item.attribute {
            let attribute = &node.attributes[place as usize];
            return format!("@{}={}", attribute.local, attribute.value);
        }
        match node.kind {
            Kind::Document => "/".to_owned(),
            Kind::Element => {
                let mut out = String::new();
                write::node(&mut out, &tree, item.node, None).unwrap();
                out
            }
            _ => node.data.to_string(),
        }
    };
    items.into_iter().map(text).collect()
}

const SHOP: &str = "<shop><item id='1' n='x'>a</item><item id='2'>b<sub/></item><!--c-->t</shop>";

#[test]
fn paths_select() {
    let ids = |path: &str| selected(SHOP, path).join(" ");
    for (path, found) in [
        ("/", "/"),
        ("/shop/item/@id", "@id=1 @id=2"),
        ("//@*", "@id=1 @n=x @id=2"),
        ("//item[2]/@id", "@id=2"),
        ("//item[last()]/@id", "@id=2"),
        ("//item[@n]/@id", "@id=1"),
        ("//item[@id > 1]/@id", "@id=2"),
        ("//item[not(@n)]/@id", "@id=2"),
        ("//item[. = 'a' or @id = '2']/@id", "@id=1 @id=2"),
        ("//item[position() = 1 and contains(@n, 'x')]/@id", "@id=1"),
        ("//sub/..", "<item id=\"2\">b<sub></sub></item>"),
        ("//sub/ancestor::*/@id", "@id=2"),
        ("//sub/ancestor::item/preceding-sibling::item/@id", "@id=1"),
        ("/shop/item[1]/following-sibling::item/@id", "@id=2"),
        ("//item/text()", "a b"),
        ("//comment()", "c"),
        ("/shop/text() | //sub", "t <sub></sub>"),
        ("//sub | /shop/text()", "<sub></sub> t"),
        ("(//item)[2]/@id", "@id=2"),
        ("//item[count(*) = 1]/@id", "@id=2"),
        ("//*[name() = 'sub']", "<sub></sub>"),
        ("//item[string-length(@n) = 1]/@id", "@id=1"),
        ("//item[@id mod 2 = 0]/@id", "@id=2"),
        ("//item[-@id = -1]/@id", "@id=1"),
        ("/shop/(sub, item)/@id", "@id=1 @id=2"),
        ("//item[matches(., '^b$')]/@id", "@id=2"),
        ("//item[starts-with(., 'a')]/@id", "@id=1"),
        ("//item[substring(@id, 1, 1) = '1']/@id", "@id=1"),
        ("//item[normalize-space(' a  b ') = 'a b'][1]/@id", "@id=1"),
        ("//item[translate(., 'ab', 'xy') = 'x']/@id", "@id=1"),
        ("count(//item)", ""),
        ("//missing", ""),
    ] {
        assert_eq!(ids(path), found, "{path}");
    }
}

#[test]
fn each_item_is_selected_once() {
    assert_eq!(selected("<a><a><b/></a></a>", "//a//b"), ["<b></b>"]);
    assert_eq!(selected(SHOP, "//item/.."), [selected(SHOP, "/shop").concat()]);
}

#[test]
fn what_is_no_path_is_refused() {
    for path in [
        "",
        "//",
        "/a[",
        "/a]]]#",
        "/a[]",
        "a::b",
        "unknown()",
        "contains(a)",
        "$x",
        "'a",
        "/a/@",
        "count()",
        "matches(a, '(')",
        "p:",
        "/a[1",
    ] {
        let path = path.strip_suffix('#').map_or(path.to_owned(), |path| format!("%{path}"));
        assert!(XPath::parse(&path).is_err(), "{path}");
    }
    assert!(XPath::parse("/a b").is_ok(), "what follows a path is ignored");
}

#[test]
fn nesting_and_length_are_bounded() {
    let tree = Tree::parse(SHOP).unwrap();
    let nested = |depth: usize| ["(".repeat(depth), "/".to_owned(), ")".repeat(depth)].concat();
    assert!(XPath::parse(&nested(90)).unwrap().select(&tree).is_ok());
    assert!(XPath::parse(&nested(100_000)).is_err());
    assert!(XPath::parse(&vec!["a"; 5_000].join("|")).unwrap().select(&tree).is_ok());
    assert!(XPath::parse(&vec!["a"; 100].join("+")).unwrap().select(&tree).is_ok());
    assert!(XPath::parse(&vec!["a"; 1_000].join("+")).is_err());
}

#[test]
fn work_is_bounded() {
    let document = ["<a>", &"<b/>".repeat(20_000), "</a>"].concat();
    let tree = Tree::parse(&document).unwrap();
    assert!(XPath::parse("//b[//b[//b]]").unwrap().select(&tree).is_err());
}

proptest! {
    #[test]
    fn no_path_panics(path in r"[/@*.ab:\[\]()'|=<1-3 -]{0,24}") {
        let tree = Tree::parse(SHOP).unwrap();
        if let Ok(path) = XPath::parse(&path) {
            let _ = path.select(&tree);
        }
    }
}
