//! What a secret looks like, whoever wrote it: token formats.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use regex::Regex;
use serde_json::Value;

use super::names::{is_secret_name, is_secret_pair};

/// One alternative per format. ASCII classes only. `\b` keeps long hashes from containing a "token" by chance.
const TOKENS: &[&str] = &[
    // AWS access key ids, secret keys beside their name, session tokens
    r"\b(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}\b",
    r#"(?i:secret_?(?:access_?)?key)[\\"']*\s*[:=]\s*[\\"']*[A-Za-z0-9/+]{40}"#,
    r"\b(?:FwoGZXIvYXdz|IQoJb3JpZ2lu)[A-Za-z0-9/+=]{40,}",
    // private keys, also with \n written out; without an end everything that follows goes
    r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----(?s:.*?)(?:-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|$)",
    r"\bLS0tLS1CRUdJTi[A-Za-z0-9+/=_-]{20,}",
    r"\bAGE-SECRET-KEY-1[0-9A-Z]{20,}",
    // GitHub, GitLab
    r"\bgh[pousr]_[A-Za-z0-9]{30,}",
    r"\bgithub_pat_[A-Za-z0-9_]{40,}",
    r"\bv1\.[0-9a-f]{40}\b",
    r"\bgl(?:pat|dt|rt|soat|cbt|ptt|ft|imt|agent)-[A-Za-z0-9_-]{20,}",
    // JWT
    r"\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*",
    // Slack
    r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}",
    r"\bxapp-[0-9]-[A-Za-z0-9-]{10,}",
    r"hooks\.slack\.com/(?:services|workflows)/[A-Za-z0-9/_-]{20,}",
    // Discord, Teams, Telegram
    r"discord(?:app)?\.com/api/webhooks/[0-9]+/[A-Za-z0-9_-]{20,}",
    r"webhook\.office\.com/webhookb2/[A-Za-z0-9@/-]{20,}",
    r"\b[0-9]{8,10}:AA[A-Za-z0-9_-]{33}",
    // Google, Azure
    r"\bAIza[0-9A-Za-z_-]{35}",
    r"\bya29\.[0-9A-Za-z_-]{20,}",
    r"\bGOCSPX-[A-Za-z0-9_-]{20,}",
    r"(?i:AccountKey|SharedAccessKey|SharedAccessSignature)=[A-Za-z0-9+/=%&]{20,}",
    r"[?&]sig=[A-Za-z0-9+/%]{40,}",
    // Stripe, SendGrid, Twilio, npm, PyPI, DigitalOcean, Databricks, New Relic, Hugging Face, OpenAI, Anthropic
    r"\b(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,}",
    r"\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}",
    r"\bSK[0-9a-f]{32}\b",
    r"\bnpm_[A-Za-z0-9]{36}",
    r"\bpypi-AgE[A-Za-z0-9_-]{40,}",
    r"\bdo[opr]_v1_[0-9a-f]{64}",
    r"\bdapi[0-9a-f]{32}",
    r"\bNRAK-[A-Z0-9]{27}",
    r"\bhf_[A-Za-z0-9]{30,}",
    r"\bsk-[A-Za-z0-9_-]{24,}",
    // Docker, Grafana, Shopify, Supabase, Linear, Sentry, PlanetScale, Tailscale, Pulumi, Atlassian
    r"\b(?:dckr_[po]at|glsa|glc|shp(?:at|ss|ca|pa)|sbp|lin_api|sntrys|pscale_(?:tkn|pw))_[A-Za-z0-9_=+/.-]{20,}",
    r"\btskey-[a-z]+-[A-Za-z0-9-]{20,}",
    r"\bpul-[0-9a-f]{40}",
    r"\bATATT3[A-Za-z0-9_=-]{60,}",
    // Vault, HCP Terraform
    r"\bhv[sbr]\.[A-Za-z0-9_-]{20,}",
    r"\b[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{40,}",
    // passwords in URLs and connection strings
    r#"\b[A-Za-z][A-Za-z0-9+.-]*://[^\s:/@"'<>]*:[^\s/@"'<>]+@"#,
    r#"(?i:\b[a-z0-9_]*(?:password|passwd|pwd)=)[^;&\s"'(]{3,}"#,
    // the same in quotes, unless the shell puts something there
    r#"(?i:\b[a-z0-9_]*(?:password|passwd|pwd)=)\\?["'](?:\$[^\s(){A-Za-z_"']|[^\s"'($<])[^"'\r\n]{2,}"#,
    // headers
    r#"(?i:authorization[\\"']*\s*[:=]\s*[\\"']*(?:basic|token)\s+|\bbearer\s+)[A-Za-z0-9._~+/=-]{16,}"#,
];

static TOKEN: LazyLock<Regex> = LazyLock::new(|| {
    let any = TOKENS.iter().map(|token| format!("(?:{})", ascii(token))).collect::<Vec<_>>().join("|");
    Regex::new(&any).expect("the table of tokens is a valid expression")
});

/// Shorter runs of Base64 cannot hold a token.
const MIN_BASE64: usize = 24;

/// Bytes of the shortest tokens: `pwd=abc`, `a://:b@`.
const MIN_TOKEN: usize = 7;

/// Bytes of the shortest one that has neither `=` nor `@`: Slack's `xoxb-` with ten characters.
const MIN_PLAIN_TOKEN: usize = 15;

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);

/// The Unicode tables are left out of the build, so classes, borders and cases are said to be ASCII.
fn ascii(pattern: &str) -> String {
    pattern
        .replace("(?i:", "(?i-u:")
        .replace(r"\b", r"(?-u:\b)")
        .replace(r"[^\s", r"[^ \t\r\n")
        .replace(r";&\s", r";& \t\r\n")
        .replace(r"\s", r"[ \t\r\n]")
}

/// Byte ranges of everything in a text that has the shape of a token, in order.
pub(super) fn tokens(text: &str) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = TOKEN.find_iter(text).map(|hit| (hit.start(), hit.end())).collect();
    let encoded = base64_runs(text).filter(|(start, end)| holds_token(text.get(*start..*end)));
    found.extend(encoded);
    found
}

/// Whether a text holds a token.
pub(super) fn has_token(text: &str) -> bool {
    // Most texts of a plan are too short.
    if text.len() < MIN_TOKEN || (text.len() < MIN_PLAIN_TOKEN && !text.contains(['=', '@'])) {
        return false;
    }
    TOKEN.is_match(text) || base64_runs(text).any(|(start, end)| holds_token(text.get(start..end)))
}

/// Byte ranges of the runs of Base64 that are long enough, with up to two `=` at their ends.
fn base64_runs(text: &str) -> impl Iterator<Item = (usize, usize)> {
    let bytes = text.as_bytes();
    let length = |from: usize, is_of: fn(u8) -> bool| {
        bytes.get(from..).unwrap_or_default().iter().take_while(|byte| is_of(**byte)).count()
    };
    let mut from = 0;
    std::iter::from_fn(move || {
        while from + MIN_BASE64 <= bytes.len() {
            let start = from + length(from, |byte| !is_base64(byte));
            let run = length(start, is_base64);
            let end = start + run;
            from = end + 1;
            if run >= MIN_BASE64 {
                return Some((start, end + length(end, |byte| byte == b'=').min(2)));
            }
        }
        None
    })
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'_' | b'-')
}

/// Whether a run of Base64 holds a token.
fn holds_token(run: Option<&str>) -> bool {
    run.and_then(decoded).is_some_and(|inner| TOKEN.is_match(&inner))
}

fn decoded(run: &str) -> Option<String> {
    let alphabet = if run.contains(['-', '_']) { &alphabet::URL_SAFE } else { &alphabet::STANDARD };
    // A run whose length is 1 modulo 4 has a stray character at its end.
    let run = run.trim_end_matches('=');
    let run = if run.len() % 4 == 1 { run.get(..run.len() - 1)? } else { run };
    String::from_utf8(GeneralPurpose::new(alphabet, LENIENT).decode(run).ok()?).ok()
}

/// Every text of a removed value that must not appear elsewhere.
pub(super) fn texts_of_secret(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::String(text) => {
            into.push(text.clone());
            into.extend(secrets_in_json(text));
        }
        Value::Number(number) => into.push(number.to_string()),
        Value::Array(items) => items.iter().for_each(|item| texts_of_secret(item, into)),
        Value::Object(map) => map.values().for_each(|item| texts_of_secret(item, into)),
        Value::Null | Value::Bool(_) => {}
    }
}

/// A secret that is itself a JSON document is known in parts as well: `{"password": …}`.
fn secrets_in_json(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    if text.trim_start().starts_with(['{', '['])
        && let Ok(value) = serde_json::from_str::<Value>(text)
    {
        named_secrets(&value, false, &mut found);
    }
    found
}

fn named_secrets(value: &Value, secret: bool, found: &mut Vec<String>) {
    match value {
        Value::String(text) if secret => found.push(text.clone()),
        Value::Number(number) if secret => found.push(number.to_string()),
        Value::Array(items) => items.iter().for_each(|item| named_secrets(item, secret, found)),
        Value::Object(map) => {
            let pair = is_secret_pair(map);
            map.iter().for_each(|(name, item)| {
                named_secrets(item, secret || is_secret_name(name) || (pair && name == "value"), found);
            });
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// So many of these characters, over and over: all that a format allows, so that each of them counts. Built at run time, so
    /// that no scanner takes this file for a leak.
    fn of(characters: &str, length: usize) -> String {
        characters.chars().cycle().take(length).collect()
    }

    /// Letters and digits.
    fn long(length: usize) -> String {
        of("aB3zZ9", length)
    }

    /// Those of URLs and file names.
    fn safe(length: usize) -> String {
        of("aB3_Z-9z", length)
    }

    fn hex(length: usize) -> String {
        of("0a9f", length)
    }

    fn upper(length: usize) -> String {
        of("A3Z9", length)
    }

    #[track_caller]
    fn check(text: &str, expect: bool) {
        assert_eq!(has_token(text), expect, "{text}");
        assert_eq!(!tokens(text).is_empty(), expect, "{text}");
        let encoded = base64::engine::general_purpose::STANDARD.encode(text);
        assert_eq!(has_token(&encoded), expect, "Base64 of {text}");
        assert_eq!(!tokens(&encoded).is_empty(), expect, "Base64 of {text}");
    }

    /// Each way to begin a token, with the shortest rest that makes it one.
    #[track_caller]
    fn check_each(beginnings: &[&str], rest: &str) {
        beginnings.iter().for_each(|beginning| check(&format!("{beginning}{rest}"), true));
    }

    #[test]
    fn tokens_of_clouds() {
        check_each(&["id AKIA", "ASIA", "ABIA", "ACCA"], &upper(16));
        check_each(
            &[
                "secret_key=",
                "aws_secret_access_key = ",
                "'SecretAccessKey': '",
                "SECRETKEY\": \"",
                r#"secret_key\":\""#,
            ],
            &of("aB3/Z+z9", 40),
        );
        check_each(&["FwoGZXIvYXdz", "IQoJb3JpZ2lu"], &of("aB3/+=", 40));
        check_each(&["AIza"], &safe(35));
        check_each(&["ya29.", "GOCSPX-"], &safe(20));
        check_each(
            &["AccountKey=", "a;SharedAccessKey=", "SharedAccessSignature=", "accountkey="],
            &of("aB3+/=%&", 20),
        );
        check_each(&["https://a.blob.core.windows.net/c?sv=1&sig=", "?sig="], &of("aB3+/%", 40));
        check_each(&["doo_v1_", "dop_v1_", "dor_v1_"], &hex(64));
    }

    #[test]
    fn private_keys() {
        for kind in ["", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED ", "ED25519 "] {
            check(&format!("-----BEGIN {kind}PRIVATE KEY-----\nMIIE\n-----END {kind}PRIVATE KEY-----"), true);
        }
        check("-----BEGIN PGP PRIVATE KEY BLOCK-----\nlQ\n-----END PGP PRIVATE KEY BLOCK-----", true);
        check(r"-----BEGIN PRIVATE KEY-----\nMIIE and no end", true);
        check_each(&["AGE-SECRET-KEY-1"], &upper(20));
        // The first line of a Base64 that has several: the name of the key ends in the next one.
        check_each(&["LS0tLS1CRUdJTi"], &of("aB3+/=_-", 20));
    }

    #[test]
    fn of_a_private_key_all_goes_and_nothing_else() {
        for kind in ["RSA PRIVATE KEY", "ED25519 PRIVATE KEY", "PGP PRIVATE KEY BLOCK"] {
            let key = format!("-----BEGIN {kind}-----\na\nb\n-----END {kind}-----");
            assert_eq!(tokens(&format!("<{key}>")), [(1, 1 + key.len())], "{kind}");
        }
        let open = "-----BEGIN PRIVATE KEY-----\na\nb";
        assert_eq!(tokens(open), [(0, open.len())]);
    }

    #[test]
    fn tokens_of_forges_and_registries() {
        check_each(&["ghp_", "gho_", "ghu_", "ghs_", "ghr_"], &long(30));
        check_each(&["github_pat_"], &of("aB3_", 40));
        check_each(&["v1."], &hex(40));
        for kind in ["pat", "dt", "rt", "soat", "cbt", "ptt", "ft", "imt", "agent"] {
            check_each(&[&format!("gl{kind}-")], &safe(20));
        }
        check_each(&["npm_"], &long(36));
        check_each(&["pypi-AgE"], &safe(40));
        check_each(&["dckr_pat_", "dckr_oat_"], &of("aB3_=+/.-", 20));
    }

    #[test]
    fn tokens_of_other_services() {
        check_each(&["eyJ", "Cookie: eyJ"], &format!("{}.eyJ{}.", safe(8), safe(8)));
        for kind in "abeoprs".chars() {
            check_each(&[&format!("token xox{kind}-")], &of("aB3-", 10));
        }
        check_each(&["app xapp-1-"], &of("aB3-", 10));
        check_each(&["hooks.slack.com/services/", "https://hooks.slack.com/workflows/"], &of("aB3/_-", 20));
        check_each(&["https://discord.com/api/webhooks/1/", "discordapp.com/api/webhooks/12/"], &safe(20));
        check_each(&["https://acme.webhook.office.com/webhookb2/"], &of("aB3@/-", 20));
        check_each(&["12345678:AA", "1234567890:AA"], &safe(33));
        check_each(&["sk_live_", "sk_test_", "rk_live_", "rk_test_"], &long(16));
        check_each(&["SG."], &format!("{}.{}", safe(16), safe(16)));
        check_each(&["SK", "dapi"], &hex(32));
        check_each(&["NRAK-"], &upper(27));
        check_each(&["hf_"], &long(30));
        check_each(&["sk-", "sk-proj-", "sk-ant-api03-"], &safe(24));
        check_each(&["hvs.", "hvb.", "hvr."], &safe(20));
        check_each(&[&format!("{}.atlasv1.", long(14))], &safe(40));
        check_each(&["glsa_", "glc_", "shpat_", "shpss_", "shpca_", "shppa_"], &of("aB3_=+/.-", 20));
        check_each(&["sbp_", "lin_api_", "sntrys_", "pscale_tkn_", "pscale_pw_"], &long(20));
        check_each(&["tskey-auth-"], &of("aB3-", 20));
        check_each(&["pul-"], &hex(40));
        check_each(&["ATATT3"], &of("aB3_=-", 60));
    }

    /// The signature of a JWT, the scheme of a URL, the name of what is set.
    #[test]
    fn what_is_around_a_secret_goes_with_it() {
        for token in [
            format!("eyJ{}.eyJ{}.{}", safe(8), safe(8), safe(40)),
            "B2.c-D+z://app:hunter2@".to_owned(),
            "AMQP://app:hunter2@".to_owned(),
            "My_DB2_PASSWORD=hunter2".to_owned(),
        ] {
            assert_eq!(tokens(&format!(" {token} ")).first(), Some(&(1, 1 + token.len())), "{token}");
        }
    }

    #[test]
    fn logins_in_texts() {
        for text in [
            "postgres://app:hunter2@db.internal:5432/app",
            "redis://:hunter2@cache.internal",
            "a+://app:hunter2@host",
            "Server=db;User Id=app;Password=hunter2;",
            "the database has passwd=hunter2",
            "jdbc:x://db.internal/a?user=b&PWD=abc",
            "export DB_PASSWORD=hunter2",
            "export DB_PASSWORD=\"hunter 2\"",
            "dbPassword=\"$1xyz\"",
            "MySQL1Passwd='abc'",
            r#"["run", "--pwd=\"abc\""]"#,
        ] {
            check(text, true);
        }
        check_each(
            &[
                "Authorization: Bearer ",
                "AUTHORIZATION=BASIC ",
                r#"{"authorization": "token "#,
                "{'authorization': 'token ",
                r#"{\"authorization\":\"basic "#,
                "curl -H 'bearer ",
            ],
            &of("aB3._~+/=-", 16),
        );
    }

    #[test]
    fn ordinary_values_are_no_tokens() {
        for text in [
            "arn:aws:iam::123456789012:role/deploy",
            "https://github.com/acme/modules?ref=v1.2.0",
            "postgres://app@db.internal/app",
            "acme-invoices",
            "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "password = (sensitive value)",
            "password=\"(sensitive value)\"",
            "DB_PASSWORD=\"$(get-secret db)\" PASSWORD='${db}' pwd=\"$HOME\"",
            "subnet-0a1b2c3d4e5f6a7b8",
            "sk-learn",
            "",
        ] {
            check(text, false);
        }
    }

    #[test]
    fn every_token_of_a_text_is_found() {
        let token = format!("ghp_{}", long(30));
        assert_eq!(tokens(&format!("{token} {token}")).len(), 2);
    }

    /// Base64 may be cut off, have a character too many, or be that of URLs.
    #[test]
    fn base64_of_every_kind() {
        let text = format!("ghp_{} ~~~???>>>~~~", long(30));
        let standard = base64::engine::general_purpose::STANDARD.encode(&text);
        let url_safe = base64::engine::general_purpose::URL_SAFE.encode(&text);
        assert!(standard.contains(['+', '/']) && url_safe.contains(['-', '_']));
        for encoded in [standard, url_safe] {
            for length in encoded.len() - 9..=encoded.len() {
                assert!(has_token(&encoded[..length]), "{} of {}", length, encoded.len());
            }
        }
    }

    /// What is too short to be looked at must not be a token.
    #[test]
    fn the_shortest_tokens_are_found() {
        for text in ["pwd=abc", "a://:b@", "xoxb-0123456789"] {
            assert!(has_token(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_not_looked_at_is_no_token(text in "[a-dpwxoSK0-9:/@=. -]{0,14}|(pwd|passwd|a://:|xoxb-|sk-|v1.)[a-f0-9=@:]{0,9}") {
            if TOKEN.is_match(&text) {
                prop_assert!(has_token(&text));
            }
        }

        #[test]
        fn runs_are_those_of_the_expression(text in "([A-Za-z0-9+/_-]{20,30}|=|[.: ]){0,9}") {
            let expression = Regex::new("[A-Za-z0-9+/_-]{24,}={0,2}").expect("a valid expression");
            let expect: Vec<_> = expression.find_iter(&text).map(|run| (run.start(), run.end())).collect();
            prop_assert_eq!(base64_runs(&text).collect::<Vec<_>>(), expect);
        }
    }

    #[test]
    fn a_secret_document_is_known_in_parts() {
        let parts = secrets_in_json(r#"{"user":"app","db":{"password":"hunter2"},"api_key":[1234567]}"#);
        assert_eq!(parts, ["1234567", "hunter2"]);
        let parts =
            secrets_in_json(r#"[{"name":"DB_PASSWORD","value":"hunter2"},{"name":"MODE","value":"dev"}]"#);
        assert_eq!(parts, ["hunter2"]);
        assert!(secrets_in_json("{not json").is_empty());
    }
}
