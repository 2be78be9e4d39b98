variable "name" {
  description = "Name of the group, unique in the account."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.name))
    error_message = "The name has 1 to 63 lower case letters, digits and hyphens, and neither starts nor ends with a hyphen."
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

variable "members" {
  description = "Names of the users in the group. They are made elsewhere and have to exist; whoever is not named is not in it."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for member in var.members : can(regex("^[A-Za-z0-9+=,.@_-]{1,64}$", member))])
    error_message = "Each member is the name of a user: 1 to 64 letters, digits and the characters + = , . @ _ -."
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
  description = "Actions members may do on resources, such as s3:GetObject."
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

variable "require_mfa" {
  description = "Deny members everything but setting up a second factor until they have signed in with one."
  type        = bool
  default     = true
  nullable    = false
}

variable "self_service" {
  description = "Let members change their own password and manage their own second factor."
  type        = bool
  default     = true
  nullable    = false
}

variable "tags" {
  description = "More tags for the group's policies; the tag Owner always comes from owner."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.tags) <= 40 && alltrue([for key, value in var.tags : length(key) >= 1 && length(key) <= 128 && length(value) <= 256 && !startswith(lower(key), "aws:")])
    error_message = "There are at most 40 tags; a key has 1 to 128 characters and does not start with aws:, a value has at most 256."
  }
}
