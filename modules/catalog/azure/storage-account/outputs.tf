output "name" {
  description = "Name of the account."
  value       = azurerm_storage_account.this.name
}

output "id" {
  description = "Full id of the account, for roles and policies."
  value       = azurerm_storage_account.this.id
}

output "blob_endpoint" {
  description = "Address of the blobs."
  value       = azurerm_storage_account.this.primary_blob_endpoint
}
