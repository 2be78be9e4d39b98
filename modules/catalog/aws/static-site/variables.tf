variable "name" {
  description = "Name of the site and of its bucket, unique in all of AWS."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.name))
    error_message = "The name has 3 to 63 lower case letters, digits and hyphens, and neither starts nor ends with a hyphen; domains with their dots are given as domains."
  }

  validation {
    condition     = !startswith(var.name, "xn--") && !startswith(var.name, "sthree-") && !endswith(var.name, "-s3alias") && !endswith(var.name, "--ol-s3")
    error_message = "AWS keeps names that start with xn-- or sthree- or end with -s3alias or --ol-s3 for itself."
  }
}

variable "owner" {
  description = "Team that answers for the site; becomes the tag Owner."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9 _.-]{0,62}$", var.owner))
    error_message = "The owner is a team: 1 to 63 letters, digits, spaces, dots, underscores and hyphens, starting with a letter or digit."
  }
}

variable "domains" {
  description = "Domains of your own that the site answers to; they need a certificate. Without any, it has a host name of CloudFront."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for domain in var.domains : can(regex("^(\\*\\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$", domain)) && length(domain) <= 253])
    error_message = "Each domain is one such as www.example.com: lower case, without https:// and without a dot at its end."
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
  description = "ID of the Route 53 zone that gets records for the domains. Without it, somebody points them at the site."
  type        = string
  default     = null

  validation {
    condition     = var.zone_id == null ? true : can(regex("^[A-Z0-9]{10,32}$", var.zone_id))
    error_message = "The ID of a zone is 10 to 32 capital letters and digits, such as Z0123456789ABCDEFGHIJ."
  }
}

variable "single_page_app" {
  description = "Answer every address without a file with the index document, for applications that read addresses in the browser."
  type        = bool
  default     = false
  nullable    = false
}

variable "folder_index" {
  description = "Answer the address of a folder, such as /docs/, with the index document in it. It matters only when the site is no single page app."
  type        = bool
  default     = true
  nullable    = false
}

variable "index_document" {
  description = "Document that answers the address of the site, and of folders."
  type        = string
  default     = "index.html"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9._~-]+$", var.index_document))
    error_message = "The index document is the name of a file such as index.html, without slashes."
  }
}

variable "error_document" {
  description = "Document that is shown for an address without a file. It matters only when the site is no single page app."
  type        = string
  default     = "404.html"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9._~-]+(/[A-Za-z0-9._~-]+)*$", var.error_document))
    error_message = "The error document is a file such as 404.html, without a slash at its start."
  }
}

variable "price_class" {
  description = "Where the site is served from: North America and Europe (100), also Asia, Africa and the Middle East (200), or everywhere (All)."
  type        = string
  default     = "PriceClass_100"
  nullable    = false

  validation {
    condition     = contains(["PriceClass_100", "PriceClass_200", "PriceClass_All"], var.price_class)
    error_message = "The price class is one of PriceClass_100, PriceClass_200, PriceClass_All."
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

variable "force_destroy" {
  description = "Allow destroying the site while its bucket holds files, which deletes them all."
  type        = bool
  default     = false
  nullable    = false
}

variable "tags" {
  description = "More tags for the site; the tag Owner always comes from owner."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.tags) <= 40 && alltrue([for key, value in var.tags : length(key) >= 1 && length(key) <= 128 && length(value) <= 256 && !startswith(lower(key), "aws:")])
    error_message = "There are at most 40 tags; a key has 1 to 128 characters and does not start with aws:, a value has at most 256."
  }
}
