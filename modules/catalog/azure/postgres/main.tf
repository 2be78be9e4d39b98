data "azurerm_client_config" "current" {}

locals {
  tags = merge(var.tags, { Owner = var.owner })
}

resource "azurerm_postgresql_flexible_server" "this" {
  name                = var.name
  resource_group_name = var.resource_group
  location            = var.region
  tags                = local.tags

  version           = var.engine_version
  sku_name          = var.sku
  storage_mb        = var.storage_gib * 1024
  auto_grow_enabled = true

  delegated_subnet_id           = var.subnet
  private_dns_zone_id           = var.dns_zone
  public_network_access_enabled = false

  backup_retention_days = var.backup_retention_days

  # There are no passwords, and so none in the state.
  authentication {
    active_directory_auth_enabled = true
    password_auth_enabled         = false
    tenant_id                     = data.azurerm_client_config.current.tenant_id
  }

  dynamic "high_availability" {
    for_each = var.high_availability ? ["ZoneRedundant"] : []

    content {
      mode = high_availability.value
    }
  }

  lifecycle {
    # Azure chooses zones, and exchanges them when the standby takes over; the storage has grown by itself, and to set
    # it back would make a new server.
    ignore_changes = [zone, high_availability[0].standby_availability_zone, storage_mb]

    precondition {
      condition     = !var.high_availability || !startswith(var.sku, "B_")
      error_message = "A burstable size has no standby: choose one that begins with GP_ or MO_."
    }
  }
}

resource "azurerm_postgresql_flexible_server_active_directory_administrator" "this" {
  server_name         = azurerm_postgresql_flexible_server.this.name
  resource_group_name = var.resource_group
  tenant_id           = data.azurerm_client_config.current.tenant_id
  object_id           = var.admin_object_id
  principal_name      = var.admin_name
  principal_type      = var.admin_type
}

# No connection without TLS.
resource "azurerm_postgresql_flexible_server_configuration" "tls" {
  name      = "require_secure_transport"
  server_id = azurerm_postgresql_flexible_server.this.id
  value     = "on"
}

resource "azurerm_postgresql_flexible_server_database" "this" {
  name      = var.database_name == null ? replace(var.name, "-", "_") : var.database_name
  server_id = azurerm_postgresql_flexible_server.this.id
  charset   = "UTF8"
  collation = "en_US.utf8"

  # Azure answers calls that meet with a conflict.
  depends_on = [azurerm_postgresql_flexible_server_configuration.tls]
}
