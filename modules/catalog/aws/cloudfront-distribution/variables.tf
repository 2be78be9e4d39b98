variable "name" {
  description = "Name of the distribution in comments and tags; CloudFront makes up its host name."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.name))
    error_message = "The name has 1 to 63 lower case letters, digits and hyphens, and neither starts nor ends with a hyphen; domains with their dots are given as domains."
  }
}

variable "owner" {
  description = "Team that answers for the distribution; becomes the tag Owner."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9 _.-]{0,62}$", var.owner))
    error_message = "The owner is a team: 1 to 63 letters, digits, spaces, dots, underscores and hyphens, starting with a letter or digit."
  }
}

variable "origin_domain" {
  description = "Host that the distribution fetches from, by HTTPS: a load balancer, an API or another server."
  type        = string

  validation {
    condition     = can(regex("^([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]$", var.origin_domain)) && length(var.origin_domain) <= 128
    error_message = "The origin is a host such as api.example.com, without https:// and without a path."
  }

  validation {
    condition     = !can(regex("(^|\\.)s3[.-][a-z0-9.-]*amazonaws\\.com$", var.origin_domain))
    error_message = "A bucket is served by a static site (aws/static-site), which keeps it private."
  }
}

variable "origin_path" {
  description = "Path below which the distribution fetches everything, such as /v1."
  type        = string
  default     = null

  validation {
    condition     = var.origin_path == null ? true : can(regex("^(/[A-Za-z0-9._~-]+)+$", var.origin_path))
    error_message = "The path starts with a slash and does not end with one, such as /v1."
  }
}

variable "domains" {
  description = "Domains of your own that the distribution answers to; they need a certificate. Without any, it has its host name of CloudFront."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for domain in var.domains : can(regex("^(\\*\\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$", domain)) && length(domain) <= 253])
    error_message = "Each domain is one such as shop.example.com: lower case, without https:// and without a dot at its end."
  }
}

variable "certificate_arn" {
  description = "Certificate for the domains, from ACM in us-east-1, where CloudFront looks for it."
  type        = string
  default     = null

  validation {
    condition     = var.certificate_arn == null ? true : can(regex("^arn:aws[a-z-]*:acm:us-east-1:[0-9]{12}:certificate/[A-Za-z0-9-]+$", var.certificate_arn))
    error_message = "The certificate is an ARN in us-east-1, such as arn:aws:acm:us-east-1:111122223333:certificate/1234abcd-12ab-34cd-56ef-1234567890ab."
  }
}

variable "zone_id" {
  description = "ID of the Route 53 zone that gets records for the domains. Without it, somebody points them at the distribution."
  type        = string
  default     = null

  validation {
    condition     = var.zone_id == null ? true : can(regex("^[A-Z0-9]{10,32}$", var.zone_id))
    error_message = "The ID of a zone is 10 to 32 capital letters and digits, such as Z0123456789ABCDEFGHIJ."
  }
}

variable "caching" {
  description = "Keep answers at the edge as long as the origin says, a day without a word; the origin then sees neither cookies nor queries. Off, every request goes to it with its headers, cookies and query."
  type        = bool
  default     = true
  nullable    = false
}

variable "writes" {
  description = "Let requests that write through (POST, PUT, PATCH, DELETE) instead of those that read alone."
  type        = bool
  default     = false
  nullable    = false
}

variable "default_root_object" {
  description = "Document that answers a request without a path, such as index.html."
  type        = string
  default     = null

  validation {
    condition     = var.default_root_object == null ? true : can(regex("^[A-Za-z0-9._~-]+(/[A-Za-z0-9._~-]+)*$", var.default_root_object))
    error_message = "The document is one such as index.html, without a slash at its start."
  }
}

variable "price_class" {
  description = "Where the distribution answers from: North America and Europe (100), also Asia, Africa and the Middle East (200), or everywhere (All)."
  type        = string
  default     = "PriceClass_100"
  nullable    = false

  validation {
    condition     = contains(["PriceClass_100", "PriceClass_200", "PriceClass_All"], var.price_class)
    error_message = "The price class is one of PriceClass_100, PriceClass_200, PriceClass_All."
  }
}

variable "countries" {
  description = "Countries that are answered, as codes of two letters. Without any, all are."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for country in var.countries : can(regex("^[A-Z]{2}$", country))])
    error_message = "Each country is a code of two capital letters, such as DE."
  }
}

variable "web_acl_arn" {
  description = "Web ACL of WAF that requests have to pass, of the scope CLOUDFRONT."
  type        = string
  default     = null

  validation {
    condition     = var.web_acl_arn == null ? true : can(regex("^arn:aws[a-z-]*:wafv2:us-east-1:[0-9]{12}:global/webacl/[A-Za-z0-9_-]+/[A-Za-z0-9-]+$", var.web_acl_arn))
    error_message = "The web ACL is an ARN of the scope CLOUDFRONT, such as arn:aws:wafv2:us-east-1:111122223333:global/webacl/shop/1234abcd-12ab-34cd-56ef-1234567890ab."
  }
}

variable "tags" {
  description = "More tags for the distribution; the tag Owner always comes from owner."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.tags) <= 40 && alltrue([for key, value in var.tags : length(key) >= 1 && length(key) <= 128 && length(value) <= 256 && !startswith(lower(key), "aws:")])
    error_message = "There are at most 40 tags; a key has 1 to 128 characters and does not start with aws:, a value has at most 256."
  }
}
