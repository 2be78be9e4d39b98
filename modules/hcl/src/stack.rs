//! What a stack is, and where `terraform init` lays the modules it downloads.

use crate::{NotInside, TreePath};
use std::collections::BTreeMap;

/// A stack: where its root module lies and what its variables are given from outside.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stack {
    /// The root module's directory, where Terraform runs.
    pub directory: TreePath,
    /// Files given by `-var-file`, in order. Every one must be named here, else a variable seems to have another value.
    pub var_files: Vec<TreePath>,
    /// The workspace, when it is known.
    pub workspace: Option<String>,
}

impl Stack {
    /// A stack without files of values from elsewhere.
    pub fn new(directory: impl AsRef<[u8]>) -> Result<Self, NotInside> {
        Ok(Self { directory: TreePath::parse(directory)?, ..Self::default() })
    }
}

/// Where `terraform init` laid the modules it downloaded: `.terraform/modules/modules.json`.
#[derive(Debug, Clone, Default)]
pub struct Manifest {
    directories: BTreeMap<String, TreePath>,
}

impl Manifest {
    /// Reads the manifest of a stack.
    pub fn parse(json: &[u8], stack: &Stack) -> Result<Self, String> {
        let json: serde_json::Value =
            serde_json::from_slice(json).map_err(|error| format!("no JSON: {error}"))?;
        let entries = json.get("Modules").and_then(serde_json::Value::as_array).ok_or("no list `Modules`")?;
        let mut directories = BTreeMap::new();
        for entry in entries {
            let text = |name: &str| entry.get(name).and_then(serde_json::Value::as_str);
            let (Some(key), Some(directory)) = (text("Key"), text("Dir")) else {
                return Err("a module without `Key` or `Dir`".to_owned());
            };
            let directory =
                stack.directory.join(directory).ok_or(format!("`{directory}` leaves the checkout"))?;
            directories.insert(key.to_owned(), directory);
        }
        Ok(Self { directories })
    }
}

impl Manifest {
    /// Where the module of a call lies; calls are joined by dots.
    pub(crate) fn directory(&self, key: &str) -> Option<&TreePath> {
        self.directories.get(key)
    }
}
