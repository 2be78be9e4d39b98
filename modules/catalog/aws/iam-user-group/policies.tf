# The group's own policies by name, each a list of statements.
locals {
  permissions = concat(
    length(var.actions) + length(var.resources) == 0 ? [] : [{ actions = var.actions, resources = var.resources }],
    var.more_permissions,
  )

  # AWS puts each member's own name here.
  myself = ["arn:${local.partition}:iam::*:user/$${aws:username}", "arn:${local.partition}:iam::*:user/*/$${aws:username}"]
  my_mfa = ["arn:${local.partition}:iam::*:mfa/*"]

  documents = merge(
    { for permissions in length(local.permissions) == 0 ? [] : [local.permissions] : "permissions" => [
      for permission in permissions : {
        Effect   = "Allow"
        Action   = permission.actions
        Resource = permission.resources
      }
    ] },
    { for statements in var.self_service ? [local.self_service] : [] : "self-service" => statements },
    { for statements in var.require_mfa ? [local.require_mfa] : [] : "require-mfa" => statements },
  )

  self_service = [
    {
      Sid      = "Look"
      Effect   = "Allow"
      Action   = ["iam:GetAccountPasswordPolicy", "iam:ListVirtualMFADevices"]
      Resource = ["*"]
    },
    {
      Sid    = "Myself"
      Effect = "Allow"
      Action = [
        "iam:ChangePassword",
        "iam:DeactivateMFADevice",
        "iam:EnableMFADevice",
        "iam:GetMFADevice",
        "iam:GetUser",
        "iam:ListMFADevices",
        "iam:ResyncMFADevice",
      ]
      Resource = local.myself
    },
    {
      Sid      = "MyDevice"
      Effect   = "Allow"
      Action   = ["iam:CreateVirtualMFADevice"]
      Resource = local.my_mfa
    },
  ]

  # What it takes to set up a second factor has to work without one. Taking one away does not.
  require_mfa = [
    {
      Sid    = "OnlyWithMfa"
      Effect = "Deny"
      NotAction = [
        "iam:ChangePassword",
        "iam:CreateVirtualMFADevice",
        "iam:EnableMFADevice",
        "iam:GetAccountPasswordPolicy",
        "iam:GetMFADevice",
        "iam:GetUser",
        "iam:ListMFADevices",
        "iam:ListVirtualMFADevices",
        "iam:ResyncMFADevice",
        "sts:GetSessionToken",
      ]
      Resource  = ["*"]
      Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" } }
    },
  ]
}
