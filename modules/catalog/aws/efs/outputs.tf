output "id" {
  description = "Id of the file system, for mounting it."
  value       = aws_efs_file_system.this.id
}

output "arn" {
  description = "ARN of the file system, for policies."
  value       = aws_efs_file_system.this.arn
}

output "dns_name" {
  description = "Host name of the file system, known in its VPC."
  value       = aws_efs_file_system.this.dns_name
}

output "access_point_arn" {
  description = "ARN of the access point, for functions and containers; null without one."
  value       = one(aws_efs_access_point.this[*].arn)
}

output "security_group_id" {
  description = "Id of the security group of the mount targets."
  value       = aws_security_group.this.id
}
