output "name" {
  description = "Name of the group."
  value       = aws_autoscaling_group.this.name
}

output "arn" {
  description = "ARN of the group, for policies."
  value       = aws_autoscaling_group.this.arn
}

output "launch_template_id" {
  description = "ID of the template that instances are made from."
  value       = aws_launch_template.this.id
}

output "role_arn" {
  description = "ARN of the role that the instances have."
  value       = aws_iam_role.this.arn
}

output "role_name" {
  description = "Name of the role that the instances have, for further policies."
  value       = aws_iam_role.this.name
}

output "security_group_id" {
  description = "ID of the instances' own security group; null when others were given."
  value       = one(aws_security_group.this[*].id)
}
