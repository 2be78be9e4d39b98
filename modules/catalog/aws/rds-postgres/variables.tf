variable "name" {
  description = "Name of the database instance, unique among the databases of the account in its region."
  type        = string

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$", var.name)) && !can(regex("--", var.name))
    error_message = "The name has 1 to 63 lower case letters, digits and single hyphens, starts with a letter and does not end with a hyphen."
  }
}

variable "owner" {
  description = "Team that answers for the database; becomes the tag Owner."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9 _.-]{0,62}$", var.owner))
    error_message = "The owner is a team: 1 to 63 letters, digits, spaces, dots, underscores and hyphens, starting with a letter or digit."
  }
}

variable "subnet_ids" {
  description = "Private subnets the database may be in, in two or more availability zones of one VPC."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) >= 2 && alltrue([for id in var.subnet_ids : can(regex("^subnet-([0-9a-f]{8}|[0-9a-f]{17})$", id))])
    error_message = "The database needs two or more subnets, such as subnet-0a1b2c3d4e5f67890, in different availability zones."
  }
}

variable "allow_from" {
  description = "Security groups whose members may connect. Without any, nobody can."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for id in var.allow_from : can(regex("^sg-([0-9a-f]{8}|[0-9a-f]{17})$", id))])
    error_message = "Each client is a security group, such as sg-0a1b2c3d4e5f67890."
  }
}

variable "security_group_ids" {
  description = "Security groups the database is in besides its own."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.security_group_ids) <= 4 && alltrue([for id in var.security_group_ids : can(regex("^sg-([0-9a-f]{8}|[0-9a-f]{17})$", id))])
    error_message = "There are at most 4 more security groups, such as sg-0a1b2c3d4e5f67890."
  }
}

variable "engine_version" {
  description = "Version of PostgreSQL. A major version alone (17) gets minor upgrades by itself; a minor version (17.6) stays."
  type        = string
  default     = "17"
  nullable    = false

  validation {
    condition     = can(regex("^1[4-9](\\.[0-9]{1,2})?$", var.engine_version))
    error_message = "The version is a major one from 14 on, such as 17, or a minor one, such as 17.6."
  }
}

variable "instance_class" {
  description = "Instance class, which decides about processors and memory."
  type        = string
  default     = "db.t4g.medium"
  nullable    = false

  validation {
    condition     = can(regex("^db\\.[a-z][a-z0-9]+\\.(micro|small|medium|[0-9]*x?large)$", var.instance_class))
    error_message = "The instance class is one of RDS, such as db.t4g.medium or db.m8g.large."
  }
}

variable "storage_gib" {
  description = "Storage at the start, in GiB."
  type        = number
  default     = 20
  nullable    = false

  validation {
    condition     = var.storage_gib >= 20 && var.storage_gib <= 65536 && floor(var.storage_gib) == var.storage_gib
    error_message = "The storage is 20 to 65536 whole GiB."
  }
}

variable "max_storage_gib" {
  description = "Storage up to which RDS grows by itself when it fills up, in GiB. Without it, twice storage_gib; 0 keeps it from growing."
  type        = number
  default     = null

  validation {
    condition     = var.max_storage_gib == null ? true : var.max_storage_gib == 0 || (var.max_storage_gib >= 22 && var.max_storage_gib <= 65536 && floor(var.max_storage_gib) == var.max_storage_gib)
    error_message = "The storage grows up to 22 to 65536 whole GiB, at least a tenth above storage_gib; 0 keeps it from growing."
  }
}

variable "multi_az" {
  description = "Keep a standby in a second availability zone that takes over when the first one fails."
  type        = bool
  default     = false
  nullable    = false
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

variable "backup_retention_days" {
  description = "Days a daily backup is kept; within them the database can be restored to any second."
  type        = number
  default     = 7
  nullable    = false

  validation {
    condition     = var.backup_retention_days >= 1 && var.backup_retention_days <= 35 && floor(var.backup_retention_days) == var.backup_retention_days
    error_message = "Backups are kept for 1 to 35 whole days."
  }
}

variable "deletion_protection" {
  description = "Refuse to delete the database until this is switched off."
  type        = bool
  default     = true
  nullable    = false
}

variable "final_snapshot" {
  description = "Take a last snapshot when the database is destroyed."
  type        = bool
  default     = true
  nullable    = false
}

variable "performance_insights" {
  description = "Record which queries the database waits for; 7 days are kept, free of charge."
  type        = bool
  default     = true
  nullable    = false
}

variable "kms_key_arn" {
  description = "KMS key that encrypts storage, backups, insights and the master password. Without it, RDS and Secrets Manager encrypt with the keys AWS has for them."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "The KMS key is an ARN such as arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab; an alias is not enough."
  }
}

variable "tags" {
  description = "More tags for the database; the tag Owner always comes from owner."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.tags) <= 40 && alltrue([for key, value in var.tags : length(key) >= 1 && length(key) <= 128 && length(value) <= 256 && !startswith(lower(key), "aws:")])
    error_message = "There are at most 40 tags; a key has 1 to 128 characters and does not start with aws:, a value has at most 256."
  }
}
