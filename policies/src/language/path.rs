//! Where a value is found: `bucket`, `before.engine_version`, `ingress[*].cidr_blocks[*]`, `json(policy).Statement[*].Action`,
//! `entries(tags)[*].key`, `related(aws_s3_bucket_versioning.bucket).versioning_configuration[*].status`,
//! `literals(user_data)`, `reference(policy_arn)`, `item.Effect`.

use std::fmt;

/// Steps that a path may have.
const MAX_STEPS: usize = 32;

/// Brackets of functions that may stand within each other.
const MAX_FUNCTIONS: usize = 3;

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
    /// The members of a map as a list of `{key, value}`.
    Entries(Box<Path>),
    /// Other resources that refer to this one.
    Related(Relation),
    /// Every text that the code writes out in an argument.
    Literals(String),
    /// The address of the resource that an argument refers to.
    Reference(String),
    /// The entry that an `each` is at.
    Item,
}

/// Which resources refer to one: those of a type, by an argument of theirs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Relation {
    pub(crate) kind: String,
    pub(crate) argument: String,
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
    /// Reads a path. Within an `each`, `item` is its entry; elsewhere it is an argument like any other.
    ///
    /// # Errors
    /// In words, what is wrong with it.
    pub(crate) fn parse(text: &str, within_each: bool) -> Result<Self, String> {
        let written = text.trim();
        if written.chars().count() > 400 {
            return Err("is longer than 400 characters".to_owned());
        }
        Self::read(written, within_each, &[]).map_err(|what| format!("cannot be read: {what}"))
    }

    fn read(text: &str, within_each: bool, around: &[&str]) -> Result<Self, String> {
        for function in ["json", "entries", "related", "literals", "reference"] {
            let Some(rest) = text.strip_prefix(function).and_then(|rest| rest.strip_prefix('(')) else {
                continue;
            };
            let (inner, steps) =
                inside(rest).ok_or_else(|| format!("the bracket of {function}( is not closed"))?;
            if around.contains(&function) || around.len() >= MAX_FUNCTIONS {
                return Err(format!("{function}( stands within {function}("));
            }
            let within: Vec<&str> = around.iter().copied().chain([function]).collect();
            let path = || Self::read(inner.trim(), within_each, &within).map(Box::new);
            let root = match function {
                "json" => Root::Json(path()?),
                "entries" => Root::Entries(path()?),
                "related" => Root::Related(Relation::read(inner)?),
                _ if !is_word(inner.trim()) || !steps.is_empty() => {
                    return Err(format!("{function}( holds one argument, and nothing follows it"));
                }
                "literals" => Root::Literals(inner.trim().to_owned()),
                _ => Root::Reference(inner.trim().to_owned()),
            };
            return Ok(Self { root, steps: steps_of(steps)?, text: text.to_owned() });
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
                "item" if within_each => {
                    steps.remove(0);
                    Root::Item
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
            (Root::Json(inner) | Root::Entries(inner), _) => inner.argument(),
            (Root::TagsEffective, _) => Some("tags"),
            (Root::Literals(name) | Root::Reference(name), _) => Some(name),
            _ => None,
        }
    }

    /// Whether it may lead to several values, as it is written.
    pub(crate) fn is_many(&self) -> bool {
        let through = match &self.root {
            Root::Json(inner) => inner.is_many(),
            Root::Related(_) | Root::Literals(_) => true,
            _ => false,
        };
        through || self.steps.iter().any(|step| matches!(step, Step::Each | Step::Values))
    }

    /// Whether it begins at the entry of an `each`.
    pub(crate) fn is_of_item(&self) -> bool {
        match &self.root {
            Root::Json(inner) | Root::Entries(inner) => inner.is_of_item(),
            root => *root == Root::Item,
        }
    }

    /// The rest of the path, from the values of a related resource.
    pub(crate) fn within_related(&self) -> Self {
        Self { root: Root::After, steps: self.steps.clone(), text: self.text.clone() }
    }
}

impl Relation {
    /// `aws_s3_bucket_versioning.bucket`: a type and an argument of it.
    fn read(text: &str) -> Result<Self, String> {
        let (kind, argument) = text
            .trim()
            .split_once('.')
            .filter(|(kind, argument)| is_word(kind) && is_word(argument))
            .ok_or("related( holds no type with an argument, such as aws_s3_bucket_versioning.bucket")?;
        Ok(Self { kind: kind.to_owned(), argument: argument.to_owned() })
    }
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
}

/// What stands before the bracket that closes, and what follows it. Brackets in quotes are text.
fn inside(text: &str) -> Option<(&str, &str)> {
    let (mut depth, mut quoted) = (0_usize, false);
    for (at, character) in text.char_indices() {
        match character {
            '"' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted && depth == 0 => return Some((text.get(..at)?, text.get(at + 1..)?)),
            ')' if !quoted => depth -= 1,
            _ => {}
        }
    }
    None
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

    fn parse(text: &str) -> Result<Path, String> {
        Path::parse(text, false)
    }

    #[test]
    fn paths_lead_through_members_lists_and_maps() {
        let path = parse("ingress[*].cidr_blocks[0]").expect("it can be read");
        let member = |name: &str| Step::Member(name.to_owned());
        assert_eq!(path.root, Root::After);
        assert_eq!(path.steps, [member("ingress"), Step::Each, member("cidr_blocks"), Step::At(0)]);
        assert_eq!(path.argument(), Some("ingress"));
        let path = parse("json(policy).Statement[*].Principal.*").expect("it can be read");
        assert!(matches!(&path.root, Root::Json(inner) if inner.to_string() == "policy"));
        assert_eq!((path.argument(), path.steps.last()), (Some("policy"), Some(&Step::Values)));
        let path = parse("tags_effective[\"kubernetes.io/name\"]").expect("it can be read");
        assert_eq!((path.root, path.steps), (Root::TagsEffective, vec![member("kubernetes.io/name")]));
        assert_eq!(parse("region").expect("it can be read").root, Root::Region);
        assert_eq!(parse("before.region").expect("it can be read").steps, [member("region")]);
        assert_eq!(parse("after.config").expect("it can be read").steps, [member("config")]);
    }

    #[test]
    fn functions_lead_elsewhere() {
        let path = parse("related(aws_s3_bucket_versioning.bucket).versioning_configuration[*].status");
        let path = path.expect("it can be read");
        let relation =
            Relation { kind: "aws_s3_bucket_versioning".to_owned(), argument: "bucket".to_owned() };
        assert_eq!((path.is_many(), path.argument(), path.steps.len()), (true, None, 3));
        assert_eq!(path.root, Root::Related(relation));
        let path = parse("entries(json(policy)[\"a)\"])[*].key").expect("it can be read");
        assert!(matches!(&path.root, Root::Entries(inner) if matches!(inner.root, Root::Json(_))));
        assert_eq!(path.argument(), Some("policy"));
    }

    #[test]
    fn an_item_is_one_only_within_each() {
        let within = |text: &str| Path::parse(text, true).expect("it can be read");
        assert_eq!((within("item.Action[*]").root, within("item").steps), (Root::Item, vec![]));
        assert!(within("json(item.policy)").is_of_item());
        assert_eq!(parse("item").expect("it can be read").root, Root::After);
        assert!(!within("after.item").is_of_item());
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
            (
                "related(aws_vpc)",
                "cannot be read: related( holds no type with an argument, such as aws_s3_bucket_versioning.bucket",
            ),
            ("literals(a.b)", "cannot be read: literals( holds one argument, and nothing follows it"),
            ("reference(a).b", "cannot be read: reference( holds one argument, and nothing follows it"),
            ("json(json(a))", "cannot be read: json( stands within json("),
            ("a b", "cannot be read: a b is no name; write [\"…\"]"),
        ] {
            assert_eq!(parse(text).expect_err(text), expect, "{text}");
        }
        assert!(parse(&"a.".repeat(300)).is_err());
    }
}
