variable "name" {
  description = "Name of the queue; a FIFO queue gets the suffix .fifo by itself."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,70}$", var.name))
    error_message = "The name has 1 to 70 letters, digits, hyphens and underscores; leave out the suffix .fifo."
  }
}

variable "owner" {
  description = "Team that answers for the queue; becomes the tag Owner."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9 _.-]{0,62}$", var.owner))
    error_message = "The owner is a team: 1 to 63 letters, digits, spaces, dots, underscores and hyphens, starting with a letter or digit."
  }
}

variable "fifo" {
  description = "Deliver messages once and in order (FIFO) instead of at least once and in any order."
  type        = bool
  default     = false
  nullable    = false
}

variable "content_based_deduplication" {
  description = "Recognise repeated messages by their content; it matters only for a FIFO queue."
  type        = bool
  default     = false
  nullable    = false
}

variable "visibility_timeout_seconds" {
  description = "Seconds a received message stays hidden from other consumers; at least as long as handling one takes."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.visibility_timeout_seconds >= 0 && var.visibility_timeout_seconds <= 43200 && floor(var.visibility_timeout_seconds) == var.visibility_timeout_seconds
    error_message = "The visibility timeout is 0 to 43200 whole seconds (12 hours)."
  }
}

variable "retention_days" {
  description = "Days a message waits for a consumer before it is dropped."
  type        = number
  default     = 4
  nullable    = false

  validation {
    condition     = var.retention_days >= 1 && var.retention_days <= 14 && floor(var.retention_days) == var.retention_days
    error_message = "Messages are kept for 1 to 14 whole days."
  }
}

variable "delay_seconds" {
  description = "Seconds every new message waits before it can be received."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.delay_seconds >= 0 && var.delay_seconds <= 900 && floor(var.delay_seconds) == var.delay_seconds
    error_message = "The delay is 0 to 900 whole seconds (15 minutes)."
  }
}

variable "dead_letter_queue" {
  description = "Add a second queue that keeps the messages nobody could handle."
  type        = bool
  default     = true
  nullable    = false
}

variable "max_receives" {
  description = "How often a message is received before it goes to the dead letter queue."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = var.max_receives >= 1 && var.max_receives <= 1000 && floor(var.max_receives) == var.max_receives
    error_message = "A message is received 1 to 1000 times before it counts as dead."
  }
}

variable "kms_key_arn" {
  description = "KMS key that encrypts the messages. Without it, SQS encrypts with its own keys."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "The KMS key is an ARN such as arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab; an alias is not enough."
  }
}

variable "tags" {
  description = "More tags for the queues; the tag Owner always comes from owner."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.tags) <= 40 && alltrue([for key, value in var.tags : length(key) >= 1 && length(key) <= 128 && length(value) <= 256 && !startswith(lower(key), "aws:")])
    error_message = "There are at most 40 tags; a key has 1 to 128 characters and does not start with aws:, a value has at most 256."
  }
}
