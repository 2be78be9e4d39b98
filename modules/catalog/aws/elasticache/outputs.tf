output "name" {
  description = "Name of the cache."
  value       = aws_elasticache_replication_group.this.id
}

output "arn" {
  description = "ARN of the cache, for policies."
  value       = aws_elasticache_replication_group.this.arn
}

output "endpoint" {
  description = "Host name that clients connect to with TLS, for reading and writing."
  value       = var.shards > 1 ? aws_elasticache_replication_group.this.configuration_endpoint_address : aws_elasticache_replication_group.this.primary_endpoint_address
}

output "reader_endpoint" {
  description = "Host name that spreads reading over the replicas; null with more than one shard."
  value       = var.shards > 1 ? null : aws_elasticache_replication_group.this.reader_endpoint_address
}

output "port" {
  description = "Port that clients connect to."
  value       = aws_elasticache_replication_group.this.port
}

output "security_group_id" {
  description = "Id of the cache's own security group."
  value       = aws_security_group.this.id
}
