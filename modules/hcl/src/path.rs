//! Paths inside a Git tree: bytes, relative, without steps upwards. How they are shown to people, too.

use std::fmt;

/// A path inside the tree: no `.`, no `..`, no empty part. The root is the empty path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct TreePath(Vec<u8>);

/// Why bytes are not a path inside a tree.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a path inside the repository: it must be relative, without empty parts, `.` or `..`")]
pub struct NotInside(pub String);

impl TreePath {
    /// The root of the tree.
    pub fn root() -> Self {
        Self::default()
    }

    /// Reads a path; slashes at its end are ignored, `.` and the empty text are the root.
    pub fn parse(bytes: impl AsRef<[u8]>) -> Result<Self, NotInside> {
        let bytes = bytes.as_ref();
        let refuse = || NotInside(shown(bytes));
        let trimmed = match bytes.iter().rposition(|&byte| byte != b'/') {
            Some(last) => bytes.get(..=last).unwrap_or_default(),
            None if bytes.is_empty() => return Ok(Self::root()),
            None => return Err(refuse()),
        };
        if trimmed == b"." {
            return Ok(Self::root());
        }
        let fine = |part: &[u8]| !part.is_empty() && part != b"." && part != b".." && !part.contains(&0);
        if trimmed.split(|&byte| byte == b'/').all(fine) { Ok(Self(trimmed.to_vec())) } else { Err(refuse()) }
    }

    /// The path reached from this directory by a relative path as people write them; none when it leaves the tree or is
    /// absolute.
    pub fn join(&self, relative: impl AsRef<[u8]>) -> Option<Self> {
        let relative = relative.as_ref();
        if relative.first() == Some(&b'/') || relative.contains(&0) {
            return None;
        }
        let mut parts: Vec<&[u8]> = self.parts().collect();
        for part in relative.split(|&byte| byte == b'/') {
            match part {
                b"" | b"." => {}
                b".." => {
                    parts.pop()?;
                }
                part => parts.push(part),
            }
        }
        Some(Self(parts.join(&b'/')))
    }

    /// A direct child of this directory.
    pub(crate) fn child(&self, name: &[u8]) -> Self {
        let parts = if self.is_root() { vec![name] } else { vec![self.0.as_slice(), name] };
        Self(parts.join(&b'/'))
    }

    /// Its parts, from the root.
    pub fn parts(&self) -> impl Iterator<Item = &[u8]> {
        self.0.split(|&byte| byte == b'/').filter(|part| !part.is_empty())
    }

    /// The directory it lies in; none for the root.
    pub fn parent(&self) -> Option<Self> {
        let slash = self.0.iter().rposition(|&byte| byte == b'/');
        (!self.is_root()).then(|| Self(self.0.get(..slash.unwrap_or(0)).unwrap_or_default().to_vec()))
    }

    /// Its last part.
    pub fn name(&self) -> &[u8] {
        self.0.rsplit(|&byte| byte == b'/').next().unwrap_or_default()
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// What the paths below it begin with.
    pub(crate) fn as_prefix(&self) -> Self {
        let slash: &[u8] = if self.is_root() { b"" } else { b"/" };
        Self([self.0.as_slice(), slash].concat())
    }

    /// Whether it is the root.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it is that directory or lies below it.
    pub fn is_within(&self, directory: &Self) -> bool {
        match self.0.strip_prefix(directory.0.as_slice()) {
            Some(rest) => directory.is_root() || rest.is_empty() || rest.starts_with(b"/"),
            None => false,
        }
    }

    /// How this path is written from a directory: `.`, `modules/net` or `../../modules/net`.
    pub fn relative_to(&self, directory: &Self) -> Vec<u8> {
        let (from, to): (Vec<_>, Vec<_>) = (directory.parts().collect(), self.parts().collect());
        let common = from.iter().zip(&to).take_while(|(left, right)| left == right).count();
        let up = std::iter::repeat_n(b"..".as_slice(), from.len() - common);
        let written: Vec<_> = up.chain(to.into_iter().skip(common)).collect();
        if written.is_empty() { b".".to_vec() } else { written.join(&b'/') }
    }
}

impl fmt::Display for TreePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&shown(&self.0))
    }
}

/// Bytes of a name as text on one line: what is no UTF-8 or no visible character is escaped.
fn shown(bytes: &[u8]) -> String {
    let mut out = String::new();
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            // Directional marks could make a name look like another.
            let hidden = c.is_control()
                || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
            if hidden { out.extend(c.escape_unicode()) } else { out.push(c) }
        }
        chunk.invalid().iter().for_each(|byte| out.push_str(&format!("\\x{byte:02x}")));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> TreePath {
        TreePath::parse(text).unwrap()
    }

    #[test]
    fn paths_stay_inside() {
        for bad in ["/etc", "a//b", "../a", "a/../b", "a/.", "/", "a\0b"] {
            assert!(TreePath::parse(bad).is_err(), "{bad:?}");
        }
        assert!(path("").is_root() && path(".").is_root());
        let stack = path("live/dev/x");
        assert_eq!(stack.join("../../../modules/net"), Some(path("modules/net")));
        assert_eq!(stack.join("./a/./b/"), Some(path("live/dev/x/a/b")));
        assert_eq!(stack.join("../../.."), Some(TreePath::root()));
        assert_eq!(stack.join("../../../.."), None);
        assert_eq!(stack.join("/proc/self/environ"), None);
        assert_eq!(path("modules/net").relative_to(&stack), b"../../../modules/net");
        assert_eq!(path("live/dev/x/m").relative_to(&stack), b"m");
        assert_eq!(stack.relative_to(&stack), b".");
        assert!(path("live/dev").is_within(&path("live")) && !path("lively").is_within(&path("live")));
        assert_eq!((path("a/b").parent(), path("a").parent()), (Some(path("a")), Some(TreePath::root())));
    }

    #[test]
    fn names_are_bytes_and_shown_without_tricks() {
        assert_eq!(
            TreePath::parse(b"a\xff\x1b[0m\xe2\x80\xae.tf").unwrap().to_string(),
            "a\\xff\\u{1b}[0m\\u{202e}.tf"
        );
    }
}
