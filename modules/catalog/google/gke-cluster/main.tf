locals {
  # Labels take lower case only.
  labels = merge(var.labels, { owner = replace(lower(var.owner), "/[ .]/", "-") })
}

resource "google_container_cluster" "this" {
  name            = var.name
  project         = var.project
  location        = var.region
  resource_labels = local.labels

  enable_autopilot    = true
  deletion_protection = var.deletion_protection

  network    = var.network
  subnetwork = var.subnetwork

  ip_allocation_policy {
    cluster_secondary_range_name  = var.pods_range
    services_secondary_range_name = var.services_range
  }

  private_cluster_config {
    enable_private_nodes    = true
    enable_private_endpoint = false
  }

  # An empty block lets in nobody from outside of the VPC; without it everybody could try.
  master_authorized_networks_config {
    gcp_public_cidrs_access_enabled = false

    dynamic "cidr_blocks" {
      for_each = toset(var.authorized_networks)

      content {
        cidr_block = cidr_blocks.value
      }
    }
  }

  release_channel {
    channel = var.release_channel
  }

  dynamic "cluster_autoscaling" {
    for_each = var.node_service_account == null ? [] : [var.node_service_account]

    content {
      auto_provisioning_defaults {
        service_account = cluster_autoscaling.value
        oauth_scopes    = ["https://www.googleapis.com/auth/cloud-platform"]
      }
    }
  }

  dynamic "database_encryption" {
    for_each = var.kms_key == null ? [] : [var.kms_key]

    content {
      state    = "ENCRYPTED"
      key_name = database_encryption.value
    }
  }

  security_posture_config {
    mode = "BASIC"
  }
}
