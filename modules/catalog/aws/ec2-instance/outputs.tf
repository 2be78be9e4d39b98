output "id" {
  description = "ID of the instance, for aws ssm start-session --target."
  value       = aws_instance.this.id
}

output "arn" {
  description = "ARN of the instance, for policies."
  value       = aws_instance.this.arn
}

output "private_ip" {
  description = "Address of the instance in the VPC."
  value       = aws_instance.this.private_ip
}

output "public_ip" {
  description = "Public address of the instance; empty without one."
  value       = aws_instance.this.public_ip
}

output "role_arn" {
  description = "ARN of the role that the instance has."
  value       = aws_iam_role.this.arn
}

output "role_name" {
  description = "Name of the role that the instance has, for further policies."
  value       = aws_iam_role.this.name
}

output "security_group_id" {
  description = "ID of the instance's own security group; null when others were given."
  value       = one(aws_security_group.this[*].id)
}

output "data_volume_id" {
  description = "ID of the data volume; null without one."
  value       = one(aws_ebs_volume.data[*].id)
}
