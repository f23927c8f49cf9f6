//! Texts that are accepted, and the trees they become.

use std::fmt::Write as _;

use crate::tree::print;
use crate::{cases, compact, parse};

#[test]
fn trees() {
    insta::glob!("cases/accepted/*.txt", |path| {
        let mut out = String::new();
        for (entry, text) in cases(path) {
            match parse(&entry, &text) {
                Ok(tree) => writeln!(out, "{entry} {text}\n    {}", compact::tree(&tree)).unwrap(),
                Err(errors) => panic!("{text}: {errors:#?}"),
            }
        }
        insta::assert_snapshot!(out);
    });
}

#[test]
fn canonical_text() {
    insta::glob!("cases/accepted/*.txt", |path| {
        let mut out = String::new();
        for (entry, text) in cases(path) {
            let tree = parse(&entry, &text).unwrap();
            let printed = print(&tree);
            let again = parse(&entry, &printed).unwrap();
            assert_eq!(compact::tree(&again), compact::tree(&tree), "{text} printed as {printed}");
            assert_eq!(print(&again), printed, "printing twice changes {text}");
            if printed != text {
                writeln!(out, "{text}\n    {printed}").unwrap();
            }
        }
        insta::assert_snapshot!(out);
    });
}
