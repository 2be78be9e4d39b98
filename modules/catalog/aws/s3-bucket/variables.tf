variable "name" {
  description = "Name of the bucket, unique in all of AWS."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.name))
    error_message = "The name has 3 to 63 lower case letters, digits and hyphens, and neither starts nor ends with a hyphen."
  }

  validation {
    condition     = !startswith(var.name, "xn--") && !startswith(var.name, "sthree-") && !endswith(var.name, "-s3alias") && !endswith(var.name, "--ol-s3")
    error_message = "AWS keeps names that start with xn-- or sthree- or end with -s3alias or --ol-s3 for itself."
  }
}

variable "owner" {
  description = "Team that answers for the bucket; becomes the tag Owner."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9 _.-]{0,62}$", var.owner))
    error_message = "The owner is a team: 1 to 63 letters, digits, spaces, dots, underscores and hyphens, starting with a letter or digit."
  }
}

variable "versioning" {
  description = "Keep old versions of objects, so that overwriting and deleting can be undone."
  type        = bool
  default     = true
  nullable    = false
}

variable "keep_old_versions_days" {
  description = "Days until an old version of an object is deleted. Without it, old versions stay until somebody deletes them."
  type        = number
  default     = null

  validation {
    condition     = var.keep_old_versions_days == null ? true : var.keep_old_versions_days >= 1 && floor(var.keep_old_versions_days) == var.keep_old_versions_days
    error_message = "Old versions are kept for 1 or more whole days; leave it out to keep them."
  }
}

variable "expire_after_days" {
  description = "Days until an object is deleted. Without it, objects stay until somebody deletes them."
  type        = number
  default     = null

  validation {
    condition     = var.expire_after_days == null ? true : var.expire_after_days >= 1 && floor(var.expire_after_days) == var.expire_after_days
    error_message = "Objects expire after 1 or more whole days; leave it out to keep them."
  }
}

variable "archive_after_days" {
  description = "Days until an object moves to the storage class of archive_class. Without it, objects stay in STANDARD."
  type        = number
  default     = null

  validation {
    condition     = var.archive_after_days == null ? true : var.archive_after_days >= 0 && floor(var.archive_after_days) == var.archive_after_days
    error_message = "Objects are archived after 0 or more whole days; leave it out to keep them in STANDARD."
  }
}

variable "archive_class" {
  description = "Storage class that archived objects move to."
  type        = string
  default     = "GLACIER_IR"
  nullable    = false

  validation {
    condition     = contains(["GLACIER_IR", "GLACIER", "DEEP_ARCHIVE", "INTELLIGENT_TIERING"], var.archive_class)
    error_message = "The archive class is one of GLACIER_IR, GLACIER, DEEP_ARCHIVE, INTELLIGENT_TIERING."
  }
}

variable "kms_key_arn" {
  description = "KMS key that encrypts the objects. Without it, S3 encrypts with its own keys (AES256)."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "The KMS key is an ARN such as arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab; an alias is not enough."
  }
}

variable "access_log_bucket" {
  description = "Bucket that receives the access logs. Without it, none are written."
  type        = string
  default     = null

  validation {
    condition     = var.access_log_bucket == null ? true : can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.access_log_bucket))
    error_message = "The access log bucket is the name of a bucket: 3 to 63 lower case letters, digits, dots and hyphens."
  }
}

variable "cors_origins" {
  description = "Web origins whose pages may read and write objects from a browser."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for origin in var.cors_origins : can(regex("^https://[A-Za-z0-9.*-]+(:[0-9]+)?$", origin))])
    error_message = "Each origin is https:// and a host, such as https://shop.example.com, without a path."
  }
}

variable "force_destroy" {
  description = "Allow destroying the bucket while it holds objects, which deletes them all."
  type        = bool
  default     = false
  nullable    = false
}

variable "tags" {
  description = "More tags for the bucket; the tag Owner always comes from owner."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.tags) <= 40 && alltrue([for key, value in var.tags : length(key) >= 1 && length(key) <= 128 && length(value) <= 256 && !startswith(lower(key), "aws:")])
    error_message = "There are at most 40 tags; a key has 1 to 128 characters and does not start with aws:, a value has at most 256."
  }
}
