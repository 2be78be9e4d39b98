//! Settings from a file, from the environment, and what is said when they are missing.

use secrecy::ExposeSecret;

use super::*;

const ENOUGH: [(&str, &str); 5] = [
    ("TFPILOT_GITHUB_APP_ID", "7"),
    ("TFPILOT_GITHUB_PRIVATE_KEY", "pem"),
    ("TFPILOT_GITHUB_WEBHOOK_SECRET", "hush"),
    ("TFPILOT_URL", "https://tfpilot.example.com"),
    ("TFPILOT_STORE_KEYS", "a2V5"),
];

fn load(file: Option<&str>, variables: &[(&str, &str)]) -> Result<Settings, SettingsError> {
    Settings::load(&Sources {
        file: file.map(|text| ("settings.yml", text.as_bytes())),
        variable: &|name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        },
        read: &|path| match path.to_str() {
            Some("/run/secrets/key") => Ok("from a file\n".to_owned()),
            _ => Err(std::io::Error::from(std::io::ErrorKind::NotFound)),
        },
    })
}

#[test]
fn the_environment_alone_is_enough() {
    let settings = load(None, &ENOUGH).expect("is complete");
    assert_eq!(settings.github.app_id, 7);
    assert_eq!(settings.github.api_url, "https://api.github.com");
    assert_eq!(settings.server.listen.port(), 7800);
    assert_eq!(settings.log.format, LogFormat::Text);
    assert!(!format!("{settings:?}").contains("hush"));
}

#[test]
fn the_environment_wins_over_the_file() {
    let file = "github:\n  app_id: 1\n  webhook_secret: in-file\nlog: {format: json}\n";
    let settings = load(Some(file), &ENOUGH).expect("is complete");
    assert_eq!((settings.github.app_id, settings.log.format), (7, LogFormat::Json));
    assert_eq!(settings.github.webhook_secret.expose_secret(), "hush");
}

#[test]
fn a_secret_may_lie_in_a_file() {
    let mut variables = ENOUGH.to_vec();
    variables.retain(|(name, _)| *name != "TFPILOT_GITHUB_PRIVATE_KEY");
    variables.push(("TFPILOT_GITHUB_PRIVATE_KEY_FILE", "/run/secrets/key"));
    let settings = load(None, &variables).expect("is complete");
    assert_eq!(settings.github.private_key.expose_secret(), "from a file");
}

#[test]
fn everything_that_is_missing_or_wrong_is_said_at_once() {
    let file = "github:\n  ap_id: 1\nlog: {format: xml}\n";
    let variables = [
        ("TFPILOT_GITHUB_APP_ID", "seven"),
        ("TFPILOT_GITHUB_PRIVATE_KEY_FILE", "/nowhere"),
        ("TFPILOT_LOG_FORMAT", "yaml"),
    ];
    insta::assert_snapshot!(load(Some(file), &variables).expect_err("is not complete"));
    let mut variables = ENOUGH.to_vec();
    variables.push(("TFPILOT_OIDC_ISSUER", "token.example.com"));
    insta::assert_snapshot!(
        load(None, &variables).expect_err("is wrong"),
        @r"
    the settings are not complete:
    TFPILOT_OIDC_ISSUER is no URL: set it to one such as https://tfpilot.example.com
    "
    );
}

#[test]
fn a_model_is_off_and_its_key_stays_in_the_house() {
    let off = load(None, &ENOUGH).expect("is complete").model;
    assert_eq!((off.provider, off.timeout_seconds, off.key.is_none()), (ModelProvider::Off, 20, true));
    let with = |more: &[(&'static str, &'static str)]| {
        let mut variables = ENOUGH.to_vec();
        variables.extend([("TFPILOT_MODEL_PROVIDER", "anthropic"), ("TFPILOT_MODEL_KEY", "hush-model")]);
        variables.extend(more);
        load(None, &variables)
    };
    let settings = with(&[("TFPILOT_MODEL_NAME", "some-model")]).expect("is complete");
    assert_eq!(settings.model.base(), "https://api.anthropic.com");
    assert!(!format!("{settings:?}").contains("hush-model"));
    let wrong = |more: &[(&'static str, &'static str)]| {
        let error = with(more).expect_err("is wrong");
        assert!(!error.to_string().contains("hush-model"), "{error}");
        error.problems.join("\n")
    };
    insta::assert_snapshot!(
        wrong(&[
            ("TFPILOT_MODEL_URL", "http://models.example.com/v1/"),
            ("TFPILOT_MODEL_TIMEOUT_SECONDS", "0"),
            ("TFPILOT_MODEL_ANSWER_BYTES", "10485760"),
        ]),
        @r"
    TFPILOT_MODEL_NAME is not set: set it to the name of a model of the provider
    TFPILOT_MODEL_URL is plain http, which would show the key to the network: set it to an https address
    TFPILOT_MODEL_TIMEOUT_SECONDS cannot be 0: set it to 1 to 120
    TFPILOT_MODEL_ANSWER_BYTES cannot be 10485760: set it to 1 to 1048576
    "
    );
    for (url, why) in [
        ("models.example.com", "is no URL: set it to one such as https://api.openai.com/v1"),
        ("ftp://models.example.com", "is no URL: set it to one such as https://api.openai.com/v1"),
        ("https://me:secret@models.example.com", "holds a password: set TFPILOT_MODEL_KEY instead"),
    ] {
        let problem = wrong(&[("TFPILOT_MODEL_NAME", "some-model"), ("TFPILOT_MODEL_URL", url)]);
        assert_eq!(problem, format!("TFPILOT_MODEL_URL {why}"));
    }
    for url in ["http://127.0.0.1:11434/v1", "http://localhost/v1", "http://[::1]:8000"] {
        with(&[("TFPILOT_MODEL_NAME", "some-model"), ("TFPILOT_MODEL_URL", url)])
            .expect("stays on the machine");
    }
}

#[test]
fn each_field_names_its_variable_and_default() {
    let schema = shape::schema_of::<Settings>();
    for field in fields(schema.as_value()) {
        let name = format!("{}.{}", field.section, field.name);
        assert!(field.variable.starts_with("TFPILOT_"), "{name} has no variable");
        assert!(
            field.description.contains(&format!("`{}`", field.variable)),
            "{name} does not name its variable"
        );
        assert!(field.description.contains("default"), "{name} does not name its default");
    }
    insta::assert_snapshot!(Settings::table());
}
