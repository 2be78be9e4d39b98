variable "name" {
  description = "Name of the domain, unique among the domains of the account in its region."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,27}$", var.name)) && !endswith(var.name, "-")
    error_message = "The name has 3 to 28 lower case letters, digits and hyphens, starts with a letter and does not end with a hyphen."
  }
}

variable "owner" {
  description = "Team that answers for the domain; becomes the tag Owner."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9 _.-]{0,62}$", var.owner))
    error_message = "The owner is a team: 1 to 63 letters, digits, spaces, dots, underscores and hyphens, starting with a letter or digit."
  }
}

variable "subnet_ids" {
  description = "Private subnets of one VPC, each in another availability zone: the nodes are spread over all of them."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) >= 1 && length(var.subnet_ids) <= 3 && alltrue([for id in var.subnet_ids : can(regex("^subnet-([0-9a-f]{8}|[0-9a-f]{17})$", id))])
    error_message = "The domain needs one to three subnets, such as subnet-0a1b2c3d4e5f67890, in different availability zones."
  }
}

variable "admin_role_arn" {
  description = "IAM role or user that may do everything in the domain, and hands out rights to others."
  type        = string

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:(role|user)/.+$", var.admin_role_arn))
    error_message = "The administrator is the ARN of an IAM role or user, such as arn:aws:iam::111122223333:role/search-admin."
  }
}

variable "client_role_arns" {
  description = "IAM roles or users that may send requests; what they may read and write is decided in the domain."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.client_role_arns : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:(role|user)/.+$", arn))])
    error_message = "Each client is the ARN of an IAM role or user, such as arn:aws:iam::111122223333:role/shop."
  }
}

variable "allow_from" {
  description = "Security groups whose members may connect, with HTTPS. Without any, nobody can."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for id in var.allow_from : can(regex("^sg-([0-9a-f]{8}|[0-9a-f]{17})$", id))])
    error_message = "Each client is a security group, such as sg-0a1b2c3d4e5f67890."
  }
}

variable "security_group_ids" {
  description = "Security groups the domain is in besides its own."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.security_group_ids) <= 4 && alltrue([for id in var.security_group_ids : can(regex("^sg-([0-9a-f]{8}|[0-9a-f]{17})$", id))])
    error_message = "There are at most 4 more security groups, such as sg-0a1b2c3d4e5f67890."
  }
}

variable "engine_version" {
  description = "Version of OpenSearch."
  type        = string
  default     = "2.19"
  nullable    = false

  validation {
    condition     = can(regex("^[1-9]\\.[0-9]{1,2}$", var.engine_version))
    error_message = "The version is one of OpenSearch, such as 2.19 or 3.1."
  }
}

variable "instance_type" {
  description = "Instance type of every data node."
  type        = string
  default     = "t3.small.search"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]+[0-9]+[a-z]*\\.(small|medium|[0-9]*x?large)\\.search$", var.instance_type))
    error_message = "The instance type is one of OpenSearch, such as t3.small.search or r7g.large.search."
  }
}

variable "instances" {
  description = "Number of data nodes, at least one for every subnet. Without it, one for every subnet."
  type        = number
  default     = null

  validation {
    condition     = var.instances == null ? true : var.instances >= 1 && var.instances <= 80 && floor(var.instances) == var.instances
    error_message = "There are 1 to 80 data nodes."
  }
}

variable "master_type" {
  description = "Instance type of three nodes that only lead the cluster, worth it from about ten data nodes on. Without it, data nodes lead."
  type        = string
  default     = null

  validation {
    condition     = var.master_type == null ? true : can(regex("^[a-z]+[0-9]+[a-z]*\\.(small|medium|[0-9]*x?large)\\.search$", var.master_type))
    error_message = "The instance type is one of OpenSearch, such as m7g.large.search; leave it out to let data nodes lead."
  }
}

variable "storage_gib" {
  description = "Storage of every data node, in GiB; how much a node can have depends on its type."
  type        = number
  default     = 20
  nullable    = false

  validation {
    condition     = var.storage_gib >= 10 && var.storage_gib <= 24576 && floor(var.storage_gib) == var.storage_gib
    error_message = "A node has 10 to 24576 whole GiB of storage; small types take less, t3.small.search at most 100."
  }
}

variable "kms_key_arn" {
  description = "KMS key that encrypts the data. Without it, OpenSearch encrypts with the key AWS has for it."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "The KMS key is an ARN such as arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab; an alias is not enough."
  }
}

variable "tags" {
  description = "More tags for the domain; the tag Owner always comes from owner."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.tags) <= 40 && alltrue([for key, value in var.tags : length(key) >= 1 && length(key) <= 128 && length(value) <= 256 && !startswith(lower(key), "aws:")])
    error_message = "There are at most 40 tags; a key has 1 to 128 characters and does not start with aws:, a value has at most 256."
  }
}
