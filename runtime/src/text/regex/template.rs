//! Replacement templates: `$1`, `${1}`, `$name`, `${name}`, `$$`, as Go's `Regexp.Expand`.

use super::Pattern;

/// A parsed template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template<'t> {
    parts: Vec<Part<'t>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part<'t> {
    Text(&'t str),
    Group(usize),
    Name(&'t str),
}

impl<'t> Template<'t> {
    /// Parses a template; a `$` that starts no reference stands for itself.
    pub fn parse(template: &'t str) -> Self {
        let mut parts = Vec::new();
        let mut rest = template;
        while let Some(at) = rest.find('$') {
            let (before, dollar) = rest.split_at(at);
            parts.push(Part::Text(before));
            let after = dollar.get(1..).unwrap_or_default();
            if let Some(after) = after.strip_prefix('$') {
                parts.push(Part::Text("$"));
                rest = after;
            } else if let Some((name, after)) = reference(after) {
                parts.push(number(name).map_or(Part::Name(name), Part::Group));
                rest = after;
            } else {
                parts.push(Part::Text("$"));
                rest = after;
            }
        }
        parts.push(Part::Text(rest));
        parts.retain(|part| *part != Part::Text(""));
        Self { parts }
    }

    /// Appends the template with its references filled in; what did not match is empty.
    pub fn expand(&self, pattern: &Pattern, captures: &regex::Captures<'_>, out: &mut String) {
        let group = |index: usize| captures.get(index).map(|found| found.as_str());
        for part in &self.parts {
            let text = match part {
                Part::Text(text) => Some(*text),
                Part::Group(index) => group(*index),
                Part::Name(name) => pattern
                    .names()
                    .enumerate()
                    .filter(|(_, known)| *known == Some(*name))
                    .find_map(|(index, _)| group(index)),
            };
            out.push_str(text.unwrap_or_default());
        }
    }

    /// The references to groups that `pattern` does not have, as they are written without `$`.
    pub fn unknown(&self, pattern: &Pattern) -> Vec<String> {
        let is_unknown = |part: &Part<'_>| match part {
            Part::Text(_) => None,
            Part::Group(index) => (*index > pattern.groups()).then(|| index.to_string()),
            Part::Name(name) => {
                let known = pattern.names().any(|known| known == Some(*name));
                (!known).then(|| (*name).to_owned())
            }
        };
        self.parts.iter().filter_map(is_unknown).collect()
    }
}

/// The name behind a `$` and what follows it.
fn reference(text: &str) -> Option<(&str, &str)> {
    let (text, braced) = match text.strip_prefix('{') {
        Some(text) => (text, true),
        None => (text, false),
    };
    let is_word = |character: char| character.is_alphanumeric() || character == '_';
    let length = text.find(|character| !is_word(character)).unwrap_or(text.len());
    let (name, rest) = text.split_at_checked(length).filter(|(name, _)| !name.is_empty())?;
    if braced { Some((name, rest.strip_prefix('}')?)) } else { Some((name, rest)) }
}

/// The group number that a name stands for: digits without a leading zero.
fn number(name: &str) -> Option<usize> {
    let is_number =
        name.bytes().all(|byte| byte.is_ascii_digit()) && (name == "0" || !name.starts_with('0'));
    // Go gives up on numbers of more than eight digits.
    (is_number && name.len() <= 9).then(|| name.parse().ok()).flatten()
}
