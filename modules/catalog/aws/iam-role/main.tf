data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

locals {
  tags      = merge(var.tags, { Owner = var.owner })
  partition = data.aws_partition.current.partition
  service   = var.trusted_service == null ? null : "${trimsuffix(lower(var.trusted_service), ".amazonaws.com")}.amazonaws.com"

  permissions = concat(
    length(var.actions) == 0 ? [] : [{ actions = var.actions, resources = var.resources }],
    var.more_permissions,
  )

  # AWS keeps these under a path that people leave out.
  below_service_role = [
    "AmazonECSTaskExecutionRolePolicy",
    "AmazonEC2ContainerServiceforEC2Role",
    "AmazonRDSEnhancedMonitoringRole",
    "AmazonEBSCSIDriverPolicy",
    "AWSBatchServiceRole",
    "AWSBackupServiceRolePolicyForBackup",
    "AWSBackupServiceRolePolicyForRestores",
    "AWSCodeDeployRole",
    "AWSGlueServiceRole",
    "AWSLambdaBasicExecutionRole",
    "AWSLambdaDynamoDBExecutionRole",
    "AWSLambdaKinesisExecutionRole",
    "AWSLambdaSQSQueueExecutionRole",
    "AWSLambdaVPCAccessExecutionRole",
  ]

  policy_arns = {
    for policy in var.managed_policies : policy => (
      startswith(policy, "arn:") ? policy :
      contains(local.below_service_role, policy) ? "arn:${local.partition}:iam::aws:policy/service-role/${policy}" :
      "arn:${local.partition}:iam::aws:policy/${policy}"
    )
  }
}

resource "aws_iam_role" "this" {
  name                 = var.name
  max_session_duration = var.max_session_hours * 3600
  permissions_boundary = var.permissions_boundary_arn
  tags                 = local.tags

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = concat(local.by_service, local.by_accounts, local.by_github)
  })

  lifecycle {
    precondition {
      condition     = var.trusted_service != null || length(var.trusted_accounts) + length(var.github_repositories) > 0
      error_message = "Nobody could assume the role: give trusted_service, trusted_accounts or github_repositories."
    }

    precondition {
      condition     = var.external_id == null || length(var.trusted_accounts) > 0
      error_message = "An external ID is said by trusted accounts: give trusted_accounts, or leave it out."
    }

    precondition {
      condition     = (length(var.actions) == 0) == (length(var.resources) == 0)
      error_message = "Actions and resources go together: give both or neither."
    }

    precondition {
      condition     = !contains(var.resources, "*") || alltrue([for action in var.actions : !can(regex(":\\*+$", action))])
      error_message = "All actions of a service on all resources are refused; name the actions or the resources."
    }
  }
}

# Inline, so that the permissions live and go with the role and serve nobody else.
resource "aws_iam_role_policy" "this" {
  count = length(local.permissions) == 0 ? 0 : 1

  name = "permissions"
  role = aws_iam_role.this.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      for permission in local.permissions : {
        Effect   = "Allow"
        Action   = permission.actions
        Resource = permission.resources
      }
    ]
  })
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each = local.policy_arns

  role       = aws_iam_role.this.name
  policy_arn = each.value
}

# EC2 takes roles only inside of a profile.
resource "aws_iam_instance_profile" "this" {
  count = local.service == "ec2.amazonaws.com" ? 1 : 0

  name = aws_iam_role.this.name
  role = aws_iam_role.this.name
  tags = local.tags
}
