variable "name" {
  description = "Name of the key; it becomes its alias, alias/ and the name."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.name))
    error_message = "The name has 1 to 63 lower case letters, digits and hyphens, and neither starts nor ends with a hyphen; leave out alias/."
  }

  validation {
    condition     = !startswith(var.name, "aws-") && var.name != "aws"
    error_message = "AWS keeps names that start with aws for its own keys."
  }
}

variable "owner" {
  description = "Team that answers for the key; becomes the tag Owner."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9 _.-]{0,62}$", var.owner))
    error_message = "The owner is a team: 1 to 63 letters, digits, spaces, dots, underscores and hyphens, starting with a letter or digit."
  }
}

variable "description" {
  description = "What the key encrypts. Without it, its name is its description."
  type        = string
  default     = null

  validation {
    condition     = var.description == null ? true : length(var.description) >= 1 && length(var.description) <= 8192
    error_message = "The description has 1 to 8192 characters."
  }
}

variable "rotation" {
  description = "Change the key's material by itself; what was encrypted before stays readable."
  type        = bool
  default     = true
  nullable    = false
}

variable "rotation_days" {
  description = "Days between two changes of the key's material. Without it, AWS changes it once a year."
  type        = number
  default     = null

  validation {
    condition     = var.rotation_days == null ? true : var.rotation_days >= 90 && var.rotation_days <= 2560 && floor(var.rotation_days) == var.rotation_days
    error_message = "The key is rotated every 90 to 2560 whole days; leave it out for once a year."
  }
}

variable "deletion_window_days" {
  description = "Days between destroying the key and the end of it; so long it can be brought back."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.deletion_window_days >= 7 && var.deletion_window_days <= 30 && floor(var.deletion_window_days) == var.deletion_window_days
    error_message = "A destroyed key can be brought back for 7 to 30 whole days."
  }
}

variable "users" {
  description = "ARNs of roles and users that may encrypt and decrypt with the key, besides those whose own permissions let them."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for user in var.users : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:((role|user)/[A-Za-z0-9+=,.@_/-]+|root)$", user))])
    error_message = "Each user of the key is the ARN of a role or user, such as arn:aws:iam::111122223333:role/shop-worker, or of an account, which ends in :root."
  }
}

variable "administrators" {
  description = "ARNs of roles and users that may change and destroy the key, but not use it."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for administrator in var.administrators : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:(role|user)/[A-Za-z0-9+=,.@_/-]+$", administrator))])
    error_message = "Each administrator is the ARN of a role or user, such as arn:aws:iam::111122223333:role/security."
  }
}

variable "services" {
  description = "AWS services that may use the key on behalf of this account, by their short names: logs, sns, events, cloudwatch and so on. Services that act for a user or role need no entry."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for service in var.services : can(regex("^[a-z0-9-]+(\\.[a-z0-9-]+)*$", service)) && !endswith(service, "amazonaws.com")])
    error_message = "Each service is a short name such as logs, sns, events or cloudwatch, without .amazonaws.com."
  }
}

variable "multi_region" {
  description = "Make a key that can be replicated to other regions."
  type        = bool
  default     = false
  nullable    = false
}

variable "tags" {
  description = "More tags for the key; the tag Owner always comes from owner."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.tags) <= 40 && alltrue([for key, value in var.tags : length(key) >= 1 && length(key) <= 128 && length(value) <= 256 && !startswith(lower(key), "aws:")])
    error_message = "There are at most 40 tags; a key has 1 to 128 characters and does not start with aws:, a value has at most 256."
  }
}
