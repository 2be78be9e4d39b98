locals {
  # Labels take lower case only.
  labels = merge(var.labels, { owner = replace(lower(var.owner), "/[ .]/", "-") })
}

resource "google_storage_bucket" "this" {
  name          = var.name
  project       = var.project
  location      = var.region
  storage_class = var.storage_class
  force_destroy = var.force_destroy
  labels        = local.labels

  # No ACLs at all: access is decided by IAM alone.
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"

  versioning {
    enabled = var.versioning
  }

  dynamic "encryption" {
    for_each = var.kms_key == null ? [] : [var.kms_key]

    content {
      default_kms_key_name = encryption.value
    }
  }

  dynamic "logging" {
    for_each = var.access_log_bucket == null ? [] : [var.access_log_bucket]

    content {
      log_bucket        = logging.value
      log_object_prefix = var.name
    }
  }

  lifecycle_rule {
    action {
      type = "AbortIncompleteMultipartUpload"
    }

    condition {
      age = 7
    }
  }

  dynamic "lifecycle_rule" {
    for_each = var.expire_after_days == null ? [] : [var.expire_after_days]

    content {
      action {
        type = "Delete"
      }

      condition {
        age        = lifecycle_rule.value
        with_state = "LIVE"
      }
    }
  }

  dynamic "lifecycle_rule" {
    for_each = var.archive_after_days == null ? [] : [var.archive_after_days]

    content {
      action {
        type          = "SetStorageClass"
        storage_class = "ARCHIVE"
      }

      condition {
        age = lifecycle_rule.value
      }
    }
  }

  dynamic "lifecycle_rule" {
    for_each = var.keep_old_versions_days == null ? [] : [var.keep_old_versions_days]

    content {
      action {
        type = "Delete"
      }

      condition {
        days_since_noncurrent_time = lifecycle_rule.value
        with_state                 = "ARCHIVED"
      }
    }
  }
}
