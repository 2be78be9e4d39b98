//! "Did you mean": the known word that is closest to the one that was written.

/// The closest of `known`, if it is close enough to be a slip of the fingers.
pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = normal(word);
    known
        .into_iter()
        .map(|candidate| {
            let plain = normal(candidate);
            let distance = strsim::damerau_levenshtein(&word, &plain);
            (distance, plain.chars().count(), candidate)
        })
        .filter(|(distance, length, _)| *distance <= slips_allowed((*length).min(word.chars().count())))
        .min_by_key(|(distance, _, _)| *distance)
        .map(|(_, _, candidate)| candidate)
}

/// A third of the shorter word may be wrong; a word of one letter none of it.
fn slips_allowed(length: usize) -> usize {
    match length {
        0 | 1 => 0,
        2..=4 => 1,
        length => length.div_ceil(3).min(4),
    }
}

/// Case and the choice of separator are no differences; a long word is cut, since nobody's key is that long.
fn normal(word: &str) -> String {
    word.chars()
        .take(64)
        .filter(|letter| !matches!(letter, '-' | '_' | ' '))
        .flat_map(char::to_lowercase)
        .collect()
}

/// The words as a sentence has them: `a, b or c`.
pub(crate) fn list_or<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let words: Vec<&str> = words.into_iter().collect();
    match words.split_last() {
        None => String::new(),
        Some((only, [])) => (*only).to_owned(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_recognised_and_strangers_are_not() {
        let keys = ["environments", "branches", "roles", "workflow"];
        assert_eq!(nearest("enviroments", keys), Some("environments"));
        assert_eq!(nearest("Branchs", keys), Some("branches"));
        assert_eq!(nearest("work_flow", keys), Some("workflow"));
        assert_eq!(nearest("kubernetes", keys), None);
        assert_eq!(nearest("", keys), None);
        assert_eq!(nearest(&"e".repeat(100_000), keys), None);
    }

    #[test]
    fn choices_read_as_a_sentence() {
        assert_eq!(list_or(["a"]), "a");
        assert_eq!(list_or(["a", "b", "c"]), "a, b or c");
    }
}
