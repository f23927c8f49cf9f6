//! Names from one style to another, as Go's strcase does it: by ASCII letters and digits, byte by
//! byte. Other characters are no letters to it.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    Upper,
    Lower,
    Digit,
    Other,
}

fn sort_of(byte: u8) -> Sort {
    match byte {
        b'A'..=b'Z' => Sort::Upper,
        b'a'..=b'z' => Sort::Lower,
        b'0'..=b'9' => Sort::Digit,
        _ => Sort::Other,
    }
}

const fn separates(character: char) -> bool {
    matches!(character, '_' | ' ' | '-' | '.')
}

/// `snake_case`: words are told apart by separators, by a change from small letters to capitals, by
/// the last of several capitals before a small letter, and by digits.
pub fn snake(text: &str) -> String {
    let text = text.trim();
    let mut out = String::with_capacity(text.len() + 2);
    let mut before = Sort::Other;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let sort = character.try_into().map_or(Sort::Other, sort_of);
        let next = characters
            .peek()
            .map_or(Sort::Other, |next| (*next).try_into().map_or(Sort::Other, sort_of));
        if separates(character) {
            out.push('_');
        } else {
            if (before, sort, next) == (Sort::Upper, Sort::Upper, Sort::Lower) {
                out.push('_');
            }
            out.push(character.to_ascii_lowercase());
        }
        let ends_word = matches!(
            (sort, next),
            (Sort::Lower, Sort::Upper | Sort::Digit)
                | (Sort::Upper, Sort::Digit)
                | (Sort::Digit, Sort::Upper | Sort::Lower)
        );
        if ends_word {
            out.push('_');
        }
        before = sort;
    }
    out
}

/// `CamelCase`: what follows a separator or a digit begins with a capital, of several capitals only
/// the first stays one, and everything but letters and digits is left out.
pub fn camel(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut starts_word, mut before) = (true, Sort::Other);
    for character in text.trim().chars() {
        let sort = character.try_into().map_or(Sort::Other, sort_of);
        match sort {
            Sort::Upper | Sort::Lower => {
                out.push(if starts_word {
                    character.to_ascii_uppercase()
                } else if before == Sort::Upper {
                    character.to_ascii_lowercase()
                } else {
                    character
                });
                starts_word = false;
            }
            Sort::Digit => {
                out.push(character);
                starts_word = true;
            }
            Sort::Other => starts_word = separates(character),
        }
        before = sort;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn snake_case() {
        for (text, wanted) in [
            ("JSONData2go", "json_data_2_go"),
            ("fooBar", "foo_bar"),
            (" A.b-c d ", "a_b_c_d"),
            ("ID", "id"),
            ("some__name", "some__name"),
            ("éAbcÉd", "éabcÉd"),
            ("HTTP2Server", "http_2_server"),
        ] {
            assert_eq!(snake(text), wanted, "{text}");
        }
    }

    #[test]
    fn camel_case() {
        for (text, wanted) in [
            ("my_metric.name", "MyMetricName"),
            ("HTTPServer", "Httpserver"),
            ("a1b", "A1B"),
            ("été", "t"),
            (" ", ""),
        ] {
            assert_eq!(camel(text), wanted, "{text}");
        }
    }
}
