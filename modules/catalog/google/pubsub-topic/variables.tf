variable "name" {
  description = "Name of the topic, unique in its project."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,62}$", var.name)) && !startswith(var.name, "goog")
    error_message = "The name has 3 to 63 lower case letters, digits and hyphens, starts with a letter, and does not start with goog."
  }
}

variable "owner" {
  description = "Team that answers for the topic; becomes the label owner."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9 _.-]{0,62}$", var.owner))
    error_message = "The owner is a team: 1 to 63 letters, digits, spaces, dots, underscores and hyphens, starting with a letter or digit."
  }
}

variable "project" {
  description = "Project the topic is in. Without it, the project of the provider."
  type        = string
  default     = null

  validation {
    condition     = var.project == null ? true : can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project))
    error_message = "The project is its id: 6 to 30 lower case letters, digits and hyphens, starting with a letter."
  }
}

variable "subscriptions" {
  description = "Names of the subscriptions, one for every consumer that gets all messages."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for name in var.subscriptions : can(regex("^[a-z][a-z0-9-]{2,62}$", name))])
    error_message = "A subscription has 3 to 63 lower case letters, digits and hyphens and starts with a letter."
  }
}

variable "retention_days" {
  description = "Days a message is kept in the topic, whether it was read or not."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.retention_days >= 1 && var.retention_days <= 31 && floor(var.retention_days) == var.retention_days
    error_message = "Messages are kept for 1 to 31 whole days."
  }
}

variable "ack_deadline_seconds" {
  description = "Seconds a consumer has to acknowledge a message before it is delivered again."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.ack_deadline_seconds >= 10 && var.ack_deadline_seconds <= 600 && floor(var.ack_deadline_seconds) == var.ack_deadline_seconds
    error_message = "The deadline is 10 to 600 whole seconds."
  }
}

variable "ordered" {
  description = "Deliver messages of one ordering key in order."
  type        = bool
  default     = false
  nullable    = false
}

variable "regions" {
  description = "Regions messages may be stored in. Without any, those the project allows."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for region in var.regions : can(regex("^[a-z]+-[a-z]+[0-9]+$", region))])
    error_message = "Each region is one of Google Cloud, such as europe-west3."
  }
}

variable "kms_key" {
  description = "Key of Cloud KMS that encrypts the messages. Without it, Google encrypts with its own keys."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key == null ? true : can(regex("^projects/[^/]+/locations/[^/]+/keyRings/[^/]+/cryptoKeys/[^/]+$", var.kms_key))
    error_message = "The key is a full name such as projects/acme-keys/locations/europe-west3/keyRings/main/cryptoKeys/data."
  }
}

variable "labels" {
  description = "More labels for the topic; the label owner always comes from owner."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.labels) <= 60 && alltrue([for key, value in var.labels : can(regex("^[a-z][a-z0-9_-]{0,62}$", key)) && can(regex("^[a-z0-9_-]{0,63}$", value))])
    error_message = "There are at most 60 labels; keys and values have at most 63 lower case letters, digits, underscores and hyphens, a key starts with a letter."
  }
}
