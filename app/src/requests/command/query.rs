//! Queries over stacks: `dir:live/prod/* and not tag:db`.
//!
//! `dir:` and `tag:` take a pattern in which `*` stands for any letters; `env:` takes a name. `not` binds
//! closer than `and`, `and` closer than `or`; parentheses group.

/// A query has at most this many words, which bounds its depth too.
const MAX_WORDS: usize = 64;

/// A parsed query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Query {
    /// The stack's directory.
    Dir(String),
    /// One of the stack's tags.
    Tag(String),
    /// The stack's environment.
    Env(String),
    /// Both.
    And(Box<Query>, Box<Query>),
    /// One or both.
    Or(Box<Query>, Box<Query>),
    /// Not this.
    Not(Box<Query>),
}

/// What a query asks of a stack.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// Its directory.
    pub dir: &'a str,
    /// Its environment.
    pub environment: Option<&'a str>,
    /// Its tags.
    pub tags: &'a [String],
}

impl Query {
    /// Reads a query.
    pub fn parse(text: &str) -> Result<Self, String> {
        let spaced = text.replace('(', " ( ").replace(')', " ) ");
        let words: Vec<&str> = spaced.split_whitespace().collect();
        if words.len() > MAX_WORDS {
            return Err("the query is too long".to_owned());
        }
        let mut reader = Reader { words: words.into_iter().peekable() };
        let query = reader.either()?;
        match reader.words.next() {
            Some(left) => Err(format!("{left} is not expected in the query")),
            None => Ok(query),
        }
    }

    /// Whether a stack is meant.
    pub fn matches(&self, stack: Subject<'_>) -> bool {
        match self {
            Query::Dir(pattern) => fits(pattern, stack.dir),
            Query::Tag(pattern) => stack.tags.iter().any(|tag| fits(pattern, tag)),
            Query::Env(name) => stack.environment.is_some_and(|known| known.eq_ignore_ascii_case(name)),
            Query::And(left, right) => left.matches(stack) && right.matches(stack),
            Query::Or(left, right) => left.matches(stack) || right.matches(stack),
            Query::Not(inner) => !inner.matches(stack),
        }
    }
}

struct Reader<'a, I: Iterator<Item = &'a str>> {
    words: std::iter::Peekable<I>,
}

impl<'a, I: Iterator<Item = &'a str>> Reader<'a, I> {
    fn either(&mut self) -> Result<Query, String> {
        let mut query = self.both()?;
        while self.takes("or") {
            query = Query::Or(Box::new(query), Box::new(self.both()?));
        }
        Ok(query)
    }

    fn both(&mut self) -> Result<Query, String> {
        let mut query = self.one()?;
        while self.takes("and") {
            query = Query::And(Box::new(query), Box::new(self.one()?));
        }
        Ok(query)
    }

    fn one(&mut self) -> Result<Query, String> {
        if self.takes("not") {
            return Ok(Query::Not(Box::new(self.one()?)));
        }
        if self.takes("(") {
            let query = self.either()?;
            return if self.takes(")") { Ok(query) } else { Err("a parenthesis is not closed".to_owned()) };
        }
        let word = self.words.next().ok_or("the query ends too early")?;
        match word.split_once(':') {
            Some((_, "")) => Err(format!("{word} needs a value")),
            Some(("dir" | "stack", pattern)) => Ok(Query::Dir(pattern.trim_end_matches('/').to_owned())),
            Some(("tag", pattern)) => Ok(Query::Tag(pattern.to_owned())),
            Some(("env" | "environment", name)) => Ok(Query::Env(name.to_owned())),
            _ => Err(format!("{word} is no dir:, tag: or env:")),
        }
    }

    fn takes(&mut self, word: &str) -> bool {
        self.words.next_if(|next| next.eq_ignore_ascii_case(word)).is_some()
    }
}

/// A pattern with stars, in time linear in pattern times text.
fn fits(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    let rest =
        middle.iter().try_fold(rest, |rest, part| rest.find(part).and_then(|at| rest.get(at + part.len()..)));
    rest.is_some_and(|rest| rest.ends_with(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(query: &str, expect: bool) {
        let tags = ["db".to_owned(), "team-a".to_owned()];
        let stack = Subject { dir: "live/prod/db", environment: Some("prod"), tags: &tags };
        assert_eq!(Query::parse(query).expect("parses").matches(stack), expect, "{query}");
    }

    #[test]
    fn queries_choose_stacks() {
        check("dir:live/prod/*", true);
        check("dir:live/prod", false);
        check("dir:*/db", true);
        check("dir:l*p*d*b", true);
        check("dir:live/prod/* and not tag:db", false);
        check("tag:web or env:PROD and tag:team-*", true);
        check("not (tag:web OR env:dev)", true);
        check("not not tag:db", true);
    }

    #[test]
    fn what_is_no_query_is_said() {
        for query in
            ["", "dir:", "and", "tag:a tag:b", "(tag:a", "tag:a)", "name:x", "not", &"not ".repeat(100_000)]
        {
            assert!(Query::parse(query).is_err(), "{query}");
        }
    }
}
