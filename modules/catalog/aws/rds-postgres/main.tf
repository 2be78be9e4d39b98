locals {
  tags  = merge(var.tags, { Owner = var.owner })
  major = split(".", var.engine_version)[0]

  # RDS wants the limit above the storage, and grows nothing without one.
  max_storage_gib = var.max_storage_gib == null ? min(var.storage_gib * 2, 65536) : var.max_storage_gib

  logs = ["postgresql", "upgrade"]
}

# Its name holds the major version: an upgrade makes the next group beside the one that is still in use.
resource "aws_db_parameter_group" "this" {
  name        = "${var.name}-postgres${local.major}"
  family      = "postgres${local.major}"
  description = "Parameters of ${var.name}"
  tags        = local.tags

  # No connection without TLS.
  parameter {
    name  = "rds.force_ssl"
    value = "1"
  }

  lifecycle {
    create_before_destroy = true
  }
}

# RDS would make these itself, and keep them forever.
resource "aws_cloudwatch_log_group" "this" {
  for_each = toset(local.logs)

  name              = "/aws/rds/instance/${var.name}/${each.key}"
  retention_in_days = 30
  tags              = local.tags
}

resource "aws_db_instance" "this" {
  identifier = var.name
  tags       = local.tags

  engine                      = "postgres"
  engine_version              = var.engine_version
  parameter_group_name        = aws_db_parameter_group.this.name
  instance_class              = var.instance_class
  allow_major_version_upgrade = true
  # A minor version that somebody chose stays: AWS would otherwise be ahead of the code.
  auto_minor_version_upgrade = var.engine_version == local.major

  storage_type          = "gp3"
  allocated_storage     = var.storage_gib
  max_allocated_storage = local.max_storage_gib
  storage_encrypted     = true
  kms_key_id            = var.kms_key_arn

  db_name  = var.database_name == null ? replace(var.name, "-", "_") : var.database_name
  username = "postgres"
  # The password is made, kept and rotated by Secrets Manager, so that no state and no plan holds it.
  manage_master_user_password         = true
  master_user_secret_kms_key_id       = var.kms_key_arn
  iam_database_authentication_enabled = true

  db_subnet_group_name   = aws_db_subnet_group.this.name
  vpc_security_group_ids = concat([aws_security_group.this.id], var.security_group_ids)
  publicly_accessible    = false
  multi_az               = var.multi_az

  backup_retention_period   = var.backup_retention_days
  copy_tags_to_snapshot     = true
  deletion_protection       = var.deletion_protection
  skip_final_snapshot       = !var.final_snapshot
  final_snapshot_identifier = var.final_snapshot ? "${var.name}-final" : null

  enabled_cloudwatch_logs_exports       = local.logs
  performance_insights_enabled          = var.performance_insights
  performance_insights_kms_key_id       = var.performance_insights ? var.kms_key_arn : null
  performance_insights_retention_period = var.performance_insights ? 7 : null

  # A change that was reviewed happens when it is applied. Until the maintenance window it would be a difference
  # between code and database.
  apply_immediately = true

  depends_on = [aws_cloudwatch_log_group.this]
}
