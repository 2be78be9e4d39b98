//! Numbers as people write them: in digits, with either country's marks, and in words of English and German.

/// English numbers below twenty, and what they begin with in German.
const SMALL: [(&[&str], f64); 20] = [
    (&["zero", "null"], 0.0),
    (&["one", "eins"], 1.0),
    (&["two", "zwei", "zwo"], 2.0),
    (&["three", "drei"], 3.0),
    (&["four", "vier"], 4.0),
    (&["five", "fünf", "fuenf"], 5.0),
    (&["six", "sechs"], 6.0),
    (&["seven", "sieben"], 7.0),
    (&["eight", "acht"], 8.0),
    (&["nine", "neun"], 9.0),
    (&["ten", "zehn"], 10.0),
    (&["eleven", "elf"], 11.0),
    (&["twelve", "dozen", "zwölf", "zwoelf", "dutzend"], 12.0),
    (&["thirteen", "dreizehn"], 13.0),
    (&["fourteen", "vierzehn"], 14.0),
    (&["fifteen", "fünfzehn", "fuenfzehn"], 15.0),
    (&["sixteen", "sechzehn"], 16.0),
    (&["seventeen", "siebzehn"], 17.0),
    (&["eighteen", "achtzehn"], 18.0),
    (&["nineteen", "neunzehn"], 19.0),
];

/// Tens in both languages.
const TENS: [(&[&str], f64); 8] = [
    (&["twenty", "zwanzig"], 20.0),
    (&["thirty", "dreißig", "dreissig"], 30.0),
    (&["forty", "fourty", "vierzig"], 40.0),
    (&["fifty", "fünfzig", "fuenfzig"], 50.0),
    (&["sixty", "sechzig"], 60.0),
    (&["seventy", "siebzig"], 70.0),
    (&["eighty", "achtzig"], 80.0),
    (&["ninety", "neunzig"], 90.0),
];

/// Bytes of a word beyond which it is no number that anybody writes.
const LONGEST: usize = 64;

/// The number that one lower-case word is.
pub(super) fn parse(word: &str) -> Option<f64> {
    if word.len() > LONGEST {
        return None;
    }
    if word.starts_with(|first: char| first.is_ascii_digit() || first == '.') {
        return in_digits(word);
    }
    let fractions = [("anderthalb", 1.5), ("eineinhalb", 1.5), ("zweieinhalb", 2.5), ("dreieinhalb", 3.5)];
    // "zweimal"
    if let Some(times) = word.strip_suffix("mal").and_then(|times| of(&SMALL, times)) {
        return Some(times).filter(|times| *times >= 2.0);
    }
    let fraction = fractions.into_iter().find(|(stem, _)| word.strip_suffix("e").unwrap_or(word) == *stem);
    fraction.map(|(_, number)| number).or_else(|| below_a_million(word))
}

/// `1.5`, `1,5`, `10.000` and `10,000`: three digits behind a mark are thousands, as long as no zero leads them.
fn in_digits(word: &str) -> Option<f64> {
    let only = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
    let thousands = |mark: char| {
        let mut groups = word.split(mark);
        let first =
            groups.next().filter(|first| only(first) && first.len() <= 3 && !first.starts_with('0'))?;
        let rest: Vec<&str> = groups.collect();
        let whole = !rest.is_empty() && rest.iter().all(|group| only(group) && group.len() == 3);
        whole.then(|| format!("{first}{}", rest.concat()).parse().ok()).flatten()
    };
    if let Some(number) = thousands('.').or_else(|| thousands(',')) {
        return Some(number);
    }
    let plain = word.replace(',', ".");
    (plain.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')).then(|| plain.parse().ok()).flatten()
}

/// "sixty-four", "zweihundertfünfzig", "tausend".
fn below_a_million(word: &str) -> Option<f64> {
    let some = |part: &str| if matches!(part, "" | "ein" | "a") { Some(1.0) } else { below_a_million(part) };
    for (name, size) in [("tausend", 1_000.0), ("thousand", 1_000.0), ("hundert", 100.0), ("hundred", 100.0)]
    {
        if let Some((before, after)) = word.split_once(name) {
            let many = some(before.trim_end_matches('-'))?;
            let after = after.trim_start_matches('-').trim_start_matches("und");
            let rest = if after.is_empty() { 0.0 } else { some(after)? };
            return (many < 1_000.0 && rest < size).then_some(many * size + rest);
        }
    }
    if let Some((ones, tens)) = word.split_once("und") {
        let ones =
            if ones == "ein" { 1.0 } else { of(&SMALL, ones).filter(|ones| (1.0..10.0).contains(ones))? };
        return Some(of(&TENS, tens)? + ones);
    }
    if let Some((tens, ones)) = word.split_once('-') {
        return Some(of(&TENS, tens)? + of(&SMALL, ones).filter(|ones| (1.0..10.0).contains(ones))?);
    }
    of(&SMALL, word).or_else(|| of(&TENS, word))
}

fn of(known: &[(&[&str], f64)], word: &str) -> Option<f64> {
    known.iter().find(|(words, _)| words.contains(&word)).map(|(_, number)| *number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_digits_and_words() {
        for (word, expect) in [
            ("7", Some(7.0)),
            ("1.5", Some(1.5)),
            ("1,5", Some(1.5)),
            ("0.125", Some(0.125)),
            ("10.000", Some(10_000.0)),
            ("1,200,000", Some(1_200_000.0)),
            ("7.1.2", None),
            ("three", Some(3.0)),
            ("zwölf", Some(12.0)),
            ("fifteen", Some(15.0)),
            ("thirty", Some(30.0)),
            ("forty-five", Some(45.0)),
            ("fünfundvierzig", Some(45.0)),
            ("einundzwanzig", Some(21.0)),
            ("neunzig", Some(90.0)),
            ("hundert", Some(100.0)),
            ("zweihundertfünfzig", Some(250.0)),
            ("hundertachtzig", Some(180.0)),
            ("tausend", Some(1_000.0)),
            ("dreihundertfünfundsechzig", Some(365.0)),
            ("anderthalb", Some(1.5)),
            ("zweimal", Some(2.0)),
            ("manchmal", None),
            ("einmal", None),
            ("eine", None),
            ("und", None),
            ("hundertwasser", None),
            ("stunde", None),
            ("", None),
            ("-", None),
            ("...", None),
        ] {
            assert_eq!(parse(word), expect, "{word}");
        }
    }

    #[test]
    fn no_word_is_feared() {
        for word in [&"hundert".repeat(10_000), &"und".repeat(10_000), &"9".repeat(10_000), "ß", "１"] {
            parse(word);
        }
    }
}
