//! What is wrong with the settings of the language model.

use super::sections::{ModelProvider, ModelSettings};

/// Bytes of a text: what a request is read of.
const MOST_TEXT_BYTES: u64 = 32 * 1024;

/// Bytes of an answer.
const MOST_ANSWER_BYTES: u64 = 1024 * 1024;

/// Seconds of an answer: the request waits as long.
const MOST_SECONDS: u64 = 120;

impl ModelSettings {
    /// Where its API is.
    pub fn base(&self) -> &str {
        let default = match self.provider {
            ModelProvider::Anthropic => "https://api.anthropic.com",
            ModelProvider::Off | ModelProvider::Openai => "https://api.openai.com/v1",
        };
        self.url.as_deref().unwrap_or(default).trim_end_matches('/')
    }

    /// One sentence each.
    pub(super) fn problems(&self) -> Vec<String> {
        if self.provider == ModelProvider::Off {
            return Vec::new();
        }
        let mut problems = Vec::new();
        if self.name.as_ref().is_none_or(|name| name.trim().is_empty()) {
            problems.push(
                "TFPILOT_MODEL_NAME is not set: set it to the name of a model of the provider".to_owned(),
            );
        }
        if let Err(why) = self.check_address() {
            problems.push(format!("TFPILOT_MODEL_URL {why}"));
        }
        for (variable, value, most) in [
            ("TFPILOT_MODEL_TIMEOUT_SECONDS", self.timeout_seconds, MOST_SECONDS),
            ("TFPILOT_MODEL_TEXT_BYTES", self.text_bytes, MOST_TEXT_BYTES),
            ("TFPILOT_MODEL_ANSWER_BYTES", self.answer_bytes, MOST_ANSWER_BYTES),
        ] {
            if !(1..=most).contains(&value) {
                problems.push(format!("{variable} cannot be {value}: set it to 1 to {most}"));
            }
        }
        problems
    }

    /// A key is not shown to a network, nor kept in an address.
    fn check_address(&self) -> Result<(), &'static str> {
        let no_url = "is no URL: set it to one such as https://api.openai.com/v1";
        let address: http::Uri = self.base().parse().map_err(|_| no_url)?;
        let (Some(scheme), Some(authority)) = (address.scheme_str(), address.authority()) else {
            return Err(no_url);
        };
        if authority.as_str().contains('@') {
            return Err("holds a password: set TFPILOT_MODEL_KEY instead");
        }
        match scheme {
            "https" => Ok(()),
            "http" if self.key.is_none() || is_loopback(authority.host()) => Ok(()),
            "http" => {
                Err("is plain http, which would show the key to the network: set it to an https address")
            }
            _ => Err(no_url),
        }
    }
}

/// An address that never leaves the machine.
fn is_loopback(host: &str) -> bool {
    let plain = host.trim_matches(['[', ']']);
    host == "localhost" || plain.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}
