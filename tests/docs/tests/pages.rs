//! Every link, path, name and test that a page mentions exists.
//!
//! A link to a `.rs` file whose text is one name in backticks promises that the file defines it, or is the module of that
//! name; a name of three words or more in a file of tests promises a test.

use std::path::Path;

use tfpilot_docs::{Link, PAGES, Page, normal, read, root, rust};

fn pages() -> Vec<Page> {
    PAGES.iter().map(|path| Page::read(path).expect("is a page")).collect()
}

fn exists(path: &str) -> bool {
    root().join(path).exists()
}

/// The name that the link's text is, if it is one in backticks.
fn name(link: &Link) -> Option<&str> {
    let inner = link.text.strip_prefix('`')?.strip_suffix('`')?;
    let last = inner.rsplit("::").next()?;
    last.chars().all(|c| c.is_alphanumeric() || c == '_').then_some(last)
}

/// Paths are written from the root, with a folder; elsewhere a slash is a module, a branch or an address.
fn is_path(span: &str, folders: &[String]) -> bool {
    let plain = span.chars().all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c));
    plain && folders.iter().any(|folder| span.starts_with(&format!("{folder}/")))
}

#[test]
fn links_lead_somewhere() {
    for page in pages() {
        for link in page.links() {
            let outside = link.target.starts_with("https://") || link.target.starts_with('#');
            assert!(outside || exists(&link.target), "{}:{} links to {}", page.path, link.line, link.target);
        }
    }
}

#[test]
fn paths_exist() {
    let entries = std::fs::read_dir(root()).expect("is a folder").flatten();
    let folders: Vec<String> = entries
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| !matches!(name.as_str(), "target" | ".git" | ".tools" | ".demo"))
        .collect();
    let mut seen = 0;
    for page in pages() {
        for (line, span) in page.spans() {
            // What a repository of a user has lies in folders of the same names.
            let theirs = matches!(
                span,
                ".github/tfpilot.yml"
                    | ".github/tfpilot/prices.csv"
                    | ".github/tfpilot/pull_request.md"
                    | ".github/tfpilot/usage.yml"
                    | ".github/tfpilot/policies/"
                    | ".github/tfpilot/policies"
                    | ".github/workflows"
                    | ".github/workflows/tfpilot.yml"
            );
            if is_path(span, &folders) && !theirs {
                seen += 1;
                let path = normal(span).unwrap_or_default();
                assert!(exists(&path), "{}:{line} names {span}", page.path);
            }
        }
    }
    assert!(seen > 20, "{seen} paths");
}

#[test]
fn names_are_defined_where_links_lead() {
    let mut seen = 0;
    for page in pages() {
        for link in page.links().iter().filter(|link| link.target.ends_with(".rs")) {
            let Some(name) = name(link) else { continue };
            let source = read(&link.target).expect("is linked");
            let module = link.target.ends_with(&format!("/{name}.rs"));
            let place = (&page.path, link.line);
            assert!(
                module || rust::defines(&source, name),
                "{place:?}: {} does not define {name}",
                link.target
            );
            seen += 1;
        }
    }
    assert!(seen > 60, "{seen} names");
}

#[test]
fn tests_are_tests() {
    let suite = read("app/src/store/conformance.rs").expect("the suite of stores");
    let page = Page::read("docs/architecture.md").expect("is a page");
    let is_test = |target: &str| {
        target.contains("/tests") || target.starts_with("tests/e2e/") || target.contains("/conformance/")
    };
    let mut seen = 0;
    for link in page.links() {
        // Test names are sentences; the pages of the tree that tests live beside hold functions as well.
        let Some(name) = name(&link).filter(|name| name.matches('_').count() >= 2) else { continue };
        let source = read(&link.target).expect("is linked");
        assert!(
            rust::tests(&source, name, &suite) || !is_test(&link.target) && rust::defines(&source, name),
            "line {}: {name} is no test of {}",
            link.line,
            link.target
        );
        seen += usize::from(rust::tests(&source, name, &suite));
    }
    assert!(seen > 40, "{seen} tests");
}

#[test]
fn no_page_names_a_machine() {
    for page in pages() {
        for word in ["/home/", "/root/", "/opt/"] {
            assert!(!page.text.contains(word), "{} holds {word}", page.path);
        }
        assert!(Path::new(&page.path).is_relative());
    }
}
