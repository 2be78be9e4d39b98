//! Owns: RSA keys: the app's, and those the OIDC issuer signs with. Leaves to callers: what is signed.

use std::sync::{Mutex, PoisonError};

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{DecodingKey, EncodingKey};
use serde_json::{Value, json};

/// A key that could not be made.
#[derive(Debug, thiserror::Error)]
#[error("making an RSA key failed: {0}")]
pub struct KeyError(String);

impl KeyError {
    pub(crate) fn none() -> KeyError {
        KeyError("there is none".into())
    }

    pub(crate) fn signing(why: &str) -> KeyError {
        KeyError(format!("signing: {why}"))
    }
}

/// An RSA key of 2048 bits with a name.
#[derive(Clone)]
pub(crate) struct RsaKey {
    pem: String,
    modulus: Vec<u8>,
    exponent: Vec<u8>,
}

impl RsaKey {
    /// The key every app of this process has: making one takes longer than most stories.
    pub(crate) fn of_apps() -> Result<RsaKey, KeyError> {
        static KEY: Mutex<Option<RsaKey>> = Mutex::new(None);
        RsaKey::made_once(&KEY)
    }

    /// The first key of every issuer of this process.
    pub(crate) fn of_issuers() -> Result<RsaKey, KeyError> {
        static KEY: Mutex<Option<RsaKey>> = Mutex::new(None);
        RsaKey::made_once(&KEY)
    }

    fn made_once(place: &Mutex<Option<RsaKey>>) -> Result<RsaKey, KeyError> {
        let mut place = place.lock().unwrap_or_else(PoisonError::into_inner);
        match &*place {
            Some(key) => Ok(key.clone()),
            None => Ok(place.insert(RsaKey::generate()?).clone()),
        }
    }

    /// Makes a new key.
    pub(crate) fn generate() -> Result<RsaKey, KeyError> {
        let pair = KeyPair::generate(KeySize::Rsa2048).map_err(|error| KeyError(error.to_string()))?;
        let der: Pkcs8V1Der<'_> = pair.as_der().map_err(|error| KeyError(error.to_string()))?;
        let text = STANDARD.encode(der.as_ref());
        let lines: Vec<String> =
            text.as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line).into_owned()).collect();
        let pem = format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n"));
        let public = pair.public_key();
        let modulus = public.modulus().big_endian_without_leading_zero().to_vec();
        let exponent = public.exponent().big_endian_without_leading_zero().to_vec();
        Ok(RsaKey { pem, modulus, exponent })
    }

    /// The private key (PKCS#8).
    pub(crate) fn pem(&self) -> &str {
        &self.pem
    }

    /// For checking signatures.
    pub(crate) fn decoding_key(&self) -> DecodingKey {
        DecodingKey::from_rsa_raw_components(&self.modulus, &self.exponent)
    }

    /// For signing.
    pub(crate) fn encoding_key(&self) -> Result<EncodingKey, KeyError> {
        EncodingKey::from_rsa_pem(self.pem.as_bytes()).map_err(|error| KeyError(error.to_string()))
    }

    /// A name for the key: the first half of its JWK's hash would do, the start of its modulus does too.
    pub(crate) fn kid(&self) -> String {
        hex::encode(self.modulus.get(..10).unwrap_or_default())
    }

    /// The public half as a JSON web key.
    pub(crate) fn jwk(&self) -> Value {
        json!({
            "kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.kid(),
            "n": URL_SAFE_NO_PAD.encode(&self.modulus), "e": URL_SAFE_NO_PAD.encode(&self.exponent),
        })
    }
}
