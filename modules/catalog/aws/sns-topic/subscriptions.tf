resource "aws_sns_topic_subscription" "email" {
  for_each = toset(var.email_subscribers)

  topic_arn = aws_sns_topic.this.arn
  protocol  = "email"
  endpoint  = each.value
}

resource "aws_sns_topic_subscription" "https" {
  for_each = toset(var.https_endpoints)

  topic_arn            = aws_sns_topic.this.arn
  protocol             = "https"
  endpoint             = each.value
  raw_message_delivery = var.raw_messages
}

# By their place in the list: ARNs may be known only after the queues and functions exist, and keys must be known before.
resource "aws_sns_topic_subscription" "queue" {
  count = length(var.queue_arns)

  topic_arn            = aws_sns_topic.this.arn
  protocol             = "sqs"
  endpoint             = var.queue_arns[count.index]
  raw_message_delivery = var.raw_messages
}

resource "aws_sns_topic_subscription" "function" {
  count = length(var.lambda_arns)

  topic_arn = aws_sns_topic.this.arn
  protocol  = "lambda"
  endpoint  = var.lambda_arns[count.index]

  depends_on = [aws_lambda_permission.this]
}

resource "aws_lambda_permission" "this" {
  count = length(var.lambda_arns)

  statement_id  = "topic-${var.name}"
  action        = "lambda:InvokeFunction"
  function_name = var.lambda_arns[count.index]
  principal     = "sns.amazonaws.com"
  source_arn    = local.arn
}
