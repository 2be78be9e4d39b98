variable "name" {
  description = "Name of the machine, unique in its resource group."
  type        = string

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]{0,62}[a-z0-9])?$", var.name))
    error_message = "The name has 1 to 64 lower case letters, digits and hyphens, starts with a letter and does not end with a hyphen."
  }
}

variable "owner" {
  description = "Team that answers for the machine; becomes the tag Owner."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9 _.-]{0,62}$", var.owner))
    error_message = "The owner is a team: 1 to 63 letters, digits, spaces, dots, underscores and hyphens, starting with a letter or digit."
  }
}

variable "resource_group" {
  description = "Resource group the machine is in."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9._()-]{0,89}[A-Za-z0-9_()-]$", var.resource_group))
    error_message = "The resource group has 1 to 90 letters, digits, dots, underscores, hyphens and parentheses, and does not end with a dot."
  }
}

variable "region" {
  description = "Azure region the machine is in."
  type        = string

  validation {
    condition     = can(regex("^[a-z]+[a-z0-9]*$", var.region))
    error_message = "The region is one of Azure in its short form, such as westeurope or germanywestcentral."
  }
}

variable "subnet" {
  description = "Subnet the machine is in."
  type        = string

  validation {
    condition     = can(regex("^/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft[.]Network/virtualNetworks/[^/]+/subnets/[^/]+$", var.subnet))
    error_message = "The subnet is its full id: /subscriptions/…/virtualNetworks/…/subnets/…."
  }
}

variable "ssh_public_key" {
  description = "Public SSH key of the administrator."
  type        = string

  validation {
    condition     = can(regex("^(ssh-rsa|ssh-ed25519) [A-Za-z0-9+/=]{60,}( [^\\n]{0,200})?$", var.ssh_public_key))
    error_message = "The key is the public half of an RSA or Ed25519 key: ssh-rsa or ssh-ed25519, and its text."
  }
}

variable "admin_username" {
  description = "Name of the administrator."
  type        = string
  default     = "ops"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9_-]{0,31}$", var.admin_username)) && !contains(["admin", "administrator", "root", "guest", "test", "user", "adm"], var.admin_username)
    error_message = "The name has 1 to 32 lower case letters, digits, underscores and hyphens, starts with a letter, and is none that Azure keeps, such as admin or root."
  }
}

variable "size" {
  description = "Size, which decides about processors and memory."
  type        = string
  default     = "Standard_B2s"
  nullable    = false

  validation {
    condition     = can(regex("^Standard_[A-Z]+[0-9]+[a-z0-9_-]*$", var.size))
    error_message = "The size is one of Azure, such as Standard_B2s or Standard_D4s_v5."
  }
}

variable "image" {
  description = "System the machine starts with."
  type        = string
  default     = "ubuntu-24.04"
  nullable    = false

  validation {
    condition     = contains(["ubuntu-24.04", "ubuntu-22.04", "debian-12"], var.image)
    error_message = "The image is one of ubuntu-24.04, ubuntu-22.04, debian-12."
  }
}

variable "disk_gib" {
  description = "Size of the disk, in GiB."
  type        = number
  default     = 32
  nullable    = false

  validation {
    condition     = var.disk_gib >= 32 && var.disk_gib <= 4095 && floor(var.disk_gib) == var.disk_gib
    error_message = "The disk has 32 to 4095 whole GiB."
  }
}

variable "zone" {
  description = "Availability zone, 1 to 3. Without it, Azure chooses a place outside of zones."
  type        = string
  default     = null

  validation {
    condition     = var.zone == null ? true : can(regex("^[1-3]$", var.zone))
    error_message = "The zone is 1, 2 or 3."
  }
}

variable "entra_login" {
  description = "Let people with the right role log in with their Entra account."
  type        = bool
  default     = true
  nullable    = false
}

variable "tags" {
  description = "More tags for the machine; the tag Owner always comes from owner."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.tags) <= 40 && alltrue([for key, value in var.tags : can(regex("^[^<>%&?/\\\\]{1,512}$", key)) && length(value) <= 256])
    error_message = "There are at most 40 tags; a key has 1 to 512 characters without <, >, %, &, ?, / and backslashes, a value has at most 256."
  }
}
