//! The small words of English and German: what asks, denies, counts and joins, whatever is asked for.
//!
//! Words about modules and their inputs are the catalog's; nothing here knows one.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::numbers;

/// Asks for something.
const ASKS: List = List(
    1 << 2,
    "\
    need needs want wants require requires request requesting please pls create provision add make setup set \
    give get order spin build like could can brauche brauchen braucht benötige benötigen benötigt bitte \
    erstelle erstellen erstellt anlegen lege legt einrichten richte hätte hätten möchte möchten wollen will \
    bestellen anfordern bereitstellen wünsche wünschen bräuchte bräuchten gern gerne könnt könntet kannst legen \
    richtet faudrait besoin pourriez créer voudrions voudrais necesitamos necesito podéis crear quisiéramos serve \
    servirebbe vorremmo potrzebujemy potrzebuję",
);

/// Speaks of trouble, or of work on what exists already.
const TROUBLE: List = List(
    1 << 3,
    "\
    readme error errors fail fails failed failing failure bug bugs broken breaks crash crashes crashed exception \
    wrong stuck slowly timeouts 403 404 503 denied accessdenied forbidden doesn't doesnt isn't \
    can't cannot won't didn't regression investigate debug help why how typo refactor \
    flaky incident outage fehler fehlgeschlagen kaputt geht funktioniert schlägt \
    absturz warum wieso hilfe defekt störung leak leaks disappeared hangs \
    fix fixed issue problem probleme throws feature automatically postmortem rfc retro standup weekly whether decided entschieden",
);

/// Acts on what exists already, when it stands before the thing.
const CHANGES: List = List(
    1 << 4,
    "\
    delete remove destroy rename increase decrease reduce change update upgrade move migrate drop clean \
    cleanup empty replace document describe rotate restore lösche löschen entferne entfernen ändere ändern \
    umbenennen erhöhen erhöhe verschieben aktualisieren enable disable activate deactivate turn switch \
    aktivieren aktiviere einschalten abschalten resize extend vergrößern",
);

/// Names a part or a use of a thing, not the thing: "bucket access".
const PARTS: List = List(
    1 << 5,
    "\
    access permission permissions policy policies upload uploads download downloads consumer consumers \
    producer producers worker workers module modules docs documentation migration cleanup size usage cost \
    costs metrics alarm alarms monitoring listener subscription notification notifications handler client \
    library api url zugriff zugriffe berechtigung berechtigungen rechte kosten performance limit limits \
    quota error errors fehler",
);

const INDEFINITE: List = List(
    1 << 6,
    "a an new another one some ein eine einen einem einer nen ne neue neuen neuer neues weitere weiteren",
);

const DEFINITE: List = List(
    1 << 7,
    "\
    the our this that your my their existing current old der die das den dem des unser unsere unseren \
    unserem unserer dieser diese diesen diesem dieses bestehende bestehenden vorhandene alte alten",
);

/// Between a thing and what it has to do with.
const PREPOSITIONS: List = List(
    1 << 8,
    "\
    for after until from of by with into on in to at via through onto as für von aus mit auf nach im zum zur \
    beim an als per um vom am fürs ins ans unter hinter",
);

/// Before the name of an environment.
const WHERE: List =
    List(1 << 9, "in to on for into im auf nach für environment env umgebung stage account en na");

const NEGATIONS: List = List(
    1 << 10,
    "\
    not doesn't isn't needn't won't shouldn't wouldn't aren't no non without never disable disabled w/o skip \
    don't neither weder ohne nicht kein keine keinen keiner deaktiviere deaktiviert stop nor",
);

/// Says nothing by itself; may stand between an introduction and its value, or around an answer.
const FILLERS: List = List(
    1 << 11,
    "\
    is be of to at as the a set should it its it's please pls thanks thank you ok okay use take just would \
    like i we let's lets go with for in on und ist soll sein auf von der die das bitte danke nehmen nimm wir \
    ich mit den dem sei up about then option number nummer choice one für im hi hello hallo sorry oh called \
    named heißt heißen heissen nenne nenn nennen ihn es sie er mein my our wäre gut good fine sounds",
);

/// Takes back what was said before.
const CORRECTIONS: List = List(
    1 << 18,
    "\
    wait actually sorry rather correction scratch oops instead nope nein doch moment korrektur lieber quatsch \
    vielmehr sondern",
);

/// Greets, thanks or urges.
const COURTESY: List = List(
    1 << 17,
    "\
    hi hey hello hallo moin servus thanks thank thx ty cheers regards best danke merci gruß grüße vg lg mfg \
    asap urgent today tomorrow soon dringend heute morgen please pls bitte fyi btw ok okay yes no cc todo",
);

/// Says when, how or whether: nobody's name.
const ADVERBS: List = List(
    1 << 19,
    "\
    yet still already even ever never now then once later soon again rather quite very really maybe perhaps \
    has had having been being does did could may might shall would tbd unclear undecided unknown \
    nur noch schon auch bereits jetzt dann mal später bald wieder vielleicht eigentlich gerne wohl ja denn halt \
    wäre wären war waren hatte hatten darf dürfen dürfte kann können könnte sollen sollte sollten würde würden \
    ende anfang offen unklar egal verantwortet verantworten betreut betreuen gehört gehören darin dort damit dafür davon dazu dabei daran",
);

const JOINS: List = List(1 << 12, "and or und oder also sowie but aber plus & + /");

const YES: List = List(1 << 13, "yes y true on enabled enable ja an aktiviert wahr yep sure 1 x ✓");
const NO: List = List(1 << 14, "no n false off disabled disable nein aus deaktiviert falsch nope none 0");

/// Environments that teams often have; named but not configured, they deserve a question.
const COMMON_ENVIRONMENTS: List = List(
    1 << 15,
    "\
    dev development test testing qa uat int integration stage staging preprod pre-prod prod production live \
    sandbox demo perf entwicklung produktion abnahme beta canary preview",
);

/// Infrastructure that a catalog may lack; asked for, it deserves an answer.
const INFRASTRUCTURE: List = List(
    1 << 16,
    "\
    kafka cluster database db postgres postgresql mysql mariadb aurora rds dynamodb redis memcached \
    elasticache elasticsearch opensearch lambda function vm ec2 instance server kubernetes eks ecs fargate \
    vpc subnet dns domain certificate cdn cloudfront loadbalancer balancer gateway topic sns stream kinesis \
    efs volume disk secret bucket queue cache mongodb rabbitmq broker role user repository registry ecr \
    mongo cassandra datenbank warteschlange container namespace firewall vpn glacier athena redshift \
    snowflake bigquery storage speicher zertifikat",
);

/// What other people sell and run, which no module makes.
const PRODUCTS: List = List(
    1 << 0,
    "\
    databricks influxdb clickhouse cockroachdb couchbase neo4j grafana prometheus jenkins gitlab artifactory nexus sonarqube \
    airflow superset metabase tableau datadog splunk elk kibana logstash nomad consul vault keycloak okta auth0 wordpress \
    magento sharepoint minio nats pulsar flink spark hadoop emr sagemaker msk mq beanstalk transfer sftp workspace \
    timescaledb mssql oracle db2 glue crawler documentdb docdb vpn lightsail neptune quicksight codepipeline \
    codebuild jupyterhub jupyter temporal camunda teleport jira confluence gitea harbor openshift",
);

/// What departments and teams are called.
const DEPARTMENTS: List = List(
    1 << 1,
    "\
 billing checkout platform finance ops growth search marketing sales data ml ai security compliance hr hr-it logistics \
 web mobile payments payment infra infrastructure devops sre legal support analytics product qa backend frontend \
 identity shop telemetry data-platform accounting operations engineering research risk fraud procurement purchasing \
 customer-service cs bi insights commerce ecommerce warehouse shipping fulfillment \
 partners crm erp tax audit treasury controlling vertrieb einkauf buchhaltung \
 logistik marketing-tech research-and-development rnd r&d facilities booking loyalty revenue crew operations-center reservations claims underwriting trading lending cards accounts",
);

/// A title that reports what was said or done, and asks for nothing.
pub(super) fn is_minutes(word: &str) -> bool {
    matches!(
        word,
        "protokoll"
            | "minutes"
            | "notes"
            | "notizen"
            | "agenda"
            | "recap"
            | "summary"
            | "digest"
            | "newsletter"
            | "changelog"
            | "diskussion"
            | "discussion"
            | "mitschrift"
            | "zusammenfassung"
            | "rückblick"
            | "automatic"
            | "wochenbericht"
            | "statusbericht"
            | "proposal"
            | "brainstorming"
    )
}

/// A list's bit, and its words.
#[derive(Clone, Copy)]
struct List(u32, &'static str);

/// A word has the bits of its lists.
static LISTS: LazyLock<HashMap<&'static str, u32>> = LazyLock::new(|| {
    let mut lists = HashMap::new();
    for List(bit, words) in ALL {
        words.split_whitespace().for_each(|word| *lists.entry(word).or_default() |= bit);
    }
    lists
});

const ALL: [List; 20] = [
    PRODUCTS,
    DEPARTMENTS,
    ASKS,
    TROUBLE,
    CHANGES,
    PARTS,
    INDEFINITE,
    DEFINITE,
    PREPOSITIONS,
    WHERE,
    NEGATIONS,
    FILLERS,
    JOINS,
    YES,
    NO,
    COMMON_ENVIRONMENTS,
    INFRASTRUCTURE,
    COURTESY,
    CORRECTIONS,
    ADVERBS,
];

fn is_in(word: &str, lists: &[List]) -> bool {
    let bits = LISTS.get(word).copied().unwrap_or_default();
    lists.iter().any(|List(bit, _)| bits & bit != 0)
}

macro_rules! asks {
    ($($(#[$doc:meta])* $name:ident = $list:ident;)*) => {
        $($(#[$doc])* pub(super) fn $name(word: &str) -> bool { is_in(word, &[$list]) })*
    };
}

asks! {
    /// "need", "please", "brauchen".
    asks_for = ASKS;
    /// "fails", "error", "kaputt".
    is_trouble = TROUBLE;
    /// "delete", "rename".
    is_change = CHANGES;
    /// "access", "policy".
    is_part = PARTS;
    /// "a", "new", "eine".
    is_indefinite = INDEFINITE;
    /// "the", "our", "dieser".
    is_definite = DEFINITE;
    /// "for", "von".
    is_preposition = PREPOSITIONS;
    /// "in", "environment", "umgebung".
    is_where = WHERE;
    /// "not", "without", "ohne".
    is_negation = NEGATIONS;
    /// "is", "please", "the".
    is_filler = FILLERS;
    /// "and", "oder".
    is_join = JOINS;
    /// "qa", "sandbox".
    is_common_environment = COMMON_ENVIRONMENTS;
    /// "no wait", "sorry".
    is_correction = CORRECTIONS;
    /// "thanks", "asap".
    is_courtesy = COURTESY;
    /// "databricks", "airflow".
    is_product = PRODUCTS;
    /// "billing", "platform".
    is_named_department = DEPARTMENTS;
    /// "kafka", "database".
    is_infrastructure = INFRASTRUCTURE;
}

/// Denies the thing behind it.
pub(super) fn denies(word: &str) -> bool {
    matches!(word, "no" | "without" | "ohne" | "kein" | "keine" | "keinen" | "w/o")
}

/// What is denied without meaning anything by it: "no rush", "keine Eile".
pub(super) fn is_idle(word: &str) -> bool {
    is_in(word, &[COURTESY, CORRECTIONS, TROUBLE])
        || matches!(
            word,
            "rush"
                | "hurry"
                | "worries"
                | "problem"
                | "idea"
                | "longer"
                | "stress"
                | "eile"
                | "ahnung"
                | "hast"
                | "surprise"
                | "doubt"
                | "reason"
                | "matter"
                | "special"
                | "need"
                | "later"
                | "change"
                | "changes"
                | "other"
                | "further"
                | "weitere"
                | "weiteren"
                | "besonderen"
        )
}

/// A word of any of the lists here.
pub(super) fn is_known(word: &str) -> bool {
    LISTS.contains_key(word)
}

/// A word of the language that is nobody's name.
pub(super) fn is_small_word(word: &str) -> bool {
    is_in(word, &[INDEFINITE, DEFINITE, PREPOSITIONS, NEGATIONS, JOINS, FILLERS, ASKS, ADVERBS])
        || matches!(
            word,
            "that"
                | "which"
                | "where"
                | "who"
                | "because"
                | "so"
                | "has"
                | "have"
                | "are"
                | "was"
                | "will"
                | "must"
                | "there"
                | "und"
                | "dass"
                | "welche"
                | "welcher"
                | "welches"
                | "wo"
                | "wird"
                | "werden"
                | "muss"
                | "hat"
                | "haben"
                | "sind"
                | "team"
                | "owner"
                | "if"
                | "when"
                | "until"
                | "before"
                | "after"
                | "using"
                | "only"
                | "all"
                | "each"
                | "every"
                | "it"
                | "they"
                | "them"
                | "per"
                | "both"
                | "beide"
                | "beider"
                | "beiden"
                | "alle"
                | "aller"
                | "here"
                | "us"
                | "open"
                | "too"
                | "also"
        )
}

/// A word that joins others, which is no name even where one is announced.
pub(super) fn is_function_word(word: &str) -> bool {
    is_in(word, &[INDEFINITE, DEFINITE, PREPOSITIONS, NEGATIONS, JOINS, ADVERBS])
        || matches!(word, "is" | "it" | "which" | "please" | "bitte" | "so" | "like")
}

/// Yes or no, in the words of a form, a reply or a list.
pub(super) fn yes_or_no(word: &str) -> Option<bool> {
    if is_in(word, &[YES]) {
        return Some(true);
    }
    is_in(word, &[NO]).then_some(false)
}

/// "billing", "data-eng", "mobile-apps": what departments are called, alone or with a word for their kind.
pub(super) fn is_department(word: &str) -> bool {
    const KINDS: [&str; 16] = [
        "eng",
        "ops",
        "apps",
        "team",
        "data",
        "core",
        "platform",
        "services",
        "engineering",
        "science",
        "systems",
        "it",
        "tech",
        "dev",
        "care",
        "crew",
    ];
    is_named_department(word)
        || word.split_once('-').is_some_and(|(first, second)| {
            (is_named_department(first) || KINDS.contains(&first))
                && (is_named_department(second) || KINDS.contains(&second))
        })
}

/// A number in digits or in words.
pub(super) fn number(word: &str) -> Option<f64> {
    numbers::parse(word)
}

/// How often in a second something happens, of "writes/s" or "requests/min".
pub(super) fn per_second(unit: &str) -> Option<f64> {
    let (_, time) = unit.rsplit_once('/')?;
    seconds_of(time).map(|seconds| 1.0 / seconds)
}

/// The first, the second, …, from 1; `last` is 0.
pub(super) fn ordinal(word: &str) -> Option<usize> {
    let digits = word.trim_start_matches('#').trim_end_matches([')', '.']);
    let digits =
        ["st", "nd", "rd", "th"].iter().find_map(|suffix| digits.strip_suffix(suffix)).unwrap_or(digits);
    let only_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
    if let Some(number) = digits.parse::<usize>().ok().filter(|_| only_digits) {
        return (1..=99).contains(&number).then_some(number);
    }
    let words: [&[&str]; 7] = [
        &["last", "letzte", "letzter", "letztes", "letzten"],
        &["first", "erste", "erster", "erstes", "ersten"],
        &["second", "zweite", "zweiter", "zweites", "zweiten", "two", "zwei"],
        &["third", "dritte", "dritter", "drittes", "dritten", "three", "drei"],
        &["fourth", "vierte", "vierter", "viertes", "vierten", "four", "vier"],
        &["fifth", "fünfte", "fünfter", "fünftes", "fünften", "five", "fünf"],
        &["sixth", "sechste", "sechster", "sechstes", "sechsten", "six", "sechs"],
    ];
    words.iter().position(|known| known.contains(&word))
}

/// Seconds of a unit of time, as a noun or as an adjective: "days", "Tagen", "tägige".
pub(super) fn seconds_of(unit: &str) -> Option<f64> {
    const DAY: f64 = 86_400.0;
    let adjective = ["e", "en", "er", "es", "em", ""].iter().find_map(|ending| {
        Some(match unit.strip_suffix(ending)? {
            "sekündig" => 1.0,
            "minütig" => 60.0,
            "stündig" => 3_600.0,
            "tägig" => DAY,
            "wöchig" => 7.0 * DAY,
            "monatig" => 30.0 * DAY,
            "jährig" => 365.0 * DAY,
            _ => return None,
        })
    });
    Some(match unit {
        "s" | "sec" | "secs" | "second" | "seconds" | "sekunde" | "sekunden" | "sek" => 1.0,
        "m" | "min" | "mins" | "minute" | "minutes" | "minuten" => 60.0,
        "h" | "hr" | "hrs" | "hour" | "hours" | "stunde" | "stunden" | "std" => 3_600.0,
        "d" | "day" | "days" | "tag" | "tage" | "tagen" | "kalendertage" | "kalendertagen" => DAY,
        "w" | "wk" | "wks" | "week" | "weeks" | "woche" | "wochen" => 7.0 * DAY,
        "fortnight" | "fortnights" => 14.0 * DAY,
        "month" | "months" | "mth" | "mths" | "monat" | "monate" | "monaten" => 30.0 * DAY,
        "y" | "yr" | "yrs" | "year" | "years" | "jahr" | "jahre" | "jahren" => 365.0 * DAY,
        _ => return adjective,
    })
}

/// Bytes of a unit of size.
pub(super) fn bytes_of(unit: &str) -> Option<f64> {
    Some(match unit {
        "b" | "byte" | "bytes" => 1.0,
        "kb" | "kib" | "kilobyte" | "kilobytes" => 1_024.0,
        "mb" | "mib" | "megabyte" | "megabytes" | "mebibyte" | "mebibytes" | "meg" | "megs" => 1_048_576.0,
        "gb" | "gib" | "gigabyte" | "gigabytes" | "gibibyte" | "gibibytes" | "gig" | "gigs" | "g" => {
            1_073_741_824.0
        }
        "tb" | "tib" | "terabyte" | "terabytes" | "tebibyte" | "tebibytes" => 1_099_511_627_776.0,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_has_a_bit_of_its_own() {
        let all = ALL.iter().fold(0, |all: u32, List(bit, _)| all | bit);
        assert_eq!(all.count_ones() as usize, ALL.len());
        assert!(ALL.iter().all(|List(bit, _)| bit.is_power_of_two()));
    }
}
