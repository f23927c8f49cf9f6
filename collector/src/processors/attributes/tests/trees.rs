//! What runs: conditions on resources and scopes are computed once for each, however many records
//! they have.

use std::fmt::Write as _;

use holt_pdata::Signal::{Logs, Metrics, Traces};
use holt_runtime::Engine;
use holt_runtime::compiler::opt::{Pass, optimise};

use super::read;
use crate::testing::node;

#[test]
fn settings_become_trees_that_remember_resources_and_scopes() {
    let cases = [
        (Metrics, "actions: [{key: cluster_name, value: sk, action: insert}]"),
        (
            Traces,
            "
             include:
               match_type: strict
               services: [a, b]
               span_names: [x]
               resources: [{key: host, value: h}, {key: zone}]
               libraries: [{name: lib, version: '1'}]
               attributes: [{key: n, value: 1}]
             exclude: {match_type: regexp, services: [^test, z$]}
             actions:
               - {key: a, from_attribute: b, default_value: c, action: upsert}
               - {key: d, pattern: ^x, action: delete}",
        ),
        (
            Logs,
            "
             include: {log_severity_number: {min: 9, match_undefined: true}}
             exclude: {match_type: regexp, log_bodies: [x], attributes: [{key: n, value: ^1}]}
             actions:
               - {key: u, pattern: '(?P<host>.*):', action: extract}
               - {key: n, converted_type: int, action: convert}
               - {key: h, pattern: ^secret, action: hash}",
        ),
    ];
    let mut out = String::new();
    for (signal, yaml) in cases {
        let (config, findings) = read(&node(yaml), Engine::Vm);
        assert!(findings.is_empty(), "{findings:?}");
        let config = config.unwrap();
        let outcome = config.outcome(signal).unwrap();
        let program = outcome.as_ref().map_err(|fault| &fault.findings).unwrap();
        for tree in program.trees() {
            let mut tree = tree.clone();
            optimise(&mut tree, Pass::ALL);
            writeln!(out, "{tree}").unwrap();
        }
    }
    insta::with_settings!({omit_expression => true}, { insta::assert_snapshot!(out) });
}
