# moto: applied
variable "changed" {
  type    = bool
  default = false
}

# AWS's own policies are not in moto, so one of the account's is attached.
module "trial" {
  source = "../../../catalog/aws/iam-user-group"

  name             = "shop-developers"
  owner            = "shop"
  members          = var.changed ? ["anna.schmidt", "ben.mayer"] : ["anna.schmidt"]
  managed_policies = ["arn:aws:iam::123456789012:policy/shop-more"]
  actions          = var.changed ? ["s3:GetObject", "s3:PutObject"] : ["s3:GetObject"]
  resources        = ["arn:aws:s3:::acme-invoices/*"]
  more_permissions = [
    { actions = ["sqs:SendMessage"], resources = ["arn:aws:sqs:eu-central-1:111122223333:orders"] },
  ]
  tags = { CostCenter = "4711" }

  depends_on = [aws_iam_policy.more, aws_iam_user.this]
}

# One with the least that a request may say.
module "least" {
  source = "../../../catalog/aws/iam-user-group"

  name  = "shop-least"
  owner = "shop"
}

resource "aws_iam_user" "this" {
  for_each = toset(["anna.schmidt", "ben.mayer"])

  name = each.key
}

resource "aws_iam_policy" "more" {
  name = "shop-more"

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["sqs:ReceiveMessage"], Resource = ["*"] }]
  })
}
