variable "name" {
  description = "Name of the rule or schedule, unique in its account and region."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,55}[a-z0-9])?$", var.name))
    error_message = "The name has 1 to 57 lower case letters, digits and hyphens, and neither starts nor ends with a hyphen."
  }
}

variable "owner" {
  description = "Team that answers for the rule; becomes the tag Owner."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9 _.-]{0,62}$", var.owner))
    error_message = "The owner is a team: 1 to 63 letters, digits, spaces, dots, underscores and hyphens, starting with a letter or digit."
  }
}

variable "target_arn" {
  description = "What is called: a Lambda function, an SQS queue, an SNS topic, a Kinesis stream or a Step Functions state machine."
  type        = string

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:(lambda:[a-z0-9-]+:[0-9]{12}:function:[A-Za-z0-9_-]+|sqs:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+([.]fifo)?|sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+|kinesis:[a-z0-9-]+:[0-9]{12}:stream/[A-Za-z0-9_.-]+|states:[a-z0-9-]+:[0-9]{12}:stateMachine:[A-Za-z0-9_-]+)$", var.target_arn))
    error_message = "The target is the ARN of a Lambda function, queue, topic, stream or state machine, such as arn:aws:lambda:eu-central-1:111122223333:function:send-mail."
  }
}

variable "every_minutes" {
  description = "Minutes from one call to the next."
  type        = number
  default     = null

  validation {
    condition     = var.every_minutes == null ? true : var.every_minutes >= 1 && var.every_minutes <= 525600 && floor(var.every_minutes) == var.every_minutes
    error_message = "There are 1 to 525600 whole minutes (a year) from one call to the next."
  }
}

variable "daily_at" {
  description = "Time of day of a call on every day, as hour or hour:minute in the time zone."
  type        = string
  default     = null

  validation {
    condition     = var.daily_at == null ? true : can(regex("^([01]?[0-9]|2[0-3])(:[0-5][0-9])?$", var.daily_at))
    error_message = "The time of day is an hour from 0 to 23, with minutes if need be, such as 6 or 06:30."
  }
}

variable "schedule" {
  description = "Any other schedule, as a cron or rate expression of EventBridge Scheduler."
  type        = string
  default     = null

  validation {
    condition     = var.schedule == null ? true : can(regex("^(rate[(][1-9][0-9]* (minute|minutes|hour|hours|day|days)[)]|cron[(][^ ]+ [^ ]+ [^ ]+ [^ ]+ [^ ]+ [^ ]+[)])$", var.schedule))
    error_message = "The schedule is an expression such as rate(2 hours), or cron(30 6 ? * MON-FRI *) with minute, hour, day of month, month, day of week and year."
  }
}

variable "time_zone" {
  description = "Time zone of daily_at and of a cron expression, summer time included."
  type        = string
  default     = "UTC"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Z][A-Za-z]+(/[A-Za-z0-9_+-]+){0,2}$", var.time_zone))
    error_message = "The time zone is a name such as Europe/Berlin or UTC."
  }
}

variable "event_pattern" {
  description = "Events that cause a call, as an EventBridge event pattern in JSON; the alternative to a schedule."
  type        = string
  default     = null

  validation {
    condition     = var.event_pattern == null ? true : startswith(trimspace(var.event_pattern), "{") && can(jsondecode(var.event_pattern))
    error_message = "The event pattern is a JSON object such as {\"source\": [\"aws.s3\"]}."
  }
}

variable "event_bus" {
  description = "Event bus whose events are matched; it matters only with an event pattern."
  type        = string
  default     = "default"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9/._-]{1,256}$", var.event_bus))
    error_message = "The event bus is the name of one: 1 to 256 letters, digits, dots, slashes, underscores and hyphens."
  }
}

variable "payload" {
  description = "What the target receives, as JSON. Without it, it receives the event, or what EventBridge Scheduler sends by itself."
  type        = string
  default     = null

  validation {
    condition     = var.payload == null ? true : length(var.payload) <= 8192 && can(jsondecode(var.payload))
    error_message = "The payload is JSON of at most 8192 characters, such as {\"report\": \"daily\"}."
  }
}

variable "retries" {
  description = "How often a failed call is tried again, within a day."
  type        = number
  default     = 185
  nullable    = false

  validation {
    condition     = var.retries >= 0 && var.retries <= 185 && floor(var.retries) == var.retries
    error_message = "A failed call is tried again 0 to 185 times."
  }
}

variable "dead_letter_queue_arn" {
  description = "SQS queue that keeps what could not be delivered. Without it, that is dropped."
  type        = string
  default     = null

  validation {
    condition     = var.dead_letter_queue_arn == null ? true : can(regex("^arn:aws[a-z-]*:sqs:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", var.dead_letter_queue_arn))
    error_message = "The dead letter queue is the ARN of a queue that is not FIFO, such as arn:aws:sqs:eu-central-1:111122223333:undelivered."
  }
}

variable "target_kms_key_arn" {
  description = "KMS key that encrypts the target, when it is a queue, topic or stream with a key of yours."
  type        = string
  default     = null

  validation {
    condition     = var.target_kms_key_arn == null ? true : can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.target_kms_key_arn))
    error_message = "The KMS key is an ARN such as arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab; an alias is not enough."
  }
}

variable "enabled" {
  description = "Call the target; off keeps the rule and calls nothing."
  type        = bool
  default     = true
  nullable    = false
}

variable "tags" {
  description = "More tags for the rule and its role; the tag Owner always comes from owner."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.tags) <= 40 && alltrue([for key, value in var.tags : length(key) >= 1 && length(key) <= 128 && length(value) <= 256 && !startswith(lower(key), "aws:")])
    error_message = "There are at most 40 tags; a key has 1 to 128 characters and does not start with aws:, a value has at most 256."
  }
}
