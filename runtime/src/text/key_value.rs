//! Text that is split at a delimiter, but not inside quotes.

use crate::error::EvalError;

/// The parts of a text between delimiters; empty ones are left out. Single and double quotes keep
/// delimiters inside and are removed, unless a backslash stands before them.
///
/// # Errors
/// For a quote that is not closed.
pub fn split_quoted(text: &str, delimiter: &str) -> Result<Vec<String>, EvalError> {
    let mut parts = Vec::new();
    let mut current = String::new();
    let mut quote: Option<char> = None;
    let mut escaped = false;
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        if quote.is_none()
            && let Some(after) = rest.strip_prefix(delimiter)
        {
            if !current.is_empty() {
                parts.push(std::mem::take(&mut current));
            }
            rest = after;
            continue;
        }
        rest = rest.get(letter.len_utf8()..).unwrap_or_default();
        if escaped {
            escaped = false;
        } else {
            match quote {
                None if matches!(letter, '"' | '\'') => {
                    quote = Some(letter);
                    continue;
                }
                Some(open) if open == letter => {
                    quote = None;
                    continue;
                }
                _ => escaped = letter == '\\',
            }
        }
        current.push(letter);
    }
    if quote.is_some() {
        return Err(EvalError::Function("a quote is not closed".into()));
    }
    if !current.is_empty() {
        parts.push(current);
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_keep_delimiters() {
        let split = |text| split_quoted(text, " ").unwrap();
        assert_eq!(split(r#"a="x y"  b='z'"#), ["a=x y", "b=z"]);
        assert_eq!(split(r#"a=\"x y"#), [r#"a=\"x"#, "y"]);
        assert_eq!(split(""), Vec::<String>::new());
        assert!(split_quoted("a='", " ").is_err());
    }
}
