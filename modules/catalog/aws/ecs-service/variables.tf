variable "name" {
  description = "Name of the service, of its container and of what belongs to it."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$", var.name)) && !startswith(var.name, "sg-")
    error_message = "The name has 1 to 40 lower case letters, digits and hyphens, neither starts nor ends with a hyphen, and does not start with sg-."
  }
}

variable "owner" {
  description = "Team that answers for the service; becomes the tag Owner."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9 _.-]{0,62}$", var.owner))
    error_message = "The owner is a team: 1 to 63 letters, digits, spaces, dots, underscores and hyphens, starting with a letter or digit."
  }
}

variable "image" {
  description = "Image that runs, with its tag or digest."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][A-Za-z0-9._:/-]*(:[A-Za-z0-9_][A-Za-z0-9._-]{0,127}|@sha256:[0-9a-f]{64})$", var.image))
    error_message = "The image has a tag or digest, such as nginx:1.29 or 111122223333.dkr.ecr.eu-central-1.amazonaws.com/shop-api:1.4.2."
  }
}

variable "subnet_ids" {
  description = "Subnets the tasks run in; private ones with a way to the image's registry."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) >= 1 && alltrue([for id in var.subnet_ids : can(regex("^subnet-[0-9a-f]{8,17}$", id))])
    error_message = "The subnets are one or more IDs such as subnet-0a1b2c3d4e5f67890."
  }
}

variable "cluster" {
  description = "Name or ARN of the ECS cluster to run in. Without it, the service gets a cluster of its own."
  type        = string
  default     = null

  validation {
    condition     = var.cluster == null ? true : can(regex("^(arn:aws[a-z-]*:ecs:[a-z0-9-]+:[0-9]{12}:cluster/)?[A-Za-z0-9_-]{1,255}$", var.cluster))
    error_message = "The cluster is its name or its ARN, such as main or arn:aws:ecs:eu-central-1:111122223333:cluster/main."
  }
}

variable "port" {
  description = "Port the container listens on. Without it, nothing can reach the service: a worker."
  type        = number
  default     = null

  validation {
    condition     = var.port == null ? true : var.port >= 1 && var.port <= 65535 && floor(var.port) == var.port
    error_message = "The port is a whole number from 1 to 65535; leave it out for a worker."
  }
}

variable "cpu" {
  description = "CPU units of a task; 1024 are one virtual CPU."
  type        = number
  default     = 256
  nullable    = false

  validation {
    condition     = contains([256, 512, 1024, 2048, 4096, 8192, 16384], var.cpu)
    error_message = "Fargate has 256, 512, 1024, 2048, 4096, 8192 or 16384 CPU units; 1024 are one virtual CPU."
  }
}

variable "memory_mib" {
  description = "Memory of a task in MiB. Without it, the least that goes with cpu: twice its units."
  type        = number
  default     = null

  validation {
    condition     = var.memory_mib == null ? true : var.memory_mib >= 512 && var.memory_mib <= 122880 && floor(var.memory_mib) == var.memory_mib
    error_message = "A task has 512 to 122880 whole MiB of memory, from twice to eight times the CPU units."
  }
}

variable "instances" {
  description = "Number of tasks that run; with max_instances the least that do."
  type        = number
  default     = 2
  nullable    = false

  validation {
    condition     = var.instances >= 0 && var.instances <= 1000 && floor(var.instances) == var.instances
    error_message = "0 to 1000 tasks run."
  }
}

variable "max_instances" {
  description = "Number of tasks that run at most while their CPUs are busy. Without it, the number does not change by itself."
  type        = number
  default     = null

  validation {
    condition     = var.max_instances == null ? true : var.max_instances >= 1 && var.max_instances <= 1000 && floor(var.max_instances) == var.max_instances
    error_message = "1 to 1000 tasks run at most; leave it out to keep the number."
  }
}

variable "target_group_arn" {
  description = "Target group of a load balancer that sends requests to port; its targets are IP addresses."
  type        = string
  default     = null

  validation {
    condition     = var.target_group_arn == null ? true : can(regex("^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:[0-9]{12}:targetgroup/[A-Za-z0-9-]+/[0-9a-f]+$", var.target_group_arn))
    error_message = "The target group is an ARN such as arn:aws:elasticloadbalancing:eu-central-1:111122223333:targetgroup/shop-web-ip-8080/0123456789abcdef."
  }
}

variable "client_security_group_ids" {
  description = "Security groups from which port is reached, such as that of the load balancer."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for id in var.client_security_group_ids : can(regex("^sg-[0-9a-f]{8,17}$", id))])
    error_message = "Each security group is an ID such as sg-0a1b2c3d4e5f67890."
  }
}

variable "variables" {
  description = "Environment variables of the container; everybody who may describe tasks can read them: no secrets."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for key, value in var.variables : can(regex("^[A-Za-z_][A-Za-z0-9_]*$", key))])
    error_message = "Environment variables have names of letters, digits and underscores, such as LOG_LEVEL."
  }
}

variable "secret_arns" {
  description = "Environment variables that come from Secrets Manager or SSM parameters: the ARN for each name."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for key, arn in var.secret_arns : can(regex("^[A-Za-z_][A-Za-z0-9_]*$", key)) && can(regex("^arn:aws[a-z-]*:(secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:|ssm:[a-z0-9-]+:[0-9]{12}:parameter/).+$", arn))])
    error_message = "Each secret is a name such as DB_PASSWORD and the ARN of a secret or SSM parameter, never the secret itself."
  }
}

variable "policy_arns" {
  description = "IAM policies for what runs in the container."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.policy_arns) <= 10 && alltrue([for arn in var.policy_arns : can(regex("^arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/.+$", arn)) && !endswith(arn, ":aws:policy/AdministratorAccess")])
    error_message = "There are at most 10 policies, each an ARN such as arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess; AdministratorAccess is refused."
  }
}

variable "log_days" {
  description = "Days until a line of the container's log is deleted."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_days)
    error_message = "CloudWatch Logs keeps lines for 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653 days."
  }
}

variable "tags" {
  description = "More tags for the service and what belongs to it; the tag Owner always comes from owner."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.tags) <= 40 && alltrue([for key, value in var.tags : length(key) >= 1 && length(key) <= 128 && length(value) <= 256 && !startswith(lower(key), "aws:")])
    error_message = "There are at most 40 tags; a key has 1 to 128 characters and does not start with aws:, a value has at most 256."
  }
}
