variable "name" {
  description = "Name of the function, unique in its account and region."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,55}[a-z0-9])?$", var.name))
    error_message = "The name has 1 to 57 lower case letters, digits and hyphens, and neither starts nor ends with a hyphen."
  }
}

variable "owner" {
  description = "Team that answers for the function; becomes the tag Owner."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9 _.-]{0,62}$", var.owner))
    error_message = "The owner is a team: 1 to 63 letters, digits, spaces, dots, underscores and hyphens, starting with a letter or digit."
  }
}

variable "code" {
  description = "Where the code is: a ZIP archive in S3 as s3://bucket/key, or a container image in ECR with its tag or digest."
  type        = string

  validation {
    condition     = can(regex("^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/[^/?#][^?#]*$", var.code)) || can(regex("^[0-9]{12}[.]dkr[.]ecr[.][a-z0-9-]+[.]amazonaws[.]com([.]cn)?/[a-z0-9][a-z0-9._/-]*(:[A-Za-z0-9_][A-Za-z0-9._-]{0,127}|@sha256:[0-9a-f]{64})$", var.code))
    error_message = "The code is s3://bucket/key.zip or an image in ECR such as 111122223333.dkr.ecr.eu-central-1.amazonaws.com/send-mail:1.4.0."
  }
}

variable "code_version" {
  description = "Version of the archive in S3. Without it, the latest is deployed, and a new one only when the key changes."
  type        = string
  default     = null

  validation {
    condition     = var.code_version == null ? true : can(regex("^[A-Za-z0-9._+/=-]{1,255}$", var.code_version))
    error_message = "The code version is the version ID of an object in S3, such as L4kqtJlcpXroDTDmpUMLUo."
  }
}

variable "runtime" {
  description = "Runtime of the code in an archive; an image brings its own."
  type        = string
  default     = "python3.13"
  nullable    = false

  validation {
    condition     = can(regex("^(nodejs|python|java|dotnet|ruby|provided)[.a-z0-9]{1,20}$", var.runtime))
    error_message = "The runtime is one of AWS Lambda's, such as python3.13, nodejs22.x, java21 or provided.al2023."
  }
}

variable "handler" {
  description = "Function in the archive that is called. Without it, what AWS proposes for the runtime, such as index.handler; an image brings its own."
  type        = string
  default     = null

  validation {
    condition     = var.handler == null ? true : can(regex("^[^ ]{1,128}$", var.handler))
    error_message = "The handler has 1 to 128 characters and no spaces, such as index.handler or app.main."
  }
}

variable "memory_mib" {
  description = "Memory in MiB; the share of processors grows with it."
  type        = number
  default     = 256
  nullable    = false

  validation {
    condition     = var.memory_mib >= 128 && var.memory_mib <= 10240 && floor(var.memory_mib) == var.memory_mib
    error_message = "The memory is 128 to 10240 whole MiB (10 GiB)."
  }
}

variable "timeout_seconds" {
  description = "Seconds after which a call is stopped."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.timeout_seconds >= 1 && var.timeout_seconds <= 900 && floor(var.timeout_seconds) == var.timeout_seconds
    error_message = "The timeout is 1 to 900 whole seconds (15 minutes)."
  }
}

variable "architecture" {
  description = "Processors that the code is built for; arm64 costs less."
  type        = string
  default     = "x86_64"
  nullable    = false

  validation {
    condition     = contains(["x86_64", "arm64"], var.architecture)
    error_message = "The architecture is one of x86_64, arm64."
  }
}

variable "environment_variables" {
  description = "Environment variables of the code. They are readable in plans and in the console: name a secret by its ARN, never write its value."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for key, value in var.environment_variables : can(regex("^[A-Za-z][A-Za-z0-9_]+$", key)) && !startswith(key, "AWS_") && !startswith(key, "LAMBDA_")])
    error_message = "The name of a variable has letters, digits and underscores, starts with a letter, and not with AWS_ or LAMBDA_, which Lambda keeps for itself."
  }

  validation {
    condition     = alltrue([for key, value in var.environment_variables : !can(regex("(password|passwd|secret|token|api_?key|private_?key)$", lower(key))) || startswith(value, "arn:")])
    error_message = "A variable does not hold a secret: name the secret by its ARN, and let the code read it."
  }
}

variable "subnet_ids" {
  description = "Subnets that the function reaches into. Without them it runs outside of any VPC; in one, it reaches the internet only through a NAT gateway."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for id in var.subnet_ids : can(regex("^subnet-[0-9a-f]{8,17}$", id))])
    error_message = "Each subnet is an ID such as subnet-0a1b2c3d4e5f67890."
  }
}

variable "security_group_ids" {
  description = "Security groups of the function in its subnets; needed with subnets, and only then."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.security_group_ids) <= 5 && alltrue([for id in var.security_group_ids : can(regex("^sg-[0-9a-f]{8,17}$", id))])
    error_message = "There are at most 5 security groups, each an ID such as sg-0a1b2c3d4e5f67890."
  }
}

variable "policy_arns" {
  description = "IAM policies that say what the code may do besides writing its log."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.policy_arns) <= 10 && alltrue([for arn in var.policy_arns : can(regex("^arn:aws[a-z-]*:iam::(aws|[0-9]{12}):policy/[A-Za-z0-9_+=,.@/-]+$", arn))])
    error_message = "There are at most 10 policies, each an ARN such as arn:aws:iam::111122223333:policy/read-orders."
  }

  validation {
    condition     = alltrue([for arn in var.policy_arns : !can(regex("policy/(AdministratorAccess|PowerUserAccess|IAMFullAccess)$", arn))])
    error_message = "A function does not get AdministratorAccess, PowerUserAccess or IAMFullAccess: write a policy for what it does."
  }
}

variable "reserved_concurrency" {
  description = "How many calls may run at once; as many are kept free for the function, and 0 stops it. Without it, it shares what the account has."
  type        = number
  default     = null

  validation {
    condition     = var.reserved_concurrency == null ? true : var.reserved_concurrency >= 0 && floor(var.reserved_concurrency) == var.reserved_concurrency
    error_message = "The reserved concurrency is 0 or a whole number of calls; leave it out to share what the account has."
  }
}

variable "log_retention_days" {
  description = "Days until an entry of the log is deleted."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "Logs are kept for 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653 days."
  }
}

variable "kms_key_arn" {
  description = "KMS key that encrypts the environment variables. Without it, Lambda encrypts them with its key in this account."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "The KMS key is an ARN such as arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab; an alias is not enough."
  }
}

variable "tags" {
  description = "More tags for the function, its role and its log; the tag Owner always comes from owner."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.tags) <= 40 && alltrue([for key, value in var.tags : length(key) >= 1 && length(key) <= 128 && length(value) <= 256 && !startswith(lower(key), "aws:")])
    error_message = "There are at most 40 tags; a key has 1 to 128 characters and does not start with aws:, a value has at most 256."
  }
}
