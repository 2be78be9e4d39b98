output "name" {
  description = "Name of the repository."
  value       = aws_ecr_repository.this.name
}

output "arn" {
  description = "ARN of the repository, for policies."
  value       = aws_ecr_repository.this.arn
}

output "url" {
  description = "URL to push to and pull from; an image is this and its tag."
  value       = aws_ecr_repository.this.repository_url
}
