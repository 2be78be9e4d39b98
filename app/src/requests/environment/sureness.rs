//! How sure it is that a word means an environment, by what stands around it.

use std::ops::Range;

use super::is_noun;
use crate::requests::language;
use crate::requests::phrases::is_boundary;
use crate::requests::text::{Kind, Text};

/// How sure it is that these words mean an environment: "in dev", "the dev bucket", ", dev," or just somewhere.
pub(super) fn sureness(text: &Text, tokens: &Range<usize>, own: bool) -> u8 {
    let before = tokens.start.checked_sub(1);
    let word_before = before.and_then(|before| text.word(before));
    let led = word_before.is_some_and(|word| language::is_where(word) && word != "account")
        || word_before.is_some_and(language::is_definite)
            && before.and_then(|before| text.word(before.checked_sub(1)?)).is_some_and(language::is_where);
    // "richten Sie sie bitte produktiv ein"
    if text.word(tokens.start) == Some("produktiv") {
        return 90;
    }
    let followed = text.word(tokens.end).is_some_and(is_noun);
    // "to test the upload" is a verb: behind "to" such a word needs an end.
    let may_be_verb =
        text.word(tokens.start).is_some_and(|word| matches!(word, "test" | "live" | "demo" | "stage"));
    let verb = !own && may_be_verb && word_before == Some("to") && !is_boundary(text, tokens.end);
    if (led && !verb) || followed {
        return 95;
    }
    // "GCP staging, team ads"
    let on_cloud = word_before.is_some_and(|word| matches!(word, "aws" | "azure" | "gcp" | "google"));
    let opens = on_cloud
        || before.is_none_or(|before| is_boundary(text, before))
        || before.is_some_and(|before| text.get(before).is_some_and(|token| token.kind == Kind::Mark('(')));
    // "Key vault in Azure, staging: nwa-sso-kv"
    let closes = is_boundary(text, tokens.end)
        || text.get(tokens.end).is_some_and(|token| matches!(token.kind, Kind::Mark(':' | '(')));
    if opens && closes {
        return 90;
    }
    // "Or should that be staging?"
    let doubted = (1..=5)
        .filter_map(|back| text.word(tokens.start.checked_sub(back)?))
        .any(|word| matches!(word, "or" | "oder"))
        && text.get(tokens.end).is_some_and(|token| token.kind == Kind::Mark('?'));
    if doubted {
        return 95;
    }
    if own {
        return 70;
    }
    let next = text.word(tokens.end).unwrap_or_default();
    if describes_a_thing(text, tokens, next) {
        return 75;
    }
    // "hence production needs a queue"
    if matches!(next, "needs" | "braucht" | "benötigt" | "gets" | "bekommt") {
        return 75;
    }
    // "staging first", "so production I guess", but not "production data".
    let ends = is_boundary(text, tokens.end)
        || matches!(
            next,
            "first"
                | "for"
                | "i"
                | "only"
                | "please"
                | "pls"
                | "zuerst"
                | "erstmal"
                | "bitte"
                | "and"
                | "und"
                | "then"
                | "with"
                | "mit"
        );
    let begins =
        opens || matches!(word_before, Some("so" | "is" | "be" | "it's" | "its" | "ist" | "use" | "also"));
    if ends && begins { 75 } else { 40 }
}

/// "a production bucket", "set up staging storage", "could the staging function": what is meant lies there; but not "copies of
/// the production database", which tells of another one.
fn describes_a_thing(text: &Text, tokens: &Range<usize>, next: &str) -> bool {
    let plain = |word: &str| {
        word.starts_with("produ")
            || word.starts_with("stag")
            || word.starts_with("develop")
            || word == "entwicklungs"
    };
    if !text.word(tokens.start).is_some_and(plain) || !is_thing(next) {
        return false;
    }
    let back =
        |steps: usize| tokens.start.checked_sub(steps).and_then(|at| text.word(at)).unwrap_or_default();
    let tells = |word: &str| {
        matches!(
            word,
            "of" | "from" | "like" | "as" | "than" | "into" | "von" | "aus" | "wie" | "vom" | "zur" | "zum"
        )
    };
    match back(1) {
        "a" | "an" | "new" | "ein" | "eine" | "einen" | "neue" | "neuen" | "neues" | "up" | "create"
        | "need" | "want" => true,
        "the" | "our" | "my" | "unser" | "unsere" | "unseren" | "die" | "der" | "den" => {
            !tells(back(2)) && back(2) != "for"
        }
        _ => false,
    }
}

fn is_thing(word: &str) -> bool {
    let plural = word.strip_suffix('s').unwrap_or(word);
    [word, plural].iter().any(|word| {
        matches!(
            *word,
            "bucket"
                | "storage"
                | "s3"
                | "sqs"
                | "sns"
                | "queue"
                | "topic"
                | "database"
                | "db"
                | "postgres"
                | "mysql"
                | "redis"
                | "cache"
                | "cluster"
                | "function"
                | "lambda"
                | "table"
                | "role"
                | "key"
                | "secret"
                | "instance"
                | "server"
                | "vm"
                | "vpc"
                | "repo"
                | "repository"
                | "zone"
                | "certificate"
                | "stream"
                | "site"
                | "website"
                | "alarm"
                | "service"
                | "datenbank"
                | "warteschlange"
                | "funktion"
                | "rolle"
                | "tabelle"
        )
    })
}
