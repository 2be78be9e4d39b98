locals {
  tags = merge(var.tags, { Owner = var.owner, Name = var.name })
}

resource "aws_efs_file_system" "this" {
  creation_token = var.name
  encrypted      = true
  kms_key_id     = var.kms_key_arn
  tags           = local.tags

  throughput_mode = var.throughput_mode

  dynamic "lifecycle_policy" {
    for_each = var.infrequent_after_days == null ? [] : [var.infrequent_after_days]

    content {
      transition_to_ia = lifecycle_policy.value == 1 ? "AFTER_1_DAY" : "AFTER_${lifecycle_policy.value}_DAYS"
    }
  }

  # EFS takes one transition a block.
  dynamic "lifecycle_policy" {
    for_each = var.infrequent_after_days == null ? [] : ["AFTER_1_ACCESS"]

    content {
      transition_to_primary_storage_class = lifecycle_policy.value
    }
  }
}

resource "aws_efs_backup_policy" "this" {
  count = var.backups ? 1 : 0

  file_system_id = aws_efs_file_system.this.id

  backup_policy {
    status = "ENABLED"
  }
}

# Clients are let in by the network, as without a policy; only those without TLS are not.
resource "aws_efs_file_system_policy" "this" {
  file_system_id = aws_efs_file_system.this.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "MountTargets"
        Effect    = "Allow"
        Principal = { AWS = "*" }
        Action = concat(
          ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
          var.root_access ? ["elasticfilesystem:ClientRootAccess"] : [],
        )
        Resource  = aws_efs_file_system.this.arn
        Condition = { Bool = { "elasticfilesystem:AccessedViaMountTarget" = "true" } }
      },
      {
        Sid       = "DenyWithoutTls"
        Effect    = "Deny"
        Principal = { AWS = "*" }
        Action    = "*"
        Resource  = aws_efs_file_system.this.arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })
}

resource "aws_efs_access_point" "this" {
  count = var.access_point_path == null ? 0 : 1

  file_system_id = aws_efs_file_system.this.id
  tags           = local.tags

  posix_user {
    uid = var.access_point_uid
    gid = var.access_point_uid
  }

  root_directory {
    path = var.access_point_path

    creation_info {
      owner_uid   = var.access_point_uid
      owner_gid   = var.access_point_uid
      permissions = "0750"
    }
  }
}
