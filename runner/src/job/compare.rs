//! What a plan was made under against what an apply would run under: every line that differs is a reason not
//! to apply.

use std::collections::BTreeMap;

use tfpilot_protocol::{Job, Manifest};

/// The world of the apply.
pub(crate) struct World<'a> {
    pub(crate) job: &'a Job,
    pub(crate) plan_digest: &'a str,
    pub(crate) terraform_version: &'a str,
    pub(crate) argv: &'a [String],
    pub(crate) environment: BTreeMap<String, String>,
    pub(crate) account: Option<&'a str>,
}

/// Every difference, as a sentence. The head is not compared: a later one with the same inputs digest is the
/// same code, and that digest is.
pub(crate) fn differences(manifest: &Manifest, world: &World<'_>) -> Vec<String> {
    let mut found = Vec::new();
    let mut line = |what: &str, planned: &str, now: &str| {
        if planned != now {
            found.push(format!("{what} was {planned} when planned and is {now} now"));
        }
    };
    line("protocol", &manifest.protocol.to_string(), &world.job.protocol.to_string());
    line("stack", &manifest.stack, &world.job.stack);
    line("inputs digest", &manifest.inputs_digest, &world.job.inputs_digest);
    line("plan digest", &manifest.plan_digest, world.plan_digest);
    line("Terraform", &manifest.terraform_version, world.terraform_version);
    line("terraform's arguments", &manifest.argv.join(" "), &world.argv.join(" "));
    line(
        "cloud account",
        manifest.account.as_deref().unwrap_or("unknown"),
        world.account.unwrap_or("unknown"),
    );
    let names: std::collections::BTreeSet<&String> =
        manifest.environment.keys().chain(world.environment.keys()).collect();
    for name in names {
        let value = |map: &BTreeMap<String, String>| map.get(name).map_or("not set".to_owned(), Clone::clone);
        line(name, &value(&manifest.environment), &value(&world.environment));
    }
    found
}
