variable "queue" { type = string }
resource "aws_sqs_queue" "q" {
  count = 1
  name  = var.queue
}
