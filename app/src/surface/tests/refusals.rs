//! Every refusal against its sentence: a row each.

use tfpilot_engine::{
    DemandedBy, EnvironmentName, Grave, JudgedFinding, Lacking, Limited, NoOverrideWhy, NotCounted,
    NotCountedWhy, Obstacle, Person, Refusal, ReviewedDigest, Role, RoleSource, StackPath, Stale, Standing,
};

use crate::surface::sentence;

use super::tale::{finding, problem};

fn who(login: &str, why: NotCountedWhy) -> NotCounted {
    NotCounted { who: Person { id: 9, login: login.to_owned() }, why, stale: None }
}

fn not_approved(not_counted: Vec<NotCounted>) -> Refusal {
    Refusal::NotApproved {
        given: 0,
        needed: 1,
        risk: None,
        not_counted,
        lacking: Vec::new(),
        ask: Some("acme/platform".to_owned()),
    }
}

fn blocked(obstacle: Obstacle) -> Refusal {
    Refusal::NotMergeable { obstacle }
}

fn unknown(word: &str, suggestion: Option<&str>) -> Refusal {
    Refusal::UnknownCommand { word: word.to_owned(), suggestion: suggestion.map(str::to_owned) }
}

fn judged_finding() -> JudgedFinding {
    JudgedFinding {
        rule: "no-public-access".to_owned(),
        standing: Standing::Blocked,
        address: "aws_security_group.web".to_owned(),
        message: "open to `0.0.0.0/0`".to_owned(),
        hint: "name the networks".to_owned(),
        path: Some("main.tf".to_owned()),
        line: Some(21),
    }
}

fn own(why: NotCountedWhy) -> Refusal {
    Refusal::OwnRequest { why }
}

fn no_role(environment: Option<&str>, ask: Option<&str>, has: Role) -> Refusal {
    Refusal::NoRole {
        command: "apply".to_owned(),
        environment: environment.map(EnvironmentName::new),
        needs: Role::Approver,
        has,
        source: None,
        ask: ask.map(str::to_owned),
    }
}

/// The same by a configuration that says who has the role.
fn no_role_by(teams: &[&str], permissions: &[&str]) -> Refusal {
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let (teams, permissions) = (owned(teams), owned(permissions));
    match no_role(Some("prod"), None, Role::Developer) {
        Refusal::NoRole { command, environment, needs, has, ask, .. } => {
            let source = Some(RoleSource { teams, users: Vec::new(), permissions });
            Refusal::NoRole { command, environment, needs, has, source, ask }
        }
        other => other,
    }
}

/// Bob approved, and somebody in particular is still wanted.
fn lacks(by: DemandedBy, from: &[&str]) -> Refusal {
    let from = from.iter().map(|name| (*name).to_owned()).collect();
    Refusal::NotApproved {
        given: 1,
        needed: 1,
        risk: None,
        not_counted: Vec::new(),
        lacking: vec![Lacking { by, from, given: 0, needed: 1 }],
        ask: Some("acme/platform".to_owned()),
    }
}

fn owned_by(from: &[&str]) -> Refusal {
    let (place, pattern) = (".github/CODEOWNERS".to_owned(), "/live/prod/".to_owned());
    lacks(DemandedBy::Owners { place, line: 4, pattern, files: 2 }, from)
}

fn stays(open: bool) -> Refusal {
    let (branch, why) = ("tfpilot/41-x".to_owned(), "The branch has been deleted.".to_owned());
    Refusal::PullStays { pull: 42, branch, open, why }
}

fn diverged(renewed: bool) -> Refusal {
    let tip = tfpilot_engine::CommitSha::new(super::tale::NEWER);
    Refusal::Diverged { stack: StackPath::new("live/dev/db"), base: "main".to_owned(), tip, renewed }
}

fn plan_failed(problem: Option<tfpilot_engine::Problem>) -> Refusal {
    Refusal::PlanFailed { stack: StackPath::new("live/prod/db"), problem }
}

/// Refusals with their sentences.
fn table() -> Vec<(Refusal, &'static str)> {
    let locked = Refusal::Locked { stack: StackPath::new("live/dev/db"), holder: 12 };
    vec![
        (
            frozen(Some("prod"), None, 1, None),
            "**Frozen**: prod until Mon 2027-01-04 08:00 Europe/Berlin, `year end`. Next: wait, or an admin: `/tfpilot override freeze reason=\"…\"`.",
        ),
        (
            frozen(None, Some("nobody is there"), 2, Some("acme/sre")),
            "**Frozen**: everything until Mon 2027-01-04 08:00 Europe/Berlin, `year end`: nobody is there, 0 of 2 let it pass. Next: wait, or acme/sre: `/tfpilot override freeze reason=\"…\"`.",
        ),
        (
            no_override("freeze", NoOverrideWhy::NothingFound),
            "**No override**: nothing of it is frozen. Next: `/tfpilot help`.",
        ),
        (
            no_role(Some("prod"), Some("acme/platform"), Role::Developer),
            "**No role**: prod takes approver, you are developer. Next: ask acme/platform.",
        ),
        (
            Refusal::TooMuch {
                what: Limited::Commands,
                most: 60,
                until: "2026-11-30T14:04:30Z".parse().expect("a time"),
            },
            "**Not read**: `limits.commands_per_hour` of .github/tfpilot.yml lets a person have 60 comments read. Next: write it again after 14:05 UTC.",
        ),
        (
            Refusal::TooMuch {
                what: Limited::AllRequests,
                most: 1,
                until: "2026-11-30T14:05:00Z".parse().expect("a time"),
            },
            "**Not read**: `limits.all_requests_per_hour` of .github/tfpilot.yml lets all people have 1 request read. Next: edit the issue after 14:05 UTC.",
        ),
        (
            no_role(None, None, Role::None),
            "**No role**: `apply` takes approver, you are no member. Next: ask an admin of this repository.",
        ),
        (
            no_role_by(&["acme/leads", "acme/dba"], &["maintain"]),
            "**No role**: prod takes approver, you are developer. `roles.approver` of .github/tfpilot.yml names acme/leads, acme/dba; the permission maintain brings it too. Next: ask an admin of this repository.",
        ),
        (
            no_role_by(&[], &[]),
            "**No role**: prod takes approver, you are developer. `roles.approver` of .github/tfpilot.yml names nobody. Next: ask an admin of this repository.",
        ),
        (
            lacks(DemandedBy::Policy { rule: "sre-for-prod".to_owned() }, &["acme/sre", "carol"]),
            "**Not approved**: 1 of 1, policy `sre-for-prod` asks 1 by acme/sre or carol and has 0. Next: acme/sre or carol reviews.",
        ),
        (
            lacks(DemandedBy::Policy { rule: "two-for-prod".to_owned() }, &[]),
            "**Not approved**: 1 of 1, policy `two-for-prod` asks 1 and has 0. Next: acme/platform reviews.",
        ),
        (
            owned_by(&["acme/dba"]),
            "**Not approved**: 1 of 1, 2 files of `/live/prod/` (.github/CODEOWNERS:4) for acme/dba. Next: acme/dba reviews.",
        ),
        (
            owned_by(&["dba@example.com"]),
            "**Not approved**: 1 of 1, 2 files of `/live/prod/` (.github/CODEOWNERS:4) for dba＠example.com. Next: name a login or a team in .github/CODEOWNERS:4, whose an address is cannot be told.",
        ),
        (
            lacks(DemandedBy::OwnersUnknown { why: "CODEOWNERS is larger than 3 MB".to_owned() }, &[]),
            "**Not approved**: 1 of 1, whose the files are is not known: CODEOWNERS is larger than 3 MB. Next: repair CODEOWNERS on the base branch.",
        ),
        (
            not_approved(vec![who("alice", NotCountedWhy::Requester)]),
            "**Not approved**: 0 of 1, the requester does not count. Next: acme/platform reviews.",
        ),
        (not_approved(Vec::new()), "**Not approved**: 0 of 1. Next: acme/platform reviews."),
        (
            Refusal::NotApproved {
                given: 1,
                needed: 2,
                risk: Some(Grave::DataLoss),
                not_counted: Vec::new(),
                lacking: Vec::new(),
                ask: Some("acme/platform".to_owned()),
            },
            "**Not approved**: 1 of 2 as it may lose data. Next: acme/platform reviews.",
        ),
        (
            not_approved(vec![
                who("a", NotCountedWhy::Committer),
                who("b", NotCountedWhy::SetInput),
                who("c", NotCountedWhy::Role),
                who("d", NotCountedWhy::Applier),
            ]),
            "**Not approved**: 0 of 1, a wrote a commit, b set an input, c is no approver and 1 more. Next: acme/platform reviews.",
        ),
        (
            not_approved(vec![who("bob", NotCountedWhy::Stale)]),
            "**Approval stale**: bob saw another plan, 0 of 1. Next: bob reviews again.",
        ),
        (
            not_approved(vec![saw(Some("51ac0de9"), &[("destroy", 1), ("create", 2)])]),
            "**Approval stale**: bob saw plan `51ac0de`; `7c1e04a` adds 1 destroy, 2 create, 0 of 1. Next: bob reviews again.",
        ),
        (
            not_approved(vec![saw(Some("51ac0de9"), &[])]),
            "**Approval stale**: bob saw plan `51ac0de`, not `7c1e04a`, 0 of 1. Next: bob reviews again.",
        ),
        (
            not_approved(vec![saw(None, &[])]),
            "**Approval stale**: bob saw no plan, 0 of 1. Next: bob reviews again.",
        ),
        (
            Refusal::NotAdmitted { finding: finding() },
            "**Not admitted**: main.tf:3 `shared_config_files`. Next: remove it.",
        ),
        (Refusal::Planning, "**Not planned**: the plan is running. Next: wait for it."),
        (
            plan_failed(Some(tfpilot_engine::Problem { path: Some("db.tf".to_owned()), ..problem() })),
            "**Plan failed**: db.tf:14 Unsupported argument \"engin\". Next: fix and push.",
        ),
        (plan_failed(None), "**Plan failed**: `live/prod/db`. Next: `/tfpilot plan`."),
        (Refusal::PlanExpired { hours: 168 }, "**Plan expired**: older than 7 days. Next: `/tfpilot plan`."),
        (Refusal::PlanExpired { hours: 25 }, "**Plan expired**: older than 25 hours. Next: `/tfpilot plan`."),
        (
            Refusal::PlanReplaced { command: "apply".to_owned() },
            "**Plan replaced after you wrote**. Next: read it, then `/tfpilot apply`.",
        ),
        (
            Refusal::PlanReplaced { command: "approve".to_owned() },
            "**Plan replaced after you wrote**. Next: read it, then `/tfpilot approve`.",
        ),
        (
            Refusal::PlanUnfit { why: "Terraform put 2 changes off".to_owned() },
            "**Plan not complete**: Terraform put 2 changes off. Next: `/tfpilot plan`.",
        ),
        (blocked(Obstacle::Conflict), "**Conflict with the base branch**. Next: resolve and push."),
        (
            blocked(Obstacle::Unknown),
            "**Not mergeable yet**: GitHub is still computing it. Next: wait a moment.",
        ),
        (
            blocked(Obstacle::Check { name: "ci/test".to_owned() }),
            "**Branch protection**: `ci/test` missing. Next: wait or fix it.",
        ),
        (
            blocked(Obstacle::Reviews { wanted: 1, given: 0 }),
            "**Branch protection**: 0 of 1 review given. Next: ask for a review.",
        ),
        (locked, "**Locked**: `live/dev/db` is held by #12. Next: wait for #12."),
        (Refusal::Applying, "**Applying**: an apply is under way. Next: wait for it."),
        (
            Refusal::Applied,
            "**Applied already**: what was asked for exists. Next: a new issue for what else is wanted.",
        ),
        (
            Refusal::ApplyFailed,
            "**Apply failed**: it stopped half-way and its plan is used up. Next: push a fix or `/tfpilot plan`.",
        ),
        (
            Refusal::OutcomeUnknown,
            "**Outcome of the last apply unknown**: nobody knows what exists, so nothing is repeated. Next: an approver compares what exists with the journal, then `/tfpilot resume reason=\"…\"`.",
        ),
        (Refusal::DraftPull, "**Draft**: planned, not applied. Next: press Ready for review."),
        (
            Refusal::Policy { title: "no-public-access".to_owned(), finding: Some(judged_finding()) },
            "**Policy `no-public-access` (hard-mandatory)**: main.tf:21 open to `0.0.0.0/0`. Next: name the networks.",
        ),
        (
            Refusal::Policy { title: "plan-complete".to_owned(), finding: None },
            "**Policy**: plan-complete. Next: fix and push.",
        ),
        (
            Refusal::Cost { title: "Cost unknown, not allowed in prod".to_owned() },
            "**Cost**: Cost unknown, not allowed in prod. Next: ask for less, or raise the limit.",
        ),
        (Refusal::Fork, "**Fork**: never meets credentials. Next: a maintainer pushes the branch here."),
        (Refusal::Closed, "**Closed**: this pull request is not open. Next: reopen it."),
        (
            stays(true),
            "**#42 stays closed**: The branch has been deleted. Next: restore the branch `tfpilot/41-x` and reopen #42, or open a new issue.",
        ),
        (stays(false), "**#42 stays open**: The branch has been deleted. Next: close #42."),
        (
            diverged(true),
            "**Plan stale**: main moved to `9ab01c2`, which changes `live/dev/db`. Next: nothing, it is planned again.",
        ),
        (
            diverged(false),
            "**Plan stale**: main moved to `9ab01c2`, which changes `live/dev/db`. Next: press Update branch.",
        ),
        (
            Refusal::NotManaged { base: "release".to_owned() },
            "**Not managed**: this pull request goes into `release`. Next: change its base.",
        ),
        (
            Refusal::NothingToCancel,
            "**Nothing to cancel**: no plan and no apply of it runs. Next: `/tfpilot help` lists what you may do here.",
        ),
        (
            Refusal::ReasonMissing { command: "resume".to_owned() },
            "**No reason**: it is kept in the log. Next: `/tfpilot resume reason=\"…\"`.",
        ),
        (
            Refusal::NothingToResume { accept: false },
            "**Nothing to resume**: no outcome of an apply is unknown. Next: `/tfpilot help` lists what you may do here.",
        ),
        (
            Refusal::NothingToResume { accept: true },
            "**Nothing to accept**: only what was applied and then closed without a merge is. Next: `/tfpilot help` lists what you may do here.",
        ),
        (Refusal::NothingToApply, "**Nothing to apply**: the plan changes nothing. Next: merge."),
        (unknown("aply", Some("apply")), "**Unknown command `aply`**. Next: did you mean `/tfpilot apply`?"),
        (
            unknown("set", Some("set key=value")),
            "**Unknown command `set`**. Next: did you mean `/tfpilot set key=value`?",
        ),
        (unknown("x", None), "**Unknown command `x`**. Next: `/tfpilot help` lists what you may do here."),
        (
            unknown("rolback", Some("rollback")),
            "**Unknown command `rolback`**. Next: `/tfpilot help` lists what you may do here.",
        ),
        (
            Refusal::NotHere { command: "apply".to_owned(), place: "pull request".to_owned() },
            "**Not here**: `apply` is for a pull request. Next: write it on the pull request.",
        ),
        (
            Refusal::GitHubLimits { until: "2026-07-20T14:04:30Z".parse().expect("a time") },
            "**GitHub limits us until 14:05 UTC**. Next: nothing for you, it goes on then.",
        ),
        (
            Refusal::AppLacks { permission: "checks: write".to_owned() },
            "**App lacks `checks: write`**. Next: an owner of the account accepts it in the App's installation, then it goes on by itself.",
        ),
        (
            own(NotCountedWhy::Requester),
            "**Approval does not count**: you asked for this. Next: somebody else reviews.",
        ),
        (
            own(NotCountedWhy::Committer),
            "**Approval does not count**: you wrote a commit of it. Next: somebody else reviews.",
        ),
        (
            own(NotCountedWhy::SetInput),
            "**Approval does not count**: you set an input of it. Next: somebody else reviews.",
        ),
        (
            own(NotCountedWhy::Role),
            "**Approval does not count**: you are no approver. Next: somebody else reviews.",
        ),
        (
            own(NotCountedWhy::Stale),
            "**Approval does not count**: you saw another plan. Next: somebody else reviews.",
        ),
        (
            own(NotCountedWhy::Applier),
            "**Approval does not count**: you apply it. Next: somebody else reviews.",
        ),
        (
            override_needed("required-tags", 1, Some("acme/finops")),
            "**Override needed**: `required-tags` is soft-mandatory, main.tf:21. Next: acme/finops: `/tfpilot override required-tags reason=\"…\"`.",
        ),
        (
            override_needed("required-tags", 2, None),
            "**Override needed**: `required-tags` is soft-mandatory, main.tf:21, 0 of 2 agree. Next: an admin: `/tfpilot override required-tags reason=\"…\"`.",
        ),
        (
            override_needed("cost", 1, None),
            "**Override needed**: +\\$612/mo, limit \\$500. Next: an admin: `/tfpilot override cost reason=\"…\"`.",
        ),
        (
            no_override("no-public-access", NoOverrideWhy::HardMandatory),
            "**No override**: `no-public-access` is hard-mandatory. Next: fix and push.",
        ),
        (
            no_override("cost", NoOverrideWhy::HardMandatory),
            "**No override**: the cost is not known. Next: price it, or allow what has no price.",
        ),
        (
            no_override("admission/unreadable", NoOverrideWhy::HardMandatory),
            "**No override**: what cannot be read is not admitted. Next: fix and push.",
        ),
        (
            no_override("required-tags", NoOverrideWhy::OwnHand { why: NotCountedWhy::Requester }),
            "**No override**: you asked for this. Next: fix and push, or ask acme/finops.",
        ),
        (
            no_override("required-tags", NoOverrideWhy::NoReason),
            "**No override**: no reason is given. Next: `/tfpilot override required-tags reason=\"…\"`.",
        ),
        (
            no_override("naming", NoOverrideWhy::NothingFound),
            "**No override**: nothing of `naming` stands in the way. Next: `/tfpilot help`.",
        ),
        (Refusal::NothingToOverride, "**No override**: nothing waits for one. Next: `/tfpilot help`."),
        (
            Refusal::UnknownRule {
                rule: "requird-tags".to_owned(),
                suggestion: Some("required-tags".to_owned()),
            },
            "**Unknown rule `requird-tags`**. Next: did you mean `required-tags`?",
        ),
        (
            Refusal::UnknownRule { rule: "nonsense".to_owned(), suggestion: None },
            "**Unknown rule `nonsense`**. Next: the checks name their rules.",
        ),
        (
            Refusal::UnknownStack {
                stack: StackPath::new("live/dv"),
                suggestion: Some(StackPath::new("live/dev")),
            },
            "**Unknown stack `live/dv`**. Next: did you mean `live/dev`?",
        ),
        (
            Refusal::UnknownStack { stack: StackPath::new("x"), suggestion: None },
            "**Unknown stack `x`**. Next: the sticky comment lists the stacks of this change.",
        ),
        (
            unknown_environment(&["dev", "stage"]),
            "**Unknown environment `qa`**: this change touches dev, stage. Next: `/tfpilot plan --env dev`.",
        ),
        (
            unknown_environment(&[]),
            "**Unknown environment `qa`**: this change touches none. Next: `/tfpilot plan`.",
        ),
    ]
}

/// Bob approved what he saw; there is another plan now, with these on top.
fn saw(saw: Option<&str>, adds: &[(&str, u32)]) -> NotCounted {
    let stale = Stale {
        saw: saw.map(ReviewedDigest::new),
        now: ReviewedDigest::new("7c1e04a5"),
        adds: adds.iter().map(|(word, count)| ((*word).to_owned(), *count)).collect(),
    };
    NotCounted { stale: Some(stale), ..who("bob", NotCountedWhy::Stale) }
}

fn unknown_environment(known: &[&str]) -> Refusal {
    let known = known.iter().map(|name| EnvironmentName::new(*name)).collect();
    Refusal::UnknownEnvironment { environment: EnvironmentName::new("qa"), known }
}

fn override_needed(rule: &str, needed: u32, ask: Option<&str>) -> Refusal {
    Refusal::OverrideNeeded {
        rule: rule.to_owned(),
        title: "+$612/mo, limit $500".to_owned(),
        given: 0,
        needed,
        place: Some("main.tf:21".to_owned()),
        ask: ask.map(str::to_owned),
    }
}

fn frozen(environment: Option<&str>, reason: Option<&str>, needed: u32, ask: Option<&str>) -> Refusal {
    Refusal::Frozen {
        environment: environment.map(EnvironmentName::new),
        name: "year end".to_owned(),
        reason: reason.map(str::to_owned),
        until: "2027-01-04T07:00:00Z".parse().unwrap(),
        zone: "Europe/Berlin".to_owned(),
        given: 0,
        needed,
        ask: ask.map(str::to_owned),
    }
}

fn no_override(rule: &str, why: NoOverrideWhy) -> Refusal {
    let ask = (rule == "required-tags").then(|| "acme/finops".to_owned());
    Refusal::NoOverride { rule: rule.to_owned(), why, ask }
}

/// The number of a variant. A new one does not compile until it has a number here, and a row in the table.
fn variant(refusal: &Refusal) -> usize {
    match refusal {
        Refusal::NoRole { .. } => 0,
        Refusal::NotApproved { .. } => 1,
        Refusal::NotAdmitted { .. } => 2,
        Refusal::Planning => 3,
        Refusal::PlanFailed { .. } => 4,
        Refusal::PlanExpired { .. } => 5,
        Refusal::PlanReplaced { .. } => 6,
        Refusal::PlanUnfit { .. } => 7,
        Refusal::NotMergeable { .. } => 8,
        Refusal::Locked { .. } => 9,
        Refusal::Applying => 10,
        Refusal::Applied => 11,
        Refusal::ApplyFailed => 12,
        Refusal::OutcomeUnknown => 13,
        Refusal::DraftPull => 14,
        Refusal::Fork => 15,
        Refusal::Closed => 16,
        Refusal::NothingToApply => 17,
        Refusal::UnknownCommand { .. } | Refusal::TooMuch { .. } => 18,
        Refusal::NotHere { .. } => 19,
        Refusal::OwnRequest { .. } => 20,
        Refusal::Policy { .. } => 21,
        Refusal::Cost { .. } => 22,
        Refusal::PullStays { .. } => 23,
        Refusal::Diverged { .. } => 24,
        Refusal::NotManaged { .. } => 25,
        Refusal::GitHubLimits { .. } => 26,
        Refusal::ReasonMissing { .. } => 27,
        Refusal::NothingToResume { .. } => 28,
        Refusal::OverrideNeeded { .. } => 29,
        Refusal::NoOverride { .. } => 30,
        Refusal::NothingToOverride => 31,
        Refusal::UnknownRule { .. } => 32,
        Refusal::NothingToCancel => 33,
        Refusal::UnknownStack { .. } => 34,
        Refusal::UnknownEnvironment { .. } => 35,
        Refusal::AppLacks { .. } => 36,
        Refusal::Frozen { .. } => 37,
    }
}

#[test]
fn every_refusal_has_its_sentence() {
    let table = table();
    for (refusal, expect) in &table {
        assert_eq!(sentence(refusal), *expect);
    }
    let told: std::collections::BTreeSet<usize> = table.iter().map(|(refusal, _)| variant(refusal)).collect();
    assert_eq!(told.into_iter().collect::<Vec<_>>(), (0..38).collect::<Vec<_>>());
}

#[test]
fn only_served_commands_are_named() {
    for (refusal, _) in table() {
        let text = sentence(&refusal);
        for named in text.split("/tfpilot ").skip(1) {
            let command = named.split(['`', ' ']).next().unwrap_or_default();
            assert!(crate::surface::offer::is_served(command), "{text}");
        }
    }
}
