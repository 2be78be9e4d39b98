variable "name" {
  description = "Name of the parameter, without its path."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.name))
    error_message = "The name has 1 to 63 lower case letters, digits and hyphens, and neither starts nor ends with a hyphen; what stands before a slash is the path."
  }

  validation {
    condition     = !startswith(var.name, "aws") && !startswith(var.name, "ssm")
    error_message = "AWS keeps names that start with aws or ssm for itself."
  }

  # The value is readable in the code, in plans and in the state.
  validation {
    condition     = !can(regex("(^|-)(password|passwd|passphrase|secret|token|private-key|api-key|access-key|credentials?)$", var.name))
    error_message = "The name says that the value is secret, and here it would be readable for many; ask for a secret (aws/secret) instead."
  }
}

variable "owner" {
  description = "Team that answers for the parameter; becomes the tag Owner."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9 _.-]{0,62}$", var.owner))
    error_message = "The owner is a team: 1 to 63 letters, digits, spaces, dots, underscores and hyphens, starting with a letter or digit."
  }
}

variable "value" {
  description = "Value of the parameter; a list is written with commas. It is readable in the code, in plans and in the state."
  type        = string

  validation {
    condition     = length(var.value) >= 1 && length(var.value) <= 8192
    error_message = "The value has 1 to 8192 characters."
  }

  validation {
    condition     = !can(regex("(AKIA|ASIA)[A-Z0-9]{16}|-----BEGIN [A-Z ]*PRIVATE KEY|gh[pousr]_[A-Za-z0-9]{30}|github_pat_|xox[abprs]-|sk_live_|glpat-|://[^/:@ ]+:[^/@ ]+@", var.value))
    error_message = "The value looks like a key, a token or an address with a password; ask for a secret (aws/secret) instead."
  }
}

variable "path" {
  description = "What stands before the name, such as shop/prod; the parameter is then called /shop/prod/ and its name."
  type        = string
  default     = null

  validation {
    condition     = var.path == null ? true : can(regex("^/?[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+){0,13}/?$", var.path)) && length(var.path) <= 900
    error_message = "The path is one to 14 words of letters, digits and the characters _ . - with a slash between them, such as shop/prod."
  }

  validation {
    condition     = var.path == null ? true : !can(regex("^/?(aws|ssm)", lower(var.path)))
    error_message = "AWS keeps paths that start with aws or ssm for itself."
  }
}

variable "description" {
  description = "What the parameter is for."
  type        = string
  default     = null

  validation {
    condition     = var.description == null ? true : length(var.description) >= 1 && length(var.description) <= 1024
    error_message = "The description has 1 to 1024 characters."
  }
}

variable "type" {
  description = "Kind of the value: one text, or a list with commas between its entries."
  type        = string
  default     = "String"
  nullable    = false

  validation {
    condition     = contains(["String", "StringList"], var.type)
    error_message = "The type is one of String, StringList; a SecureString would be readable in the state."
  }
}

variable "tier" {
  description = "Standard takes values of up to 4096 characters and costs nothing; Advanced takes 8192 and is paid by the month."
  type        = string
  default     = "Standard"
  nullable    = false

  validation {
    condition     = contains(["Standard", "Advanced"], var.tier)
    error_message = "The tier is one of Standard, Advanced."
  }
}

variable "allowed_pattern" {
  description = "Regular expression that every later value has to match, also those that are not set by Terraform."
  type        = string
  default     = null

  validation {
    condition     = var.allowed_pattern == null ? true : length(var.allowed_pattern) >= 1 && length(var.allowed_pattern) <= 1024
    error_message = "The allowed pattern is a regular expression of 1 to 1024 characters, such as ^[0-9]+$."
  }
}

variable "tags" {
  description = "More tags for the parameter; the tag Owner always comes from owner."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.tags) <= 40 && alltrue([for key, value in var.tags : length(key) >= 1 && length(key) <= 128 && length(value) <= 256 && !startswith(lower(key), "aws:")])
    error_message = "There are at most 40 tags; a key has 1 to 128 characters and does not start with aws:, a value has at most 256."
  }
}
