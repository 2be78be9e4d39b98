data "aws_partition" "current" {}

locals {
  partition = data.aws_partition.current.partition

  policy_arns = {
    for policy in var.managed_policies : policy => startswith(policy, "arn:") ? policy : "arn:${local.partition}:iam::aws:policy/${policy}"
  }
}

# A group carries no tags; its policies do.
resource "aws_iam_group" "this" {
  name = var.name
}

resource "aws_iam_group_membership" "this" {
  count = length(var.members) == 0 ? 0 : 1

  name  = var.name
  group = aws_iam_group.this.name
  users = var.members
}

resource "aws_iam_group_policy_attachment" "managed" {
  for_each = local.policy_arns

  group      = aws_iam_group.this.name
  policy_arn = each.value
}

resource "aws_iam_policy" "own" {
  for_each = local.documents

  name        = "${var.name}-${each.key}"
  description = "Of the group ${var.name}"
  tags        = merge(var.tags, { Owner = var.owner })

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = each.value
  })

  lifecycle {
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

resource "aws_iam_group_policy_attachment" "own" {
  for_each = aws_iam_policy.own

  group      = aws_iam_group.this.name
  policy_arn = each.value.arn
}
