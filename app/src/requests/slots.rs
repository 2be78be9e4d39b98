//! Bare values between commas: "stream page-views in dev, growth, 2 shards". Who writes so tells name and team by their
//! place alone, so a word is taken only where it stands for itself and nothing else could be it.

use serde_json::Value as Json;
use tfpilot_engine::Source;
use tfpilot_modules::lists;

use super::grammar::{Grammar, OWNER};
use super::inputs::{INTRODUCED, Inputs, PLACED, SURE};
use super::phrases::{Claims, is_boundary};
use super::text::{Kind, Text};
use super::{language, name, value};

/// The name that stands alone: an identifier or something in quotes, and no other beside it.
pub(super) fn name(text: &Text, grammar: &Grammar<'_>, claims: &Claims, inputs: &Inputs) -> Option<usize> {
    // "CRM (crm-core), team sales": whose team is known is called so.
    let is_team = |word: &str| {
        language::is_named_department(word)
            || language::is_department(word) && !inputs.values.contains_key(OWNER)
    };
    // "- design-share in staging": the place behind it was read.
    let placed = |at: usize| !claims.is_free(at) && text.word(at).is_some();
    let names = parts(text, grammar, claims, &placed).into_iter().filter(|at| {
        text.get(*at).is_some_and(|token| match token.kind {
            Kind::Quoted => !token.text.contains(char::is_whitespace),
            _ => name::is_identifier(&token.text) && token.text.contains('-') && !is_team(&token.lower),
        })
    });
    match names.collect::<Vec<usize>>().as_slice() {
        [only] => Some(*only),
        [] if inputs.values.contains_key(OWNER) => {
            // "cache, scoreboard, prod": whose team is known has a name among the plain words.
            let plain = |at: &usize| {
                text.get(*at).is_some_and(|token| {
                    token.text.len() >= 3
                        && token.text.bytes().all(|byte| byte.is_ascii_lowercase())
                        && !is_team(&token.lower)
                })
            };
            let words = parts(text, grammar, claims, &placed);
            let mut words = words.into_iter().filter(plain);
            words.next().filter(|_| words.next().is_none())
        }
        // "meter-readings, prod, grid-data": who comes behind the place is the team.
        [first, other] if (first + 1..*other).any(placed) => Some(*first),
        _ => None,
    }
}

/// Signs that a word is a team, from which on it is taken for one.
const ENOUGH: i32 = 3;

/// Adds the team where nothing introduces it: who "needs" or "owns" the thing, for whom it is, or a word that stands alone.
pub(super) fn team(text: &Text, grammar: &Grammar<'_>, claims: &mut Claims, inputs: &mut Inputs) {
    let known = inputs.values.get(OWNER).is_some_and(|owner| owner.confidence > SURE + 6);
    if grammar.module.variable(OWNER).is_none() || known {
        return;
    }
    if let Some(at) = entered(text, claims) {
        let value = text.get(at).map(|token| value::team(&token.text)).unwrap_or_default();
        inputs.add(OWNER, Json::String(value), Source::Text(text.quote(at..at + 1)), INTRODUCED);
        claims.take(at..at + 1);
        return;
    }
    let alone = alone(text, grammar, claims);
    let mut best: Option<(i32, usize)> = None;
    let mut rivals = false;
    for at in 0..text.tokens.len() {
        if !may_be_team(text, grammar, claims, at) {
            continue;
        }
        let score = signs(text, at, alone.contains(&at));
        match best {
            Some((top, first)) if top == score => {
                let same = text
                    .get(first)
                    .zip(text.get(at))
                    .is_some_and(|(first, second)| first.lower == second.lower);
                rivals |= !same;
            }
            Some((top, _)) if top > score => {}
            _ => (best, rivals) = (Some((score, at)), false),
        }
    }
    let Some((score, at)) = best.filter(|(score, _)| *score >= ENOUGH && !rivals) else { return };
    let Some(token) = text.get(at) else { return };
    // "Compliance needs": teams are written small, and a capital only begins the sentence.
    let plain = token.text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    let value = Json::String(if plain { token.text.clone() } else { token.lower.clone() });
    let confidence = if score > ENOUGH { PLACED } else { SURE + 6 };
    inputs.add(OWNER, value, Source::Text(text.quote(at..at + 1)), confidence);
    claims.take(at..at + 1);
}

/// "put down hearing-data as the owner", "bitte labor als verantwortliches Team eintragen"
fn entered(text: &Text, claims: &Claims) -> Option<usize> {
    let describes = |word: &str| {
        language::is_definite(word)
            || matches!(
                word,
                "responsible" | "owning" | "its" | "verantwortliches" | "zuständiges" | "zuständige"
            )
    };
    (1..text.tokens.len()).find_map(|at| {
        text.word(at).filter(|word| matches!(*word, "as" | "als"))?;
        let noun = (at + 1..=at + 3).find(|at| !text.word(*at).is_some_and(describes))?;
        let is_owner = matches!(
            text.word(noun)?,
            "owner" | "team" | "eigentümer" | "besitzer" | "verantwortlicher" | "squad"
        );
        let name = at - 1;
        let free = claims.is_free(name)
            && text.get(name).is_some_and(|token| match token.kind {
                Kind::Quoted => true,
                Kind::Word => name::is_free_word(&token.lower),
                _ => false,
            });
        (is_owner && free).then_some(name)
    })
}

/// "I am", "we are", "ich bin", "wir sind"
fn is_first_person(who: &str, is: &str) -> bool {
    matches!((who, is), ("i", "am") | ("we", "are") | ("ich", "bin") | ("wir", "sind"))
}

/// A word like a team's name, which means nothing else here.
fn may_be_team(text: &Text, grammar: &Grammar<'_>, claims: &Claims, at: usize) -> bool {
    text.get(at).filter(|_| claims.is_free(at)).is_some_and(|token| {
        let mut letters = token.text.chars();
        // "Platform-tools is in charge": a capital only begins the sentence.
        let begins = at.checked_sub(1).is_none_or(|before| {
            text.get(before)
                .is_some_and(|token| matches!(token.kind, Kind::End | Kind::Mark('.' | '!' | '?')))
        });
        let first = |letter: char| {
            letter.is_ascii_lowercase() || letter.is_ascii_uppercase() && begins && token.text.contains('-')
        };
        let small = letters.next().is_some_and(first)
            && letters.all(|letter| letter.is_ascii_lowercase() || letter == '-');
        token.kind == Kind::Word
            && (small || language::is_department(&token.lower))
            && token.text.chars().count() >= 2
            && (name::is_free_word(&token.lower) || language::is_department(&token.lower))
            && !language::is_courtesy(&token.lower)
            && !language::is_infrastructure(&token.lower)
            && !token.lower.strip_suffix('s').is_some_and(language::is_infrastructure)
            && !language::is_common_environment(&token.lower)
            && !["aws-regions", "azure-regions", "google-regions"]
                .iter()
                .any(|list| lists::find(list).is_some_and(|list| list.has(&token.lower)))
            && (language::is_department(&token.lower) || grammar.phrase_at(text, at).is_none())
    })
}

/// How much speaks for a team at a token.
fn signs(text: &Text, at: usize, alone: bool) -> i32 {
    let word = |at: Option<usize>| at.and_then(|at| text.word(at)).unwrap_or_default();
    let (before, after) = (word(at.checked_sub(1)), word(Some(at + 1)));
    let marked = |mark: char| text.get(at + 1).is_some_and(|token| token.kind == Kind::Mark(mark));
    let begins = at.checked_sub(1).is_none_or(|before| {
        text.get(before).is_some_and(|token| !matches!(token.kind, Kind::Word | Kind::Quoted))
    }) || matches!(before, "so" | "that" | "and" | "und" | "da" | "the" | "das");
    let opens = at.checked_sub(1).is_none_or(|before| {
        text.get(before)
            .is_some_and(|token| matches!(token.kind, Kind::End | Kind::Mark('.' | '!' | '-' | '•')))
    });
    let is_department = text.get(at).is_some_and(|token| language::is_department(&token.lower));
    let wants = matches!(
        after,
        "needs"
            | "need"
            | "wants"
            | "want"
            | "owns"
            | "own"
            | "requires"
            | "would"
            | "asks"
            | "asked"
            | "braucht"
            | "brauchen"
            | "benötigt"
            | "benötigen"
            | "möchte"
            | "möchten"
            | "hätte"
            | "bräuchte"
            | "here"
    );
    let is_owner = matches!(after, "is" | "ist" | "will")
        && (2..=4).any(|ahead| {
            matches!(
                word(Some(at + ahead)),
                "owner"
                    | "owning"
                    | "responsible"
                    | "accountable"
                    | "charge"
                    | "verantwortlich"
                    | "zuständig"
                    | "besitzer"
            )
        });
    let led = matches!(
        before,
        "for" | "für" | "fürs" | "by" | "von" | "bei" | "from" | "an" | "we're" | "to" | "4"
    );
    let asked = matches!(before, "benötigt" | "braucht" | "brauchen" | "bräuchte" | "möchte" | "hätte");
    let looks_after = matches!(after, "look" | "looks") && word(Some(at + 2)) == "after"
        || after == "will"
            && matches!(word(Some(at + 3)), "looking" | "after")
            && word(Some(at + 4)) != "for"
        || matches!(after, "kümmert" | "kümmern") && word(Some(at + 2)) == "sich";
    // "We're aftersales."
    let presents = matches!(before, "we're" | "i'm")
        || matches!((word(at.checked_sub(2)), before), ("we" | "i", "are" | "am") | ("wir", "sind"));
    let owns = matches!(
        after,
        "owns" | "own" | "maintains" | "maintain" | "operates" | "operate" | "betreut" | "verantwortet"
    ) || (after == "would" && word(Some(at + 2)) == "own");
    // "We (cellar-tech) would need", "wir (Vertrieb)"
    let aside =
        at.checked_sub(1).and_then(|at| text.get(at)).is_some_and(|token| token.kind == Kind::Mark('('))
            && marked(')')
            && matches!(word(at.checked_sub(2)), "we" | "us" | "wir" | "uns" | "team");
    // "Dear platform colleagues" are asked, and own nothing.
    let greeted = (1..=2).any(|back| {
        matches!(
            word(at.checked_sub(back)),
            "dear" | "hi" | "hello" | "hey" | "hallo" | "liebe" | "liebes" | "lieber" | "moin" | "servus"
        )
    });
    let mut signs = 0;
    signs += if aside { 4 } else { 0 };
    // "It's for harbour-data."
    let is_for = matches!(before, "for" | "für")
        && matches!(word(at.checked_sub(2)), "it's" | "is" | "are" | "ist" | "sind" | "that's" | "all");
    signs += if is_for && is_boundary(text, at + 1) { 2 } else { 0 };
    signs -= if greeted { 6 } else { 0 };
    // "Logistics moves its partners to Azure": who acts is who owns.
    signs += if is_department && opens && acts(after) { 1 } else { 0 };
    signs += if wants && begins { 2 } else { 0 };
    signs += if owns { 2 } else { 0 };
    signs += if owns && begins { 1 } else { 0 };
    signs += if looks_after { 3 } else { 0 };
    // "the shop folks", "for the guys in shop", "we in shop"
    signs += if is_people(after) { 2 } else { 0 };
    let among = matches!(before, "in" | "from" | "of" | "at" | "bei" | "von" | "aus" | "im");
    let who = word(at.checked_sub(2));
    // "I'm in ds-enablement."
    let is_in = among && (matches!(who, "i'm" | "we're") || is_first_person(word(at.checked_sub(3)), who));
    signs += if is_in && is_boundary(text, at + 1) { 3 } else { 0 };
    // "reliability-eng are the people to shout at"
    let are_people = matches!(after, "are" | "is" | "sind")
        && language::is_definite(word(Some(at + 2)))
        && (is_people(word(Some(at + 3))) || word(Some(at + 3)) == "people");
    signs += if are_people { 3 } else { 0 };
    // "this goes on depot-it"
    let goes_on = before == "on" && matches!(who, "goes" | "go") && is_boundary(text, at + 1);
    signs += if goes_on && word(Some(at)).contains('-') { 3 } else { 0 };
    signs += if among && (is_people(who) || matches!(who, "we" | "us" | "wir" | "uns")) { 2 } else { 0 };
    signs += if presents && is_boundary(text, at + 1) && !is_state(text.word(at).unwrap_or_default()) {
        3
    } else {
        0
    };
    // "for legal reasons" names nobody.
    let of_thing = led
        && !is_boundary(text, at + 1)
        && matches!(after, "reasons" | "purposes" | "hold" | "gründe" | "gründen" | "zwecke");
    signs -= if of_thing { 3 } else { 0 };
    signs += if is_owner { 3 } else { 0 };
    signs += if matches!(before, "both" | "beide" | "alle" | "all") { 2 } else { 0 };
    signs += if asked && (marked(':') || is_boundary(text, at + 1)) { 3 } else { 0 };
    signs += if led { 1 } else { 0 };
    signs += if led && marked(':') { 2 } else { 0 };
    let ends = is_boundary(text, at + 1)
        || matches!(after, "in" | "on" | "pls" | "please" | "auf" | "bitte" | "team" | "with" | "mit");
    signs += if led && ends { 1 } else { 0 };
    signs += if is_department { 2 } else { 0 };
    // Alone it says nothing else: "stage, growth, 2 shards".
    signs += if alone { if is_department { 4 } else { 3 } } else { 0 };
    signs
}

/// A word for those who belong together.
fn is_people(word: &str) -> bool {
    matches!(
        word,
        "folks"
            | "people"
            | "guys"
            | "crew"
            | "squad"
            | "colleagues"
            | "department"
            | "leute"
            | "kollegen"
            | "abteilung"
            | "tribe"
            | "chapter"
            | "devs"
            | "engineers"
            | "kolleginnen"
            | "team"
    )
}

/// How people are, which is nobody's name: "we're ready".
fn is_state(word: &str) -> bool {
    const STATES: &[&str] = &[
        "ready",
        "happy",
        "done",
        "fine",
        "stuck",
        "late",
        "blocked",
        "live",
        "good",
        "new",
        "back",
        "sorry",
        "flexible",
        "busy",
        "sure",
        "certain",
        "aware",
        "glad",
        "excited",
        "worried",
        "curious",
        "lost",
        "short",
        "tired",
        "free",
        "available",
        "early",
        "close",
        "online",
        "offline",
        "grateful",
        "desperate",
        "small",
        "few",
        "many",
        "fertig",
        "bereit",
        "flexibel",
        "sicher",
        "froh",
        "dankbar",
        "neu",
        "dran",
        "weg",
        "dabei",
        "soweit",
        "raus",
        "spät",
    ];
    STATES.contains(&word)
}

/// What a team does of itself, in the third person.
fn acts(word: &str) -> bool {
    matches!(
        word,
        "moves"
            | "plans"
            | "starts"
            | "launches"
            | "introduces"
            | "builds"
            | "migrates"
            | "switches"
            | "gets"
            | "takes"
            | "hat"
            | "has"
            | "zieht"
            | "plant"
            | "startet"
            | "baut"
            | "führt"
            | "stellt"
            | "bekommt"
    )
}

/// Tokens that are a whole part between marks, and no word of the language or of the module.
fn alone(text: &Text, grammar: &Grammar<'_>, claims: &Claims) -> Vec<usize> {
    parts(text, grammar, claims, &|_| false)
}

/// Like [`alone`]; what `ends` a part ends it too.
fn parts(text: &Text, grammar: &Grammar<'_>, claims: &Claims, ends: &dyn Fn(usize) -> bool) -> Vec<usize> {
    let is_edge = |at: Option<usize>| {
        at.and_then(|at| text.get(at)).is_none_or(|token| {
            token.kind == Kind::End
                || matches!(
                    token.kind,
                    Kind::Mark(
                        ',' | ';' | ':' | '|' | '.' | '(' | ')' | '-' | '–' | '—' | '•' | '/' | '!' | '?'
                    )
                )
        })
    };
    // "logistics pls"
    let ends_politely = |at: usize| text.word(at).is_some_and(language::is_courtesy) && is_edge(Some(at + 1));
    let free = |at: &usize| {
        text.get(*at).is_some_and(|token| {
            matches!(token.kind, Kind::Word | Kind::Quoted)
                && claims.is_free(*at)
                && is_edge(at.checked_sub(1))
                && (is_edge(Some(*at + 1)) || ends_politely(*at + 1) || ends(*at + 1))
                && (token.kind == Kind::Quoted || name::is_free_word(&token.lower))
                && !language::is_courtesy(&token.lower)
                && grammar.phrase_at(text, *at).is_none()
        })
    };
    (0..text.tokens.len()).filter(free).collect()
}
