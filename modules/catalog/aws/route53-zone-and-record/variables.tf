variable "name" {
  description = "Name of the zone and its records in tags; the domain has an input of its own."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.name))
    error_message = "The name has 1 to 63 lower case letters, digits and hyphens, and neither starts nor ends with a hyphen; the domain with its dots is given as domain."
  }
}

variable "owner" {
  description = "Team that answers for the zone; becomes the tag Owner."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9 _.-]{0,62}$", var.owner))
    error_message = "The owner is a team: 1 to 63 letters, digits, spaces, dots, underscores and hyphens, starting with a letter or digit."
  }
}

variable "domain" {
  description = "Domain of a new zone, such as shop.example.com. Either it or zone_id is given."
  type        = string
  default     = null

  validation {
    condition     = var.domain == null ? true : can(regex("^([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$", var.domain)) && length(var.domain) <= 253
    error_message = "The domain is one such as shop.example.com: lower case, without https:// and without a dot at its end."
  }
}

variable "zone_id" {
  description = "ID of an existing zone that gets the records. Either it or domain is given."
  type        = string
  default     = null

  validation {
    condition     = var.zone_id == null ? true : can(regex("^[A-Z0-9]{10,32}$", var.zone_id))
    error_message = "The ID of a zone is 10 to 32 capital letters and digits, such as Z0123456789ABCDEFGHIJ."
  }
}

variable "vpc_ids" {
  description = "VPCs that a new zone answers in, in the region of the provider. With any, the zone is private and the internet does not see it."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for vpc in var.vpc_ids : can(regex("^vpc-[0-9a-f]{8,17}$", vpc))])
    error_message = "Each VPC is an ID such as vpc-0123456789abcdef0."
  }
}

variable "address_records" {
  description = "Records of type A and AAAA: a name below the domain, or @ for the domain itself, and its IPv4 and IPv6 addresses with spaces between them."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for name, addresses in var.address_records : can(regex("^(@|(\\*|[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?)(\\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?)*)$", name))])
    error_message = "The name of a record is one such as www or api.eu, * for all names, or @ for the domain itself."
  }

  validation {
    condition     = alltrue([for name, addresses in var.address_records : can(regex("^([0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9a-f:]*:[0-9a-f:.]+)( +([0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9a-f:]*:[0-9a-f:.]+))*$", addresses))])
    error_message = "Each record has addresses such as 192.0.2.10 or 2001:db8::10, several with spaces between them."
  }
}

variable "cname_records" {
  description = "Records of type CNAME: a name below the domain and the host that it stands for."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for name, host in var.cname_records : can(regex("^(\\*|[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?)(\\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?)*$", name))])
    error_message = "The name of a CNAME record is one such as www or api.eu, or * for all names; the domain itself can only have an alias."
  }

  validation {
    condition     = alltrue([for name, host in var.cname_records : can(regex("^([A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?\\.)+[A-Za-z][A-Za-z0-9-]{0,62}\\.?$", host))])
    error_message = "A CNAME record stands for a host such as shop.example.net, without https://."
  }
}

variable "alias_records" {
  description = "Aliases of what AWS runs: a name below the domain, or @ for the domain itself, and the host with the ID of its zone behind a space. For CloudFront the host alone is enough."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for name, target in var.alias_records : can(regex("^(@|(\\*|[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?)(\\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?)*)$", name))])
    error_message = "The name of a record is one such as www or api.eu, * for all names, or @ for the domain itself."
  }

  validation {
    condition     = alltrue([for name, target in var.alias_records : can(regex("^([A-Za-z0-9-]+\\.cloudfront\\.net|[A-Za-z0-9._-]+\\.[a-z]+ +[A-Z0-9]{10,32})$", target))])
    error_message = "An alias is a host of CloudFront such as d111111abcdef8.cloudfront.net, or a host and the ID of its zone such as shop-1234.eu-central-1.elb.amazonaws.com Z215JYRZR1TBD5."
  }
}

variable "txt_records" {
  description = "Records of type TXT: a name below the domain, or @ for the domain itself, and its text without quotes; several with a line each."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for name, text in var.txt_records : can(regex("^(@|(\\*|[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?)(\\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?)*)$", name))])
    error_message = "The name of a record is one such as www or _dmarc, * for all names, or @ for the domain itself."
  }

  validation {
    condition     = alltrue([for name, text in var.txt_records : length(text) >= 1 && length(text) <= 4000 && !strcontains(text, "\"")])
    error_message = "The text of a TXT record has 1 to 4000 characters and no quotes."
  }
}

variable "mail_servers" {
  description = "Mail servers of the domain (MX), each a preference and a host such as 10 mail.example.com; the lowest is asked first."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for server in var.mail_servers : can(regex("^[0-9]{1,5} +([A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?\\.)+[A-Za-z][A-Za-z0-9-]{0,62}\\.?$", server))])
    error_message = "Each mail server is a preference and a host, such as 10 mail.example.com."
  }
}

variable "ttl_seconds" {
  description = "Seconds that others may remember an answer; so long a change takes to arrive. Aliases have their own."
  type        = number
  default     = 300
  nullable    = false

  validation {
    condition     = var.ttl_seconds >= 0 && var.ttl_seconds <= 2147483647 && floor(var.ttl_seconds) == var.ttl_seconds
    error_message = "Answers are remembered for 0 to 2147483647 whole seconds; 60 to 86400 are usual."
  }
}

variable "tags" {
  description = "More tags for the zone; the tag Owner always comes from owner."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.tags) <= 40 && alltrue([for key, value in var.tags : length(key) >= 1 && length(key) <= 128 && length(value) <= 256 && !startswith(lower(key), "aws:")])
    error_message = "There are at most 40 tags; a key has 1 to 128 characters and does not start with aws:, a value has at most 256."
  }
}
