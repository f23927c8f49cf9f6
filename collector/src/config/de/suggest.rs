//! The nearest known name to a mistyped one, and lists of names for messages.

/// The candidate nearest to `word`, when one is near enough to be what was meant.
pub fn nearest<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (word.chars().count() / 3).max(1);
    let plain = normalised(word);
    candidates
        .map(|candidate| {
            let distance =
                if normalised(candidate) == plain { 0 } else { distance(word, candidate) };
            (distance, candidate)
        })
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Lower case without separators: `sendBatchSize` and `send-batch-size` mean `send_batch_size`.
fn normalised(word: &str) -> String {
    word.chars().filter(|char| char.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// `a`, `b` and `c` with their marks; long lists are cut.
pub fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    const SHOWN: usize = 24;
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    let hidden = names.len().saturating_sub(SHOWN);
    let shown: Vec<String> = names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
    match (hidden, shown.split_last()) {
        (_, None) => "none".to_owned(),
        (0, Some((last, []))) => last.clone(),
        (0, Some((last, rest))) => format!("{} and {last}", rest.join(", ")),
        (hidden, Some(_)) => format!("{} and {hidden} more", shown.join(", ")),
    }
}

/// Edits (insert, delete, replace, swap of neighbours) that turn one word into the other.
fn distance(left: &str, right: &str) -> usize {
    let left: Vec<char> = left.chars().collect();
    let right: Vec<char> = right.chars().collect();
    let cell = |row: &[usize], at: usize| row.get(at).copied().unwrap_or(usize::MAX - 1);
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=right.len()).collect();
    let mut left_previous = None;
    for (row, left_char) in left.iter().enumerate() {
        let mut current = vec![row + 1];
        let mut right_previous = None;
        for (column, right_char) in right.iter().enumerate() {
            let replace = cell(&last, column) + usize::from(left_char != right_char);
            let insert = cell(&current, column) + 1;
            let delete = cell(&last, column + 1) + 1;
            let mut best = replace.min(insert).min(delete);
            let swapped = left_previous == Some(right_char) && right_previous == Some(left_char);
            if swapped && column > 0 {
                best = best.min(cell(&before_last, column - 1) + 1);
            }
            current.push(best);
            right_previous = Some(right_char);
        }
        before_last = std::mem::replace(&mut last, current);
        left_previous = Some(left_char);
    }
    cell(&last, right.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_count_edits() {
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("enpdoint", "endpoint"), 1);
        assert_eq!(distance("same", "same"), 0);
    }

    #[test]
    fn only_near_names_are_offered() {
        let names = ["endpoint", "timeout", "send_batch_size"];
        assert_eq!(nearest("endpiont", names.into_iter()), Some("endpoint"));
        assert_eq!(nearest("sendBatchSize", names.into_iter()), Some("send_batch_size"));
        assert_eq!(nearest("colour", names.into_iter()), None);
    }

    #[test]
    fn lists_are_sorted_and_cut() {
        assert_eq!(list(["b", "a"].into_iter()), "`a` and `b`");
        assert_eq!(list(std::iter::empty()), "none");
        let many: Vec<String> = (10..40).map(|number| number.to_string()).collect();
        assert!(list(many.iter().map(String::as_str)).ends_with("`33` and 6 more"));
    }
}
