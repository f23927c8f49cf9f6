//! One row of comma-separated values, read as Go's `encoding/csv` reads it.

/// Why a row cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CsvError {
    /// A quote inside a field that does not begin with one.
    #[error("a quote stands inside a field that is not quoted")]
    BareQuote,
    /// A quoted field that goes on behind its closing quote, or never ends.
    #[error("a quoted field does not end at its closing quote")]
    Quote,
    /// A delimiter that would be mistaken for something else.
    #[error("the delimiter must be neither a quote nor an end of line")]
    Delimiter,
    /// No row at all.
    #[error("there is no row")]
    Empty,
}

/// The fields of a row. Lines behind the first continue its last field.
///
/// # Errors
/// For misplaced quotes, unless `lazy` lets them be.
pub fn row(text: &str, delimiter: char, lazy: bool) -> Result<Vec<String>, CsvError> {
    if matches!(delimiter, '"' | '\r' | '\n' | '\u{fffd}') {
        return Err(CsvError::Delimiter);
    }
    let mut lines = Lines { rest: text };
    let mut row: Option<Vec<String>> = None;
    while let Some((fields, error)) = record(&mut lines, delimiter, lazy) {
        // The reference looks at an error only when it comes before any field.
        if let Some(error) = error.filter(|_| fields.is_empty()) {
            return Err(error);
        }
        match &mut row {
            None => row = Some(fields),
            Some(row) => {
                let mut fields = fields.into_iter();
                if let (Some(last), Some(first)) = (row.last_mut(), fields.next()) {
                    last.push('\n');
                    last.push_str(&first);
                }
                row.extend(fields);
            }
        }
    }
    row.ok_or(CsvError::Empty)
}

/// The lines of a text, with their ends; `\r\n` counts as `\n`.
struct Lines<'t> {
    rest: &'t str,
}

impl Lines<'_> {
    fn next(&mut self) -> Option<String> {
        if self.rest.is_empty() {
            return None;
        }
        let end = self.rest.find('\n').map_or(self.rest.len(), |at| at + 1);
        let (line, rest) = self.rest.split_at(end);
        self.rest = rest;
        Some(match line.strip_suffix("\r\n") {
            Some(line) => format!("{line}\n"),
            // At the very end, a carriage return alone is dropped as well.
            None if rest.is_empty() && !line.ends_with('\n') => {
                line.strip_suffix('\r').unwrap_or(line).to_owned()
            }
            None => line.to_owned(),
        })
    }
}

fn record(
    lines: &mut Lines<'_>,
    delimiter: char,
    lazy: bool,
) -> Option<(Vec<String>, Option<CsvError>)> {
    let mut line = loop {
        let line = lines.next()?;
        if line != "\n" {
            break line;
        }
    };
    let mut fields = Vec::new();
    loop {
        if !line.starts_with('"') {
            let (field, rest) = match line.split_once(delimiter) {
                Some((field, rest)) => (field.to_owned(), Some(rest.to_owned())),
                None => (line.trim_end_matches('\n').to_owned(), None),
            };
            if !lazy && field.contains('"') {
                return Some((fields, Some(CsvError::BareQuote)));
            }
            fields.push(field);
            match rest {
                Some(rest) => line = rest,
                None => return Some((fields, None)),
            }
            continue;
        }
        let mut field = String::new();
        line.remove(0);
        loop {
            if let Some((part, rest)) = line.split_once('"') {
                field.push_str(part);
                if let Some(after) = rest.strip_prefix('"') {
                    field.push('"');
                    line = after.to_owned();
                } else if let Some(after) = rest.strip_prefix(delimiter) {
                    line = after.to_owned();
                    fields.push(field);
                    break;
                } else if rest.is_empty() || rest == "\n" {
                    fields.push(field);
                    return Some((fields, None));
                } else if lazy {
                    field.push('"');
                    line = rest.to_owned();
                } else {
                    return Some((fields, Some(CsvError::Quote)));
                }
            } else if !line.is_empty() {
                field.push_str(&line);
                line = lines.next().unwrap_or_default();
            } else {
                if !lazy {
                    return Some((fields, Some(CsvError::Quote)));
                }
                fields.push(field);
                return Some((fields, None));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_quoted_or_not() {
        let read = |text| row(text, ',', false);
        assert_eq!(read("1,\"a,b\",").unwrap(), ["1", "a,b", ""]);
        assert_eq!(read("\"a\"\"b\"").unwrap(), ["a\"b"]);
        assert_eq!(read("a\"b"), Err(CsvError::BareQuote));
        assert_eq!(read("\"a\"b,c"), Err(CsvError::Quote));
        assert_eq!(read(""), Err(CsvError::Empty));
        assert_eq!(row("a\"b,\"c\"d\"", ',', true).unwrap(), ["a\"b", "c\"d"]);
    }

    #[test]
    fn further_lines_continue_the_last_field() {
        assert_eq!(row("aa,b\nb,cc", ',', false).unwrap(), ["aa", "b\nb", "cc"]);
        assert_eq!(row("a,\"x\ny\"\n", ',', false).unwrap(), ["a", "x\ny"]);
    }
}
