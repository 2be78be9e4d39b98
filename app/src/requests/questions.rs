//! The questions of other people's forms, which stand where a key stands: "Which team is responsible?".

/// What a question asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    Environment,
    Name,
    Owner,
}

/// What a key asks for that is put as a question.
pub(super) fn asked(key: &str) -> Option<Asked> {
    let key = key.to_lowercase();
    let words: Vec<&str> =
        key.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let asks = |word: &&str| {
        matches!(
            *word,
            "which"
                | "what"
                | "who"
                | "whose"
                | "where"
                | "how"
                | "welche"
                | "welcher"
                | "welches"
                | "wie"
                | "wer"
                | "wo"
        )
    };
    if !words.iter().take(2).any(asks) {
        return None;
    }
    let one_of = |known: &[&str]| words.iter().any(|word| known.contains(word));
    if one_of(&["environment", "environments", "env", "umgebung", "stage"]) {
        return Some(Asked::Environment);
    }
    if one_of(&["called", "name", "named", "heißen", "heissen", "heißt", "nennen"]) {
        return Some(Asked::Name);
    }
    let owns = ["team", "owner", "owns", "responsible", "verantwortlich", "gehört", "zuständig", "squad"];
    one_of(&owns).then_some(Asked::Owner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_ask_for_the_usual_parts() {
        assert_eq!(asked("Which environment?"), Some(Asked::Environment));
        assert_eq!(asked("In welcher Umgebung"), Some(Asked::Environment));
        assert_eq!(asked("What should it be called?"), Some(Asked::Name));
        assert_eq!(asked("Wer ist verantwortlich?"), Some(Asked::Owner));
        assert_eq!(asked("What do you need?"), None);
        assert_eq!(asked("Team"), None);
    }
}
