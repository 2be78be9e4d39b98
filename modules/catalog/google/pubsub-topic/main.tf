locals {
  # Labels take lower case only.
  labels = merge(var.labels, { owner = replace(lower(var.owner), "/[ .]/", "-") })
}

resource "google_pubsub_topic" "this" {
  name         = var.name
  project      = var.project
  kms_key_name = var.kms_key
  labels       = local.labels

  message_retention_duration = "${var.retention_days * 86400}s"

  dynamic "message_storage_policy" {
    for_each = length(var.regions) == 0 ? [] : [var.regions]

    content {
      allowed_persistence_regions = message_storage_policy.value
    }
  }
}

resource "google_pubsub_subscription" "this" {
  for_each = toset(var.subscriptions)

  name    = each.key
  project = var.project
  topic   = google_pubsub_topic.this.id
  labels  = local.labels

  ack_deadline_seconds       = var.ack_deadline_seconds
  enable_message_ordering    = var.ordered
  message_retention_duration = "604800s"

  # A subscription that nobody reads for a month would be deleted.
  expiration_policy {
    ttl = ""
  }

  retry_policy {
    minimum_backoff = "10s"
    maximum_backoff = "600s"
  }
}
