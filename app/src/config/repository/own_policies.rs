//! Policies of a repository's own: the YAML and Rego files of `.github/tfpilot/policies/` on its default branch.
//!
//! What the words mean is the policy crate's business; here files become policies and problems get their lines. A file with
//! a problem is told and fails closed: what it would have asked is not known.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tfpilot_policies::language::{self, Policy, Problem};
use tfpilot_policies::rego;
use tfpilot_policies::{BrokenRule, RuleSet};

use super::policies::{Enforcement, Rego};
use super::rego_files::{self, RegoPolicies, RegoRead, is_rego};

use crate::config::document::Document;
use crate::config::suggest::{list_or, nearest};
use crate::config::{Diagnostic, Severity};

/// Where they lie in a repository.
pub const FOLDER: &str = ".github/tfpilot/policies";

/// Known words that are listed where none is near.
const LISTED: usize = 16;

/// One file as it is on the default branch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyFile {
    /// Its path in the repository.
    pub path: String,
    /// Its blob.
    pub sha: String,
    /// Its content; none when it is none that is read, such as a link or a file that is too large.
    pub text: Option<String>,
    /// What a process read in it, when it holds Rego.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rego: Option<RegoRead>,
}

/// The policies of all files.
#[derive(Debug, Clone, Default)]
pub struct OwnPolicies {
    policies: Vec<Policy>,
    rego: RegoPolicies,
    broken: Vec<BrokenRule>,
    /// Equal ones judge alike.
    digest: String,
}

impl PartialEq for OwnPolicies {
    fn eq(&self, other: &Self) -> bool {
        self.digest == other.digest
    }
}

impl OwnPolicies {
    /// Reads files, in the order of their paths; what those in Rego mean is a setting.
    pub fn read(files: &[PolicyFile], settings: &Rego) -> (Self, Vec<Diagnostic>) {
        let mut own = Self::default();
        let mut diagnostics = Vec::new();
        let shipped = tfpilot_policies::shipped::policies().iter();
        let mut taken: BTreeMap<String, String> =
            shipped.map(|policy| (policy.id.to_string(), "the shipped policies".to_owned())).collect();
        let mut digest = Sha256::new();
        for file in files {
            digest.update(serde_json::json!([file.path, file.text, file.rego]).to_string());
            if is_rego(&file.path) {
                continue;
            }
            let (policies, problems) = policies_of(file);
            if let Some(first) = problems.first() {
                own.broken.push(BrokenRule { rule: name(&file.path), why: first.to_string() });
            }
            diagnostics.extend(problems);
            for policy in policies {
                if let Some(other) = taken.insert(policy.id.to_string(), file.path.clone()) {
                    let what = format!("{} is in {} too", policy.id, name(&other));
                    let hint = "give each policy an id of its own";
                    own.broken.push(BrokenRule { rule: name(&file.path), why: format!("{what}; {hint}") });
                    diagnostics.push(whole(&file.path, what, hint));
                } else {
                    own.policies.push(policy);
                }
            }
        }
        if settings.enforcement != Enforcement::Off {
            own.add_rego(files, settings, &mut taken, &mut diagnostics);
        }
        if !files.is_empty() {
            own.digest = hex::encode(digest.finalize());
        }
        (own, diagnostics)
    }

    /// Those in Rego, and what of them cannot be asked.
    fn add_rego(
        &mut self,
        files: &[PolicyFile],
        settings: &Rego,
        taken: &mut BTreeMap<String, String>,
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        let (mut all, troubles) = rego_files::read(files, settings);
        for (rule, why, diagnostic) in troubles {
            self.broken.push(BrokenRule { rule, why });
            diagnostics.push(diagnostic);
        }
        all.policies.retain(|policy| {
            let path = &policy.source.path;
            let twice = policy.ids().find_map(|id| Some((taken.get(&id)?.clone(), id)));
            if let Some((other, id)) = twice {
                let (what, hint) =
                    (format!("{id} is in {} too", name(&other)), "give each file a name of its own");
                self.broken.push(BrokenRule { rule: path.clone(), why: format!("{what}; {hint}") });
                diagnostics.push(whole(path, what, hint));
                return false;
            }
            taken.extend(policy.ids().map(|id| (id, path.clone())));
            true
        });
        self.rego = all;
    }

    /// The policies in Rego that can be asked.
    pub fn rego(&self) -> &[rego::Policy] {
        &self.rego.policies
    }

    /// Rego files that only others use.
    pub fn libraries(&self) -> usize {
        self.rego.libraries
    }

    /// The policies that can be asked.
    pub fn policies(&self) -> &[Policy] {
        &self.policies
    }

    /// Rules with these asked beside them; what cannot be asked fails closed.
    pub(crate) fn add_to(&self, rules: RuleSet) -> RuleSet {
        let rules = rules.with_policies(self.policies.iter().cloned());
        self.broken
            .iter()
            .fold(rules, |rules, broken| rules.with_broken(broken.rule.as_str(), broken.why.as_str()))
    }

    /// Names what of them judges on a day: equal ones judge alike, and an exemption that has ended is another judgement.
    pub(crate) fn judges(&self, today: Date) -> Option<(String, usize)> {
        let ended = self.policies.iter().map(|policy| policy.ended(today)).sum();
        (!self.digest.is_empty()).then(|| (self.digest.clone(), ended))
    }
}

fn policies_of(file: &PolicyFile) -> (Vec<Policy>, Vec<Diagnostic>) {
    let Some(text) = &file.text else {
        let hint = "write a plain file of at most 64 KiB";
        return (Vec::new(), vec![whole(&file.path, "cannot be read".to_owned(), hint)]);
    };
    let document = match Document::parse(&file.path, text.as_bytes()) {
        Ok(document) => document,
        Err(diagnostic) => {
            return (Vec::new(), vec![Diagnostic { severity: Severity::Warning, ..*diagnostic }]);
        }
    };
    let (policies, problems) = language::read(document.value());
    (policies, problems.into_iter().map(|problem| diagnostic(&document, problem)).collect())
}

fn diagnostic(document: &Document, problem: Problem) -> Diagnostic {
    let Problem { path, what, hint, among } = problem;
    let hint = if among.is_empty() { hint } else { suggestion(&path, &what, &among) };
    let key = path.last().filter(|step| step.parse::<usize>().is_err());
    let what = match key {
        Some(key) if !what.starts_with(key.as_str()) => format!("{key}: {what}"),
        _ => what,
    };
    Diagnostic { severity: Severity::Warning, ..document.diagnostic(&path, what, hint) }
}

/// The word that was probably meant, or all that are known.
fn suggestion(path: &[String], what: &str, among: &[&'static str]) -> String {
    let written = what.split_once(" is ").map_or(what, |(word, _)| word);
    let last = path.last().map_or("", String::as_str);
    match nearest(written, among.iter().copied()).or_else(|| nearest(last, among.iter().copied())) {
        Some(word) if word != last => format!("write {word}"),
        _ => format!("write {}", list_or(among.iter().copied().take(LISTED))),
    }
}

fn whole(path: &str, what: String, hint: &str) -> Diagnostic {
    let severity = Severity::Warning;
    Diagnostic { file: path.to_owned(), line: 0, column: 0, what, hint: hint.to_owned(), severity }
}

/// How people call a file of the folder.
pub(crate) fn name(path: &str) -> String {
    path.strip_prefix(".github/tfpilot/").unwrap_or(path).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, text: &str) -> PolicyFile {
        PolicyFile {
            path: format!("{FOLDER}/{name}"),
            sha: String::new(),
            text: Some(text.to_owned()),
            rego: None,
        }
    }

    fn told(files: &[PolicyFile]) -> Vec<String> {
        OwnPolicies::read(files, &Rego::default()).1.iter().map(ToString::to_string).collect()
    }

    const GOOD: &str =
        "version: 1\npolicies:\n  - id: no-queues\n    match: {types: [aws_sqs_queue]}\n    assert: false\n";

    #[test]
    fn what_is_wrong_is_told_with_line_and_suggestion() {
        let text = GOOD
            .replace("match", "mach")
            .replace("assert: false", "assert:\n      {attr: name, op: equals, value: x}");
        insta::assert_snapshot!(told(&[file("a.yml", &text)]).join("\n"), @r"
        a.yml:4:5 mach is not known here | write match
        a.yml:3:5 match: what it is asked of is missing | write match: {kind: resource, types: [aws_s3_bucket]}
        a.yml:6:20 op: equals is not known here | write exists, changed, eq, ne, in, not_in, matches, not_matches, gt, gte, lt, lte, contains, subset_of or cidr_in
        ");
    }

    #[test]
    fn an_id_is_there_once_in_all_files_and_a_broken_file_fails_closed() {
        let files = [file("a.yml", GOOD), file("b.yml", GOOD), file("c.yml", "version: [")];
        let (own, diagnostics) = OwnPolicies::read(&files, &Rego::default());
        assert_eq!((own.policies.len(), own.broken.len(), diagnostics.len()), (1, 2, 2));
        insta::assert_snapshot!(own.broken[0].why, @"no-queues is in policies/a.yml too; give each policy an id of its own");
        let (same, _) = OwnPolicies::read(&files, &Rego::default());
        assert_eq!(own, same);
        assert_ne!(own, OwnPolicies::read(&files[..1], &Rego::default()).0);
    }

    #[test]
    fn the_example_of_the_documentation_is_read_and_fits_the_schema_for_editors() {
        let example = include_str!("../../../../docs/policies.example.yml");
        assert_eq!(told(&[file("a.yml", example)]), [""; 0]);
        let schema = language::schema();
        let validator = jsonschema::validator_for(&schema).expect("a schema");
        let value: serde_json::Value = serde_yaml::from_str(example).expect("it is YAML");
        let wrong: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
        assert_eq!(wrong, [""; 0]);
        let other: serde_json::Value =
            serde_yaml::from_str(&GOOD.replace("match", "mach")).expect("it is YAML");
        assert!(!validator.is_valid(&other));
    }

    #[test]
    fn an_exemption_that_ended_is_another_judgement() {
        let text = format!("{GOOD}    exempt: [{{address: '**', reason: x, expires: 2026-11-30}}]\n");
        let (own, diagnostics) = OwnPolicies::read(&[file("a.yml", &text)], &Rego::default());
        assert_eq!(diagnostics, []);
        let on = |day: &str| own.judges(day.parse().expect("a day")).expect("there is a file").1;
        assert_eq!((on("2026-11-30"), on("2026-12-01")), (0, 1));
    }
}
