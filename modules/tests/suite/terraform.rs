//! The real Terraform on rendered stacks: its form, its opinion, and a note planned and applied.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tfpilot_modules::render::HandEdits;
use tfpilot_modules::{Catalog, StackDraft, edit_stack, render_stack};

use crate::several;
use crate::support::{
    Repository, aws_environment, bucket, draft, inputs, local_environment, note, provider_mirror, queue,
};

fn repository(draft: &StackDraft<'_>) -> Repository {
    let repository = Repository::new();
    repository.write(&render_stack(draft).unwrap());
    repository
}

#[test]
fn everything_rendered_is_in_the_form_of_terraform_fmt() {
    let catalog = Catalog::shipped();
    let drafts = [
        note(
            &catalog,
            local_environment("/srv".as_ref()),
            json!({"name": "a", "owner": "b", "text": "ü \u{301}🪣\n"}),
        ),
        bucket(&catalog),
        queue(&catalog),
        several::topic(&catalog),
        several::network(&catalog),
        several::taken_in(&catalog),
        several::alike(&catalog),
    ];
    for draft in &drafts {
        let repository = repository(draft);
        repository.terraform(".", &["fmt", "-check", "-diff", "-recursive"]);
    }
}

/// Stacks of every shipped module, from their first examples: all in one form, with what each provider needs.
#[test]
fn a_stack_of_every_module_is_in_the_form_of_terraform_fmt() {
    let catalog = Catalog::shipped();
    let repository = Repository::new();
    for module in catalog.modules() {
        let id = module.id.to_string();
        let example = module.examples.first().expect("has examples");
        let environment =
            if id.starts_with("aws/") { aws_environment() } else { local_environment("/srv".as_ref()) };
        let mut given = json!(example.expect);
        if module.variable("region").is_some() && given["region"].is_null() {
            given["region"] = json!("europe-west3");
        }
        let name = id.replace('/', "-");
        let files = render_stack(&draft(&catalog, &id, &name, environment, given)).expect("renders");
        let main =
            files.iter().find(|file| file.path == format!("live/dev/{name}/main.tf")).expect("a stack");
        assert_eq!(main.content.contains("features {"), id.starts_with("azure/"), "{}", main.content);
        repository.write(&files);
    }
    repository.terraform(".", &["fmt", "-check", "-diff", "-recursive"]);
}

#[test]
fn a_note_is_planned_and_applied() {
    let catalog = Catalog::shipped();
    let state = Repository::new();
    let text = "\"${path.module}\" %{ if true }\n$${a} $$${b} %%{c} \\ \u{0}\u{202e} ü 🪣 </>";
    let given = json!({"name": "hello-team", "owner": "platform", "text": text});
    let draft = note(&catalog, local_environment(state.path()), given);
    let repository = repository(&draft);
    let stack = draft.directory.as_str();

    repository.terraform(stack, &["init", "-input=false"]);
    repository.terraform(stack, &["validate"]);
    repository.terraform(stack, &["plan", "-input=false", "-out=plan"]);
    repository.terraform(stack, &["apply", "-input=false", "plan"]);

    let outputs: BTreeMap<String, Value> =
        serde_json::from_str(&repository.terraform(stack, &["output", "-json"])).unwrap();
    assert_eq!(outputs["text"]["value"], text, "Terraform reads back exactly what was asked for");
    assert!(state.path().join("state/live/dev/hello-team.tfstate").is_file());
    repository.terraform(stack, &["plan", "-input=false", "-detailed-exitcode"]);
}

#[test]
fn one_note_tells_what_another_says() {
    let catalog = Catalog::shipped();
    let state = Repository::new();
    let draft = several::notes(&catalog, state.path());
    let repository = repository(&draft);
    let stack = draft.directory.as_str();
    repository.terraform(stack, &["init", "-input=false"]);
    repository.terraform(stack, &["apply", "-input=false", "-auto-approve"]);
    let outputs: BTreeMap<String, Value> =
        serde_json::from_str(&repository.terraform(stack, &["output", "-json"])).unwrap();
    assert_eq!(outputs["note_copy_text"]["value"], "Hello");
    assert_eq!(outputs["note_first_text"]["value"], "Hello");
}

#[test]
fn what_is_alike_stays_however_its_stack_is_changed() {
    let catalog = Catalog::shipped();
    let state = Repository::new();
    let repository = Repository::new();
    let mut main = String::new();
    // Of what shall be otherwise only that is changed, whichever blocks there are before and after.
    let boards: [(&[(&str, &str)], &str); 5] = [
        (&[("a", "Hello"), ("b", "Hello"), ("c", "Hello")], "3 to add, 0 to change, 0 to destroy"),
        (&[("a", "Hello"), ("b", "Bye"), ("c", "Hello")], "0 to add, 1 to change, 0 to destroy"),
        (
            &[("a", "Bye"), ("b", "Bye"), ("c", "Hello"), ("d", "Hello")],
            "1 to add, 1 to change, 0 to destroy",
        ),
        (&[("b", "Bye"), ("d", "Hello")], "0 to add, 0 to change, 2 to destroy"),
        (&[("d", "Hello")], "0 to add, 0 to change, 1 to destroy"),
    ];
    for (notes, expected) in boards {
        let draft = several::board(&catalog, state.path(), notes);
        let mut files = render_stack(&draft).unwrap();
        let file = files.iter_mut().find(|file| file.path.ends_with("several/main.tf")).expect("a stack");
        if !main.is_empty() {
            file.content = edit_stack(&main, &draft, HandEdits::Kept).unwrap();
        }
        main.clone_from(&file.content);
        repository.write(&files);
        repository.terraform(".", &["fmt", "-check", "-diff", "-recursive"]);
        let stack = draft.directory.as_str();
        repository.terraform(stack, &["init", "-input=false"]);
        let plan = repository.terraform(stack, &["plan", "-input=false", "-no-color", "-out=plan"]);
        assert!(plan.contains(expected), "{expected} in\n{plan}\nof\n{main}");
        repository.terraform(stack, &["apply", "-input=false", "plan"]);
    }
}

#[test]
fn stacks_on_aws_are_valid_for_the_real_provider() {
    let Some(_) = provider_mirror() else {
        panic!(
            "no AWS provider found: set TFPILOT_PROVIDER_MIRROR to a filesystem mirror with hashicorp/aws 5.100.0"
        );
    };
    let catalog = Catalog::shipped();
    let one = [bucket(&catalog), queue(&catalog)];
    for draft in one.into_iter().chain([
        several::topic(&catalog),
        several::network(&catalog),
        several::alike(&catalog),
    ]) {
        let repository = repository(&draft);
        repository.terraform(&draft.directory, &["init", "-backend=false", "-input=false"]);
        repository.terraform(&draft.directory, &["validate"]);
    }
}

/// Terraform and the closed evaluation of validations agree on every value below: what is refused before a pull
/// request would have been refused by the plan, and the other way round.
#[test]
fn validations_mean_here_what_they_mean_to_terraform() {
    let catalog = Catalog::shipped();
    let state = Repository::new();
    for (name, owner) in [
        ("ok", "team"),
        ("a", "Team 1.x_y"),
        ("-a", "team"),
        ("a-", "team"),
        ("A", "team"),
        ("a_b", "team"),
        ("ä", "team"),
        ("a\n", "team"),
        ("ok", ""),
        ("ok", " team"),
        ("ok", "te\nam"),
        ("ok", "té"),
    ] {
        let valid = json!({"name": "ok", "owner": "team"});
        let draft = note(&catalog, local_environment(state.path()), valid);
        let given = inputs(json!({"name": name, "owner": owner}));
        let ours = draft.calls[0].module.check_inputs(&given).is_empty();

        let repository = repository(&draft);
        // The values go in through the module's own folder, because a draft with bad inputs is not rendered at all.
        let folder = tfpilot_modules::render::vendor_path(draft.calls[0].module);
        let values = json!({"name": name, "owner": owner}).to_string();
        std::fs::write(repository.path().join(&folder).join("x.auto.tfvars.json"), values).unwrap();
        repository.terraform(&folder, &["init", "-input=false"]);
        let theirs = repository.try_terraform(&folder, &["plan", "-input=false"]).status.success();
        assert_eq!(ours, theirs, "{name:?} {owner:?}");
    }
}
