//! Thousands of stacks in one change: every question about a stack looks at that stack alone.

use crate::tale::{Tale, refused, snapshot};
use tfpilot_engine::{
    Ask, EnvironmentName, Event, Failure, InputsDigest, JobId, JobState, Plan, Problem, Refusal, Signal,
    StackAtHead, StackPath, Status, TreeReading, decide,
};

const STACKS: usize = 5_000;

fn stack(number: usize) -> StackAtHead {
    StackAtHead {
        path: StackPath::new(format!("live/dev/s{number:04}")),
        environment: Some(EnvironmentName::new("dev")),
        inputs_digest: InputsDigest::new(format!("i{number}")),
        diverged: false,
    }
}

/// All are asked to be planned, by one decision.
fn asked() -> Tale {
    let mut tale = Tale::new();
    let reading = TreeReading { stacks: (0..STACKS).map(stack).collect(), ..crate::tale::tree("h1", "i") };
    tale.tell(Signal::PullSeen { pull: snapshot("h1"), tree: Some(reading) });
    tale
}

/// All are planned but the last, which a worker has.
fn but_one() -> (Tale, JobId) {
    let mut tale = asked();
    let model = tale.plan("p1");
    let run = tale.facts.runs.first().expect("a run").clone();
    let last = stack(STACKS - 1).path;
    let mut left = None;
    for job in run.jobs.values() {
        if job.stack == last {
            left = Some(job.id);
            let (worker, at) = ("w".to_owned(), tale.now);
            tale.facts.fold(&Event::JobClaimed { job: job.id, worker, at });
            continue;
        }
        let (path, inputs_digest) = (job.stack.clone(), job.inputs_digest.clone());
        let plan = Plan { job: job.id, stack: path, inputs_digest, ..model.clone() };
        tale.facts.fold(&Event::PlanRecorded { plan });
    }
    (tale, left.expect("the last stack's job"))
}

#[test]
fn no_question_about_a_stack_looks_at_another() {
    let tale = asked();
    let jobs: usize = tale.facts.runs.iter().map(|run| run.jobs.len()).sum();
    let stacks = || tale.facts.stacks().iter();
    let looked_at: usize = stacks().map(|stack| tale.facts.plan_jobs_of(&stack.path).count()).sum();
    assert_eq!((jobs, looked_at), (STACKS, STACKS));
    assert!(stacks().all(|at| tale.facts.last_plan_job(at).is_some_and(|job| job.stack == at.path)));
}

#[test]
fn the_last_of_many_plans_completes_them_and_each_gets_its_ticket() {
    let (mut tale, last) = but_one();
    let job = tale.facts.job(last).expect("the job").1.clone();
    let plan = Plan {
        job: last,
        stack: job.stack,
        inputs_digest: job.inputs_digest,
        ..tale.facts.plans.values().next().expect("a plan").clone()
    };
    tale.tell(Signal::Planned { plan });
    assert_eq!(tale.facts.rounds.len(), 1);
    tale.reviews(&crate::tale::bob()).asks(&crate::tale::alice(), Ask::Apply);
    assert_eq!(tale.facts.tickets.len(), STACKS);
    let of_stacks = tale.facts.stacks().iter().map(|stack| tale.facts.tickets_of(&stack.path).count());
    assert_eq!(of_stacks.sum::<usize>(), STACKS);
}

#[test]
fn one_failure_among_many_is_found() {
    let (mut tale, last) = but_one();
    let problem = Problem {
        summary: "Unsupported argument".to_owned(),
        detail: String::new(),
        path: None,
        line: None,
        address: None,
    };
    let failure = Failure::Step { phase: "plan".to_owned(), problems: vec![problem.clone()] };
    tale.tell(Signal::JobFailed { job: last, failure: failure.clone() });
    let failed = stack(STACKS - 1).path;
    assert_eq!(tale.facts.failed_plan(), Some((&failed, &failure)));
    assert_eq!(tale.facts.status(tale.now), Status::PlanFailed);
    assert_eq!(tale.state_of(last), JobState::Failed { failure });
    tale.asks(&crate::tale::alice(), Ask::Apply);
    refused(&tale, &Refusal::PlanFailed { stack: failed, problem: Some(problem) });
    let again = decide(&tale.facts, &Signal::LeaseLapsed { job: last }, tale.now);
    assert!(again.events.is_empty(), "nothing is planned again by itself");
}
