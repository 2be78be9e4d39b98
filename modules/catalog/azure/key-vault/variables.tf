variable "name" {
  description = "Name of the vault, unique in all of Azure."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,22}[a-z0-9]$", var.name)) && !can(regex("--", var.name))
    error_message = "The name has 3 to 24 lower case letters, digits and single hyphens, starts with a letter and does not end with a hyphen."
  }
}

variable "owner" {
  description = "Team that answers for the vault; becomes the tag Owner."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9 _.-]{0,62}$", var.owner))
    error_message = "The owner is a team: 1 to 63 letters, digits, spaces, dots, underscores and hyphens, starting with a letter or digit."
  }
}

variable "resource_group" {
  description = "Resource group the vault is in."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9._()-]{0,89}[A-Za-z0-9_()-]$", var.resource_group))
    error_message = "The resource group has 1 to 90 letters, digits, dots, underscores, hyphens and parentheses, and does not end with a dot."
  }
}

variable "region" {
  description = "Azure region the vault is in."
  type        = string

  validation {
    condition     = can(regex("^[a-z]+[a-z0-9]*$", var.region))
    error_message = "The region is one of Azure in its short form, such as westeurope or germanywestcentral."
  }
}

variable "administrators" {
  description = "Object ids of those who may do everything in the vault."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for id in var.administrators : can(regex("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", id))])
    error_message = "Each is the object id of a user, group or identity in Entra, such as 00000000-1111-2222-3333-444444444444."
  }
}

variable "readers" {
  description = "Object ids of those who may read secrets."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for id in var.readers : can(regex("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", id))])
    error_message = "Each is the object id of a user, group or identity in Entra, such as 00000000-1111-2222-3333-444444444444."
  }
}

variable "allowed_ips" {
  description = "Public addresses and networks that may reach the vault. Without any, none may."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for ip in var.allowed_ips : can(regex("^[0-9]{1,3}([.][0-9]{1,3}){3}(/([1-9]|[12][0-9]|30))?$", ip))])
    error_message = "Each is an IPv4 address or a network, such as 192.0.2.10 or 192.0.2.0/24."
  }
}

variable "allowed_subnets" {
  description = "Subnets that may reach the vault; each needs a service endpoint for it."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for id in var.allowed_subnets : can(regex("^/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft[.]Network/virtualNetworks/[^/]+/subnets/[^/]+$", id))])
    error_message = "Each is the full id of a subnet: /subscriptions/…/virtualNetworks/…/subnets/…."
  }
}

variable "premium" {
  description = "Keep keys in hardware (HSM), at a higher price."
  type        = bool
  default     = false
  nullable    = false
}

variable "for_disk_encryption" {
  description = "Let Azure read keys of the vault to encrypt disks."
  type        = bool
  default     = false
  nullable    = false
}

variable "tags" {
  description = "More tags for the vault; the tag Owner always comes from owner."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.tags) <= 40 && alltrue([for key, value in var.tags : can(regex("^[^<>%&?/\\\\]{1,512}$", key)) && length(value) <= 256])
    error_message = "There are at most 40 tags; a key has 1 to 512 characters without <, >, %, &, ?, / and backslashes, a value has at most 256."
  }
}
