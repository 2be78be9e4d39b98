locals {
  # Labels take lower case only.
  labels = merge(var.labels, { owner = replace(lower(var.owner), "/[ .]/", "-") })
}

resource "google_sql_database_instance" "this" {
  name                = var.name
  project             = var.project
  region              = var.region
  database_version    = "POSTGRES_${var.engine_version}"
  encryption_key_name = var.kms_key

  # For Terraform here, and for everybody else below.
  deletion_protection = var.deletion_protection

  settings {
    edition                     = "ENTERPRISE"
    tier                        = var.tier
    availability_type           = var.high_availability ? "REGIONAL" : "ZONAL"
    deletion_protection_enabled = var.deletion_protection
    user_labels                 = local.labels

    disk_type             = "PD_SSD"
    disk_size             = var.storage_gib
    disk_autoresize       = true
    disk_autoresize_limit = var.max_storage_gib

    ip_configuration {
      ipv4_enabled    = false
      private_network = var.network
      ssl_mode        = "ENCRYPTED_ONLY"
    }

    backup_configuration {
      enabled                        = true
      point_in_time_recovery_enabled = true
      transaction_log_retention_days = 7

      backup_retention_settings {
        retained_backups = var.backup_retention
        retention_unit   = "COUNT"
      }
    }

    database_flags {
      name  = "cloudsql.iam_authentication"
      value = "on"
    }

    insights_config {
      query_insights_enabled = true
    }
  }

  lifecycle {
    # The storage has grown by itself: to set it back would make a new instance.
    ignore_changes = [settings[0].disk_size]
  }
}

resource "google_sql_database" "this" {
  name     = var.database_name == null ? replace(var.name, "-", "_") : var.database_name
  project  = google_sql_database_instance.this.project
  instance = google_sql_database_instance.this.name
}

# A service account logs in without the end of its address.
resource "google_sql_user" "this" {
  for_each = toset(var.iam_users)

  name     = trimsuffix(each.key, ".gserviceaccount.com")
  project  = google_sql_database_instance.this.project
  instance = google_sql_database_instance.this.name
  type     = endswith(each.key, ".gserviceaccount.com") ? "CLOUD_IAM_SERVICE_ACCOUNT" : "CLOUD_IAM_USER"
}
