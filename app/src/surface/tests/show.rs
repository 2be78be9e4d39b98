//! A whole surface as one text, with the rules that hold for every one of them.

use std::collections::BTreeMap;

use crate::surface::{CHECK_NAMES, CheckView, Scene, Surface, TEXT_LIMIT, render};

use super::tale::Tale;

pub(super) fn surface(tale: &Tale) -> Surface {
    surface_with(tale, None)
}

pub(super) fn surface_with(tale: &Tale, config_problem: Option<&str>) -> Surface {
    let scene = Scene {
        facts: &tale.facts,
        module_title: "S3 bucket",
        details: &tale.details,
        policy_texts: &BTreeMap::new(),
        cost_texts: &BTreeMap::new(),
        runs_url: Some("https://github.com/acme/infra/actions/runs"),
        config_problem,
        config_advice: None,
        now: tale.now,
    };
    let surface = render(&scene);
    assert_eq!(surface, render(&scene), "same facts, same bytes");
    keeps_the_rules(&surface);
    surface
}

/// What must hold whatever the facts are.
#[track_caller]
pub(super) fn keeps_the_rules(surface: &Surface) {
    let names: Vec<&str> = surface.checks.iter().map(|check| check.name).collect();
    assert!(names.is_empty() || names == CHECK_NAMES, "{names:?}");
    for check in &surface.checks {
        let length = check.title.chars().count();
        assert!((1..=60).contains(&length), "{length}: {}", check.title);
        assert!(check.summary.len() <= TEXT_LIMIT && check.text.len() <= TEXT_LIMIT, "{}", check.name);
        assert!(!check.summary.is_empty() && check.annotations.len() <= 50 && check.buttons.len() <= 3);
        for button in &check.buttons {
            let lengths =
                [&button.label, &button.description, button.identifier].map(|text| text.chars().count());
            assert!(lengths[0] <= 20 && lengths[1] <= 40 && lengths[2] <= 20, "{button:?}");
        }
    }
    for sticky in &surface.stickies {
        let body = &sticky.body;
        assert!(body.len() <= TEXT_LIMIT, "{} bytes", body.len());
        assert!(!body.contains('@'), "a sticky comment mentions nobody: {body}");
        assert_eq!(body.matches("<!--").count(), 1, "{body}");
        assert!(body.ends_with("\n<!-- tfpilot:sticky -->\n"), "{body}");
        let mut lines = body.lines();
        assert!(lines.next().is_some_and(|line| line.starts_with("### ")), "{body}");
        assert!(lines.next().is_some_and(|line| line.starts_with("Next: ")), "{body}");
    }
}

/// The surface as one text, for snapshots.
pub(super) fn text(surface: &Surface) -> String {
    let label = surface.label.map_or("none", |label| label.name);
    let checks = surface.checks.iter().map(check);
    let stickies = surface.stickies.iter().map(|sticky| {
        let posted = if sticky.post { "" } else { " (not posted yet)" };
        format!("==== comment on #{}{posted}\n{}", sticky.number, sticky.body)
    });
    let parts: Vec<String> = checks.chain(stickies).collect();
    format!("label: {label}\n{}", parts.join("\n"))
}

fn check(check: &CheckView) -> String {
    let mut out = format!("---- {} {:?}: {}\n{}\n", check.name, check.state, check.title, check.summary);
    if !check.text.is_empty() {
        out.push_str(&format!("text:\n{}\n", check.text));
    }
    for note in &check.annotations {
        out.push_str(&format!(
            "{}:{} {:?} {}: {}\n",
            note.path, note.line, note.level, note.title, note.message
        ));
    }
    for button in &check.buttons {
        out.push_str(&format!("[{}] {} ({})\n", button.label, button.description, button.identifier));
    }
    out
}
