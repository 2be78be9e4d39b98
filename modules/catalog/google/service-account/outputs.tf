output "email" {
  description = "Address of the account."
  value       = google_service_account.this.email
}

output "member" {
  description = "The account as policies name it."
  value       = google_service_account.this.member
}

output "id" {
  description = "Full name of the account."
  value       = google_service_account.this.id
}
