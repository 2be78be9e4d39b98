variable "name" {
  description = "Name of the machine, unique in its project and zone."
  type        = string

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$", var.name))
    error_message = "The name has 1 to 63 lower case letters, digits and hyphens, starts with a letter and does not end with a hyphen."
  }
}

variable "owner" {
  description = "Team that answers for the machine; becomes the label owner."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9 _.-]{0,62}$", var.owner))
    error_message = "The owner is a team: 1 to 63 letters, digits, spaces, dots, underscores and hyphens, starting with a letter or digit."
  }
}

variable "project" {
  description = "Project the machine is in. Without it, the project of the provider."
  type        = string
  default     = null

  validation {
    condition     = var.project == null ? true : can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project))
    error_message = "The project is its id: 6 to 30 lower case letters, digits and hyphens, starting with a letter."
  }
}

variable "zone" {
  description = "Zone the machine is in."
  type        = string

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+-[a-z]$", var.zone))
    error_message = "The zone is one of Google Cloud, such as europe-west3-a."
  }
}

variable "subnetwork" {
  description = "Subnetwork the machine is in."
  type        = string

  validation {
    condition     = can(regex("^projects/[^/]+/regions/[^/]+/subnetworks/[a-z0-9-]+$", var.subnetwork))
    error_message = "The subnetwork is a full name such as projects/acme-net/regions/europe-west3/subnetworks/apps."
  }
}

variable "machine_type" {
  description = "Machine type, which decides about processors and memory."
  type        = string
  default     = "e2-small"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][0-9][a-z]?-(micro|small|medium|(standard|highmem|highcpu)-[0-9]+|custom-[0-9]+-[0-9]+)$", var.machine_type))
    error_message = "The machine type is one of Compute Engine, such as e2-small or n2-standard-4."
  }
}

variable "image" {
  description = "System the machine starts with."
  type        = string
  default     = "debian-12"
  nullable    = false

  validation {
    condition     = contains(["debian-12", "ubuntu-2204-lts", "ubuntu-2404-lts-amd64", "rocky-linux-9"], var.image)
    error_message = "The image is one of debian-12, ubuntu-2204-lts, ubuntu-2404-lts-amd64, rocky-linux-9."
  }
}

variable "disk_gib" {
  description = "Size of the disk, in GiB."
  type        = number
  default     = 20
  nullable    = false

  validation {
    condition     = var.disk_gib >= 20 && var.disk_gib <= 65536 && floor(var.disk_gib) == var.disk_gib
    error_message = "The disk has 20 to 65536 whole GiB."
  }
}

variable "service_account" {
  description = "Address of the service account that programs on the machine act as. Without it, they have no rights in Google Cloud."
  type        = string
  default     = null

  validation {
    condition     = var.service_account == null ? true : can(regex("^[^@ ]+@[^@ ]+$", var.service_account))
    error_message = "The service account is an address such as shop@acme-dev.iam.gserviceaccount.com."
  }
}

variable "network_tags" {
  description = "Network tags, by which firewall rules find the machine."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for tag in var.network_tags : can(regex("^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$", tag))])
    error_message = "A network tag has 1 to 63 lower case letters, digits and hyphens and starts with a letter."
  }
}

variable "spot" {
  description = "Use spare capacity: much cheaper, but Google may stop the machine at any time."
  type        = bool
  default     = false
  nullable    = false
}

variable "deletion_protection" {
  description = "Refuse to delete the machine until this is switched off."
  type        = bool
  default     = true
  nullable    = false
}

variable "kms_key" {
  description = "Key of Cloud KMS that encrypts the disk. Without it, Google encrypts with its own keys."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key == null ? true : can(regex("^projects/[^/]+/locations/[^/]+/keyRings/[^/]+/cryptoKeys/[^/]+$", var.kms_key))
    error_message = "The key is a full name such as projects/acme-keys/locations/europe-west3/keyRings/main/cryptoKeys/data."
  }
}

variable "labels" {
  description = "More labels for the machine; the label owner always comes from owner."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.labels) <= 60 && alltrue([for key, value in var.labels : can(regex("^[a-z][a-z0-9_-]{0,62}$", key)) && can(regex("^[a-z0-9_-]{0,63}$", value))])
    error_message = "There are at most 60 labels; keys and values have at most 63 lower case letters, digits, underscores and hyphens, a key starts with a letter."
  }
}
