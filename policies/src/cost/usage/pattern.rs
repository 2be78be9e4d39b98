//! Addresses with `[*]` for any key: `module.web[*].aws_lambda_function.f["eu"]`.

/// Stands for any key of an instance.
const ANY: &str = "[*]";

/// Whether an address is meant by a pattern. Outside of `[*]` they must be the same.
pub(super) fn is_match(pattern: &str, address: &str) -> bool {
    let Some((before, after)) = pattern.split_once(ANY) else { return pattern == address };
    let Some(rest) = address.strip_prefix(before) else { return false };
    key(rest).is_some_and(|end| rest.get(end..).is_some_and(|rest| is_match(after, rest)))
}

/// Where the key ends that an address begins with.
fn key(address: &str) -> Option<usize> {
    let (mut quoted, mut escaped) = (false, false);
    for (at, character) in address.char_indices() {
        match character {
            '[' if at == 0 => {}
            _ if at == 0 => return None,
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ']' if !quoted => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// The type of the resource that an address names.
pub(super) fn kind(address: &str) -> Option<&str> {
    let parts = crate::address::split(address);
    let [.., kind, _] = parts.as_slice() else { return None };
    (!kind.is_empty() && *kind != "module").then_some(*kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_any_key() {
        for (pattern, address, expect) in [
            ("aws_a.b", "aws_a.b", true),
            ("aws_a.b", "aws_a.b[0]", false),
            ("aws_a.b[*]", "aws_a.b[0]", true),
            ("aws_a.b[*]", r#"aws_a.b["x]\"y"]"#, true),
            ("aws_a.b[*]", "aws_a.b", false),
            ("module.m[*].aws_a.b[*]", r#"module.m["k"].aws_a.b[3]"#, true),
            ("module.m[*].aws_a.b", r#"module.m["k"].aws_a.c"#, false),
            ("module.m[*].aws_a.b[1]", "module.m[0].aws_a.b[1]", true),
            ("aws_a.b[*]", "aws_a.b[", false),
        ] {
            assert_eq!(is_match(pattern, address), expect, "{pattern} {address}");
        }
    }

    #[test]
    fn an_address_names_a_type() {
        assert_eq!(kind(r#"module.a["x.y"].aws_a.b["c.d"]"#), Some("aws_a"));
        assert_eq!((kind("aws_a"), kind(""), kind("module.a")), (None, None, None));
    }
}
