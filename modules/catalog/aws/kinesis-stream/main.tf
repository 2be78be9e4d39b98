locals {
  tags = merge(var.tags, { Owner = var.owner })
}

resource "aws_kinesis_stream" "this" {
  name             = var.name
  shard_count      = var.shard_count
  retention_period = var.retention_hours
  tags             = local.tags

  encryption_type = "KMS"
  kms_key_id      = var.kms_key_arn == null ? "alias/aws/kinesis" : var.kms_key_arn

  shard_level_metrics = var.shard_metrics ? [
    "IncomingBytes",
    "IncomingRecords",
    "IteratorAgeMilliseconds",
    "OutgoingBytes",
    "OutgoingRecords",
    "ReadProvisionedThroughputExceeded",
    "WriteProvisionedThroughputExceeded",
  ] : []

  # Consumers that somebody else registered keep the stream from being deleted.
  enforce_consumer_deletion = false

  stream_mode_details {
    stream_mode = var.shard_count == null ? "ON_DEMAND" : "PROVISIONED"
  }
}

resource "aws_kinesis_stream_consumer" "this" {
  for_each = toset(var.consumers)

  name       = each.value
  stream_arn = aws_kinesis_stream.this.arn
}
