output "name" {
  description = "Name of the cluster."
  value       = aws_rds_cluster.this.cluster_identifier
}

output "arn" {
  description = "ARN of the cluster, for policies."
  value       = aws_rds_cluster.this.arn
}

output "resource_id" {
  description = "Id that never changes, for policies that let somebody log in with IAM."
  value       = aws_rds_cluster.this.cluster_resource_id
}

output "endpoint" {
  description = "Host name of the instance that writes."
  value       = aws_rds_cluster.this.endpoint
}

output "reader_endpoint" {
  description = "Host name that spreads reading over the instances that read."
  value       = aws_rds_cluster.this.reader_endpoint
}

output "port" {
  description = "Port that clients connect to."
  value       = aws_rds_cluster.this.port
}

output "database_name" {
  description = "Name of the first database."
  value       = aws_rds_cluster.this.database_name
}

output "username" {
  description = "Name of the master user."
  value       = aws_rds_cluster.this.master_username
}

output "secret_arn" {
  description = "ARN of the secret that holds the master password."
  value       = one(aws_rds_cluster.this.master_user_secret[*].secret_arn)
}

output "security_group_id" {
  description = "Id of the cluster's own security group."
  value       = aws_security_group.this.id
}
