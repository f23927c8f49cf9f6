//! `holt lsp`, spoken to as an editor does: messages in, findings, explanations, completions and edits
//! out.

#![allow(clippy::indexing_slicing)] // A panic is how a test fails.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};

use serde_json::{Value, json};

use crate::common::PATIENCE;

const URI: &str = "file:///gateway/%EA%B0%80.yaml";

/// A statement behind letters of two and four bytes, which are one and two code units.
const TEXT: &str = "\
receivers:
  otlp:
    protocols:
      grpc:
        endpoint: localhost:4317
processors:
  transform:
    log_statements:
      - set( log.attributes[\"한국😀\"], SEVERITY_NUMBER_INFO) where log.severity_numbr == 1
exporters:
  debug:
    verbosity: detailed
service:
  pipelines:
    logs:
      receivers: [otlp]
      processors: [transform]
      exporters: [debug]
";

/// An editor with a server.
struct Editor {
    child: Child,
    stdin: Option<ChildStdin>,
    messages: Receiver<Value>,
    /// Messages that nobody waited for yet.
    early: Vec<Value>,
    last: i64,
}

impl Editor {
    fn start() -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_holt"))
            .args(["lsp", "--stdio"])
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let (sender, messages) = channel();
        std::thread::spawn(move || {
            while let Some(message) = receive(&mut stdout) {
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        let stdin = child.stdin.take();
        Self { child, stdin, messages, early: Vec::new(), last: 0 }
    }

    /// A server that knows an editor which takes snippets.
    fn ready() -> (Self, Value) {
        let mut editor = Self::start();
        let snippets = json!({ "completionItem": { "snippetSupport": true } });
        let answer = editor.ask(
            "initialize",
            json!({
                "processId": null, "rootUri": null,
                "capabilities": { "textDocument": { "completion": snippets } },
            }),
        );
        editor.tell("initialized", json!({}));
        (editor, answer)
    }

    fn send(&mut self, message: &Value) {
        let text = message.to_string();
        let stdin = self.stdin.as_mut().unwrap();
        write!(stdin, "Content-Length: {}\r\n\r\n{text}", text.len()).unwrap();
        stdin.flush().unwrap();
    }

    fn tell(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// The whole answer to a request.
    fn answer(&mut self, method: &str, params: Value) -> Value {
        self.last += 1;
        let id = self.last;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        self.wait(|message| message["id"] == id)
    }

    /// The result of a request.
    fn ask(&mut self, method: &str, params: Value) -> Value {
        let answer = self.answer(method, params);
        assert_eq!(answer.get("error"), None, "{answer}");
        answer["result"].clone()
    }

    fn wait(&mut self, fits: impl Fn(&Value) -> bool) -> Value {
        if let Some(at) = self.early.iter().position(&fits) {
            return self.early.remove(at);
        }
        loop {
            let message = self.messages.recv_timeout(PATIENCE).unwrap();
            if fits(&message) {
                return message;
            }
            self.early.push(message);
        }
    }

    /// The findings of a version.
    fn findings(&mut self, version: i64) -> Vec<Value> {
        let message = self.wait(|message| {
            message["method"] == "textDocument/publishDiagnostics"
                && message["params"]["version"] == version
        });
        message["params"]["diagnostics"].as_array().unwrap().clone()
    }

    fn open(&mut self, text: &str) {
        let document = json!({ "uri": URI, "languageId": "yaml", "version": 1, "text": text });
        self.tell("textDocument/didOpen", json!({ "textDocument": document }));
    }

    fn change(&mut self, version: i64, changes: Value) {
        let document = json!({ "uri": URI, "version": version });
        let params = json!({ "textDocument": document, "contentChanges": changes });
        self.tell("textDocument/didChange", params);
    }

    fn at(&mut self, method: &str, place: (usize, usize)) -> Value {
        let position = json!({ "line": place.0, "character": place.1 });
        self.ask(method, json!({ "textDocument": { "uri": URI }, "position": position }))
    }

    /// The labels of the completions at a place.
    fn completions(&mut self, place: (usize, usize)) -> Vec<String> {
        let items = self.at("textDocument/completion", place);
        let labels = items.as_array().unwrap().iter();
        labels.map(|item| item["label"].as_str().unwrap().to_owned()).collect()
    }

    /// The exit code, once it ended.
    fn end(mut self) -> Option<i32> {
        let _ = self.stdin.take();
        let mut status = None;
        crate::common::poll(|| {
            status = self.child.try_wait().unwrap();
            status.is_some()
        })
        .unwrap();
        status.unwrap().code()
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn receive(stream: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim().split_once(": ") {
            Some(("Content-Length", number)) => length = number.parse().ok()?,
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}

/// Line and column, in UTF-16 code units, of the first occurrence of a text, so many bytes into it.
fn place(text: &str, wanted: &str, into: usize) -> (usize, usize) {
    let at = text.find(wanted).unwrap() + into;
    let line = text[..at].matches('\n').count();
    let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    (line, text[start..at].encode_utf16().count())
}

/// The text with edits of an answer.
fn edited(text: &str, edits: &Value) -> String {
    let offset = |position: &Value| {
        let line = position["line"].as_u64().unwrap() as usize;
        let units = position["character"].as_u64().unwrap() as usize;
        let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
        let mut seen = 0;
        let rest = text[start..].char_indices();
        let mut rest = rest.skip_while(|(_, char)| {
            let is_before = seen < units;
            seen += char.len_utf16();
            is_before
        });
        rest.next().map_or(text.len(), |(at, _)| start + at)
    };
    let mut edits: Vec<_> = edits
        .as_array()
        .unwrap()
        .iter()
        .map(|edit| {
            let range = &edit["range"];
            (offset(&range["start"]), offset(&range["end"]), edit["newText"].as_str().unwrap())
        })
        .collect();
    edits.sort_unstable();
    let mut out = text.to_owned();
    for (start, end, new) in edits.into_iter().rev() {
        out.replace_range(start..end, new);
    }
    out
}

fn codes(findings: &[Value]) -> Vec<&str> {
    findings.iter().map(|finding| finding["code"].as_str().unwrap()).collect()
}

#[test]
fn findings_follow_the_text() {
    let (mut editor, answer) = Editor::ready();
    assert_eq!(answer["serverInfo"]["name"], "holt");
    assert_eq!(answer["capabilities"]["positionEncoding"], "utf-16");
    editor.open(TEXT);
    let findings = editor.findings(1);
    let found = findings.iter().find(|finding| finding["code"] == "T103").unwrap();
    let (line, start) = place(TEXT, "severity_numbr", 0);
    assert_eq!(found["range"]["start"], json!({ "line": line, "character": start }));
    assert_eq!(found["range"]["end"], json!({ "line": line, "character": start + 14 }));
    assert_eq!((&found["severity"], &found["source"]), (&json!(1), &json!("holt")));
    assert!(found["message"].as_str().unwrap().contains("did you mean"), "{found}");
    // What `holt check` reports of the same file.
    let checked = crate::common::Sandbox::new().file("a.yaml", TEXT).holt(&[
        "check",
        "a.yaml",
        "--severity=info",
        "--output-format=concise",
    ]);
    let of_check: Vec<&str> = checked
        .stdout
        .lines()
        .filter_map(|line| Some(line.split_once('[')?.1.split_once(']')?.0))
        .collect();
    assert_eq!(codes(&findings), of_check, "{checked}");
    // A letter behind the emoji, and the blank before it; then everything.
    let (_, character) = place(TEXT, "severity_numbr", 13);
    let insert = json!({ "line": line, "character": character });
    let (_, blank) = place(TEXT, "( log", 1);
    let from = json!({ "line": line, "character": blank });
    let to = json!({ "line": line, "character": blank + 1 });
    editor.change(
        2,
        json!([
            { "range": { "start": insert, "end": insert }, "text": "e" },
            { "range": { "start": from, "end": to }, "text": "" },
        ]),
    );
    let findings = editor.findings(2);
    assert!(!codes(&findings).contains(&"T103"), "{findings:#?}");
    assert!(!codes(&findings).contains(&"T505"), "{findings:#?}");
    editor.change(3, json!([{ "text": "receivers: [\nservice:\n" }]));
    assert_eq!(codes(&editor.findings(3)), ["C001"]);
    editor.change(4, json!([{ "text": "just: yaml\n" }]));
    assert_eq!(codes(&editor.findings(4)), [""; 0]);
    editor.tell("textDocument/didClose", json!({ "textDocument": { "uri": URI } }));
    let cleared = editor.wait(|message| message["params"].get("version").is_none());
    assert_eq!(cleared["params"]["diagnostics"], json!([]));
    assert_eq!(editor.ask("shutdown", Value::Null), Value::Null);
    editor.tell("exit", Value::Null);
    assert_eq!(editor.end(), Some(0));
}

#[test]
fn names_keys_and_findings_are_explained() {
    let (mut editor, _) = Editor::ready();
    editor.open(TEXT);
    editor.findings(1);
    let mut hover = |wanted: &str, into| {
        let answer = editor.at("textDocument/hover", place(TEXT, wanted, into));
        answer["contents"]["value"].as_str().unwrap_or_default().to_owned()
    };
    assert!(hover("set(", 1).contains("set(target: path"), "{}", hover("set(", 1));
    assert!(hover("log.attributes", 6).contains("log.attributes\n"));
    assert!(hover("SEVERITY_NUMBER_INFO", 3).contains("= 9"));
    assert!(hover("severity_numbr", 3).contains("T103: unknown path"));
    assert!(hover("endpoint:", 3).contains("receivers.otlp.protocols.grpc.endpoint"));
    assert!(hover("debug:", 3).contains("debug, an exporter"));
    assert!(hover("[transform]", 3).contains("transform, a processor"));
    assert_eq!(hover("  pipelines:\n    logs", 0), "");
}

#[test]
fn what_may_stand_at_a_place_is_offered() {
    let (mut editor, _) = Editor::ready();
    let mut version = 0;
    let mut complete = |marked: &str| {
        let place = place(marked, "|", 0);
        let text = marked.replacen('|', "", 1);
        version += 1;
        if version == 1 {
            editor.open(&text);
        } else {
            editor.change(version, json!([{ "text": text }]));
        }
        let labels = editor.completions(place);
        let items = editor.at("textDocument/completion", place);
        (labels, items)
    };
    let in_statement = |statement: &str| {
        format!("processors:\n  transform:\n    log_statements:\n      - {statement}\n")
    };
    let has = |labels: &[String], wanted: &str| labels.iter().any(|label| label == wanted);
    let (labels, items) = complete(&in_statement("se|"));
    assert!(has(&labels, "set") && !has(&labels, "Concat") && !has(&labels, "where"), "{labels:?}");
    let set = items.as_array().unwrap().iter().find(|item| item["label"] == "set").unwrap();
    assert_eq!(set["textEdit"]["newText"], "set($0)");
    assert_eq!(set["textEdit"]["range"]["start"]["character"], 8);
    assert!(set["detail"].as_str().unwrap().starts_with("set(target"), "{set}");
    let (labels, items) = complete(&in_statement("set(log.attributes[\"한😀\"], resource.a|)"));
    assert!(has(&labels, "resource.attributes") && !has(&labels, "span.name"), "{labels:?}");
    assert!(!has(&labels, "set") && !has(&labels, "SEVERITY_NUMBER_INFO"), "{labels:?}");
    let first = &items.as_array().unwrap()[0]["textEdit"]["range"];
    let (_, start) =
        place(&in_statement("set(log.attributes[\"한😀\"], resource.a)"), "resource", 0);
    assert_eq!(first["start"]["character"], start);
    assert_eq!(first["end"]["character"], start + "resource.a".len());
    // Texts in quotes, without their end, and behind a blank.
    let (labels, _) = complete(&in_statement("\"set(log.body, Con|"));
    assert!(has(&labels, "Concat") && has(&labels, "log.body"), "{labels:?}");
    let (labels, _) = complete(&in_statement("set(log.body, 1) where |"));
    assert!(has(&labels, "IsMatch") && has(&labels, "SEVERITY_NUMBER_WARN"), "{labels:?}");
    let (labels, _) = complete(&in_statement("set(log.body, \"Con|\")"));
    assert_eq!(labels, [""; 0]);
    // A group's context decides.
    let group = "processors:\n  transform:\n    trace_statements:\n      - context: spanevent\n        \
                 statements:\n          - set(sp|\n";
    let (labels, _) = complete(group);
    assert!(has(&labels, "spanevent.name") && has(&labels, "span.name"), "{labels:?}");
    assert!(!has(&labels, "datapoint.value_int"), "{labels:?}");
    // The configuration around statements.
    let (labels, _) = complete("receivers:\n  ot|\n");
    assert!(has(&labels, "otlp") && !has(&labels, "batch"), "{labels:?}");
    let (labels, _) = complete("receivers:\n  otlp:\n    protocols:\n      gr|\n");
    assert!(has(&labels, "grpc") && has(&labels, "http"), "{labels:?}");
    let (labels, _) = complete("exporters:\n  debug/one:\n    verbosity: |\n");
    assert!(has(&labels, "detailed"), "{labels:?}");
    let pipelines = "receivers:\n  otlp/a:\n  otlp/b:\nconnectors:\n  forward:\nexporters:\n  debug:\n\
                     service:\n  pipelines:\n    logs:\n      receivers: [otlp/a, |]\n";
    let (labels, _) = complete(pipelines);
    assert_eq!(labels, ["otlp/a", "otlp/b", "forward"]);
    let (labels, _) = complete("receivers:\n  otlp:\n|");
    assert!(has(&labels, "service") && !has(&labels, "receivers"), "{labels:?}");
    let (labels, _) = complete("apiVersion: v1\nkind: Pod\nspec:\n  co|\n");
    assert_eq!(labels, [""; 0]);
}

#[test]
fn findings_are_mended_and_statements_formatted() {
    let (mut editor, _) = Editor::ready();
    let text = TEXT.replace("severity_numbr", "severity_number").replace("- set(", "- &a set(");
    let text = text.replace("== 1\n", "== 1 # holt: ignore[N403]\n").replace(
        "        endpoint: localhost:4317\n",
        "        endpoint: 0.0.0.0:4317\n        # 한\n",
    );
    editor.open(&text);
    let whole =
        json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 99, "character": 0 } });
    let mut actions = |range: &Value, only: Option<&str>| {
        let context = match only {
            Some(kind) => json!({ "diagnostics": [], "only": [kind] }),
            None => json!({ "diagnostics": [] }),
        };
        let params = json!({ "textDocument": { "uri": URI }, "range": range, "context": context });
        editor.ask("textDocument/codeAction", params)
    };
    let titles = |actions: &Value| {
        let all = actions.as_array().unwrap().iter();
        all.map(|action| action["title"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let all = actions(&whole, None);
    assert!(titles(&all).contains(&"format it (T505)".to_owned()), "{all}");
    let exposed = place(&text, "0.0.0.0", 2);
    let here = json!({ "line": exposed.0, "character": exposed.1 });
    let some = actions(&json!({ "start": here, "end": here }), Some("quickfix"));
    let [action] = some.as_array().unwrap().as_slice() else { panic!("{some}") };
    assert_eq!((&action["kind"], &action["isPreferred"]), (&json!("quickfix"), &json!(false)));
    let mended = edited(&text, &action["edit"]["changes"][URI]);
    assert_eq!(mended, text.replace("0.0.0.0", "localhost"));
    let every = actions(&whole, Some("source.fixAll"));
    let [action] = every.as_array().unwrap().as_slice() else { panic!("{every}") };
    let mended = edited(&text, &action["edit"]["changes"][URI]);
    assert_eq!(mended, text.replace("set( log", "set(log").replace(" # holt: ignore[N403]", " "));
    let options = json!({ "tabSize": 2, "insertSpaces": true });
    let params = json!({ "textDocument": { "uri": URI }, "options": options });
    let edits = editor.ask("textDocument/formatting", params);
    assert_eq!(edited(&text, &edits), text.replace("set( log", "set(log"));
}

#[test]
fn odd_messages_are_answered() {
    let (mut editor, _) = Editor::ready();
    let code = |answer: &Value| answer["error"]["code"].as_i64();
    let answer = editor.answer("textDocument/rename", json!({}));
    assert_eq!(code(&answer), Some(-32601), "{answer}");
    let answer = editor.answer("textDocument/hover", json!({ "textDocument": 1 }));
    assert_eq!(code(&answer), Some(-32602), "{answer}");
    let unknown = json!({ "textDocument": { "uri": "file:///no.yaml" },
                          "position": { "line": 9, "character": 9 } });
    assert_eq!(editor.ask("textDocument/hover", unknown), Value::Null);
    editor.tell("textDocument/didChange", json!({ "textDocument": { "uri": URI } }));
    editor.tell("$/setTrace", json!({ "value": "off" }));
    editor.ask("shutdown", Value::Null);
    let answer = editor.answer("textDocument/hover", json!({}));
    assert_eq!(code(&answer), Some(-32600), "{answer}");
    editor.tell("exit", Value::Null);
    assert_eq!(editor.end(), Some(0));
}

#[test]
fn an_end_without_notice_is_a_failure() {
    let (mut editor, _) = Editor::ready();
    editor.tell("exit", Value::Null);
    assert_eq!(editor.end(), Some(1));
    let (editor, _) = Editor::ready();
    assert_eq!(editor.end(), Some(1));
}

#[test]
fn a_long_document_is_kept_level() {
    let line = |number: usize| {
        let statement =
            format!("set(log.attributes[\"key.{number}\"], Concat([log.body, \"한국\"], \"-\"))");
        match number % 25 {
            0 => format!("  transform/{number}:\n    log_statements:\n      - {statement}\n"),
            _ => format!("      - {statement}\n"),
        }
    };
    let statements: String = (0..4800).map(line).collect();
    let (head, tail) = TEXT.split_once("  transform:").unwrap();
    let tail = tail.split_once("exporters:").unwrap().1;
    let text = format!("{head}{statements}exporters:{tail}");
    let text = text.replace("[transform]", "[transform/0, transform/2500]");
    assert!(text.lines().count() > 5000);
    let (mut editor, _) = Editor::ready();
    editor.open(&text);
    editor.findings(1);
    for version in 2..6 {
        let (line, character) = place(&text, "set(log.attributes[\"key.2500\"]", 0);
        let start = json!({ "line": line, "character": character });
        let end = json!({ "line": line, "character": character + 1 });
        let new = if version % 2 == 0 { "S" } else { "s" };
        let began = std::time::Instant::now();
        editor.change(version, json!([{ "range": { "start": start, "end": end }, "text": new }]));
        let found = editor.findings(version);
        println!("version {version}: {:?}", began.elapsed());
        assert_eq!(codes(&found).contains(&"T108"), version % 2 == 0, "{found:#?}");
    }
}
