//! The list of what emulate lacks or does unlike GitHub's documentation. `docs/second-opinion.md` says the same in words,
//! and each entry is tested: a newer emulate that closes one makes a test say so.

/// What is lent, as emulate has not got it at all.
pub(crate) const LENT: &[&str] = &["GraphQL", "branch rules", "git over HTTP", "reactions"];

/// What the story meets beside answers.
pub(crate) const OF_THE_STORY: &[&str] = &[
    "a delivery is named by a GUID",
    "a new branch is pushed",
    "an installation lists its repositories",
    "a merge moves the base, which is pushed",
    "closing words close the issue",
];

/// Answers that are not as documented, by what the request shows.
pub(crate) const OF_ANSWERS: &[&str] = &[
    "a branch that is not there is not moved",
    "a check names its app",
    "a check of a person",
    "a check of no commit",
    "a commit of the app",
    "a conclusion completes a check",
    "a merge of another head",
    "a merge of what is merged",
    "a private repository is not there for a stranger",
    "a pull request is an issue",
    "a pull request of a branch that is not there",
    "a pull request that is merged",
    "a pull request's files",
    "a review that comments says something",
    "a review without an event is pending",
    "a second pull request of a branch",
    "a tree whose entry has no type",
    "a wrong token",
    "an approval",
    "no review is asked of the author",
    "nobody approves their own pull request",
    "remarks are added to a check",
    "what somebody may do",
];

#[test]
fn the_page_lists_them_all() {
    let page = tfpilot_docs::Page::read("docs/second-opinion.md").expect("is a page");
    for (heading, listed) in [("lent", LENT), ("in the story", OF_THE_STORY), ("request", OF_ANSWERS)] {
        let mut written: Vec<&str> =
            page.table(heading).iter().filter_map(|row| row.first().copied()).collect();
        written.sort_unstable();
        let mut known = listed.to_vec();
        known.sort_unstable();
        assert_eq!(written, known, "the table `{heading}`");
    }
}
