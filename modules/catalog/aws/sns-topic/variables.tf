variable "name" {
  description = "Name of the topic; a FIFO topic gets the suffix .fifo by itself."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,92}[a-z0-9])?$", var.name))
    error_message = "The name has 1 to 94 lower case letters, digits and hyphens, and neither starts nor ends with a hyphen; leave out the suffix .fifo."
  }
}

variable "owner" {
  description = "Team that answers for the topic; becomes the tag Owner."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9 _.-]{0,62}$", var.owner))
    error_message = "The owner is a team: 1 to 63 letters, digits, spaces, dots, underscores and hyphens, starting with a letter or digit."
  }
}

variable "display_name" {
  description = "Name that subscribers see as the sender of emails. Without it, they see the name of the topic."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9 _.-]{0,100}$", var.display_name))
    error_message = "The display name has at most 100 letters, digits, spaces, dots, underscores and hyphens."
  }
}

variable "fifo" {
  description = "Deliver messages once and in order (FIFO), to queues only, instead of at least once and in any order."
  type        = bool
  default     = false
  nullable    = false
}

variable "content_based_deduplication" {
  description = "Recognise repeated messages by their content; it matters only for a FIFO topic."
  type        = bool
  default     = false
  nullable    = false
}

variable "email_subscribers" {
  description = "Email addresses that receive every message, each once its owner has confirmed it by the link that AWS sends."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for address in var.email_subscribers : can(regex("^[^@ ,;<>]+@[A-Za-z0-9-]+([.][A-Za-z0-9-]+)+$", address))])
    error_message = "Each subscriber is one email address such as oncall@example.com."
  }
}

variable "queue_arns" {
  description = "SQS queues that receive every message; their own policies have to let the topic send."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.queue_arns : can(regex("^arn:aws[a-z-]*:sqs:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+([.]fifo)?$", arn))])
    error_message = "Each queue is an ARN such as arn:aws:sqs:eu-central-1:111122223333:acme-orders."
  }
}

variable "lambda_arns" {
  description = "Lambda functions that are called with every message; the topic is allowed to call them."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.lambda_arns : can(regex("^arn:aws[a-z-]*:lambda:[a-z0-9-]+:[0-9]{12}:function:[A-Za-z0-9_-]+$", arn))])
    error_message = "Each function is an ARN such as arn:aws:lambda:eu-central-1:111122223333:function:send-mail, without a version."
  }
}

variable "https_endpoints" {
  description = "Web addresses that receive every message as a POST, each once it has confirmed that it wants them."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for url in var.https_endpoints : can(regex("^https://[^ @]+$", url))])
    error_message = "Each endpoint starts with https:// and has no user and password in it."
  }
}

variable "raw_messages" {
  description = "Deliver messages to queues and web addresses as they were sent instead of wrapped in JSON with their metadata."
  type        = bool
  default     = false
  nullable    = false
}

variable "publishing_services" {
  description = "AWS services that may publish for this account, such as cloudwatch.amazonaws.com for alarms."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for service in var.publishing_services : can(regex("^[a-z0-9-]+([.][a-z0-9-]+)*[.]amazonaws[.]com$", service))])
    error_message = "Each service is a service principal such as cloudwatch.amazonaws.com, events.amazonaws.com or s3.amazonaws.com."
  }
}

variable "kms_key_arn" {
  description = "KMS key that encrypts the messages. Without it, SNS encrypts with its key in this account (alias/aws/sns), which services cannot use to publish."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "The KMS key is an ARN such as arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab; an alias is not enough."
  }
}

variable "tags" {
  description = "More tags for the topic; the tag Owner always comes from owner."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.tags) <= 40 && alltrue([for key, value in var.tags : length(key) >= 1 && length(key) <= 128 && length(value) <= 256 && !startswith(lower(key), "aws:")])
    error_message = "There are at most 40 tags; a key has 1 to 128 characters and does not start with aws:, a value has at most 256."
  }
}
