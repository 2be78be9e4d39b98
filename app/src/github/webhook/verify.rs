//! Whether a body comes from GitHub: the HMAC in `X-Hub-Signature-256`, over the bytes as received.

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

/// Why a delivery is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadSignature {
    /// No header.
    #[error("the header X-Hub-Signature-256 is missing; set a secret in the app's webhook settings")]
    Missing,
    /// Not `sha256=` and 64 hex digits.
    #[error("the header X-Hub-Signature-256 is not of the form sha256=<64 hex digits>")]
    Malformed,
    /// Made with another secret, or over another body.
    #[error(
        "the signature does not match; the secret in the app's webhook settings differs from the server's"
    )]
    Mismatch,
    /// Nothing to compare with: an empty secret would believe everybody.
    #[error("no webhook secret is configured")]
    NoSecret,
}

/// Checks a body against every secret in force (two during a rotation), in constant time.
pub fn verify(secrets: &[SecretString], body: &[u8], signature: Option<&str>) -> Result<(), BadSignature> {
    let signature = signature.ok_or(BadSignature::Missing)?;
    let digits = signature.strip_prefix("sha256=").ok_or(BadSignature::Malformed)?;
    let mut given = [0_u8; 32];
    hex::decode_to_slice(digits, &mut given).map_err(|_| BadSignature::Malformed)?;
    let mut usable = secrets.iter().filter(|secret| !secret.expose_secret().is_empty()).peekable();
    if usable.peek().is_none() {
        return Err(BadSignature::NoSecret);
    }
    // Every secret is tried: the time must not tell which of them matched.
    let matches = usable.filter(|secret| is_signed_by(secret, body, &given)).count();
    if matches > 0 { Ok(()) } else { Err(BadSignature::Mismatch) }
}

fn is_signed_by(secret: &SecretString, body: &[u8], given: &[u8]) -> bool {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes()) else {
        return false;
    };
    mac.update(body);
    mac.verify_slice(given).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets(texts: &[&str]) -> Vec<SecretString> {
        texts.iter().map(|text| SecretString::from(*text)).collect()
    }

    /// GitHub's own example, from its documentation on validating deliveries.
    const SECRET: &str = "It's a Secret to Everybody";
    const SIGNATURE: &str = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

    #[test]
    fn the_documented_example_verifies_with_either_secret_of_a_rotation() {
        let body = b"Hello, World!";
        assert_eq!(verify(&secrets(&[SECRET]), body, Some(SIGNATURE)), Ok(()));
        assert_eq!(verify(&secrets(&["new", SECRET]), body, Some(SIGNATURE)), Ok(()));
        assert_eq!(verify(&secrets(&[SECRET, "new"]), body, Some(SIGNATURE)), Ok(()));
    }

    #[test]
    fn everything_else_is_refused_with_its_reason() {
        let check = |texts: &[&str], body: &[u8], signature: Option<&str>, expect| {
            assert_eq!(verify(&secrets(texts), body, signature), Err(expect));
        };
        check(&[SECRET], b"Hello, World?", Some(SIGNATURE), BadSignature::Mismatch);
        check(&["other"], b"Hello, World!", Some(SIGNATURE), BadSignature::Mismatch);
        check(&[SECRET], b"Hello, World!", None, BadSignature::Missing);
        check(&[], b"Hello, World!", Some(SIGNATURE), BadSignature::NoSecret);
        check(&[""], b"Hello, World!", Some(SIGNATURE), BadSignature::NoSecret);
        for bad in ["", "sha1=757107ea", "sha256=", "sha256=zz", &SIGNATURE[..70], &format!("{SIGNATURE}00")]
        {
            check(&[SECRET], b"Hello, World!", Some(bad), BadSignature::Malformed);
        }
    }

    #[test]
    fn an_empty_secret_among_others_believes_nobody() {
        let mut mac = Hmac::<Sha256>::new_from_slice(b"").expect("any length");
        mac.update(b"x");
        let forged = format!("sha256={}", hex::encode(mac.finalize().into_bytes()));
        assert_eq!(verify(&secrets(&["", SECRET]), b"x", Some(&forged)), Err(BadSignature::Mismatch));
    }
}
