variable "name" {
  description = "Name of the table, unique in its account and region."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,253}[a-z0-9]$", var.name))
    error_message = "The name has 3 to 255 lower case letters, digits and hyphens, and neither starts nor ends with a hyphen."
  }
}

variable "owner" {
  description = "Team that answers for the table; becomes the tag Owner."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9 _.-]{0,62}$", var.owner))
    error_message = "The owner is a team: 1 to 63 letters, digits, spaces, dots, underscores and hyphens, starting with a letter or digit."
  }
}

variable "partition_key" {
  description = "Attribute that every item is found by."
  type        = string
  default     = "id"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,255}$", var.partition_key))
    error_message = "The partition key is the name of an attribute: 1 to 255 letters, digits, hyphens and underscores."
  }
}

variable "sort_key" {
  description = "Attribute that orders the items of one partition key. Without it, there is one item for each partition key."
  type        = string
  default     = null

  validation {
    condition     = var.sort_key == null ? true : can(regex("^[A-Za-z0-9_-]{1,255}$", var.sort_key))
    error_message = "The sort key is the name of an attribute: 1 to 255 letters, digits, hyphens and underscores."
  }
}

variable "number_keys" {
  description = "Those keys, of the table and of its indexes, that hold numbers; all others hold text."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for key in var.number_keys : can(regex("^[A-Za-z0-9_-]{1,255}$", key))])
    error_message = "Each key is the name of an attribute: 1 to 255 letters, digits, hyphens and underscores."
  }
}

variable "indexes" {
  description = "Further keys to find items by, each as attribute or partition/sort; each becomes a global secondary index with all attributes."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.indexes) <= 20 && alltrue([for index in var.indexes : can(regex("^[A-Za-z0-9_-]{1,120}(/[A-Za-z0-9_-]{1,120})?$", index))])
    error_message = "There are at most 20 indexes, each one attribute such as email, or two such as customer/created_at."
  }
}

variable "read_capacity" {
  description = "Reads of 4 KiB per second that are paid for all the time (provisioned capacity). Without it and write_capacity, what is used is paid for (on demand)."
  type        = number
  default     = null

  validation {
    condition     = var.read_capacity == null ? true : var.read_capacity >= 1 && var.read_capacity <= 40000 && floor(var.read_capacity) == var.read_capacity
    error_message = "The read capacity is 1 to 40000 whole units; leave it out to pay on demand."
  }
}

variable "write_capacity" {
  description = "Writes of 1 KiB per second that are paid for all the time (provisioned capacity). Without it and read_capacity, what is used is paid for (on demand)."
  type        = number
  default     = null

  validation {
    condition     = var.write_capacity == null ? true : var.write_capacity >= 1 && var.write_capacity <= 40000 && floor(var.write_capacity) == var.write_capacity
    error_message = "The write capacity is 1 to 40000 whole units; leave it out to pay on demand."
  }
}

variable "ttl_attribute" {
  description = "Attribute with the time, in seconds since 1970, after which an item is deleted. Without it, items stay until somebody deletes them."
  type        = string
  default     = null

  validation {
    condition     = var.ttl_attribute == null ? true : can(regex("^[A-Za-z0-9_-]{1,255}$", var.ttl_attribute))
    error_message = "The TTL attribute is the name of an attribute: 1 to 255 letters, digits, hyphens and underscores."
  }
}

variable "point_in_time_recovery" {
  description = "Keep continuous backups, so that the table can be restored as it was at any second of the last 35 days."
  type        = bool
  default     = true
  nullable    = false
}

variable "stream" {
  description = "Write every change of an item, as it was and as it is, to a stream that others can follow."
  type        = bool
  default     = false
  nullable    = false
}

variable "deletion_protection" {
  description = "Refuse to delete the table until this is off."
  type        = bool
  default     = true
  nullable    = false
}

variable "kms_key_arn" {
  description = "KMS key that encrypts the items. Without it, DynamoDB encrypts with its own keys."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "The KMS key is an ARN such as arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab; an alias is not enough."
  }
}

variable "tags" {
  description = "More tags for the table; the tag Owner always comes from owner."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.tags) <= 40 && alltrue([for key, value in var.tags : length(key) >= 1 && length(key) <= 128 && length(value) <= 256 && !startswith(lower(key), "aws:")])
    error_message = "There are at most 40 tags; a key has 1 to 128 characters and does not start with aws:, a value has at most 256."
  }
}
