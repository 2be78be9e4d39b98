//! The Rego files among a repository's policies: as a child process read them, and what is asked of plans with them.

use serde::{Deserialize, Serialize};
use tfpilot_policies::rego::{self, Arranged, Fault, Files, Judging, Module, Policy, READER};

use super::own_policies::{PolicyFile, name};
use super::policies::Rego as Settings;
use crate::config::{Diagnostic, Severity};

/// A file as it was read, kept beside its text: reading one again takes a process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegoRead {
    /// What read it; another reader reads it anew.
    by: u32,
    /// What is in it, or what is wrong.
    read: Result<Module, Fault>,
    /// Asked again it may be otherwise: a process was ended for want of time.
    #[serde(default)]
    passing: bool,
}

/// The Rego policies of all files.
#[derive(Debug, Clone, Default)]
pub(super) struct RegoPolicies {
    pub(super) policies: Vec<Policy>,
    /// Files that only others use.
    pub(super) libraries: usize,
}

/// A file that cannot be asked, with the name by which people know it, and what is told.
pub(super) type Trouble = (String, String, Diagnostic);

impl RegoRead {
    /// What this reader read.
    pub(crate) fn new(read: Result<Module, Fault>, passing: bool) -> Self {
        Self { by: READER, read, passing }
    }

    /// Whether it need not be read again.
    pub(crate) fn lasts(&self) -> bool {
        self.by == READER && !self.passing
    }

    /// Whether it can be used.
    pub(crate) fn is_good(&self) -> bool {
        self.read.is_ok()
    }
}

/// Whether a file holds Rego.
pub(crate) fn is_rego(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, extension)| extension == rego::EXTENSION)
}

/// What is asked of plans with these files, and what cannot be.
pub(super) fn read(files: &[PolicyFile], settings: &Settings) -> (RegoPolicies, Vec<Trouble>) {
    let mut all = RegoPolicies::default();
    let mut troubles = Vec::new();
    let names: Vec<(String, &PolicyFile)> =
        files.iter().filter(|file| is_rego(&file.path)).map(|file| (name(&file.path), file)).collect();
    let mut good = Files::new();
    for (name, file) in &names {
        let unread = || Fault::whole("it was not read yet", "push to the default branch again");
        let read = file.rego.as_ref().map_or_else(|| Err(unread()), |read| read.read.clone());
        match (&file.text, &file.rego, read) {
            (Some(text), Some(RegoRead { read: Ok(module), .. }), _) => {
                good.insert(name.as_str(), (text.as_str(), module));
            }
            (Some(_), _, Err(fault)) => troubles.push(trouble(name, file, &fault)),
            _ => {
                let fault = Fault::whole("it cannot be read", "write a plain file of at most 64 KiB");
                troubles.push(trouble(name, file, &fault));
            }
        }
    }
    let Arranged { policies, libraries, unasked } = rego::arrange(&good, &settings.packages());
    for one in unasked {
        if let Some((name, file)) = names.iter().find(|(name, _)| *name == one.path) {
            troubles.push(trouble(name, file, &one.fault));
        }
    }
    (all.policies, all.libraries) = (policies, libraries);
    (all, troubles)
}

fn trouble(name: &str, file: &PolicyFile, fault: &Fault) -> Trouble {
    let diagnostic = Diagnostic {
        file: file.path.clone(),
        line: usize::try_from(fault.line).unwrap_or(0),
        column: usize::try_from(fault.column).unwrap_or(0),
        what: fault.what.clone(),
        hint: fault.hint.clone(),
        severity: Severity::Warning,
    };
    (name.to_owned(), fault.to_string(), diagnostic)
}

impl Settings {
    /// The packages whose rules are asked.
    pub(super) fn packages(&self) -> Vec<String> {
        if self.packages.is_empty() { vec![rego::PACKAGE.to_owned()] } else { self.packages.clone() }
    }

    /// What findings come to.
    pub(crate) fn judging(&self) -> Judging {
        let on_unknown = match self.on_unknown {
            super::policies::OnUnknown::Warn => tfpilot_policies::OnUnknown::Warn,
            super::policies::OnUnknown::Fail => tfpilot_policies::OnUnknown::Fail,
        };
        Judging { enforcement: super::shipped::enforcement(self.enforcement), on_unknown }
    }
}
