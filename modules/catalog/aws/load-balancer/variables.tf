variable "name" {
  description = "Name of the load balancer, unique in its account and region."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,21}[a-z0-9])?$", var.name)) && !startswith(var.name, "internal-") && !startswith(var.name, "sg-")
    error_message = "The name has 1 to 23 lower case letters, digits and hyphens, neither starts nor ends with a hyphen, and does not start with internal- or sg-."
  }
}

variable "owner" {
  description = "Team that answers for the load balancer; becomes the tag Owner."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9 _.-]{0,62}$", var.owner))
    error_message = "The owner is a team: 1 to 63 letters, digits, spaces, dots, underscores and hyphens, starting with a letter or digit."
  }
}

variable "subnet_ids" {
  description = "Subnets the load balancer is in, of two zones or more; public ones for a public load balancer."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) >= 1 && alltrue([for id in var.subnet_ids : can(regex("^subnet-[0-9a-f]{8,17}$", id))])
    error_message = "The subnets are IDs such as subnet-0a1b2c3d4e5f67890, two or more, each in another zone."
  }
}

variable "certificate_arn" {
  description = "ACM certificate of the host names that clients use; in the region of the load balancer."
  type        = string

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/[A-Za-z0-9-]+$", var.certificate_arn))
    error_message = "The certificate is an ARN such as arn:aws:acm:eu-central-1:111122223333:certificate/1234abcd-12ab-34cd-56ef-1234567890ab."
  }
}

variable "public" {
  description = "Let the internet reach the load balancer, which needs public subnets."
  type        = bool
  default     = false
  nullable    = false
}

variable "allowed_cidrs" {
  description = "IPv4 ranges that reach the load balancer. Without any, the VPC does, and everybody when it is public."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for range in var.allowed_cidrs : can(cidrnetmask(range))])
    error_message = "Each range is an IPv4 network such as 10.0.0.0/8 or 203.0.113.7/32."
  }
}

variable "target_type" {
  description = "What requests are sent to: IP addresses (ECS on Fargate, pods) or EC2 instances."
  type        = string
  default     = "ip"
  nullable    = false

  validation {
    condition     = contains(["ip", "instance"], var.target_type)
    error_message = "The target type is one of ip, instance."
  }
}

variable "target_port" {
  description = "Port that the targets listen on."
  type        = number
  default     = 8080
  nullable    = false

  validation {
    condition     = var.target_port >= 1 && var.target_port <= 65535 && floor(var.target_port) == var.target_port
    error_message = "The target port is a whole number from 1 to 65535."
  }
}

variable "health_check_path" {
  description = "Path that answers 200 to 399 while a target is healthy."
  type        = string
  default     = "/"
  nullable    = false

  validation {
    condition     = can(regex("^/[A-Za-z0-9/_.~%?=&-]*$", var.health_check_path)) && length(var.health_check_path) <= 1024
    error_message = "The health check path starts with a slash, such as /health, and has at most 1024 characters."
  }
}

variable "idle_timeout_seconds" {
  description = "Seconds until a connection without traffic is closed."
  type        = number
  default     = 60
  nullable    = false

  validation {
    condition     = var.idle_timeout_seconds >= 1 && var.idle_timeout_seconds <= 4000 && floor(var.idle_timeout_seconds) == var.idle_timeout_seconds
    error_message = "The idle timeout is 1 to 4000 whole seconds."
  }
}

variable "access_log_bucket" {
  description = "Bucket that receives the access logs; its policy has to let load balancers write. Without it, none are written."
  type        = string
  default     = null

  validation {
    condition     = var.access_log_bucket == null ? true : can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.access_log_bucket))
    error_message = "The access log bucket is the name of a bucket: 3 to 63 lower case letters, digits, dots and hyphens."
  }
}

variable "deletion_protection" {
  description = "Refuse to delete the load balancer until this is switched off."
  type        = bool
  default     = true
  nullable    = false
}

variable "tags" {
  description = "More tags for the load balancer and what belongs to it; the tag Owner always comes from owner."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.tags) <= 40 && alltrue([for key, value in var.tags : length(key) >= 1 && length(key) <= 128 && length(value) <= 256 && !startswith(lower(key), "aws:")])
    error_message = "There are at most 40 tags; a key has 1 to 128 characters and does not start with aws:, a value has at most 256."
  }
}
