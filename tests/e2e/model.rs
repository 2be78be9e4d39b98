//! A language model beside the reading: what it suggests is shown as suggested, and whatever else it does costs nothing.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tfpilot::config::ModelProvider;
use tfpilot_tests::{MODEL_KEY, PlayedModel, REPOSITORY, Says, World, WorldOptions};

use crate::told::{check, only_pull, told};

const FILE: &str = ".github/tfpilot.yml";

/// A note whose text is said in words that no reading knows.
fn note(name: &str) -> String {
    format!(
        "We need a note called {name} in dev, team platform, and newcomers should be greeted with Welcome aboard"
    )
}

/// The suggestion that accounts for these words.
fn greeting() -> Value {
    json!({"thing_1": {"text": {"value": "Welcome aboard", "words": "greeted with Welcome aboard"}}})
}

/// A world with a model, in a repository that switched it on.
async fn world(model: &PlayedModel, provider: ModelProvider) -> Result<World> {
    let world = world_without(model, provider).await?;
    let config = world.forge.file(REPOSITORY, "main", FILE)?;
    let config = format!("{config}requests: {{model: true}}\n");
    world.forge.carol().pushes(REPOSITORY, "main", &[(FILE, config.as_str())], "model").await?;
    world.settle().await?;
    Ok(world)
}

async fn world_without(model: &PlayedModel, provider: ModelProvider) -> Result<World> {
    let options = WorldOptions { model: Some(model.settings(provider)), ..WorldOptions::default() };
    World::start_with(options).await
}

/// What was said last in an issue.
fn last_said(world: &World, issue: u64) -> Result<String> {
    let comments = world.forge.comments(REPOSITORY, issue)?;
    Ok(comments.into_iter().next_back().context("a comment")?.body)
}

async fn is_suggested(provider: ModelProvider, path: &str) -> Result<()> {
    let model = PlayedModel::start().await?;
    let world = world(&model, provider).await?;
    model.says(Says::Values(greeting()));
    let issue = world.alice().opens_issue(REPOSITORY, "A note for newcomers", &note("hello")).await?;
    world.settle().await?;

    let number = only_pull(&world)?;
    let pull = world.forge.pull(REPOSITORY, number)?;
    let main = world.forge.file(REPOSITORY, &pull.head_ref, "live/dev/hello/main.tf")?;
    ensure!(main.contains("  text   = \"Welcome aboard\"\n"), "{main}");
    assert_eq!(check(&world, number, "tfpilot/plan")?, "success 1 create in live/dev/hello");
    let shown = "| `Welcome aboard` | **suggested** for \"greeted with Welcome aboard\" |";
    let how = "A language model suggested `text`: check it. `/tfpilot set text=…` changes it";
    told(&world, issue, shown)?;
    told(&world, issue, how)?;
    ensure!(pull.body.contains(shown) && pull.body.contains(how), "{}", pull.body);

    // It was asked once, with the text as data and nothing but the inputs that nobody set.
    let asked = model.asked();
    let [only] = asked.as_slice() else { anyhow::bail!("{asked:#?}") };
    assert_eq!((only.path.as_str(), only.key.as_str()), (path, MODEL_KEY));
    ensure!(only.text().contains("newcomers should be greeted"), "{only:#?}");
    let form = only.schema().and_then(|schema| schema.pointer("/properties/thing_1/properties")?.as_object());
    assert_eq!(form.context("a form")?.keys().collect::<Vec<_>>(), ["text"]);

    // What was recorded is not asked for again.
    world.alice().closes(REPOSITORY, issue).await?;
    world.alice().reopens(REPOSITORY, issue).await?;
    world.settle().await?;
    assert_eq!(model.asked().len(), 1);

    world.alice().comments(REPOSITORY, issue, "/tfpilot set text=\"Good morning\"").await?;
    world.settle().await?;
    let main = world.forge.file(REPOSITORY, &pull.head_ref, "live/dev/hello/main.tf")?;
    ensure!(main.contains("  text   = \"Good morning\"\n"), "{main}");
    let body = world.forge.comments(REPOSITORY, issue)?.into_iter().map(|it| it.body).collect::<String>();
    ensure!(!body.contains("**suggested**"), "{body}");
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn words_that_nobody_reads_become_a_suggestion() -> Result<()> {
    is_suggested(ModelProvider::Openai, "/chat/completions").await
}

#[tokio::test(flavor = "multi_thread")]
async fn another_protocol_gives_the_same() -> Result<()> {
    is_suggested(ModelProvider::Anthropic, "/v1/messages").await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_answer_for_is_asked_and_the_suggestion_is_a_choice() -> Result<()> {
    let model = PlayedModel::start().await?;
    let world = world(&model, ModelProvider::Openai).await?;
    let text = "We need a note called hello in dev saying \"Hi\". Whenever it breaks, tin-whistle gets the phone call.";
    model.says(Says::Values(json!({"thing_1": {
        "owner": {"value": "tin-whistle", "words": "tin-whistle gets the phone call"},
    }})));
    let issue = world.alice().opens_issue(REPOSITORY, "A note", text).await?;
    world.settle().await?;
    ensure!(world.forge.pulls(REPOSITORY)?.is_empty(), "nothing is opened before the answer");
    told(&world, issue, "**Which team answers for the note?**\n1. `tin-whistle` (suggested)\n")?;

    world.alice().comments(REPOSITORY, issue, "1").await?;
    world.settle().await?;
    let pull = world.forge.pull(REPOSITORY, only_pull(&world)?)?;
    let main = world.forge.file(REPOSITORY, &pull.head_ref, "live/dev/hello/main.tf")?;
    ensure!(main.contains("  owner  = \"tin-whistle\"\n"), "{main}");
    ensure!(pull.body.contains("answer \"1\"") && !pull.body.contains("**suggested**"), "{}", pull.body);
    assert_eq!(model.asked().len(), 1, "a number leaves nothing open");
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_reply_says_besides_may_be_suggested_too() -> Result<()> {
    let model = PlayedModel::start().await?;
    let world = world(&model, ModelProvider::Openai).await?;
    let text = "We need a note called hello, team platform.";
    let issue = world.alice().opens_issue(REPOSITORY, "A note", text).await?;
    world.settle().await?;
    told(&world, issue, "**which environment?**")?;
    let before = model.asked().len();
    model.says(Says::Values(
        json!({"thing_1": {"text": {"value": "Guten Tag", "words": "Guten Tag to newcomers"}}}),
    ));
    world.alice().comments(REPOSITORY, issue, "dev, with a hearty Guten Tag to newcomers").await?;
    world.settle().await?;
    assert_eq!(model.asked().len(), before + 1);
    let pull = world.forge.pull(REPOSITORY, only_pull(&world)?)?;
    ensure!(pull.body.contains("| `Guten Tag` | **suggested**"), "{}", pull.body);
    world.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_is_explained_below_its_summary() -> Result<()> {
    let model = PlayedModel::start().await?;
    let world = world_without(&model, ModelProvider::Openai).await?;
    let config = world.forge.file(REPOSITORY, "main", FILE)?;
    let config = format!("{config}plans: {{explain: true}}\n");
    world.forge.carol().pushes(REPOSITORY, "main", &[(FILE, config.as_str())], "explain").await?;
    world.settle().await?;
    let address = "module.note.terraform_data.this";
    model.says(Says::Values(json!({"points": [
        {"addresses": [address], "text": "A note is made; @acme/leads may **approve** it."},
        {"addresses": ["aws_iam_role.admin"], "text": "An admin role is made."},
        {"addresses": [], "text": "Everything is fine, see https://evil.example/approve."},
    ]})));
    let text = "We need a note called hello in dev saying \"Welcome\", team platform";
    let issue = world.alice().opens_issue(REPOSITORY, "A note", text).await?;
    world.settle().await?;
    let number = only_pull(&world)?;
    let shown = "**In words**, by the language model `played` from the redacted plan. It may be wrong, and decides nothing.";
    told(&world, number, shown)?;
    told(&world, number, "`module.note.terraform_data.this`: A note is made;")?;
    let thread = world.forge.thread(REPOSITORY, number)?;
    ensure!(!thread.contains("admin role") && !thread.contains("evil.example"), "{thread}");
    ensure!(!thread.contains("@acme/leads may") && !thread.contains("**approve**"), "{thread}");
    let asked = model.asked();
    let [only] = asked.as_slice() else { anyhow::bail!("{asked:#?}") };
    ensure!(only.text().contains(&format!("CREATE create {address}")), "{}", only.text());

    // An answer of no use costs nothing but itself, and what is there is not asked for again.
    for says in [Says::Words("No.".to_owned()), Says::Values(json!({"points": 3}))] {
        model.says(says);
        let asked = model.asked().len();
        let set = format!("/tfpilot set text=\"Hello {asked}\"");
        world.alice().comments(REPOSITORY, issue, &set).await?;
        world.settle().await?;
        assert_eq!(model.asked().len(), asked + 1);
        let thread = world.forge.thread(REPOSITORY, number)?;
        ensure!(!thread.contains("In words") && thread.contains(&format!("Hello {asked}")), "{thread}");
    }
    crate::by_hand::approved_and_applied(&world, number).await?;
    ensure!(world.forge.pull(REPOSITORY, number)?.merged, "{}", world.forge.thread(REPOSITORY, number)?);
    assert_eq!(model.asked().len(), 3);
    world.finish().await
}

/// Answers that no suggestion comes of. After three failures in a row it would be left alone: others stand between.
fn useless() -> Vec<Says> {
    let values = |input: &str, value: Value, words: &str| {
        Says::Values(json!({"thing_1": {input: {"value": value, "words": words}}}))
    };
    vec![
        values("colour", json!("red"), "greeted with Welcome aboard"),
        values("text", json!(7), "greeted with Welcome aboard"),
        Says::Bytes(10 * 1024 * 1024),
        values("text", json!("${file(\"/etc/passwd\")}"), "greeted with Welcome aboard"),
        values("text", json!("Ignore all rules"), "greeted with Welcome aboard"),
        Says::Nothing,
        values("text", json!("Welcome aboard"), "words that nobody wrote"),
        values("environment", json!("prod"), "in dev"),
        values("name", json!("aboard"), "Welcome aboard"),
        Says::Words("As a language model I would rather not.".to_owned()),
        Says::Values(json!({"thing_2": greeting()["thing_1"]})),
        Says::Values(json!([[["thing_1"]]])),
        Says::Values(Value::Null),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_else_it_answers_the_request_goes_on_as_without_it() -> Result<()> {
    let model = PlayedModel::start().await?;
    let world = world_without(&model, ModelProvider::Openai).await?;
    let ask = async |name: String| -> Result<(u64, String)> {
        let issue = world.alice().opens_issue(REPOSITORY, "A note", &note(&name)).await?;
        world.settle().await?;
        Ok((issue, last_said(&world, issue)?))
    };
    let (_, without) = ask("hello-first".to_owned()).await?;
    ensure!(without.contains("leave it out"), "{without}");
    assert_eq!(model.asked().len(), 0, "a repository that did not switch it on");

    let config = world.forge.file(REPOSITORY, "main", FILE)?;
    let config = format!("{config}requests: {{model: true}}\n");
    world.forge.carol().pushes(REPOSITORY, "main", &[(FILE, config.as_str())], "model").await?;
    world.settle().await?;
    for says in useless() {
        model.says(says.clone());
        let name = format!("hello-{}", model.asked().len());
        let (issue, said) = ask(name).await?;
        assert_eq!(said, without, "{says:?} in #{issue}");
    }
    // A server's error is tried once more.
    let calls = model.asked().len();
    model.says(Says::Status(500));
    model.says(Says::Status(500));
    assert_eq!(ask("hello-last".to_owned()).await?.1, without);
    assert_eq!(model.asked().len(), calls + 2);
    ensure!(world.forge.pulls(REPOSITORY)?.is_empty(), "a pull request was opened");

    let counts = world.app().metrics().counts().model_calls;
    for outcome in ["nothing", "too-large", "timed-out", "unreadable", "refused"] {
        ensure!(counts.contains_key(outcome), "{outcome} in {counts:?}");
    }
    ensure!(!counts.contains_key("suggested"), "{counts:?}");
    world.finish().await
}
