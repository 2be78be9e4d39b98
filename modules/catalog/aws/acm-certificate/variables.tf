variable "name" {
  description = "Name of the certificate in tags; the domain has an input of its own."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.name))
    error_message = "The name has 1 to 63 lower case letters, digits and hyphens, and neither starts nor ends with a hyphen; the domain with its dots is given as domain."
  }
}

variable "owner" {
  description = "Team that answers for the certificate; becomes the tag Owner."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9 _.-]{0,62}$", var.owner))
    error_message = "The owner is a team: 1 to 63 letters, digits, spaces, dots, underscores and hyphens, starting with a letter or digit."
  }
}

variable "domain" {
  description = "Domain that the certificate is for, such as shop.example.com or *.example.com."
  type        = string

  validation {
    condition     = can(regex("^(\\*\\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$", var.domain)) && length(var.domain) <= 253
    error_message = "The domain is one such as shop.example.com or *.example.com: lower case, without https:// and without a dot at its end."
  }
}

variable "more_domains" {
  description = "More domains that the certificate is for."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.more_domains) <= 9 && alltrue([for domain in var.more_domains : can(regex("^(\\*\\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$", domain)) && length(domain) <= 253])
    error_message = "There are at most 9 more domains; each is one such as www.example.com or *.example.com, without https:// and without a dot at its end."
  }
}

variable "zone_id" {
  description = "ID of the Route 53 zone that gets the records which prove the domains. Without it, they are an output and somebody has to make them."
  type        = string
  default     = null

  validation {
    condition     = var.zone_id == null ? true : can(regex("^[A-Z0-9]{10,32}$", var.zone_id))
    error_message = "The ID of a zone is 10 to 32 capital letters and digits, such as Z0123456789ABCDEFGHIJ."
  }
}

variable "wait_for_validation" {
  description = "Finish only once the certificate is issued, a few minutes after its records; it matters only with a zone."
  type        = bool
  default     = true
  nullable    = false
}

variable "key_algorithm" {
  description = "Kind of the certificate's key. RSA is understood everywhere, elliptic curves are faster."
  type        = string
  default     = "RSA_2048"
  nullable    = false

  validation {
    condition     = contains(["RSA_2048", "EC_prime256v1", "EC_secp384r1"], var.key_algorithm)
    error_message = "The key algorithm is one of RSA_2048, EC_prime256v1, EC_secp384r1."
  }
}

variable "tags" {
  description = "More tags for the certificate; the tag Owner always comes from owner."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.tags) <= 40 && alltrue([for key, value in var.tags : length(key) >= 1 && length(key) <= 128 && length(value) <= 256 && !startswith(lower(key), "aws:")])
    error_message = "There are at most 40 tags; a key has 1 to 128 characters and does not start with aws:, a value has at most 256."
  }
}
