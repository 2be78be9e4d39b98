# moto: applied
variable "changed" {
  type    = bool
  default = false
}

# AWS's own policies are not in moto, so one of the account's is attached.
module "trial" {
  source = "../../../catalog/aws/iam-role"

  name                = "shop-orders-worker"
  owner               = "shop"
  trusted_service     = "ec2"
  trusted_accounts    = ["111122223333"]
  external_id         = "acme-4711"
  github_repositories = ["acme/shop", "acme/shop:environment:prod"]
  github_branch       = "release/*"
  managed_policies    = ["arn:aws:iam::123456789012:policy/shop-more"]
  actions             = var.changed ? ["s3:GetObject", "s3:PutObject"] : ["s3:GetObject"]
  resources           = ["arn:aws:s3:::acme-invoices/*"]
  more_permissions = [
    { actions = ["sqs:SendMessage"], resources = ["arn:aws:sqs:eu-central-1:111122223333:orders"] },
  ]
  max_session_hours = 2
  tags              = { CostCenter = "4711" }

  depends_on = [aws_iam_policy.more]
}

# One with the least that a request may say.
module "least" {
  source = "../../../catalog/aws/iam-role"

  name            = "shop-least"
  owner           = "shop"
  trusted_service = "Lambda"
}

resource "aws_iam_policy" "more" {
  name = "shop-more"

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["sqs:ReceiveMessage"], Resource = ["*"] }]
  })
}
