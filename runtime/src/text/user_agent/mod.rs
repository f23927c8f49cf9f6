//! What a `User-Agent` header says about browser and operating system.
//!
//! The patterns in `patterns.tsv` are those of uap-core (see NOTICE): kind, flags, expression and
//! replacements, in the order in which they are tried. Each is compiled when it is first tried.

use std::sync::OnceLock;

use super::regex::{Pattern, Template};

/// A name with a version of up to four parts; empty where nothing is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Product {
    /// The name.
    pub name: String,
    /// The version, parts joined by dots.
    pub version: String,
}

struct Entry {
    expression: String,
    replacements: Vec<&'static str>,
    compiled: OnceLock<Option<Pattern>>,
}

/// The browser or other agent; `Other` if it is not known.
pub fn agent(text: &str) -> Product {
    first("agent", text)
}

/// The operating system; `Other` if it is not known.
pub fn system(text: &str) -> Product {
    first("os", text)
}

fn entries(kind: &'static str) -> &'static [Entry] {
    static AGENTS: OnceLock<Vec<Entry>> = OnceLock::new();
    static SYSTEMS: OnceLock<Vec<Entry>> = OnceLock::new();
    let list = if kind == "agent" { &AGENTS } else { &SYSTEMS };
    list.get_or_init(|| {
        let lines = include_str!("patterns.tsv").lines();
        lines.filter_map(|line| entry(kind, line)).collect()
    })
}

fn entry(kind: &str, line: &'static str) -> Option<Entry> {
    let mut parts = line.split('\t');
    if parts.next()? != kind {
        return None;
    }
    let (flags, expression) = (parts.next()?, parts.next()?);
    let expression = match flags {
        "" => expression.to_owned(),
        flags => format!("(?{flags}){expression}"),
    };
    Some(Entry { expression, replacements: parts.collect(), compiled: OnceLock::new() })
}

fn first(kind: &'static str, text: &str) -> Product {
    for entry in entries(kind) {
        let compiled = entry.compiled.get_or_init(|| Pattern::new(&entry.expression).ok());
        let Some(pattern) = compiled else { continue };
        let Some(captures) = pattern.captures(text) else { continue };
        let mut parts = entry.replacements.iter().map(|replacement| {
            let mut out = String::new();
            Template::parse(replacement).expand(pattern, &captures, &mut out);
            out
        });
        let name = parts.next().unwrap_or_default();
        if name.is_empty() {
            continue;
        }
        let mut version = parts.next().unwrap_or_default();
        for part in parts.filter(|part| !part.is_empty()) {
            version.push('.');
            version.push_str(&part);
        }
        return Product { name, version };
    }
    Product { name: "Other".to_owned(), version: String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles() {
        for kind in ["agent", "os"] {
            for entry in entries(kind) {
                assert!(Pattern::new(&entry.expression).is_ok(), "{}", entry.expression);
            }
        }
    }

    #[test]
    fn the_first_that_fits_is_taken() {
        let product = agent("curl/7.81.0");
        assert_eq!((product.name.as_str(), product.version.as_str()), ("curl", "7.81.0"));
        assert_eq!(agent("").name, "Other");
        assert_eq!(system("Mozilla/5.0 (Windows NT 10.0; Win64; x64)").name, "Windows");
    }
}
