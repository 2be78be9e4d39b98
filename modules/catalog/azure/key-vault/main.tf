data "azurerm_client_config" "current" {}

locals {
  tags = merge(var.tags, { Owner = var.owner })
}

resource "azurerm_key_vault" "this" {
  name                = var.name
  resource_group_name = var.resource_group
  location            = var.region
  tenant_id           = data.azurerm_client_config.current.tenant_id
  sku_name            = var.premium ? "premium" : "standard"
  tags                = local.tags

  enable_rbac_authorization   = true
  enabled_for_disk_encryption = var.for_disk_encryption
  purge_protection_enabled    = true
  soft_delete_retention_days  = 90

  network_acls {
    default_action             = "Deny"
    bypass                     = "AzureServices"
    ip_rules                   = var.allowed_ips
    virtual_network_subnet_ids = var.allowed_subnets
  }
}

resource "azurerm_role_assignment" "administrators" {
  for_each = toset(var.administrators)

  scope                = azurerm_key_vault.this.id
  role_definition_name = "Key Vault Administrator"
  principal_id         = each.key
}

resource "azurerm_role_assignment" "readers" {
  for_each = toset(var.readers)

  scope                = azurerm_key_vault.this.id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = each.key
}
