output "id" {
  description = "ID of the API."
  value       = aws_apigatewayv2_api.this.id
}

output "arn" {
  description = "ARN by which policies let callers in that sign with IAM; behind it come stage, method and path."
  value       = aws_apigatewayv2_api.this.execution_arn
}

output "url" {
  description = "Address of the API."
  value       = var.domain_name == null ? aws_apigatewayv2_api.this.api_endpoint : "https://${var.domain_name}"
}

output "domain_target" {
  description = "Host name that the DNS record of domain_name points to; null without one."
  value       = one(aws_apigatewayv2_domain_name.this[*].domain_name_configuration[0].target_domain_name)
}

output "domain_zone_id" {
  description = "Hosted zone of domain_target, for an alias record; null without domain_name."
  value       = one(aws_apigatewayv2_domain_name.this[*].domain_name_configuration[0].hosted_zone_id)
}

output "log_group_name" {
  description = "Name of the log group with the access log."
  value       = aws_cloudwatch_log_group.this.name
}
