//! Approvals that have to come from somebody in particular: by policies and by owners of files.

use tfpilot_engine::{
    Actor, Ask, Command, CommitSha, Demand, DemandedBy, EnvironmentName, Judgement, Lacking, Owned, Owners,
    Refusal, Reviewers, Role, Signal, Status, TreeReading,
    gate::{self, GateName},
};

use crate::tale::{Tale, actor, alice, bob, passed, refused, tree};

fn demand(teams: &[&str], users: &[&str], count: u32) -> Demand {
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    Demand { rule: "sre-for-risk".to_owned(), teams: owned(teams), users: owned(users), count }
}

/// Planned; a policy demands this.
fn asked_by_policy(demand: Demand) -> Tale {
    let mut tale = Tale::new();
    tale.asked_for().claims();
    let policy = Some(Judgement { approvals: vec![demand], ..passed() });
    let plan = tfpilot_engine::Plan { policy, ..tale.plan("p1") };
    tale.tell(Signal::Planned { plan });
    tale
}

/// An approver who is in these teams.
fn of(teams: &[&str], id: u64, login: &str) -> Actor {
    let mut actor = actor(id, login, Role::Approver);
    actor.roles.teams = teams.iter().map(|team| (*team).to_owned()).collect();
    actor
}

fn lacking(tale: &Tale) -> Vec<(u32, u32)> {
    gate::lacking(&tale.facts).into_iter().map(|one| (one.given, one.needed)).collect()
}

fn status(tale: &Tale) -> Status {
    tale.facts.status(tale.now)
}

const WAITING: Status = Status::Waiting { gate: GateName::Approved };

#[test]
fn a_policy_wants_approvals_from_whom_it_names_and_says_so() {
    let mut tale = asked_by_policy(demand(&["acme/sre"], &["carol"], 2));
    assert_eq!(gate::needed_approvals(&tale.facts), 2);
    tale.reviews(&bob()).reviews(&actor(8, "eve", Role::Approver));
    assert_eq!((status(&tale), lacking(&tale)), (WAITING, vec![(0, 2)]), "enough approve, but not these");
    tale.asks(&alice(), Ask::Apply);
    let refusal = Refusal::NotApproved {
        given: 2,
        needed: 2,
        risk: None,
        not_counted: Vec::new(),
        lacking: vec![Lacking {
            by: DemandedBy::Policy { rule: "sre-for-risk".to_owned() },
            from: vec!["acme/sre".to_owned(), "carol".to_owned()],
            given: 0,
            needed: 2,
        }],
        ask: Some("acme/platform".to_owned()),
    };
    refused(&tale, &refusal);
    // Logins and slugs ignore case, and a review counts like a command.
    tale.asks(&of(&["Acme/SRE"], 9, "sam"), Ask::Approve);
    assert_eq!(lacking(&tale), [(1, 2)]);
    tale.reviews(&actor(3, "Carol", Role::Approver));
    assert_eq!((status(&tale), lacking(&tale)), (Status::Ready, vec![]));
}

#[test]
fn who_is_named_needs_the_role_and_no_hand_in_it_like_anybody() {
    let mut tale = asked_by_policy(demand(&["acme/sre"], &["alice"], 1));
    let mut developer = of(&["acme/sre"], 9, "sam");
    developer.roles.anywhere = Role::Developer;
    tale.reviews(&bob()).reviews(&developer).reviews(&actor(1, "alice", Role::Admin));
    assert_eq!((status(&tale), lacking(&tale)), (WAITING, vec![(0, 1)]));
}

#[test]
fn without_names_anybody_who_may_approve_counts() {
    let mut tale = asked_by_policy(demand(&[], &[], 2));
    tale.reviews(&bob());
    assert_eq!((status(&tale), lacking(&tale)), (WAITING, vec![(1, 2)]));
    tale.reviews(&actor(8, "eve", Role::Approver));
    assert_eq!(status(&tale), Status::Ready);
}

#[test]
fn an_approval_of_before_the_demand_is_given_again_with_its_teams() {
    let mut tale = asked_by_policy(demand(&["acme/sre"], &[], 1));
    tale.asks(&actor(9, "sam", Role::Approver), Ask::Approve);
    assert_eq!(lacking(&tale), [(0, 1)]);
    tale.asks(&of(&["acme/sre"], 9, "sam"), Ask::Approve);
    assert_eq!((status(&tale), tale.facts.approvals.len()), (Status::Ready, 2));
    tale.asks(&of(&["acme/sre"], 9, "sam"), Ask::Approve);
    assert_eq!(tale.facts.approvals.len(), 2, "the same is not kept twice");
}

#[test]
fn a_demand_ends_with_its_plan() {
    let mut tale = asked_by_policy(demand(&["acme/sre"], &[], 1));
    assert_eq!(lacking(&tale), [(0, 1)]);
    tale.seen("h2", "i2").plans("p2").reviews(&bob());
    assert_eq!(status(&tale), Status::Ready);
}

#[test]
fn who_is_wanted_is_asked_for_a_review() {
    let tale = asked_by_policy(demand(&["acme/sre"], &["carol"], 1));
    let of = tale.commands.iter().find_map(|command| match command {
        Command::RequestReview { of, .. } => Some(of.clone()),
        _ => None,
    });
    let teams = ["acme/platform".to_owned(), "acme/sre".to_owned()];
    assert_eq!(of, Some(Reviewers { teams: teams.into(), users: ["carol".to_owned()].into() }));
    assert_eq!(gate::wanted_teams(&tale.facts), ["acme/sre".to_owned()].into());
}

fn line(line: u32, pattern: &str, owners: &[&str]) -> Owned {
    Owned {
        pattern: pattern.to_owned(),
        line,
        owners: owners.iter().map(|owner| (*owner).to_owned()).collect(),
        file: "live/dev/hello/main.tf".to_owned(),
        files: 1,
    }
}

fn owned(owners: Option<Owners>) -> Tale {
    let mut tale = Tale::new();
    tale.facts.rules.environments.get_mut(&EnvironmentName::new("dev")).unwrap().code_owners = true;
    tale.asked_for();
    let pull = tale.facts.pull.clone().unwrap();
    tale.tell(Signal::PullSeen { pull, tree: Some(TreeReading { owners, ..tree("h1", "i1") }) });
    tale.plans("p1");
    tale
}

fn of_lines(owned: Vec<Owned>) -> Option<Owners> {
    Some(Owners { file: Some(".github/CODEOWNERS".to_owned()), owned, ..Owners::default() })
}

#[test]
fn every_line_with_changed_files_wants_one_of_its_owners() {
    let lines = vec![line(2, "*.tf", &["@bob", "@acme/dba"]), line(5, "/live/", &["@carol"])];
    let mut tale = owned(of_lines(lines));
    assert_eq!(lacking(&tale), [(0, 1), (0, 1)]);
    tale.reviews(&bob());
    let lacks = gate::lacking(&tale.facts);
    assert_eq!(lacks.len(), 1);
    let by = DemandedBy::Owners {
        place: ".github/CODEOWNERS".to_owned(),
        line: 5,
        pattern: "/live/".to_owned(),
        files: 1,
    };
    assert_eq!((&lacks[0].by, lacks[0].from.as_slice()), (&by, ["carol".to_owned()].as_slice()));
    tale.reviews(&actor(3, "carol", Role::Approver));
    assert_eq!(status(&tale), Status::Ready);
    // Another plan has to be seen by them again.
    tale.facts.pull.as_mut().unwrap().head = CommitSha::new("h1");
    let mut again = tree("h2", "i2");
    again.owners = tale.facts.tree.as_ref().unwrap().owners.clone();
    let pull =
        tfpilot_engine::PullSnapshot { head: CommitSha::new("h2"), ..tale.facts.pull.clone().unwrap() };
    tale.tell(Signal::PullSeen { pull, tree: Some(again) }).plans("p2");
    assert_eq!(lacking(&tale), [(0, 1), (0, 1)]);
}

#[test]
fn whose_files_are_not_known_lets_nothing_be_applied() {
    for owners in [None, Some(Owners { unreadable: Some("it is a link".to_owned()), ..Owners::default() })] {
        let mut tale = owned(owners);
        tale.reviews(&bob()).reviews(&actor(3, "carol", Role::Admin));
        assert_eq!(status(&tale), WAITING);
    }
    // An address is nobody we know.
    let mut tale = owned(of_lines(vec![line(1, "*", &["bob@example.com"])]));
    tale.reviews(&bob());
    assert_eq!(status(&tale), WAITING);
}

#[test]
fn owners_are_asked_only_where_the_environment_wants_it() {
    let mut tale = owned(of_lines(vec![line(1, "*", &["@carol"])]));
    tale.facts.rules.environments.get_mut(&EnvironmentName::new("dev")).unwrap().code_owners = false;
    tale.reviews(&bob());
    assert_eq!(status(&tale), Status::Ready);
}
