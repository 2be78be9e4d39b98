locals {
  tags = merge(var.tags, { Owner = var.owner })
}

resource "azurerm_storage_account" "this" {
  name                = var.name
  resource_group_name = var.resource_group
  location            = var.region
  tags                = local.tags

  account_kind             = "StorageV2"
  account_tier             = "Standard"
  account_replication_type = var.replication
  access_tier              = var.access_tier

  https_traffic_only_enabled        = true
  min_tls_version                   = "TLS1_2"
  infrastructure_encryption_enabled = true

  # Nobody gets in with a key or without a name.
  shared_access_key_enabled        = false
  default_to_oauth_authentication  = true
  allow_nested_items_to_be_public  = false
  local_user_enabled               = false
  cross_tenant_replication_enabled = false

  network_rules {
    default_action             = "Deny"
    bypass                     = ["AzureServices"]
    ip_rules                   = var.allowed_ips
    virtual_network_subnet_ids = var.allowed_subnets
  }

  blob_properties {
    versioning_enabled = var.versioning

    delete_retention_policy {
      days = var.restore_days
    }

    container_delete_retention_policy {
      days = var.restore_days
    }
  }
}

resource "azurerm_storage_container" "this" {
  for_each = toset(var.containers)

  name                  = each.key
  storage_account_id    = azurerm_storage_account.this.id
  container_access_type = "private"
}

resource "azurerm_role_assignment" "writers" {
  for_each = toset(var.writers)

  scope                = azurerm_storage_account.this.id
  role_definition_name = "Storage Blob Data Contributor"
  principal_id         = each.key
}
