//! Owns: issue forms of `.github/ISSUE_TEMPLATE/` as GitHub shows them: the list to choose from, a form, and the issue that its
//! answers become. <https://docs.github.com/en/communities/using-templates-to-encourage-useful-issues-and-pull-requests/syntax-for-githubs-form-schema>

use askama::Template;
use serde::Deserialize;

use crate::rest::Reject;

use super::{Frame, Page, Visit, html};

/// The folder that forms lie in.
const FOLDER: &str = ".github/ISSUE_TEMPLATE";

/// What GitHub writes for an answer that was left empty.
const NO_RESPONSE: &str = "_No response_";

/// What GitHub writes for a dropdown without a choice.
const NO_CHOICE: &str = "None";

/// A form.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Form {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) description: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    pub(crate) labels: Vec<String>,
    body: Vec<Element>,
}

#[derive(Debug, Clone, Deserialize)]
struct Element {
    #[serde(rename = "type")]
    kind: Kind,
    #[serde(default)]
    id: String,
    #[serde(default)]
    attributes: Attributes,
    #[serde(default)]
    validations: Validations,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Markdown,
    Input,
    Textarea,
    Dropdown,
    Checkboxes,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Attributes {
    label: String,
    description: String,
    placeholder: String,
    value: String,
    render: Option<String>,
    options: Vec<Choice>,
    /// Of a dropdown's options the one that is chosen at first.
    default: Option<usize>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Choice {
    Plain(String),
    Labelled { label: String },
}

impl Choice {
    fn label(&self) -> &str {
        match self {
            Choice::Plain(label) | Choice::Labelled { label } => label,
        }
    }
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Validations {
    required: bool,
}

/// A field as the page shows it.
struct Field {
    kind: &'static str,
    id: String,
    label: String,
    description: String,
    placeholder: String,
    required: bool,
    value: String,
    /// Options, and whether each is chosen.
    options: Vec<(String, bool)>,
}

#[derive(Template)]
#[template(path = "choose.html")]
struct Choose {
    frame: Frame,
    name: String,
    forms: Vec<(String, Form)>,
}

#[derive(Template)]
#[template(path = "form.html")]
struct FormPage {
    frame: Frame,
    problem: Option<String>,
    name: String,
    description: String,
    title: String,
    fields: Vec<Field>,
}

/// The forms of the default branch, by file name.
fn forms(visit: &Visit<'_>, repo: u64) -> Vec<(String, Form)> {
    let Ok(repo) = visit.world.repo(repo) else { return Vec::new() };
    let Some(head) = repo.branch(&repo.default_branch) else { return Vec::new() };
    let Some(folder) = repo.git.at(&head, FOLDER) else { return Vec::new() };
    let entries = repo.git.tree(&folder, false).unwrap_or_default();
    let form = |name: &str, sha: &str| {
        let text = String::from_utf8(repo.git.blob(sha)?).ok()?;
        serde_yaml::from_str::<Form>(&text).ok().map(|form| (name.to_owned(), form))
    };
    let is_form =
        |path: &str| (path.ends_with(".yml") || path.ends_with(".yaml")) && !path.starts_with("config.");
    let files = entries.iter().filter(|entry| entry.kind == "blob" && is_form(&entry.path));
    files.filter_map(|entry| form(&entry.path, &entry.sha)).collect()
}

/// Whether there is something to choose from.
pub(crate) fn any(visit: &Visit<'_>, repo: u64) -> bool {
    !forms(visit, repo).is_empty()
}

/// The list to choose from.
pub(crate) fn choose(visit: &mut Visit<'_>, repo: u64) -> Page {
    let name = visit.world.full_name(visit.world.repo(repo)?);
    let forms = forms(visit, repo);
    let frame = visit.frame("New issue", Some(repo), &[]);
    html(200, &Choose { frame, name, forms })
}

/// A form, with what was filled in so far.
pub(crate) fn show(visit: &mut Visit<'_>, repo: u64, file: &str, problem: Option<String>) -> Page {
    let form = find(visit, repo, file)?;
    let given = |name: &str| {
        let mut both = visit.form.iter().chain(&visit.query);
        both.find(|(key, _)| key == name).map(|(_, value)| value.clone())
    };
    let field = |(at, element): (usize, &Element)| {
        let Attributes { label, description, placeholder, value, options, default, .. } =
            element.attributes.clone();
        let said = given(&element.key(at));
        let chosen = |(number, option): (usize, &Choice)| {
            let is_chosen = match &said {
                Some(said) => said == option.label(),
                None => default == Some(number),
            };
            (option.label().to_owned(), is_chosen)
        };
        Field {
            kind: match element.kind {
                Kind::Markdown => "markdown",
                Kind::Input => "input",
                Kind::Textarea => "textarea",
                Kind::Dropdown => "dropdown",
                Kind::Checkboxes => "checkboxes",
            },
            id: element.key(at),
            label,
            description,
            placeholder,
            required: element.validations.required,
            options: options.iter().enumerate().map(chosen).collect(),
            value: said.unwrap_or(value),
        }
    };
    let fields = form.body.iter().enumerate().map(field).collect();
    let title = given("title").unwrap_or_else(|| form.title.clone());
    let status = if problem.is_some() { 422 } else { 200 };
    let frame = visit.frame(&form.name, Some(repo), &[]);
    let Form { name, description, .. } = form;
    html(status, &FormPage { frame, problem, name, description, title, fields })
}

/// The body of the issue that a form's answers become, and its labels.
pub(crate) fn answered(visit: &Visit<'_>, repo: u64, file: &str) -> Result<(String, Vec<String>), Reject> {
    let form = find(visit, repo, file)?;
    let mut body = String::new();
    for (at, element) in form.body.iter().enumerate().filter(|(_, it)| it.kind != Kind::Markdown) {
        let key = element.key(at);
        let said: Vec<&str> =
            visit.form.iter().filter(|(name, _)| *name == key).map(|(_, value)| value.trim()).collect();
        let answer = element.answer(&said);
        let is_empty = said.iter().all(|said| said.is_empty());
        if element.validations.required && is_empty {
            return Err(Reject::new(422, &format!("{} can't be blank", element.attributes.label)));
        }
        body.push_str(&format!("### {}\n\n{answer}\n\n", element.attributes.label));
    }
    Ok((body.trim_end().to_owned(), form.labels))
}

fn find(visit: &Visit<'_>, repo: u64, file: &str) -> Result<Form, Reject> {
    let mut forms = forms(visit, repo).into_iter();
    forms.find(|(name, _)| name == file).map(|(_, form)| form).ok_or_else(Reject::not_found)
}

impl Element {
    /// The name of its field in the page.
    fn key(&self, at: usize) -> String {
        if self.id.is_empty() { format!("field-{at}") } else { format!("field-{}", self.id) }
    }

    /// What GitHub writes into the issue.
    fn answer(&self, said: &[&str]) -> String {
        let text = said.join("\n").replace("\r\n", "\n");
        match (self.kind, &self.attributes.render) {
            (Kind::Checkboxes, _) => {
                let line = |option: &Choice| {
                    let mark = if said.contains(&option.label()) { "x" } else { " " };
                    format!("- [{mark}] {}", option.label())
                };
                self.attributes.options.iter().map(line).collect::<Vec<_>>().join("\n")
            }
            (Kind::Dropdown, _) if text.is_empty() => NO_CHOICE.to_owned(),
            (Kind::Textarea, Some(language)) if !text.is_empty() => format!("```{language}\n{text}\n```"),
            _ if text.is_empty() => NO_RESPONSE.to_owned(),
            _ => text,
        }
    }
}
