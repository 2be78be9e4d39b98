variable "name" {
  description = "Name of the stream, unique in its account and region."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,98}[a-z0-9])?$", var.name))
    error_message = "The name has 1 to 100 lower case letters, digits and hyphens, and neither starts nor ends with a hyphen."
  }
}

variable "owner" {
  description = "Team that answers for the stream; becomes the tag Owner."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9 _.-]{0,62}$", var.owner))
    error_message = "The owner is a team: 1 to 63 letters, digits, spaces, dots, underscores and hyphens, starting with a letter or digit."
  }
}

variable "shard_count" {
  description = "Shards that are paid for all the time; each takes 1 MiB or 1000 records per second. Without it, the stream grows and shrinks with its use (on demand)."
  type        = number
  default     = null

  validation {
    condition     = var.shard_count == null ? true : var.shard_count >= 1 && var.shard_count <= 10000 && floor(var.shard_count) == var.shard_count
    error_message = "The stream has 1 to 10000 whole shards; leave it out to let it grow and shrink with its use."
  }
}

variable "retention_hours" {
  description = "Hours that a record can be read before it is dropped; what is kept for longer than a day is paid for."
  type        = number
  default     = 24
  nullable    = false

  validation {
    condition     = var.retention_hours >= 24 && var.retention_hours <= 8760 && floor(var.retention_hours) == var.retention_hours
    error_message = "Records are kept for 24 to 8760 whole hours (1 to 365 days)."
  }
}

variable "consumers" {
  description = "Names of consumers with a throughput of their own (enhanced fan-out), which is paid for; others share 2 MiB per second and shard."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.consumers) <= 20 && alltrue([for name in var.consumers : can(regex("^[A-Za-z0-9_.-]{1,128}$", name))])
    error_message = "There are at most 20 consumers; a name has 1 to 128 letters, digits, dots, underscores and hyphens."
  }
}

variable "shard_metrics" {
  description = "Write metrics of every single shard, which are paid for, besides those of the stream."
  type        = bool
  default     = false
  nullable    = false
}

variable "alarm_topic_arns" {
  description = "SNS topics that are told when writers are refused or readers fall behind. Without them, there are no alarms."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.alarm_topic_arns) <= 5 && alltrue([for arn in var.alarm_topic_arns : can(regex("^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", arn))])
    error_message = "There are at most 5 topics, each an ARN such as arn:aws:sns:eu-central-1:111122223333:alarms."
  }
}

variable "alarm_age_minutes" {
  description = "Minutes that a record may wait for its reader before there is an alarm."
  type        = number
  default     = 60
  nullable    = false

  validation {
    condition     = var.alarm_age_minutes >= 1 && var.alarm_age_minutes <= 525600 && floor(var.alarm_age_minutes) == var.alarm_age_minutes
    error_message = "There is an alarm after 1 to 525600 whole minutes."
  }
}

variable "kms_key_arn" {
  description = "KMS key that encrypts the records. Without it, Kinesis encrypts with its key in this account (alias/aws/kinesis)."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "The KMS key is an ARN such as arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab; an alias is not enough."
  }
}

variable "tags" {
  description = "More tags for the stream and its alarms; the tag Owner always comes from owner."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.tags) <= 40 && alltrue([for key, value in var.tags : length(key) >= 1 && length(key) <= 128 && length(value) <= 256 && !startswith(lower(key), "aws:")])
    error_message = "There are at most 40 tags; a key has 1 to 128 characters and does not start with aws:, a value has at most 256."
  }
}
