output "name" {
  description = "Name of the domain."
  value       = aws_opensearch_domain.this.domain_name
}

output "arn" {
  description = "ARN of the domain, for policies."
  value       = aws_opensearch_domain.this.arn
}

output "endpoint" {
  description = "Host name that clients send requests to."
  value       = aws_opensearch_domain.this.endpoint
}

output "dashboard_endpoint" {
  description = "Host name and path of OpenSearch Dashboards."
  value       = aws_opensearch_domain.this.dashboard_endpoint
}

output "security_group_id" {
  description = "Id of the domain's own security group."
  value       = aws_security_group.this.id
}
