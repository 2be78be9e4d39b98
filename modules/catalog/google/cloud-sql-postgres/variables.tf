variable "name" {
  description = "Name of the instance; a name that was deleted cannot be used again for a week."
  type        = string

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]{0,78}[a-z0-9])?$", var.name))
    error_message = "The name has 1 to 80 lower case letters, digits and hyphens, starts with a letter and does not end with a hyphen."
  }
}

variable "owner" {
  description = "Team that answers for the database; becomes the label owner."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9 _.-]{0,62}$", var.owner))
    error_message = "The owner is a team: 1 to 63 letters, digits, spaces, dots, underscores and hyphens, starting with a letter or digit."
  }
}

variable "project" {
  description = "Project the database is in. Without it, the project of the provider."
  type        = string
  default     = null

  validation {
    condition     = var.project == null ? true : can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project))
    error_message = "The project is its id: 6 to 30 lower case letters, digits and hyphens, starting with a letter."
  }
}

variable "region" {
  description = "Region the database is in."
  type        = string

  validation {
    condition     = can(regex("^([a-z]+-[a-z]+[0-9]+)$", var.region))
    error_message = "The region is one of Google Cloud, such as europe-west3."
  }
}

variable "network" {
  description = "VPC network the database is reached from, with private services access."
  type        = string

  validation {
    condition     = can(regex("^projects/[^/]+/global/networks/[a-z0-9-]+$", var.network))
    error_message = "The network is a full name such as projects/acme-net/global/networks/main."
  }
}

variable "engine_version" {
  description = "Major version of PostgreSQL; minor upgrades come by themselves."
  type        = string
  default     = "17"
  nullable    = false

  validation {
    condition     = contains(["14", "15", "16", "17"], var.engine_version)
    error_message = "The version is one of 14, 15, 16, 17."
  }
}

variable "tier" {
  description = "Machine of the database, as db-custom-<processors>-<MiB of memory>."
  type        = string
  default     = "db-custom-1-3840"
  nullable    = false

  validation {
    condition     = can(regex("^db-(f1-micro|g1-small|custom-[0-9]{1,2}-[0-9]{4,6})$", var.tier))
    error_message = "The tier is db-f1-micro, db-g1-small, or one such as db-custom-2-7680."
  }
}

variable "storage_gib" {
  description = "Storage at the start, in GiB."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.storage_gib >= 10 && var.storage_gib <= 65536 && floor(var.storage_gib) == var.storage_gib
    error_message = "The storage is 10 to 65536 whole GiB."
  }
}

variable "max_storage_gib" {
  description = "Storage up to which the database grows by itself, in GiB; 0 is without limit."
  type        = number
  default     = 200
  nullable    = false

  validation {
    condition     = var.max_storage_gib >= 0 && var.max_storage_gib <= 65536 && floor(var.max_storage_gib) == var.max_storage_gib
    error_message = "The limit is 0 to 65536 whole GiB; 0 is none."
  }
}

variable "high_availability" {
  description = "Keep a standby in a second zone that takes over when the first one fails."
  type        = bool
  default     = false
  nullable    = false
}

variable "backup_retention" {
  description = "Number of daily backups that are kept."
  type        = number
  default     = 7
  nullable    = false

  validation {
    condition     = var.backup_retention >= 7 && var.backup_retention <= 365 && floor(var.backup_retention) == var.backup_retention
    error_message = "There are 7 to 365 backups."
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

variable "iam_users" {
  description = "Addresses of people and service accounts that may log in."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for user in var.iam_users : can(regex("^[^@ ]+@[^@ ]+$", user))])
    error_message = "Each is an address, such as anna@acme.example or shop@acme-dev.iam.gserviceaccount.com."
  }
}

variable "deletion_protection" {
  description = "Refuse to delete the database until this is switched off."
  type        = bool
  default     = true
  nullable    = false
}

variable "kms_key" {
  description = "Key of Cloud KMS that encrypts storage and backups. Without it, Google encrypts with its own keys."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key == null ? true : can(regex("^projects/[^/]+/locations/[^/]+/keyRings/[^/]+/cryptoKeys/[^/]+$", var.kms_key))
    error_message = "The key is a full name such as projects/acme-keys/locations/europe-west3/keyRings/main/cryptoKeys/data."
  }
}

variable "labels" {
  description = "More labels for the database; the label owner always comes from owner."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.labels) <= 60 && alltrue([for key, value in var.labels : can(regex("^[a-z][a-z0-9_-]{0,62}$", key)) && can(regex("^[a-z0-9_-]{0,63}$", value))])
    error_message = "There are at most 60 labels; keys and values have at most 63 lower case letters, digits, underscores and hyphens, a key starts with a letter."
  }
}
