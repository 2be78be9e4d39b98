output "name" {
  description = "Full name of the secret, with its path."
  value       = aws_secretsmanager_secret.this.name
}

output "arn" {
  description = "ARN of the secret, for policies and for those that read it."
  value       = aws_secretsmanager_secret.this.arn
}
