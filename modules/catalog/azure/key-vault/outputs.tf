output "name" {
  description = "Name of the vault."
  value       = azurerm_key_vault.this.name
}

output "id" {
  description = "Full id of the vault, for roles and policies."
  value       = azurerm_key_vault.this.id
}

output "uri" {
  description = "Address of the vault."
  value       = azurerm_key_vault.this.vault_uri
}
