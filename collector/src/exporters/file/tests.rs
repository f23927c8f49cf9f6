//! What is in files after batches were written.

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use holt_pdata::{Batch, Signal, json};
use tokio::time::Instant;

use super::Factory;
use crate::component::{
    Ack, AckOutcome, Context, Exporter, ExporterConfig, ExporterFactory, Host, Kind,
};
use crate::config::ids::ComponentId;
use crate::net::compression::{Encoding, decompress};
use crate::testing::{node, section, settings, spans};

/// What the factory says to settings: a configuration, or the reference's messages.
fn configure(yaml: &str) -> Result<Box<dyn ExporterConfig>, Vec<String>> {
    let node = node(yaml);
    let id = ComponentId::of_type("file").expect("id");
    let mut findings = Vec::new();
    let parsed = Factory::default().parse(section(&id, &node), &mut findings);
    let said = |note: &String| note.strip_prefix("the Go collector says: ").map(str::to_owned);
    parsed.ok_or_else(|| {
        findings.iter().flat_map(|finding| finding.notes.iter().filter_map(said)).collect()
    })
}

async fn started(yaml: &str, host: &Host) -> Arc<dyn Exporter> {
    let (settings, _hub) = settings(Kind::Exporter, "file");
    let exporter = configure(yaml).expect("valid").create(settings, Signal::Traces);
    let exporter = exporter.expect("created");
    exporter.start(host).await.expect("started");
    exporter
}

async fn write(exporter: &dyn Exporter, batch: Batch) {
    let (ack, outcome) = Ack::root();
    exporter.consume(batch, Context::none().with_ack(ack)).await.expect("taken");
    assert_eq!(outcome.await, AckOutcome::Delivered);
}

fn names(directory: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).expect("a directory").flatten();
    let mut names: Vec<String> =
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn settings_that_cannot_work_are_refused() {
    let refused = [
        ("{}", "path must be non-empty"),
        (
            "{path: a, append: true, rotation: {}}",
            "append and rotation enabled at the same time is not supported",
        ),
        ("{path: a, format: text}", "format type is not supported"),
        ("{path: a, compression: gzip}", "compression is not supported"),
        ("{path: a, flush_interval: -1s}", "flush_interval must be larger than zero"),
        (
            "{path: a, group_by: {enabled: true}}",
            "path must contain exactly one * when group_by is enabled",
        ),
        (
            "{path: '*/a', group_by: {enabled: true}}",
            "path must not start with * when group_by is enabled",
        ),
        (
            "{path: a, directory_permissions: '0755'}",
            "directory_permissions requires create_directory to be true",
        ),
        (
            "{path: a, create_directory: true, directory_permissions: '9'}",
            "directory_permissions value must be a valid octal representation",
        ),
    ];
    for (yaml, expected) in refused {
        let messages = configure(yaml).err().unwrap_or_default();
        assert_eq!(messages, [expected], "{yaml}");
    }
    assert!(configure("{path: a, encoding: text_encoding}").is_err());
    assert!(configure("{path: a, rotation: {max_megabytes: 1}, format: proto}").is_ok());
}

#[tokio::test]
async fn a_request_is_a_line() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("deep/out.json");
    let yaml = format!("{{path: '{}', create_directory: true}}", path.display());
    let host = Host::default();
    let exporter = started(&yaml, &host).await;
    // Another component with the same path shares its file.
    let other = started(&yaml, &host).await;
    write(exporter.as_ref(), spans(1)).await;
    write(other.as_ref(), spans(2)).await;
    let stopped = exporter.stop(Instant::now()).await;
    assert!(stopped.errors.is_empty(), "{stopped:?}");
    let expected = [json::encode(&spans(1)), json::encode(&spans(2))];
    let text = std::fs::read(&path).expect("a file");
    let lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').collect();
    assert_eq!(lines, [&expected[0][..], &expected[1][..], b""]);
}

#[tokio::test]
async fn messages_that_are_no_lines_have_their_length_in_front() {
    let directory = tempfile::tempdir().expect("a directory");
    for (format, compression) in [("proto", ""), ("proto", "zstd"), ("json", "zstd")] {
        let path = directory.path().join(format!("{format}{compression}"));
        let yaml = format!(
            "{{path: '{}', format: {format}, compression: '{compression}'}}",
            path.display()
        );
        let exporter = started(&yaml, &Host::default()).await;
        write(exporter.as_ref(), spans(3)).await;
        write(exporter.as_ref(), spans(3)).await;
        let bytes = Bytes::from(std::fs::read(&path).expect("a file"));
        let length = u32::from_be_bytes(bytes[..4].try_into().expect("four")) as usize;
        assert_eq!(bytes.len(), 2 * (4 + length));
        let mut message = bytes.slice(4..4 + length);
        if compression == "zstd" {
            message = decompress(Encoding::Zstd, message, 1 << 20).expect("zstd");
        }
        match format {
            "json" => assert_eq!(message, json::encode(&spans(3))),
            _ => assert_eq!(message, *spans(3).bytes()),
        }
    }
}

#[tokio::test]
async fn what_a_file_holds_stays_if_it_is_to() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("out.json");
    std::fs::write(&path, "{\"torn").expect("written");
    let line = String::from_utf8(json::encode(&spans(1))).expect("text");
    for (append, expected) in [(true, format!("{{\"torn\n{line}\n")), (false, format!("{line}\n"))]
    {
        let yaml = format!("{{path: '{}', append: {append}}}", path.display());
        let exporter = started(&yaml, &Host::default()).await;
        write(exporter.as_ref(), spans(1)).await;
        assert_eq!(std::fs::read_to_string(&path).expect("a file"), expected);
    }
}

#[tokio::test]
async fn a_large_file_is_renamed() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("out.json");
    let yaml =
        format!("{{path: '{}', rotation: {{max_megabytes: 1, max_backups: 2}}}}", path.display());
    let exporter = started(&yaml, &Host::default()).await;
    // Four of them do not fit into a file.
    let large = spans(15_000);
    assert!((1 << 18..1 << 20).contains(&json::encode(&large).len()));
    for _ in 0..16 {
        write(exporter.as_ref(), large.clone()).await;
    }
    let names = names(directory.path());
    assert_eq!(names.len(), 3, "{names:?}");
    assert_eq!(names[2], "out.json");
    assert!(names[0].starts_with("out-20") && names[0].ends_with("-size.json"), "{names:?}");
    let refused = exporter.consume(spans(100_000), Context::none()).await.expect_err("too large");
    assert!(refused.permanent, "{refused}");
}

#[tokio::test]
async fn resources_go_to_files_of_their_own() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("*/out.json");
    let yaml = format!(
        "{{path: '{}', group_by: {{enabled: true, resource_attribute: team, max_open_files: 1}}}}",
        path.display()
    );
    let exporter = started(&yaml, &Host::default()).await;
    let resource = |team: &str, name: &str| {
        format!(
            r#"{{"resource":{{"attributes":[{{"key":"team","value":{{"stringValue":"{team}"}}}}]}},"scopeSpans":[{{"scope":{{}},"spans":[{{"name":"{name}"}}]}}]}}"#
        )
    };
    let request = format!(
        r#"{{"resourceSpans":[{},{},{},{{"scopeSpans":[{{"spans":[{{"name":"lost"}}]}}]}}]}}"#,
        resource("a", "1"),
        resource("../../b", "2"),
        resource("a", "3")
    );
    let batch = json::decode(Signal::Traces, request.as_bytes()).expect("a request");
    write(exporter.as_ref(), batch).await;
    let read = |name: &str| std::fs::read_to_string(directory.path().join(name)).expect("a file");
    let (a, b) = (read("a/out.json"), read("b/out.json"));
    assert!(a.contains(r#""name":"1""#) && a.contains(r#""name":"3""#) && a.lines().count() == 1);
    assert!(b.contains(r#""name":"2""#) && b.lines().count() == 1);
    assert_eq!(names(directory.path()), ["a", "b"]);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_disk_refuses_for_now() {
    let exporter = started("{path: /dev/full}", &Host::default()).await;
    let refused = exporter.consume(spans(1), Context::none()).await.expect_err("full");
    assert!(!refused.permanent, "{refused}");
}

/// The messages of a file, whose lengths stand in front.
fn messages(mut bytes: Bytes) -> Vec<Bytes> {
    let mut all = Vec::new();
    while !bytes.is_empty() {
        let length = u32::from_be_bytes(bytes[..4].try_into().expect("four")) as usize;
        all.push(bytes.slice(4..4 + length));
        bytes = bytes.slice(4 + length..);
    }
    all
}

#[tokio::test]
async fn files_hold_what_those_of_the_go_collector_hold() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/conformance/file");
    let theirs = |name: &str| Bytes::from(std::fs::read(folder.join(name)).expect("a file"));
    let lines = theirs("json.jsonl");
    let first = lines.split(|byte| *byte == b'\n').next().expect("a line");
    let batch = json::decode(Signal::Traces, first).expect("spans");
    assert_eq!(json::encode(&batch), first);
    let directory = tempfile::tempdir().expect("a directory");
    for (name, format, compression) in [
        ("proto.bin", "proto", ""),
        ("json-zstd.bin", "json", "zstd"),
        ("proto-zstd.bin", "proto", "zstd"),
    ] {
        let path = directory.path().join(name);
        let yaml = format!(
            "{{path: '{}', format: {format}, compression: '{compression}'}}",
            path.display()
        );
        let exporter = started(&yaml, &Host::default()).await;
        write(exporter.as_ref(), batch.clone()).await;
        let ours = messages(Bytes::from(std::fs::read(&path).expect("a file")));
        let read = |message: &Bytes| {
            let message = match compression {
                "zstd" => decompress(Encoding::Zstd, message.clone(), 1 << 20).expect("zstd"),
                _ => message.clone(),
            };
            match format {
                "json" => json::decode(Signal::Traces, &message).expect("spans"),
                _ => Batch::decode(Signal::Traces, message).expect("spans"),
            }
        };
        let theirs = messages(theirs(name));
        assert_eq!((ours.len(), theirs.len()), (1, 3));
        assert_eq!(json::encode(&read(&ours[0])), json::encode(&read(&theirs[0])), "{name}");
    }
}
