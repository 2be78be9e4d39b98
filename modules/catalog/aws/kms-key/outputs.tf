output "arn" {
  description = "ARN of the key, for policies and for what it encrypts."
  value       = aws_kms_key.this.arn
}

output "id" {
  description = "ID of the key."
  value       = aws_kms_key.this.key_id
}

output "alias" {
  description = "Alias of the key, with alias/ before its name."
  value       = aws_kms_alias.this.name
}

output "alias_arn" {
  description = "ARN of the alias."
  value       = aws_kms_alias.this.arn
}
