output "name" {
  description = "Full name of the parameter, with its path."
  value       = aws_ssm_parameter.this.name
}

output "arn" {
  description = "ARN of the parameter, for policies."
  value       = aws_ssm_parameter.this.arn
}

output "version" {
  description = "Version of the parameter; it grows with every change of the value."
  value       = aws_ssm_parameter.this.version
}
