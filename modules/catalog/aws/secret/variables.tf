variable "name" {
  description = "Name of the secret, without its path."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.name))
    error_message = "The name has 1 to 63 lower case letters, digits and hyphens, and neither starts nor ends with a hyphen; what stands before a slash is the path."
  }
}

variable "owner" {
  description = "Team that answers for the secret; becomes the tag Owner."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9 _.-]{0,62}$", var.owner))
    error_message = "The owner is a team: 1 to 63 letters, digits, spaces, dots, underscores and hyphens, starting with a letter or digit."
  }
}

variable "path" {
  description = "What stands before the name, such as shop/prod; the secret is then called shop/prod/ and its name."
  type        = string
  default     = null

  validation {
    condition     = var.path == null ? true : can(regex("^[A-Za-z0-9_+=.@-]+(/[A-Za-z0-9_+=.@-]+)*$", var.path)) && length(var.path) <= 400
    error_message = "The path is one or more words with a slash between them, such as shop/prod, neither starting nor ending with one; it has at most 400 characters."
  }
}

variable "description" {
  description = "What the secret is for. It is no place for the secret."
  type        = string
  default     = null

  validation {
    condition     = var.description == null ? true : length(var.description) >= 1 && length(var.description) <= 2048
    error_message = "The description has 1 to 2048 characters."
  }
}

variable "kms_key_arn" {
  description = "KMS key that encrypts the secret. Without it, the account's key for Secrets Manager does, and other accounts cannot read the secret."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "The KMS key is an ARN such as arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab; an alias is not enough."
  }
}

variable "readers" {
  description = "ARNs of roles and users that may read the secret, besides those whose own permissions let them."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for reader in var.readers : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:(role|user)/[A-Za-z0-9+=,.@_/-]+$", reader))])
    error_message = "Each reader is the ARN of a role or user, such as arn:aws:iam::111122223333:role/shop-worker."
  }
}

variable "only_readers" {
  description = "Deny reading to everybody but the readers, whatever their own permissions say. A rotating lambda's role must then be a reader."
  type        = bool
  default     = false
  nullable    = false
}

variable "recovery_window_days" {
  description = "Days a deleted secret can be brought back; so long its name stays taken."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.recovery_window_days >= 7 && var.recovery_window_days <= 30 && floor(var.recovery_window_days) == var.recovery_window_days
    error_message = "A deleted secret can be brought back for 7 to 30 whole days."
  }
}

variable "rotation_lambda_arn" {
  description = "Lambda function that changes the value by itself. Without it, people do."
  type        = string
  default     = null

  validation {
    condition     = var.rotation_lambda_arn == null ? true : can(regex("^arn:aws[a-z-]*:lambda:[a-z0-9-]+:[0-9]{12}:function:[A-Za-z0-9_-]+$", var.rotation_lambda_arn))
    error_message = "The lambda is the ARN of a function, such as arn:aws:lambda:eu-central-1:111122223333:function:rotate-shop, without a version."
  }
}

variable "rotation_days" {
  description = "Days between two rotations; it matters only with a lambda."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.rotation_days >= 1 && var.rotation_days <= 1000 && floor(var.rotation_days) == var.rotation_days
    error_message = "The value is rotated every 1 to 1000 whole days."
  }
}

variable "tags" {
  description = "More tags for the secret; the tag Owner always comes from owner."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.tags) <= 40 && alltrue([for key, value in var.tags : length(key) >= 1 && length(key) <= 128 && length(value) <= 256 && !startswith(lower(key), "aws:")])
    error_message = "There are at most 40 tags; a key has 1 to 128 characters and does not start with aws:, a value has at most 256."
  }
}
