# moto: planned, because it loses the security groups, the termination protection and the private address of an instance

variable "changed" {
  description = "Whether the inputs are those of the change."
  type        = bool
  default     = false
}

data "aws_subnets" "default" {
  filter {
    name   = "default-for-az"
    values = ["true"]
  }
}

resource "aws_iam_policy" "trial" {
  name = "trial-worker-read"

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::trial-data/*" }]
  })
}

module "trial" {
  source = "../../../catalog/aws/ec2-instance"

  name                   = "trial-worker"
  owner                  = "shop"
  subnet_id              = sort(data.aws_subnets.default.ids)[0]
  instance_type          = "t3.small"
  data_volume_gib        = 10
  policy_arns            = [aws_iam_policy.trial.arn]
  detailed_monitoring    = var.changed
  termination_protection = !var.changed
  tags                   = { CostCenter = var.changed ? "4712" : "4711" }
}
