locals {
  tags = merge(var.tags, { Owner = var.owner })
}

resource "azurerm_resource_group" "this" {
  name     = var.name
  location = var.region
  tags     = local.tags
}

resource "azurerm_role_assignment" "readers" {
  for_each = toset(var.readers)

  scope                = azurerm_resource_group.this.id
  role_definition_name = "Reader"
  principal_id         = each.key
}

resource "azurerm_role_assignment" "contributors" {
  for_each = toset(var.contributors)

  scope                = azurerm_resource_group.this.id
  role_definition_name = "Contributor"
  principal_id         = each.key
}

resource "azurerm_management_lock" "this" {
  count = var.delete_lock ? 1 : 0

  name       = "keep"
  scope      = azurerm_resource_group.this.id
  lock_level = "CanNotDelete"
  notes      = "Asked for by ${var.owner}"

  # A lock that comes first would keep roles from being taken.
  depends_on = [azurerm_role_assignment.readers, azurerm_role_assignment.contributors]
}
