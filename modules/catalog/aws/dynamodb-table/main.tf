data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

locals {
  tags = merge(var.tags, { Owner = var.owner })

  # Put together here, the ARN is known before the table exists, so the policy can be read in the plan instead of being
  # "known after apply".
  arn = "arn:${data.aws_partition.current.partition}:dynamodb:${data.aws_region.current.name}:${data.aws_caller_identity.current.account_id}:table/${var.name}"

  # "customer/created_at" is the index "by-customer-created_at".
  indexes = {
    for index in var.indexes : "by-${replace(index, "/", "-")}" => split("/", index)
  }
  keys = distinct(compact(concat([var.partition_key, var.sort_key], flatten(values(local.indexes)))))

  # Provisioned as soon as one number is given; it counts for the other as well.
  provisioned    = var.read_capacity != null || var.write_capacity != null
  read_capacity  = local.provisioned ? coalesce(var.read_capacity, var.write_capacity) : null
  write_capacity = local.provisioned ? coalesce(var.write_capacity, var.read_capacity) : null
}

resource "aws_dynamodb_table" "this" {
  name                        = var.name
  deletion_protection_enabled = var.deletion_protection
  tags                        = local.tags

  billing_mode   = local.provisioned ? "PROVISIONED" : "PAY_PER_REQUEST"
  read_capacity  = local.read_capacity
  write_capacity = local.write_capacity

  hash_key  = var.partition_key
  range_key = var.sort_key

  stream_enabled   = var.stream
  stream_view_type = var.stream ? "NEW_AND_OLD_IMAGES" : null

  dynamic "attribute" {
    for_each = toset(local.keys)

    content {
      name = attribute.value
      type = contains(var.number_keys, attribute.value) ? "N" : "S"
    }
  }

  dynamic "global_secondary_index" {
    for_each = local.indexes

    content {
      name            = global_secondary_index.key
      hash_key        = global_secondary_index.value[0]
      range_key       = try(global_secondary_index.value[1], null)
      projection_type = "ALL"
      read_capacity   = local.read_capacity
      write_capacity  = local.write_capacity
    }
  }

  dynamic "ttl" {
    for_each = var.ttl_attribute == null ? [] : [var.ttl_attribute]

    content {
      enabled        = true
      attribute_name = ttl.value
    }
  }

  point_in_time_recovery {
    enabled = var.point_in_time_recovery
  }

  # Off means encrypted with a key of DynamoDB's own: no table is without encryption.
  server_side_encryption {
    enabled     = var.kms_key_arn != null
    kms_key_arn = var.kms_key_arn
  }

  lifecycle {
    precondition {
      condition     = alltrue([for key in var.number_keys : contains(local.keys, key)])
      error_message = "number_keys names only keys of the table and of its indexes; other attributes need no type."
    }
  }
}

resource "aws_dynamodb_resource_policy" "this" {
  resource_arn = aws_dynamodb_table.this.arn

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "DenyWithoutTls"
        Effect    = "Deny"
        Principal = "*"
        Action    = "dynamodb:*"
        Resource  = [local.arn, "${local.arn}/index/*"]
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })
}
