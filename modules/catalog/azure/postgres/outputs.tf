output "name" {
  description = "Name of the server."
  value       = azurerm_postgresql_flexible_server.this.name
}

output "id" {
  description = "Full id of the server, for roles and policies."
  value       = azurerm_postgresql_flexible_server.this.id
}

output "address" {
  description = "Host name that clients connect to."
  value       = azurerm_postgresql_flexible_server.this.fqdn
}

output "database_name" {
  description = "Name of the first database."
  value       = azurerm_postgresql_flexible_server_database.this.name
}
