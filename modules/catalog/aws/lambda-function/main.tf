data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

locals {
  tags = merge(var.tags, { Owner = var.owner })

  partition = data.aws_partition.current.partition
  place     = "${data.aws_region.current.name}:${data.aws_caller_identity.current.account_id}"

  archive = one(regexall("^s3://([^/]+)/(.+)$", var.code))
  is_zip  = startswith(var.code, "s3://")
  in_vpc  = length(var.subnet_ids) > 0

  # What AWS calls the handler in its own examples; Java and .NET have no such name.
  usual_handlers = {
    nodejs   = "index.handler"
    provided = "bootstrap"
    python   = "lambda_function.lambda_handler"
    ruby     = "lambda_function.lambda_handler"
  }
  usual_handler = one([for family, handler in local.usual_handlers : handler if startswith(var.runtime, family)])
  handler       = var.handler == null ? local.usual_handler : var.handler
}

resource "aws_lambda_function" "this" {
  function_name = var.name
  role          = aws_iam_role.this.arn
  tags          = local.tags

  package_type      = local.is_zip ? "Zip" : "Image"
  s3_bucket         = local.is_zip ? local.archive[0] : null
  s3_key            = local.is_zip ? local.archive[1] : null
  s3_object_version = local.is_zip ? var.code_version : null
  image_uri         = local.is_zip ? null : var.code
  runtime           = local.is_zip ? var.runtime : null
  handler           = local.is_zip ? local.handler : null

  architectures                  = [var.architecture]
  memory_size                    = var.memory_mib
  timeout                        = var.timeout_seconds
  reserved_concurrent_executions = var.reserved_concurrency == null ? -1 : var.reserved_concurrency

  # Lambda forgets the key where there is nothing to encrypt, which would be a difference in every plan.
  kms_key_arn = length(var.environment_variables) == 0 ? null : var.kms_key_arn

  dynamic "environment" {
    for_each = length(var.environment_variables) == 0 ? [] : [var.environment_variables]

    content {
      variables = environment.value
    }
  }

  dynamic "vpc_config" {
    for_each = local.in_vpc ? [var.subnet_ids] : []

    content {
      subnet_ids         = vpc_config.value
      security_group_ids = var.security_group_ids
    }
  }

  lifecycle {
    precondition {
      condition     = !local.is_zip || local.handler != null
      error_message = "The runtime ${var.runtime} has no usual handler: say which function of the archive is called, in handler."
    }

    precondition {
      condition     = local.in_vpc == (length(var.security_group_ids) > 0)
      error_message = "subnet_ids and security_group_ids belong together: give both, or neither."
    }
  }

  # Without its log group the first call would make one that nobody manages; without its policies the function could
  # not be put into its subnets, nor leave them.
  depends_on = [
    aws_cloudwatch_log_group.this,
    aws_iam_role_policy.this,
  ]
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.log_retention_days
  tags              = local.tags
}
