//! Which cloud account the worker's credentials open, as the cloud itself says. A plan made in one account is
//! never applied in another.
//!
//! AWS is asked with `sts:GetCallerIdentity`, which needs no permission. Credentials are those in the
//! environment, as the workflow's or the operator's login step leaves them there.

use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::terraform::environment::Environment;

const BODY: &str = "Action=GetCallerIdentity&Version=2011-06-15";

/// Why the account is not known.
#[derive(Debug, Error)]
pub enum AccountError {
    /// AWS did not answer or said no. Masked by the caller.
    #[error("AWS was asked which account these credentials open, and {0}")]
    Aws(String),
}

/// The account of the credentials in `environment`; none when there are none that can be asked.
pub async fn ask(environment: &Environment) -> Result<Option<String>, AccountError> {
    let (Some(key), Some(secret)) =
        (environment.cloud("AWS_ACCESS_KEY_ID"), environment.cloud("AWS_SECRET_ACCESS_KEY"))
    else {
        return Ok(None);
    };
    let region = environment
        .cloud("AWS_REGION")
        .or_else(|| environment.cloud("AWS_DEFAULT_REGION"))
        .filter(|region| region.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'))
        .unwrap_or("us-east-1");
    let suffix = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
    let endpoint = environment
        .cloud("AWS_ENDPOINT_URL_STS")
        .or_else(|| environment.cloud("AWS_ENDPOINT_URL"))
        .map_or_else(
            || format!("https://sts.{region}.{suffix}/"),
            |url| format!("{}/", url.trim_end_matches('/')),
        );
    let url =
        reqwest::Url::parse(&endpoint).map_err(|_| AccountError::Aws(format!("{endpoint:?} is no URL")))?;
    let token = environment.cloud("AWS_SESSION_TOKEN");
    let headers = Signer { key, secret, token, region }.sign(&url, Timestamp::now());
    let aws = |why: String| AccountError::Aws(why);
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let client = reqwest::Client::builder()
        .timeout(Duration::from_secs(30))
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .map_err(|error| aws(error.to_string()))?;
    let mut request = client.post(url).body(BODY);
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let answer = request.send().await.map_err(|error| aws(format!("there was no answer: {error}")))?;
    let (status, text) = (answer.status(), answer.text().await.map_err(|error| aws(error.to_string()))?);
    if !status.is_success() {
        let code = between(&text, "<Code>", "</Code>").unwrap_or("no code");
        return Err(aws(format!("it answered {status} ({code})")));
    }
    match between(&text, "<Account>", "</Account>") {
        Some(account) => Ok(Some(account.to_owned())),
        None => Err(aws("its answer names none".into())),
    }
}

fn between<'a>(text: &'a str, from: &str, to: &str) -> Option<&'a str> {
    text.split_once(from)?.1.split_once(to).map(|(inner, _)| inner.trim())
}

/// AWS's signature, version 4, of this one request.
struct Signer<'a> {
    key: &'a str,
    secret: &'a str,
    token: Option<&'a str>,
    region: &'a str,
}

impl Signer<'_> {
    fn sign(&self, url: &reqwest::Url, now: Timestamp) -> Vec<(&'static str, String)> {
        let time = now.strftime("%Y%m%dT%H%M%SZ").to_string();
        let day = now.strftime("%Y%m%d").to_string();
        let host = match (url.host_str().unwrap_or_default(), url.port()) {
            (host, Some(port)) => format!("{host}:{port}"),
            (host, None) => host.to_owned(),
        };
        // In the order of names, as the signature wants them.
        let mut headers = vec![
            ("content-type", "application/x-www-form-urlencoded".to_owned()),
            ("host", host),
            ("x-amz-date", time.clone()),
        ];
        headers.extend(self.token.map(|token| ("x-amz-security-token", token.to_owned())));
        let lines: String = headers.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
        let names = headers.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(";");
        let request = format!("POST\n{}\n\n{lines}\n{names}\n{}", url.path(), sha256(BODY));
        let scope = format!("{day}/{}/sts/aws4_request", self.region);
        let text = format!("AWS4-HMAC-SHA256\n{time}\n{scope}\n{}", sha256(&request));
        let mut key = format!("AWS4{}", self.secret).into_bytes();
        for part in [day.as_str(), self.region, "sts", "aws4_request", &text] {
            key = hmac(&key, part);
        }
        let (id, signature) = (self.key, hex::encode(key));
        let login =
            format!("AWS4-HMAC-SHA256 Credential={id}/{scope}, SignedHeaders={names}, Signature={signature}");
        // The client writes this one itself.
        headers.retain(|(name, _)| *name != "host");
        headers.push(("authorization", login));
        headers
    }
}

fn sha256(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_the_one_an_independent_signer_makes() {
        let (key, secret) = ("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
        let url = reqwest::Url::parse("https://sts.eu-central-1.amazonaws.com/").unwrap();
        let now = "2015-08-30T12:36:00Z".parse().unwrap();
        let signer = Signer { key, secret, token: Some("TOKEN"), region: "eu-central-1" };
        let headers = signer.sign(&url, now);
        let (_, login) = headers.last().unwrap();
        // Made with botocore for the same request and time.
        insta::assert_snapshot!(login, @"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/eu-central-1/sts/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, Signature=83e89bda60e0367a193a7d56e93c933540bdd3ab76c13c1bba7cf5856de7ab9a");
    }

    #[tokio::test]
    async fn without_credentials_nobody_is_asked() {
        assert_eq!(ask(&Environment::default()).await.unwrap(), None);
    }
}
