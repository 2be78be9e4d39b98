//! How the price of each resource type is put together. A type that stands nowhere here is not priced, and says so.

mod compute;
mod data;
mod network;
mod volume;

use super::{Component, Item};

/// The components of one resource; never none.
pub(super) fn components(item: &Item<'_>) -> Vec<Component> {
    match item.kind {
        "aws_instance" => compute::instance(item),
        "aws_eks_cluster" => compute::eks_cluster(item),
        "aws_lambda_function" => compute::lambda(item),
        "aws_autoscaling_group" => {
            vec![Component::not_priced("instances", "the instances of a group are not resolved")]
        }
        "aws_ebs_volume" => volume::volume(item),
        "aws_ebs_snapshot" => vec![item.usage("storage")],
        "aws_nat_gateway" => network::nat_gateway(item),
        "aws_lb" | "aws_alb" => network::load_balancer(item),
        "aws_elb" => network::classic_load_balancer(item),
        "aws_eip" => network::address(item),
        "aws_vpc_endpoint" => network::endpoint(item),
        "aws_route53_zone" => vec![item.fixed(item.kind, "zone", 1)],
        "aws_route53_record" => vec![item.usage("queries")],
        "aws_s3_bucket" => data::bucket(item),
        "aws_dynamodb_table" => data::table(item),
        "aws_ecr_repository" => vec![item.usage("storage")],
        "aws_efs_file_system" => data::file_system(item),
        "aws_kms_key" => vec![item.fixed(item.kind, "key", 1), item.usage("requests")],
        "aws_secretsmanager_secret" => data::secret(item),
        "aws_sqs_queue" => data::queue(item),
        "aws_sns_topic" => {
            vec![item.usage("requests"), item.usage("http notifications"), item.usage("email notifications")]
        }
        "aws_cloudwatch_log_group" => {
            vec![item.usage("data ingested"), item.usage("archival storage"), item.usage("queries")]
        }
        "aws_cloudwatch_metric_alarm" => data::alarm(item),
        "aws_cloudwatch_dashboard" => vec![item.fixed(item.kind, "dashboard", 1)],
        kind if item.book.is_free(kind) => vec![Component::free()],
        _ => vec![Component::not_priced("price", "the price book does not know this type")],
    }
}
