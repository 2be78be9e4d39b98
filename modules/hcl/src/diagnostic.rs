//! A place in a file and what is wrong there. How it is shown belongs to whoever shows it.

use std::fmt;

/// A place in a file of the tree: what a person clicks on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The file's path, as shown to people.
    pub path: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

impl Place {
    /// The beginning of a file, for what concerns the file as a whole.
    pub fn start(path: impl Into<String>) -> Self {
        Self { path: path.into(), line: 1, column: 1 }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.path, self.line, self.column)
    }
}

/// Something a person wrote that cannot be read as they meant it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Diagnostic {
    /// Where it is.
    pub place: Place,
    /// What is wrong, naming the thing.
    pub what: String,
    /// What to do about it.
    pub hint: String,
}

impl Diagnostic {
    /// A diagnostic at a place.
    pub fn new(place: Place, what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { place, what: what.into(), hint: hint.into() }
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.place, self.what, self.hint)
    }
}
