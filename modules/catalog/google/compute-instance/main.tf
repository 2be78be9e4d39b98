locals {
  # Labels take lower case only.
  labels = merge(var.labels, { owner = replace(lower(var.owner), "/[ .]/", "-") })

  images = {
    debian-12             = "debian-cloud/debian-12"
    ubuntu-2204-lts       = "ubuntu-os-cloud/ubuntu-2204-lts"
    ubuntu-2404-lts-amd64 = "ubuntu-os-cloud/ubuntu-2404-lts-amd64"
    rocky-linux-9         = "rocky-linux-cloud/rocky-linux-9"
  }
}

resource "google_compute_instance" "this" {
  name                = var.name
  project             = var.project
  zone                = var.zone
  machine_type        = var.machine_type
  labels              = local.labels
  tags                = var.network_tags
  deletion_protection = var.deletion_protection

  # Another machine type needs it.
  allow_stopping_for_update = true

  boot_disk {
    kms_key_self_link = var.kms_key

    initialize_params {
      image  = local.images[var.image]
      size   = var.disk_gib
      type   = "pd-balanced"
      labels = local.labels
    }
  }

  # Without access_config there is no public address.
  network_interface {
    subnetwork = var.subnetwork
  }

  shielded_instance_config {
    enable_secure_boot          = true
    enable_vtpm                 = true
    enable_integrity_monitoring = true
  }

  dynamic "service_account" {
    for_each = var.service_account == null ? [] : [var.service_account]

    content {
      email = service_account.value
      # What it may do is decided by its roles.
      scopes = ["cloud-platform"]
    }
  }

  scheduling {
    provisioning_model          = var.spot ? "SPOT" : "STANDARD"
    preemptible                 = var.spot
    automatic_restart           = !var.spot
    instance_termination_action = var.spot ? "STOP" : null
  }

  metadata = {
    enable-oslogin         = "TRUE"
    block-project-ssh-keys = "TRUE"
  }
}
