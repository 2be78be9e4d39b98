variable "name" {
  description = "Name of the log group, behind its path, and of its metric and alarm."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,98}[a-z0-9])?$", var.name))
    error_message = "The name has 1 to 100 lower case letters, digits and hyphens, and neither starts nor ends with a hyphen."
  }
}

variable "owner" {
  description = "Team that answers for the log group; becomes the tag Owner."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9 _.-]{0,62}$", var.owner))
    error_message = "The owner is a team: 1 to 63 letters, digits, spaces, dots, underscores and hyphens, starting with a letter or digit."
  }
}

variable "path" {
  description = "Path before the name, such as /acme/shop. Without it, the log group has its name alone."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^(/[A-Za-z0-9_.-]{1,100}){0,4}$", var.path))
    error_message = "The path has at most 4 parts, each a slash and 1 to 100 letters, digits, dots, underscores and hyphens, such as /acme/shop."
  }
}

variable "retention_days" {
  description = "Days until an entry is deleted."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.retention_days)
    error_message = "Logs are kept for 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653 days."
  }
}

variable "pattern" {
  description = "Filter pattern of CloudWatch Logs for the entries that are counted. Without it, nothing is counted and there is no alarm."
  type        = string
  default     = null

  validation {
    condition     = var.pattern == null ? true : length(trimspace(var.pattern)) >= 1 && length(var.pattern) <= 1024
    error_message = "The pattern has 1 to 1024 characters, such as ERROR, ?ERROR ?FATAL, or { $.level = \"error\" }."
  }
}

variable "alarm" {
  description = "Raise an alarm when many entries match the pattern; off only counts them."
  type        = bool
  default     = true
  nullable    = false
}

variable "alarm_threshold" {
  description = "Matching entries within alarm_minutes from which on there is an alarm."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.alarm_threshold >= 1 && floor(var.alarm_threshold) == var.alarm_threshold
    error_message = "There is an alarm from 1 or more whole entries on."
  }
}

variable "alarm_minutes" {
  description = "Minutes over which matching entries are counted for the alarm."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = var.alarm_minutes >= 1 && var.alarm_minutes <= 1440 && floor(var.alarm_minutes) == var.alarm_minutes
    error_message = "Entries are counted over 1 to 1440 whole minutes (a day)."
  }
}

variable "alarm_topic_arns" {
  description = "SNS topics that are told when the alarm begins and ends. Without them, it shows in CloudWatch alone."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.alarm_topic_arns) <= 5 && alltrue([for arn in var.alarm_topic_arns : can(regex("^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", arn))])
    error_message = "There are at most 5 topics, each an ARN such as arn:aws:sns:eu-central-1:111122223333:alarms."
  }
}

variable "kms_key_arn" {
  description = "KMS key that encrypts the entries; its policy has to let logs.<region>.amazonaws.com use it. Without it, CloudWatch encrypts with its own keys."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "The KMS key is an ARN such as arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab; an alias is not enough."
  }
}

variable "tags" {
  description = "More tags for the log group and its alarm; the tag Owner always comes from owner."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.tags) <= 40 && alltrue([for key, value in var.tags : length(key) >= 1 && length(key) <= 128 && length(value) <= 256 && !startswith(lower(key), "aws:")])
    error_message = "There are at most 40 tags; a key has 1 to 128 characters and does not start with aws:, a value has at most 256."
  }
}
