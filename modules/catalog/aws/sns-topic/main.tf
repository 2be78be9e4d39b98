data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

locals {
  account = data.aws_caller_identity.current.account_id
  name    = var.fifo ? "${var.name}.fifo" : var.name
  tags    = merge(var.tags, { Owner = var.owner })

  # Put together here, the ARN is known before the topic exists, so the policy can be read in the plan instead of being
  # "known after apply".
  arn = "arn:${data.aws_partition.current.partition}:sns:${data.aws_region.current.name}:${local.account}:${local.name}"

  deny_without_tls = {
    Sid       = "DenyWithoutTls"
    Effect    = "Deny"
    Principal = "*"
    Action    = "sns:Publish"
    Resource  = local.arn
    Condition = { Bool = { "aws:SecureTransport" = "false" } }
  }
  # Only what the services do for this account: not what somebody else makes them do.
  allow_services = {
    Sid       = "AllowServices"
    Effect    = "Allow"
    Principal = { Service = var.publishing_services }
    Action    = "sns:Publish"
    Resource  = local.arn
    Condition = { StringEquals = { "aws:SourceAccount" = local.account } }
  }
}

resource "aws_sns_topic" "this" {
  name         = local.name
  display_name = var.display_name
  tags         = local.tags

  fifo_topic                  = var.fifo
  content_based_deduplication = var.fifo ? var.content_based_deduplication : null

  kms_master_key_id = var.kms_key_arn == null ? "alias/aws/sns" : var.kms_key_arn

  # The policy names nobody of this account: what its users and roles may do is said by their own policies.
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = concat([local.deny_without_tls], length(var.publishing_services) == 0 ? [] : [local.allow_services])
  })

  lifecycle {
    precondition {
      condition     = length(var.publishing_services) == 0 || var.kms_key_arn != null
      error_message = "Services cannot publish to a topic that is encrypted with alias/aws/sns: give a kms_key_arn whose policy lets them use the key."
    }

    precondition {
      condition     = !var.fifo || length(concat(var.email_subscribers, var.lambda_arns, var.https_endpoints)) == 0
      error_message = "A FIFO topic delivers to queues only: leave out email_subscribers, lambda_arns and https_endpoints, or fifo."
    }
  }
}
