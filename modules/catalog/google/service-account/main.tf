locals {
  # Service accounts carry no labels.
  description = var.purpose == null ? "Owner: ${var.owner}" : "${var.purpose} (owner: ${var.owner})"
}

resource "google_service_account" "this" {
  account_id   = var.name
  project      = var.project
  display_name = var.name
  description  = local.description
  disabled     = var.disabled
}

# One role each: what others gave the account stays.
resource "google_project_iam_member" "this" {
  for_each = toset(var.roles)

  project = google_service_account.this.project
  role    = each.key
  member  = google_service_account.this.member
}

resource "google_service_account_iam_member" "act" {
  for_each = toset(var.may_act_as)

  service_account_id = google_service_account.this.name
  role               = "roles/iam.serviceAccountTokenCreator"
  member             = each.key
}

resource "google_service_account_iam_member" "kubernetes" {
  for_each = toset(var.kubernetes_accounts)

  service_account_id = google_service_account.this.name
  role               = "roles/iam.workloadIdentityUser"
  member             = "serviceAccount:${google_service_account.this.project}.svc.id.goog[${each.key}]"
}
