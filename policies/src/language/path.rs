//! Where a value is found: `bucket`, `before.engine_version`, `ingress[*].cidr_blocks[*]`, `json(policy).Statement[*].Action`.

use std::fmt;

/// Steps that a path may have.
const MAX_STEPS: usize = 32;

/// A place among a resource's values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Path {
    pub(crate) root: Root,
    pub(crate) steps: Vec<Step>,
    /// As it was written.
    text: String,
}

/// Where a path begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Root {
    /// Values after the change; before it, where the resource goes.
    After,
    /// Values before the change.
    Before,
    /// What the code itself writes.
    Config,
    /// The resource's provider configuration.
    Provider,
    /// The call of the module around it.
    Module,
    /// What the plan costs.
    Cost,
    /// The plan as a whole.
    Plan,
    /// Address, type, name, action.
    Resource,
    /// Tags, with those that the provider adds.
    TagsEffective,
    /// The region it is in.
    Region,
    /// A text that is JSON, read.
    Json(Box<Path>),
}

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// A member of an object.
    Member(String),
    /// An entry of a list.
    At(usize),
    /// Every entry of a list; of what is no list, itself.
    Each,
    /// Every value of a map.
    Values,
}

impl Path {
    /// Reads a path.
    ///
    /// # Errors
    /// In words, what is wrong with it.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let written = text.trim();
        if written.chars().count() > 400 {
            return Err("is longer than 400 characters".to_owned());
        }
        Self::read(written, true).map_err(|what| format!("cannot be read: {what}"))
    }

    fn read(text: &str, outer: bool) -> Result<Self, String> {
        if let Some(rest) = text.strip_prefix("json(") {
            let (inner, steps) = rest.split_once(')').ok_or("the bracket of json( is not closed")?;
            if !outer || inner.contains("json(") {
                return Err("json( stands within json(".to_owned());
            }
            let inner = Self::read(inner.trim(), false)?;
            return Ok(Self {
                root: Root::Json(Box::new(inner)),
                steps: steps_of(steps)?,
                text: text.to_owned(),
            });
        }
        let mut steps = steps_of(&format!(".{text}"))?;
        let first = match steps.first() {
            Some(Step::Member(name)) => name.clone(),
            _ => return Err("it does not begin with a name".to_owned()),
        };
        let namespace = match first.as_str() {
            "after" => Some(Root::After),
            "before" => Some(Root::Before),
            "config" => Some(Root::Config),
            "provider" => Some(Root::Provider),
            "module" => Some(Root::Module),
            "cost" => Some(Root::Cost),
            "plan" => Some(Root::Plan),
            "resource" => Some(Root::Resource),
            _ => None,
        };
        let root = match namespace {
            Some(_) if steps.len() == 1 => return Err(format!("{first} alone is no value; write {first}.…")),
            Some(root) => {
                steps.remove(0);
                root
            }
            None => match first.as_str() {
                "tags_effective" => {
                    steps.remove(0);
                    Root::TagsEffective
                }
                "region" if steps.len() == 1 => {
                    steps.clear();
                    Root::Region
                }
                _ => Root::After,
            },
        };
        Ok(Self { root, steps, text: text.to_owned() })
    }

    /// The argument at the top of the resource that it leads through, for the place in the code.
    pub(crate) fn argument(&self) -> Option<&str> {
        match (&self.root, self.steps.first()) {
            (Root::After | Root::Before | Root::Config, Some(Step::Member(name))) => Some(name),
            (Root::Json(inner), _) => inner.argument(),
            (Root::TagsEffective, _) => Some("tags"),
            _ => None,
        }
    }

    /// Whether it may lead to several values, as it is written.
    pub(crate) fn is_many(&self) -> bool {
        self.steps.iter().any(|step| matches!(step, Step::Each | Step::Values))
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// `.a.b[0]["c.d"][*].*`, to its steps.
fn steps_of(text: &str) -> Result<Vec<Step>, String> {
    let mut steps = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        if steps.len() >= MAX_STEPS {
            return Err(format!("it has more than {MAX_STEPS} steps"));
        }
        let (step, after) = if let Some(inside) = rest.strip_prefix("[\"") {
            let (key, after) = inside.split_once("\"]").ok_or("a bracket is not closed")?;
            (Step::Member(key.to_owned()), after)
        } else if let Some(inside) = rest.strip_prefix('[') {
            let (index, after) = inside.split_once(']').ok_or("a bracket is not closed")?;
            let step = match index.trim() {
                "*" => Step::Each,
                index => {
                    Step::At(index.parse().map_err(|_| format!("[{index}] is neither a number nor [*]"))?)
                }
            };
            (step, after)
        } else if let Some(name) = rest.strip_prefix('.') {
            let end = name.find(['.', '[']).unwrap_or(name.len());
            let (name, after) = name.split_at_checked(end).unwrap_or((name, ""));
            match name {
                "" => return Err("a name is missing between two dots".to_owned()),
                "*" => (Step::Values, after),
                name if name.chars().all(|c| c.is_alphanumeric() || "_-:/@".contains(c)) => {
                    (Step::Member(name.to_owned()), after)
                }
                name => return Err(format!("{} is no name; write [\"…\"]", name.escape_debug())),
            }
        } else {
            return Err("a dot is missing".to_owned());
        };
        steps.push(step);
        rest = after;
    }
    Ok(steps)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_through_members_lists_and_maps() {
        let path = Path::parse("ingress[*].cidr_blocks[0]").expect("it can be read");
        let member = |name: &str| Step::Member(name.to_owned());
        assert_eq!(path.root, Root::After);
        assert_eq!(path.steps, [member("ingress"), Step::Each, member("cidr_blocks"), Step::At(0)]);
        assert_eq!(path.argument(), Some("ingress"));
        let path = Path::parse("json(policy).Statement[*].Principal.*").expect("it can be read");
        assert!(matches!(&path.root, Root::Json(inner) if inner.to_string() == "policy"));
        assert_eq!((path.argument(), path.steps.last()), (Some("policy"), Some(&Step::Values)));
        let path = Path::parse("tags_effective[\"kubernetes.io/name\"]").expect("it can be read");
        assert_eq!((path.root, path.steps), (Root::TagsEffective, vec![member("kubernetes.io/name")]));
        assert_eq!(Path::parse("region").expect("it can be read").root, Root::Region);
        assert_eq!(Path::parse("before.region").expect("it can be read").steps, [member("region")]);
        assert_eq!(Path::parse("after.config").expect("it can be read").steps, [member("config")]);
    }

    #[test]
    fn what_is_no_path_is_told() {
        for (text, expect) in [
            ("", "cannot be read: a name is missing between two dots"),
            ("a..b", "cannot be read: a name is missing between two dots"),
            ("a[x]", "cannot be read: [x] is neither a number nor [*]"),
            ("a[0", "cannot be read: a bracket is not closed"),
            ("[0]", "cannot be read: a name is missing between two dots"),
            ("before", "cannot be read: before alone is no value; write before.…"),
            ("json(a", "cannot be read: the bracket of json( is not closed"),
            ("json(json(a))", "cannot be read: json( stands within json("),
            ("a b", "cannot be read: a b is no name; write [\"…\"]"),
        ] {
            assert_eq!(Path::parse(text).expect_err(text), expect, "{text}");
        }
        assert!(Path::parse(&"a.".repeat(300)).is_err());
    }
}
