//! The keys around a place, read off the indentation of lines: that works on text that is no YAML
//! yet.
//!
//! Maps and lists in brackets count as the value of their key.

use holt_collector::component::Kind;

use super::document::Document;

/// Where a place stands in a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Outline {
    /// The keys around it, from a top-level key of the configuration on. Those of manifests around
    /// the configuration are left out.
    pub(super) keys: Vec<String>,
    /// The key on its own line, if there is one.
    pub(super) key: Option<String>,
    /// Whether it is behind the colon of that key.
    pub(super) in_value: bool,
    /// Whether its line is an item of a list.
    pub(super) is_item: bool,
}

/// A line, taken apart.
struct Line<'t> {
    /// The column of its first character.
    indent: usize,
    /// The column of its content, behind dashes.
    column: usize,
    /// The key that it begins with, and the column behind its colon.
    key: Option<(&'t str, usize)>,
}

/// The keys at the top of a configuration.
pub(super) fn top_level() -> impl Iterator<Item = &'static str> {
    Kind::ALL.into_iter().map(Kind::section).chain(["service"])
}

/// Where a byte of a document stands; `None` when no top-level key of a configuration is around it,
/// or itself on the line.
pub(super) fn outline(document: &Document, offset: usize) -> Option<Outline> {
    let place = document.position(offset);
    let number = place.line as usize;
    let start = document.offset(super::document::Position { line: place.line, character: 0 });
    let column = offset.saturating_sub(start);
    let text = document.line(number);
    let own = Line::of(text).unwrap_or(Line { indent: column, column, key: None });
    let is_item = own.column > own.indent || text.trim() == "-";
    let mut keys = Vec::new();
    // The parent's column is less than this.
    let mut limit = if is_item { own.indent + 1 } else { own.column };
    for above in (0..number).rev() {
        if limit == 0 {
            break;
        }
        let Some(line) = Line::of(document.line(above)) else { continue };
        let is_item = line.column > line.indent;
        match line.key {
            Some((key, _)) if line.column < limit => {
                keys.push(key.to_owned());
                limit = if is_item { line.indent + 1 } else { line.column };
            }
            // The map whose first key this is has the place as another.
            _ if is_item && line.indent < limit => limit = line.indent + 1,
            _ => {}
        }
    }
    keys.reverse();
    let key = own.key.map(|(key, _)| key.to_owned());
    let in_value = own.key.is_some_and(|(_, behind)| column >= behind);
    let is_top = |key: &String| top_level().any(|known| known == key);
    let first = keys.iter().position(is_top);
    if first.is_none() && !key.as_ref().is_some_and(is_top) {
        return None;
    }
    let keys = keys.split_off(first.unwrap_or(keys.len()));
    Some(Outline { keys, key, in_value, is_item })
}

/// The keys right below any of these keys, with the one that each is below.
pub(super) fn entries(document: &Document, sections: &[&str]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    // The section that lines belong to, its column, and that of its entries.
    let mut open: Option<(&str, usize, Option<usize>)> = None;
    for line in document.text.lines().filter_map(Line::of) {
        if open.is_some_and(|(_, column, _)| line.column <= column) {
            open = None;
        }
        let Some((key, _)) = line.key.filter(|_| line.indent == line.column) else { continue };
        if let Some((section, _, entry)) = &mut open {
            if *entry.get_or_insert(line.column) == line.column {
                found.push(((*section).to_owned(), key.to_owned()));
            }
        } else if let Some(section) = sections.iter().find(|section| **section == key) {
            open = Some((section, line.column, None));
        }
    }
    found
}

impl<'t> Line<'t> {
    /// `None` for blank lines and comments.
    fn of(text: &'t str) -> Option<Self> {
        let indent = text.len() - text.trim_start_matches(' ').len();
        let mut rest = text.get(indent..)?;
        if rest.is_empty() || rest.starts_with('#') {
            return None;
        }
        while let Some(behind) = rest.strip_prefix("- ") {
            rest = behind.trim_start_matches(' ');
        }
        let column = text.len() - rest.len();
        let quoted = rest.strip_prefix(['"', '\'']);
        let word = quoted.unwrap_or(rest);
        let end = word
            .find(|char: char| !char.is_ascii_alphanumeric() && !"_-./: ".contains(char))
            .unwrap_or(word.len());
        let head = word.get(..end)?;
        let key = match quoted {
            Some(_) => word
                .get(end + 1..)
                .filter(|behind| behind.starts_with(':'))
                .map(|behind| (head, text.len() - behind.len() + 1)),
            None => {
                let colon = [": ", ":"].iter().find_map(|mark| {
                    let at = word.find(mark)?;
                    (*mark == ": " || word.trim_end().len() == at + 1).then_some(at)
                });
                colon.filter(|at| *at <= end).and_then(|at| {
                    let key = word.get(..at)?;
                    (!key.is_empty() && !key.contains(' ')).then_some((key, column + at + 1))
                })
            }
        };
        Some(Self { indent, column, key })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is known of the place marked with `|`.
    fn at(marked: &str) -> Option<(String, Option<String>, bool, bool)> {
        let offset = marked.find('|').unwrap();
        let text = marked.replacen('|', "", 1);
        let document = Document::new("a".to_owned(), text, None);
        let found = outline(&document, offset)?;
        Some((found.keys.join(" "), found.key, found.in_value, found.is_item))
    }

    #[test]
    fn keys_are_read_off_the_indentation() {
        let some = |keys: &str, key: Option<&str>, in_value, is_item| {
            Some((keys.to_owned(), key.map(str::to_owned), in_value, is_item))
        };
        assert_eq!(at("receivers:\n  ot|"), some("receivers", None, false, false));
        assert_eq!(at("receivers:\n  |"), some("receivers", None, false, false));
        let deep = "processors:\n  # here\n  transform/a:\n\n    error_mode: |";
        assert_eq!(at(deep), some("processors transform/a", Some("error_mode"), true, false));
        let group = "processors:\n  transform:\n    log_statements:\n      - context: log\n        \
                     statements:\n        - a: b\n        err|";
        let keys = "processors transform log_statements";
        assert_eq!(at(group), some(keys, None, false, false));
        let item = "processors:\n  transform:\n    log_statements:\n    - cont|ext: log";
        assert_eq!(at(item), some(keys, Some("context"), false, true));
        let resource = "kind: X\nspec:\n  config:\n    service:\n      pipelines:\n        logs:\n          \
                        receivers: [ot|";
        assert_eq!(at(resource), some("service pipelines logs", Some("receivers"), true, false));
        let list = "service:\n  pipelines:\n    logs:\n      receivers:\n      - o|\n";
        assert_eq!(at(list), some("service pipelines logs receivers", None, false, true));
        assert_eq!(at("recei|vers:"), some("", Some("receivers"), false, false));
        assert_eq!(at("other:\n  a|"), None);
    }
}
