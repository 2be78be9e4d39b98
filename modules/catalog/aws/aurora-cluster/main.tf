locals {
  tags = merge(var.tags, { Owner = var.owner })

  engines = {
    postgresql = {
      family   = "aurora-postgresql${split(".", var.postgres_version)[0]}"
      version  = var.postgres_version
      upgrades = !can(regex("\\.", var.postgres_version))
      port     = 5432
      username = "postgres"
      logs     = ["postgresql"]
      # No connection without TLS.
      parameters = { "rds.force_ssl" = "1" }
    }
    mysql = {
      family   = "aurora-mysql8.0"
      version  = var.mysql_version == "8.0" ? "8.0" : "8.0.mysql_aurora.${var.mysql_version}"
      upgrades = var.mysql_version == "8.0"
      port     = 3306
      username = "admin"
      logs     = ["error", "slowquery"]
      parameters = {
        require_secure_transport = "ON"
        slow_query_log           = "1"
      }
    }
  }
  engine = local.engines[var.engine]

  serverless = var.instance_class == null
  # Aurora MySQL has no Performance Insights on burstable classes.
  insights = var.engine == "postgresql" || local.serverless || !can(regex("^db\\.t", var.instance_class))
}

# Its name holds the family: an upgrade makes the next group beside the one that is still in use.
resource "aws_rds_cluster_parameter_group" "this" {
  name        = "${var.name}-${replace(local.engine.family, ".", "-")}"
  family      = local.engine.family
  description = "Parameters of ${var.name}"
  tags        = local.tags

  dynamic "parameter" {
    for_each = local.engine.parameters

    content {
      name  = parameter.key
      value = parameter.value
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}

# RDS would make these itself, and keep them forever.
resource "aws_cloudwatch_log_group" "this" {
  for_each = toset(local.engine.logs)

  name              = "/aws/rds/cluster/${var.name}/${each.key}"
  retention_in_days = 30
  tags              = local.tags
}

resource "aws_rds_cluster" "this" {
  cluster_identifier = var.name
  tags               = local.tags

  engine                          = "aurora-${var.engine}"
  engine_version                  = local.engine.version
  db_cluster_parameter_group_name = aws_rds_cluster_parameter_group.this.name
  allow_major_version_upgrade     = true

  storage_encrypted = true
  kms_key_id        = var.kms_key_arn

  database_name   = var.database_name == null ? replace(var.name, "-", "_") : var.database_name
  master_username = local.engine.username
  # The password is made, kept and rotated by Secrets Manager, so that no state and no plan holds it.
  manage_master_user_password         = true
  master_user_secret_kms_key_id       = var.kms_key_arn
  iam_database_authentication_enabled = true

  port                   = local.engine.port
  db_subnet_group_name   = aws_db_subnet_group.this.name
  vpc_security_group_ids = concat([aws_security_group.this.id], var.security_group_ids)

  backup_retention_period         = var.backup_retention_days
  copy_tags_to_snapshot           = true
  deletion_protection             = var.deletion_protection
  skip_final_snapshot             = !var.final_snapshot
  final_snapshot_identifier       = var.final_snapshot ? "${var.name}-final" : null
  enabled_cloudwatch_logs_exports = local.engine.logs

  dynamic "serverlessv2_scaling_configuration" {
    for_each = local.serverless ? [1] : []

    content {
      min_capacity = var.min_acu
      max_capacity = var.max_acu
    }
  }

  # A change that was reviewed happens when it is applied. Until the maintenance window it would be a difference
  # between code and cluster.
  apply_immediately = true

  depends_on = [aws_cloudwatch_log_group.this]

  lifecycle {
    precondition {
      condition     = var.min_acu <= var.max_acu
      error_message = "The least capacity, min_acu, is above the most, max_acu."
    }
  }
}

# Their version is the cluster's.
resource "aws_rds_cluster_instance" "this" {
  count = var.instances

  identifier         = "${var.name}-${count.index + 1}"
  cluster_identifier = aws_rds_cluster.this.id
  tags               = local.tags

  engine         = aws_rds_cluster.this.engine
  instance_class = local.serverless ? "db.serverless" : var.instance_class
  # A minor version that somebody chose stays: AWS would otherwise be ahead of the code.
  auto_minor_version_upgrade = local.engine.upgrades

  db_subnet_group_name  = aws_db_subnet_group.this.name
  publicly_accessible   = false
  copy_tags_to_snapshot = true
  # The first reader scales with the writer, and is the first to take over.
  promotion_tier = count.index == 0 ? 0 : 1

  performance_insights_enabled          = local.insights
  performance_insights_kms_key_id       = local.insights ? var.kms_key_arn : null
  performance_insights_retention_period = local.insights ? 7 : null

  apply_immediately = true
}
