data "aws_partition" "current" {}

resource "aws_ecr_repository" "this" {
  name                 = var.name
  image_tag_mutability = var.immutable_tags ? "IMMUTABLE" : "MUTABLE"
  force_delete         = var.force_delete
  tags                 = merge(var.tags, { Owner = var.owner })

  encryption_configuration {
    encryption_type = var.kms_key_arn == null ? "AES256" : "KMS"
    kms_key         = var.kms_key_arn
  }

  image_scanning_configuration {
    scan_on_push = var.scan_on_push
  }
}

# What has no tag is what builds left behind; nothing else is deleted unless somebody asks for it.
resource "aws_ecr_lifecycle_policy" "this" {
  repository = aws_ecr_repository.this.name

  policy = jsonencode({
    rules = concat(
      [
        {
          rulePriority = 1
          description  = "Delete images without a tag after ${var.untagged_days} days"
          selection = {
            tagStatus   = "untagged"
            countType   = "sinceImagePushed"
            countUnit   = "days"
            countNumber = var.untagged_days
          }
          action = { type = "expire" }
        },
      ],
      # ECR wants the rule for any image last.
      [
        for count in var.keep_images == null ? [] : [var.keep_images] : {
          rulePriority = 2
          description  = "Keep the last ${count} images"
          selection = {
            tagStatus   = "any"
            countType   = "imageCountMoreThan"
            countNumber = count
          }
          action = { type = "expire" }
        }
      ],
    )
  })
}

resource "aws_ecr_repository_policy" "this" {
  count = length(var.pull_account_ids) == 0 ? 0 : 1

  repository = aws_ecr_repository.this.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "PullFromOtherAccounts"
        Effect    = "Allow"
        Principal = { AWS = [for id in var.pull_account_ids : "arn:${data.aws_partition.current.partition}:iam::${id}:root"] }
        Action    = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
      },
    ]
  })
}
