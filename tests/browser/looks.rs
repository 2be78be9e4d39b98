//! Whether everybody can use the page that is shown: names, labels, contrast in light and dark, a narrow window, no
//! script, and a browser that has nothing to complain about.

use anyhow::{Context, Result, ensure};
use tfpilot_forge::{Forge, ForgeOptions};
use tfpilot_tests::Browser;

/// Width, height and darkness of the windows that are looked through.
const WINDOWS: [(u32, u32, bool); 3] = [(1280, 900, false), (1280, 900, true), (390, 844, false)];

/// More places for the focus than any page has.
const MOST: usize = 200;

/// Returns a line for everything on the page that is wrong.
const FLAWS: &str = include_str!("flaws.js");

/// Judges the page as it is, in every window.
pub(crate) async fn judge(browser: &Browser, what: &str) -> Result<()> {
    for (width, height, dark) in WINDOWS {
        browser.looks(width, height, dark).await?;
        let flaws = flaws(browser).await?;
        ensure!(flaws.is_empty(), "{what}, {width} px, dark: {dark}:\n{}", flaws.join("\n"));
    }
    let complaints = browser.complaints().await?;
    ensure!(complaints.is_empty(), "{what}: the browser complains:\n{}", complaints.join("\n"));
    let [(width, height, dark), ..] = WINDOWS;
    browser.looks(width, height, dark).await
}

async fn flaws(browser: &Browser) -> Result<Vec<String>> {
    let found = browser.asks(FLAWS).await?;
    let found = found.as_array().context("no list of flaws")?;
    Ok(found.iter().filter_map(serde_json::Value::as_str).map(str::to_owned).collect())
}

/// Says what has the focus, and why it cannot be seen.
const FOCUS: &str = "
    const element = document.activeElement;
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    const lined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    const inside = box.right > 0 && box.bottom > 0 && box.left < innerWidth && box.top < innerHeight;
    const name = element.tagName + ' ' + (element.innerText || element.id || '').slice(0, 40);
    return [name, element === document.body ? 'nowhere' : lined ? inside ? '' : 'outside' : 'no outline'];
";

/// Goes through the page by keyboard: everything that takes the focus shows it. Answers how many that were.
pub(crate) async fn walk(browser: &Browser, what: &str) -> Result<usize> {
    let mut met = 0;
    loop {
        browser.tabs().await?;
        let focus = browser.asks(FOCUS).await?;
        let [name, flaw] = [0, 1].map(|at| focus.get(at).and_then(serde_json::Value::as_str).unwrap_or("?"));
        // After the last one the focus leaves the page.
        if flaw == "nowhere" {
            return Ok(met);
        }
        ensure!(flaw.is_empty(), "{what}: the focus on {name} is not seen: {flaw}");
        met += 1;
        ensure!(met < MOST, "{what}: the keyboard never leaves the page");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_many_cannot_use_is_found_out() -> Result<()> {
    let forge = Forge::start(ForgeOptions::default()).await?;
    let browser = Browser::start(forge.base_url()).await?;
    browser.opens("/").await?;
    judge(&browser, "the list of repositories").await?;
    let met = walk(&browser, "the list of repositories").await?;
    ensure!(met == 4, "{met} places for the focus: skip, home, person, switch");
    let bad = "<main id=x><h1 id=x>A page</h1><img src=/icon.svg><button></button><input><a href=/>x</a>\
        <p style='color:#999;background:#fff'>pale</p><p style='width:3000px'>wide</p></main>";
    browser.asks(&format!("document.body.innerHTML = {bad:?}; console.error('broken')")).await?;
    let found = flaws(&browser).await?.join("\n");
    for flaw in ["the same id", "without alt", "without a name", "without a label", "contrast 2.", "px wide"]
    {
        ensure!(found.contains(flaw), "{flaw} is not in:\n{found}");
    }
    ensure!(found.lines().count() == 6, "more is wrong than there is:\n{found}");
    ensure!(browser.complaints().await?.join("").contains("broken"), "the console's errors are not seen");
    browser.opens("/nothing").await?;
    ensure!(browser.complaints().await?.join("").contains("404"), "a page that is missing is not seen");
    Ok(())
}
