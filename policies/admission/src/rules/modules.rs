//! `admission/module-source`, `admission/module-pin`: where modules come from. Local ones must lie in the repository, remote
//! ones must be a commit that nobody can move, and the address carries nothing else.

use crate::finding::{Findings, Say, code};
use crate::subject::Subject;
use tfpilot_hcl::{Address, Call, Git, Instance, Unresolved, resolve};

/// The rule's name for where a module comes from.
pub const SOURCE: &str = "module-source";
/// The rule's name for what could become another module later.
pub const PIN: &str = "module-pin";

pub(crate) fn judge(subject: &Subject<'_>, findings: &mut Findings) {
    for instance in &subject.graph.instances {
        for call in &instance.module.calls {
            if let Some(say) = call_says(subject, instance, call) {
                findings.add(&call.place, say);
            }
        }
    }
}

fn call_says(subject: &Subject<'_>, caller: &Instance, call: &Call) -> Option<Say<'static>> {
    let say = |rule: &'static str, what: String, why: &'static str, next: &'static str| {
        Some(Say { rule, what, why, next })
    };
    let shown = call.address.as_ref().map_or_else(|| code("source"), |address| code(&address.to_string()));
    match &call.address {
        None => return say(SOURCE, shown, "it is missing or computed", "write it as plain text"),
        Some(Address::Git(git)) => {
            if let Some(why) = strange(git) {
                return say(SOURCE, shown, why, "write `git::https://HOST/PATH?ref=COMMIT` and nothing else");
            }
            if !git.is_pinned() {
                return say(
                    PIN,
                    shown,
                    "a branch or tag can be moved after the review",
                    "write `?ref=` with the full commit id",
                );
            }
        }
        Some(Address::Registry { module, .. }) => {
            if !subject.allow.registry_module(module) {
                let next = "call it by `git::https://…?ref=COMMIT`, or ask an admin to list it under `admission.registry_modules`";
                return say(PIN, shown, "a registry can serve other code for the same version", next);
            }
            if !exact(call.version.as_deref()) {
                return say(PIN, shown, "its version is open", "write an exact `version`");
            }
        }
        Some(Address::Other(_)) => {
            return say(
                SOURCE,
                shown,
                "only local directories and Git commits are read",
                "use a local directory or a Git commit",
            );
        }
        Some(Address::Local(_)) => {}
    }
    match resolve(subject.tree, caller, call, subject.manifest) {
        Ok(_) => None,
        Err(Unresolved::Outside) => {
            say(SOURCE, shown, "it lies outside of the repository", "move the module into the repository")
        }
        Err(Unresolved::NoDirectory(_)) => {
            say(SOURCE, shown, "there is no such directory in the repository", "commit the module")
        }
        // The link itself is a finding of its own; this one says who uses it.
        Err(Unresolved::Detour(..)) => {
            say(SOURCE, shown, "it lies behind a symbolic link or submodule", "name the directory itself")
        }
        Err(Unresolved::Computed) => None,
        // Before `init` a remote module is judged by its address alone.
        Err(Unresolved::Remote) if subject.manifest.is_none() => None,
        Err(Unresolved::Remote) => {
            say(SOURCE, shown, "it was not downloaded, so it cannot be read", "run `init` again")
        }
    }
}

/// What a Git address carries besides host, path and commit.
fn strange(git: &Git) -> Option<&'static str> {
    if !git.extras.is_empty() {
        return Some("its address carries more than a commit");
    }
    if git
        .subdir
        .as_deref()
        .is_some_and(|subdir| subdir.split('/').any(|part| part == ".." || part.starts_with('-')))
    {
        return Some("its directory leaves the module's repository");
    }
    let rest = match (git.url.strip_prefix("https://"), git.url.strip_prefix("ssh://git@")) {
        (Some(rest), _) | (_, Some(rest)) => rest,
        _ => match git.url.strip_prefix("git@").and_then(|rest| rest.split_once(':')) {
            Some((host, path)) if !path.starts_with('/') => {
                return (!plain(host, path)).then_some("its address has strange characters");
            }
            _ => return Some("only https and ssh are fetched"),
        },
    };
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    if host.contains('@') {
        return Some("its address carries a credential");
    }
    (!plain(host, path)).then_some("its address has strange characters")
}

/// Host and path of letters, digits and the few signs that names have; nothing that Git could take for an option.
fn plain(host: &str, path: &str) -> bool {
    let sign = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let host_fine = !host.is_empty() && host.chars().all(|c| sign(c) || c == ':') && !host.starts_with('-');
    let part_fine = |part: &str| {
        !part.is_empty()
            && part != ".."
            && !part.starts_with('-')
            && part.chars().all(|c| sign(c) || c == '~')
    };
    host_fine && path.split('/').all(part_fine)
}

/// Whether a version constraint admits one version only.
fn exact(version: Option<&str>) -> bool {
    let version = version.map(|version| version.trim().trim_start_matches('=').trim());
    version.is_some_and(|version| {
        let parts: Vec<_> = version.split('.').collect();
        parts.len() == 3
            && parts.iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
    })
}
