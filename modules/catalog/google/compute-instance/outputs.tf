output "name" {
  description = "Name of the machine."
  value       = google_compute_instance.this.name
}

output "id" {
  description = "Full name of the machine."
  value       = google_compute_instance.this.id
}

output "address" {
  description = "Private address of the machine."
  value       = google_compute_instance.this.network_interface[0].network_ip
}
