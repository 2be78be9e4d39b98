variable "name" {
  description = "Name of the role, unique in the account."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.name))
    error_message = "The name has 1 to 63 lower case letters, digits and hyphens, and neither starts nor ends with a hyphen."
  }
}

variable "owner" {
  description = "Team that answers for the role; becomes the tag Owner."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9 _.-]{0,62}$", var.owner))
    error_message = "The owner is a team: 1 to 63 letters, digits, spaces, dots, underscores and hyphens, starting with a letter or digit."
  }
}

variable "trusted_service" {
  description = "AWS service that may assume the role: a short name such as lambda, or the full one such as lambda.amazonaws.com."
  type        = string
  default     = null

  validation {
    condition     = var.trusted_service == null ? true : can(regex("^((apigateway|appsync|backup|batch|bedrock|build\\.apprunner|cloudformation|codebuild|codedeploy|codepipeline|dms|ec2|ecs|ecs-tasks|edgelambda|eks|events|export\\.rds|firehose|glue|grafana|iot|lambda|logs|monitoring\\.rds|pipes|pods\\.eks|rds|redshift|s3|sagemaker|scheduler|ssm|states|tasks\\.apprunner|transfer|vpc-flow-logs)(\\.amazonaws\\.com)?|[a-z0-9-]+(\\.[a-z0-9-]+)*\\.amazonaws\\.com)$", lower(var.trusted_service)))
    error_message = "The service is one such as lambda, ec2, ecs-tasks, states, scheduler, codebuild or glue; others are written in full, such as airflow.amazonaws.com."
  }
}

variable "trusted_accounts" {
  description = "AWS accounts whose users and roles may assume the role, as far as their own account lets them."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for account in var.trusted_accounts : can(regex("^[0-9]{12}$", account))])
    error_message = "Each account is a number of 12 digits, such as 111122223333."
  }
}

variable "external_id" {
  description = "External ID that trusted accounts have to say, as agreed with a third party. It is no secret."
  type        = string
  default     = null

  validation {
    condition     = var.external_id == null ? true : can(regex("^[A-Za-z0-9+=,.@:/-]{2,}$", var.external_id)) && length(var.external_id) <= 1224
    error_message = "The external ID has 2 to 1224 letters, digits and the characters + = , . @ : / -."
  }
}

variable "github_repositories" {
  description = "GitHub repositories whose workflows may assume the role, such as acme/shop. Alone it means the branch github_branch; acme/shop:environment:prod, acme/shop:pull_request or acme/shop:ref:refs/tags/v1 mean just that."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for repository in var.github_repositories : can(regex("^[A-Za-z0-9-]+/[A-Za-z0-9._-]+(:pull_request|:environment:[A-Za-z0-9._-]+|:ref:refs/(heads|tags)/[A-Za-z0-9._/*-]+)?$", repository))])
    error_message = "Each repository is owner/name, such as acme/shop; behind it may stand :environment:prod, :pull_request or :ref:refs/heads/main. A wildcard stands for no owner and no repository."
  }
}

variable "github_branch" {
  description = "Branch whose workflows may assume the role; a * stands for any characters, as in release/*."
  type        = string
  default     = "main"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9._-][A-Za-z0-9._/*-]{0,199}$", var.github_branch))
    error_message = "The branch is one such as main or release/*; it has at most 200 letters, digits and the characters . _ / - *, and does not start with *."
  }
}

variable "managed_policies" {
  description = "Policies to attach: ARNs, or names of AWS's own such as AmazonS3ReadOnlyAccess."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.managed_policies) <= 10 && alltrue([for policy in var.managed_policies : can(regex("^(arn:aws[a-z-]*:iam::(aws|[0-9]{12}):policy/[A-Za-z0-9+=,.@_/-]+|[A-Z][A-Za-z0-9_-]{2,127}|(service-role|job-function|aws-service-role)/[A-Za-z0-9_-]+)$", policy))])
    error_message = "There are at most 10 policies; each is an ARN such as arn:aws:iam::111122223333:policy/shop-read or a name such as AmazonS3ReadOnlyAccess."
  }

  validation {
    condition     = alltrue([for policy in var.managed_policies : !can(regex("(^|/)(AdministratorAccess|IAMFullAccess|PowerUserAccess)$", policy))])
    error_message = "AdministratorAccess, IAMFullAccess and PowerUserAccess are not given; name the actions that are needed."
  }
}

variable "actions" {
  description = "Actions the role may do on resources, such as s3:GetObject."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for action in var.actions : can(regex("^[a-z0-9-]+:[A-Za-z0-9*]+$", action))])
    error_message = "Each action is a service and an action, such as s3:GetObject or dynamodb:Batch*; * and *:* are refused."
  }
}

variable "resources" {
  description = "ARNs of what the actions may touch. A * is taken only for actions that are named one by one."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for resource in var.resources : resource == "*" || can(regex("^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:([0-9]{12}|aws)?:.+$", resource))])
    error_message = "Each resource is an ARN such as arn:aws:s3:::acme-invoices/*, or * where actions know no resources."
  }
}

# Two lists cannot say "read here, write there"; this can.
variable "more_permissions" {
  description = "More permissions beside actions and resources, each with actions and resources of its own."
  type        = list(object({ actions = list(string), resources = list(string) }))
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for permission in var.more_permissions : length(permission.actions) > 0 && alltrue([for action in permission.actions : can(regex("^[a-z0-9-]+:[A-Za-z0-9*]+$", action))])])
    error_message = "Each permission has actions such as s3:GetObject or dynamodb:Batch*; * and *:* are refused."
  }

  validation {
    condition     = alltrue([for permission in var.more_permissions : length(permission.resources) > 0 && alltrue([for resource in permission.resources : resource == "*" || can(regex("^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:([0-9]{12}|aws)?:.+$", resource))])])
    error_message = "Each permission has resources: ARNs such as arn:aws:s3:::acme-invoices/*, or * where actions know no resources."
  }

  validation {
    condition     = alltrue([for permission in var.more_permissions : !contains(permission.resources, "*") || alltrue([for action in permission.actions : !can(regex(":\\*+$", action))])])
    error_message = "All actions of a service on all resources are refused; name the actions or the resources."
  }
}

variable "permissions_boundary_arn" {
  description = "Policy that bounds what the role may do, whatever else is given to it."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary_arn == null ? true : can(regex("^arn:aws[a-z-]*:iam::(aws|[0-9]{12}):policy/[A-Za-z0-9+=,.@_/-]+$", var.permissions_boundary_arn))
    error_message = "The permissions boundary is the ARN of a policy, such as arn:aws:iam::111122223333:policy/boundary."
  }
}

variable "max_session_hours" {
  description = "Hours a session of the role may last."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.max_session_hours >= 1 && var.max_session_hours <= 12 && floor(var.max_session_hours) == var.max_session_hours
    error_message = "A session lasts 1 to 12 whole hours."
  }
}

variable "tags" {
  description = "More tags for the role; the tag Owner always comes from owner."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.tags) <= 40 && alltrue([for key, value in var.tags : length(key) >= 1 && length(key) <= 128 && length(value) <= 256 && !startswith(lower(key), "aws:")])
    error_message = "There are at most 40 tags; a key has 1 to 128 characters and does not start with aws:, a value has at most 256."
  }
}
