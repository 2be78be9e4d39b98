output "name" {
  description = "Name of the machine."
  value       = azurerm_linux_virtual_machine.this.name
}

output "id" {
  description = "Full id of the machine, for roles and policies."
  value       = azurerm_linux_virtual_machine.this.id
}

output "address" {
  description = "Private address of the machine."
  value       = azurerm_linux_virtual_machine.this.private_ip_address
}

output "identity" {
  description = "Object id of the machine's identity, for roles."
  value       = azurerm_linux_virtual_machine.this.identity[0].principal_id
}
