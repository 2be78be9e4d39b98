output "name" {
  description = "Name of the queue, with its suffix."
  value       = aws_sqs_queue.this.name
}

output "arn" {
  description = "ARN of the queue, for policies."
  value       = aws_sqs_queue.this.arn
}

output "url" {
  description = "URL that producers and consumers use."
  value       = aws_sqs_queue.this.url
}

output "dead_letter_arn" {
  description = "ARN of the dead letter queue; null without one."
  value       = one(aws_sqs_queue.dead[*].arn)
}

output "dead_letter_url" {
  description = "URL of the dead letter queue; null without one."
  value       = one(aws_sqs_queue.dead[*].url)
}
