# moto: planned, because it gives launch templates and scaling policies back with blocks that nobody wrote

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
  name = "trial-workers-read"

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::trial-data/*" }]
  })
}

module "trial" {
  source = "../../../catalog/aws/autoscaling-group"

  name                = "trial-workers"
  owner               = "shop"
  subnet_ids          = slice(sort(data.aws_subnets.default.ids), 0, 2)
  instance_type       = "t3.small"
  more_instance_types = ["t3a.small"]
  min_size            = 1
  max_size            = var.changed ? 3 : 2
  cpu_percent         = var.changed ? 70 : 60
  spot_percent        = 50
  user_data           = "#!/bin/bash\necho ready\n"
  policy_arns         = [aws_iam_policy.trial.arn]
  tags                = { CostCenter = "4711" }
}
