output "name" {
  description = "Name of the stream, which writers and readers use."
  value       = aws_kinesis_stream.this.name
}

output "arn" {
  description = "ARN of the stream, for policies and events."
  value       = aws_kinesis_stream.this.arn
}

output "consumer_arns" {
  description = "ARNs of the consumers with a throughput of their own, by name."
  value       = { for name, consumer in aws_kinesis_stream_consumer.this : name => consumer.arn }
}
