variable "name" {
  description = "Name of the cluster, unique among the clusters of the account in its region."
  type        = string

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]{0,58}[a-z0-9])?$", var.name)) && !can(regex("--", var.name))
    error_message = "The name has 1 to 60 lower case letters, digits and single hyphens, starts with a letter and does not end with a hyphen."
  }
}

variable "owner" {
  description = "Team that answers for the cluster; becomes the tag Owner."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9 _.-]{0,62}$", var.owner))
    error_message = "The owner is a team: 1 to 63 letters, digits, spaces, dots, underscores and hyphens, starting with a letter or digit."
  }
}

variable "subnet_ids" {
  description = "Private subnets the cluster may be in, in two or more availability zones of one VPC."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) >= 2 && alltrue([for id in var.subnet_ids : can(regex("^subnet-([0-9a-f]{8}|[0-9a-f]{17})$", id))])
    error_message = "The cluster needs two or more subnets, such as subnet-0a1b2c3d4e5f67890, in different availability zones."
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
  description = "Security groups the cluster is in besides its own."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.security_group_ids) <= 4 && alltrue([for id in var.security_group_ids : can(regex("^sg-([0-9a-f]{8}|[0-9a-f]{17})$", id))])
    error_message = "There are at most 4 more security groups, such as sg-0a1b2c3d4e5f67890."
  }
}

variable "engine" {
  description = "Database that the cluster is compatible with."
  type        = string
  default     = "postgresql"
  nullable    = false

  validation {
    condition     = contains(["postgresql", "mysql"], var.engine)
    error_message = "The engine is postgresql or mysql."
  }
}

variable "postgres_version" {
  description = "Version with the engine postgresql. A major version alone (17) gets minor upgrades by itself; a minor version (17.6) stays."
  type        = string
  default     = "17"
  nullable    = false

  validation {
    condition     = can(regex("^1[4-9](\\.[0-9]{1,2})?$", var.postgres_version))
    error_message = "The version of Aurora PostgreSQL is a major one from 14 on, such as 17, or a minor one, such as 17.6."
  }
}

variable "mysql_version" {
  description = "Version with the engine mysql: 8.0, which gets minor upgrades by itself, or one of Aurora MySQL (3.10.3), which stays."
  type        = string
  default     = "8.0"
  nullable    = false

  validation {
    condition     = can(regex("^(8\\.0|3\\.[0-9]{2}\\.[0-9]{1,2})$", var.mysql_version))
    error_message = "The version of Aurora MySQL is 8.0, or one of its own, such as 3.10.3."
  }
}

variable "instance_class" {
  description = "Instance class of every instance. Without it, the instances are serverless and grow and shrink between min_acu and max_acu."
  type        = string
  default     = null

  validation {
    condition     = var.instance_class == null ? true : can(regex("^db\\.(t3\\.(medium|large)|t4g\\.(medium|large)|[rx][0-9][a-z]*\\.[0-9]*x?large)$", var.instance_class))
    error_message = "The instance class is one that Aurora has, such as db.t4g.medium or db.r8g.large; leave it out to be serverless."
  }
}

variable "instances" {
  description = "Instances of the cluster: one writes, the others read and take over."
  type        = number
  default     = 2
  nullable    = false

  validation {
    condition     = var.instances >= 1 && var.instances <= 16 && floor(var.instances) == var.instances
    error_message = "A cluster has 1 to 16 instances."
  }
}

variable "min_acu" {
  description = "Least capacity of a serverless instance, in Aurora capacity units of about 2 GiB of memory; 0 pauses it when nobody is connected."
  type        = number
  default     = 0.5
  nullable    = false

  validation {
    condition     = var.min_acu >= 0 && var.min_acu <= 256 && floor(var.min_acu * 2) == var.min_acu * 2
    error_message = "The least capacity is 0 to 256 in steps of 0.5."
  }
}

variable "max_acu" {
  description = "Most capacity of a serverless instance, in Aurora capacity units of about 2 GiB of memory; it limits the price, too."
  type        = number
  default     = 4
  nullable    = false

  validation {
    condition     = var.max_acu >= 1 && var.max_acu <= 256 && floor(var.max_acu * 2) == var.max_acu * 2
    error_message = "The most capacity is 1 to 256 in steps of 0.5."
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
  description = "Refuse to delete the cluster until this is switched off."
  type        = bool
  default     = true
  nullable    = false
}

variable "final_snapshot" {
  description = "Take a last snapshot when the cluster is destroyed."
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
  description = "More tags for the cluster; the tag Owner always comes from owner."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.tags) <= 40 && alltrue([for key, value in var.tags : length(key) >= 1 && length(key) <= 128 && length(value) <= 256 && !startswith(lower(key), "aws:")])
    error_message = "There are at most 40 tags; a key has 1 to 128 characters and does not start with aws:, a value has at most 256."
  }
}
