variable "name" {
  description = "Name of the bucket, unique in all of Google Cloud."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.name)) && !startswith(var.name, "goog")
    error_message = "The name has 3 to 63 lower case letters, digits and hyphens, neither starts nor ends with a hyphen, and does not start with goog."
  }
}

variable "owner" {
  description = "Team that answers for the bucket; becomes the label owner."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9 _.-]{0,62}$", var.owner))
    error_message = "The owner is a team: 1 to 63 letters, digits, spaces, dots, underscores and hyphens, starting with a letter or digit."
  }
}

variable "project" {
  description = "Project the bucket is in. Without it, the project of the provider."
  type        = string
  default     = null

  validation {
    condition     = var.project == null ? true : can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project))
    error_message = "The project is its id: 6 to 30 lower case letters, digits and hyphens, starting with a letter."
  }
}

variable "region" {
  description = "Region the bucket is in, or EU, US or ASIA for several regions."
  type        = string

  validation {
    condition     = can(regex("^([a-z]+-[a-z]+[0-9]+|EU|US|ASIA)$", var.region))
    error_message = "The region is one of Google Cloud, such as europe-west3; EU, US and ASIA are several regions."
  }
}

variable "storage_class" {
  description = "Storage class of new objects."
  type        = string
  default     = "STANDARD"
  nullable    = false

  validation {
    condition     = contains(["STANDARD", "NEARLINE", "COLDLINE", "ARCHIVE"], var.storage_class)
    error_message = "The storage class is one of STANDARD, NEARLINE, COLDLINE, ARCHIVE."
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
    condition     = var.keep_old_versions_days == null ? true : (var.keep_old_versions_days >= 1 && floor(var.keep_old_versions_days) == var.keep_old_versions_days)
    error_message = "Old versions are kept for 1 or more whole days; leave it out to keep them."
  }
}

variable "expire_after_days" {
  description = "Days until an object is deleted. Without it, objects stay until somebody deletes them."
  type        = number
  default     = null

  validation {
    condition     = var.expire_after_days == null ? true : (var.expire_after_days >= 1 && floor(var.expire_after_days) == var.expire_after_days)
    error_message = "Objects expire after 1 or more whole days; leave it out to keep them."
  }
}

variable "archive_after_days" {
  description = "Days until an object moves to the class ARCHIVE. Without it, objects stay in their class."
  type        = number
  default     = null

  validation {
    condition     = var.archive_after_days == null ? true : (var.archive_after_days >= 1 && floor(var.archive_after_days) == var.archive_after_days)
    error_message = "Objects are archived after 1 or more whole days; leave it out to keep them in their class."
  }
}

variable "kms_key" {
  description = "Key of Cloud KMS that encrypts the objects. Without it, Google encrypts with its own keys."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key == null ? true : can(regex("^projects/[^/]+/locations/[^/]+/keyRings/[^/]+/cryptoKeys/[^/]+$", var.kms_key))
    error_message = "The key is a full name such as projects/acme-keys/locations/europe-west3/keyRings/main/cryptoKeys/data."
  }
}

variable "access_log_bucket" {
  description = "GCS bucket that receives the access logs. Without it, none are written."
  type        = string
  default     = null

  validation {
    condition     = var.access_log_bucket == null ? true : can(regex("^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$", var.access_log_bucket))
    error_message = "The access log bucket is the name of a bucket: 3 to 63 lower case letters, digits, dots, underscores and hyphens."
  }
}

variable "force_destroy" {
  description = "Allow destroying the bucket while it holds objects, which deletes them all."
  type        = bool
  default     = false
  nullable    = false
}

variable "labels" {
  description = "More labels for the bucket; the label owner always comes from owner."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.labels) <= 60 && alltrue([for key, value in var.labels : can(regex("^[a-z][a-z0-9_-]{0,62}$", key)) && can(regex("^[a-z0-9_-]{0,63}$", value))])
    error_message = "There are at most 60 labels; keys and values have at most 63 lower case letters, digits, underscores and hyphens, a key starts with a letter."
  }
}
