data "aws_region" "current" {}

data "aws_subnet" "first" {
  id = var.subnet_ids[0]
}

# Says how the image's root volume is called.
data "aws_ami" "this" {
  count = var.ami_id == null ? 0 : 1

  filter {
    name   = "image-id"
    values = [var.ami_id]
  }
}

locals {
  tags = merge(var.tags, { Owner = var.owner })

  types = distinct(concat([var.instance_type], var.more_instance_types))
  # A g behind the generation stands for Graviton, as in t4g or m7gd; a1 was the first.
  arm = [for type in local.types : can(regex("^([a-z]+[0-9]+g[a-z]*|a1)\\.", type))]
}

resource "aws_launch_template" "this" {
  name                   = var.name
  update_default_version = true
  tags                   = local.tags

  # EC2 looks the image up when it starts an instance, so a newer one is no change here.
  image_id      = var.ami_id == null ? "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-${local.arm[0] ? "arm64" : "x86_64"}" : var.ami_id
  instance_type = var.instance_type
  user_data     = var.user_data == null ? null : base64encode(var.user_data)

  iam_instance_profile {
    name = aws_iam_instance_profile.this.name
  }

  # IMDSv2 only, and not from containers on the instance.
  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  network_interfaces {
    device_index                = 0
    associate_public_ip_address = false
    delete_on_termination       = true
    security_groups             = length(var.security_group_ids) == 0 ? [aws_security_group.this[0].id] : var.security_group_ids
  }

  block_device_mappings {
    device_name = var.ami_id == null ? "/dev/xvda" : data.aws_ami.this[0].root_device_name

    ebs {
      volume_type           = "gp3"
      volume_size           = var.root_volume_gib
      encrypted             = true
      kms_key_id            = var.kms_key_arn
      delete_on_termination = true
    }
  }

  # Instances get their tags from the group; volumes can only get them here.
  tag_specifications {
    resource_type = "volume"
    tags          = merge(local.tags, { Name = var.name })
  }

  lifecycle {
    precondition {
      condition     = length(distinct(local.arm)) == 1
      error_message = "One image starts on one kind of processor: Graviton types such as t4g or m7g, or others, but not both."
    }
  }
}

resource "aws_autoscaling_group" "this" {
  name                = var.name
  vpc_zone_identifier = var.subnet_ids
  min_size            = var.min_size
  max_size            = var.max_size
  target_group_arns   = var.target_group_arns
  enabled_metrics     = ["GroupDesiredCapacity", "GroupInServiceInstances", "GroupTerminatingInstances"]

  # An instance that runs but does not answer is replaced too, where somebody asks it.
  health_check_type         = length(var.target_group_arns) == 0 ? "EC2" : "ELB"
  health_check_grace_period = 300
  default_instance_warmup   = 120

  mixed_instances_policy {
    instances_distribution {
      on_demand_percentage_above_base_capacity = 100 - var.spot_percent
      spot_allocation_strategy                 = "price-capacity-optimized"
    }

    launch_template {
      launch_template_specification {
        launch_template_id = aws_launch_template.this.id
        version            = aws_launch_template.this.latest_version
      }

      dynamic "override" {
        for_each = local.types

        content {
          instance_type = override.value
        }
      }
    }
  }

  # A change of what instances are replaces them, some at a time.
  instance_refresh {
    strategy = "Rolling"

    preferences {
      min_healthy_percentage = 90
    }
  }

  dynamic "tag" {
    for_each = merge(local.tags, { Name = var.name })

    content {
      key                 = tag.key
      value               = tag.value
      propagate_at_launch = true
    }
  }

  lifecycle {
    precondition {
      condition     = var.max_size >= var.min_size
      error_message = "max_size is at least min_size."
    }
  }
}

resource "aws_autoscaling_policy" "cpu" {
  name                   = "cpu"
  autoscaling_group_name = aws_autoscaling_group.this.name
  policy_type            = "TargetTrackingScaling"

  target_tracking_configuration {
    target_value = var.cpu_percent

    predefined_metric_specification {
      predefined_metric_type = "ASGAverageCPUUtilization"
    }
  }
}
