//! What `fileset` and `fileexists` see: names of regular files in the tree, never contents.

use super::Files;
use crate::eval::operators;
use crate::glob::Pattern;
use crate::{Mode, TreePath, Value};

impl Files<'_> {
    /// The value of a function on names of files; none for other functions and for what leaves the tree.
    pub(super) fn apply(&self, name: &str, args: &[Value]) -> Option<Value> {
        let path =
            |at: usize| args.get(at).and_then(operators::text).and_then(|text| self.directory.join(text));
        match name {
            "fileset" => self.fileset(&path(0)?, &args.get(1).and_then(operators::text)?),
            "fileexists" => {
                let path = path(0)?;
                let regular = self.tree.entry(&path).is_some_and(|entry| entry.mode.is_file());
                self.tree.detour(&path).is_none().then_some(Value::Bool(regular))
            }
            _ => None,
        }
    }

    fn fileset(&self, directory: &TreePath, pattern: &str) -> Option<Value> {
        let pattern = Pattern::parse(pattern)?;
        if self.tree.detour(directory).is_some() {
            return None;
        }
        let mut found = Vec::new();
        for (path, entry) in self.tree.below(directory) {
            // What lies behind a link is not in the tree, so the set cannot be known.
            if matches!(entry.mode, Mode::Symlink | Mode::Submodule) {
                return None;
            }
            let relative = String::from_utf8(path.relative_to(directory)).ok()?;
            if entry.mode.is_file() && pattern.matches(&relative) {
                found.push(Value::String(relative));
            }
        }
        Some(Value::List(found))
    }
}
