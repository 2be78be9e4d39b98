variable "name" {
  description = "Name of the account, unique in its project."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.name))
    error_message = "The name has 6 to 30 lower case letters, digits and hyphens, starts with a letter and does not end with a hyphen."
  }
}

variable "owner" {
  description = "Team that answers for the account; becomes the description."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9 _.-]{0,62}$", var.owner))
    error_message = "The owner is a team: 1 to 63 letters, digits, spaces, dots, underscores and hyphens, starting with a letter or digit."
  }
}

variable "project" {
  description = "Project the account is in. Without it, the project of the provider."
  type        = string
  default     = null

  validation {
    condition     = var.project == null ? true : can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project))
    error_message = "The project is its id: 6 to 30 lower case letters, digits and hyphens, starting with a letter."
  }
}

variable "purpose" {
  description = "What the account is for, in a few words."
  type        = string
  default     = null

  validation {
    condition     = var.purpose == null ? true : can(regex("^[^\\n]{1,180}$", var.purpose))
    error_message = "The purpose has 1 to 180 characters in one line."
  }
}

variable "roles" {
  description = "Roles the account has in its project."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for role in var.roles : can(regex("^(roles|projects/[a-z0-9-]+/roles|organizations/[0-9]+/roles)/[A-Za-z0-9_.]+$", role)) && !contains(["roles/owner", "roles/editor", "roles/viewer"], role)])
    error_message = "A role is one such as roles/pubsub.publisher; owner, editor and viewer open too much."
  }
}

variable "may_act_as" {
  description = "Who may act as the account: users, groups and other accounts."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for member in var.may_act_as : can(regex("^(user|group|serviceAccount):[^@ ]+@[^@ ]+$", member))])
    error_message = "Each is user:, group: or serviceAccount: and an address, such as group:platform@acme.example."
  }
}

variable "kubernetes_accounts" {
  description = "Kubernetes service accounts of the project that are this account by workload identity, as namespace/name."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for account in var.kubernetes_accounts : can(regex("^[a-z0-9-]{1,63}/[a-z0-9.-]{1,253}$", account))])
    error_message = "Each is a namespace and a name, such as shop/exporter."
  }
}

variable "disabled" {
  description = "Keep the account, but let nobody use it."
  type        = bool
  default     = false
  nullable    = false
}
