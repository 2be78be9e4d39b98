//! What the managed block says: which Terraform and providers, where the state is, the module calls, their outputs.
//! How it is written belongs to [`super::write`].

use std::collections::BTreeMap;

use super::block::Block;
use super::draft::{AwsProvider, Backend, Environment, S3Backend, StackDraft, StateLock};
use super::names::identifier;
use super::write::{Body, Expr, Ident};
use super::{RenderError, calls, requirements};
use crate::catalog::{Module, Provider};

/// Renders the managed block of a draft.
pub(super) fn render(draft: &StackDraft<'_>) -> Result<Block, RenderError> {
    draft.check_places()?;
    let modules = requirements::modules(draft);
    let providers = requirements::providers(&modules)?;

    let mut body = Body::default();
    frame(draft, &modules, &providers, &mut body)?;
    calls::write(&mut body, draft)?;
    let named = modules.iter().map(|module| format!("{}@{}", module.id, module.version));
    Ok(Block::new(draft.request, &named.collect::<Vec<_>>().join(", "), body.render()))
}

/// Renders the managed block without what the draft asks for.
pub(super) fn render_empty(draft: &StackDraft<'_>) -> Result<Block, RenderError> {
    draft.check_places()?;
    let modules = requirements::modules(draft);
    let providers = requirements::providers(&modules)?;
    let mut body = Body::default();
    frame(draft, &modules, &providers, &mut body)?;
    Ok(Block::new(draft.request, "nothing", body.render()))
}

/// Settings and providers.
fn frame(
    draft: &StackDraft<'_>,
    modules: &[&Module],
    providers: &[&Provider],
    body: &mut Body,
) -> Result<(), RenderError> {
    body.block(Ident::known("terraform"), &[], settings(draft, modules, providers)?);
    for provider in providers {
        body.block(
            Ident::known("provider"),
            &[&provider.name],
            provider_block(&provider.source, &draft.environment)?,
        );
    }
    Ok(())
}

fn settings(
    draft: &StackDraft<'_>,
    modules: &[&Module],
    providers: &[&Provider],
) -> Result<Body, RenderError> {
    let mut body = Body::default();
    body.attribute(Ident::known("required_version"), Expr::text(requirements::required_version(modules)));
    let mut required = Body::default();
    for provider in providers {
        let pin = [("source", &provider.source), ("version", &provider.version)];
        let pin = pin.map(|(key, value)| (key.to_owned(), Expr::text(value)));
        required.attribute(identifier("provider", &provider.name)?, Expr::Object(pin.into()));
    }
    if !required.is_empty() {
        body.block(Ident::known("required_providers"), &[], required);
    }
    match &draft.environment.backend {
        Backend::Local { path } => {
            let path = draft.expand(path)?;
            if !path.starts_with('/') {
                return Err(RenderError::Backend {
                    environment: draft.environment.name.clone(),
                    why: format!(
                        "{path:?} is lost with the runner's work directory; write an absolute path, or use s3"
                    ),
                });
            }
            let mut local = Body::default();
            local.attribute(Ident::known("path"), Expr::text(path));
            body.block(Ident::known("backend"), &["local"], local);
        }
        Backend::S3(s3) => {
            body.block(Ident::known("backend"), &["s3"], s3_backend(s3, draft.expand(&s3.key)?))
        }
    }
    Ok(body)
}

fn s3_backend(s3: &S3Backend, key: String) -> Body {
    let mut body = Body::default();
    body.attribute(Ident::known("bucket"), Expr::text(&s3.bucket));
    body.attribute(Ident::known("key"), Expr::text(key));
    body.attribute(Ident::known("region"), Expr::text(&s3.region));
    body.attribute(Ident::known("encrypt"), Expr::Bool(s3.encrypt));
    if let Some(key) = &s3.kms_key_id {
        body.attribute(Ident::known("kms_key_id"), Expr::text(key));
    }
    match &s3.lock {
        StateLock::LockFile => body.attribute(Ident::known("use_lockfile"), Expr::Bool(true)),
        StateLock::DynamodbTable(table) => body.attribute(Ident::known("dynamodb_table"), Expr::text(table)),
        StateLock::None => {}
    }
    let endpoints =
        [("dynamodb", &s3.endpoints.dynamodb), ("s3", &s3.endpoints.s3), ("sts", &s3.endpoints.sts)];
    let endpoints: Vec<_> = endpoints
        .into_iter()
        .filter_map(|(service, url)| Some((service.to_owned(), Expr::text(url.as_deref()?))))
        .collect();
    if !endpoints.is_empty() {
        body.attribute(Ident::known("endpoints"), Expr::Object(endpoints));
    }
    flags(
        &mut body,
        &[
            ("skip_credentials_validation", s3.skip_credentials_validation),
            ("skip_metadata_api_check", s3.skip_metadata_api_check),
            ("skip_region_validation", s3.skip_region_validation),
            ("skip_requesting_account_id", s3.skip_requesting_account_id),
            ("skip_s3_checksum", s3.skip_s3_checksum),
            ("use_path_style", s3.use_path_style),
        ],
    );
    body
}

/// Flags are written only when they are on: what is not there has its default.
fn flags(body: &mut Body, flags: &[(&'static str, bool)]) {
    for (name, _) in flags.iter().filter(|(_, on)| *on) {
        body.attribute(Ident::known(name), Expr::Bool(true));
    }
}

fn provider_block(source: &str, environment: &Environment) -> Result<Body, RenderError> {
    match source {
        "hashicorp/aws" | "registry.terraform.io/hashicorp/aws" => aws_provider(environment),
        // The provider refuses to work without `features`; keys of storage accounts are not used.
        "hashicorp/azurerm" | "registry.terraform.io/hashicorp/azurerm" => {
            let mut body = Body::default();
            body.attribute(Ident::known("storage_use_azuread"), Expr::Bool(true));
            body.block(Ident::known("features"), &[], Body::default());
            Ok(body)
        }
        // Other providers take their settings from the runner's environment.
        _ => Ok(Body::default()),
    }
}

fn aws_provider(environment: &Environment) -> Result<Body, RenderError> {
    let AwsProvider { allowed_account_ids, endpoints, .. } = &environment.aws;
    if !allowed_account_ids.is_empty() && environment.aws.skip_requesting_account_id {
        return Err(RenderError::Provider {
            environment: environment.name.clone(),
            why: "allowed_account_ids cannot be checked with skip_requesting_account_id; remove one of them",
        });
    }
    let mut body = Body::default();
    if let Some(region) = &environment.region {
        body.attribute(Ident::known("region"), Expr::text(region));
    }
    if !allowed_account_ids.is_empty() {
        let accounts = allowed_account_ids.iter().map(Expr::text).collect();
        body.attribute(Ident::known("allowed_account_ids"), Expr::List(accounts));
    }
    flags(
        &mut body,
        &[
            ("s3_use_path_style", environment.aws.s3_use_path_style),
            ("skip_credentials_validation", environment.aws.skip_credentials_validation),
            ("skip_metadata_api_check", environment.aws.skip_metadata_api_check),
            ("skip_region_validation", environment.aws.skip_region_validation),
            ("skip_requesting_account_id", environment.aws.skip_requesting_account_id),
        ],
    );
    if !environment.default_tags.is_empty() {
        let mut tags = Body::default();
        tags.attribute(Ident::known("tags"), object(&environment.default_tags));
        body.block(Ident::known("default_tags"), &[], tags);
    }
    if !endpoints.is_empty() {
        let mut services = Body::default();
        for (service, url) in endpoints {
            services.attribute(identifier("endpoint", service)?, Expr::text(url));
        }
        body.block(Ident::known("endpoints"), &[], services);
    }
    Ok(body)
}

fn object(entries: &BTreeMap<String, String>) -> Expr {
    Expr::Object(entries.iter().map(|(key, value)| (key.clone(), Expr::text(value))).collect())
}
