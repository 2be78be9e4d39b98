locals {
  tags = merge(var.tags, { Owner = var.owner })

  images = {
    "ubuntu-24.04" = { publisher = "Canonical", offer = "ubuntu-24_04-lts", sku = "server" }
    "ubuntu-22.04" = { publisher = "Canonical", offer = "0001-com-ubuntu-server-jammy", sku = "22_04-lts-gen2" }
    "debian-12"    = { publisher = "Debian", offer = "debian-12", sku = "12-gen2" }
  }
}

# Without a public address.
resource "azurerm_network_interface" "this" {
  name                = var.name
  resource_group_name = var.resource_group
  location            = var.region
  tags                = local.tags

  ip_configuration {
    name                          = "private"
    subnet_id                     = var.subnet
    private_ip_address_allocation = "Dynamic"
  }
}

resource "azurerm_linux_virtual_machine" "this" {
  name                = var.name
  resource_group_name = var.resource_group
  location            = var.region
  zone                = var.zone
  size                = var.size
  tags                = local.tags

  network_interface_ids = [azurerm_network_interface.this.id]

  admin_username                  = var.admin_username
  disable_password_authentication = true

  admin_ssh_key {
    username   = var.admin_username
    public_key = var.ssh_public_key
  }

  source_image_reference {
    publisher = local.images[var.image].publisher
    offer     = local.images[var.image].offer
    sku       = local.images[var.image].sku
    version   = "latest"
  }

  os_disk {
    name                 = "${var.name}-os"
    caching              = "ReadWrite"
    storage_account_type = "StandardSSD_LRS"
    disk_size_gb         = var.disk_gib
  }

  # Trusted Launch: only signed software boots.
  secure_boot_enabled = true
  vtpm_enabled        = true

  # Azure patches Ubuntu; Debian does it itself.
  patch_mode            = startswith(var.image, "ubuntu") ? "AutomaticByPlatform" : "ImageDefault"
  patch_assessment_mode = startswith(var.image, "ubuntu") ? "AutomaticByPlatform" : "ImageDefault"

  identity {
    type = "SystemAssigned"
  }

  # Azure keeps the console's output itself.
  boot_diagnostics {}
}

resource "azurerm_virtual_machine_extension" "entra" {
  count = var.entra_login ? 1 : 0

  name                       = "AADSSHLoginForLinux"
  virtual_machine_id         = azurerm_linux_virtual_machine.this.id
  publisher                  = "Microsoft.Azure.ActiveDirectory"
  type                       = "AADSSHLoginForLinux"
  type_handler_version       = "1.0"
  auto_upgrade_minor_version = true
  tags                       = local.tags
}
