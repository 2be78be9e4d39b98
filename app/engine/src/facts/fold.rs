//! Events into facts: one arm per event, no judgement.

use std::collections::{BTreeMap, BTreeSet};

use crate::facts::{Acceptance, Apply, Approval, Change, Facts, MergeWait, Request, Round, Stop};
use crate::{
    Awaited, Barred, Call, Draft, Event, Executor, JobId, JobState, Person, PlanJudged, PullState, Run,
    RunId, Say, Suggestion, SuggestionsOutcome, TicketId, TicketState,
};

impl Facts {
    /// Takes one event in.
    pub fn fold(&mut self, event: &Event) {
        self.version += 1;
        match event {
            Event::Requested { issue, by } => self.fold_requested(*issue, by),
            Event::DraftCompleted { draft, by } => self.fold_draft(draft, by),
            Event::QuestionAsked { draft, question, by } => {
                if let Some(request) = &mut self.request {
                    request.draft = draft.clone();
                    request.question = Some(question.clone());
                    request.setters.insert(by.clone());
                }
            }
            Event::SuggestionsWanted { of, reading, by } => {
                let (of, reading, by) = (of.clone(), reading.clone(), by.clone());
                self.with_request(|request| {
                    request.asked_model += 1;
                    request.awaits = Some(Awaited { of, reading, by });
                });
            }
            Event::SuggestionsGiven { of, outcome, suggestions } => {
                self.fold_suggestions(of, *outcome, suggestions);
            }
            Event::DraftJudged { judged } => {
                self.with_request(|request| request.judged = Some(judged.clone()));
            }
            Event::DraftOverridden { given, .. } => {
                self.with_request(|request| request.overrides.push(given.clone()));
            }
            Event::RequestClosed { by, .. } => self.turn_request(true, by),
            Event::RequestReopened { by, .. } => self.turn_request(false, by),
            Event::PullStateOrdered { open } => {
                self.with_request(|request| request.stop = if *open { Stop::None } else { Stop::Ordered });
            }
            Event::ChangeDecided { branch, title, stack } => {
                let (head, committed_draft) =
                    self.change.take().map_or((None, 0), |change| (change.head, change.committed_draft));
                self.change = Some(Change {
                    branch: branch.clone(),
                    title: title.clone(),
                    stack: stack.clone(),
                    head,
                    committed_draft,
                });
            }
            Event::BranchCommitted { head, draft } => {
                self.step_failed = None;
                if let Some(change) = &mut self.change {
                    change.head = Some(head.clone());
                    change.committed_draft = *draft;
                }
            }
            Event::StepFailed { step, why } => self.step_failed = Some((step.clone(), why.clone())),
            Event::BranchRenewalOrdered { head, base } => {
                self.step_failed = None;
                self.renewal = Some((head.clone(), base.clone()));
            }
            Event::PullObserved { pull } => {
                if pull.state == PullState::Open {
                    self.merge_wait = None;
                }
                self.pull = Some(pull.clone());
                self.with_request(|request| request.stop = followed(request.stop, pull.state));
            }
            Event::TreeRead { reading } => self.tree = Some(reading.clone()),
            Event::RunRequested { run } => {
                self.by_stack.add_run(self.runs.len(), run);
                self.runs.push(run.clone());
            }
            Event::RunDispatched { run, workflow_run, at } => self.with_run(*run, |run| {
                run.workflow_run = *workflow_run;
                run.waiting_since = at.or(Some(run.requested_at));
            }),
            Event::RunRedispatched { run, at } => self.with_run(*run, |run| {
                run.redispatched += 1;
                run.workflow_run = None;
                wait_again(run, *at);
            }),
            Event::WorkflowEnded { run, workflow_run } => self.with_run(*run, |run| {
                run.workflow_run = run.workflow_run.filter(|bound| bound != workflow_run);
            }),
            Event::RunCancelled { run } => self.with_run(*run, |run| run.cancelled = true),
            Event::JobClaimed { job, worker, at } => {
                self.set_job(*job, JobState::Claimed { worker: worker.clone(), at: *at });
            }
            Event::JobRequeued { job, at } => {
                self.set_job(*job, JobState::Queued);
                self.with_job(*job, |job| job.lost += 1);
                if let Some(run) = self.runs.iter_mut().find(|run| run.jobs.contains_key(job)) {
                    wait_again(run, *at);
                }
            }
            Event::PlanRecorded { plan } => {
                self.set_job(plan.job, JobState::Done);
                self.plans.insert(plan.stack.clone(), plan.clone());
            }
            Event::PlansJudged { under, plans, changed } => self.fold_judged(under, plans, changed),
            Event::PlanKept { .. } => {}
            Event::JobFailed { job, failure, .. } => {
                self.set_job(*job, JobState::Failed { failure: failure.clone() });
            }
            Event::CancelOrdered { job, .. } => {
                self.cancelling.insert(*job);
            }
            Event::JobSuperseded { job } => self.set_job(*job, JobState::Superseded),
            Event::PlansCompleted { head, reviewed, at } => {
                let (head, reviewed, counts) = (head.clone(), reviewed.clone(), self.counts_now());
                self.rounds.push(Round { head, reviewed, since: *at, counts });
            }
            Event::ReviewRequested { of } => {
                self.review_asked.teams.extend(of.teams.iter().cloned());
                self.review_asked.users.extend(of.users.iter().cloned());
            }
            Event::ApprovalGiven { by, roles, reviewed, .. } => self.approvals.push(Approval {
                by: by.clone(),
                roles: roles.clone(),
                reviewed: reviewed.clone(),
            }),
            Event::Overridden { given, .. } => self.overrides.push(given.clone()),
            Event::AdmissionOverridden { given, .. } => self.admission_overrides.push(given.clone()),
            Event::Called { call } => self.fold_call(call),
            Event::CallSettled { key } => {
                self.calls.remove(key);
                *self.settled.entry(key.clone()).or_default() += 1;
            }
            Event::ApplyRequested { by, reviewed } => {
                self.apply = Some(Apply { by: by.clone(), reviewed: reviewed.clone(), finished_at: None });
            }
            Event::TicketIssued { ticket } => {
                self.by_stack.add_ticket(ticket);
                self.tickets.insert(ticket.id, ticket.clone());
            }
            Event::TicketSpent { ticket, at } => self.set_ticket(*ticket, TicketState::Spent { at: *at }),
            Event::TicketVoided { ticket, why } => {
                self.set_ticket(*ticket, TicketState::Void { why: why.clone() });
            }
            Event::Journaled { job, lines } => {
                self.journals.entry(*job).or_default().extend(lines.iter().cloned());
            }
            Event::StackApplied { job, applied } => {
                self.set_job(*job, JobState::Done);
                self.applied.insert(applied.stack.clone(), applied.clone());
            }
            Event::Resumed { .. } => {
                let lost: Vec<JobId> = self.lost_jobs().map(|job| job.id).collect();
                self.resumed.extend(lost);
            }
            Event::ChangeAccepted { by, reason, at } => {
                let (by, reason, at) = (by.clone(), reason.clone(), *at);
                self.accepted = Some(Acceptance { by, reason, at });
                self.released.extend(self.tickets.keys().copied());
                self.apply = None;
                self.applied.clear();
            }
            Event::ApplyFinished { at } => {
                if let Some(apply) = &mut self.apply {
                    apply.finished_at = Some(*at);
                }
            }
            Event::Merged { commit, at } => {
                self.merged = Some((commit.clone(), *at));
                if let Some(pull) = &mut self.pull {
                    pull.state = PullState::Merged;
                }
            }
            Event::Delayed { until } => self.delayed_until = Some(*until),
            Event::AccessLost { why, at } => self.barred = Some(Barred { why: *why, since: *at }),
            Event::PermissionLacking { permission, .. } => {
                self.lacking.insert(permission.clone());
            }
            Event::AccessRegained { .. } => {
                self.barred = None;
                self.lacking.clear();
                // What failed for want of access is tried again; what failed for another reason fails again.
                self.step_failed = None;
                self.merge_wait = None;
            }
            Event::MergeRetried => self.merge_wait = None,
            Event::MergeBlocked { why } => self.merge_wait = Some(MergeWait::Refused { why: why.clone() }),
            Event::MergeQueued => self.merge_wait = Some(MergeWait::InQueue),
        }
    }

    /// What the plans of the head do, counted.
    fn counts_now(&self) -> BTreeMap<String, u32> {
        let mut counts: BTreeMap<String, u32> = BTreeMap::new();
        let plans = self.stacks().iter().filter_map(|stack| self.current_plan(stack));
        for (word, count) in plans.flat_map(|plan| &plan.counts) {
            let sum = counts.entry(word.clone()).or_default();
            *sum = sum.saturating_add(*count);
        }
        counts
    }

    fn fold_requested(&mut self, issue: u64, by: &Person) {
        self.request = Some(Request {
            issue,
            by: by.clone(),
            draft: Draft::default(),
            drafts: 0,
            question: None,
            awaits: None,
            asked_model: 0,
            suggestions: BTreeMap::new(),
            judged: None,
            overrides: Vec::new(),
            setters: [by.clone()].into(),
            closed: false,
            turned_by: None,
            stop: Stop::None,
        });
    }

    fn turn_request(&mut self, closed: bool, by: &Person) {
        self.with_request(|request| {
            request.closed = closed;
            request.turned_by = Some(by.clone());
            request.stop = if closed { Stop::None } else { request.stop };
        });
    }

    fn with_request(&mut self, change: impl FnOnce(&mut Request)) {
        if let Some(request) = &mut self.request {
            change(request);
        }
    }

    fn fold_draft(&mut self, draft: &Draft, by: &Person) {
        self.step_failed = None;
        if let Some(request) = &mut self.request {
            request.draft = draft.clone();
            request.drafts += 1;
            request.question = None;
            request.setters.insert(by.clone());
        }
    }

    /// A text that was overtaken may be written once more, and is asked about then.
    fn fold_suggestions(&mut self, of: &str, outcome: SuggestionsOutcome, suggestions: &[Suggestion]) {
        self.with_request(|request| {
            request.awaits = request.awaits.take().filter(|awaited| awaited.of != of);
            if outcome != SuggestionsOutcome::Overtaken {
                request.suggestions.insert(of.to_owned(), suggestions.to_vec());
            }
        });
    }

    fn fold_judged(&mut self, under: &str, plans: &[JobId], changed: &[PlanJudged]) {
        let plans: BTreeSet<&JobId> = plans.iter().collect();
        for plan in self.plans.values_mut().filter(|plan| plans.contains(&plan.job)) {
            plan.judged_under = Some(under.to_owned());
        }
        for judged in changed {
            if let Some(plan) = self.plans.get_mut(&judged.stack).filter(|plan| plan.job == judged.job) {
                plan.policy = Some(judged.policy.clone());
                plan.cost = Some(judged.cost.clone());
                plan.price.clone_from(&judged.price);
            }
        }
    }

    fn fold_call(&mut self, call: &Call) {
        if let (Say::NotInCatalog { .. }, Some(request)) = (&call.say, &mut self.request) {
            request.question = None;
        }
        self.calls.insert(call.key.clone(), call.clone());
    }

    fn with_run(&mut self, id: RunId, change: impl FnOnce(&mut Run)) {
        if let Some(run) = self.runs.iter_mut().find(|run| run.id == id) {
            change(run);
        }
    }

    fn with_job(&mut self, id: JobId, change: impl FnOnce(&mut crate::Job)) {
        if let Some(job) = self.runs.iter_mut().find_map(|run| run.jobs.get_mut(&id)) {
            change(job);
        }
    }

    fn set_job(&mut self, id: JobId, state: JobState) {
        self.with_job(id, |job| job.state = state);
    }

    fn set_ticket(&mut self, id: TicketId, state: TicketState) {
        if let Some(ticket) = self.tickets.get_mut(&id) {
            ticket.state = state;
        }
    }
}

/// What seeing the pull request like this says of an order to close it.
fn followed(stop: Stop, seen: PullState) -> Stop {
    match (stop, seen) {
        (Stop::Ordered, PullState::Closed) => Stop::Done,
        (Stop::Done, PullState::Open) => Stop::Overruled,
        (stop, _) => stop,
    }
}

/// Jobs of the run wait for a worker from `at` on; for the workflow's, from the dispatch on that is still to be made.
fn wait_again(run: &mut Run, at: Option<jiff::Timestamp>) {
    run.waiting_since = at.filter(|_| run.executor == Executor::Sidecar);
}
