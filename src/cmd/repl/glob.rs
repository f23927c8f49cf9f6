//! Patterns of names: `*` and `?`, or a part of a name.

/// Whether a name fits a pattern. Without `*` and `?`, a name that contains it does. Letter case does
/// not matter.
pub(super) fn fits(pattern: &str, name: &str) -> bool {
    let pattern = pattern.to_lowercase();
    let name = name.to_lowercase();
    match pattern.contains(['*', '?']) {
        true => whole(&pattern, &name),
        false => name.contains(&pattern),
    }
}

/// Whether all of a name fits a pattern.
fn whole(pattern: &str, name: &str) -> bool {
    let (mut rest, mut left) = (pattern.chars(), name.chars());
    // Where to go on when the letters after the last star do not fit.
    let mut again: Option<(std::str::Chars<'_>, std::str::Chars<'_>)> = None;
    loop {
        let here = left.clone();
        match (rest.next(), left.next()) {
            (None, None) => return true,
            (Some('*'), _) => {
                left = here;
                again = Some((rest.clone(), left.clone()));
            }
            (Some('?'), Some(_)) => {}
            (Some(wanted), Some(letter)) if wanted == letter => {}
            _ => {
                let Some((after_star, from)) = &mut again else { return false };
                if from.next().is_none() {
                    return false;
                }
                rest = after_star.clone();
                left = from.clone();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn patterns_fit_names() {
        for (pattern, name) in [
            ("", "set"),
            ("key", "delete_key"),
            ("is*", "IsMatch"),
            ("*xml", "ParseXML"),
            ("*.attributes", "log.attributes"),
            ("l?n", "Len"),
            ("*a*b*c", "xaybzbc"),
            ("*", ""),
        ] {
            assert!(fits(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in
            [("keys", "delete_key"), ("is*", "ParseIs"), ("l?n", "Ln"), ("*a*b", "ba"), ("?", "")]
        {
            assert!(!fits(pattern, name), "{pattern} {name}");
        }
    }
}
