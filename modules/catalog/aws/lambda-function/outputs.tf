output "name" {
  description = "Name of the function."
  value       = aws_lambda_function.this.function_name
}

output "arn" {
  description = "ARN of the function, for policies, events and callers."
  value       = aws_lambda_function.this.arn
}

output "invoke_arn" {
  description = "ARN by which API Gateway calls the function."
  value       = aws_lambda_function.this.invoke_arn
}

output "role_arn" {
  description = "ARN of the role that the code runs with."
  value       = aws_iam_role.this.arn
}

output "role_name" {
  description = "Name of the role that the code runs with, to attach policies to."
  value       = aws_iam_role.this.name
}

output "log_group_name" {
  description = "Name of the log group that the code writes to."
  value       = aws_cloudwatch_log_group.this.name
}
