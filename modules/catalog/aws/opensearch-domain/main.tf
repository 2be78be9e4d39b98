data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

locals {
  tags      = merge(var.tags, { Owner = var.owner })
  instances = var.instances == null ? length(var.subnet_ids) : var.instances

  # Put together here, the ARN is known before the domain exists: the policies can be read in the plan.
  arn = "arn:${data.aws_partition.current.partition}:es:${data.aws_region.current.name}:${data.aws_caller_identity.current.account_id}:domain/${var.name}"
}

resource "aws_opensearch_domain" "this" {
  domain_name    = var.name
  engine_version = "OpenSearch_${var.engine_version}"
  tags           = local.tags

  cluster_config {
    instance_type          = var.instance_type
    instance_count         = local.instances
    zone_awareness_enabled = length(var.subnet_ids) > 1

    dynamic "zone_awareness_config" {
      for_each = length(var.subnet_ids) > 1 ? [length(var.subnet_ids)] : []

      content {
        availability_zone_count = zone_awareness_config.value
      }
    }

    dedicated_master_enabled = var.master_type != null
    dedicated_master_type    = var.master_type
    dedicated_master_count   = var.master_type == null ? null : 3
  }

  ebs_options {
    ebs_enabled = true
    volume_type = "gp3"
    volume_size = var.storage_gib
  }

  vpc_options {
    subnet_ids         = var.subnet_ids
    security_group_ids = concat([aws_security_group.this.id], var.security_group_ids)
  }

  encrypt_at_rest {
    enabled    = true
    kms_key_id = var.kms_key_arn
  }

  node_to_node_encryption {
    enabled = true
  }

  domain_endpoint_options {
    enforce_https       = true
    tls_security_policy = "Policy-Min-TLS-1-2-PFS-2023-10"
  }

  # Who may send requests is said here, by role; what they may do, inside the domain. There are no passwords.
  access_policies = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "Requests"
        Effect    = "Allow"
        Principal = { AWS = concat([var.admin_role_arn], var.client_role_arns) }
        Action    = "es:ESHttp*"
        Resource  = "${local.arn}/*"
      },
    ]
  })

  advanced_security_options {
    enabled                        = true
    internal_user_database_enabled = false

    master_user_options {
      master_user_arn = var.admin_role_arn
    }
  }

  dynamic "log_publishing_options" {
    for_each = aws_cloudwatch_log_group.this

    content {
      log_type                 = log_publishing_options.key
      cloudwatch_log_group_arn = log_publishing_options.value.arn
    }
  }

  software_update_options {
    auto_software_update_enabled = true
  }

  depends_on = [aws_cloudwatch_log_resource_policy.this]

  lifecycle {
    precondition {
      condition     = local.instances >= length(var.subnet_ids)
      error_message = "There are fewer data nodes than subnets: every subnet gets at least one."
    }
  }
}
