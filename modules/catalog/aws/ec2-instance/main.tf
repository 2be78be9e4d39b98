data "aws_region" "current" {}

data "aws_subnet" "this" {
  id = var.subnet_id
}

data "aws_ssm_parameter" "image" {
  count = var.ami_id == null ? 1 : 0

  name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-${local.arm ? "arm64" : "x86_64"}"
}

locals {
  tags = merge(var.tags, { Owner = var.owner })

  # A g behind the generation stands for Graviton, as in t4g or m7gd; a1 was the first.
  arm = can(regex("^([a-z]+[0-9]+g[a-z]*|a1)\\.", var.instance_type))
}

# Changes when another image is asked for, and not when Amazon publishes one.
resource "terraform_data" "image" {
  input = var.ami_id
}

resource "aws_instance" "this" {
  ami                         = var.ami_id == null ? data.aws_ssm_parameter.image[0].insecure_value : var.ami_id
  instance_type               = var.instance_type
  subnet_id                   = var.subnet_id
  vpc_security_group_ids      = length(var.security_group_ids) == 0 ? [aws_security_group.this[0].id] : var.security_group_ids
  associate_public_ip_address = var.public_ip
  iam_instance_profile        = aws_iam_instance_profile.this.name
  user_data                   = var.user_data
  user_data_replace_on_change = true
  monitoring                  = var.detailed_monitoring
  disable_api_termination     = var.termination_protection
  tags                        = merge(local.tags, { Name = var.name })

  # IMDSv2 only, and not from containers on the instance.
  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  root_block_device {
    volume_type = "gp3"
    volume_size = var.root_volume_gib
    encrypted   = true
    kms_key_id  = var.kms_key_arn
    tags        = merge(local.tags, { Name = "${var.name}-root" })
  }

  lifecycle {
    ignore_changes       = [ami]
    replace_triggered_by = [terraform_data.image]
  }
}

resource "aws_ebs_volume" "data" {
  count = var.data_volume_gib == null ? 0 : 1

  availability_zone = data.aws_subnet.this.availability_zone
  type              = "gp3"
  size              = var.data_volume_gib
  encrypted         = true
  kms_key_id        = var.kms_key_arn
  tags              = merge(local.tags, { Name = "${var.name}-data" })
}

# A mounted volume cannot be taken away cleanly while the instance runs.
resource "aws_volume_attachment" "data" {
  count = var.data_volume_gib == null ? 0 : 1

  device_name                    = "/dev/sdf"
  instance_id                    = aws_instance.this.id
  volume_id                      = aws_ebs_volume.data[0].id
  stop_instance_before_detaching = true
}
