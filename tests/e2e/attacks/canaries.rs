//! Canaries: values that nobody may ever see, and a stack that has them in every shape secrets come in.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

/// Canaries by the shape they stand in.
#[derive(Default)]
pub(super) struct Canaries {
    made: BTreeMap<String, String>,
}

/// How a sensitive value may be put into another one that is not marked: (name, expression around `var.X`).
const DRESSINGS: [(&str, &str); 12] = [
    ("as it is", "X"),
    ("unmarked", "nonsensitive(X)"),
    ("inside of a text", "nonsensitive(\"before ${X} after\")"),
    ("in base64", "nonsensitive(base64encode(X))"),
    ("in user data", "nonsensitive(base64encode(\"#!/bin/sh\\nexport PASSWORD=${X}\\n\"))"),
    ("as a basic login", "nonsensitive(\"Basic ${base64encode(\"user:${X}\")}\")"),
    ("in JSON", "nonsensitive(jsonencode({ deep = { er = [X] } }))"),
    ("in YAML", "nonsensitive(yamlencode({ deep = X }))"),
    ("in a URL", "nonsensitive(\"https://example.com/?q=${urlencode(X)}\")"),
    ("in a list", "jsondecode(nonsensitive(jsonencode([\"a\", X])))"),
    ("in nested maps", "jsondecode(nonsensitive(jsonencode({ a = { b = { c = X } } })))"),
    ("as a key of a map", "jsondecode(nonsensitive(jsonencode({ (X) = \"value\" })))"),
];

/// Names that tell a secret by themselves.
const NAMES: [&str; 16] = [
    "password",
    "DB_PASSWORD",
    "db-passwd",
    "passphrase",
    "client_secret",
    "secret_key",
    "AWS_SECRET_ACCESS_KEY",
    "private_key",
    "api_key",
    "apikey",
    "auth_token",
    "github_token",
    "credentials",
    "connection_string",
    "encryption_key",
    "account_key",
];

impl Canaries {
    /// A new one. It looks like nothing but itself.
    pub(super) fn make(&mut self, shape: impl Into<String>) -> String {
        let shape = shape.into();
        let canary = format!("zq{}", &hex::encode(Sha256::digest(format!("canary of {shape}")))[..22]);
        assert!(self.made.insert(shape, canary.clone()).is_none(), "two canaries of one shape");
        canary
    }

    /// What a token of a known format consists of, where it is the token as a whole that is secret.
    fn keep(&mut self, shape: &str, token: String) -> String {
        self.made.insert(shape.to_owned(), token.clone());
        token
    }

    pub(super) fn count(&self) -> usize {
        self.made.len()
    }

    /// The shapes whose canary can be read in these bytes: as it is, or in base64 at any offset.
    pub(super) fn seen_in(&self, bytes: &[u8]) -> Vec<String> {
        let text = String::from_utf8_lossy(bytes);
        let seen = |canary: &&String| forms(canary).iter().any(|form| text.contains(form.as_str()));
        self.made.iter().filter(|(_, canary)| seen(canary)).map(|(shape, _)| shape.clone()).collect()
    }
}

/// A text, and what of it is the same in base64 wherever it begins there.
fn forms(text: &str) -> Vec<String> {
    let mut forms = vec![text.to_owned()];
    for before in ["", "x", "xx"] {
        let long = format!("{before}{text}");
        for coded in [STANDARD.encode(&long), URL_SAFE_NO_PAD.encode(&long)] {
            let whole: String = coded.trim_end_matches('=').to_owned();
            forms.push(whole.get(4..whole.len().saturating_sub(3)).unwrap_or_default().to_owned());
        }
    }
    forms
}

/// A stack of canaries: its files by their name. `round` tells one set of them from another.
pub(super) fn stack(canaries: &mut Canaries, round: &str) -> BTreeMap<String, String> {
    let (mut main, mut values, mut auto) = (String::new(), String::new(), serde_json::Map::new());
    for origin in ["default", "tfvars", "auto.tfvars.json"] {
        for (which, (dressing, expression)) in DRESSINGS.iter().enumerate() {
            let mut canary = canaries.make(format!("{round}: variable from {origin}, {dressing}"));
            if dressing.contains("key") {
                // A key that could be an attribute's name is kept: no secret may be chosen to hide an attribute.
                canary = canaries
                    .keep(&format!("{round}: variable from {origin}, {dressing}"), format!("{canary}+!"));
            }
            let name = format!("v_{}_{which}", origin.replace('.', "_"));
            let default =
                if origin == "default" { format!("  default = \"{canary}\"\n") } else { String::new() };
            main += &format!("variable \"{name}\" {{\n  type = string\n  sensitive = true\n{default}}}\n");
            match origin {
                "tfvars" => values += &format!("{name} = \"{canary}\"\n"),
                "auto.tfvars.json" => drop(auto.insert(name.clone(), canary.into())),
                _ => {}
            }
            let expression = expression.replace('X', &format!("var.{name}"));
            main += &format!("resource \"terraform_data\" \"{name}\" {{\n  input = {expression}\n}}\n");
            let marked = if *dressing == "as it is" { "  sensitive = true\n" } else { "" };
            main += &format!("output \"o_{name}\" {{\n  value = {expression}\n{marked}}}\n");
            if origin == "default" && which % 2 == 0 {
                main += &format!(
                    "resource \"terraform_data\" \"t_{name}\" {{\n  triggers_replace = {expression}\n}}\n"
                );
            }
        }
    }
    main += &nested(canaries, round, &mut values);
    main += &named(canaries, round);
    main += &tokens(canaries, round);
    main += &said(canaries, round);
    BTreeMap::from([
        ("main.tf".to_owned(), main),
        ("terraform.tfvars".to_owned(), values),
        ("more.auto.tfvars.json".to_owned(), serde_json::Value::Object(auto).to_string()),
    ])
}

/// Sensitive objects and lists of several levels, used in parts and as a whole; and in a module of the stack's own.
fn nested(canaries: &mut Canaries, round: &str, values: &mut String) -> String {
    let leaf = |canaries: &mut Canaries, at: &str| canaries.make(format!("{round}: nested variable at {at}"));
    let mut members = String::new();
    for outer in 0..6 {
        let inner: Vec<String> = (0..3)
            .map(|inner| format!("k{inner} = \"{}\"", leaf(canaries, &format!("{outer}.{inner}"))))
            .collect();
        members += &format!("  m{outer} = {{ {} }}\n", inner.join(", "));
    }
    *values += &format!("deep = {{\n{members}}}\n");
    let list: Vec<String> =
        (0..6).map(|at| format!("\"{}\"", leaf(canaries, &format!("list.{at}")))).collect();
    *values += &format!("flat = [{}]\n", list.join(", "));
    "variable \"deep\" {\n  type = map(map(string))\n  sensitive = true\n}\n\
     variable \"flat\" {\n  type = list(string)\n  sensitive = true\n}\n\
     locals {\n  joined = join(\"-\", var.flat)\n  of_deep = { for name, inner in var.deep : name => merge(inner, { more = \"x\" }) }\n}\n\
     resource \"terraform_data\" \"whole\" {\n  input = { deep = var.deep, flat = var.flat, of = local.of_deep }\n}\n\
     resource \"terraform_data\" \"part\" {\n  input = jsondecode(nonsensitive(jsonencode([var.deep.m0.k0, var.deep[\"m1\"][\"k1\"], var.flat[2], local.joined])))\n}\n\
     resource \"terraform_data\" \"each\" {\n  for_each = toset([\"m2\", \"m3\"])\n  input    = jsondecode(nonsensitive(jsonencode(values(var.deep[each.key]))))\n}\n\
     output \"part\" {\n  value = jsondecode(nonsensitive(jsonencode({ a = var.deep.m4, b = slice(var.flat, 3, 5) })))\n}\n"
        .to_owned()
}

/// Values without any mark, under names that say what they are; in maps, lists of maps and variables.
fn named(canaries: &mut Canaries, round: &str) -> String {
    let (mut members, mut text) = (String::new(), String::new());
    for (which, name) in NAMES.iter().enumerate() {
        members +=
            &format!("    \"{name}\" = \"{}\"\n", canaries.make(format!("{round}: under the name {name}")));
        let canary = canaries.make(format!("{round}: variable named {name}"));
        let variable = format!("x{which}_{}", name.to_lowercase().replace('-', "_"));
        text += &format!("variable \"{variable}\" {{\n  default = \"{canary}\"\n}}\n");
        text += &format!(
            "resource \"terraform_data\" \"{variable}\" {{\n  input = \"it is ${{var.{variable}}}\"\n}}\n"
        );
    }
    format!(
        "{text}resource \"terraform_data\" \"names\" {{\n  input = {{\n{members}    environment = [{{\n{}    }}]\n  }}\n}}\n",
        members.replace("    \"", "    \"APP_").lines().map(|line| format!("{line}\n")).collect::<String>()
    )
}

/// Tokens whose format tells what they are, without a mark and without a name.
fn tokens(canaries: &mut Canaries, round: &str) -> String {
    let random = |of: &str| hex::encode(Sha256::digest(format!("{round} {of}")));
    let upper = |of: &str| random(of).to_uppercase();
    let made = [
        ("AWS key id", format!("AKIA{}", &upper("aws")[..16])),
        ("GitHub token", format!("ghp_{}", &random("gh")[..36])),
        ("GitLab token", format!("glpat-{}", &random("gl")[..24])),
        ("Slack token", format!("xoxb-{}", &random("slack")[..40])),
        ("Stripe key", format!("sk_live_{}", &random("stripe")[..24])),
        ("npm token", format!("npm_{}", &random("npm")[..36])),
        ("Vault token", format!("hvs.{}", &random("vault")[..30])),
        ("Google key", format!("AIza{}", &random("google")[..35])),
        ("database login", format!("postgres://app:{}@db.example.com/app", &random("pg")[..20])),
        ("password of a connection", format!("Server=db;User=app;Password={};", &random("sql")[..20])),
        ("bearer header", format!("Authorization: Bearer {}", &random("bearer")[..40])),
        ("JWT", format!("eyJhbGciOiJIUzI1NiJ9.eyJ{}.{}", &random("jwt")[..30], &random("sig")[..40])),
        (
            "private key",
            format!("-----BEGIN RSA PRIVATE KEY-----\\n{}\\n-----END RSA PRIVATE KEY-----", random("pem")),
        ),
    ];
    let mut text = String::new();
    for (which, (shape, token)) in made.into_iter().enumerate() {
        // What must not be seen is the random part, whatever of the format around it is.
        let core = random_part(&token);
        canaries.keep(&format!("{round}: {shape}"), core);
        text += &format!(
            "resource \"terraform_data\" \"token_{which}\" {{\n  input = {{ note = \"{token}\", coded = base64encode(\"{token}\") }}\n}}\n"
        );
        text += &format!("output \"token_{which}\" {{\n  value = \"see {token}\"\n}}\n");
    }
    text
}

/// The longest run of letters and digits.
fn random_part(token: &str) -> String {
    let runs = token.split(|letter: char| !letter.is_ascii_alphanumeric());
    runs.max_by_key(|run| run.len()).unwrap_or_default().to_owned()
}

/// What Terraform itself is made to say: warnings of checks.
fn said(canaries: &mut Canaries, round: &str) -> String {
    let canary = canaries.make(format!("{round}: message of a check"));
    format!(
        "variable \"told\" {{\n  type = string\n  sensitive = true\n  default = \"{canary}\"\n}}\n\
         check \"told\" {{\n  assert {{\n    condition     = nonsensitive(var.told) == \"\"\n    error_message = \"It is ${{nonsensitive(var.told)}}.\"\n  }}\n}}\n"
    )
}
