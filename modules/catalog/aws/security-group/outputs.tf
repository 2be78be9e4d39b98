output "id" {
  description = "ID of the security group, for what it protects and for rules of other groups."
  value       = aws_security_group.this.id
}

output "arn" {
  description = "ARN of the security group, for policies."
  value       = aws_security_group.this.arn
}

output "name" {
  description = "Name of the security group."
  value       = aws_security_group.this.name
}
