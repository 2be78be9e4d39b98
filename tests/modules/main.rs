//! The catalog's modules on the real Terraform and the real AWS provider, against moto: all of them planned in one
//! root, the most asked for applied, changed and destroyed. `make test-modules` does so with each.

#[cfg(test)]
mod table;
#[cfg(test)]
mod trial;

#[cfg(test)]
mod tests {
    use anyhow::ensure;
    use tfpilot_modules::Catalog;
    use tfpilot_tests::Cloud;

    use crate::table;
    use crate::trial::{Moto, Trial, trials, try_all};

    /// What people ask for most, as far as moto can be trusted with it, without what takes it minutes.
    const MOST_ASKED_FOR: [&str; 10] = [
        "aws/dynamodb-table",
        "aws/ecr-repository",
        "aws/iam-role",
        "aws/kms-key",
        "aws/lambda-function",
        "aws/s3-bucket",
        "aws/secret",
        "aws/security-group",
        "aws/sns-topic",
        "aws/vpc",
    ];

    #[test]
    fn every_module_for_aws_has_a_trial_and_stands_in_the_table() -> anyhow::Result<()> {
        let catalog = Catalog::shipped();
        let trials = trials()?;
        let of_aws =
            catalog.modules().map(|module| module.id.to_string()).filter(|id| id.starts_with("aws/"));
        for module in of_aws {
            ensure!(trials.iter().any(|trial| trial.module == module), "{module} has no trial");
        }
        for trial in &trials {
            ensure!(catalog.find(&trial.module).is_some(), "a trial of {}, which is no module", trial.module);
        }
        table::compare(&trials)
    }

    #[tokio::test]
    async fn all_modules_are_planned_in_one_root() -> anyhow::Result<()> {
        let cloud = Cloud::start().await?;
        let trials = trials()?;
        let planned = try_all(&cloud, &trials, Moto::Planned)?;
        for trial in &trials {
            let created = planned.iter().filter(|address| address.starts_with(&trial.address())).count();
            ensure!(created > 0, "the plan makes nothing of {}", trial.module);
        }
        Ok(())
    }

    #[tokio::test]
    async fn the_most_asked_for_are_applied_changed_and_destroyed() -> anyhow::Result<()> {
        let cloud = Cloud::start().await?;
        let chosen: Vec<Trial> =
            trials()?.into_iter().filter(|trial| MOST_ASKED_FOR.contains(&trial.module.as_str())).collect();
        ensure!(chosen.len() == MOST_ASKED_FOR.len(), "some have no trial");
        try_all(&cloud, &chosen, Moto::Applied).map(drop)
    }

    /// `make test-modules`: each by itself, as far as its trial says that moto goes.
    #[tokio::test]
    #[ignore = "takes many minutes; make test-modules"]
    async fn each_module_is_tried() -> anyhow::Result<()> {
        for trial in trials()? {
            let cloud = Cloud::start().await?;
            let outcome = try_all(&cloud, std::slice::from_ref(&trial), trial.moto);
            println!("{}: {}", trial.module, if outcome.is_ok() { trial.moto.as_str() } else { "FAILED" });
            outcome?;
        }
        Ok(())
    }
}
