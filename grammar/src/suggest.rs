//! "Did you mean …?": the known name that is nearest to one that is not known.

/// Names longer than this are not compared; nobody mistypes them by a letter or two only.
const LONGEST: usize = 64;

/// The candidate that `name` is most likely a slip of, or `None` when none is near.
///
/// Nearness is the number of letters inserted, deleted, replaced or swapped with their neighbour
/// (Damerau and Levenshtein's distance, restricted to disjoint swaps), without regard to letter case
/// and to the choice between `_`, `-` and `.`. A third of the letters may differ. Of equally near
/// candidates, one that starts with the same letter wins, then the first.
pub fn did_you_mean<'c>(
    name: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<&'c str> {
    let wanted = folded(name);
    if wanted.is_empty() || wanted.len() > LONGEST {
        return None;
    }
    let mut best: Option<((usize, bool), &'c str)> = None;
    for candidate in candidates {
        let letters = folded(candidate);
        if letters.is_empty() || letters.len() > LONGEST || candidate == name {
            continue;
        }
        let allowed = (wanted.len().max(letters.len()) / 3).max(1);
        if wanted.len().abs_diff(letters.len()) > allowed {
            continue;
        }
        let distance = distance(&wanted, &letters);
        let replaced_all = distance >= wanted.len().min(letters.len());
        let rank = (distance, wanted.first() != letters.first());
        if distance <= allowed && !replaced_all && best.is_none_or(|(known, _)| rank < known) {
            best = Some((rank, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// The letters of a name as they are compared.
fn folded(name: &str) -> Vec<char> {
    name.chars()
        .flat_map(char::to_lowercase)
        .map(|letter| if matches!(letter, '-' | '.') { '_' } else { letter })
        .collect()
}

/// How many edits lead from one name to the other.
fn distance(from: &[char], to: &[char]) -> usize {
    // Three rows of the table of distances between prefixes: two letters ago, one ago, and now.
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=to.len()).collect();
    let mut previous_letter = None;
    for (row, &letter) in from.iter().enumerate() {
        let mut current = Vec::with_capacity(last.len());
        current.push(row + 1);
        let mut left = row + 1;
        let mut previous_target = None;
        for (column, &target) in to.iter().enumerate() {
            let at =
                |cells: &[usize], index: usize| cells.get(index).copied().unwrap_or(usize::MAX);
            let replaced = at(&last, column) + usize::from(letter != target);
            let mut cell = replaced.min(at(&last, column + 1) + 1).min(left + 1);
            if column > 0 && previous_letter == Some(target) && previous_target == Some(letter) {
                cell = cell.min(at(&before, column - 1).saturating_add(1));
            }
            current.push(cell);
            left = cell;
            previous_target = Some(target);
        }
        before = std::mem::replace(&mut last, current);
        previous_letter = Some(letter);
    }
    last.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FUNCTIONS: [&str; 7] =
        ["set", "delete_key", "delete_matching_keys", "keep_keys", "Concat", "IsMatch", "limit"];

    fn suggest(name: &str) -> Option<&'static str> {
        did_you_mean(name, FUNCTIONS)
    }

    #[test]
    fn slips_are_found() {
        assert_eq!(suggest("Set"), Some("set"));
        assert_eq!(suggest("delete_keys"), Some("delete_key"));
        assert_eq!(suggest("keep-keys"), Some("keep_keys"));
        assert_eq!(suggest("Conact"), Some("Concat"));
        assert_eq!(suggest("ismatch"), Some("IsMatch"));
        assert_eq!(suggest("imit"), Some("limit"));
        assert_eq!(suggest("ste"), Some("set"));
    }

    #[test]
    fn strangers_are_not() {
        for name in ["", "x", "truncate_all", "Base64Decode", &"a".repeat(200)] {
            assert_eq!(suggest(name), None, "{name}");
        }
    }

    #[test]
    fn short_names_need_a_letter_in_common() {
        assert_eq!(did_you_mean("a", ["b"]), None);
        assert_eq!(did_you_mean("ab", ["cd"]), None);
        assert_eq!(did_you_mean("ab", ["ac"]), Some("ac"));
    }

    #[test]
    fn a_swap_counts_once_and_the_first_letter_decides_ties() {
        let letters = |text: &str| text.chars().collect::<Vec<_>>();
        assert_eq!(distance(&letters("ca"), &letters("ac")), 1);
        assert_eq!(distance(&letters("kitten"), &letters("sitting")), 3);
        assert_eq!(distance(&letters(""), &letters("abc")), 3);
        assert_eq!(did_you_mean("bode", ["mode", "body"]), Some("body"));
    }
}
