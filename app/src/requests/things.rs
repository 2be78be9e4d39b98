//! The things that one request asks for, and which words speak of which: "a topic orders and two queues, a-in and b-in".
//!
//! A thing is a noun of a module with a name of its own. What is said around a thing, up to the next one, is said of
//! it; what is said before the first, or of "both", is said of all.

mod names;

use std::collections::BTreeSet;
use std::ops::Range;

use tfpilot_modules::Module;

use self::names::{is_plural, names, number_before};
use super::language;
use super::mentions::{ENOUGH, Mention};
use super::mood::is_told;
use super::phrases::{Claims, clause_of, is_boundary};
use super::text::{Kind, Text};

/// Things of one request beyond which nobody reviews it.
const MOST: usize = 20;

/// Things that are counted and not named; of more nobody can be asked for their names.
const MOST_UNNAMED: usize = 4;

/// Words that a noun has before it: "a public FIFO queue".
const MOST_BEFORE: usize = 8;

/// One thing.
#[derive(Debug, Clone)]
pub(super) struct Thing<'m> {
    pub(super) module: &'m Module,
    /// Its noun.
    pub(super) noun: Range<usize>,
    /// The token that is its name; none where only their number is said.
    pub(super) name: Option<usize>,
}

impl Thing<'_> {
    /// Where it is named, else its noun.
    fn place(&self) -> usize {
        self.name.unwrap_or(self.noun.start)
    }
}

/// Of whom a token speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    /// Of all things.
    All,
    /// Of the thing at this place.
    One(usize),
}

/// The things that have a name of their own, in the order of the text.
pub(super) fn read<'m>(text: &Text, mentions: &[Mention<'m>], claims: &Claims) -> Vec<Thing<'m>> {
    let mut things: Vec<Thing<'m>> = Vec::new();
    let is_noun = |at: usize| mentions.iter().any(|mention| mention.tokens.contains(&at));
    for (at, mention) in mentions.iter().enumerate() {
        // Of modules that share a word the surest is meant.
        let rivals = mentions.iter().filter(|other| other.tokens == mention.tokens);
        let best = rivals.map(|other| other.score).max().unwrap_or_default();
        let first = mentions.iter().position(|other| other.tokens == mention.tokens && other.score == best);
        if first != Some(at) {
            continue;
        }
        if is_denied(text, &mention.tokens) {
            continue;
        }
        let until = next_asked(text, mentions, mention);
        for name in names(text, mention, until, &is_noun, claims) {
            let Some(token) = text.get(name) else { continue };
            let is_named = |thing: &Thing<'_>| {
                let known = thing.name.and_then(|name| text.get(name));
                thing.name == Some(name)
                    || thing.module.id == mention.module.id
                        && known.is_some_and(|known| known.lower == token.lower)
            };
            if things.len() < MOST && !things.iter().any(is_named) {
                things.push(Thing { module: mention.module, noun: mention.tokens.clone(), name: Some(name) });
            }
        }
    }
    let counted = if things.is_empty() { unnamed(text, mentions) } else { things };
    without_spoken_of(text, claims, without_title(text, counted))
}

/// "I need 2 queues, one for mails and one for reminders": as many things without names.
fn unnamed<'m>(text: &Text, mentions: &[Mention<'m>]) -> Vec<Thing<'m>> {
    let counts = |mention: &&Mention<'m>| {
        mention.score > ENOUGH
            && number_before(text, &mention.tokens).is_some()
            && is_plural(text, &mention.tokens)
    };
    let Some(mention) = mentions.iter().find(counts) else { return Vec::new() };
    let count =
        number_before(text, &mention.tokens).filter(|count| *count <= MOST_UNNAMED).unwrap_or_default();
    let thing = || Thing { module: mention.module, noun: mention.tokens.clone(), name: None };
    std::iter::repeat_with(thing).take(count).collect()
}

/// What a title calls a thing gives way to what the text below it says of one of its kind.
fn without_title<'m>(text: &Text, things: Vec<Thing<'m>>) -> Vec<Thing<'m>> {
    let title = text.end_of_line(0);
    let again = |thing: &Thing<'m>| {
        thing.noun.start < title
            && things.iter().any(|other| other.noun.start > title && other.module.id == thing.module.id)
    };
    things.iter().filter(|thing| !again(thing)).cloned().collect()
}

/// "We think a queue helps", "our old file server dies": what is told of is not asked for besides, and a verb is no name.
fn without_spoken_of<'m>(text: &Text, claims: &Claims, things: Vec<Thing<'m>>) -> Vec<Thing<'m>> {
    let is_plain = |thing: &Thing<'m>| {
        let name = thing.name.and_then(|name| text.get(name));
        name.is_some_and(|name| {
            name.kind == Kind::Word && name.text.bytes().all(|byte| byte.is_ascii_alphabetic())
        })
    };
    let is_old = |thing: &Thing<'m>| {
        (1..=2).filter_map(|back| text.word(thing.noun.start.checked_sub(back)?)).any(|word| {
            matches!(
                word,
                "old"
                    | "current"
                    | "existing"
                    | "former"
                    | "previous"
                    | "alte"
                    | "alten"
                    | "alter"
                    | "bisherige"
            )
        })
    };
    let told = |thing: &Thing<'m>| is_told(text, claims, clause_of(text, thing.noun.start));
    let is_spoken_of = |thing: &Thing<'m>| is_plain(thing) && (is_old(thing) || told(thing));
    if things.iter().all(is_spoken_of) {
        return things;
    }
    things.iter().filter(|thing| !is_spoken_of(thing)).cloned().collect()
}

/// "we haven't got a certificate yet", "ohne Queue", "SQS is no option"
fn is_denied(text: &Text, noun: &Range<usize>) -> bool {
    let denies = |word: &str| {
        language::denies(word)
            || matches!(word, "haven't" | "hasn't" | "don't" | "doesn't" | "didn't" | "against" | "instead")
    };
    let before = (1..=4).map_while(|back| text.word(noun.start.checked_sub(back)?));
    let after = || (noun.end..noun.end + 3).map_while(|at| text.word(at)).collect::<Vec<&str>>();
    before.into_iter().any(denies)
        || matches!(after().as_slice(), ["is" | "ist", "no" | "not" | "keine" | "kein", ..] | ["won't", ..])
}

/// Where the next thing begins that is asked for.
fn next_asked(text: &Text, mentions: &[Mention<'_>], mention: &Mention<'_>) -> usize {
    let later = mentions.iter().filter(|other| other.is_asked && other.tokens.start >= mention.tokens.end);
    later.map(|other| other.tokens.start).min().unwrap_or(text.tokens.len())
}

/// Of whom each token speaks.
pub(super) fn spoken_of(text: &Text, things: &[Thing<'_>]) -> Vec<Of> {
    let mut of = vec![Of::All; text.tokens.len()];
    for (at, thing) in things.iter().enumerate() {
        let from = start_of(text, thing);
        let next = things.iter().map(|other| start_of(text, other)).filter(|start| *start > from).min();
        let to = end_of(text, thing, next);
        // Things of one noun share it: "queues a-in and b-in (14 days)".
        let from =
            if things.iter().take(at).any(|other| other.noun == thing.noun) { thing.place() } else { from };
        let to = things
            .iter()
            .skip(at + 1)
            .filter(|other| other.noun == thing.noun)
            .map(Thing::place)
            .min()
            .unwrap_or(to);
        for place in of.iter_mut().take(to).skip(from) {
            *place = Of::One(at);
        }
    }
    for (at, thing) in things.iter().enumerate() {
        let several = things.iter().filter(|other| other.noun == thing.noun).count() > 1;
        if several && at == things.iter().position(|other| other.noun == thing.noun).unwrap_or(at) {
            // What stands between a counted noun and its first name is said of each.
            let until = thing.place();
            for place in of.iter_mut().take(until).skip(start_of(text, thing)) {
                *place = Of::All;
            }
        }
    }
    share(text, &mut of);
    assign(text, things, &mut of);
    of
}

/// "three queues a, b and c, all FIFO", "notes a and b saying hello": what follows names that stand together is said of
/// each, unless it is put into parentheses or says itself of which it is.
pub(super) fn with_shared_ends(text: &Text, things: &[Thing<'_>], of: &[Of]) -> Vec<Of> {
    let mut of = of.to_vec();
    let joins = |at: usize| {
        text.get(at).is_some_and(|token| {
            token.kind == Kind::Mark(',')
                || matches!(token.lower.as_str(), "and" | "und" | "&" | "+" | "sowie" | "plus")
        })
    };
    for (first, thing) in things.iter().enumerate() {
        let mut named: Vec<(usize, usize)> = things
            .iter()
            .enumerate()
            .filter(|(_, other)| other.noun == thing.noun)
            .filter_map(|(at, other)| Some((other.name?, at)))
            .collect();
        named.sort_unstable();
        let stand_together = named.windows(2).all(|pair| match pair {
            [(before, _), (after, _)] => (before + 1..*after).all(joins),
            _ => false,
        });
        let is_first = named.iter().all(|(_, at)| *at >= first);
        let Some((name, last)) = named.last().copied().filter(|_| named.len() > 1 && is_first) else {
            continue;
        };
        let mut end = name + 1;
        let sentence = sentence_end(text, name);
        while end < sentence && of.get(end) == Some(&Of::One(last)) {
            end += 1;
        }
        let in_parentheses = text.get(name + 1).is_some_and(|token| token.kind == Kind::Mark('('));
        let tells_which = (name + 1..end).filter_map(|at| text.word(at)).any(tells_which);
        if stand_together && !in_parentheses && !tells_which {
            of.iter_mut().take(end).skip(name + 1).for_each(|place| *place = Of::All);
        }
    }
    of
}

/// Speaks of one of several that were named before.
fn tells_which(word: &str) -> bool {
    const WORDS: [&str; 18] = [
        "latter",
        "former",
        "last",
        "other",
        "one",
        "first",
        "second",
        "third",
        "letztere",
        "letzterer",
        "letzteres",
        "erstere",
        "ersterer",
        "andere",
        "erste",
        "zweite",
        "dritte",
        "letzte",
    ];
    WORDS.contains(&word)
}

/// Where a thing begins to be spoken of: with the words before its noun, up to a comma, an "and" or the line's start.
fn start_of(text: &Text, thing: &Thing<'_>) -> usize {
    let mut start = thing.noun.start.min(thing.place());
    for _ in 0..MOST_BEFORE {
        let Some(before) = start.checked_sub(1) else { break };
        let Some(token) = text.get(before) else { break };
        let joins = matches!(
            token.lower.as_str(),
            "and" | "und" | "plus" | "sowie" | "for" | "für" | "in" | "needs" | "need" | "brauchen"
        );
        if is_boundary(text, before) || token.kind != Kind::Word || joins {
            break;
        }
        start = before;
    }
    start
}

/// Where a thing ends to be spoken of.
fn end_of(text: &Text, thing: &Thing<'_>, next: Option<usize>) -> usize {
    let line = text.end_of_line(thing.place());
    let begins_line = starts_line(text, thing);
    match next {
        // An item of a list ends with its line, whatever follows; a paragraph reaches to the next.
        Some(next) if begins_line && next >= line => line.max(next.min(paragraph_end(text, line))),
        Some(next) => next,
        None if begins_line => line,
        None => sentence_end(text, thing.place()),
    }
    .max(thing.place() + 1)
}

fn starts_line(text: &Text, thing: &Thing<'_>) -> bool {
    let start = start_of(text, thing);
    (1..=3).all(|back| {
        let Some(at) = start.checked_sub(back) else { return true };
        let before_line = (at..start).any(|at| text.get(at).is_some_and(|token| token.kind == Kind::End));
        before_line
            || text.get(at).is_some_and(|token| {
                token.kind == Kind::End
                    || matches!(token.kind, Kind::Mark(_))
                    || token.lower.bytes().all(|byte| byte.is_ascii_digit())
            })
    })
}

/// The end of the lines that follow without an empty one.
fn paragraph_end(text: &Text, line_end: usize) -> usize {
    let mut at = line_end;
    while let Some(token) = text.get(at) {
        if token.kind == Kind::End && text.get(at + 1).is_none_or(|next| next.kind == Kind::End) {
            break;
        }
        at += 1;
    }
    at
}

fn sentence_end(text: &Text, at: usize) -> usize {
    let Some(sentence) = text.get(at).map(|token| token.sentence) else { return at };
    let mut end = at;
    while text.get(end).is_some_and(|token| token.sentence == sentence) {
        end += 1;
    }
    end
}

/// Speaks of several things at once.
fn shares(word: &str) -> bool {
    matches!(
        word,
        "both"
            | "all"
            | "each"
            | "everything"
            | "beide"
            | "beides"
            | "beiden"
            | "alle"
            | "alles"
            | "jeweils"
            | "beider"
            | "aller"
    )
}

/// "both finance", "all owned by shop": the clause is said of all.
fn share(text: &Text, of: &mut [Of]) {
    let mut at = 0;
    while at < text.tokens.len() {
        let is_shared = text.word(at).is_some_and(shares);
        // "delivers to both": what is spoken of is another thing.
        let is_object = at
            .checked_sub(1)
            .and_then(|before| text.word(before))
            .is_some_and(|word| matches!(word, "to" | "into" | "from" | "an" | "in" | "aus"))
            // "gets everything from that topic"
            || matches!(text.word(at), Some("everything" | "all" | "alles"))
                && matches!(text.word(at + 1), Some("from" | "in" | "that" | "which" | "aus" | "was" | "vom" | "von"));
        if is_shared && !is_object {
            let mut end = at;
            while text.get(end).is_some_and(|token| !is_boundary(text, end) && token.kind != Kind::End) {
                end += 1;
            }
            of.iter_mut().take(end).skip(at).for_each(|place| *place = Of::All);
            at = end;
        }
        at += 1;
    }
}

/// A later sentence that names one thing, or its noun, speaks of it alone.
fn assign(text: &Text, things: &[Thing<'_>], of: &mut [Of]) {
    let last = text.tokens.last().map_or(0, |token| token.sentence);
    let nouns: Vec<BTreeSet<String>> = things.iter().map(|thing| nouns_of(text, thing)).collect();
    for sentence in 0..=last {
        let inside: Vec<usize> = text
            .tokens
            .iter()
            .enumerate()
            .filter(|(_, token)| token.sentence == sentence)
            .map(|(at, _)| at)
            .collect();
        if inside.iter().any(|at| of.get(*at) != Some(&Of::All)) {
            continue;
        }
        let named: Vec<usize> = things
            .iter()
            .enumerate()
            .filter(|(_, thing)| {
                let name = thing.name.and_then(|name| text.get(name)).map(|token| token.lower.as_str());
                name.is_some()
                    && inside.iter().any(|at| text.get(*at).map(|token| token.lower.as_str()) == name)
            })
            .map(|(at, _)| at)
            .collect();
        // "The topic should pass messages on raw.", and not "Both queues are subscribed to the topic."
        let spoken = |thing: &usize| {
            inside.iter().any(|at| {
                let known = nouns.get(*thing);
                text.word(*at).is_some_and(|word| known.is_some_and(|nouns| nouns.contains(stem(word))))
            })
        };
        let is_definite = |at: &usize| text.word(*at).is_some_and(language::is_definite);
        let shared = inside.iter().any(|at| text.word(*at).is_some_and(shares));
        let one_of = named.is_empty() && !shared && inside.iter().any(is_definite);
        let named = if one_of { (0..things.len()).filter(spoken).collect() } else { named };
        // "The last one keeps messages for 14 days": of several of one noun.
        let same = things.first().filter(|first| things.iter().all(|thing| thing.noun == first.noun));
        let begins = inside.iter().filter_map(|at| text.word(*at)).take(3);
        let counted = begins.clone().zip(begins.skip(1)).find_map(|(before, word)| {
            language::ordinal(word).filter(|_| {
                language::is_definite(before) && !word.starts_with(|first: char| first.is_ascii_digit())
            })
        });
        let named = match counted.filter(|_| same.is_some() && named.len() != 1) {
            Some(0) => vec![things.len().saturating_sub(1)],
            Some(one) if one <= things.len() => vec![one - 1],
            _ => named,
        };
        if let [only] = named.as_slice() {
            for at in inside {
                if let Some(place) = of.get_mut(at) {
                    *place = Of::One(*only);
                }
            }
        }
    }
}

/// The words by which a thing is spoken of again: "topic" of "SNS topic", "Gruppe" of "Sicherheitsgruppe".
pub(super) fn nouns_of(text: &Text, thing: &Thing<'_>) -> BTreeSet<String> {
    let mut own = thing.noun.clone().filter_map(|at| text.word(at));
    let last = own.next_back().map(|word| word.rsplit('-').next().unwrap_or(word).to_owned());
    let title = thing.module.title.to_lowercase();
    let title = title.split_whitespace().filter(|word| word.chars().count() >= 2);
    let words = thing.module.words.iter().map(|words| words.to_lowercase()).filter_map(|words| {
        let parts: Vec<&str> = words.split([' ', '-']).collect();
        parts.last().filter(|_| parts.len() <= 2).map(|last| (*last).to_owned())
    });
    let all = last.into_iter().chain(title.map(str::to_owned)).chain(words);
    all.map(|word| stem(&word).to_owned()).collect()
}

/// A noun without what says that it is one of several, or whose.
pub(super) fn stem(word: &str) -> &str {
    word.trim_end_matches("'s").trim_end_matches('s')
}

/// The claims under which one thing is read: what is said of others is taken.
pub(super) fn claims_of(claims: &Claims, of: &[Of], things: &[Thing<'_>], at: usize) -> Claims {
    let mut own = claims.clone();
    for (token, whom) in of.iter().enumerate() {
        if matches!(whom, Of::One(other) if *other != at) {
            own.take(token..token + 1);
        }
    }
    things.iter().filter_map(|thing| thing.name).for_each(|name| own.take(name..name + 1));
    own
}
