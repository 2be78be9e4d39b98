variable "name" {
  description = "Name of the repository, unique in its account and region."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]+(-[a-z0-9]+)*$", var.name)) && length(var.name) >= 2 && length(var.name) <= 63
    error_message = "The name has 2 to 63 lower case letters, digits and single hyphens, and neither starts nor ends with a hyphen."
  }
}

variable "owner" {
  description = "Team that answers for the repository; becomes the tag Owner."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9 _.-]{0,62}$", var.owner))
    error_message = "The owner is a team: 1 to 63 letters, digits, spaces, dots, underscores and hyphens, starting with a letter or digit."
  }
}

variable "immutable_tags" {
  description = "Refuse to push a tag twice, so that a tag always means the same image."
  type        = bool
  default     = true
  nullable    = false
}

variable "scan_on_push" {
  description = "Look for known vulnerabilities in each image that is pushed."
  type        = bool
  default     = true
  nullable    = false
}

variable "untagged_days" {
  description = "Days until an image without a tag is deleted."
  type        = number
  default     = 14
  nullable    = false

  validation {
    condition     = var.untagged_days >= 1 && var.untagged_days <= 3650 && floor(var.untagged_days) == var.untagged_days
    error_message = "Images without a tag are kept for 1 to 3650 whole days."
  }
}

variable "keep_images" {
  description = "How many images are kept; older ones are deleted. Without it, tagged images stay until somebody deletes them."
  type        = number
  default     = null

  validation {
    condition     = var.keep_images == null ? true : var.keep_images >= 1 && var.keep_images <= 10000 && floor(var.keep_images) == var.keep_images
    error_message = "1 to 10000 images are kept; leave it out to keep all that have a tag."
  }
}

variable "pull_account_ids" {
  description = "Other AWS accounts that may pull images."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for id in var.pull_account_ids : can(regex("^[0-9]{12}$", id))])
    error_message = "Each account is a number of 12 digits, such as 111122223333."
  }
}

variable "kms_key_arn" {
  description = "KMS key that encrypts the images. Without it, ECR encrypts with its own keys (AES256)."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "The KMS key is an ARN such as arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab; an alias is not enough."
  }
}

variable "force_delete" {
  description = "Allow destroying the repository while it holds images, which deletes them all."
  type        = bool
  default     = false
  nullable    = false
}

variable "tags" {
  description = "More tags for the repository; the tag Owner always comes from owner."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.tags) <= 40 && alltrue([for key, value in var.tags : length(key) >= 1 && length(key) <= 128 && length(value) <= 256 && !startswith(lower(key), "aws:")])
    error_message = "There are at most 40 tags; a key has 1 to 128 characters and does not start with aws:, a value has at most 256."
  }
}
