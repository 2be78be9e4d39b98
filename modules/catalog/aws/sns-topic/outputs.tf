output "name" {
  description = "Name of the topic, with its suffix."
  value       = aws_sns_topic.this.name
}

output "arn" {
  description = "ARN of the topic, which publishers use and policies name."
  value       = aws_sns_topic.this.arn
}
