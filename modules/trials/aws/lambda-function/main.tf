# moto: applied
# Without an image and a KMS key: moto tells an image_config that nobody wrote, and forgets the key.
variable "changed" {
  type    = bool
  default = false
}

data "aws_vpc" "default" {
  default = true
}

data "aws_subnets" "default" {
  filter {
    name   = "vpc-id"
    values = [data.aws_vpc.default.id]
  }
}

resource "aws_security_group" "this" {
  name   = "trial-function"
  vpc_id = data.aws_vpc.default.id
}

resource "aws_s3_bucket" "code" {
  bucket = "trial-function-code"
}

resource "aws_s3_object" "code" {
  bucket  = "trial-function-code"
  key     = "send-mail/1.4.0.zip"
  content = "not read until the function is called"

  depends_on = [aws_s3_bucket.code]
}

resource "aws_iam_policy" "read_orders" {
  name = "read-orders"

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "dynamodb:GetItem", Resource = "arn:aws:dynamodb:*:*:table/orders" }]
  })
}

module "trial" {
  source = "../../../catalog/aws/lambda-function"

  name                  = "send-mail"
  owner                 = "web"
  code                  = "s3://${aws_s3_object.code.bucket}/${aws_s3_object.code.key}"
  runtime               = "nodejs22.x"
  memory_mib            = var.changed ? 1024 : 512
  timeout_seconds       = 120
  architecture          = "arm64"
  environment_variables = { LOG_LEVEL = var.changed ? "debug" : "info" }
  subnet_ids            = data.aws_subnets.default.ids
  security_group_ids    = [aws_security_group.this.id]
  policy_arns           = [aws_iam_policy.read_orders.arn]
  reserved_concurrency  = 5
  log_retention_days    = 30
  tags                  = { CostCenter = "4711" }
}
