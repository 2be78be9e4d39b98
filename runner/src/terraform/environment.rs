//! Which environment Terraform gets: an allow-list, taken once from the worker's own, and which of it a plan is
//! bound to. Everything else of the worker's environment stays where it is.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;

use tfpilot_protocol::Secret;

/// What speaks to the network: needed by Terraform and Git alike, no part of what a plan means.
const NETWORK: &[&str] = &[
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "NO_PROXY",
    "https_proxy",
    "http_proxy",
    "no_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
];

/// Prefixes of the clouds' own names.
const CLOUDS: &[&str] = &["AWS_", "GOOGLE_", "ARM_"];

/// What infracost is set up with; nobody else gets it.
const INFRACOST: &str = "INFRACOST_";

/// Names under a cloud's prefix that would hand Terraform the worker's own proof of who it is.
const NEVER: &[&str] = &["ARM_OIDC_REQUEST_TOKEN", "ARM_OIDC_REQUEST_URL"];

/// Parts of a cloud's name that tell a secret, or an identity that differs between plan and apply by design.
/// Such a value is no part of a manifest; that it was set is.
const PRIVATE_PARTS: &[&str] = &[
    "SECRET",
    "TOKEN",
    "KEY",
    "PASSWORD",
    "CREDENTIAL",
    "CERTIFICATE",
    "ROLE_",
    "SESSION",
    "CLIENT_ID",
    "SERVICE_ACCOUNT",
    "IDENTITY",
    "AUTHORIZATION",
    "EXPIRATION",
];

/// The part of the worker's environment that Terraform may see.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    path: OsString,
    network: Vec<(String, String)>,
    clouds: BTreeMap<String, String>,
    infracost: BTreeMap<String, String>,
    cli_config: Option<OsString>,
}

impl Environment {
    /// Chooses from `all`. A value equal to one of `secrets` is left out whatever its name is. `cli_config` is
    /// the operator's Terraform CLI configuration, if there is one.
    pub fn choose(
        all: impl IntoIterator<Item = (OsString, OsString)>,
        secrets: &[Secret],
        cli_config: Option<&Path>,
    ) -> Self {
        let mut chosen = Self { cli_config: cli_config.map(Into::into), ..Self::default() };
        for (name, value) in all {
            if name == "PATH" {
                chosen.path = value;
                continue;
            }
            let (Ok(name), Ok(value)) = (name.into_string(), value.into_string()) else { continue };
            if secrets.iter().any(|secret| secret.expose() == value) {
                continue;
            }
            if NETWORK.contains(&name.as_str()) {
                chosen.network.push((name, value));
            } else if CLOUDS.iter().any(|cloud| name.starts_with(cloud)) && !NEVER.contains(&name.as_str()) {
                chosen.clouds.insert(name, value);
            } else if name.starts_with(INFRACOST) {
                chosen.infracost.insert(name, value);
            }
        }
        chosen
    }

    /// Where programs are looked up.
    pub fn path(&self) -> &std::ffi::OsStr {
        &self.path
    }

    /// A cloud's variable.
    pub fn cloud(&self, name: &str) -> Option<&str> {
        self.clouds.get(name).map(String::as_str)
    }

    /// Terraform's whole environment. `home` is an empty folder of the job; `cache` the plugin cache, if the
    /// caller may write to it now.
    pub fn for_terraform(&self, home: &Path, cache: Option<&Path>) -> Vec<(OsString, OsString)> {
        let mut env = self.for_git(home);
        env.extend(self.clouds.iter().map(|(name, value)| (name.into(), value.into())));
        env.push(("TF_IN_AUTOMATION".into(), "1".into()));
        env.push(("TF_INPUT".into(), "0".into()));
        // Asks nobody on the internet whether there is a newer version.
        env.push(("CHECKPOINT_DISABLE".into(), "1".into()));
        if let Some(file) = &self.cli_config {
            env.push(("TF_CLI_CONFIG_FILE".into(), file.clone()));
        }
        if let Some(cache) = cache {
            env.push(("TF_PLUGIN_CACHE_DIR".into(), cache.into()));
        }
        env
    }

    /// What a program without cloud access gets.
    pub fn for_git(&self, home: &Path) -> Vec<(OsString, OsString)> {
        let mut env: Vec<(OsString, OsString)> = vec![
            ("PATH".into(), self.path.clone()),
            ("HOME".into(), home.into()),
            ("TMPDIR".into(), home.into()),
            ("LC_ALL".into(), "C.UTF-8".into()),
        ];
        env.extend(self.network.iter().map(|(name, value)| (name.into(), value.into())));
        env
    }

    /// What infracost gets: its own settings, nothing of the clouds. It neither looks for a newer version nor sends what it
    /// found to its makers.
    pub fn for_infracost(&self, home: &Path) -> Vec<(OsString, OsString)> {
        let mut env = self.for_git(home);
        env.extend(self.infracost.iter().map(|(name, value)| (name.into(), value.into())));
        for name in ["INFRACOST_SKIP_UPDATE_CHECK", "INFRACOST_DISABLE_CLOUD_UPLOAD"] {
            env.push((name.into(), "true".into()));
        }
        env.push(("INFRACOST_ENABLE_CLOUD".into(), "false".into()));
        env
    }

    /// What a plan is bound to: the clouds' variables, secrets and identities only by the fact that they are
    /// set.
    pub fn bound(&self) -> BTreeMap<String, String> {
        self.clouds
            .iter()
            .map(|(name, value)| {
                let shown = if is_private(name) { "set".to_owned() } else { value.clone() };
                (name.clone(), shown)
            })
            .collect()
    }

    /// Values that must never be seen.
    pub fn secrets(&self) -> Vec<Secret> {
        let clouds = self.clouds.iter().chain(&self.infracost);
        let clouds = clouds.filter(|(name, value)| is_secret(name) && value.len() >= 6);
        let proxies = self.network.iter().filter_map(|(_, value)| {
            let (login, _) = value.split_once("://")?.1.split_once('@')?;
            let password = login.split_once(':')?.1;
            (password.len() >= 4).then_some(password)
        });
        clouds.map(|(_, value)| value.as_str()).chain(proxies).map(Secret::new).collect()
    }
}

fn is_private(name: &str) -> bool {
    PRIVATE_PARTS.iter().any(|part| name.contains(part))
}

/// Names that hold the secret itself and not only a path or an address of it.
fn is_secret(name: &str) -> bool {
    const PARTS: &[&str] = &["SECRET", "TOKEN", "PASSWORD", "CREDENTIALS", "ACCESS_KEY", "API_KEY"];
    PARTS.iter().any(|part| name.contains(part)) && !name.ends_with("_FILE") && !name.ends_with("_PATH")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(env: &[(OsString, OsString)]) -> Vec<String> {
        env.iter().map(|(name, _)| name.to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn terraform_gets_an_allow_list_and_nothing_else() {
        let all = [
            ("PATH", "/bin"),
            ("HOME", "/root"),
            ("AWS_REGION", "eu-central-1"),
            ("AWS_SECRET_ACCESS_KEY", "s3cr3t"),
            ("AWS_STOLEN", "job-token"),
            ("ARM_OIDC_REQUEST_TOKEN", "x"),
            ("TF_CLI_ARGS_plan", "-target=a"),
            ("TF_VAR_password", "p"),
            ("GITHUB_TOKEN", "g"),
            ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "a"),
            ("TFPILOT_TOKEN", "t"),
            ("TF_LOG", "trace"),
            ("LD_PRELOAD", "x.so"),
            ("HTTPS_PROXY", "http://u:pass@p:1"),
        ];
        let all = all.map(|(name, value)| (OsString::from(name), OsString::from(value)));
        let env = Environment::choose(all, &[Secret::new("job-token")], Some(Path::new("/etc/tfrc")));
        let given = env.for_terraform(Path::new("/tmp/home"), Some(Path::new("/cache")));
        insta::assert_snapshot!(names(&given).join(" "), @"PATH HOME TMPDIR LC_ALL HTTPS_PROXY AWS_REGION AWS_SECRET_ACCESS_KEY TF_IN_AUTOMATION TF_INPUT CHECKPOINT_DISABLE TF_CLI_CONFIG_FILE TF_PLUGIN_CACHE_DIR");
        insta::assert_debug_snapshot!(env.bound(), @r#"
        {
            "AWS_REGION": "eu-central-1",
            "AWS_SECRET_ACCESS_KEY": "set",
        }
        "#);
        let secrets: Vec<_> = env.secrets().iter().map(|secret| secret.expose().to_owned()).collect();
        assert_eq!(secrets, ["s3cr3t", "pass"]);
    }
}
