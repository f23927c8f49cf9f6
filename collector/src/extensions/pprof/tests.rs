//! Profiles as their readers see them.

use std::collections::BTreeMap;
use std::io::Read;
use std::time::{Duration, SystemTime};

use prost::Message;

use super::profiler::{Function, Profile};
use super::{flamegraph, proto};
use crate::testing::{address_of, http, start};

fn function(name: &str, line: u32) -> Function {
    Function { name: name.to_owned(), file: "src/main.rs".to_owned(), line }
}

fn profile() -> Profile {
    let inner = vec![function("parse<T>", 3), function("main", 1)];
    let stacks = BTreeMap::from([(inner, 3), (vec![function("main", 1)], 1)]);
    Profile { start: SystemTime::now(), duration: Duration::from_secs(1), stacks }
}

fn decode(bytes: &[u8]) -> proto::Encoded {
    let mut plain = Vec::new();
    flate2::read::GzDecoder::new(bytes).read_to_end(&mut plain).unwrap();
    proto::Encoded::decode(plain.as_slice()).unwrap()
}

#[test]
fn a_profile_has_names_and_times() {
    let read = decode(&proto::encode(&profile()).unwrap());
    let text = |place: i64| read.string_table[usize::try_from(place).unwrap()].as_str();
    assert_eq!((text(0), text(read.sample_type[1].r#type)), ("", "cpu"));
    let counts: Vec<i64> = read.sample.iter().map(|sample| sample.value[0]).collect();
    assert_eq!(counts.iter().sum::<i64>(), 4);
    let deep = read.sample.iter().find(|sample| sample.location_id.len() == 2).unwrap();
    let location = read.location.iter().find(|one| one.id == deep.location_id[0]).unwrap();
    let named = read.function.iter().find(|one| one.id == location.line[0].function_id).unwrap();
    assert_eq!((text(named.name), location.line[0].line), ("parse<T>", 3));
    assert_eq!(read.period * 3, deep.value[1]);
}

#[test]
fn a_picture_has_a_bar_for_each_function() {
    let picture = flamegraph::draw(&profile());
    assert!(picture.contains("<title>parse&lt;T&gt; (3 samples, 75.00 %)</title>"), "{picture}");
    assert!(picture.contains("<title>main (4 samples, 100.00 %)</title>"), "{picture}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_endpoints_answer() {
    let running = start(
        "
receivers: {nop: }
exporters: {nop: }
extensions: {pprof: {endpoint: '127.0.0.1:0'}}
service: {extensions: [pprof], pipelines: {traces: {receivers: [nop], exporters: [nop]}}}
",
    )
    .await;
    let address = address_of(&running, "http");
    let get = async |path: &str| http(&address, "GET", path, &[], b"").await;
    assert!(get("/debug/pprof/").await.text().contains("flamegraph?seconds=10"));
    assert_eq!(get("/debug/pprof/heap").await.status, 501);
    assert_eq!(get("/debug/pprof/goroutine").await.status, 501);
    assert_eq!(get("/debug/pprof/other").await.status, 404);
    assert!(!get("/debug/pprof/cmdline").await.body.is_empty());
    let (first, second) =
        tokio::join!(get("/debug/pprof/profile?seconds=1"), get("/debug/pprof/profile?seconds=1"));
    // Only one is made at a time.
    let (made, refused) = if first.status == 200 { (first, second) } else { (second, first) };
    assert_eq!((made.status, refused.status), (200, 500));
    assert!(refused.text().contains("cpu profiling already in use"), "{}", refused.text());
    assert_eq!(decode(&made.body).sample_type.len(), 2);
    running.stop().await;
}
