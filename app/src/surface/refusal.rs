//! Refusals as sentences: "**what**: why. Next". One arm per row of the table of refusals.

use jiff::Timestamp;
use tfpilot_engine::{
    DemandedBy, EnvironmentName, Facts, Grave, JudgedFinding, Lacking, Limited, NoOverrideWhy, NotCounted,
    NotCountedWhy, Obstacle, Problem, Refusal, Role, RoleSource, StackPath, Stale, Standing, gate,
};

use super::delay;
use super::escape::{self, code, prose};
use super::offer;
use super::tally;
use super::words::{self, count};

/// A refusal in words. `what` and `why` are Markdown; `next` says what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusalText {
    /// What is refused or missing.
    pub what: String,
    /// Why; may be empty.
    pub why: String,
    /// What to do, without a stop at its end.
    pub next: String,
}

impl RefusalText {
    fn new(what: impl Into<String>, why: impl Into<String>, next: impl Into<String>) -> Self {
        Self { what: what.into(), why: why.into(), next: next.into() }
    }

    /// What and why.
    pub(super) fn reason(&self) -> String {
        if self.why.is_empty() { self.what.clone() } else { format!("{}: {}", self.what, self.why) }
    }
}

/// The whole sentence, with what the facts add to it.
pub(super) fn sentence_of(facts: &Facts, refusal: &Refusal) -> String {
    let text = refusal_text(refusal);
    match refusal {
        Refusal::ApplyFailed => whole(RefusalText { why: tally::apply_so_far(facts), ..text }),
        _ => whole(text),
    }
}

/// The whole sentence.
pub fn sentence(refusal: &Refusal) -> String {
    whole(refusal_text(refusal))
}

fn whole(text: RefusalText) -> String {
    let RefusalText { what, why, next } = text;
    let why = if why.is_empty() { String::new() } else { format!(": {why}") };
    format!("**{what}**{why}. Next: {}", stopped(&next))
}

/// With a stop at its end, where it has none.
pub(super) fn stopped(text: &str) -> String {
    if text.ends_with(['.', '?']) { text.to_owned() } else { format!("{text}.") }
}

pub(super) fn refusal_text(refusal: &Refusal) -> RefusalText {
    let text = |what: &str, why: &str, next: &str| RefusalText::new(what, why, next);
    match refusal {
        Refusal::NoRole { command, environment, needs, has, source, ask } => {
            let place = environment.as_ref().map_or_else(|| code(command), |name| prose(name.as_str()));
            let given = source.as_ref().map_or_else(String::new, |source| given_to(*needs, source));
            let why = format!("{place} takes {}, you are {}{given}", needs.as_str(), has_role(*has));
            RefusalText::new("No role", why, ask_whom(ask.as_deref()))
        }
        Refusal::NotApproved { given, needed, risk, not_counted, lacking, ask } => {
            let raised = risk.map_or_else(String::new, |risk| format!(" as {}", raised_by(risk)));
            not_approved(&format!("{given} of {needed}"), &raised, not_counted, lacking, ask.as_deref())
        }
        Refusal::NotAdmitted { finding } => {
            let why = format!("{}:{} {}", prose(&finding.path), finding.line, code(&finding.what));
            RefusalText::new("Not admitted", why, escape::sentence(&finding.next))
        }
        Refusal::Planning => text("Not planned", "the plan is running", "wait for it"),
        Refusal::PlanFailed { stack, problem } => plan_failed(stack, problem.as_ref()),
        Refusal::PlanExpired { hours } => {
            RefusalText::new("Plan expired", format!("older than {}", days(*hours)), "`/tfpilot plan`")
        }
        Refusal::PlanReplaced { command } => {
            let next = format!("read it, then {}", code(&format!("/tfpilot {command}")));
            RefusalText::new("Plan replaced after you wrote", "", next)
        }
        Refusal::Diverged { stack, base, tip, renewed } => {
            let (base, tip, stack) = (prose(base), code(tip.short()), code(stack.as_str()));
            let why = format!("{base} moved to {tip}, which changes {stack}");
            let next = if *renewed { "nothing, it is planned again" } else { "press Update branch" };
            RefusalText::new("Plan stale", why, next)
        }
        Refusal::PlanUnfit { why } => {
            RefusalText::new("Plan not complete", escape::sentence(why), "`/tfpilot plan`")
        }
        Refusal::Policy { title, finding } => match finding {
            Some(finding) => policy(finding),
            None => RefusalText::new("Policy", escape::sentence(title), "fix and push"),
        },
        Refusal::OverrideNeeded { rule, title, given, needed, place, ask } => {
            let why = override_needed(rule, title, place.as_deref());
            let agree = if *needed > 1 { format!(", {given} of {needed} agree") } else { String::new() };
            let next = format!("{}: {}", overrider(ask.as_deref()), override_command(rule));
            RefusalText::new("Override needed", format!("{why}{agree}"), next)
        }
        Refusal::NoOverride { rule, why, ask } => no_override(rule, *why, ask.as_deref()),
        Refusal::NothingToOverride => text("No override", "nothing waits for one", "`/tfpilot help`"),
        Refusal::UnknownRule { rule, suggestion } => {
            let next = match suggestion {
                Some(suggestion) => format!("did you mean {}?", code(suggestion)),
                None => "the checks name their rules".to_owned(),
            };
            RefusalText::new(format!("Unknown rule {}", code(rule)), "", next)
        }
        Refusal::Cost { title } => {
            RefusalText::new("Cost", escape::sentence(title), "ask for less, or raise the limit")
        }
        Refusal::NotMergeable { obstacle } => obstacle_text(obstacle),
        Refusal::Locked { stack, holder } => {
            let why = format!("{} is held by #{holder}", code(stack.as_str()));
            RefusalText::new("Locked", why, format!("wait for #{holder}"))
        }
        Refusal::Frozen { environment, name, reason, until, zone, given, needed, ask } => {
            let place = environment.as_ref().map_or_else(|| "everything".to_owned(), |it| prose(it.as_str()));
            let because =
                reason.as_ref().map(|why| format!(": {}", escape::sentence(why))).unwrap_or_default();
            let agree =
                if *needed > 1 { format!(", {given} of {needed} let it pass") } else { String::new() };
            let why = format!(
                "{place} until {}, {}{because}{agree}",
                prose(&words::moment(*until, zone)),
                code(name)
            );
            let next =
                format!("wait, or {}: {}", overrider(ask.as_deref()), override_command(gate::FREEZE_RULE));
            RefusalText::new("Frozen", why, next)
        }
        Refusal::Applying => text("Applying", "an apply is under way", "wait for it"),
        Refusal::Applied => {
            text("Applied already", "what was asked for exists", "a new issue for what else is wanted")
        }
        Refusal::ApplyFailed => text(
            "Apply failed",
            "it stopped half-way and its plan is used up",
            "push a fix or `/tfpilot plan`",
        ),
        Refusal::OutcomeUnknown => text(
            "Outcome of the last apply unknown",
            "nobody knows what exists, so nothing is repeated",
            "an approver compares what exists with the journal, then `/tfpilot resume reason=\"…\"`",
        ),
        Refusal::NothingToCancel => text(
            "Nothing to cancel",
            "no plan and no apply of it runs",
            "`/tfpilot help` lists what you may do here",
        ),
        Refusal::ReasonMissing { command } => {
            let next = code(&format!("/tfpilot {command} reason=\"…\""));
            RefusalText::new("No reason", "it is kept in the log", next)
        }
        Refusal::NothingToResume { accept: false } => text(
            "Nothing to resume",
            "no outcome of an apply is unknown",
            "`/tfpilot help` lists what you may do here",
        ),
        Refusal::NothingToResume { accept: true } => text(
            "Nothing to accept",
            "only what was applied and then closed without a merge is",
            "`/tfpilot help` lists what you may do here",
        ),
        Refusal::DraftPull => text("Draft", "planned, not applied", "press Ready for review"),
        Refusal::Fork => text("Fork", "never meets credentials", "a maintainer pushes the branch here"),
        Refusal::Closed => text("Closed", "this pull request is not open", "reopen it"),
        Refusal::NotManaged { base } => {
            let why = format!("this pull request goes into {}", code(base));
            RefusalText::new("Not managed", why, "change its base")
        }
        Refusal::PullStays { pull, branch, open, why } => {
            let what = format!("#{pull} stays {}", if *open { "closed" } else { "open" });
            let next = if *open {
                format!("restore the branch {} and reopen #{pull}, or open a new issue", code(branch))
            } else {
                format!("close #{pull}")
            };
            RefusalText::new(what, escape::sentence(why), next)
        }
        Refusal::NothingToApply => text("Nothing to apply", "the plan changes nothing", "merge"),
        Refusal::TooMuch { what, most, until } => too_much(*what, *most, *until),
        Refusal::UnknownCommand { word, suggestion } => unknown_command(word, suggestion.as_deref()),
        Refusal::UnknownStack { stack, suggestion } => {
            let next = match suggestion {
                Some(suggestion) => format!("did you mean {}?", code(suggestion.as_str())),
                None => "the sticky comment lists the stacks of this change".to_owned(),
            };
            RefusalText::new(format!("Unknown stack {}", code(stack.as_str())), "", next)
        }
        Refusal::UnknownEnvironment { environment, known } => unknown_environment(environment, known),
        Refusal::NotHere { command, place } => {
            let (command, place) = (code(command), prose(place));
            RefusalText::new(
                "Not here",
                format!("{command} is for a {place}"),
                format!("write it on the {place}"),
            )
        }
        Refusal::GitHubLimits { until } => RefusalText::new(
            format!("GitHub limits us until {}", delay::clock(*until)),
            "",
            "nothing for you, it goes on then",
        ),
        Refusal::AppLacks { permission } => RefusalText::new(
            format!("App lacks {}", code(permission)),
            "",
            "an owner of the account accepts it in the App's installation, then it goes on by itself",
        ),
        Refusal::OwnRequest { why } => {
            text("Approval does not count", own_hand(*why), "somebody else reviews")
        }
    }
}

fn not_approved(
    counted: &str,
    raised: &str,
    not_counted: &[NotCounted],
    lacking: &[Lacking],
    ask: Option<&str>,
) -> RefusalText {
    let stale: Vec<&NotCounted> = not_counted.iter().filter(|one| one.why == NotCountedWhy::Stale).collect();
    if let Some(first) = stale.first() {
        let names: Vec<String> = stale.iter().map(|one| prose(&one.who.login)).collect();
        let saw = match (stale.len(), &first.stale) {
            (1, Some(stale)) => saw(stale),
            _ => "saw another plan".to_owned(),
        };
        let why = format!("{} {saw}, {counted}", words::some(&names, 3));
        return RefusalText::new("Approval stale", why, format!("{} reviews again", prose(&first.who.login)));
    }
    let why = format!("{counted}{raised}{}{}", demanded(lacking), without(not_counted));
    RefusalText::new("Not approved", why, who_reviews(lacking, ask, ""))
}

/// The rule that gives a role: ". `roles.approver` of .github/tfpilot.yml names acme/leads; in the repository maintain brings
/// it".
fn given_to(role: Role, source: &RoleSource) -> String {
    let RoleSource { teams, users, permissions } = source;
    let names: Vec<String> = teams.iter().chain(users).map(|name| prose(name)).collect();
    let names = if names.is_empty() { "nobody".to_owned() } else { words::some(&names, 5) };
    let brings = match permissions.as_slice() {
        [] => String::new(),
        permissions => format!("; the permission {} brings it too", permissions.join(" or ")),
    };
    format!(". {} of .github/tfpilot.yml names {names}{brings}", code(&format!("roles.{}", role.as_str())))
}

/// What of it has to come from somebody in particular: `, `sre-for-prod` asks 2 by acme/sre and has 1`.
pub(super) fn demanded(lacking: &[Lacking]) -> String {
    let words: Vec<String> = lacking.iter().map(demand).collect();
    if words.is_empty() { String::new() } else { format!(", {}", words::some(&words, 3)) }
}

fn demand(lacking: &Lacking) -> String {
    let Lacking { by, from, given, needed } = lacking;
    match by {
        DemandedBy::Policy { rule } => {
            let by = if from.is_empty() { String::new() } else { format!(" by {}", names(from)) };
            format!("policy {} asks {needed}{by} and has {given}", code(rule))
        }
        DemandedBy::Owners { place, line, pattern, files } => {
            let files = count(*files, "file");
            format!("{files} of {} ({}:{line}) for {}", code(pattern), prose(place), names(from))
        }
        DemandedBy::OwnersUnknown { why } => {
            format!("whose the files are is not known: {}", escape::sentence(why))
        }
    }
}

/// "acme/sre or carol".
fn names(from: &[String]) -> String {
    from.iter().map(|name| prose(name)).collect::<Vec<_>>().join(" or ")
}

/// Who has to look, and what is to be repaired where nobody could.
pub(super) fn who_reviews(lacking: &[Lacking], ask: Option<&str>, what: &str) -> String {
    let Some(first) = lacking.first() else { return format!("{} reviews{what}", reviewer(ask)) };
    match &first.by {
        DemandedBy::OwnersUnknown { .. } => "repair CODEOWNERS on the base branch".to_owned(),
        DemandedBy::Owners { place, line, .. } if first.from.iter().all(|name| name.contains('@')) => {
            let place = prose(place);
            format!("name a login or a team in {place}:{line}, whose an address is cannot be told")
        }
        _ if first.from.is_empty() => format!("{} reviews{what}", reviewer(ask)),
        _ => format!("{} reviews{what}", names(&first.from)),
    }
}

/// What is waited for where approvals are missing: "1 approval", or from whom.
pub(super) fn awaited(given: u32, needed: u32, lacking: &[Lacking]) -> String {
    match lacking.first() {
        Some(Lacking { from, .. }) if given >= needed && !from.is_empty() => {
            format!("approval by {}", from.join(" or "))
        }
        Some(_) if given >= needed => "code owners".to_owned(),
        _ => count(needed.saturating_sub(given), "approval"),
    }
}

/// Why more people have to approve.
pub(super) fn raised_by(risk: Grave) -> &'static str {
    match risk {
        Grave::DataLoss => "it may lose data",
        Grave::Exposed => "it may be reachable by everybody",
        Grave::Iam => "it changes rights",
    }
}

/// "saw plan `51ac0de`; `7c1e04a` adds 1 destroy".
fn saw(stale: &Stale) -> String {
    let now = code(stale.now.short());
    let Some(saw) = &stale.saw else { return "saw no plan".to_owned() };
    let saw = code(saw.short());
    match tally::counted(&stale.adds) {
        Some(adds) => format!("saw plan {saw}; {now} adds {adds}"),
        None => format!("saw plan {saw}, not {now}"),
    }
}

/// Whose approvals do not count, and why: `, the requester does not count`.
pub(super) fn without(not_counted: &[NotCounted]) -> String {
    let words: Vec<String> = not_counted.iter().map(does_not_count).collect();
    if words.is_empty() { String::new() } else { format!(", {}", words::some(&words, 3)) }
}

/// The rule's own words: message and hint come as Markdown in which foreign text is in code font.
fn policy(finding: &JudgedFinding) -> RefusalText {
    let place = match (&finding.path, finding.line) {
        (Some(path), Some(line)) => format!("{}:{line} ", prose(path)),
        _ => String::new(),
    };
    let next = if finding.hint.is_empty() { "fix and push" } else { &finding.hint };
    let what = format!("Policy {} ({})", code(&finding.rule), enforcement(finding.standing));
    RefusalText::new(what, format!("{place}{}", finding.message), next)
}

/// The word for how much a finding binds.
pub(super) fn enforcement(standing: Standing) -> &'static str {
    match standing {
        Standing::Passed | Standing::Advice => "advisory",
        Standing::OverrideNeeded => "soft-mandatory",
        Standing::Blocked => "hard-mandatory",
    }
}

/// What a soft-mandatory rule found, and where. The cost has no rule's name that says more than its title.
fn override_needed(rule: &str, title: &str, place: Option<&str>) -> String {
    if rule == gate::COST_RULE {
        return escape::sentence(title);
    }
    let place = place.map(|place| format!(", {}", prose(place))).unwrap_or_default();
    format!("{} is soft-mandatory{place}", code(rule))
}

/// How a rule is overridden, in code font.
pub(super) fn override_command(rule: &str) -> String {
    code(&format!("/tfpilot override {rule} reason=\"…\""))
}

/// Who may override, where nobody is named for it an admin.
pub(super) fn overrider(ask: Option<&str>) -> String {
    ask.map_or_else(|| "an admin".to_owned(), prose)
}

fn no_override(rule: &str, why: NoOverrideWhy, ask: Option<&str>) -> RefusalText {
    let (why, next) = match why {
        NoOverrideWhy::HardMandatory if rule == gate::COST_RULE => {
            ("the cost is not known".to_owned(), "price it, or allow what has no price".to_owned())
        }
        NoOverrideWhy::HardMandatory if rule == gate::NEVER_OVERRIDDEN => {
            ("what cannot be read is not admitted".to_owned(), "fix and push".to_owned())
        }
        NoOverrideWhy::HardMandatory => {
            (format!("{} is hard-mandatory", code(rule)), "fix and push".to_owned())
        }
        NoOverrideWhy::OwnHand { why } => {
            (own_hand(why).to_owned(), format!("fix and push, or ask {}", overrider(ask)))
        }
        NoOverrideWhy::NoReason => ("no reason is given".to_owned(), override_command(rule)),
        NoOverrideWhy::NothingFound if rule == gate::FREEZE_RULE => {
            ("nothing of it is frozen".to_owned(), "`/tfpilot help`".to_owned())
        }
        NoOverrideWhy::NothingFound => {
            (format!("nothing of {} stands in the way", code(rule)), "`/tfpilot help`".to_owned())
        }
    };
    RefusalText::new("No override", why, next)
}

fn plan_failed(stack: &StackPath, problem: Option<&Problem>) -> RefusalText {
    let Some(problem) = problem else {
        return RefusalText::new("Plan failed", code(stack.as_str()), "`/tfpilot plan`");
    };
    let place = words::place(problem).unwrap_or_else(|| stack.to_string());
    RefusalText::new("Plan failed", format!("{} {}", prose(&place), prose(&problem.summary)), "fix and push")
}

fn obstacle_text(obstacle: &Obstacle) -> RefusalText {
    match obstacle {
        Obstacle::Conflict => RefusalText::new("Conflict with the base branch", "", "resolve and push"),
        Obstacle::Unknown => {
            RefusalText::new("Not mergeable yet", "GitHub is still computing it", "wait a moment")
        }
        Obstacle::Check { name } => {
            RefusalText::new("Branch protection", format!("{} missing", code(name)), "wait or fix it")
        }
        Obstacle::Reviews { wanted, given } => RefusalText::new(
            "Branch protection",
            format!("{given} of {} given", count(*wanted, "review")),
            "ask for a review",
        ),
    }
}

fn too_much(what: Limited, most: u32, until: Timestamp) -> RefusalText {
    let (one, of, setting, next) = match what {
        Limited::Commands => ("comment", "a person", "limits.commands_per_hour", "write it again"),
        Limited::Requests => ("request", "a person", "limits.requests_per_hour", "edit the issue"),
        Limited::AllRequests => ("request", "all people", "limits.all_requests_per_hour", "edit the issue"),
    };
    let setting = code(setting);
    let why = format!("{setting} of .github/tfpilot.yml lets {of} have {} read", count(most, one));
    RefusalText::new("Not read", why, format!("{next} after {}", delay::clock(until)))
}

fn unknown_command(word: &str, suggestion: Option<&str>) -> RefusalText {
    let next = match suggestion.filter(|suggestion| offer::is_served(suggestion)) {
        Some(suggestion) => format!("did you mean {}?", code(&format!("/tfpilot {suggestion}"))),
        None => "`/tfpilot help` lists what you may do here".to_owned(),
    };
    RefusalText::new(format!("Unknown command {}", code(word)), "", next)
}

fn unknown_environment(environment: &EnvironmentName, known: &[EnvironmentName]) -> RefusalText {
    let what = format!("Unknown environment {}", code(environment.as_str()));
    let names: Vec<String> = known.iter().map(|name| prose(name.as_str())).collect();
    let why = if names.is_empty() {
        "this change touches none".to_owned()
    } else {
        format!("this change touches {}", words::some(&names, 5))
    };
    let next = match known.first() {
        Some(first) => code(&format!("/tfpilot plan --env {first}")),
        None => "`/tfpilot plan`".to_owned(),
    };
    RefusalText::new(what, why, next)
}

fn has_role(role: Role) -> &'static str {
    match role {
        Role::None => "no member",
        other => other.as_str(),
    }
}

fn does_not_count(one: &NotCounted) -> String {
    let who = prose(&one.who.login);
    match one.why {
        NotCountedWhy::Requester => "the requester does not count".to_owned(),
        NotCountedWhy::Committer => format!("{who} wrote a commit"),
        NotCountedWhy::SetInput => format!("{who} set an input"),
        NotCountedWhy::Role => format!("{who} is no approver"),
        NotCountedWhy::Stale => format!("{who} saw another plan"),
        NotCountedWhy::Applier => format!("{who} applies"),
    }
}

fn own_hand(why: NotCountedWhy) -> &'static str {
    match why {
        NotCountedWhy::Requester => "you asked for this",
        NotCountedWhy::Committer => "you wrote a commit of it",
        NotCountedWhy::SetInput => "you set an input of it",
        NotCountedWhy::Role => "you are no approver",
        NotCountedWhy::Stale => "you saw another plan",
        NotCountedWhy::Applier => "you apply it",
    }
}

pub(super) fn reviewer(ask: Option<&str>) -> String {
    ask.map_or_else(|| "an approver".to_owned(), prose)
}

pub(super) fn ask_whom(ask: Option<&str>) -> String {
    format!("ask {}", ask.map_or_else(|| "an admin of this repository".to_owned(), prose))
}

fn days(hours: u32) -> String {
    if hours.is_multiple_of(24) { count(hours / 24, "day") } else { count(hours, "hour") }
}
