//! Owns: Markdown as people see it in threads: tables, code, lists, `<details>`; nothing a text says can become a script.

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html};

/// Tags which may stand in a text as they are; the rest is shown, not obeyed.
const TAGS: [&str; 12] = [
    "<details>",
    "<details open>",
    "</details>",
    "<summary>",
    "</summary>",
    "<br>",
    "<br/>",
    "<sub>",
    "</sub>",
    "<sup>",
    "</sup>",
    "<kbd>",
];

/// Renders a text; `#12` becomes a link below `repo_page`.
pub(crate) fn render(text: &str, repo_page: &str) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut in_code = 0_usize;
    let mut in_link = 0_usize;
    let events = Parser::new_ext(text, options).flat_map(move |event| match event {
        Event::Start(Tag::CodeBlock(kind)) => {
            in_code += 1;
            vec![Event::Start(Tag::CodeBlock(kind))]
        }
        Event::End(TagEnd::CodeBlock) => {
            in_code = in_code.saturating_sub(1);
            vec![Event::End(TagEnd::CodeBlock)]
        }
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            in_link += 1;
            vec![Event::Start(Tag::Link { link_type, dest_url: harmless(dest_url), title, id })]
        }
        Event::Start(Tag::Image { link_type, dest_url, title, id }) => {
            vec![Event::Start(Tag::Image { link_type, dest_url: harmless(dest_url), title, id })]
        }
        Event::End(TagEnd::Link) => {
            in_link = in_link.saturating_sub(1);
            vec![Event::End(TagEnd::Link)]
        }
        Event::Text(text) if in_code == 0 && in_link == 0 => linked(&text, repo_page),
        Event::Html(text) | Event::InlineHtml(text) => vec![Event::Html(tags(&text).into())],
        Event::SoftBreak => vec![Event::HardBreak],
        other => vec![other],
    });
    let mut out = String::new();
    html::push_html(&mut out, events);
    out
}

/// A link goes to a page or stays here.
fn harmless(url: CowStr<'_>) -> CowStr<'_> {
    let scheme =
        url.split(['/', '?', '#']).next().unwrap_or_default().split_once(':').map(|(scheme, _)| scheme);
    match scheme.map(str::to_ascii_lowercase).as_deref() {
        None | Some("http" | "https" | "mailto") => url,
        Some(_) => CowStr::Borrowed("#"),
    }
}

/// Keeps the harmless tags, drops comments, and shows everything else as text.
fn tags(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let (before, from) = rest.split_at(at);
        out.push_str(&escape(before));
        if let Some(tail) = from.strip_prefix("<!--") {
            rest = tail.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        let end = from.find('>').map_or(from.len(), |end| end + 1);
        let (tag, after) = from.split_at(end);
        let known = TAGS.iter().find(|known| known.eq_ignore_ascii_case(tag.trim()));
        out.push_str(&known.map_or_else(|| escape(tag), |known| (*known).to_owned()));
        rest = after;
    }
    out.push_str(&escape(rest));
    out
}

/// Escapes text for HTML.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

/// Turns `#12` into a link.
fn linked<'a>(text: &str, repo_page: &str) -> Vec<Event<'a>> {
    let mut events = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('#') {
        let (before, from) = rest.split_at(at);
        let digits: String = from.chars().skip(1).take_while(char::is_ascii_digit).collect();
        let glued = before.chars().next_back().is_some_and(char::is_alphanumeric);
        if digits.is_empty() || digits.len() > 9 || glued {
            let (head, tail) = rest.split_at(at + 1);
            events.push(Event::Text(head.to_owned().into()));
            rest = tail;
            continue;
        }
        events.push(Event::Text(before.to_owned().into()));
        let link = format!("<a href=\"{}/issues/{digits}\">#{digits}</a>", escape(repo_page));
        events.push(Event::InlineHtml(link.into()));
        rest = from.get(1 + digits.len()..).unwrap_or_default();
    }
    events.push(Event::Text(rest.to_owned().into()));
    events
}

/// What a comment offers to answer with: a command of its "Next:" line, and the thread it is for when another one, or
/// one of its numbered choices.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Offer {
    /// What is posted.
    pub(crate) command: String,
    /// What the button says.
    pub(crate) label: String,
    pub(crate) number: Option<u64>,
}

impl Offer {
    /// True where a person has to say something first, such as a reason.
    pub(crate) fn has_gap(&self) -> bool {
        self.command.contains('…')
    }
}

/// What a comment offers: the choices of a question, else the commands of the first "Next:", each once.
pub(crate) fn offers(text: &str) -> Vec<Offer> {
    let asks = text.lines().any(|line| line.starts_with("Reply \"1\""));
    if asks { choices(text) } else { commands(text) }
}

/// The numbered choices of a question.
fn choices(text: &str) -> Vec<Offer> {
    let choice = |line: &str| {
        let (number, rest) = line.split_once(". ")?;
        let number: u64 = number.parse().ok()?;
        let label = format!("{number}. {}", rest.replace('`', ""));
        Some(Offer { command: number.to_string(), label, number: None })
    };
    text.lines().filter_map(choice).collect()
}

/// The commands of the first "Next:" that begins a line or a sentence.
fn commands(text: &str) -> Vec<Offer> {
    let after_next = |line: &str| {
        let line = line.trim_start_matches('>').trim().to_owned();
        let begun = line.strip_prefix("Next:").or_else(|| line.split_once(". Next:").map(|(_, after)| after));
        begun.map(str::to_owned)
    };
    let Some(line) = text.lines().find_map(after_next) else { return Vec::new() };
    let mut offers: Vec<Offer> = Vec::new();
    let mut parts = line.split('`');
    parts.next();
    while let (Some(code), after) = (parts.next(), parts.next().unwrap_or_default()) {
        let target = after.trim_start().strip_prefix("on #").unwrap_or_default();
        let digits: String = target.chars().take_while(char::is_ascii_digit).collect();
        if code.starts_with("/tfpilot") && !offers.iter().any(|offer| offer.command == code) {
            let (command, label) = (code.to_owned(), code.to_owned());
            offers.push(Offer { command, label, number: digits.parse().ok() });
        }
    }
    offers
}

#[cfg(test)]
mod tests {
    use super::{Offer, offers, render};

    #[test]
    fn a_sticky_comment_reads_well() {
        let text = "### Plan: 4 create\nNext: acme/platform reviews #42.\n\n| Gate | State |\n|---|---|\n| Plan | current: `live/dev` |\n\n<details><summary>4 changes</summary>\n\n- `a`\n\n</details>\n<!-- tfpilot:sticky -->\n";
        insta::assert_snapshot!(render(text, "/acme/infra"), @r#"
        <h3>Plan: 4 create</h3>
        <p>Next: acme/platform reviews <a href="/acme/infra/issues/42">#42</a>.</p>
        <table><thead><tr><th>Gate</th><th>State</th></tr></thead><tbody>
        <tr><td>Plan</td><td>current: <code>live/dev</code></td></tr>
        </tbody></table>
        <details><summary>4 changes</summary>
        <ul>
        <li><code>a</code></li>
        </ul>
        </details>
        "#);
    }

    #[test]
    fn nothing_becomes_a_script() {
        let text = "<script>alert(1)</script>\n\n[x](javascript:alert(1)) and [y](JavaScript:alert(1)) ![i](data:text/html,x)\n\nmid <b onclick=\"x\"> <img src=x onerror=a>";
        let html = render(text, "/acme/infra");
        for bad in ["<script", "javascript:", "JavaScript:", "<img src=x", "data:text", "<b "] {
            assert!(!html.contains(bad), "{bad} in {html}");
        }
    }

    #[test]
    fn the_next_line_offers_its_commands() {
        let offer = |command: &str, number| Offer { command: command.into(), label: command.into(), number };
        assert_eq!(
            offers("### x\nNext: alice: `/tfpilot apply` on #42."),
            [offer("/tfpilot apply", Some(42))]
        );
        let two = "Next: `/tfpilot apply`, `main.tf` or `/tfpilot cancel`.\n`/tfpilot help`";
        assert_eq!(offers(two), [offer("/tfpilot apply", None), offer("/tfpilot cancel", None)]);
        assert_eq!(offers("nothing `"), []);
        let refused = "@alice **Plan expired**: older than 7 days. Next: `/tfpilot plan`.";
        assert_eq!(offers(refused), [offer("/tfpilot plan", None)]);
        let gap = offers("Next: bob: `/tfpilot resume reason=\"…\"`.");
        assert!(gap.iter().all(Offer::has_gap) && gap.len() == 1, "{gap:?}");
    }

    #[test]
    fn a_question_offers_its_choices() {
        let choice =
            |number: &str, label: &str| Offer { command: number.into(), label: label.into(), number: None };
        let asked = "@alice one answer is missing: **which environment?**\n1. `dev`\n2. `prod`\n\nReply \"1\", \"dev\" or `/tfpilot set environment=dev`.";
        assert_eq!(offers(asked), [choice("1", "1. dev"), choice("2", "2. prod")]);
        assert_eq!(offers("1. a list\n2. that asks nothing"), []);
    }
}
