//! Owns: expressions (`${{ inputs.run }}`): values, operators and the functions workflows of ours use. An unknown name
//! is trouble, where GitHub would say null: a typo must not pass a test.

use serde_json::{Map, Value};

use super::Trouble;
use super::token::{Token, tokens};

/// What expressions can see, and how the job stands.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scope {
    /// `github`, `inputs`, `matrix`, `secrets`, `env`, `steps`, `needs`, `runner`, `vars`, `strategy`, `job`.
    pub(crate) contexts: Map<String, Value>,
    pub(crate) failed: bool,
    pub(crate) cancelled: bool,
}

impl Scope {
    /// Sets a context.
    pub(crate) fn set(&mut self, name: &str, value: Value) {
        self.contexts.insert(name.to_owned(), value);
    }

    /// Replaces all expressions in a text; a text that is one expression keeps the expression's type.
    pub(crate) fn fill(&self, text: &str) -> Result<Value, Trouble> {
        if let Some(inner) = text.trim().strip_prefix("${{").and_then(|rest| rest.strip_suffix("}}"))
            && !inner.contains("${{")
        {
            return self.eval(inner);
        }
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, from)) = rest.split_once("${{") {
            let (inner, after) = from
                .split_once("}}")
                .ok_or_else(|| Trouble::new(format!("an expression does not end: {text}")))?;
            out.push_str(before);
            out.push_str(&shown(&self.eval(inner)?));
            rest = after;
        }
        out.push_str(rest);
        Ok(Value::String(out))
    }

    /// Replaces all expressions in a text and writes the result.
    pub(crate) fn text(&self, text: &str) -> Result<String, Trouble> {
        self.fill(text).map(|value| shown(&value))
    }

    /// Whether a condition holds; without a status function it also asks for success so far.
    pub(crate) fn holds(&self, condition: Option<&str>) -> Result<bool, Trouble> {
        let text = condition.unwrap_or("success()").trim();
        let inner = text.strip_prefix("${{").and_then(|rest| rest.strip_suffix("}}")).unwrap_or(text);
        let asks =
            ["success()", "failure()", "always()", "cancelled()"].iter().any(|name| inner.contains(name));
        let value = truthy(&self.eval(inner)?);
        Ok(value && (asks || !(self.failed || self.cancelled)))
    }

    /// The value of an expression.
    pub(crate) fn eval(&self, text: &str) -> Result<Value, Trouble> {
        let tokens = tokens(text)?;
        let mut parser = Parser { scope: self, tokens: &tokens, at: 0, depth: 0 };
        let value = parser.or()?;
        match parser.peek() {
            None => Ok(value),
            Some(token) => Err(Trouble::new(format!("unexpected {token:?} in expression `{}`", text.trim()))),
        }
    }
}

/// A value as it stands in text.
pub(crate) fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(yes) => *yes,
        Value::String(text) => !text.is_empty(),
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::Array(_) | Value::Object(_) => true,
    }
}

/// How deep expressions may nest.
const MAX_DEPTH: usize = 50;

struct Parser<'a> {
    scope: &'a Scope,
    tokens: &'a [Token],
    at: usize,
    depth: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn take(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Sign(known)) if *known == sign);
        self.at += usize::from(found);
        found
    }

    fn or(&mut self) -> Result<Value, Trouble> {
        let mut left = self.and()?;
        while self.take("||") {
            let right = self.and()?;
            left = if truthy(&left) { left } else { right };
        }
        Ok(left)
    }

    fn and(&mut self) -> Result<Value, Trouble> {
        let mut left = self.equal()?;
        while self.take("&&") {
            let right = self.equal()?;
            left = if truthy(&left) { right } else { left };
        }
        Ok(left)
    }

    fn equal(&mut self) -> Result<Value, Trouble> {
        let left = self.not()?;
        for (sign, want) in [("==", true), ("!=", false)] {
            if self.take(sign) {
                let right = self.not()?;
                return Ok(Value::Bool(same(&left, &right) == want));
            }
        }
        Ok(left)
    }

    fn not(&mut self) -> Result<Value, Trouble> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Trouble::new("an expression nests too deep"));
        }
        if self.take("!") {
            let value = self.not()?;
            return Ok(Value::Bool(!truthy(&value)));
        }
        self.value()
    }

    fn value(&mut self) -> Result<Value, Trouble> {
        let token = self.peek().cloned().ok_or_else(|| Trouble::new("an expression ends early"))?;
        self.at += 1;
        match token {
            Token::Text(text) => Ok(Value::String(text)),
            Token::Number(number) => Ok(serde_json::json!(number)),
            Token::Sign("(") => {
                let value = self.or()?;
                if self.take(")") { Ok(value) } else { Err(Trouble::new("a bracket is missing")) }
            }
            Token::Name(name) if self.take("(") => self.call(&name),
            Token::Name(name) => self.path(name),
            Token::Sign(sign) => Err(Trouble::new(format!("unexpected `{sign}` in an expression"))),
        }
    }

    fn path(&mut self, name: String) -> Result<Value, Trouble> {
        match name.as_str() {
            "true" => return Ok(Value::Bool(true)),
            "false" => return Ok(Value::Bool(false)),
            "null" => return Ok(Value::Null),
            _ => {}
        }
        let mut path = name.clone();
        let mut value = self.scope.contexts.get(&name).cloned().ok_or_else(|| unknown(&path))?;
        while self.take(".") {
            let Some(Token::Name(key)) = self.peek().cloned() else { return Err(unknown(&path)) };
            self.at += 1;
            path = format!("{path}.{key}");
            let next = value.get(&key).cloned();
            // An output or variable that a step did not set is empty, there is no list of them to check against.
            let free = path.starts_with("env.") || path.contains(".outputs.");
            value = next.or(free.then_some(Value::Null)).ok_or_else(|| unknown(&path))?;
        }
        Ok(value)
    }

    fn call(&mut self, name: &str) -> Result<Value, Trouble> {
        let mut args = Vec::new();
        while !self.take(")") {
            args.push(self.or()?);
            if !self.take(",") && !matches!(self.peek(), Some(Token::Sign(")"))) {
                return Err(Trouble::new(format!("{name}(…) does not end")));
            }
        }
        let text = |at: usize| args.get(at).map(shown).unwrap_or_default();
        let bool = |yes| Ok(Value::Bool(yes));
        match name {
            "always" => bool(true),
            "success" => bool(!self.scope.failed && !self.scope.cancelled),
            "failure" => bool(self.scope.failed),
            "cancelled" => bool(self.scope.cancelled),
            "fromJSON" => serde_json::from_str(&text(0))
                .map_err(|error| Trouble::new(format!("fromJSON cannot read `{}`: {error}", text(0)))),
            "toJSON" => args
                .first()
                .map(|value| Value::String(serde_json::to_string_pretty(value).unwrap_or_default()))
                .ok_or_else(|| Trouble::new("toJSON needs a value")),
            "contains" => match args.first() {
                Some(Value::Array(list)) => {
                    bool(list.iter().any(|one| args.get(1).is_some_and(|other| same(one, other))))
                }
                _ => bool(text(0).to_lowercase().contains(&text(1).to_lowercase())),
            },
            "startsWith" => bool(text(0).to_lowercase().starts_with(&text(1).to_lowercase())),
            "endsWith" => bool(text(0).to_lowercase().ends_with(&text(1).to_lowercase())),
            "format" => {
                let mut out = text(0);
                for at in 1..args.len() {
                    out = out.replace(&format!("{{{}}}", at - 1), &text(at));
                }
                Ok(Value::String(out))
            }
            other => Err(Trouble::new(format!("the forge does not know the function {other}"))),
        }
    }
}

fn unknown(path: &str) -> Trouble {
    Trouble::new(format!("the forge does not know `{path}`"))
}

/// Equality as GitHub has it: text without case, numbers and booleans by value.
fn same(left: &Value, right: &Value) -> bool {
    let number = |value: &Value| match value {
        Value::Null => Some(0.0),
        Value::Bool(yes) => Some(f64::from(u8::from(*yes))),
        Value::Number(number) => number.as_f64(),
        Value::String(text) if text.trim().is_empty() => Some(0.0),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    match (left, right) {
        (Value::String(one), Value::String(other)) => one.to_lowercase() == other.to_lowercase(),
        (Value::Array(_) | Value::Object(_), _) | (_, Value::Array(_) | Value::Object(_)) => left == right,
        _ => number(left).is_some() && number(left) == number(right),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Scope, Trouble};

    fn scope() -> Scope {
        let mut scope = Scope::default();
        scope.set("inputs", json!({"workers": "[1, 2]", "run": "r-1", "empty": ""}));
        scope.set("github", json!({"event_name": "workflow_dispatch"}));
        scope
    }

    #[track_caller]
    fn check(text: &str, expect: Value) {
        assert_eq!(scope().fill(text), Ok(expect), "{text}");
    }

    #[test]
    fn expressions_have_githubs_values() {
        check("${{ inputs.run }}", json!("r-1"));
        check("run-${{ inputs.run }}!", json!("run-r-1!"));
        check("${{ fromJSON(inputs.workers) }}", json!([1, 2]));
        check("${{ github.event_name == 'Workflow_Dispatch' && 'yes' || 'no' }}", json!("yes"));
        check("${{ inputs.empty || 'default' }}", json!("default"));
        check("${{ !(1 == 2) }}", json!(true));
        check("${{ format('{0}-{1}', 'a', 'it''s') }}", json!("a-it's"));
        check("${{ contains(fromJSON('[\"a\",\"b\"]'), 'B') }}", json!(true));
        check("plain", json!("plain"));
    }

    #[test]
    fn what_is_unknown_is_trouble() {
        for text in [
            "${{ inputs.typo }}",
            "${{ nothing.at.all }}",
            "${{ hashFiles('x') }}",
            "${{ 'open }}",
            "${{ a[0] }}",
        ] {
            assert!(scope().fill(text).is_err(), "{text}");
        }
        assert_eq!(scope().eval("inputs.typo"), Err(Trouble::new("the forge does not know `inputs.typo`")));
        assert!(scope().fill(&format!("${{{{ {}1 }}}}", "!".repeat(2_000))).is_err());
    }

    #[test]
    fn conditions_ask_for_success_unless_they_ask_for_something_else() {
        let mut scope = scope();
        assert_eq!(scope.holds(None), Ok(true));
        scope.failed = true;
        assert_eq!(scope.holds(None), Ok(false));
        assert_eq!(scope.holds(Some("inputs.run == 'r-1'")), Ok(false));
        assert_eq!(scope.holds(Some("${{ always() && inputs.run == 'r-1' }}")), Ok(true));
        assert_eq!(scope.holds(Some("failure()")), Ok(true));
    }
}
