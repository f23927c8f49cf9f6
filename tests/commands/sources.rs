//! Where a configuration comes from: files, variables, text on the command line, and how they are
//! merged.

use crate::common::{Finished, Sandbox};

const GOOD: &str = "\
receivers:
  nop:
exporters:
  debug:
    verbosity: basic
service:
  pipelines:
    traces:
      receivers: [nop]
      exporters: [debug]
";

fn sandbox() -> Sandbox {
    Sandbox::new().file("good.yaml", GOOD)
}

fn assert_silent(finished: &Finished) {
    let expected = Finished { code: Some(0), stdout: String::new(), stderr: String::new() };
    assert_eq!(*finished, expected, "{finished}");
}

/// The value of a key in what `print-config` prints for these sources.
fn printed(sandbox: &Sandbox, sources: &[&str], key: &str) -> String {
    let mut arguments = vec!["print-config", "--mode", "unredacted"];
    arguments.extend(sources);
    let finished = sandbox.holt(&arguments);
    assert_eq!(finished.code, Some(0), "{finished}");
    let prefix = format!("{key}: ");
    let found = finished.stdout.lines().find_map(|line| line.trim_start().strip_prefix(&prefix));
    found.unwrap_or_else(|| panic!("no {key} in {finished}")).to_owned()
}

#[test]
fn a_good_configuration_is_silent() {
    assert_silent(&sandbox().holt(&["validate", "--config", "good.yaml"]));
    assert_silent(&sandbox().holt(&["validate", "--config", "file:good.yaml"]));
    assert_silent(&sandbox().holt(&["validate", "--config=good.yaml"]));
}

#[test]
fn no_configuration_is_an_error() {
    insta::assert_snapshot!(sandbox().holt(&["validate"]));
    insta::assert_snapshot!(sandbox().holt(&[]));
}

#[test]
fn files_that_cannot_be_read_are_named() {
    let sandbox = sandbox();
    std::fs::create_dir(sandbox.path().join("folder")).unwrap();
    std::fs::write(sandbox.path().join("latin1.yaml"), b"receivers:\n  nop: \xe9\n").unwrap();
    insta::assert_snapshot!(sandbox.holt(&["validate", "--config", "none.yaml"]));
    insta::assert_snapshot!(sandbox.holt(&["validate", "--config", "folder"]));
    insta::assert_snapshot!(sandbox.holt(&["validate", "--config", "latin1.yaml"]));
    insta::assert_snapshot!(sandbox.holt(&["validate", "--config", "vault:secret"]));
}

#[test]
fn later_files_win_over_earlier_ones() {
    let sandbox = sandbox().file("more.yaml", "exporters: {debug: {verbosity: detailed}}");
    let both = ["--config", "good.yaml", "--config", "more.yaml"];
    assert_eq!(printed(&sandbox, &both, "verbosity"), "detailed");
    let other_way = ["--config", "more.yaml", "--config", "good.yaml"];
    assert_eq!(printed(&sandbox, &other_way, "verbosity"), "basic");
}

#[test]
fn set_wins_over_every_file() {
    let sandbox = sandbox();
    let sources = ["--set", "exporters.debug.verbosity=normal", "--config", "good.yaml"];
    assert_eq!(printed(&sandbox, &sources, "verbosity"), "normal");
    let sources = ["--config", "good.yaml", "--set=exporters.debug.sampling_initial=7"];
    assert_eq!(printed(&sandbox, &sources, "sampling_initial"), "7");
}

#[test]
fn a_mistake_points_into_the_source_it_came_from() {
    let sandbox = sandbox().file("more.yaml", "exporters: {debug: {verbosity: loud}}");
    let validate = |more: &[&str]| {
        let mut arguments = vec!["validate", "--config", "good.yaml"];
        arguments.extend(more);
        sandbox.holt(&arguments)
    };
    insta::assert_snapshot!(validate(&["--config", "more.yaml"]));
    insta::assert_snapshot!(validate(&["--set", "exporters.debug.verbosity=loud"]));
    insta::assert_snapshot!(validate(&["--set", "exporters.debug.verbositi=basic"]));
    insta::assert_snapshot!(validate(&["--set", "exporters.debug"]));
    insta::assert_snapshot!(validate(&["--config", "yaml:exporters::debug::verbosity: loud"]));
}

#[test]
fn a_mistake_in_a_variable_points_to_its_use_and_its_text() {
    let text = GOOD.replace("basic", "${env:VERBOSITY}");
    let sandbox = Sandbox::new().file("good.yaml", &text);
    let sandbox = sandbox.variable("VERBOSITY", "loud").variable("WHOLE", "receivers: [");
    insta::assert_snapshot!(sandbox.holt(&["validate", "--config", "good.yaml"]));
    insta::assert_snapshot!(sandbox.holt(&["validate", "--config", "env:WHOLE"]));
}

#[test]
fn a_statement_from_a_file_is_shown_in_that_file() {
    let text =
        GOOD.replace("exporters: [debug]", "processors: [transform]\n      exporters: [debug]");
    let text = format!(
        "processors:\n  transform:\n    trace_statements: ${{file:statements.yaml}}\n{text}"
    );
    let sandbox = Sandbox::new()
        .file("good.yaml", &text)
        .file("statements.yaml", "- set(span.name, \"a\")\n- set(span.name, \"b\"\n");
    insta::assert_snapshot!(sandbox.holt(&["validate", "--config", "good.yaml"]));
}

#[test]
fn variables_are_expanded() {
    let text = GOOD.replace("basic", "${env:VERBOSITY}");
    let set = Sandbox::new().file("good.yaml", &text).variable("VERBOSITY", "normal");
    assert_eq!(printed(&set, &["--config", "good.yaml"], "verbosity"), "normal");
    let default = GOOD.replace("basic", "${env:VERBOSITY:-detailed}");
    let unset = Sandbox::new().file("good.yaml", &default);
    assert_eq!(printed(&unset, &["--config", "good.yaml"], "verbosity"), "detailed");
    let whole = Sandbox::new().variable("WHOLE", GOOD);
    assert_eq!(printed(&whole, &["--config", "env:WHOLE"], "verbosity"), "basic");
}

#[test]
fn feature_gates_are_checked() {
    let validate = |gates: &str| {
        sandbox().holt(&["validate", "--config", "good.yaml", "--feature-gates", gates])
    };
    assert_silent(&validate("-receiverhelper.newReceiverMetrics"));
    assert_silent(&validate("+service.profilesSupport,service.AllowNoPipelines"));
    let unknown = validate("no.such.gate").to_string();
    // The list of all gates is long and has a test of its own.
    let shortened = unknown.split(" valid gates: ").next().unwrap();
    insta::assert_snapshot!(shortened);
    insta::assert_snapshot!(validate("service.profilesSupport,,"));
    insta::assert_snapshot!(validate("-processor.transform.defaultErrorModeIgnore"));
}

#[test]
fn pipelines_that_need_missing_components_can_be_left_out() {
    let text = GOOD.replace(
        "  pipelines:\n",
        "  pipelines:\n    logs: {receivers: [kafka], exporters: [debug]}\n",
    );
    let text = text.replace("  nop:\n", "  nop:\n  kafka:\n");
    let sandbox = Sandbox::new().file("good.yaml", &text);
    let refused = sandbox.holt(&["validate", "--config", "good.yaml"]);
    insta::assert_snapshot!(refused.without_lists());
    let allowed = sandbox.holt(&["validate", "--config", "good.yaml", "--allow-missing"]);
    assert_silent(&allowed);
}
