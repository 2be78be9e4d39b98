variable "name" {
  description = "Name of the instance, of its role and of its security group."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$", var.name)) && !startswith(var.name, "sg-")
    error_message = "The name has 1 to 40 lower case letters, digits and hyphens, neither starts nor ends with a hyphen, and does not start with sg-."
  }
}

variable "owner" {
  description = "Team that answers for the instance; becomes the tag Owner."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9 _.-]{0,62}$", var.owner))
    error_message = "The owner is a team: 1 to 63 letters, digits, spaces, dots, underscores and hyphens, starting with a letter or digit."
  }
}

variable "subnet_id" {
  description = "Subnet the instance is in; a private one unless the internet has to reach it."
  type        = string

  validation {
    condition     = can(regex("^subnet-[0-9a-f]{8,17}$", var.subnet_id))
    error_message = "The subnet is an ID such as subnet-0a1b2c3d4e5f67890."
  }
}

variable "instance_type" {
  description = "Instance type: virtual CPUs, memory and processor."
  type        = string
  default     = "t3.small"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]*\\.[a-z0-9-]+$", var.instance_type))
    error_message = "The instance type is a family and a size, such as t3.small or m7g.large."
  }
}

variable "security_group_ids" {
  description = "Security groups of the instance. Without any it gets one of its own that lets nothing in and everything out."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for id in var.security_group_ids : can(regex("^sg-[0-9a-f]{8,17}$", id))])
    error_message = "Each security group is an ID such as sg-0a1b2c3d4e5f67890."
  }
}

variable "ami_id" {
  description = "Image the instance starts from. Without it, the Amazon Linux 2023 of the day it is made, for the processor of its type."
  type        = string
  default     = null

  validation {
    condition     = var.ami_id == null ? true : can(regex("^ami-[0-9a-f]{8,17}$", var.ami_id))
    error_message = "The image is an ID such as ami-0a1b2c3d4e5f67890; leave it out for Amazon Linux 2023."
  }
}

variable "root_volume_gib" {
  description = "Size of the root volume in GiB."
  type        = number
  default     = 20
  nullable    = false

  validation {
    condition     = var.root_volume_gib >= 8 && var.root_volume_gib <= 16384 && floor(var.root_volume_gib) == var.root_volume_gib
    error_message = "The root volume has 8 to 16384 whole GiB."
  }
}

variable "data_volume_gib" {
  description = "Size in GiB of a second volume for data, /dev/sdf, that outlives the instance. Without it there is none."
  type        = number
  default     = null

  validation {
    condition     = var.data_volume_gib == null ? true : var.data_volume_gib >= 1 && var.data_volume_gib <= 16384 && floor(var.data_volume_gib) == var.data_volume_gib
    error_message = "The data volume has 1 to 16384 whole GiB; leave it out to have none."
  }
}

variable "kms_key_arn" {
  description = "KMS key that encrypts the volumes. Without it, EBS encrypts with the account's own key."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "The KMS key is an ARN such as arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab; an alias is not enough."
  }
}

variable "user_data" {
  description = "Script that runs at the first start. Everybody who may describe instances can read it: no secrets."
  type        = string
  default     = null

  validation {
    condition     = var.user_data == null ? true : length(var.user_data) <= 16384
    error_message = "The start script has at most 16384 characters."
  }
}

variable "public_ip" {
  description = "Give the instance a public IPv4 address, which needs a public subnet."
  type        = bool
  default     = false
  nullable    = false
}

variable "policy_arns" {
  description = "IAM policies for what runs on the instance, besides what SSM needs."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.policy_arns) <= 10 && alltrue([for arn in var.policy_arns : can(regex("^arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/.+$", arn)) && !endswith(arn, ":aws:policy/AdministratorAccess")])
    error_message = "There are at most 10 policies, each an ARN such as arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess; AdministratorAccess is refused."
  }
}

variable "detailed_monitoring" {
  description = "Measure each minute instead of every five, which costs extra."
  type        = bool
  default     = false
  nullable    = false
}

variable "termination_protection" {
  description = "Refuse termination in the console and by others; Terraform itself still may."
  type        = bool
  default     = true
  nullable    = false
}

variable "tags" {
  description = "More tags for the instance and what belongs to it; the tag Owner always comes from owner."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.tags) <= 40 && alltrue([for key, value in var.tags : length(key) >= 1 && length(key) <= 128 && length(value) <= 256 && !startswith(lower(key), "aws:")])
    error_message = "There are at most 40 tags; a key has 1 to 128 characters and does not start with aws:, a value has at most 256."
  }
}
