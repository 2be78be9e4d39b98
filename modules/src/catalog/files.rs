//! What a module is made of: its id, and files whose paths stay inside of its folder.

use std::fmt;

/// The name of the file with what Terraform cannot say.
pub(super) const METADATA_FILE: &str = "module.yml";

/// Provider and name of a module, such as `aws/s3-bucket`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModuleId {
    provider: String,
    name: String,
}

impl ModuleId {
    /// `None` unless both parts are lower case letters, digits and hyphens.
    pub fn new(provider: &str, name: &str) -> Option<Self> {
        (is_slug(provider) && is_slug(name))
            .then(|| Self { provider: provider.to_owned(), name: name.to_owned() })
    }

    /// The part before the slash.
    pub fn provider(&self) -> &str {
        &self.provider
    }

    /// The part after the slash.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for ModuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.provider, self.name)
    }
}

/// Whether a name is 1 to 63 lower case letters, digits and hyphens that neither starts nor ends with a hyphen.
pub(crate) fn is_slug(name: &str) -> bool {
    (1..=63).contains(&name.len())
        && !name.starts_with('-')
        && !name.ends_with('-')
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// A file of a module, its path relative to the module's folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ModuleFile {
    /// Path with `/`, such as `main.tf`.
    pub path: String,
    /// The file's text.
    pub content: String,
}

impl ModuleFile {
    /// `None` when the path could leave the module's folder or name something hidden.
    pub fn new(path: &str, content: &str) -> Option<Self> {
        let plain = path.split('/').all(|part| {
            part.bytes().next().is_some_and(|first| first.is_ascii_alphanumeric() || first == b'_')
                && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
        });
        plain.then(|| Self { path: path.to_owned(), content: content.to_owned() })
    }

    /// Whether Terraform may need the file. Configuration reads files of any name, so only what is certainly for
    /// people or for tests stays behind.
    pub fn is_for_terraform(&self) -> bool {
        let for_people =
            self.path == METADATA_FILE || self.path.ends_with(".md") || self.path.starts_with("examples/");
        let for_tests = self.path.starts_with("tests/") || self.path.ends_with(".tftest.hcl");
        !for_people && !for_tests
    }

    /// Whether the file is part of the module's own configuration.
    pub(super) fn is_configuration(&self) -> bool {
        !self.path.contains('/') && (self.path.ends_with(".tf") || self.path.ends_with(".tf.json"))
    }
}
