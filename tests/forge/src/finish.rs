//! Owns: the questions asked at the end of a test: was every comment of the app read, every call served, every webhook
//! taken, every fault met, every message as GitHub describes it?

use std::collections::BTreeMap;

use crate::state::World;
use crate::{Forge, ForgeError};

impl Forge {
    /// Waits for webhooks on their way, then fails with everything a test left open.
    pub async fn finish(&self) -> Result<(), ForgeError> {
        self.inner.shared.world().hooks.flush();
        self.settled().await;
        let findings = findings(&self.inner.shared.world());
        if findings.is_empty() { Ok(()) } else { Err(ForgeError::Unfinished(findings)) }
    }

    /// What was not as GitHub's OpenAPI description says; empty without one.
    pub fn contract_violations(&self) -> Vec<String> {
        self.inner.shared.world().contract.violations().iter().cloned().collect()
    }

    /// How many API calls each endpoint has had; those of one issue or pull request when `number` says which.
    pub fn request_counts(&self, number: Option<u64>) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for seen in self.requests().iter().filter(|seen| number.is_none() || seen.number == number) {
            let name = format!("{} {}", seen.method, seen.route.unwrap_or(&seen.path));
            *counts.entry(name).or_default() += 1;
        }
        counts
    }
}

fn findings(world: &World) -> Vec<String> {
    let mut all = Vec::new();
    for repo in world.repos.values() {
        for issue in repo.issues.values() {
            for comment in
                issue.comments.iter().filter(|comment| comment.author == world.app.bot && !comment.read)
            {
                let (name, first) = (world.full_name(repo), comment.body.lines().next().unwrap_or_default());
                all.push(format!("unread comment on {name}#{}: {first}", issue.number));
            }
        }
    }
    for seen in world.log.iter().filter(|seen| seen.route.is_none()) {
        all.push(format!("the forge does not serve {} {}", seen.method, seen.path));
    }
    // One attempt that arrived is enough; without a target nobody wanted them.
    let mut arrived: BTreeMap<&str, (bool, String)> = BTreeMap::new();
    for delivery in world.hooks.deliveries.values() {
        let Some(outcome) = &delivery.outcome else { continue };
        let good = (200..300).contains(&outcome.status);
        let said = format!("webhook {} {} was not taken: {}", delivery.event, delivery.guid, outcome.said);
        let entry = arrived.entry(&delivery.guid).or_insert_with(|| (false, said.clone()));
        entry.0 |= good || outcome.said == crate::hooks::NO_TARGET;
        entry.1 = said;
    }
    all.extend(arrived.into_values().filter(|(good, _)| !good).map(|(_, said)| said));
    all.extend(world.faults.left());
    all.extend(world.contract.violations().iter().cloned());
    all
}
