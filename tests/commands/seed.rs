//! Configurations as they are found in the field (`tests/seed`), unchanged.

use crate::common::{Finished, Sandbox};

fn validate(name: &str) -> Finished {
    let path = format!("{}/tests/seed/{name}", env!("CARGO_MANIFEST_DIR"));
    let sandbox = Sandbox::new().file(name, &std::fs::read_to_string(path).unwrap());
    sandbox.holt(&["validate", "--config", name])
}

#[test]
fn configurations_that_need_nothing_missing_are_valid() {
    for name in ["01-simplest.crd.yaml", "02-three-signals.yaml"] {
        let finished = validate(name);
        let expected = Finished { code: Some(0), stdout: String::new(), stderr: String::new() };
        assert_eq!(finished, expected, "{name}: {finished}");
    }
}

#[test]
fn components_that_are_not_there_yet_are_named_with_their_place() {
    insta::assert_snapshot!("03", validate("03-workload-grafana-stack.crd.yaml").without_lists());
    insta::assert_snapshot!("04", validate("04-main-collector.crd.yaml").without_lists());
    insta::assert_snapshot!("05", validate("05-workload-collector.crd.yaml").without_lists());
}
