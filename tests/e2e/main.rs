//! Stories: what people do and what they see, end to end on real parts.

#[cfg(test)]
mod aftermath;
#[cfg(test)]
mod api;
#[cfg(test)]
mod approvals;
#[cfg(test)]
mod attacks;
#[cfg(test)]
mod audit;
#[cfg(test)]
mod before_the_plan;
#[cfg(test)]
mod broken;
#[cfg(test)]
mod bucket;
#[cfg(test)]
mod by_hand;
#[cfg(test)]
mod cancel;
#[cfg(test)]
mod catalog;
#[cfg(test)]
mod costs;
#[cfg(test)]
mod deliveries;
#[cfg(test)]
mod examples;
#[cfg(test)]
mod existing;
#[cfg(test)]
mod freeze;
#[cfg(test)]
mod gates;
#[cfg(test)]
mod imports;
#[cfg(test)]
mod installation;
#[cfg(test)]
mod learned;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod looks;
#[cfg(test)]
mod merge_queue;
#[cfg(test)]
mod missed;
#[cfg(test)]
mod model;
#[cfg(test)]
mod note;
#[cfg(test)]
mod onboarding;
#[cfg(test)]
mod own_modules;
#[cfg(test)]
mod plan_of;
#[cfg(test)]
mod policies;
#[cfg(test)]
mod pull_life;
#[cfg(test)]
mod refusals;
mod rego;
#[cfg(test)]
mod reviewers;
#[cfg(test)]
mod same_head;
#[cfg(test)]
mod settled;
#[cfg(test)]
mod several;
#[cfg(test)]
mod sim;
#[cfg(test)]
mod skips;
#[cfg(test)]
mod told;
#[cfg(test)]
mod upkeep;
#[cfg(test)]
mod why;
#[cfg(test)]
mod workflows;
#[cfg(test)]
mod zoo;
