# moto: applied
# Without a host name of its own, which at moto never becomes available, and without a change of the stage, which moto
# cannot update.
variable "changed" {
  type    = bool
  default = false
}

resource "aws_s3_object" "code" {
  bucket  = aws_s3_bucket.code.bucket
  key     = "shop-api.zip"
  content = "not read until the function is called"
}

resource "aws_s3_bucket" "code" {
  bucket = "trial-api-code"
}

resource "aws_iam_role" "this" {
  name = "trial-api"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

resource "aws_lambda_function" "this" {
  function_name = "shop-api"
  role          = aws_iam_role.this.arn
  runtime       = "python3.13"
  handler       = "app.main"
  s3_bucket     = aws_s3_object.code.bucket
  s3_key        = aws_s3_object.code.key
}

module "trial" {
  source = "../../../catalog/aws/api-gateway"

  name                = "shop-api"
  owner               = "shop"
  lambda_arn          = aws_lambda_function.this.arn
  routes              = ["GET /orders", "POST /orders", "$default"]
  jwt_issuer          = "https://login.example.com/realms/acme"
  jwt_audiences       = ["shop"]
  cors_origins        = ["https://shop.example.com"]
  requests_per_second = 20
  burst               = 40
  timeout_seconds     = var.changed ? 20 : 10
  log_retention_days  = 30
  tags                = { CostCenter = "4711" }
}

module "plain" {
  source = "../../../catalog/aws/api-gateway"

  name       = "reports"
  owner      = "analytics"
  lambda_arn = aws_lambda_function.this.arn
}
