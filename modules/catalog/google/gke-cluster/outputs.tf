output "name" {
  description = "Name of the cluster."
  value       = google_container_cluster.this.name
}

output "id" {
  description = "Full name of the cluster."
  value       = google_container_cluster.this.id
}

output "endpoint" {
  description = "Address of the control plane."
  value       = google_container_cluster.this.endpoint
}

output "ca_certificate" {
  description = "Certificate of the cluster's authority, in base64, by which clients know the control plane."
  value       = google_container_cluster.this.master_auth[0].cluster_ca_certificate
}

output "workload_pool" {
  description = "Pool of workload identity, for policies."
  value       = "${google_container_cluster.this.project}.svc.id.goog"
}
