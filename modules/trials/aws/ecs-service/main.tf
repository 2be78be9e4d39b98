# moto: planned, because it does not know the tags of scalable targets, which the provider reads

variable "changed" {
  description = "Whether the inputs are those of the change."
  type        = bool
  default     = false
}

data "aws_vpc" "default" {
  default = true
}

data "aws_subnets" "default" {
  filter {
    name   = "default-for-az"
    values = ["true"]
  }
}

resource "aws_lb_target_group" "trial" {
  name        = "trial-api"
  vpc_id      = data.aws_vpc.default.id
  target_type = "ip"
  port        = 8080
  protocol    = "HTTP"
}

module "trial" {
  source = "../../../catalog/aws/ecs-service"

  name             = "trial-api"
  owner            = "shop"
  image            = "111122223333.dkr.ecr.eu-central-1.amazonaws.com/shop-api:${var.changed ? "1.4.3" : "1.4.2"}"
  subnet_ids       = slice(sort(data.aws_subnets.default.ids), 0, 2)
  port             = 8080
  cpu              = 512
  memory_mib       = 2048
  instances        = var.changed ? 3 : 2
  max_instances    = 6
  target_group_arn = aws_lb_target_group.trial.arn
  variables        = { LOG_LEVEL = "info" }
  secret_arns      = { DB_PASSWORD = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:shop-db-AbCdEf:password::" }
  log_days         = var.changed ? 90 : 30
  tags             = { CostCenter = "4711" }
}
