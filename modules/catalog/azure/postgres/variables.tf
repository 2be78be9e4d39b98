variable "name" {
  description = "Name of the server, unique in all of Azure."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.name))
    error_message = "The name has 3 to 63 lower case letters, digits and hyphens, and neither starts nor ends with a hyphen."
  }
}

variable "owner" {
  description = "Team that answers for the server; becomes the tag Owner."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9 _.-]{0,62}$", var.owner))
    error_message = "The owner is a team: 1 to 63 letters, digits, spaces, dots, underscores and hyphens, starting with a letter or digit."
  }
}

variable "resource_group" {
  description = "Resource group the server is in."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9._()-]{0,89}[A-Za-z0-9_()-]$", var.resource_group))
    error_message = "The resource group has 1 to 90 letters, digits, dots, underscores, hyphens and parentheses, and does not end with a dot."
  }
}

variable "region" {
  description = "Azure region the server is in."
  type        = string

  validation {
    condition     = can(regex("^[a-z]+[a-z0-9]*$", var.region))
    error_message = "The region is one of Azure in its short form, such as westeurope or germanywestcentral."
  }
}

variable "subnet" {
  description = "Subnet that is delegated to flexible servers."
  type        = string

  validation {
    condition     = can(regex("^/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft[.]Network/virtualNetworks/[^/]+/subnets/[^/]+$", var.subnet))
    error_message = "The subnet is its full id: /subscriptions/…/virtualNetworks/…/subnets/…."
  }
}

variable "dns_zone" {
  description = "Private DNS zone the server gets its name in."
  type        = string

  validation {
    condition     = can(regex("^/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft[.]Network/privateDnsZones/[^/]+[.]postgres[.]database[.]azure[.]com$", var.dns_zone))
    error_message = "The DNS zone is its full id and ends with .postgres.database.azure.com."
  }
}

variable "admin_object_id" {
  description = "Object id of the administrator in Entra, best a group."
  type        = string

  validation {
    condition     = can(regex("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", var.admin_object_id))
    error_message = "The administrator is an object id of Entra, such as 00000000-1111-2222-3333-444444444444."
  }
}

variable "admin_name" {
  description = "Name of the administrator in Entra, by which it logs in."
  type        = string

  validation {
    condition     = can(regex("^[^\\n\"']{1,128}$", var.admin_name))
    error_message = "The name has 1 to 128 characters in one line, without quotes."
  }
}

variable "admin_type" {
  description = "What the administrator is."
  type        = string
  default     = "Group"
  nullable    = false

  validation {
    condition     = contains(["Group", "User", "ServicePrincipal"], var.admin_type)
    error_message = "The administrator is a Group, a User or a ServicePrincipal."
  }
}

variable "engine_version" {
  description = "Major version of PostgreSQL; minor upgrades come by themselves."
  type        = string
  default     = "16"
  nullable    = false

  validation {
    condition     = contains(["14", "15", "16"], var.engine_version)
    error_message = "The version is one of 14, 15, 16."
  }
}

variable "sku" {
  description = "Size of the server, with its tier: B (burstable), GP (general purpose) or MO (memory optimized)."
  type        = string
  default     = "B_Standard_B2s"
  nullable    = false

  validation {
    condition     = can(regex("^(B|GP|MO)_Standard_[A-Z][0-9]+[a-z]*(_v[0-9])?$", var.sku))
    error_message = "The size is one such as B_Standard_B2s or GP_Standard_D4ds_v5."
  }
}

variable "storage_gib" {
  description = "Storage at the start, in GiB."
  type        = number
  default     = 32
  nullable    = false

  validation {
    condition     = contains([32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384], var.storage_gib)
    error_message = "The storage is one of 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384 GiB."
  }
}

variable "high_availability" {
  description = "Keep a standby in another zone that takes over; burstable sizes cannot."
  type        = bool
  default     = false
  nullable    = false
}

variable "backup_retention_days" {
  description = "Days a backup is kept; within them the server can be restored to any second."
  type        = number
  default     = 7
  nullable    = false

  validation {
    condition     = var.backup_retention_days >= 7 && var.backup_retention_days <= 35 && floor(var.backup_retention_days) == var.backup_retention_days
    error_message = "Backups are kept for 7 to 35 whole days."
  }
}

variable "database_name" {
  description = "Name of the first database. Without it, the name with underscores for hyphens."
  type        = string
  default     = null

  validation {
    condition     = var.database_name == null ? true : can(regex("^[A-Za-z][A-Za-z0-9_]{0,62}$", var.database_name))
    error_message = "The name of the first database has 1 to 63 letters, digits and underscores and starts with a letter."
  }
}

variable "tags" {
  description = "More tags for the server; the tag Owner always comes from owner."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.tags) <= 40 && alltrue([for key, value in var.tags : can(regex("^[^<>%&?/\\\\]{1,512}$", key)) && length(value) <= 256])
    error_message = "There are at most 40 tags; a key has 1 to 512 characters without <, >, %, &, ?, / and backslashes, a value has at most 256."
  }
}
