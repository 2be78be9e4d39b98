output "name" {
  description = "Name of the group."
  value       = aws_iam_group.this.name
}

output "arn" {
  description = "ARN of the group."
  value       = aws_iam_group.this.arn
}

output "id" {
  description = "Unique ID of the group."
  value       = aws_iam_group.this.unique_id
}
