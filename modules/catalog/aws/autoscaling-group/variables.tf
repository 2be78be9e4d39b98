variable "name" {
  description = "Name of the group, of its instances and of what belongs to it."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$", var.name)) && !startswith(var.name, "sg-")
    error_message = "The name has 1 to 40 lower case letters, digits and hyphens, neither starts nor ends with a hyphen, and does not start with sg-."
  }
}

variable "owner" {
  description = "Team that answers for the group; becomes the tag Owner."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9 _.-]{0,62}$", var.owner))
    error_message = "The owner is a team: 1 to 63 letters, digits, spaces, dots, underscores and hyphens, starting with a letter or digit."
  }
}

variable "subnet_ids" {
  description = "Subnets the instances are in; private ones, of two zones or more to survive the loss of one."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) >= 1 && alltrue([for id in var.subnet_ids : can(regex("^subnet-[0-9a-f]{8,17}$", id))])
    error_message = "The subnets are one or more IDs such as subnet-0a1b2c3d4e5f67890."
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

variable "more_instance_types" {
  description = "Further types to take when instance_type is not to be had, which spot instances need."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.more_instance_types) <= 20 && alltrue([for type in var.more_instance_types : can(regex("^[a-z][a-z0-9-]*\\.[a-z0-9-]+$", type))])
    error_message = "There are at most 20 further instance types, each a family and a size, such as t3a.small."
  }
}

variable "min_size" {
  description = "Number of instances that run at least."
  type        = number
  default     = 2
  nullable    = false

  validation {
    condition     = var.min_size >= 0 && var.min_size <= 500 && floor(var.min_size) == var.min_size
    error_message = "0 to 500 instances run at least."
  }
}

variable "max_size" {
  description = "Number of instances that run at most."
  type        = number
  default     = 4
  nullable    = false

  validation {
    condition     = var.max_size >= 1 && var.max_size <= 500 && floor(var.max_size) == var.max_size
    error_message = "1 to 500 instances run at most."
  }
}

variable "cpu_percent" {
  description = "CPU use in percent that the number of instances follows."
  type        = number
  default     = 60
  nullable    = false

  validation {
    condition     = var.cpu_percent >= 10 && var.cpu_percent <= 95 && floor(var.cpu_percent) == var.cpu_percent
    error_message = "The number of instances follows a CPU use of 10 to 95 whole percent."
  }
}

variable "spot_percent" {
  description = "Percentage of instances that are spot instances: cheaper, and taken away at two minutes' notice."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.spot_percent >= 0 && var.spot_percent <= 100 && floor(var.spot_percent) == var.spot_percent
    error_message = "0 to 100 whole percent of the instances are spot instances."
  }
}

variable "target_group_arns" {
  description = "Target groups of load balancers that send requests to the instances, and say which are healthy."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.target_group_arns : can(regex("^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:[0-9]{12}:targetgroup/[A-Za-z0-9-]+/[0-9a-f]+$", arn))])
    error_message = "Each target group is an ARN such as arn:aws:elasticloadbalancing:eu-central-1:111122223333:targetgroup/shop-web-in-8080/0123456789abcdef."
  }
}

variable "security_group_ids" {
  description = "Security groups of the instances. Without any they get one of their own that lets nothing in and everything out."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for id in var.security_group_ids : can(regex("^sg-[0-9a-f]{8,17}$", id))])
    error_message = "Each security group is an ID such as sg-0a1b2c3d4e5f67890."
  }
}

variable "ami_id" {
  description = "Image the instances start from. Without it, the Amazon Linux 2023 of the day each is made, for the processor of its type."
  type        = string
  default     = null

  validation {
    condition     = var.ami_id == null ? true : can(regex("^ami-[0-9a-f]{8,17}$", var.ami_id))
    error_message = "The image is an ID such as ami-0a1b2c3d4e5f67890; leave it out for Amazon Linux 2023."
  }
}

variable "root_volume_gib" {
  description = "Size of each root volume in GiB."
  type        = number
  default     = 20
  nullable    = false

  validation {
    condition     = var.root_volume_gib >= 8 && var.root_volume_gib <= 16384 && floor(var.root_volume_gib) == var.root_volume_gib
    error_message = "The root volume has 8 to 16384 whole GiB."
  }
}

variable "kms_key_arn" {
  description = "KMS key that encrypts the volumes; its policy has to let AWSServiceRoleForAutoScaling use it. Without it, EBS encrypts with the account's own key."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "The KMS key is an ARN such as arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab; an alias is not enough."
  }
}

variable "user_data" {
  description = "Script that runs when an instance starts. Everybody who may describe instances can read it: no secrets."
  type        = string
  default     = null

  validation {
    condition     = var.user_data == null ? true : length(var.user_data) <= 16384
    error_message = "The start script has at most 16384 characters."
  }
}

variable "policy_arns" {
  description = "IAM policies for what runs on the instances, besides what SSM needs."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.policy_arns) <= 10 && alltrue([for arn in var.policy_arns : can(regex("^arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/.+$", arn)) && !endswith(arn, ":aws:policy/AdministratorAccess")])
    error_message = "There are at most 10 policies, each an ARN such as arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess; AdministratorAccess is refused."
  }
}

variable "tags" {
  description = "More tags for the group and its instances; the tag Owner always comes from owner."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.tags) <= 40 && alltrue([for key, value in var.tags : length(key) >= 1 && length(key) <= 128 && length(value) <= 256 && !startswith(lower(key), "aws:")])
    error_message = "There are at most 40 tags; a key has 1 to 128 characters and does not start with aws:, a value has at most 256."
  }
}
