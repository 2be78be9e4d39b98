output "name" {
  description = "Name of the table."
  value       = aws_dynamodb_table.this.name
}

output "arn" {
  description = "ARN of the table, for policies; its indexes are below it, at /index/*."
  value       = aws_dynamodb_table.this.arn
}

output "stream_arn" {
  description = "ARN of the stream of changes; null without one."
  value       = var.stream ? aws_dynamodb_table.this.stream_arn : null
}
