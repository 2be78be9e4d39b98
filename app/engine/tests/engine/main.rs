//! The engine from outside: by example and by property.

#[cfg(test)]
mod access;
#[cfg(test)]
mod aftermath;
#[cfg(test)]
mod approvals;
#[cfg(test)]
mod cancel;
#[cfg(test)]
mod decisions;
#[cfg(test)]
mod demanded;
mod drafts;
#[cfg(test)]
mod freeze;
#[cfg(test)]
mod judged_again;
#[cfg(test)]
mod late;
#[cfg(test)]
mod learned;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod looks;
#[cfg(test)]
mod many;
#[cfg(test)]
mod overrides;
#[cfg(test)]
mod plan_of;
#[cfg(test)]
mod prejudged;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod pull_life;
#[cfg(test)]
mod reviewers;
#[cfg(test)]
mod settled;
#[cfg(test)]
mod suggestions;
#[cfg(test)]
mod tale;
#[cfg(test)]
mod workflows;
