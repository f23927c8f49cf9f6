//! Configurations that must be refused: each file in `bad/` with what `holt validate` says.

use std::path::Path;

use crate::common::Sandbox;

#[test]
fn bad_configurations_are_refused_with_the_place_and_the_way_out() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/commands/bad");
    let mut seen = 0;
    insta::glob!("bad/*.yaml", |path| {
        let name = path.file_name().unwrap().to_str().unwrap();
        let text = std::fs::read_to_string(folder.join(name)).unwrap();
        let sandbox = Sandbox::new().own_metrics().file(name, &text);
        let validated = sandbox.holt(&["validate", "--config", name]);
        insta::assert_snapshot!(validated.without_lists());
        // What one refuses the other must not start.
        let run = sandbox.holt(&["--config", name]);
        assert_eq!(run, validated, "validate and the run differ on {name}");
        seen += 1;
    });
    assert!(seen >= 50, "only {seen} configurations were found");
}
