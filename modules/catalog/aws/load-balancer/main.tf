data "aws_subnet" "first" {
  id = var.subnet_ids[0]
}

data "aws_vpc" "this" {
  id = data.aws_subnet.first.vpc_id
}

locals {
  tags = merge(var.tags, { Owner = var.owner })

  # A VPC may have more than one range.
  vpc_cidrs = [for association in data.aws_vpc.this.cidr_block_associations : association.cidr_block]
  clients   = length(var.allowed_cidrs) > 0 ? var.allowed_cidrs : var.public ? ["0.0.0.0/0"] : local.vpc_cidrs
}

resource "aws_lb" "this" {
  name               = var.name
  load_balancer_type = "application"
  internal           = !var.public
  subnets            = var.subnet_ids
  security_groups    = [aws_security_group.this.id]
  idle_timeout       = var.idle_timeout_seconds
  tags               = local.tags

  enable_deletion_protection = var.deletion_protection
  # Headers that no browser sends are how requests are smuggled past a proxy.
  drop_invalid_header_fields = true

  dynamic "access_logs" {
    for_each = var.access_log_bucket == null ? [] : [var.access_log_bucket]

    content {
      enabled = true
      bucket  = access_logs.value
      prefix  = var.name
    }
  }

  lifecycle {
    precondition {
      condition     = length(var.subnet_ids) >= 2
      error_message = "A load balancer needs subnets of two or more zones."
    }
  }
}

# Port and type are in the name, so that a group with others can be there before the old one goes.
resource "aws_lb_target_group" "this" {
  name        = "${var.name}-${substr(var.target_type, 0, 2)}-${var.target_port}"
  vpc_id      = data.aws_vpc.this.id
  target_type = var.target_type
  port        = var.target_port
  protocol    = "HTTP"
  tags        = local.tags

  deregistration_delay = 30

  health_check {
    path    = var.health_check_path
    matcher = "200-399"
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.this.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = var.certificate_arn
  tags              = local.tags

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this.arn
  }
}

resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.this.arn
  port              = 80
  protocol          = "HTTP"
  tags              = local.tags

  default_action {
    type = "redirect"

    redirect {
      protocol    = "HTTPS"
      port        = "443"
      status_code = "HTTP_301"
    }
  }
}
