//! `holt test`: test files that pass, fail and are broken, with all forms of reports.

use crate::common::{Finished, Sandbox};

/// A sandbox with files of the folder `unit`.
fn sandbox(files: &[&str]) -> Sandbox {
    let read = |name: &str| {
        let path = format!("{}/tests/commands/unit/{name}", env!("CARGO_MANIFEST_DIR"));
        std::fs::read_to_string(path).unwrap()
    };
    files.iter().fold(Sandbox::new(), |sandbox, name| sandbox.file(name, &read(name)))
}

/// Text without how long things took.
fn timeless(text: &str) -> String {
    let masked = text.lines().map(|line| {
        if let Some(start) = line.strip_suffix(" ms") {
            return format!("{} (time)\n", start.trim_end_matches(|c: char| c != ' ').trim_end());
        }
        let mut out = String::new();
        let mut rest = line;
        while let Some((before, after)) = rest.split_once(" time=\"") {
            out.push_str(before);
            rest = after.split_once('"').unwrap().1;
        }
        format!("{out}{rest}\n")
    });
    masked.collect()
}

fn test(sandbox: &Sandbox, arguments: &[&str]) -> Finished {
    let all: Vec<&str> = ["test"].iter().chain(arguments).copied().collect();
    sandbox.holt(&all)
}

#[test]
fn tests_pass_in_files_and_beside_what_they_test() {
    let sandbox = sandbox(&["gateway.yaml", "passing_test.yaml", "logs.jsonl"]);
    let finished = test(&sandbox, &[]);
    assert_eq!(finished.code, Some(0), "{finished}");
    insta::assert_snapshot!(timeless(&finished.to_string()));
    let finished = test(&sandbox, &["-k", "NOISE"]);
    assert_eq!(finished.stdout.lines().last(), Some("1 passed"), "{finished}");
    let finished = test(&sandbox, &["-k", "noise", "--trace", "passing_test.yaml"]);
    insta::assert_snapshot!(timeless(&finished.stdout));
    // A collector leaves the tests of a configuration out.
    for command in ["validate", "print-config"] {
        let finished = sandbox.holt(&[command, "--config", "gateway.yaml"]);
        assert_eq!(finished.code, Some(0), "{finished}");
        assert!(!finished.stdout.contains("tests:"), "{finished}");
    }
    let finished = sandbox.holt(&["check", "--severity", "error", "."]);
    assert_eq!(finished.code, Some(0), "{finished}");
}

#[test]
fn what_fails_is_shown_with_the_way_it_took() {
    let sandbox = sandbox(&["gateway.yaml", "failing_test.yaml"]);
    let finished = test(&sandbox, &["failing_test.yaml"]);
    assert_eq!(finished.code, Some(1), "{finished}");
    insta::assert_snapshot!(timeless(&finished.to_string()));
    let finished = test(&sandbox, &["--fail-fast", "failing_test.yaml"]);
    assert_eq!(finished.stdout.lines().last(), Some("1 failed, 0 passed"), "{finished}");
    let arguments = ["failing_test.yaml", "-k", "noise", "--junit", "report.xml"];
    assert_eq!(test(&sandbox, &arguments).code, Some(1));
    let report = std::fs::read_to_string(sandbox.path().join("report.xml")).unwrap();
    insta::assert_snapshot!(timeless(&report));
}

#[test]
fn tests_follow_connectors() {
    let sandbox = sandbox(&["routing.yaml", "routing_test.yaml"]);
    let finished = test(&sandbox, &["--coverage"]);
    assert_eq!(finished.code, Some(1), "{finished}");
    insta::assert_snapshot!(timeless(&finished.to_string()));
}

#[test]
fn what_is_broken_is_shown_at_its_place() {
    let sandbox = sandbox(&["gateway.yaml", "broken_test.yaml"]);
    let finished = test(&sandbox, &["broken_test.yaml", "--junit", "report.xml"]);
    assert_eq!(finished.code, Some(2), "{finished}");
    insta::assert_snapshot!(timeless(&finished.to_string()));
    let report = std::fs::read_to_string(sandbox.path().join("report.xml")).unwrap();
    assert_eq!(report.matches("<error ").count(), 10, "{report}");
}

#[test]
fn files_and_configurations_that_cannot_be_read_are_broken() {
    let config = "processors: {transform/x: {log_statements: ['set(log.body, nope)']}, batch: }\n";
    let tests = "config: gateway.yaml\ntests:\n- {name: a, at: transform/x, input: {log: {body: x}}, \
                 dropped: 0}\n- {name: b, at: batch, input: {log: {body: x}}, dropped: 0}\n";
    let sandbox = Sandbox::new()
        .file("gateway.yaml", config)
        .file("a_test.yaml", tests)
        .file("b.test.yaml", "tests: [\n")
        .file(
            "c_test.yml",
            "config: nowhere.yaml\ntests: [{name: c, at: batch, input: {log: {}}, dropped: 0}]",
        );
    let finished = test(&sandbox, &[]);
    assert_eq!(finished.code, Some(2), "{finished}");
    insta::assert_snapshot!(timeless(&finished.to_string()));
    insta::assert_snapshot!(test(&Sandbox::new(), &[]).to_string());
    insta::assert_snapshot!(test(&Sandbox::new(), &["nowhere"]).to_string());
    let finished = test(&sandbox, &["a_test.yaml", "-k", "nothing"]);
    assert_eq!(finished.code, Some(2), "{finished}");
}

#[test]
fn golden_files_are_written_and_compared() {
    let sandbox = sandbox(&["gateway.yaml", "failing_test.yaml"]);
    let run =
        |more: &[&str]| test(&sandbox, &[&["failing_test.yaml", "-k", "golden"], more].concat());
    assert_eq!(run(&[]).code, Some(1));
    assert_eq!(run(&["--update"]).code, Some(0));
    let path = sandbox.path().join("golden/text.json");
    let golden = std::fs::read_to_string(&path).unwrap();
    insta::assert_snapshot!(golden);
    assert_eq!(run(&[]).code, Some(0));
    // How it is laid out does not matter, what it says does.
    std::fs::write(&path, golden.replace("  ", "")).unwrap();
    assert_eq!(run(&[]).code, Some(0));
    std::fs::write(&path, golden.replace("\"x\"", "\"y\"")).unwrap();
    let finished = run(&[]);
    assert_eq!(finished.code, Some(1));
    insta::assert_snapshot!(timeless(&finished.stdout));
}

#[test]
fn coverage_counts_statements_and_branches() {
    let sandbox = sandbox(&["gateway.yaml", "passing_test.yaml", "logs.jsonl"]);
    let finished = test(&sandbox, &["-k", "level", "--coverage"]);
    assert_eq!(finished.code, Some(0), "{finished}");
    insta::assert_snapshot!(timeless(&finished.stdout));
    assert_eq!(test(&sandbox, &["--min", "100"]).code, Some(0));
    let finished = test(&sandbox, &["-k", "level", "--min", "80"]);
    assert_eq!(finished.code, Some(1), "{finished}");
    insta::assert_snapshot!(finished.stderr);
    assert_eq!(test(&sandbox, &["-k", "level", "--coverage=lcov"]).code, Some(0));
    let lcov = std::fs::read_to_string(sandbox.path().join("lcov.info")).unwrap();
    insta::assert_snapshot!(lcov);
    let arguments = ["-k", "level", "--coverage=html", "--coverage-file", "page.html"];
    assert_eq!(test(&sandbox, &arguments).code, Some(0));
    let page = std::fs::read_to_string(sandbox.path().join("page.html")).unwrap();
    insta::assert_snapshot!(page);
}

#[test]
fn a_configuration_of_the_field_has_its_tests() {
    let root = env!("CARGO_MANIFEST_DIR");
    let copy = |sandbox: Sandbox, name: &str| {
        let text = std::fs::read_to_string(format!("{root}/{name}")).unwrap();
        sandbox.file(name, &text)
    };
    let folders = ["tests", "tests/seed", "tests/commands", "tests/commands/unit"];
    let sandbox = folders.into_iter().fold(Sandbox::new(), Sandbox::directory);
    let sandbox = copy(sandbox, "tests/seed/05-workload-collector.crd.yaml");
    let sandbox = copy(sandbox, "tests/commands/unit/seed_test.yaml");
    let finished = test(&sandbox, &["--coverage"]);
    assert_eq!(finished.code, Some(0), "{finished}");
    insta::assert_snapshot!(timeless(&finished.to_string()));
}

#[test]
fn every_engine_passes_the_same_tests() {
    for engine in ["ref", "vm", "jit"] {
        let files = ["gateway.yaml", "passing_test.yaml", "failing_test.yaml", "logs.jsonl"];
        let finished = test(&sandbox(&files).variable("HOLT_ENGINE", engine), &["--trace"]);
        let usual = test(&sandbox(&files), &["--trace"]);
        assert_eq!(timeless(&finished.to_string()), timeless(&usual.to_string()), "{engine}");
    }
}

/// Files are looked at again when they change.
#[test]
fn watching_runs_tests_again() {
    let sandbox = sandbox(&["gateway.yaml", "passing_test.yaml", "logs.jsonl"]);
    let running = sandbox.start(&["test", "--watch", "-k", "noise"]);
    running.output_line("1 passed");
    let path = sandbox.path().join("passing_test.yaml");
    let text = std::fs::read_to_string(&path).unwrap().replace("dropped: all", "dropped: 1");
    // The clock of a file system may be coarse.
    crate::common::poll(|| {
        std::fs::write(&path, &text).unwrap();
        running.output().contains("1 failed")
    })
    .unwrap();
}
