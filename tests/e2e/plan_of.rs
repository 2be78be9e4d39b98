//! `/tfpilot plan --stack`: one stack of several is planned again.

use anyhow::{Result, ensure};
use tfpilot_tests::{REPOSITORY, World};

use crate::by_hand::stack;
use crate::told::{check, told};

#[tokio::test(flavor = "multi_thread")]
async fn one_stack_of_two_is_planned_again_and_the_other_keeps_its_plan() -> Result<()> {
    let world = World::start().await?;
    let body = "resource \"terraform_data\" \"this\" {}\n";
    let (one, two) = (stack(&world, "one", body), stack(&world, "two", body));
    let files = [("live/dev/one/main.tf", one.as_str()), ("live/dev/two/main.tf", two.as_str())];
    world.alice().pushes(REPOSITORY, "both", &files, "both").await?;
    let number = world.alice().opens_pull(REPOSITORY, "both", "main", "both", "by hand").await?;
    world.settle().await?;
    world.bob().approves(REPOSITORY, number).await?;
    world.settle().await?;
    assert_eq!(check(&world, number, "tfpilot/apply")?, "queued Ready: 2 create");
    let plans = |world: &World| world.runner_log().matches("terraform plan").count();
    let before = plans(&world);

    world.alice().comments(REPOSITORY, number, "/tfpilot plan --stack live/dev/twoo").await?;
    world.settle().await?;
    told(&world, number, "@alice **Unknown stack `live/dev/twoo`**. Next: did you mean `live/dev/two`?")?;
    world.alice().comments(REPOSITORY, number, "/tfpilot plan --env qa").await?;
    world.settle().await?;
    told(&world, number, "@alice **Unknown environment `qa`**: this change touches dev.")?;
    world.alice().comments(REPOSITORY, number, "/tfpilot apply --stack live/dev/two").await?;
    world.settle().await?;
    told(&world, number, "did you mean `/tfpilot apply`?")?;
    assert_eq!(plans(&world), before, "nothing was planned");
    ensure!(!world.forge.pull(REPOSITORY, number)?.merged, "nothing was applied");

    world.alice().comments(REPOSITORY, number, "/tfpilot plan --stack ./live/dev/two/").await?;
    world.settle().await?;
    assert_eq!(world.recorded("run-requested").await?, 2);
    assert_eq!(world.recorded("plan-recorded").await?, 3);
    // The plan is equal, so the approval stands.
    assert_eq!(check(&world, number, "tfpilot/apply")?, "queued Ready: 2 create");
    world.finish().await
}
