output "name" {
  description = "Name of the instance."
  value       = google_sql_database_instance.this.name
}

output "connection_name" {
  description = "Name by which the Cloud SQL connectors find the instance."
  value       = google_sql_database_instance.this.connection_name
}

output "address" {
  description = "Private address that clients connect to."
  value       = google_sql_database_instance.this.private_ip_address
}

output "database_name" {
  description = "Name of the first database."
  value       = google_sql_database.this.name
}
