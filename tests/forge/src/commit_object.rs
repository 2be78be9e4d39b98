//! Owns: a commit as its object says, and the names in it. Leaves to [`crate::git`]: reading and writing objects.

/// Name, address and time of an author or committer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ident {
    pub(crate) name: String,
    pub(crate) email: String,
    /// Seconds since 1970.
    pub(crate) seconds: i64,
}

/// A commit as its object says.
#[derive(Debug, Clone)]
pub(crate) struct Commit {
    pub(crate) sha: String,
    pub(crate) tree: String,
    pub(crate) parents: Vec<String>,
    pub(crate) author: Ident,
    pub(crate) committer: Ident,
    pub(crate) message: String,
}

impl Ident {
    /// As it stands in a commit.
    pub(crate) fn line(&self) -> String {
        let clean = |text: &str| text.replace(['<', '>', '\n', '\r', '\0'], "");
        format!("{} <{}> {} +0000", clean(&self.name), clean(&self.email), self.seconds)
    }

    fn parse(line: &str) -> Option<Ident> {
        let (name, rest) = line.split_once('<')?;
        let (email, when) = rest.split_once('>')?;
        let seconds = when.split_whitespace().next()?.parse().ok()?;
        Some(Ident { name: name.trim().to_owned(), email: email.to_owned(), seconds })
    }
}

impl Commit {
    /// Reads a commit object.
    pub(crate) fn parse(sha: &str, raw: &str) -> Option<Commit> {
        let (head, message) = raw.split_once("\n\n").unwrap_or((raw, ""));
        let field = |name: &str| head.lines().find_map(|line| line.strip_prefix(name));
        Some(Commit {
            sha: sha.to_owned(),
            tree: field("tree ")?.to_owned(),
            parents: head
                .lines()
                .filter_map(|line| line.strip_prefix("parent "))
                .map(str::to_owned)
                .collect(),
            author: Ident::parse(field("author ")?)?,
            committer: Ident::parse(field("committer ")?)?,
            message: message.to_owned(),
        })
    }
}
