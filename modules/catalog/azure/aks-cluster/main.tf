locals {
  tags = merge(var.tags, { Owner = var.owner })
}

resource "azurerm_kubernetes_cluster" "this" {
  name                = var.name
  resource_group_name = var.resource_group
  location            = var.region
  dns_prefix          = var.name
  sku_tier            = var.uptime_guarantee ? "Standard" : "Free"
  tags                = local.tags

  kubernetes_version        = var.kubernetes_version
  automatic_upgrade_channel = "patch"
  node_os_upgrade_channel   = "NodeImage"

  private_cluster_enabled = var.private

  dynamic "api_server_access_profile" {
    for_each = var.private ? [] : [var.allowed_ips]

    content {
      authorized_ip_ranges = api_server_access_profile.value
    }
  }

  # People come from Entra, rights from roles of Azure.
  local_account_disabled = true

  azure_active_directory_role_based_access_control {
    azure_rbac_enabled     = true
    admin_group_object_ids = var.admin_groups
  }

  oidc_issuer_enabled       = true
  workload_identity_enabled = true
  azure_policy_enabled      = true

  image_cleaner_enabled        = true
  image_cleaner_interval_hours = 168

  identity {
    type = "SystemAssigned"
  }

  default_node_pool {
    name           = "system"
    vm_size        = var.node_size
    vnet_subnet_id = var.subnet
    os_sku         = "AzureLinux"
    zones          = length(var.zones) == 0 ? null : var.zones
    tags           = local.tags

    auto_scaling_enabled = true
    min_count            = var.min_nodes
    max_count            = var.max_nodes

    # Where the pods go while the nodes are made again.
    temporary_name_for_rotation = "rotation"

    upgrade_settings {
      max_surge = "10%"
    }
  }

  network_profile {
    network_plugin      = "azure"
    network_plugin_mode = "overlay"
    network_data_plane  = "cilium"
    network_policy      = "cilium"
    load_balancer_sku   = "standard"
  }

  key_vault_secrets_provider {
    secret_rotation_enabled = true
  }

  lifecycle {
    precondition {
      condition     = var.private || length(var.allowed_ips) > 0
      error_message = "A control plane that is not private needs addresses that may reach it, or everybody could try."
    }

    precondition {
      condition     = var.min_nodes <= var.max_nodes
      error_message = "The least number of nodes, min_nodes, is above the most, max_nodes."
    }
  }
}
