//! Free text to a draft: the thing asked for, its environment, its name, its inputs.

use std::ops::Range;

use tfpilot_engine::{Draft, EnvironmentName, Filled, Import, Resource, Source, Wish};
use tfpilot_modules::{Catalog, Module};

use crate::config::RepositoryConfig;
use crate::config::repository::templates::Template;

use super::conclude::{Doubts, plain};
use super::existing::Existing;
use super::grammar::{Grammar, Meaning, NAME, OWNER};
use super::inputs::{self, CONTRADICTED, INTRODUCED, Inputs, SIZED, SURE};
use super::mentions::{self, ENOUGH, Mention};
use super::phrases::Claims;
use super::text::Text;
use super::things::{self, Thing};
use super::vocabulary::Vocabulary;
use super::{
    corrected, environment, import, lacking, language, leftovers, mood, name, pairs, references, shapes,
    siblings, slots, standing, template, together, wishes,
};

/// From this on a mention counts where all else in the text looks like a request.
const BARELY: i32 = 1;

/// Words of a text that is a list more than sentences.
const FEW: usize = 40;

/// What a text means.
#[derive(Debug)]
pub(super) enum Understood {
    /// A request, as far as it was understood.
    Request(Box<Draft>, Doubts),
    /// It asks for what the catalog lacks.
    NotInCatalog(String, Option<EnvironmentName>),
    /// It is about what exists, or a question.
    Other(Wish, Option<EnvironmentName>, Vec<Resource>),
    /// It is about what exists in several environments, and nothing says in which of these.
    Somewhere(Wish, Vec<String>, Vec<Resource>),
    /// No request.
    Nothing,
}

/// Reads a text that may ask for something. `existing` is what the repository has.
pub(super) fn read(
    text: &Text,
    existing: &[Existing],
    catalog: &Catalog,
    config: &RepositoryConfig,
    addressed: bool,
) -> Understood {
    let mut claims = Claims::new(text);
    let environments = environment::read(text, config, &mut claims);
    if let Some(preamble) = mood::preamble(text) {
        claims.take(preamble);
    }
    let import = import::read(text, catalog, &mut claims);
    let offered = mentions::offered(catalog, config);
    let vocabulary = Vocabulary::of(catalog, &template::nouns(catalog, config));
    let mentions = mentions::mentions(text, &offered, &vocabulary, &claims);
    let mentions = mentions::without_inputs(text, mentions);
    if let Some(other) = standing::read(text, existing, &mentions, &environments, catalog, addressed) {
        return other;
    }
    // A place, a wish and no trouble: what is spoken of besides is asked for, however it is put.
    let asks_for_new = wishes::asks_for_new(text);
    let wished = !environments.named.is_empty() && asks_for_new;
    let lacks = addressed || wished;
    let addressed =
        addressed || import.is_some() || wished && mentions.iter().any(|mention| mention.score >= BARELY);
    // A place, a team and a word for the thing, and nothing that fails: a list of what is wanted.
    let placed = placed(text, &claims, &environments);
    let listed = placed && says_whose(text);
    let addressed = addressed || listed && mentions.iter().any(|mention| mention.score >= 0);
    let several = things::read(text, &mentions, &claims);
    // Several names beside their nouns, a place and no trouble are a request, however short.
    let asked = addressed || placed || mentions.iter().any(|mention| mention.score >= ENOUGH);
    if several.len() > 1 && asked {
        return importing(read_several(text, &several, &claims, &environments, config), import);
    }
    let mut asked = mentions::asked_for(text, mentions.clone(), addressed);
    let lacking = if asked.is_empty() { lacking::read(text, &vocabulary, &claims, lacks) } else { None };
    // Nothing is named, of ours or of others: what it shall do says what it is.
    let names_none = lacking.is_none() && !(0..text.tokens.len()).any(|at| vocabulary.is_noun(text, at));
    if names_none && (addressed || asks_for_new || listed) && !fails(text, &claims) {
        asked = mentions::wanted(text, &offered, vocabulary.purposes(catalog), &claims);
    }
    let asked = Asked { mentions: &mentions, asked: &asked, lacking, addressed };
    let one = read_one(text, asked, &mut claims, &environments, catalog, config);
    importing(one, import)
}

/// What exists already is taken in, and not made.
fn importing(understood: Understood, import: Option<Import>) -> Understood {
    match understood {
        Understood::Request(draft, doubts) => {
            Understood::Request(Box::new(Draft { import, ..*draft }), doubts)
        }
        other => other,
    }
}

/// Whether it is said where, and nothing fails there.
fn placed(text: &Text, claims: &Claims, environments: &environment::Found) -> bool {
    !environments.named.is_empty() && !fails(text, claims)
}

/// Whether anything fails.
fn fails(text: &Text, claims: &Claims) -> bool {
    let mut free = text.tokens.iter().enumerate().filter(|(at, _)| claims.is_free(*at));
    free.any(|(_, token)| language::is_trouble(&token.lower))
}

/// Whether a text of few words says who answers for something.
fn says_whose(text: &Text) -> bool {
    let words = (0..text.tokens.len()).filter_map(|at| text.word(at));
    let is_change = |word: &str| {
        language::is_change(word) || matches!(word, "is" | "are" | "was" | "were" | "ist" | "sind" | "war")
    };
    let says = |word: &str| {
        language::is_department(word)
            || matches!(
                word,
                "team" | "owner" | "squad" | "eigentümer" | "besitzer" | "zuständig" | "verantwortlich"
            )
    };
    let few: Vec<&str> = words.take(FEW + 1).collect();
    few.len() <= FEW && few.iter().any(|word| says(word)) && !few.iter().any(|word| is_change(word))
}

/// Several things with names of their own.
fn read_several(
    text: &Text,
    things: &[Thing<'_>],
    claims: &Claims,
    environments: &environment::Found,
    config: &RepositoryConfig,
) -> Understood {
    let mut doubts = Doubts::default();
    let mut draft = Draft::default();
    set_environment(&mut draft, &mut doubts, environments, config);
    let told_of = things::spoken_of(text, things);
    let of = things::with_shared_ends(text, things, &told_of);
    let mut all = claims.clone();
    for (at, thing) in things.iter().enumerate() {
        let mut own = things::claims_of(claims, &of, things, at);
        let before = own.clone();
        let (mut found, template) = read_thing(text, thing.module, &thing.noun, config, &mut own);
        found.values.remove(NAME);
        let grammar = Grammar::new(thing.module);
        all.take_what_is_new(&before, &own);
        all.take(thing.noun.clone());
        if let Some((name, token)) = thing.name.and_then(|name| Some((name, text.get(name)?))) {
            all.take(name..name + 1);
            let source = Source::Text(text.quote(name..name + 1));
            found.add(NAME, token.text.clone().into(), source, INTRODUCED);
            name::unfold(&grammar, &mut found);
        }
        slots::team(text, &grammar, &mut own, &mut found);
        let is_own = |token: &usize| of.get(*token) == Some(&things::Of::One(at));
        let others: Vec<&Resource> = things
            .iter()
            .zip(&draft.resources)
            .filter(|(other, _)| other.module.id == thing.module.id)
            .map(|(_, resource)| resource)
            .collect();
        let numbers = (0..text.tokens.len()).filter(is_own);
        siblings::read(text, numbers, &others, &mut own, &mut found);
        all.take_what_is_new(&before, &own);
        // What is said of all may be meant for another one.
        let mut own_alone = own.clone();
        of.iter()
            .enumerate()
            .filter(|(_, whom)| **whom == things::Of::All)
            .for_each(|(token, _)| own_alone.take(token..token + 1));
        leftovers::read(text, &grammar, &thing.noun, &own_alone, &mut found);
        add_thing(&mut draft, &mut doubts, thing.module, template, found);
    }
    doubts.has_unread = leftovers::has_unread(text, &all);
    share_owner(things, &mut draft);
    references::link(text, things, &told_of, &mut draft.resources);
    Understood::Request(Box::new(draft), doubts)
}

/// The team of one thing is that of all, where no other is named.
fn share_owner(things: &[Thing<'_>], draft: &mut Draft) {
    let owner = draft.resources.iter().find_map(|resource| resource.inputs.get(OWNER).cloned());
    let Some(owner) = owner else { return };
    for (resource, thing) in draft.resources.iter_mut().zip(things) {
        if thing.module.variable(OWNER).is_some() {
            resource.inputs.entry(OWNER.to_owned()).or_insert_with(|| owner.clone());
        }
    }
}

/// What a text asks for.
struct Asked<'m, 'c> {
    /// Every noun of a module.
    mentions: &'m [Mention<'c>],
    /// Those that are asked for.
    asked: &'m [Mention<'c>],
    /// What is asked for and no module makes, where none is.
    lacking: Option<String>,
    /// It speaks to us.
    addressed: bool,
}

/// One thing, or what is missing to know it.
fn read_one(
    text: &Text,
    asked: Asked<'_, '_>,
    claims: &mut Claims,
    environments: &environment::Found,
    catalog: &Catalog,
    config: &RepositoryConfig,
) -> Understood {
    let mut doubts = Doubts::default();
    let mut draft = Draft::default();
    let nouns: Vec<(String, Range<usize>)> = asked
        .mentions
        .iter()
        .filter(|mention| !is_of_another(text, &mention.tokens))
        .map(|mention| (mention.module.id.to_string(), mention.tokens.clone()))
        .collect();
    let mention = match module_line(text, catalog, config) {
        Some(module) => Some((module, 0..0)),
        None => match asked.asked {
            [] => match asked.lacking {
                Some(word) => return Understood::NotInCatalog(word, environments.only()),
                None if asked.addressed => None,
                None => return Understood::Nothing,
            },
            [only] => Some((only.module, only.tokens.clone())),
            several => {
                let ids = several.iter().map(|mention| mention.module.id.to_string()).collect();
                doubts.offer(0, "module", ids);
                let why = match asked.mentions {
                    [] => "what it shall do fits several",
                    _ => "one request makes one thing",
                };
                doubts.object(0, "module", why.to_owned());
                None
            }
        },
    };
    set_environment(&mut draft, &mut doubts, environments, config);
    if let Some((module, noun)) = mention {
        let id = module.id.to_string();
        let is_same = |(known, tokens): &&(String, Range<usize>)| *known == id && *tokens != noun;
        let mut others: Vec<Range<usize>> =
            nouns.iter().filter(is_same).map(|(_, tokens)| tokens.clone()).collect();
        others.extend(heads(text, module).filter(|head| !head.clone().any(|at| noun.contains(&at))));
        let (mut found, template) = read_thing(text, module, &noun, config, claims);
        let grammar = Grammar::new(module);
        name::read(text, &grammar, &noun, &others, claims, &mut found);
        slots::team(text, &grammar, claims, &mut found);
        leftovers::read(text, &grammar, &noun, claims, &mut found);
        doubts.has_unread = leftovers::has_unread(text, claims);
        add_thing(&mut draft, &mut doubts, module, template, found);
    }
    Understood::Request(Box::new(draft), doubts)
}

/// The last words of a module's nouns alone: "Repository" of "ECR repository".
fn heads<'a>(text: &'a Text, module: &'a Module) -> impl Iterator<Item = Range<usize>> + 'a {
    let is_head = |word: &str| {
        module.words.iter().any(|words| {
            let last = words.rsplit([' ', '-']).next().filter(|last| last.len() < words.len());
            last.is_some_and(|last| last.len() >= 4 && last.eq_ignore_ascii_case(word))
        })
    };
    let found = (0..text.tokens.len()).filter(move |at| text.word(*at).is_some_and(is_head));
    found.map(|at| at..at + 1).filter(|noun| !is_of_another(text, noun))
}

/// "like the bucket acme-old", "of our queue orders": another one, which is there.
fn is_of_another(text: &Text, noun: &Range<usize>) -> bool {
    let before = |back: usize| noun.start.checked_sub(back).and_then(|at| text.word(at)).unwrap_or_default();
    language::is_definite(before(1)) || matches!(before(1), "like" | "wie" | "than" | "als")
}

/// One more thing: what its template sets, and over that what is said of it.
fn add_thing(
    draft: &mut Draft,
    doubts: &mut Doubts,
    module: &Module,
    template: Option<(&str, &Template)>,
    found: Inputs,
) {
    let at = draft.resources.len();
    draft.resources.push(Resource { module: Some(module.id.to_string()), ..Resource::default() });
    if let Some((name, template)) = template {
        template::preset(draft, at, doubts, name, template);
    }
    if let Some(thing) = draft.resources.get_mut(at) {
        set_inputs(thing, at, doubts, found);
    }
}

/// All that is said of a thing, and the template that it is of.
fn read_thing<'c>(
    text: &Text,
    module: &Module,
    noun: &Range<usize>,
    config: &'c RepositoryConfig,
    claims: &mut Claims,
) -> (Inputs, Option<(&'c str, &'c Template)>) {
    // Its last word alone: "FIFO queue" says something about the queue.
    let grammar = Grammar::new(module);
    claims.take(noun.end.saturating_sub(1)..noun.end);
    let template = template::read(text, module, noun, config, claims);
    let mut found = inputs::read(text, &grammar, claims);
    // "Aurora Postgres", "lambda role": a noun of several words may hold a value, unless it is a template's.
    let is_template = template.as_ref().is_some_and(|(tokens, ..)| tokens.start == noun.start);
    let inside = noun.clone().filter(|_| !is_template).filter_map(|at| grammar.phrase_at(text, at));
    // What was read there as something else ("every day at 3") holds nothing more.
    let inside = inside.filter(|held| held.tokens.clone().all(|at| at + 1 == noun.end || claims.is_free(at)));
    for held in inside.collect::<Vec<_>>() {
        if let Meaning::Is(value) = &held.entry.meaning
            && held.entry.is_listed
            && !found.values.contains_key(&held.entry.input)
        {
            found.add(&held.entry.input, value.clone(), Source::Text(text.quote(held.tokens)), SIZED);
        }
    }
    // "FIFO-Queue": a compound holds it too.
    for (at, entry) in
        noun.clone().filter(|_| !is_template).filter_map(|at| Some((at, grammar.inside(text, at)?)))
    {
        let value = match &entry.meaning {
            Meaning::Is(value) => value.clone(),
            _ => true.into(),
        };
        if !found.values.contains_key(&entry.input) {
            found.add(&entry.input, value, Source::Text(text.quote(at..at + 1)), SIZED);
        }
    }
    shapes::read(text, &grammar, noun, claims, &mut found);
    corrected::read(text, &grammar, claims, &mut found);
    together::complete(text, &grammar, noun, &mut found);
    together::settle(module, &mut found);
    (found, template.map(|(_, name, template)| (name, template)))
}

/// Adds what is said around a block of things: where they go, and whose they are.
pub(super) fn around(
    draft: &mut Draft,
    doubts: &mut Doubts,
    text: &Text,
    catalog: &Catalog,
    config: &RepositoryConfig,
) {
    let mut claims = Claims::new(text);
    let environments = environment::read(text, config, &mut claims);
    let is_asked = doubts.problem(0, "environment").is_some();
    if draft.environment.is_none() && !is_asked {
        set_environment(draft, doubts, &environments, config);
    }
    for thing in &mut draft.resources {
        let Some(module) = thing.module.as_deref().and_then(|id| catalog.find(id)) else { continue };
        if thing.inputs.contains_key(OWNER) || module.variable(OWNER).is_none() {
            continue;
        }
        let (grammar, mut own) = (Grammar::new(module), claims.clone());
        let mut found = inputs::read(text, &grammar, &mut own);
        slots::team(text, &grammar, &mut own, &mut found);
        let owner = found.values.remove(OWNER).filter(|owner| owner.confidence >= SURE);
        thing.inputs.extend(owner.map(|owner| (OWNER.to_owned(), owner)));
    }
}

/// Reads more about a draft whose module is known: an answer with further wishes. Gives what was read of the text.
pub(super) fn add(
    draft: &mut Draft,
    at: usize,
    doubts: &mut Doubts,
    text: &Text,
    module: &Module,
    config: &RepositoryConfig,
) -> (bool, Claims) {
    let mut claims = Claims::new(text);
    let environments = environment::read(text, config, &mut claims);
    let before = draft.clone();
    set_environment(draft, doubts, &environments, config);
    if draft.environment.is_none() {
        draft.environment.clone_from(&before.environment);
    }
    let found = inputs::read(text, &Grammar::new(module), &mut claims);
    if let Some(thing) = draft.resources.get_mut(at) {
        set_inputs(thing, at, doubts, found);
    }
    (*draft != before, claims)
}

/// `Module: aws/s3-bucket` on a line of its own.
fn module_line<'m>(text: &Text, catalog: &'m Catalog, config: &RepositoryConfig) -> Option<&'m Module> {
    const KEYS: [&str; 14] = [
        "module",
        "modul",
        "type",
        "typ",
        "what",
        "was",
        "resource",
        "ressource",
        "service",
        "kind",
        "art",
        "what do you need",
        "was brauchst du",
        "request",
    ];
    let lines = inputs::key_lines(text);
    let mut named = lines.iter().filter(|(_, key, _)| KEYS.contains(&key.to_lowercase().as_str()));
    named.find_map(|(_, _, value)| {
        // "cache (Valkey 8.1)"
        let plain = value.split('(').next().unwrap_or(value);
        pairs::module_of(value, catalog, config).or_else(|| pairs::module_of(plain, catalog, config))
    })
}

fn set_environment(
    draft: &mut Draft,
    doubts: &mut Doubts,
    found: &environment::Found,
    config: &RepositoryConfig,
) {
    if let Some(word) = &found.unknown {
        pairs::unknown_environment(doubts, word, config);
    }
    if environment::is_contested(found) {
        let names = found.named.iter().map(|named| named.value.to_string()).collect();
        doubts.offer(0, "environment", names);
        doubts.object(0, "environment", "one request goes to one environment".to_owned());
        draft.environment = None;
    } else if let Some(named) = found.named.first() {
        draft.environment = Some(named.clone());
    }
}

/// Puts what was read into a thing; what was said in several ways is a doubt.
pub(super) fn set_inputs(thing: &mut Resource, at: usize, doubts: &mut Doubts, found: Inputs) {
    let Inputs { values, others, spoken } = found;
    spoken.iter().filter(|input| !values.contains_key(*input)).for_each(|input| doubts.note(at, input));
    for (input, filled) in values {
        if filled.confidence == CONTRADICTED || others.contains_key(&input) && filled.confidence < SURE {
            let all = std::iter::once(&filled.value).chain(others.get(&input).into_iter().flatten());
            let mut choices: Vec<String> = all.map(plain).collect();
            choices.dedup();
            doubts.offer(at, &input, choices);
        }
        if input == NAME {
            let Filled { value, source, confidence } = filled;
            thing.name = Some(Filled { value: plain(&value), source, confidence });
        } else {
            thing.inputs.insert(input, filled);
        }
    }
}
