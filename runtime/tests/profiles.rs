//! Statements on profiles: edits add to the dictionary, and nothing else changes its meaning.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod common;

use common::{compile_case, normalised};
use holt_pdata::wire::{Fields, put_len};
use holt_pdata::{Batch, Signal, json};
use holt_runtime::Engine;
use holt_runtime::functions::Dialect;
use holt_runtime::host::FixedHost;
use proptest::prelude::*;
use serde_json::{Value, json};

const ENGINES: [Engine; 2] = [Engine::Reference, Engine::Vm];

fn batch(request: &Value) -> Batch {
    json::decode(Signal::Profiles, request.to_string().as_bytes()).unwrap()
}

fn shown(batch: &Batch) -> Value {
    serde_json::from_slice(&json::encode(batch)).unwrap()
}

fn run(batch: &Batch, context: &str, statements: &[&str], engine: Engine) -> Batch {
    let compiled =
        compile_case(Signal::Profiles, Some(context), statements, &[], "propagate", engine);
    let output = compiled.unwrap().program.run(batch, &FixedHost::default()).unwrap();
    // What was written is read without repair.
    let again = Batch::decode(Signal::Profiles, output.bytes().clone()).unwrap();
    assert_eq!(again.repairs(), holt_pdata::Repairs::default());
    assert_eq!(again.items(), output.items());
    output
}

/// The batch with its dictionary in front of the resources.
fn dictionary_first(batch: &Batch) -> Batch {
    let mut bytes = Vec::new();
    for number in [2, 1] {
        for field in Fields::new(batch.bytes()).filter(|field| field.number == number) {
            put_len(&mut bytes, number, field.bytes);
        }
    }
    Batch::decode(Signal::Profiles, bytes.into()).unwrap()
}

/// A profile with an index below `limit` in every place, drawn from `picks`.
fn request(strings: &[String], attributes: usize, stacks: usize, picks: &[u32]) -> Value {
    let mut picks = picks.iter().copied().cycle();
    let mut pick = |limit: usize| picks.next().unwrap() % u32::try_from(limit).unwrap();
    let texts = strings.len();
    let table: Vec<Value> = (0..attributes)
        .map(|_| {
            json!({ "keyStrindex": pick(texts), "unitStrindex": pick(texts),
                "value": { "intValue": pick(3).to_string() } })
        })
        .collect();
    let functions: Vec<Value> = (0..3).map(|_| json!({ "nameStrindex": pick(texts) })).collect();
    let locations: Vec<Value> =
        (0..4).map(|_| json!({ "lines": [{ "functionIndex": pick(3) }] })).collect();
    let stacks: Vec<Value> =
        (0..stacks).map(|_| json!({ "locationIndices": [pick(4), pick(4)] })).collect();
    let profiles: Vec<Value> = (0..3)
        .map(|_| {
            let samples: Vec<Value> = (0..2)
                .map(|_| {
                    json!({ "stackIndex": pick(stacks.len()), "attributeIndices": [pick(attributes)],
                        "values": [pick(9).to_string()] })
                })
                .collect();
            json!({ "sampleType": { "typeStrindex": pick(texts), "unitStrindex": pick(texts) },
                "attributeIndices": [pick(attributes), pick(attributes)], "samples": samples })
        })
        .collect();
    let host =
        json!({ "keyStrindex": pick(texts), "value": { "stringValueStrindex": pick(texts) } });
    json!({
        "resourceProfiles": [{
            "resource": { "attributes": [host] },
            "scopeProfiles": [{ "profiles": profiles }],
        }],
        "dictionary": {
            "stringTable": strings, "attributeTable": table, "stackTable": stacks,
            "locationTable": locations, "functionTable": functions,
        },
    })
}

/// Leaves out what a statement edits.
fn without(mut resources: Value, field: &str) -> Value {
    let profiles = resources[0]["scopeProfiles"][0]["profiles"].as_array_mut().unwrap();
    for profile in profiles {
        profile.as_object_mut().unwrap().remove(field);
    }
    resources
}

/// Edits and the field that each of them is about.
const EDITS: &[(&str, &str)] = &[
    ("set(profile.attributes[\"new\"], \"value\")", "attributeIndices"),
    ("set(profile.attributes[\"a\"], 1)", "attributeIndices"),
    ("set(profile.attributes, {\"x\": {\"y\": \"z\"}})", "attributeIndices"),
    ("delete_key(profile.attributes, \"a\")", "attributeIndices"),
    ("set(profile.attribute_indices, [0])", "attributeIndices"),
    ("set(profile.sample_type.type, \"new type\")", "sampleType"),
    ("set(profile.sample_type.unit, \"a\")", "sampleType"),
    ("set(profile.period_type, profile.sample_type)", "periodType"),
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn an_edit_changes_nothing_elsewhere(
        words in prop::collection::vec("[ab]{0,2}", 1..6),
        (attributes, stacks) in (1_usize..5, 1_usize..4),
        picks in prop::collection::vec(any::<u32>(), 40),
        edit in prop::sample::select(EDITS),
        first: bool,
    ) {
        let strings: Vec<String> = std::iter::once(String::new()).chain(words).collect();
        let before = batch(&request(&strings, attributes, stacks, &picks));
        let before = if first { dictionary_first(&before) } else { before };
        let (statement, field) = edit;
        let read = |batch: &Batch| -> Value { serde_json::from_str(&normalised(batch)).unwrap() };
        for engine in ENGINES {
            let after = run(&before, "profile", &[statement], engine);
            prop_assert_eq!(without(read(&before), field), without(read(&after), field));
            let (old, new) = (shown(&before), shown(&after));
            for (table, entries) in old["dictionary"].as_object().unwrap() {
                let kept = &new["dictionary"][table].as_array().unwrap();
                let entries = entries.as_array().unwrap();
                prop_assert_eq!(&kept[..entries.len()], &entries[..], "{}", table);
            }
        }
    }
}

#[test]
fn a_request_without_a_dictionary_gets_one() {
    let before = batch(&json!({
        "resourceProfiles": [{ "scopeProfiles": [{ "profiles": [{ "period": "1" }] }] }]
    }));
    for engine in ENGINES {
        let after = run(&before, "profile", &["set(profile.attributes[\"k\"], true)"], engine);
        let expected = json!({
            "stringTable": ["k"], "attributeTable": [{ "value": { "boolValue": true } }],
        });
        assert_eq!(shown(&after)["dictionary"], expected, "{engine:?}");
    }
}

#[test]
fn what_changes_nothing_shares_its_bytes() {
    let strings = [String::new(), "a".to_owned()];
    let before = batch(&request(&strings, 2, 1, &[1, 0, 1, 1]));
    for engine in ENGINES {
        let condition = "set(profile.period, 1) where resource.attributes[\"a\"] == \"b\"";
        let after = run(&before, "profile", &[condition], engine);
        assert_eq!(after.bytes().as_ptr(), before.bytes().as_ptr(), "{engine:?}");
    }
}

#[test]
fn removed_samples_are_not_counted() {
    let strings = [String::new(), "a".to_owned()];
    let before = batch(&request(&strings, 2, 1, &[1, 0, 1, 1]));
    assert_eq!(before.items(), 6);
    for engine in ENGINES {
        let after = run(&before, "profile", &["set(profile.sample, nil)"], engine);
        assert_eq!(after.items(), 0, "{engine:?}");
    }
}

/// The reference's library knows samples, but its transform processor does not.
#[test]
fn samples_are_for_other_components() {
    use holt_grammar::source::SourceMap;
    use holt_runtime::program::{ErrorMode, Group, compile};

    let strings = [String::new(), "a".to_owned()];
    let before = batch(&request(&strings, 2, 1, &[1, 0, 1, 1]));
    let statements = [
        "set(profilesample.values, [profilesample.values[0], 7])",
        "set(profilesample.values, [5, -1])",
        "set(profilesample.link_index, 3)",
        "set(profilesample.timestamps_unix_nano, [1, 2])",
        "set(profilesample.timestamps, profilesample.timestamps)",
        "set(profilesample.attributes[\"b\"], \"c\")",
        "set(profile.dropped_attributes_count, 9)",
    ];
    let group = |sources: &mut SourceMap, statements: &[&str]| Group {
        context: Some(common::source(sources, "profilesample")),
        statements: statements.iter().map(|text| common::source(sources, text)).collect(),
        error_mode: ErrorMode::Propagate,
        ..Group::default()
    };
    let mut sources = SourceMap::default();
    let good = group(&mut sources, &statements[1..]);
    for engine in ENGINES {
        let refused =
            compile(Signal::Profiles, std::slice::from_ref(&good), Dialect::TRANSFORM, engine);
        assert!(refused.is_err());
        // No path to an element.
        let wrong = group(&mut sources, &statements[..1]);
        assert!(compile(Signal::Profiles, &[wrong], Dialect::STANDARD, engine).is_err());
        let compiled =
            compile(Signal::Profiles, std::slice::from_ref(&good), Dialect::STANDARD, engine);
        let after = compiled.unwrap().program.run(&before, &FixedHost::default()).unwrap();
        assert_eq!(after.items(), before.items());
        let resources: Value = serde_json::from_str(&normalised(&after)).unwrap();
        let profiles = &resources[0]["scopeProfiles"][0]["profiles"];
        for profile in profiles.as_array().unwrap() {
            assert_eq!(profile["droppedAttributesCount"], 9);
            for sample in profile["samples"].as_array().unwrap() {
                assert_eq!(sample["values"], json!(["5", "-1"]));
                assert_eq!(sample["timestampsUnixNano"], json!(["1", "2"]));
                let attributes = sample["attributeIndices"].as_array().unwrap();
                let added = attributes.last().unwrap();
                assert_eq!(added["key"], "b");
                assert_eq!(added["value"], json!({ "stringValue": "c" }));
            }
        }
    }
}
