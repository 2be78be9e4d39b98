//! JSON with byte offsets, strict: a key twice in one object is an error, as readers differ in which they take.
//! What the values mean in Terraform belongs to [`super::json`].

use serde_json::Number;

/// Deepest nesting that is read.
const DEPTH_CAP: usize = 32;

/// A JSON value and where it begins.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) offset: usize,
    pub(super) kind: Kind,
}

/// What a value is.
#[derive(Debug)]
pub(super) enum Kind {
    Null,
    Bool(bool),
    Number(Number),
    String(String),
    Array(Vec<Node>),
    Object(Vec<Member>),
}

/// A key with its value.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) offset: usize,
    pub(super) name: String,
    pub(super) value: Node,
}

/// Why a text is not strict JSON.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) offset: usize,
    pub(super) what: String,
}

/// Reads one JSON value that fills the whole text.
pub(super) fn read(text: &str) -> Result<Node, Fault> {
    let mut reader = Reader { text, at: 0, depth: 0 };
    let node = reader.value()?;
    reader.space();
    if reader.at < text.len() {
        return Err(reader.fault("something after the JSON value"));
    }
    Ok(node)
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn fault(&self, what: impl Into<String>) -> Fault {
        Fault { offset: self.at, what: what.into() }
    }

    /// Steps over a byte that must come next, after white space.
    fn expect(&mut self, byte: u8, what: &str) -> Result<(), Fault> {
        self.space();
        if self.peek() != Some(byte) {
            return Err(self.fault(format!("expected {what}")));
        }
        self.at += 1;
        Ok(())
    }

    fn value(&mut self) -> Result<Node, Fault> {
        self.space();
        let offset = self.at;
        let kind = match self.peek() {
            Some(b'{') => self.deeper(Self::object)?,
            Some(b'[') => self.deeper(Self::array)?,
            Some(b'"') => Kind::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => Kind::Number(self.number()?),
            _ => self.word()?,
        };
        Ok(Node { offset, kind })
    }

    fn deeper(&mut self, read: fn(&mut Self) -> Result<Kind, Fault>) -> Result<Kind, Fault> {
        if self.depth >= DEPTH_CAP {
            return Err(self.fault(format!("nested deeper than {DEPTH_CAP} levels")));
        }
        self.depth += 1;
        let kind = read(self);
        self.depth -= 1;
        kind
    }

    fn object(&mut self) -> Result<Kind, Fault> {
        self.at += 1;
        let mut members: Vec<Member> = Vec::new();
        let mut names = std::collections::HashSet::new();
        loop {
            self.space();
            if members.is_empty() && self.peek() == Some(b'}') {
                break;
            }
            let offset = self.at;
            if self.peek() != Some(b'"') {
                return Err(self.fault("expected a key in quotes"));
            }
            let name = self.string()?;
            if !names.insert(name.clone()) {
                return Err(Fault { offset, what: format!("the key {name:?} stands here a second time") });
            }
            self.expect(b':', "`:` after the key")?;
            let value = self.value()?;
            members.push(Member { offset, name, value });
            self.space();
            if self.peek() != Some(b',') {
                break;
            }
            self.at += 1;
        }
        self.expect(b'}', "`,` or `}`")?;
        Ok(Kind::Object(members))
    }

    fn array(&mut self) -> Result<Kind, Fault> {
        self.at += 1;
        let mut items = Vec::new();
        loop {
            self.space();
            if items.is_empty() && self.peek() == Some(b']') {
                break;
            }
            items.push(self.value()?);
            self.space();
            if self.peek() != Some(b',') {
                break;
            }
            self.at += 1;
        }
        self.expect(b']', "`,` or `]`")?;
        Ok(Kind::Array(items))
    }

    /// A string: its extent found here, its escapes decoded by serde_json.
    fn string(&mut self) -> Result<String, Fault> {
        let start = self.at;
        let mut escaped = false;
        for (index, byte) in self.text.bytes().enumerate().skip(start + 1) {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => {
                    self.at = index + 1;
                    let raw = self.text.get(start..self.at).unwrap_or_default();
                    return serde_json::from_str(raw)
                        .map_err(|_| Fault { offset: start, what: "this is not a JSON string".to_owned() });
                }
                _ => {}
            }
        }
        Err(self.fault("a string without an end"))
    }

    fn number(&mut self) -> Result<Number, Fault> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let end =
            rest.find(|c: char| !matches!(c, '0'..='9' | '-' | '+' | '.' | 'e' | 'E')).unwrap_or(rest.len());
        let number = serde_json::from_str(rest.get(..end).unwrap_or_default())
            .map_err(|_| self.fault("this is not a number"))?;
        self.at += end;
        Ok(number)
    }

    fn word(&mut self) -> Result<Kind, Fault> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        for (word, kind) in [("null", Kind::Null), ("true", Kind::Bool(true)), ("false", Kind::Bool(false))] {
            if rest.starts_with(word) {
                self.at += word.len();
                return Ok(kind);
            }
        }
        Err(self.fault("expected a JSON value"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_strict_json_is_refused_where_it_stands() {
        for (text, offset, what) in [
            (r#"{"a":1,"a":2}"#, 7, "the key \"a\" stands here a second time"),
            (r#"{"a":1,"\u0061":2}"#, 7, "the key \"a\" stands here a second time"),
            (r#"{"a":1,}"#, 7, "expected a key in quotes"),
            ("[1,]", 3, "expected a JSON value"),
            ("[1] x", 4, "something after the JSON value"),
            (r#"{"a" 1}"#, 5, "expected `:` after the key"),
            (r#""\ud800""#, 0, "this is not a JSON string"),
            (r#"{"a"#, 1, "a string without an end"),
            ("01", 0, "this is not a number"),
            ("", 0, "expected a JSON value"),
        ] {
            let fault = read(text).unwrap_err();
            assert_eq!((fault.offset, fault.what.as_str()), (offset, what), "{text}");
        }
        let deep = "[".repeat(100_000);
        assert_eq!(read(&deep).unwrap_err().what, "nested deeper than 32 levels");
    }

    #[test]
    fn offsets_point_at_keys_and_values() {
        let Kind::Object(members) = read(r#" {"//": 1, "/": 22, "b": [true, null, -1.5e3]}"#).unwrap().kind
        else {
            panic!("an object");
        };
        assert_eq!((members[2].offset, members[2].value.offset), (20, 25));
    }
}
