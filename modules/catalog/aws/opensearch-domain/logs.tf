resource "aws_cloudwatch_log_group" "this" {
  for_each = { ES_APPLICATION_LOGS = "application", AUDIT_LOGS = "audit" }

  name              = "/aws/opensearch/${var.name}/${each.value}"
  retention_in_days = 30
  tags              = local.tags
}

# OpenSearch writes its logs by itself, and has to be let.
resource "aws_cloudwatch_log_resource_policy" "this" {
  policy_name = "opensearch-${var.name}"

  policy_document = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "WriteLogs"
        Effect    = "Allow"
        Principal = { Service = "es.amazonaws.com" }
        Action    = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource  = [for group in aws_cloudwatch_log_group.this : "${group.arn}:*"]
        Condition = {
          StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.current.account_id }
          ArnLike      = { "aws:SourceArn" = local.arn }
        }
      },
    ]
  })
}
