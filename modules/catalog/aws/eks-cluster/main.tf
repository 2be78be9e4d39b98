data "aws_partition" "current" {}
data "aws_region" "current" {}

data "aws_subnet" "first" {
  id = var.subnet_ids[0]
}

data "aws_vpc" "this" {
  id = data.aws_subnet.first.vpc_id
}

locals {
  tags = merge(var.tags, { Owner = var.owner })
}

resource "aws_eks_cluster" "this" {
  name     = var.name
  version  = var.kubernetes_version
  role_arn = aws_iam_role.cluster.arn
  tags     = local.tags

  enabled_cluster_log_types = ["api", "audit", "authenticator"]

  # Whoever makes the cluster does not become its administrator by that.
  access_config {
    authentication_mode                         = "API"
    bootstrap_cluster_creator_admin_permissions = false
  }

  encryption_config {
    resources = ["secrets"]

    provider {
      key_arn = var.kms_key_arn == null ? aws_kms_key.this[0].arn : var.kms_key_arn
    }
  }

  vpc_config {
    subnet_ids              = var.subnet_ids
    security_group_ids      = [aws_security_group.api.id]
    endpoint_private_access = true
    endpoint_public_access  = length(var.public_access_cidrs) > 0
    public_access_cidrs     = length(var.public_access_cidrs) > 0 ? var.public_access_cidrs : null
  }

  lifecycle {
    precondition {
      condition     = length(var.subnet_ids) >= 2
      error_message = "A cluster needs subnets of two or more zones."
    }
  }

  # EKS would make the log group itself, and keep its lines for ever. Without its role it cannot delete what it made.
  depends_on = [aws_cloudwatch_log_group.this, aws_iam_role_policy_attachment.cluster]
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/eks/${var.name}/cluster"
  retention_in_days = var.log_days
  tags              = local.tags
}

resource "aws_kms_key" "this" {
  count = var.kms_key_arn == null ? 1 : 0

  description             = "Secrets of Kubernetes in ${var.name}"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  tags                    = local.tags
}

resource "aws_kms_alias" "this" {
  count = var.kms_key_arn == null ? 1 : 0

  name          = "alias/eks/${var.name}"
  target_key_id = aws_kms_key.this[0].key_id
}

# Nodes come in by the group that EKS makes; this one lets people and programs in the VPC use the API.
resource "aws_security_group" "api" {
  name        = "${var.name}-api"
  description = "API of ${var.name}"
  vpc_id      = data.aws_vpc.this.id
  tags        = merge(local.tags, { Name = "${var.name}-api" })

  # AWS refuses to delete a group that the cluster still has.
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_ingress_rule" "api" {
  for_each = toset([for association in data.aws_vpc.this.cidr_block_associations : association.cidr_block])

  security_group_id = aws_security_group.api.id
  description       = "443 from ${each.key}"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = each.key
  tags              = local.tags
}

resource "aws_eks_addon" "this" {
  for_each = toset(var.addons)

  cluster_name = aws_eks_cluster.this.name
  addon_name   = each.key
  tags         = local.tags

  # EKS installs some of them by itself when it makes a cluster; from here on they are add-ons.
  resolve_conflicts_on_create = "OVERWRITE"
  resolve_conflicts_on_update = "PRESERVE"

  # Some are ready only when they run somewhere.
  depends_on = [aws_eks_node_group.this]
}
