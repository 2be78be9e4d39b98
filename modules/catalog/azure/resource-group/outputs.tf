output "name" {
  description = "Name of the group."
  value       = azurerm_resource_group.this.name
}

output "id" {
  description = "Full id of the group, for roles and policies."
  value       = azurerm_resource_group.this.id
}

output "region" {
  description = "Azure region the group is in."
  value       = azurerm_resource_group.this.location
}
