# Who may do what with the key. In a key's policy the resource * is the key itself.
locals {
  # Without this statement a mistake in the others would make a key that nobody can ever change again.
  account_decides = [
    {
      Sid       = "Account"
      Effect    = "Allow"
      Principal = { AWS = "arn:${data.aws_partition.current.partition}:iam::${local.account}:root" }
      Action    = ["kms:*"]
      Resource  = "*"
    },
  ]

  administration = [
    for administrators in length(var.administrators) == 0 ? [] : [var.administrators] : {
      Sid       = "Administrators"
      Effect    = "Allow"
      Principal = { AWS = administrators }
      Action = [
        "kms:CancelKeyDeletion",
        "kms:CreateAlias",
        "kms:DeleteAlias",
        "kms:DescribeKey",
        "kms:DisableKey",
        "kms:DisableKeyRotation",
        "kms:EnableKey",
        "kms:EnableKeyRotation",
        "kms:GetKeyPolicy",
        "kms:GetKeyRotationStatus",
        "kms:ListAliases",
        "kms:ListGrants",
        "kms:ListKeyPolicies",
        "kms:ListKeyRotations",
        "kms:ListResourceTags",
        "kms:PutKeyPolicy",
        "kms:ReplicateKey",
        "kms:RevokeGrant",
        "kms:RotateKeyOnDemand",
        "kms:ScheduleKeyDeletion",
        "kms:TagResource",
        "kms:UntagResource",
        "kms:UpdateAlias",
        "kms:UpdateKeyDescription",
        "kms:UpdatePrimaryRegion",
      ]
      Resource = "*"
    }
  ]

  use = [
    for users in length(var.users) == 0 ? [] : [var.users] : {
      Sid       = "Users"
      Effect    = "Allow"
      Principal = { AWS = users }
      Action    = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
      Resource  = "*"
    }
  ]

  # Volumes and databases are encrypted by their service, which a user may only charge with it.
  grants = [
    for users in length(var.users) == 0 ? [] : [var.users] : {
      Sid       = "UsersGrants"
      Effect    = "Allow"
      Principal = { AWS = users }
      Action    = ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"]
      Resource  = "*"
      Condition = { Bool = { "kms:GrantIsForAWSResource" = "true" } }
    }
  ]

  service_use = [
    for service in var.services : {
      Sid    = "Service${replace(title(replace(service, "/[^a-z0-9]/", " ")), " ", "")}"
      Effect = "Allow"
      # CloudWatch Logs alone has a name in each region.
      Principal = { Service = service == "logs" ? "logs.${data.aws_region.current.name}.amazonaws.com" : "${service}.amazonaws.com" }
      Action    = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
      Resource  = "*"
      # Not every service says for which account it acts; one that does must act for this one.
      Condition = { StringEqualsIfExists = { "aws:SourceAccount" = local.account } }
    }
  ]
}
