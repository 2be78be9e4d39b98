//! Which files of a directory Terraform loads, by name alone. Names are bytes: what is no UTF-8 is loaded all the same.

/// What Terraform does with a file of this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Loaded as configuration.
    Config,
    /// Loaded after the others and merged over them.
    Override,
    /// Values of variables, loaded by itself: `terraform.tfvars`, `*.auto.tfvars` and their JSON forms.
    AutoValues,
    /// Values of variables, loaded when named on the command line.
    Values,
    /// The versions and hashes of providers.
    Lock,
    /// Tests; not loaded by plan and apply, though they can run code under `terraform test`.
    Test,
}

/// What Terraform does with a file of this name; none when it does not look at it.
pub fn kind(name: &[u8]) -> Option<Kind> {
    if name == b".terraform.lock.hcl" {
        return Some(Kind::Lock);
    }
    if name.ends_with(b".tftest.hcl") || name.ends_with(b".tftest.json") {
        return Some(Kind::Test);
    }
    if name.ends_with(b".tfvars") || name.ends_with(b".tfvars.json") {
        let auto = name == b"terraform.tfvars"
            || name == b"terraform.tfvars.json"
            || name.ends_with(b".auto.tfvars")
            || name.ends_with(b".auto.tfvars.json");
        return Some(if auto { Kind::AutoValues } else { Kind::Values });
    }
    // Files of values are loaded whatever they are called; configuration is not when it looks like an editor's leavings.
    if ignored(name) {
        return None;
    }
    let stem = name.strip_suffix(b".tf.json").or_else(|| name.strip_suffix(b".tf"))?;
    Some(if stem == b"override" || stem.ends_with(b"_override") { Kind::Override } else { Kind::Config })
}

/// Editors' leavings, which Terraform ignores.
fn ignored(name: &[u8]) -> bool {
    name.first() == Some(&b'.')
        || name.last() == Some(&b'~')
        || (name.first() == Some(&b'#') && name.last() == Some(&b'#'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_judged_as_terraform_judges_them() {
        for (name, expected) in [
            ("main.tf", Some(Kind::Config)),
            ("main.tf.json", Some(Kind::Config)),
            ("override.tf", Some(Kind::Override)),
            ("x_override.tf.json", Some(Kind::Override)),
            ("xoverride.tf", Some(Kind::Config)),
            ("terraform.tfvars", Some(Kind::AutoValues)),
            ("a.auto.tfvars.json", Some(Kind::AutoValues)),
            ("prod.tfvars", Some(Kind::Values)),
            (".terraform.lock.hcl", Some(Kind::Lock)),
            ("a.tftest.hcl", Some(Kind::Test)),
            (".hidden.tf", None),
            (".hidden.auto.tfvars", Some(Kind::AutoValues)),
            ("#x.auto.tfvars", Some(Kind::AutoValues)),
            ("main.tf~", None),
            ("#main.tf#", None),
            ("main.TF", None),
            ("readme.md", None),
        ] {
            assert_eq!(kind(name.as_bytes()), expected, "{name}");
        }
        assert_eq!(kind(b"\xff.tf"), Some(Kind::Config));
    }
}
