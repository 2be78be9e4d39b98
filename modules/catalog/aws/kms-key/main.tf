data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

locals {
  tags    = merge(var.tags, { Owner = var.owner })
  account = data.aws_caller_identity.current.account_id
}

resource "aws_kms_key" "this" {
  description             = coalesce(var.description, var.name)
  enable_key_rotation     = var.rotation
  rotation_period_in_days = var.rotation ? var.rotation_days : null
  deletion_window_in_days = var.deletion_window_days
  multi_region            = var.multi_region
  tags                    = local.tags

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = concat(local.account_decides, local.administration, local.use, local.grants, local.service_use)
  })
}

resource "aws_kms_alias" "this" {
  name          = "alias/${var.name}"
  target_key_id = aws_kms_key.this.key_id
}
