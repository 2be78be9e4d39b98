output "name" {
  description = "Name of the database instance."
  value       = aws_db_instance.this.identifier
}

output "arn" {
  description = "ARN of the database instance, for policies."
  value       = aws_db_instance.this.arn
}

output "resource_id" {
  description = "Id that never changes, for policies that let somebody log in with IAM."
  value       = aws_db_instance.this.resource_id
}

output "address" {
  description = "Host name that clients connect to."
  value       = aws_db_instance.this.address
}

output "port" {
  description = "Port that clients connect to."
  value       = aws_db_instance.this.port
}

output "database_name" {
  description = "Name of the first database."
  value       = aws_db_instance.this.db_name
}

output "username" {
  description = "Name of the master user."
  value       = aws_db_instance.this.username
}

output "secret_arn" {
  description = "ARN of the secret that holds the master password."
  value       = one(aws_db_instance.this.master_user_secret[*].secret_arn)
}

output "security_group_id" {
  description = "Id of the database's own security group."
  value       = aws_security_group.this.id
}
