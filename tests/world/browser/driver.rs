//! The WebDriver protocol, as far as it is needed: one chromedriver, one session, commands as JSON.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use axum::body::Body;
use http::{Method, Request};
use http_body_util::BodyExt;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::{Instant, timeout};

/// The longest that the driver may take to listen, or to answer once.
const ANSWER: Duration = Duration::from_secs(60);

/// The longest that a page may take to be there, or to go.
const PAGE: Duration = Duration::from_secs(20);

/// The longest that the end of a browser is waited for.
const FAREWELL: Duration = Duration::from_secs(10);

/// Between two looks.
const LOOK: Duration = Duration::from_millis(20);

/// What a found element is called in the protocol.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// What the driver says of an element whose page is gone; the second, where it goes while it is asked for.
const STALE: [&str; 2] = ["stale element reference", "does not belong to the document"];

/// A session with Chromium. It ends with this value.
pub(super) struct Driver {
    _process: Child,
    client: Client<HttpConnector, Body>,
    address: String,
    session: String,
    _profile: tempfile::TempDir,
}

impl Driver {
    /// Starts chromedriver, and Chromium by it.
    pub(super) async fn start() -> anyhow::Result<Driver> {
        let chromium = program("TFPILOT_CHROMIUM", &["chromium", "chromium-browser", "google-chrome"])?;
        let mut process = Command::new(program("TFPILOT_CHROMEDRIVER", &["chromedriver"])?)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .context("starting chromedriver")?;
        let port = timeout(ANSWER, port(&mut process)).await.context("chromedriver does not listen")??;
        let profile = tempfile::tempdir()?;
        let arguments = [
            "--headless=new".to_owned(),
            // Its sandbox needs what containers and root do not have; it only ever sees pages of this machine.
            "--no-sandbox".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            "--disable-gpu".to_owned(),
            "--hide-scrollbars".to_owned(),
            format!("--user-data-dir={}", profile.path().display()),
        ];
        let mut driver = Driver {
            _process: process,
            client: Client::builder(TokioExecutor::new()).build_http(),
            address: format!("http://127.0.0.1:{port}"),
            session: String::new(),
            _profile: profile,
        };
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": {"binary": chromium, "args": arguments},
            "goog:loggingPrefs": {"browser": "ALL"},
        }}});
        let made = driver.call(Method::POST, "/session", &wanted).await.context("starting Chromium")?;
        let session = made.get("sessionId").and_then(Value::as_str).context("a session without an id")?;
        driver.session = format!("/session/{session}");
        Ok(driver)
    }

    /// A command of the session.
    pub(super) async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        let whole = format!("{}{path}", self.session);
        self.call(Method::POST, &whole, body).await.with_context(|| format!("{path} {body}"))
    }

    /// A question of the session.
    pub(super) async fn get(&self, path: &str) -> anyhow::Result<Value> {
        let whole = format!("{}{path}", self.session);
        self.call(Method::GET, &whole, &Value::Null).await.with_context(|| path.to_owned())
    }

    /// A command of Chromium's own tools.
    pub(super) async fn devtools(&self, command: &str, params: Value) -> anyhow::Result<Value> {
        self.post("/goog/cdp/execute", &json!({"cmd": command, "params": params})).await
    }

    /// The first element on the page that an XPath finds.
    pub(super) async fn find(&self, xpath: &str) -> anyhow::Result<String> {
        let found = self.post("/element", &json!({"using": "xpath", "value": xpath})).await?;
        found.get(ELEMENT).and_then(Value::as_str).map(str::to_owned).context("an element without an id")
    }

    /// Clicks what stays on its page.
    pub(super) async fn touch(&self, xpath: &str) -> anyhow::Result<()> {
        let id = self.find(xpath).await?;
        self.post(&format!("/element/{id}/click"), &json!({})).await.map(drop)
    }

    /// Clicks what leads to another page, and waits for that one.
    pub(super) async fn leave_by(&self, xpath: &str) -> anyhow::Result<()> {
        let page = self.find("/*").await?;
        self.touch(xpath).await?;
        let deadline = Instant::now() + PAGE;
        while !self.is_gone(&page).await? {
            ensure!(Instant::now() < deadline, "{xpath} leads nowhere");
            tokio::time::sleep(LOOK).await;
        }
        Ok(())
    }

    /// True when another page is there in the place of the one with this element.
    async fn is_gone(&self, element: &str) -> anyhow::Result<bool> {
        match self.get(&format!("/element/{element}/name")).await {
            Err(error) if STALE.iter().any(|words| format!("{error:#}").contains(words)) => {
                let ready = json!({"script": "return document.readyState === 'complete'", "args": []});
                Ok(self.post("/execute/sync", &ready).await? == json!(true))
            }
            kept => kept.map(|_| false),
        }
    }

    /// One command of the protocol: its value, or what the driver says against it.
    async fn call(&self, method: Method, path: &str, body: &Value) -> anyhow::Result<Value> {
        let request = Request::builder().method(method).uri(format!("{}{path}", self.address));
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        let request = request.header("Content-Type", "application/json").body(body)?;
        let answer = timeout(ANSWER, self.client.request(request)).await.context("no answer in time")??;
        let bytes = answer.into_body().collect().await?.to_bytes();
        let mut answer: Value = serde_json::from_slice(&bytes).context("an answer that is no JSON")?;
        let value = answer.get_mut("value").map(Value::take).unwrap_or_default();
        if let Some(error) = value.get("error").and_then(Value::as_str) {
            let message = value.get("message").and_then(Value::as_str).unwrap_or_default();
            bail!("{error}: {}", message.lines().next().unwrap_or_default());
        }
        Ok(value)
    }
}

impl Drop for Driver {
    /// Without its session the driver ends Chromium; a killed driver would leave it behind.
    fn drop(&mut self) {
        let address = self.address.trim_start_matches("http://");
        let Ok(mut stream) = std::net::TcpStream::connect(address) else { return };
        let _ = stream.set_read_timeout(Some(FAREWELL));
        let end = format!("DELETE {} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n", self.session);
        let _ = stream.write_all(end.as_bytes()).and_then(|()| stream.read(&mut [0; 64]));
    }
}

/// The port that the driver took, as it says itself.
async fn port(driver: &mut Child) -> anyhow::Result<u16> {
    let output = driver.stdout.take().context("chromedriver without output")?;
    let mut lines = BufReader::new(output).lines();
    while let Some(line) = lines.next_line().await? {
        if let Some((_, port)) = line.split_once("started successfully on port ") {
            return port.trim().trim_end_matches('.').parse().with_context(|| line.clone());
        }
    }
    bail!("chromedriver ended at once")
}

/// A program by the variable that names it, else by its names on PATH.
fn program(variable: &str, names: &[&str]) -> anyhow::Result<PathBuf> {
    if let Some(named) = std::env::var_os(variable).filter(|value| !value.is_empty()) {
        return Ok(named.into());
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).flat_map(|dir| names.iter().map(move |name| dir.join(name)));
    found.into_iter().find(|file| file.is_file()).with_context(|| {
        format!("no {}: `make setup` says how to install it, or set {variable}", names.join(", "))
    })
}
