output "name" {
  description = "Name of the bucket."
  value       = google_storage_bucket.this.name
}

output "url" {
  description = "Address of the bucket, with gs://."
  value       = google_storage_bucket.this.url
}

output "region" {
  description = "Region the bucket is in."
  value       = google_storage_bucket.this.location
}
