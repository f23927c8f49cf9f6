//! The page about security shows configurations that can be run.

use crate::testing::plan;

#[test]
fn the_configurations_of_the_page_have_no_errors() {
    let page = include_str!("../../../../docs/security.md");
    let blocks: Vec<_> = page.split("```yaml\n").skip(1).collect();
    assert!(blocks.len() > 5);
    for block in blocks {
        let (yaml, _) = block.split_once("```").expect("an end");
        let (_, diagnostics) = plan(yaml);
        assert!(diagnostics.is_empty(), "{yaml}\n{diagnostics:#?}");
    }
}
