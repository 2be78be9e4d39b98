variable "name" {
  description = "Name of the file system."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$", var.name))
    error_message = "The name has 1 to 64 lower case letters, digits and hyphens, and neither starts nor ends with a hyphen."
  }
}

variable "owner" {
  description = "Team that answers for the file system; becomes the tag Owner."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9 _.-]{0,62}$", var.owner))
    error_message = "The owner is a team: 1 to 63 letters, digits, spaces, dots, underscores and hyphens, starting with a letter or digit."
  }
}

variable "subnet_ids" {
  description = "Subnets of one VPC, each in another availability zone, where the file system can be mounted."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) >= 1 && alltrue([for id in var.subnet_ids : can(regex("^subnet-([0-9a-f]{8}|[0-9a-f]{17})$", id))])
    error_message = "The file system needs one or more subnets, such as subnet-0a1b2c3d4e5f67890, in different availability zones."
  }
}

variable "allow_from" {
  description = "Security groups whose members may mount it. Without any, nobody can."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for id in var.allow_from : can(regex("^sg-([0-9a-f]{8}|[0-9a-f]{17})$", id))])
    error_message = "Each client is a security group, such as sg-0a1b2c3d4e5f67890."
  }
}

variable "security_group_ids" {
  description = "Security groups the mount targets are in besides their own."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.security_group_ids) <= 4 && alltrue([for id in var.security_group_ids : can(regex("^sg-([0-9a-f]{8}|[0-9a-f]{17})$", id))])
    error_message = "There are at most 4 more security groups, such as sg-0a1b2c3d4e5f67890."
  }
}

variable "throughput_mode" {
  description = "How throughput is paid for: elastic by use, bursting with the size."
  type        = string
  default     = "elastic"
  nullable    = false

  validation {
    condition     = contains(["elastic", "bursting"], var.throughput_mode)
    error_message = "The throughput mode is elastic or bursting."
  }
}

variable "infrequent_after_days" {
  description = "Days without access until a file moves to the cheaper class for infrequent access; the next access moves it back. Without it, files stay."
  type        = number
  default     = null

  validation {
    condition     = var.infrequent_after_days == null ? true : contains([1, 7, 14, 30, 60, 90, 180, 270, 365], var.infrequent_after_days)
    error_message = "Files move after 1, 7, 14, 30, 60, 90, 180, 270 or 365 days; leave it out to keep them."
  }
}

variable "backups" {
  description = "Back up every day with AWS Backup, which keeps a backup for 35 days."
  type        = bool
  default     = true
  nullable    = false
}

variable "root_access" {
  description = "Let root of a client be root of the files; without it, only files of other users can be written."
  type        = bool
  default     = true
  nullable    = false
}

variable "access_point_path" {
  description = "Directory of an access point, through which functions and containers use the file system. Without it, there is none."
  type        = string
  default     = null

  validation {
    condition     = var.access_point_path == null ? true : can(regex("^(/[A-Za-z0-9._-]+){1,4}$", var.access_point_path))
    error_message = "The directory is a path of up to four names, such as /data."
  }
}

variable "access_point_uid" {
  description = "User and group id that everything done through the access point has."
  type        = number
  default     = 1000
  nullable    = false

  validation {
    condition     = var.access_point_uid >= 0 && var.access_point_uid <= 4294967295 && floor(var.access_point_uid) == var.access_point_uid
    error_message = "The id is a whole number from 0 to 4294967295."
  }
}

variable "kms_key_arn" {
  description = "KMS key that encrypts the files. Without it, EFS encrypts with the key AWS has for it."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "The KMS key is an ARN such as arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab; an alias is not enough."
  }
}

variable "tags" {
  description = "More tags for the file system; the tag Owner always comes from owner."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.tags) <= 40 && alltrue([for key, value in var.tags : length(key) >= 1 && length(key) <= 128 && length(value) <= 256 && !startswith(lower(key), "aws:")])
    error_message = "There are at most 40 tags; a key has 1 to 128 characters and does not start with aws:, a value has at most 256."
  }
}
