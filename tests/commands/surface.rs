//! Help, version and lists.

use crate::common::Sandbox;

fn holt(arguments: &[&str]) -> String {
    Sandbox::new().holt(arguments).to_string()
}

#[test]
fn help_lists_the_commands_and_flags() {
    insta::assert_snapshot!(holt(&["--help"]));
}

#[test]
fn every_command_has_help() {
    let commands = [
        "run",
        "validate",
        "check",
        "diff",
        "eval",
        "explain",
        "graph",
        "components",
        "featuregate",
        "print-config",
        "schema",
        "generate",
        "completion",
        "man",
    ];
    let all: Vec<String> = commands
        .iter()
        .map(|command| format!("$ {command}\n{}", holt(&[command, "--help"])))
        .collect();
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn version_names_the_release_holt_behaves_like() {
    let sandbox = Sandbox::new();
    let release = include_str!("../conformance/VERSION").trim();
    let long = sandbox.holt(&["version"]);
    assert!(long.stdout.contains(release), "{long}");
    let short = sandbox.holt(&["--version"]);
    assert_eq!((short.code, short.stdout.lines().count()), (Some(0), 1), "{short}");
    assert_eq!(sandbox.holt(&["-v"]), short);
    assert!(short.stdout.starts_with("holt version "), "{short}");
}

#[test]
fn components_are_listed_with_their_stability() {
    insta::assert_snapshot!(holt(&["components"]));
}

#[test]
fn feature_gates_are_listed() {
    let listed = Sandbox::new().holt(&["featuregate"]);
    assert_eq!(listed.code, Some(0), "{listed}");
    let beginning: Vec<&str> = listed.stdout.lines().take(8).collect();
    insta::assert_snapshot!(beginning.join("\n"));
}

#[test]
fn one_feature_gate_is_shown() {
    insta::assert_snapshot!(holt(&["featuregate", "processor.transform.defaultErrorModeIgnore"]));
    insta::assert_snapshot!(holt(&["featuregate", "no.such.gate"]));
}

#[test]
fn a_wrong_command_line_is_explained() {
    insta::assert_snapshot!(holt(&["validat"]));
    insta::assert_snapshot!(holt(&["validate", "--confg", "a.yaml"]));
    insta::assert_snapshot!(holt(&["generate", "spans"]));
    insta::assert_snapshot!(holt(&["generate", "traces", "--attributes", "novalue"]));
    insta::assert_snapshot!(holt(&["print-config", "--format", "toml"]));
}
