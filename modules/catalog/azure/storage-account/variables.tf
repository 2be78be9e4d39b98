variable "name" {
  description = "Name of the account, unique in all of Azure."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]{3,24}$", var.name))
    error_message = "The name has 3 to 24 lower case letters and digits, and no hyphens."
  }
}

variable "owner" {
  description = "Team that answers for the storage account; becomes the tag Owner."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9 _.-]{0,62}$", var.owner))
    error_message = "The owner is a team: 1 to 63 letters, digits, spaces, dots, underscores and hyphens, starting with a letter or digit."
  }
}

variable "resource_group" {
  description = "Resource group the storage account is in."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9._()-]{0,89}[A-Za-z0-9_()-]$", var.resource_group))
    error_message = "The resource group has 1 to 90 letters, digits, dots, underscores, hyphens and parentheses, and does not end with a dot."
  }
}

variable "region" {
  description = "Azure region the storage account is in."
  type        = string

  validation {
    condition     = can(regex("^[a-z]+[a-z0-9]*$", var.region))
    error_message = "The region is one of Azure in its short form, such as westeurope or germanywestcentral."
  }
}

variable "containers" {
  description = "Names of the containers."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for name in var.containers : can(regex("^[a-z0-9]([a-z0-9]|-[a-z0-9]){2,62}$", name))])
    error_message = "A container has 3 to 63 lower case letters, digits and single hyphens, and neither starts nor ends with a hyphen."
  }
}

variable "replication" {
  description = "How copies are kept: in one building (LRS), in three zones (ZRS), and with G in a second region, too."
  type        = string
  default     = "ZRS"
  nullable    = false

  validation {
    condition     = contains(["LRS", "ZRS", "GRS", "GZRS"], var.replication)
    error_message = "The replication is one of LRS, ZRS, GRS, GZRS."
  }
}

variable "access_tier" {
  description = "Class of blobs that name none."
  type        = string
  default     = "Hot"
  nullable    = false

  validation {
    condition     = contains(["Hot", "Cool", "Cold"], var.access_tier)
    error_message = "The access tier is one of Hot, Cool, Cold."
  }
}

variable "versioning" {
  description = "Keep old versions of blobs, so that overwriting can be undone."
  type        = bool
  default     = true
  nullable    = false
}

variable "restore_days" {
  description = "Days within which deleted blobs and containers can be restored."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.restore_days >= 1 && var.restore_days <= 365 && floor(var.restore_days) == var.restore_days
    error_message = "Deleted blobs can be restored for 1 to 365 whole days."
  }
}

variable "allowed_ips" {
  description = "Public addresses and networks that may reach the storage account. Without any, none may."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for ip in var.allowed_ips : can(regex("^[0-9]{1,3}([.][0-9]{1,3}){3}(/([1-9]|[12][0-9]|30))?$", ip))])
    error_message = "Each is an IPv4 address or a network, such as 192.0.2.10 or 192.0.2.0/24."
  }
}

variable "allowed_subnets" {
  description = "Subnets that may reach the storage account; each needs a service endpoint for it."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for id in var.allowed_subnets : can(regex("^/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft[.]Network/virtualNetworks/[^/]+/subnets/[^/]+$", id))])
    error_message = "Each is the full id of a subnet: /subscriptions/…/virtualNetworks/…/subnets/…."
  }
}

variable "writers" {
  description = "Object ids of those who may read, write and delete blobs."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for id in var.writers : can(regex("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", id))])
    error_message = "Each is the object id of a user, group or identity in Entra, such as 00000000-1111-2222-3333-444444444444."
  }
}

variable "tags" {
  description = "More tags for the storage account; the tag Owner always comes from owner."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.tags) <= 40 && alltrue([for key, value in var.tags : can(regex("^[^<>%&?/\\\\]{1,512}$", key)) && length(value) <= 256])
    error_message = "There are at most 40 tags; a key has 1 to 512 characters without <, >, %, &, ?, / and backslashes, a value has at most 256."
  }
}
