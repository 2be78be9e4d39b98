//! `admission/file-path`, `admission/upload-path`, `admission/fileset-pattern`: files that are read or uploaded must be files
//! of the repository, named by a path that can be told before anything runs.

use crate::finding::{Findings, Say, code};
use crate::subject::Subject;
use tfpilot_hcl::TreePath;
use tfpilot_hcl::reads::{Read, Target, Use};

/// The rule's name for files that functions read.
pub const PATH: &str = "file-path";
/// The rule's name for files that providers read.
pub const UPLOAD: &str = "upload-path";
/// The rule's name for patterns.
pub const PATTERN: &str = "fileset-pattern";

pub(crate) fn judge(subject: &Subject<'_>, findings: &mut Findings) {
    for read in &subject.reads.reads {
        let rule = if read.usage == Use::Upload { UPLOAD } else { PATH };
        if let Some((why, next)) = refused(subject, read) {
            let shown = match &read.target {
                Target::Path(path) => code(&format!("{}: {path}", read.by)),
                Target::Outside(path) => code(&format!("{}: {path}", read.by)),
                Target::Unknown | Target::Text => code(&read.by),
            };
            findings.add(&read.place, Say { rule, what: shown, why, next });
        }
        if let Use::Listing(pattern) = &read.usage
            && !pattern.as_deref().is_some_and(stays)
        {
            findings.add(
                &read.place,
                Say {
                    rule: PATTERN,
                    what: code(pattern.as_deref().unwrap_or("fileset")),
                    why: "the pattern is computed or leaves its directory",
                    next: "write a pattern without `..`",
                },
            );
        }
    }
}

/// Why a read is not admitted.
fn refused(subject: &Subject<'_>, read: &Read) -> Option<(&'static str, &'static str)> {
    match &read.target {
        Target::Outside(_) => {
            Some(("it lies outside of the repository", "read files of the repository only"))
        }
        Target::Unknown if read.by == "templatestring" => {
            Some(("a template is code, and this one is computed", "write the template into the repository"))
        }
        Target::Unknown => Some((
            "the path is computed, so it could be any file of the runner",
            "write the path from literals, variables, `path.module` and `fileset`",
        )),
        Target::Text => None,
        Target::Path(path) => inside(subject, read, path),
    }
}

fn inside(subject: &Subject<'_>, read: &Read, path: &TreePath) -> Option<(&'static str, &'static str)> {
    if subject.tree.detour(path).is_some() {
        return Some(("it lies behind a symbolic link or submodule", "commit the file itself"));
    }
    // Terraform's and Git's own directories are not part of the tree, whoever puts them there.
    if path.parts().any(|part| matches!(part, b".git" | b".terraform")) && !downloaded(subject, path) {
        return Some(("it belongs to Git or Terraform itself", "read files of the repository only"));
    }
    let regular = subject.tree.entry(path).is_some_and(|entry| entry.mode.is_file());
    match read.usage {
        Use::Existence | Use::Listing(_) => None,
        _ if regular => None,
        _ => Some(("there is no such file in the repository", "commit it")),
    }
}

/// Whether a path lies in the modules that `init` has downloaded.
fn downloaded(subject: &Subject<'_>, path: &TreePath) -> bool {
    let modules = subject.manifest.and(subject.stack.directory.join(".terraform/modules"));
    modules.is_some_and(|modules| path.is_within(&modules)) && !path.parts().any(|part| part == b".git")
}

/// Whether a pattern stays in its directory, however its braces are written out.
fn stays(pattern: &str) -> bool {
    !pattern.starts_with('/') && !pattern.contains("..") && !pattern.contains('\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_stay_in_their_directory() {
        assert!(stays("**/*.json") && stays("*.{yml,yaml}"));
        for pattern in ["../*", "a/../../*", "/etc/*", "{.,..}/*", "{.,a}./*", "\\.\\./*"] {
            let escapes = pattern != "{.,a}./*";
            assert_eq!(!stays(pattern), escapes, "{pattern}");
        }
    }
}
