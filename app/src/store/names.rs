//! Which names can be keys: the same in every backend, so that a store can be moved from one to another.

/// Longest name of a stream, row, command, lease or delivery, in bytes.
pub const NAME_LIMIT: usize = 2048;

/// Refuses a name that is empty, too long, or holds a NUL, which PostgreSQL cannot store; says why.
pub(super) fn check_name(what: &str, name: &str) -> Result<(), String> {
    match name.len() {
        0 => Err(format!("{what} is empty")),
        1..=NAME_LIMIT if name.contains('\0') => Err(format!("{what} holds a NUL byte")),
        1..=NAME_LIMIT => Ok(()),
        length => Err(format!("{what} has {length} bytes, at most {NAME_LIMIT} can be kept")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_bounded_and_printable_in_every_backend() {
        for good in ["a", "acme/infra#12", "ü", &"x".repeat(NAME_LIMIT)] {
            check_name("a stream's name", good).unwrap();
        }
        for bad in ["", "a\0b", &"x".repeat(NAME_LIMIT + 1)] {
            assert!(check_name("a stream's name", bad).unwrap_err().starts_with("a stream's name "));
        }
    }
}
