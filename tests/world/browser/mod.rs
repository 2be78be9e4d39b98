//! A real browser: Chromium without a window. It owns acting and reading as a person does, by labels and buttons; what is
//! expected stands in the stories.

mod driver;

use std::time::Duration;

use anyhow::{Context, ensure};
use base64::Engine;
use serde_json::{Value, json};
use tokio::time::Instant;

use driver::Driver;

/// The longest that a page may take to show what is awaited.
const PATIENCE: Duration = Duration::from_secs(120);

/// Between two looks at a page.
const LOOK: Duration = Duration::from_millis(300);

/// A browser with one window. It ends with this value.
pub struct Browser {
    driver: Driver,
    base: String,
}

impl Browser {
    /// Starts a browser whose paths lie below `base`.
    ///
    /// # Errors
    /// When Chromium or its driver are missing or do not start; the error names what installs them.
    pub async fn start(base: &str) -> anyhow::Result<Browser> {
        Ok(Browser { driver: Driver::start().await?, base: base.trim_end_matches('/').to_owned() })
    }

    /// Goes to a path.
    ///
    /// # Errors
    /// When the driver refuses.
    pub async fn opens(&self, path: &str) -> anyhow::Result<()> {
        let url = format!("{}{path}", self.base);
        self.driver.post("/url", &json!({"url": url})).await.map(drop)
    }

    /// The path that is shown.
    ///
    /// # Errors
    /// When the driver refuses.
    pub async fn path(&self) -> anyhow::Result<String> {
        let url = self.driver.get("/url").await?;
        let url = url.as_str().context("a page without an address")?;
        Ok(url.strip_prefix(&self.base).unwrap_or(url).to_owned())
    }

    /// Is somebody else from now on: the form at the top of each page.
    ///
    /// # Errors
    /// When the page has no such person.
    pub async fn becomes(&self, login: &str) -> anyhow::Result<()> {
        self.driver
            .touch(&format!("//select[@id='you']/option[normalize-space()={}]", quoted(login)))
            .await?;
        self.presses("Switch").await
    }

    /// Writes into the field with this label.
    ///
    /// # Errors
    /// When there is no such field.
    pub async fn writes(&self, label: &str, text: &str) -> anyhow::Result<()> {
        let field = format!("//*[@id=//label[normalize-space()={}]/@for]", quoted(label));
        let id = self.driver.find(&field).await?;
        self.driver.post(&format!("/element/{id}/clear"), &json!({})).await?;
        self.driver.post(&format!("/element/{id}/value"), &json!({"text": text})).await.map(drop)
    }

    /// Chooses an option of the list with this label.
    ///
    /// # Errors
    /// When there is no such list or option.
    pub async fn chooses(&self, label: &str, option: &str) -> anyhow::Result<()> {
        let list = format!("//select[@id=//label[normalize-space()={}]/@for]", quoted(label));
        self.driver.touch(&format!("{list}/option[normalize-space()={}]", quoted(option))).await
    }

    /// Presses the first button with these words.
    ///
    /// # Errors
    /// When there is none that can be pressed.
    pub async fn presses(&self, words: &str) -> anyhow::Result<()> {
        self.driver.leave_by(&format!("//button[normalize-space()={}]", quoted(words))).await
    }

    /// Presses a button of the form that has a field with this label.
    ///
    /// # Errors
    /// When there is no such form, or no such button in it.
    pub async fn sends(&self, label: &str, words: &str) -> anyhow::Result<()> {
        let form = format!("//form[.//label[normalize-space()={}]]", quoted(label));
        self.driver.leave_by(&format!("{form}//button[normalize-space()={}]", quoted(words))).await
    }

    /// Follows the first link whose words hold these.
    ///
    /// # Errors
    /// When there is none.
    pub async fn follows(&self, words: &str) -> anyhow::Result<()> {
        self.driver.leave_by(&format!("//a[contains(normalize-space(), {})]", quoted(words))).await
    }

    /// Looks at the page again until it shows these words.
    ///
    /// # Errors
    /// With the page, when it never does.
    pub async fn sees(&self, words: &str) -> anyhow::Result<()> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let text = self.text().await?;
            if text.contains(words) {
                return Ok(());
            }
            ensure!(Instant::now() < deadline, "{} never shows {words:?}:\n{text}", self.path().await?);
            tokio::time::sleep(LOOK).await;
            self.driver.post("/refresh", &json!({})).await?;
        }
    }

    /// Presses the tabulator key, as who uses no mouse does.
    ///
    /// # Errors
    /// When the driver refuses.
    pub async fn tabs(&self) -> anyhow::Result<()> {
        let key = |kind: &str| json!({"type": kind, "value": "\u{e004}"});
        let keys = json!([{"type": "key", "id": "keys", "actions": [key("keyDown"), key("keyUp")]}]);
        self.driver.post("/actions", &json!({"actions": keys})).await.map(drop)
    }

    /// The words of the page.
    ///
    /// # Errors
    /// When the driver refuses.
    pub async fn text(&self) -> anyhow::Result<String> {
        let text = self.asks("return document.body.innerText").await?;
        text.as_str().map(str::to_owned).context("a page without text")
    }

    /// What a script inside the page returns.
    ///
    /// # Errors
    /// When the script fails.
    pub async fn asks(&self, script: &str) -> anyhow::Result<Value> {
        self.driver.post("/execute/sync", &json!({"script": script, "args": []})).await
    }

    /// What the browser complained about since the last time it was asked.
    ///
    /// # Errors
    /// When the driver refuses.
    pub async fn complaints(&self) -> anyhow::Result<Vec<String>> {
        let lines = self.driver.post("/se/log", &json!({"type": "browser"})).await?;
        let line = |line: &Value| format!("{} {}", line["level"], line["message"]);
        Ok(lines.as_array().context("no list of complaints")?.iter().map(line).collect())
    }

    /// Looks from now on through a window of this size, in light or dark.
    ///
    /// # Errors
    /// When the driver refuses.
    pub async fn looks(&self, width: u32, height: u32, dark: bool) -> anyhow::Result<()> {
        let size = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.driver.devtools("Emulation.setDeviceMetricsOverride", size).await?;
        let value = if dark { "dark" } else { "light" };
        let media = json!({"features": [{"name": "prefers-color-scheme", "value": value}]});
        self.driver.devtools("Emulation.setEmulatedMedia", media).await.map(drop)
    }

    /// What the window shows, as PNG.
    ///
    /// # Errors
    /// When the driver refuses.
    pub async fn picture(&self) -> anyhow::Result<Vec<u8>> {
        let wanted = json!({"format": "png", "optimizeForSpeed": false});
        let taken = self.driver.devtools("Page.captureScreenshot", wanted).await?;
        let data = taken.get("data").and_then(Value::as_str).context("a picture without data")?;
        base64::engine::general_purpose::STANDARD.decode(data).context("a picture that is no base64")
    }
}

/// A text as XPath has it.
fn quoted(text: &str) -> String {
    if text.contains('\'') { format!("\"{text}\"") } else { format!("'{text}'") }
}
