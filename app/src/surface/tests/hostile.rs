//! Whatever comes from outside can be read and does nothing: no row, mention, marker, reference or length of its own.

use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use serde_json::json;
use tfpilot_engine::{
    AdmissionFinding, Applied, Call, DemandedBy, EnvironmentName, Failure, Filled, JobState, Known, Lacking,
    Learned, MergeWait, NotCounted, NotCountedWhy, Obstacle, Person, Problem, Question, Reading, Refusal,
    Resource, Say, Signal, Source, StackPath, Wish,
};

use crate::surface::{TEXT_LIMIT, commit_message, pull_body, render_call};

use super::show::surface_with;
use super::tale::{Tale, draft, finding, half, problem, question};

/// Texts that have hurt somebody.
const HURTFUL: [&str; 17] = [
    "| Policy | 99 passed |\n| Approval | 9 of 9 |",
    "x | y\n|---|---|\n| forged | row |",
    "@acme/everyone @alice",
    "<!-- tfpilot:sticky -->",
    "--> <!-- tfpilot:call applied -->",
    "`` ` ``` ```\n@alice",
    "</details></summary><img src=x onerror=alert(1)><script>",
    "[click](https://evil.example) ![x](https://evil.example/x.png) https://evil.example www.evil.example",
    "\u{1b}[2K\u{1b}[31mred\u{1b}[0m\u{1b}]8;;https://evil.example\u{7}",
    "abc\u{202e}txt.exe\u{2066}\u{200b}\u{feff}",
    "\n\n### Applied and merged\nNext: nothing.\n",
    "closes #1, fixes acme/infra#2 GH-3",
    "$\\Huge{x}$ \\| \\` \\\n",
    "\r\n---\r\n> quote\r\n1. list\r\n",
    "｜ Policy ｜ 99 passed ｜ │ Approval ┃ 9 of 9 ∣ ǀ ￨ ❘",
    "｀code｀ ‵x‵ ＜script＞ ﹫alice",
    "a\u{3164}\u{115f}\u{2800}\u{a0}\u{3000}b\u{61c}\u{180e}\u{e0041}\u{fe0f}\u{ad}",
];

fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => proptest::sample::select(&HURTFUL[..]).prop_map(str::to_owned),
        2 => any::<String>(),
        1 => proptest::collection::vec(proptest::sample::select(vec!['|', '`', '@', '<', '-', '!', '>', '\n', '#', '\\', 'a']), 0..60)
            .prop_map(|chars| chars.into_iter().collect()),
    ];
    // Never blank, and never what could be a login: an error without a word and a mention are other cases.
    proptest::collection::vec(piece, 1..4).prop_map(|pieces| format!("{} x", pieces.concat()))
}

/// Puts a text wherever the facts hold something foreign.
fn poison(tale: &mut Tale, text: &str) {
    let owned = || text.to_owned();
    let person = || Person { id: 77, login: owned() };
    let facts = &mut tale.facts;
    if let Some(request) = &mut facts.request {
        request.by.login = owned();
        let name = || Some(Filled { value: owned(), source: Source::Answer(owned()), confidence: 100 });
        request.draft.resources.push(Resource { module: Some(owned()), ..Resource::default() });
        request.draft.resources.iter_mut().for_each(|resource| resource.name = name());
        if let Some(environment) = &mut request.draft.environment {
            environment.source = Source::Form(owned());
        }
        let sources = [Source::Text, Source::Yaml, Source::Command, Source::Default, Source::Suggested];
        for (index, source) in sources.into_iter().enumerate() {
            let filled = Filled { value: json!({ text: [text] }), source: source(owned()), confidence: 100 };
            request.draft.resources[0].inputs.insert(format!("{index}{text}"), filled);
        }
    }
    if let Some(change) = &mut facts.change {
        change.title = owned();
    }
    if let Some(pull) = &mut facts.pull {
        pull.title = owned();
        pull.author = person();
        pull.base_ref = owned();
        pull.committers.push(person());
        pull.obstacles.iter_mut().for_each(|obstacle| *obstacle = Obstacle::Check { name: owned() });
    }
    for environment in facts.rules.environments.values_mut() {
        environment.reviewers = Some(owned());
    }
    if let Some(tree) = &mut facts.tree {
        tree.findings.iter_mut().for_each(|finding| *finding = poisoned_finding(text));
    }
    facts.plans.values_mut().for_each(|plan| {
        plan.headline = owned();
        plan.unfit = plan.unfit.as_ref().map(|_| owned());
    });
    for job in facts.runs.iter_mut().flat_map(|run| run.jobs.values_mut()) {
        if let JobState::Failed { failure } = &mut job.state {
            poison_failure(failure, text);
        }
    }
    for line in facts.journals.values_mut().flatten() {
        (line.address, line.action, line.resource_id) =
            (format!("{}{text}", line.seq), owned(), Some(owned()));
    }
    facts.applied.values_mut().for_each(|applied| poison_outputs(applied, text));
    if let Some(apply) = &mut facts.apply {
        apply.by.login = owned();
    }
    facts.merge_wait = facts.merge_wait.as_ref().map(|_| MergeWait::Refused { why: owned() });
    facts.step_failed = facts.step_failed.as_ref().map(|_| (owned(), owned()));
}

fn poison_failure(failure: &mut Failure, text: &str) {
    match failure {
        Failure::Step { phase, problems } => {
            *phase = text.to_owned();
            problems.iter_mut().for_each(|problem| *problem = poisoned_problem(text));
        }
        Failure::NotAdmitted { findings } => {
            findings.iter_mut().for_each(|finding| *finding = poisoned_finding(text));
        }
        Failure::NotDispatched { why } | Failure::Refused { why } => *why = text.to_owned(),
        Failure::Stale | Failure::Cancelled | Failure::Lost | Failure::NotStarted | Failure::Unknown => {}
    }
}

fn poison_outputs(applied: &mut Applied, text: &str) {
    applied.outputs.insert(format!("y{text}"), Some(json!(text)));
    applied.outputs.insert(format!("z{text}"), Some(json!([text, { text: text }])));
}

fn poisoned_problem(text: &str) -> Problem {
    let owned = || text.to_owned();
    Problem { summary: owned(), detail: owned(), path: Some(owned()), line: Some(0), address: Some(owned()) }
}

fn poisoned_finding(text: &str) -> AdmissionFinding {
    let owned = || text.to_owned();
    AdmissionFinding { rule: owned(), path: owned(), line: 0, what: owned(), why: owned(), next: owned() }
}

/// Changes that [`tale`] knows.
const TALES: usize = 12;

/// Changes in every place where foreign text is shown.
fn tale(pick: usize) -> Tale {
    let step = || Failure::Step { phase: "plan".to_owned(), problems: vec![problem()] };
    let ready = Tale::ready();
    match pick {
        0 => Tale::opened().with(|tale| tale.fails_plan("live/dev/acme-invoices", step())),
        1 => Tale::by_hand(&[]).with(|tale| {
            tale.sees_tree("h2", &["live/dev/a", "live/dev/b"], "i", vec![finding(), finding()])
        }),
        2 => Tale::by_hand(&["live/dev/a", "live/dev/b"])
            .with(|tale| tale.fails_plan("live/dev/b", Failure::NotDispatched { why: "no".to_owned() })),
        3 => Tale::opened().with(|tale| {
            tale.plans_as("live/dev/acme-invoices", &[], |plan| {
                (plan.unfit, plan.no_changes) = (Some("why".to_owned()), false);
            })
        }),
        4 => ready
            .with(|tale| tale.looks(|pull| pull.obstacles.push(Obstacle::Check { name: "ci".to_owned() }))),
        5 => ready.with(|tale| tale.starts().journals(half()).fails_apply(step())),
        6 => ready.with(|tale| tale.starts().journals(half()).falls_silent()),
        7 => ready.with(|tale| tale.starts().applies().tell(Signal::MergeBlocked { why: "no".to_owned() })),
        8 => ready.with(|tale| tale.starts().applies().merges()),
        9 => Tale::request().with(|tale| {
            tale.asks_for(Reading::Complete { draft: draft() });
            tale.tell(Signal::StepFailed { step: "commit".to_owned(), why: "no".to_owned() })
        }),
        10 => ready.with(|tale| tale.sees_tree("h2", &["live/dev/acme-invoices"], "i2", Vec::new())),
        _ => ready,
    }
}

fn says(text: &str) -> Vec<Say> {
    let owned = || text.to_owned();
    let many = || vec![owned(); 40];
    let stack = StackPath::new("live/dev/acme-invoices");
    let mut journal = half();
    journal.iter_mut().for_each(|line| {
        (line.address, line.action, line.resource_id) = (owned(), owned(), Some(owned()));
    });
    let who = NotCounted { who: Person { id: 7, login: owned() }, why: NotCountedWhy::Role, stale: None };
    let refusals = [
        Refusal::NoRole {
            command: owned(),
            environment: None,
            needs: tfpilot_engine::Role::Admin,
            has: tfpilot_engine::Role::None,
            source: Some(tfpilot_engine::RoleSource {
                teams: vec![owned(); 9],
                users: vec![owned()],
                permissions: vec!["maintain".to_owned()],
            }),
            ask: Some(owned()),
        },
        Refusal::NotApproved {
            given: 0,
            needed: 1,
            risk: None,
            not_counted: vec![who; 9],
            lacking: vec![
                Lacking {
                    by: DemandedBy::Policy { rule: owned() },
                    from: vec![owned(), owned()],
                    given: 0,
                    needed: 1,
                },
                Lacking {
                    by: DemandedBy::Owners { place: owned(), line: 3, pattern: owned(), files: 2 },
                    from: vec![owned()],
                    given: 0,
                    needed: 1,
                },
                Lacking {
                    by: DemandedBy::OwnersUnknown { why: owned() },
                    from: Vec::new(),
                    given: 0,
                    needed: 1,
                },
            ],
            ask: Some(owned()),
        },
        Refusal::NotAdmitted { finding: poisoned_finding(text) },
        Refusal::PlanFailed { stack: stack.clone(), problem: Some(poisoned_problem(text)) },
        Refusal::PlanUnfit { why: owned() },
        Refusal::NotMergeable { obstacle: Obstacle::Check { name: owned() } },
        Refusal::UnknownCommand { word: owned(), suggestion: Some(format!("set {text}")) },
        Refusal::NotHere { command: owned(), place: owned() },
        Refusal::UnknownStack { stack: stack.clone(), suggestion: Some(stack.clone()) },
        Refusal::UnknownEnvironment {
            environment: EnvironmentName::new(text),
            known: vec![EnvironmentName::new(text)],
        },
    ];
    let question =
        Question { text: owned(), choices: many(), problem: Some(owned()), example: owned(), ..question() };
    let mut says: Vec<Say> = refusals.into_iter().map(|refusal| Say::Refused { refusal }).collect();
    says.push(Say::Question { question, kept: many() });
    let known = Known {
        name: owned(),
        module: owned(),
        version: Some(owned()),
        environment: EnvironmentName::new(text),
        owner: Some(owned()),
        request: 42,
    };
    let environment = Some(EnvironmentName::new(text));
    says.push(Say::Wished {
        wish: Wish::Upgrade,
        environment: environment.clone(),
        known: vec![known.clone()],
    });
    says.push(Say::Wished {
        wish: Wish::Question,
        environment: environment.clone(),
        known: vec![known.clone()],
    });
    says.push(Say::Wished { wish: Wish::RollBack, environment, known: vec![known] });
    let asked_at = jiff::Timestamp::UNIX_EPOCH;
    for outcome in [
        Learned::Proposed { pull: 7, words: many() },
        Learned::Declined { pull: 7, words: many() },
        Learned::ByHand { why: owned(), lines: owned() },
        Learned::Failed { why: owned() },
    ] {
        says.push(Say::Learned { outcome, asked_at });
    }
    says.push(Say::NotInCatalog { word: owned(), nearest: many() });
    says.push(Say::ApplyFailed {
        stack: stack.clone(),
        problem: Some(poisoned_problem(text)),
        journal: journal.clone(),
    });
    says.push(Say::OutcomeUnknown { stack, journal });
    says.push(Say::Applied { changed: 1, by: Person { id: 8, login: owned() } });
    says
}

/// What Markdown makes of a text, without the words: with harmless text it is the same.
fn skeleton(markdown: &str) -> Vec<String> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let parts = Parser::new_ext(markdown, options).filter_map(|event| match event {
        Event::Start(tag) => Some(format!("{:?}", tag.to_end())),
        Event::End(_) => Some("end".to_owned()),
        Event::Code(_) => Some("code".to_owned()),
        Event::Html(html) | Event::InlineHtml(html) => Some(tags(&html)),
        Event::Text(_) | Event::SoftBreak => None,
        other => Some(format!("{other:?}")),
    });
    parts.collect()
}

/// Elements of HTML without the text between them.
fn tags(html: &str) -> String {
    html.split_inclusive('>').filter_map(|part| part.find('<').and_then(|start| part.get(start..))).collect()
}

/// The words that GitHub looks through for mentions, references and addresses: all but code.
fn words(markdown: &str) -> String {
    let mut fenced = false;
    let mut words = String::new();
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => fenced = true,
            Event::End(TagEnd::CodeBlock) => fenced = false,
            Event::Text(text) if !fenced => words.push_str(&text),
            Event::Html(html) | Event::InlineHtml(html) => words.push_str(&html),
            Event::SoftBreak | Event::End(_) => words.push(' '),
            _ => {}
        }
    }
    words
}

/// Control characters, and characters that hide text, change its direction or look like none.
const UNSEEN: [char; 16] = [
    '\u{1b}',
    '\u{202e}',
    '\u{2066}',
    '\u{2069}',
    '\u{200b}',
    '\u{200d}',
    '\u{200e}',
    '\u{feff}',
    '\u{61c}',
    '\u{180e}',
    '\u{ad}',
    '\u{fe0f}',
    '\u{e0041}',
    '\u{3164}',
    '\u{115f}',
    '\u{2800}',
];

/// What looks like a frame of a table, a code span or an element.
const LOOK_ALIKES: [char; 12] = ['｜', '│', '┃', '∣', 'ǀ', '￨', '❘', '｀', '‵', '＜', '＞', '﹫'];

#[track_caller]
fn does_nothing(markdown: &str) {
    assert!(!markdown.contains(UNSEEN), "{markdown}");
    assert!(!markdown.contains(LOOK_ALIKES), "{markdown}");
    let words = words(markdown);
    for acting in ["@", "://", "www.e", "#1", "#2", "GH-"] {
        assert!(!words.contains(acting), "{acting}: {markdown}");
    }
}

/// Everything that a change shows with this text in it is what it shows with a harmless one, but for the words.
fn check_change(text: &str, pick: usize) {
    let (mut tale, mut plain) = (tale(pick), tale(pick));
    poison(&mut plain, "harmless");
    poison(&mut tale, text);
    // The rules that hold for every surface are asserted where it is made.
    let (hostile, harmless) = (surface_with(&tale, Some(text)), surface_with(&plain, Some("harmless")));
    assert_eq!((hostile.label, hostile.stickies.len()), (harmless.label, harmless.stickies.len()));
    for (shown, model) in hostile.stickies.iter().zip(&harmless.stickies) {
        assert_eq!(skeleton(&shown.body), skeleton(&model.body), "{}", shown.body);
        does_nothing(&shown.body.replace("on #42", "").replace("#42", ""));
    }
    for (shown, model) in hostile.checks.iter().zip(&harmless.checks) {
        assert_eq!(shown.state, model.state);
        assert_eq!(skeleton(&shown.summary), skeleton(&model.summary), "{}", shown.summary);
        does_nothing(&shown.summary);
        assert!(!shown.title.chars().any(char::is_control), "{}", shown.title);
        for note in &shown.annotations {
            assert!(note.line >= 1 && note.message.len() <= TEXT_LIMIT, "{note:?}");
        }
    }
    if let (Some(message), Some(body)) = (commit_message(&tale.facts), pull_body(&tale.facts, text, None)) {
        assert_eq!(message.lines().count(), 5, "{message}");
        let model = pull_body(&plain.facts, "harmless", None).expect("a body");
        assert_eq!(skeleton(&body), skeleton(&model), "{body}");
        does_nothing(&body.replace("Closes #41", ""));
    }
}

/// The same for what is answered about a change.
fn check_answers(text: &str, pick: usize) {
    let (mut tale, mut plain) = (tale(pick), tale(pick));
    poison(&mut plain, "harmless");
    poison(&mut tale, text);
    let asked_at = tale.now;
    for say in [Say::Status { asked_at }, Say::Why { asked_at }] {
        let body = |tale: &Tale| {
            let to = Person { id: 7, login: "x".to_owned() };
            let call = Call { number: 42, key: "k".to_owned(), to, say: say.clone() };
            let body = render_call(&tale.facts, &call, tale.now);
            body.rsplit_once("\n\n<!--").expect("a marker").0.to_owned()
        };
        let (shown, model) = (body(&tale), body(&plain));
        assert!(shown.len() <= TEXT_LIMIT);
        assert_eq!(skeleton(&shown), skeleton(&model), "{shown}");
        does_nothing(&shown.replace("#41", "").replace("#42", ""));
    }
}

/// The same for comments of their own.
fn check_calls(text: &str) {
    let tale = Tale::ready();
    for (say, model) in says(text).into_iter().zip(says("harmless")) {
        // Nobody's login ends with a space: what is no login is no mention.
        let to = Person { id: 7, login: format!("{text} ") };
        let body = |say, key: &str, to: &Person| {
            render_call(&tale.facts, &Call { number: 42, key: key.to_owned(), to: to.clone(), say }, tale.now)
        };
        let (body, model) = (body(say, text, &to), body(model, "k", &to));
        assert!(body.len() <= TEXT_LIMIT, "{} bytes", body.len());
        assert_eq!(body.matches("<!--").count(), 1, "{body}");
        let without_marker = |text: &str| text.rsplit_once("\n\n<!--").expect("a marker").0.to_owned();
        let (body, model) = (without_marker(&body), without_marker(&model));
        assert_eq!(skeleton(&body), skeleton(&model), "{body}");
        does_nothing(&body.replace("#42", ""));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn foreign_text_stays_where_it_is_put(text in hostile(), pick in 0..TALES) {
        check_change(&text, pick);
        check_answers(&text, pick);
    }

    #[test]
    fn calls_mention_only_people(text in hostile()) {
        check_calls(&text);
    }
}

#[test]
fn a_megabyte_of_it_is_no_more() {
    for (index, text) in HURTFUL.iter().enumerate() {
        let much = text.repeat(1_000_000 / text.len());
        check_change(&much, index % TALES);
        check_answers(&much, index % TALES);
        check_calls(&much);
    }
}

#[test]
fn six_hundred_stacks_fit() {
    let stacks: Vec<String> = (0..600).map(|n| format!("live/dev/{n:04}-{}", "x".repeat(60))).collect();
    let mut tale = Tale::by_hand(&stacks.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(surface_with(&tale, None).stickies[0].body.contains("rows not shown."));
    // Folding 600 plans one by one is the engine's matter; here they are put where it would put them.
    let mut model = Tale::by_hand(&["live/dev/one"]);
    model.plans_all();
    let plan = model.facts.plans.values().next().expect("a plan").clone();
    for stack in tale.facts.stacks().to_vec() {
        let (path, inputs_digest) = (stack.path.clone(), stack.inputs_digest.clone());
        tale.details.insert(path.clone(), "| a | b | c |\n".repeat(20));
        tale.facts
            .plans
            .insert(path, tfpilot_engine::Plan { stack: stack.path, inputs_digest, ..plan.clone() });
    }
    for run in &mut tale.facts.runs {
        run.jobs.values_mut().for_each(|job| job.state = JobState::Done);
    }
    let shown = surface_with(&tale, None);
    assert_eq!(shown.checks[0].title, "2400 create in 600 stacks");
    let body = &shown.stickies[0].body;
    assert!(body.contains("rows not shown.") && body.contains("plans not shown."), "{body}");
    assert!(shown.checks[0].text.starts_with(|c: char| c.is_ascii_digit()), "what is cut is said on top");
}

#[test]
fn one_long_plan_is_cut_and_not_left_out() {
    let mut tale = Tale::ready();
    let row = "| CREATE | create `aws_s3_bucket.this` | new |\n";
    let text = format!("| Risk | Change | Why |\n|---|---|---|\n{}", row.repeat(3_000));
    tale.details.values_mut().for_each(|details| *details = text.clone());
    let shown = surface_with(&tale, None);
    let sticky = &shown.stickies[1].body;
    assert!(sticky.len() > TEXT_LIMIT * 9 / 10 && sticky.contains("lines not shown.\n"), "{}", sticky.len());
    assert!(shown.checks[0].text.contains("lines not shown.\n"));
}

#[test]
fn notes_name_only_files_of_the_repository() {
    for path in ["/etc/passwd", "../x.tf", "a/../b.tf", "a//b.tf", "", "a\nb.tf"] {
        let mut tale = Tale::opened();
        let problem = Problem { path: Some(path.to_owned()), ..problem() };
        let failure = Failure::Step { phase: "plan".to_owned(), problems: vec![problem] };
        tale.fails_plan("live/dev/acme-invoices", failure);
        assert!(surface_with(&tale, None).checks[0].annotations.is_empty(), "{path:?}");
    }
    let long = EnvironmentName::new("a-very-long-environment-name-of-somebody");
    let mut tale = Tale::ready();
    if let Some(tree) = &mut tale.facts.tree {
        tree.stacks.iter_mut().for_each(|stack| stack.environment = Some(long.clone()));
    }
    surface_with(&tale, None);
}
