terraform {
  required_providers {
    aws = { source = "hashicorp/aws", version = "5.100.0" }
  }
}

provider "aws" {
  region                      = "eu-central-1"
  access_key                  = "mock-access"
  secret_key                  = "mock-secret-literal"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
  skip_region_validation      = true
}

# Known after apply only.
resource "terraform_data" "late" {
  input = "late"
}

locals {
  balancer    = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/x/1"
  target      = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/x/1"
  certificate = "arn:aws:acm:eu-central-1:123456789012:certificate/1"
}

resource "aws_lb_listener" "good" {
  load_balancer_arn = local.balancer
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = local.certificate
  default_action {
    type             = "forward"
    target_group_arn = local.target
  }
}

resource "aws_lb_listener" "redirect" {
  load_balancer_arn = local.balancer
  port              = 80
  protocol          = "HTTP"
  default_action {
    type = "redirect"
    redirect {
      protocol    = "HTTPS"
      status_code = "HTTP_301"
    }
  }
}

# HTTP unless it is said otherwise.
resource "aws_lb_listener" "bad" {
  load_balancer_arn = local.balancer
  port              = 8080
  default_action {
    type             = "forward"
    target_group_arn = local.target
  }
}

resource "aws_lb_listener" "old" {
  load_balancer_arn = local.balancer
  port              = 8443
  protocol          = "HTTPS"
  certificate_arn   = local.certificate
  default_action {
    type             = "forward"
    target_group_arn = local.target
  }
}

resource "aws_lb_listener" "late" {
  load_balancer_arn = local.balancer
  port              = 9443
  protocol          = "HTTPS"
  ssl_policy        = terraform_data.late.output
  certificate_arn   = local.certificate
  default_action {
    type             = "forward"
    target_group_arn = local.target
  }
}
