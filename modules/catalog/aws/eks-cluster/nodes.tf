locals {
  # A g behind the generation stands for Graviton, as in t4g or m7gd; a1 was the first.
  arm  = can(regex("^([a-z]+[0-9]+g[a-z]*|a1)\\.", var.instance_type))
  gpu  = can(regex("^(g|gr|p)[0-9]", var.instance_type))
  chip = can(regex("^(inf|trn)[0-9]", var.instance_type))

  image = (
    local.arm ? (local.gpu ? "AL2023_ARM_64_NVIDIA" : "AL2023_ARM_64_STANDARD") :
    local.gpu ? "AL2023_x86_64_NVIDIA" : local.chip ? "AL2023_x86_64_NEURON" : "AL2023_x86_64_STANDARD"
  )
}

resource "aws_launch_template" "nodes" {
  name                   = "${var.name}-nodes"
  update_default_version = true
  tags                   = local.tags

  # IMDSv2 only, and not from pods: they have roles of their own by EKS Pod Identity.
  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  block_device_mappings {
    device_name = "/dev/xvda"

    ebs {
      volume_type           = "gp3"
      volume_size           = var.node_disk_gib
      encrypted             = true
      delete_on_termination = true
    }
  }

  dynamic "tag_specifications" {
    for_each = ["instance", "volume"]

    content {
      resource_type = tag_specifications.value
      tags          = merge(local.tags, { Name = "${var.name}-node" })
    }
  }
}

resource "aws_eks_node_group" "this" {
  cluster_name           = aws_eks_cluster.this.name
  version                = aws_eks_cluster.this.version
  node_group_name_prefix = "${var.name}-"
  node_role_arn          = aws_iam_role.node.arn
  subnet_ids             = var.subnet_ids
  ami_type               = local.image
  instance_types         = [var.instance_type]
  capacity_type          = var.spot ? "SPOT" : "ON_DEMAND"
  tags                   = local.tags

  launch_template {
    id      = aws_launch_template.nodes.id
    version = aws_launch_template.nodes.latest_version
  }

  scaling_config {
    min_size     = var.nodes
    desired_size = var.nodes
    max_size     = var.nodes
  }

  update_config {
    max_unavailable = 1
  }

  # Pods need somewhere to go before their nodes do.
  lifecycle {
    create_before_destroy = true
  }

  # Without its rights a node cannot join.
  depends_on = [aws_iam_role_policy_attachment.node]
}
