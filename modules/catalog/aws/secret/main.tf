locals {
  name = join("/", compact([var.path, var.name]))
  tags = merge(var.tags, { Owner = var.owner })

  allowed = [
    for readers in length(var.readers) == 0 ? [] : [var.readers] : {
      Sid       = "Read"
      Effect    = "Allow"
      Principal = { AWS = readers }
      Action    = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
      Resource  = "*"
    }
  ]

  # By condition and not by NotPrincipal, which would also catch the sessions of the roles.
  denied = [
    for readers in var.only_readers ? [var.readers] : [] : {
      Sid       = "OnlyReaders"
      Effect    = "Deny"
      Principal = "*"
      Action    = "secretsmanager:GetSecretValue"
      Resource  = "*"
      Condition = { ArnNotEquals = { "aws:PrincipalArn" = readers } }
    }
  ]
}

# The secret without its value: what Terraform sets it also keeps in its state, where others can read it.
resource "aws_secretsmanager_secret" "this" {
  name                    = local.name
  description             = var.description
  kms_key_id              = var.kms_key_arn
  recovery_window_in_days = var.recovery_window_days
  tags                    = local.tags

  lifecycle {
    precondition {
      condition     = !var.only_readers || length(var.readers) > 0
      error_message = "Nobody could read the secret: give readers, or leave only_readers off."
    }
  }
}

resource "aws_secretsmanager_secret_policy" "this" {
  count = length(local.allowed) + length(local.denied) == 0 ? 0 : 1

  secret_arn = aws_secretsmanager_secret.this.arn

  # AWS itself then refuses a policy that lets anybody in.
  block_public_policy = true

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = concat(local.allowed, local.denied)
  })
}

resource "aws_lambda_permission" "rotation" {
  count = var.rotation_lambda_arn == null ? 0 : 1

  statement_id  = "secret-${replace(local.name, "/[^A-Za-z0-9-]/", "-")}"
  action        = "lambda:InvokeFunction"
  function_name = var.rotation_lambda_arn
  principal     = "secretsmanager.amazonaws.com"
  source_arn    = aws_secretsmanager_secret.this.arn
}

resource "aws_secretsmanager_secret_rotation" "this" {
  count = var.rotation_lambda_arn == null ? 0 : 1

  secret_id           = aws_secretsmanager_secret.this.id
  rotation_lambda_arn = var.rotation_lambda_arn

  # An apply does not change a password that is in use; the schedule does.
  rotate_immediately = false

  rotation_rules {
    automatically_after_days = var.rotation_days
  }

  # Secrets Manager tries the function at once.
  depends_on = [aws_lambda_permission.rotation]
}
