# Who reaches the instance, and what it may do: people come by SSM Session Manager, so no port is open and no key exists.

resource "aws_security_group" "this" {
  count = length(var.security_group_ids) == 0 ? 1 : 0

  name        = var.name
  description = "Traffic of ${var.name}"
  vpc_id      = data.aws_subnet.this.vpc_id
  tags        = merge(local.tags, { Name = var.name })

  # AWS refuses to delete a group that the instance still has.
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_egress_rule" "this" {
  count = length(var.security_group_ids) == 0 ? 1 : 0

  security_group_id = aws_security_group.this[0].id
  description       = "Everything out"
  ip_protocol       = "-1"
  cidr_ipv4         = "0.0.0.0/0"
  tags              = local.tags
}

# Roles are known in all regions; the region in its name lets an instance of the same name live in another one.
resource "aws_iam_role" "this" {
  name = "${var.name}-instance-${data.aws_region.current.name}"
  tags = local.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Principal = { Service = "ec2.amazonaws.com" }
        Action    = "sts:AssumeRole"
      },
    ]
  })
}

# What AmazonSSMManagedInstanceCore allows, without its right to read every parameter of the account.
resource "aws_iam_role_policy" "ssm" {
  name = "session-manager"
  role = aws_iam_role.this.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect = "Allow"
        Action = [
          "ec2messages:AcknowledgeMessage",
          "ec2messages:DeleteMessage",
          "ec2messages:FailMessage",
          "ec2messages:GetEndpoint",
          "ec2messages:GetMessages",
          "ec2messages:SendReply",
          "ssm:DescribeAssociation",
          "ssm:DescribeDocument",
          "ssm:GetDeployablePatchSnapshotForInstance",
          "ssm:GetDocument",
          "ssm:GetManifest",
          "ssm:ListAssociations",
          "ssm:ListInstanceAssociations",
          "ssm:PutComplianceItems",
          "ssm:PutConfigurePackageResult",
          "ssm:PutInventory",
          "ssm:UpdateAssociationStatus",
          "ssm:UpdateInstanceAssociationStatus",
          "ssm:UpdateInstanceInformation",
          "ssmmessages:CreateControlChannel",
          "ssmmessages:CreateDataChannel",
          "ssmmessages:OpenControlChannel",
          "ssmmessages:OpenDataChannel",
        ]
        # None of these knows a narrower resource that is known before the instance is.
        Resource = "*"
      },
    ]
  })
}

# Counted, so that a policy may be made together with the instance.
resource "aws_iam_role_policy_attachment" "this" {
  count = length(var.policy_arns)

  role       = aws_iam_role.this.name
  policy_arn = var.policy_arns[count.index]
}

resource "aws_iam_instance_profile" "this" {
  name = aws_iam_role.this.name
  role = aws_iam_role.this.name
  tags = local.tags

  lifecycle {
    create_before_destroy = true
  }
}
