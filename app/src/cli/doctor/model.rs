//! The optional language model: whether it answers. Nothing of any repository is sent.

use std::time::Instant;

use serde_json::json;

use super::report::Report;
use crate::config::ModelSettings;
use crate::model::{About, Model, Prompt};

/// What is asked, so that there is something to answer.
const QUESTION: &str = "a note called hello";

/// Asks the model one question, where there is one.
pub(super) async fn examine(report: &mut Report, settings: &ModelSettings) {
    let next = "check the TFPILOT_MODEL_… variables and the endpoint; requests and plans go on without it";
    let model = match Model::new(settings) {
        Ok(None) => return,
        Ok(Some(model)) => model,
        Err(error) => return report.warn("language model", error.to_string(), next),
    };
    let name = json!({ "type": ["string", "null"], "description": "the name that the text says" });
    let schema = json!({ "type": "object", "properties": { "name": name }, "required": ["name"],
        "additionalProperties": false });
    let began = Instant::now();
    match model.ask(&Prompt { about: About::Request, text: QUESTION.to_owned(), schema }).await {
        Ok(_) => {
            let what = format!("{} answers, in {:.1} s", model.name(), began.elapsed().as_secs_f64());
            report.ok("language model", what);
        }
        Err(error) => report.warn("language model", error.to_string(), next),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::ModelProvider;

    async fn examined(provider: ModelProvider, answer: &'static str) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let router = axum::Router::new().fallback(async move || answer);
        tokio::spawn(async move { axum::serve(listener, router).await });
        let settings = ModelSettings {
            provider,
            url: Some(url),
            name: Some("some-model".to_owned()),
            key: Some("sk-hush-0123456789".to_owned().into()),
            timeout_seconds: 5,
            text_bytes: 8_192,
            answer_bytes: 1_024,
        };
        let mut report = Report::default();
        examine(&mut report, &settings).await;
        report.text()
    }

    #[tokio::test]
    async fn a_model_answers_or_it_is_said_why_not() {
        assert_eq!(examined(ModelProvider::Off, "").await, "");
        let good = "{\"choices\": [{\"message\": {\"content\": \"{\\\"name\\\": \\\"hello\\\"}\"}}]}";
        let told = examined(ModelProvider::Openai, good).await;
        assert!(told.contains("language model") && told.contains("some-model answers, in"), "{told}");
        let told = examined(ModelProvider::Openai, "<html>").await;
        assert!(told.contains("the model's answer cannot be read"), "{told}");
        assert!(told.contains("go on without it") && !told.contains("sk-hush"), "{told}");
    }
}
