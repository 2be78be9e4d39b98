//! Names under which people keep secrets.

use serde_json::{Map, Value};

/// Endings of names under which secrets are kept. `secret_arn`, `key_id`, `password_policy` are none.
const SECRET_NAMES: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "secret",
    "secrets",
    "secret_key",
    "secretkey",
    "secret_string",
    "access_key",
    "private_key",
    "privatekey",
    "api_key",
    "apikey",
    "auth_key",
    "account_key",
    "shared_key",
    "encryption_key",
    "license_key",
    "token",
    "credentials",
    "connection_string",
    "private_key_pem",
];

/// Whether a name says that its value is a secret.
pub fn is_secret_name(name: &str) -> bool {
    let name = name.as_bytes();
    let plain = |byte: u8| if byte == b'-' { b'_' } else { byte.to_ascii_lowercase() };
    let Some(last) = name.last().copied().map(plain) else { return false };
    SECRET_NAMES.iter().map(|ending| ending.as_bytes()).any(|ending| {
        let Some((rest, tail)) = name.split_at_checked(name.len().wrapping_sub(ending.len())) else {
            return false;
        };
        ending.last() == Some(&last)
            && tail.iter().zip(ending).all(|(byte, letter)| plain(*byte) == *letter)
            && rest.last().is_none_or(|before| matches!(before, b'_' | b'-' | b'.'))
    })
}

/// Whether an object is a pair, of such a name and a value: `{"name": "DB_PASSWORD", "value": …}`. In the code the name is an
/// expression.
pub(super) fn is_secret_pair(map: &Map<String, Value>) -> bool {
    let says = |name: &Value| name.get("constant_value").unwrap_or(name).as_str().is_some_and(is_secret_name);
    map.contains_key("value") && ["name", "key"].iter().any(|field| map.get(*field).is_some_and(says))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets() {
        for name in [
            "password",
            "DB_PASSWORD",
            "client-secret",
            "apiToken_token",
            "secret_string",
            "spring.datasource.password",
            "pwd",
            "passwd",
            "passphrase",
            "secrets",
            "secret_key",
            "secretKey",
            "secret-access-key",
            "access-key",
            "private_key",
            "private-key-pem",
            "privatekey",
            "api_key",
            "x-api-key",
            "apikey",
            "auth_key",
            "account_key",
            "shared_key",
            "encryption_key",
            "license_key",
            "credentials",
            "connection_string",
        ] {
            assert!(is_secret_name(name), "{name}");
        }
        for name in [
            "secret_arn",
            "kms_key_id",
            "password_policy",
            "tokens_per_minute",
            "key",
            "keyword",
            "nopassword1",
            "nopassword",
        ] {
            assert!(!is_secret_name(name), "{name}");
        }
    }
}
