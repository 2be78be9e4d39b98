# moto: applied
variable "changed" {
  type    = bool
  default = false
}

module "trial" {
  source = "../../../catalog/aws/secret"

  name                 = "db-password"
  owner                = "shop"
  path                 = "shop/dev"
  description          = var.changed ? "password of the shop's database" : "password of the database"
  readers              = var.changed ? [aws_iam_role.reader.arn, "arn:aws:iam::111122223333:role/audit"] : [aws_iam_role.reader.arn]
  only_readers         = true
  kms_key_arn          = aws_kms_key.this.arn
  recovery_window_days = 7
  tags                 = { CostCenter = "4711" }
}

# One with the least that a request may say. Moto rotates only what has a value, so nothing rotates here.
module "least" {
  source = "../../../catalog/aws/secret"

  name  = "least"
  owner = "shop"
}

resource "aws_kms_key" "this" {
  description = "Encrypts the trial's secret"
}

resource "aws_iam_role" "reader" {
  name = "shop-secret-reader"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" }, Action = ["sts:AssumeRole"] }]
  })
}
