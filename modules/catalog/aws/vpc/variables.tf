variable "name" {
  description = "Name of the VPC; what is in it gets names that start with it."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,34}[a-z0-9])?$", var.name))
    error_message = "The name has 1 to 36 lower case letters, digits and hyphens, and neither starts nor ends with a hyphen."
  }
}

variable "owner" {
  description = "Team that answers for the VPC; becomes the tag Owner."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9 _.-]{0,62}$", var.owner))
    error_message = "The owner is a team: 1 to 63 letters, digits, spaces, dots, underscores and hyphens, starting with a letter or digit."
  }
}

variable "cidr" {
  description = "IPv4 range of the VPC; each subnet gets a sixteenth of it."
  type        = string
  default     = "10.0.0.0/16"
  nullable    = false

  validation {
    condition     = can(regex("^[0-9.]+/(1[6-9]|2[0-4])$", var.cidr)) && try(cidrhost(var.cidr, 0) == split("/", var.cidr)[0], false)
    error_message = "The range is an IPv4 network from /16 to /24 that starts at its first address, such as 10.20.0.0/16."
  }
}

variable "zones" {
  description = "Number of availability zones that get subnets."
  type        = number
  default     = 2
  nullable    = false

  validation {
    condition     = var.zones >= 1 && var.zones <= 6 && floor(var.zones) == var.zones
    error_message = "A VPC spans 1 to 6 availability zones; most regions have 3."
  }
}

variable "public_subnets" {
  description = "Add a public subnet in each zone, with a way to and from the internet. Without them there is no NAT either."
  type        = bool
  default     = true
  nullable    = false
}

variable "nat" {
  description = "NAT gateways, by which private subnets reach the internet: a single one for all zones, one per zone, or none."
  type        = string
  default     = "single"
  nullable    = false

  validation {
    condition     = contains(["single", "per-zone", "none"], var.nat)
    error_message = "NAT is one of single, per-zone, none."
  }
}

variable "gateway_endpoints" {
  description = "Reach S3 and DynamoDB inside of AWS instead of through NAT, which costs nothing."
  type        = bool
  default     = true
  nullable    = false
}

variable "flow_logs" {
  description = "Record the connections of the VPC in CloudWatch Logs."
  type        = bool
  default     = true
  nullable    = false
}

variable "flow_log_days" {
  description = "Days until a flow log record is deleted."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.flow_log_days)
    error_message = "CloudWatch Logs keeps records for 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653 days."
  }
}

variable "kms_key_arn" {
  description = "KMS key that encrypts the flow logs; its policy has to let CloudWatch Logs use it. Without it, CloudWatch Logs encrypts with its own keys."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "The KMS key is an ARN such as arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab; an alias is not enough."
  }
}

variable "tags" {
  description = "More tags for the VPC and what is in it; the tag Owner always comes from owner."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.tags) <= 40 && alltrue([for key, value in var.tags : length(key) >= 1 && length(key) <= 128 && length(value) <= 256 && !startswith(lower(key), "aws:")])
    error_message = "There are at most 40 tags; a key has 1 to 128 characters and does not start with aws:, a value has at most 256."
  }
}
