locals {
  tags = merge(var.tags, { Owner = var.owner })

  default_versions = { valkey = "8.2", redis = "7.1" }
  engine_version   = var.engine_version == null ? local.default_versions[var.engine] : var.engine_version
  major            = split(".", local.engine_version)[0]

  # Families are named after majors, with one exception.
  family = local.engine_version == "6.2" ? "redis6.x" : "${var.engine}${local.major}"
}

# Its name holds the family: an upgrade makes the next group beside the one that is still in use.
resource "aws_elasticache_parameter_group" "this" {
  name        = "${var.name}-${replace(local.family, ".", "-")}"
  family      = local.family
  description = "Parameters of ${var.name}"
  tags        = local.tags

  parameter {
    name  = "maxmemory-policy"
    value = var.eviction_policy
  }

  dynamic "parameter" {
    for_each = var.shards > 1 ? ["yes"] : []

    content {
      name  = "cluster-enabled"
      value = parameter.value
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_log_group" "this" {
  for_each = toset(["engine-log", "slow-log"])

  name              = "/aws/elasticache/${var.name}/${each.key}"
  retention_in_days = 30
  tags              = local.tags
}

resource "aws_elasticache_replication_group" "this" {
  replication_group_id = var.name
  description          = "Cache ${var.name}"
  tags                 = local.tags

  engine                     = var.engine
  engine_version             = local.engine_version
  parameter_group_name       = aws_elasticache_parameter_group.this.name
  node_type                  = var.node_type
  auto_minor_version_upgrade = true

  num_node_groups         = var.shards
  replicas_per_node_group = var.replicas
  # Several shards have to be able to fail over, even where there is nothing to fail over to.
  automatic_failover_enabled = var.replicas > 0 || var.shards > 1
  multi_az_enabled           = var.replicas > 0

  at_rest_encryption_enabled = true
  kms_key_id                 = var.kms_key_arn
  transit_encryption_enabled = true
  user_group_ids             = var.user_group_id == null ? null : [var.user_group_id]

  port               = 6379
  subnet_group_name  = aws_elasticache_subnet_group.this.name
  security_group_ids = concat([aws_security_group.this.id], var.security_group_ids)

  snapshot_retention_limit  = var.snapshot_retention_days
  final_snapshot_identifier = var.snapshot_retention_days == 0 ? null : "${var.name}-final"

  dynamic "log_delivery_configuration" {
    for_each = aws_cloudwatch_log_group.this

    content {
      destination      = log_delivery_configuration.value.name
      destination_type = "cloudwatch-logs"
      log_format       = "json"
      log_type         = log_delivery_configuration.key
    }
  }

  # A change that was reviewed happens when it is applied. Until the maintenance window it would be a difference
  # between code and cache.
  apply_immediately = true

  lifecycle {
    precondition {
      condition     = (var.engine == "valkey") == (tonumber(local.engine_version) >= 7.2)
      error_message = "Valkey begins with version 7.2, and Redis ends with 7.1."
    }
  }
}
