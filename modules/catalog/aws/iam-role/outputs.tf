output "name" {
  description = "Name of the role."
  value       = aws_iam_role.this.name
}

output "arn" {
  description = "ARN of the role, for those that assume it and for policies."
  value       = aws_iam_role.this.arn
}

output "id" {
  description = "Unique ID of the role, as it stands in logs."
  value       = aws_iam_role.this.unique_id
}

output "instance_profile_name" {
  description = "Name of the instance profile; null unless EC2 is trusted."
  value       = one(aws_iam_instance_profile.this[*].name)
}
