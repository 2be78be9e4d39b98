variable "name" {
  description = "Name of the cluster, unique in its account and region."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$", var.name)) && !startswith(var.name, "sg-")
    error_message = "The name has 1 to 40 lower case letters, digits and hyphens, neither starts nor ends with a hyphen, and does not start with sg-."
  }
}

variable "owner" {
  description = "Team that answers for the cluster; becomes the tag Owner."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9 _.-]{0,62}$", var.owner))
    error_message = "The owner is a team: 1 to 63 letters, digits, spaces, dots, underscores and hyphens, starting with a letter or digit."
  }
}

variable "subnet_ids" {
  description = "Subnets of the nodes and of the API, of two zones or more; private ones with a way to the internet or to AWS's endpoints."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) >= 1 && alltrue([for id in var.subnet_ids : can(regex("^subnet-[0-9a-f]{8,17}$", id))])
    error_message = "The subnets are IDs such as subnet-0a1b2c3d4e5f67890, two or more, each in another zone."
  }
}

variable "kubernetes_version" {
  description = "Kubernetes version of the control plane and the nodes."
  type        = string
  default     = "1.34"
  nullable    = false

  validation {
    condition     = can(regex("^1\\.[0-9]{2}$", var.kubernetes_version))
    error_message = "The Kubernetes version is a minor version such as 1.34."
  }
}

variable "instance_type" {
  description = "Instance type of the nodes: virtual CPUs, memory and processor."
  type        = string
  default     = "t3.large"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]*\\.[a-z0-9-]+$", var.instance_type))
    error_message = "The instance type is a family and a size, such as t3.large or m7g.xlarge."
  }
}

variable "nodes" {
  description = "Number of nodes."
  type        = number
  default     = 2
  nullable    = false

  validation {
    condition     = var.nodes >= 1 && var.nodes <= 100 && floor(var.nodes) == var.nodes
    error_message = "A cluster has 1 to 100 nodes."
  }
}

variable "node_disk_gib" {
  description = "Size of each node's disk in GiB."
  type        = number
  default     = 50
  nullable    = false

  validation {
    condition     = var.node_disk_gib >= 20 && var.node_disk_gib <= 16384 && floor(var.node_disk_gib) == var.node_disk_gib
    error_message = "A node's disk has 20 to 16384 whole GiB."
  }
}

variable "spot" {
  description = "Run the nodes on spot instances: cheaper, and taken away at two minutes' notice."
  type        = bool
  default     = false
  nullable    = false
}

variable "public_access_cidrs" {
  description = "IPv4 ranges that reach the API over the internet. Without any, only the VPC does."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for range in var.public_access_cidrs : can(cidrnetmask(range)) && can(regex("/([89]|[12][0-9]|3[0-2])$", range))])
    error_message = "Each range is an IPv4 network such as 203.0.113.0/24, and not everybody."
  }
}

variable "admin_role_arns" {
  description = "IAM roles whose people administer the cluster. Without any, nobody has access until an access entry is made."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.admin_role_arns : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/.+$", arn))])
    error_message = "Each role is an ARN such as arn:aws:iam::111122223333:role/platform-admin."
  }
}

variable "addons" {
  description = "EKS add-ons, in the version that AWS recommends when they are made."
  type        = list(string)
  default     = ["coredns", "eks-pod-identity-agent", "kube-proxy", "vpc-cni"]
  nullable    = false

  validation {
    condition     = alltrue([for addon in var.addons : can(regex("^[a-z][a-z0-9_-]{0,99}$", addon))])
    error_message = "Each add-on is its name, such as aws-ebs-csi-driver."
  }
}

variable "kms_key_arn" {
  description = "KMS key that encrypts Kubernetes' secrets. Without it, the cluster gets one of its own."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "The KMS key is an ARN such as arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab; an alias is not enough."
  }
}

variable "log_days" {
  description = "Days until a line of the control plane's log is deleted."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_days)
    error_message = "CloudWatch Logs keeps lines for 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653 days."
  }
}

variable "tags" {
  description = "More tags for the cluster and what belongs to it; the tag Owner always comes from owner."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.tags) <= 40 && alltrue([for key, value in var.tags : length(key) >= 1 && length(key) <= 128 && length(value) <= 256 && !startswith(lower(key), "aws:")])
    error_message = "There are at most 40 tags; a key has 1 to 128 characters and does not start with aws:, a value has at most 256."
  }
}
