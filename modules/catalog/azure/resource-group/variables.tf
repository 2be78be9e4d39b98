variable "name" {
  description = "Name of the group, unique in its subscription."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,88}[a-z0-9])?$", var.name))
    error_message = "The name has 1 to 90 lower case letters, digits and hyphens, and neither starts nor ends with a hyphen."
  }
}

variable "owner" {
  description = "Team that answers for the group; becomes the tag Owner."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9 _.-]{0,62}$", var.owner))
    error_message = "The owner is a team: 1 to 63 letters, digits, spaces, dots, underscores and hyphens, starting with a letter or digit."
  }
}

variable "region" {
  description = "Azure region the group is in."
  type        = string

  validation {
    condition     = can(regex("^[a-z]+[a-z0-9]*$", var.region))
    error_message = "The region is one of Azure in its short form, such as westeurope or germanywestcentral."
  }
}

variable "readers" {
  description = "Object ids of those who may see everything in the group."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for id in var.readers : can(regex("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", id))])
    error_message = "Each is the object id of a user, group or identity in Entra, such as 00000000-1111-2222-3333-444444444444."
  }
}

variable "contributors" {
  description = "Object ids of those who may change everything in the group, but not rights."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for id in var.contributors : can(regex("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", id))])
    error_message = "Each is the object id of a user, group or identity in Entra, such as 00000000-1111-2222-3333-444444444444."
  }
}

variable "delete_lock" {
  description = "Keep everything in the group from being deleted until the lock is gone."
  type        = bool
  default     = false
  nullable    = false
}

variable "tags" {
  description = "More tags for the group; the tag Owner always comes from owner."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.tags) <= 40 && alltrue([for key, value in var.tags : can(regex("^[^<>%&?/\\\\]{1,512}$", key)) && length(value) <= 256])
    error_message = "There are at most 40 tags; a key has 1 to 512 characters without <, >, %, &, ?, / and backslashes, a value has at most 256."
  }
}
