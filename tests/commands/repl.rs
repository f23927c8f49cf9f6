//! `holt repl` with lines piped in: transcripts, in which times are left out.

use crate::common::{Finished, Sandbox};

const PODS: &str = r#"{"level":"info","user":"ada"}
plain text
{"level":"warn","user":"bob"}
"#;

const CONFIG: &str = r#"
processors:
  transform/x:
    error_mode: ignore
    log_statements:
      - statements:
          - set(log.attributes["a"], "$$1")
      - context: log
        conditions: ['severity_number >= 17']
        statements:
          - set(attributes["b"], 2)
  filter/health:
    logs:
      log_record:
        - IsMatch(body, "^GET /healthz")
  attributes/x:
    actions:
      - {key: a, value: 1, action: upsert}
"#;

/// What a script comes to.
fn run(sandbox: Sandbox, arguments: &[&str], script: &str) -> Finished {
    let all = [&["repl"], arguments].concat();
    let mut finished = sandbox.input(script.as_bytes()).holt(&all);
    finished.stdout = finished.stdout.lines().map(|line| timeless(line) + "\n").collect();
    finished
}

/// A line without the times in it.
fn timeless(line: &str) -> String {
    let mut line = line.to_owned();
    let mut from = 0;
    while let Some(at) = line.get(from..).and_then(|rest| rest.find("/record")) {
        let end = from + at;
        let digits = |letter: char| letter.is_ascii_digit() || " .nµms".contains(letter);
        let start = line[..end].trim_end_matches(digits).len();
        line.replace_range(start..end, " …");
        from = start + " …/record".len();
    }
    line
}

fn script(script: &str) -> Finished {
    run(Sandbox::new(), &[], script)
}

#[test]
fn statements_show_what_they_change_and_expressions_what_they_yield() {
    insta::assert_snapshot!(script(
        r#"log.severity_text
log.severity_number == "ERROR"
set(log.cache, ParseJSON(log.body)) where IsMatch(log.body, "^\\{")
set(log.attributes["user"], log.cache["usr"])
.undo
set(log.attributes["user"], log.cache["user"]) where log.cache["user"] != nil
.why 3
log.attributes["user"] == "ada" or log.severity_number > 12 and IsMatch(log.body, "card")
.why 1
.why 3
set(log.attributes["n"], Int(log.body) + 1)
set(log.attributes["n"], ParseJSON(log.body))
log.attributes
.quit
"#
    ));
}

#[test]
fn every_command_has_an_answer() {
    insta::assert_snapshot!(script(
        r#".help
.help .why
.help Len
.type log.attributes["a"]
.type log.severity_number == 3
.explain
.explain STATUS_CODE_OK
.explain set(log.body, Concat([log.body, "x"], ""))
.explain log.flags + 1
.paths *sever*
.functions *JSON
.show
.show 3
.where log.severity_number >= 17
log.body
.show
.where
.mode
.context
.context resource
set(attributes["a"], "b")
.context infer
set(log.flags, 1)
.yaml
.step
.step
.step
.undo
.redo
.reset
.undo
.mode yaml
.show 3
"#
    ));
}

#[test]
fn mistakes_are_explained_and_the_session_goes_on() {
    let sandbox = Sandbox::new()
        .file("broken.json", "{\"resourceLogs\": [")
        .file("empty.json", "\n")
        .file("bad.ottl", "set(log.body, 1)\nset(log.bdy, 2)\n");
    insta::assert_snapshot!(run(
        sandbox,
        &[],
        r#".shwo
.nonsense at all
.load nowhere.json
.load broken.json
.load empty.json
.load bad.ottl
.load
.save records
.show 9
.show x
.why
.why x
.where log.bdy == 1
.where log.severity_number == 99
.undo
.redo
.step
.test x
.yaml
.mode table
.context span
.context lgo
.type
.bench
.bench set(log.bdy, 1)
.edit
.explain Lenn
.paths zzz
.functions zzz
set(log.body

set(log.body, "서울 " + log.bdy)
span.name
log.body == 'single'
))
"open
 text"
log.severity_text
.why 99
.show 5
.why
"#
    ));
}

#[test]
fn text_goes_on_while_it_cannot_stand_alone() {
    insta::assert_snapshot!(script(
        "set(log.attributes[\"a\"],\n  \"b\"\n) where\n  log.severity_number > 13\n\
         - set(log.attributes[\"c\"], 1)\n\
         - 'replace_pattern(log.body, \"(token)=\\\\w+\", \"$$1=***\")'\n\
         log.body == \"a\" and\n\nlog.flags\n\
         log.flags ==\n"
    ));
}

#[test]
fn telemetry_of_all_sorts_can_be_loaded() {
    let sandbox = Sandbox::new()
        .file("pods.log", PODS)
        .file("spans.json", r#"{"resourceSpans": [{"scopeSpans": [{"spans": [{"name": "a"}]}]}]}"#);
    insta::assert_snapshot!(run(
        sandbox,
        &["-i", "pods.log"],
        "ParseJSON(log.body)[\"user\"]\n\
         set(log.attributes[\"user\"], ParseJSON(log.body)[\"user\"]) where IsMatch(log.body, \"^\\\\{\")\n\
         .save out.json\n.load out.json\nlog.attributes[\"user\"]\n.load spans.json\nspan.name\n\
         .load pods.log\n.show\n"
    ));
    for sample in ["spans", "metrics"] {
        let shown = run(Sandbox::new(), &["--sample", sample], ".show\n.show 1\n");
        insta::assert_snapshot!(format!("sample_{sample}"), shown);
    }
    insta::assert_snapshot!(run(
        Sandbox::new(),
        &["--signal", "metrics"],
        "set(metric.unit, \"s\") where metric.unit == \"ms\"\n\
         set(datapoint.attributes[\"unit\"], metric.unit)\ndatapoint.value_int\n.explain\n"
    ));
}

#[test]
fn processors_of_a_configuration_can_be_loaded_and_written() {
    let sandbox = || Sandbox::new().file("c.yaml", CONFIG);
    let at = |id| ["--config", "c.yaml", "--at", id];
    insta::assert_snapshot!(run(sandbox(), &at("transform/x"), ".yaml\n.step\n.step\n"));
    insta::assert_snapshot!(run(sandbox(), &at("filter/health"), ".yaml\n.step\n.show\n"));
    insta::assert_snapshot!(run(sandbox(), &at("attributes/x"), ""));
    insta::assert_snapshot!(run(sandbox(), &at("transform/y"), ""));
    insta::assert_snapshot!(run(
        sandbox(),
        &[],
        ".load c.yaml\n.load c.yaml transform/y\n.load c.yaml transform/x\n.load c.yaml filter/health\n"
    ));
}

/// The configuration that a session shows means what the session did.
#[test]
fn what_is_saved_can_be_loaded_again() {
    let sandbox = Sandbox::new();
    let statements = r#"set(log.attributes["a: b"], "it's # $x ${y}") where log.body != "a"
replace_pattern(log.body, "(tok)en=(\\w+)", "$1=***") where IsMatch(log.body, "token: ?|=")
"#;
    let all = [statements, ".save out.yaml\n.save out.ottl\n.save out.jsonl\n"].concat();
    let sandbox = sandbox.input(all.as_bytes());
    assert_eq!(sandbox.holt(&["repl"]).code, Some(0));
    let saved = |name: &str| std::fs::read_to_string(sandbox.path().join(name)).unwrap();
    assert_eq!(saved("out.ottl"), statements);
    let (yaml, result) = (saved("out.yaml"), saved("out.jsonl"));
    assert!(result.contains("it's # $x ${y}"), "{result}");
    for arguments in [&["repl", "--config", "out.yaml", "--at", "transform/repl"][..], &["repl"]] {
        let load = if arguments.len() > 1 { "" } else { ".load out.ottl\n" };
        let again = Sandbox::new()
            .file("out.yaml", &yaml)
            .file("out.ottl", statements)
            .input(format!("{load}.save again.jsonl\n").as_bytes());
        let finished = again.holt(arguments);
        assert_eq!(finished.code, Some(0), "{finished}");
        let after = std::fs::read_to_string(again.path().join("again.jsonl")).unwrap();
        assert_eq!(after, result, "{arguments:?}");
    }
}

#[test]
fn tests_are_added_to_a_file() {
    let sandbox = Sandbox::new().file("pods.log", PODS);
    let script = "set(log.attributes[\"n\"], Len(log.body)) where IsMatch(log.body, \"plain\")\n\
                  .test \"lines: are counted\"\nset(log.severity_number, 9)\n.test all have a level\n";
    let sandbox = sandbox.input(script.as_bytes());
    let finished = sandbox.holt(&["repl", "-i", "pods.log"]);
    assert!(finished.stdout.contains("wrote the test to ottl_test.yaml"), "{finished}");
    let written = std::fs::read_to_string(sandbox.path().join("ottl_test.yaml")).unwrap();
    insta::assert_snapshot!(written);
}

/// What a session did is what the test of it expects, for every signal and both processors.
#[test]
fn added_tests_pass() {
    let sandbox = Sandbox::new().file("c.yaml", CONFIG);
    let sessions: [(&[&str], &str); 4] = [
        (
            &["repl"],
            "set(log.attributes[\"at\"], UnixNano(Now()))\n\
             replace_pattern(log.body, \"(tok)en=(\\\\w+)\", \"$1=***\")\n\
             set(log.attributes[\"f\"], 2.0)\ndelete_key(log.attributes, \"stream\")\n.test logs\n",
        ),
        (
            &["repl", "--sample", "spans"],
            "set(span.attributes[\"a\"], [1, 2.5, \"x\"]) where span.status.code == 2\n.test spans\n",
        ),
        (
            &["repl", "--sample", "metrics"],
            "set(datapoint.attributes[\"unit\"], metric.unit)\n.test metrics\n",
        ),
        (&["repl", "--config", "c.yaml", "--at", "filter/health"], ".test health\n"),
    ];
    let mut sandbox = sandbox;
    for (arguments, script) in sessions {
        sandbox = sandbox.input(script.as_bytes());
        let finished = sandbox.holt(arguments);
        assert!(finished.stdout.contains("wrote the test"), "{finished}");
    }
    let tested = sandbox.holt(&["test", "ottl_test.yaml"]);
    assert_eq!(tested.code, Some(0), "{tested}");
    assert!(tested.stdout.contains("4 passed"), "{tested}");
    // Whatever the statements did not do is noticed.
    let path = sandbox.path().join("ottl_test.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("      - delete_key(log.attributes, \"stream\")\n", ""))
        .unwrap();
    assert_eq!(sandbox.holt(&["test", "ottl_test.yaml"]).code, Some(1));
}

#[test]
fn statements_can_be_edited_in_an_editor() {
    let sandbox = Sandbox::new().variable("EDITOR", "/bin/sed -i s/one/two/");
    insta::assert_snapshot!(run(
        sandbox,
        &[],
        "set(log.attributes[\"a\"], \"one\")\n.edit\n.edit\nlog.attributes[\"a\"]\n.undo\nlog.attributes[\"a\"]\n"
    ));
    let broken = Sandbox::new().variable("EDITOR", "/bin/false");
    assert!(run(broken, &[], ".edit\n").stdout.contains("the editor failed"));
}

#[test]
fn what_cannot_be_begun_with_is_an_error() {
    for arguments in [
        &["-i", "nowhere.json"][..],
        &["-i", "-"],
        &["--signal", "profiles"],
        &["--at", "transform/x"],
        &["--sample", "traces"],
        &["--context", "span"],
        &["--feature-gates", "nope"],
    ] {
        let finished = run(Sandbox::new(), arguments, "log.body\n");
        assert_eq!(finished.code, Some(2), "{arguments:?}: {finished}");
        assert!(!finished.stderr.is_empty(), "{arguments:?}");
    }
}

#[test]
fn measurements_say_what_was_measured() {
    let finished = script(".bench set(log.body, \"x\") where log.severity_number > 9\nlog.body\n");
    assert!(finished.stdout.contains("/record for all statements"), "{finished}");
    assert!(finished.stdout.contains("over 5 records, 3 matched"), "{finished}");
    assert!(!finished.stdout.contains("\"x\"×5"), "{finished}");
}

#[test]
fn text_of_the_debug_exporter_is_telemetry() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/conformance/debug/");
    let text =
        |name: &str| std::fs::read_to_string(format!("{folder}{name}.detailed.txt")).unwrap();
    let sandbox = || Sandbox::new().file("spans.txt", &text("traces-minimal"));
    insta::assert_snapshot!(run(sandbox(), &["-i", "spans.txt"], ".show\nspan.name\n"));
    let pasted = format!("{}\n.show\nset(log.attributes[\"seen\"], true)\n", text("logs-minimal"));
    insta::assert_snapshot!(script(&pasted));
    insta::assert_snapshot!(run(sandbox(), &[], ".load spans.txt\nspan.kind\n"));
}

#[test]
fn a_session_begins_with_the_lines_of_the_user() {
    let rc = "# what I always want\n\n.where log.severity_number > 12\nset(log.attributes[\"a\"],\n  1)\n";
    let sandbox = || {
        let sandbox = Sandbox::new().directory("config").directory("config/holt");
        let home = sandbox.path().join("config").display().to_string();
        sandbox.file("config/holt/replrc", rc).variable("XDG_CONFIG_HOME", &home)
    };
    insta::assert_snapshot!(run(sandbox(), &[], "log.attributes[\"a\"]\n"));
    let without = run(sandbox(), &["--no-rc"], "log.attributes[\"a\"]\n");
    assert!(without.stdout.contains("all 5: nil×5"), "{without}");
    let broken = Sandbox::new().directory("holt").directory("holt/replrc");
    let home = broken.path().display().to_string();
    let finished = run(broken.variable("XDG_CONFIG_HOME", &home), &[], "log.body\n");
    assert_eq!(finished.code, Some(2));
    assert!(finished.stderr.contains("--no-rc goes without it"), "{finished}");
}
