variable "name" {
  description = "Name of the security group, unique in its VPC."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.name)) && !startswith(var.name, "sg-")
    error_message = "The name has 1 to 63 lower case letters, digits and hyphens, neither starts nor ends with a hyphen, and does not start with sg-."
  }
}

variable "owner" {
  description = "Team that answers for the security group; becomes the tag Owner."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9 _.-]{0,62}$", var.owner))
    error_message = "The owner is a team: 1 to 63 letters, digits, spaces, dots, underscores and hyphens, starting with a letter or digit."
  }
}

variable "vpc_id" {
  description = "VPC the security group is in."
  type        = string

  validation {
    condition     = can(regex("^vpc-[0-9a-f]{8,17}$", var.vpc_id))
    error_message = "The VPC is an ID such as vpc-0a1b2c3d4e5f67890."
  }
}

variable "ports" {
  description = "Ports that all of sources reach: 443, 8000-8100, udp/53, or one of http, https, ssh, rdp, postgres, mysql, redis, nfs."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for port in var.ports : can(regex("(?i)^(http|https|ssh|rdp|postgres|mysql|redis|nfs|(tcp/|udp/)?[0-9]{1,5}(-[0-9]{1,5})?)$", port))])
    error_message = "Each port is a number or a range, with udp/ in front for UDP, or one of http, https, ssh, rdp, postgres, mysql, redis, nfs."
  }

  validation {
    condition     = alltrue([for port in var.ports : alltrue([for number in regexall("[0-9]+", port) : tonumber(number) >= 1 && tonumber(number) <= 65535])])
    error_message = "Ports are numbers from 1 to 65535."
  }
}

variable "sources" {
  description = "Who reaches ports: IP ranges, security groups, prefix lists, or self for members of the group itself."
  type        = list(string)
  default     = ["self"]
  nullable    = false

  validation {
    condition     = alltrue([for source in var.sources : can(regex("^(self|sg-[0-9a-f]{8,17}|pl-[0-9a-f]{8,17}|[0-9]{1,3}(\\.[0-9]{1,3}){3}/([89]|[12][0-9]|3[0-2])|[0-9a-f:]+/([7-9]|[1-9][0-9]|1[01][0-9]|12[0-8]))$", source))])
    error_message = "Each source is self, a security group (sg-…), a prefix list (pl-…) or an IP range such as 10.0.0.0/8, and not everybody: write that as a rule of ingress."
  }
}

variable "ingress" {
  description = "Further rules for traffic in, such as \"443 from 0.0.0.0/0\", \"udp/53 from 10.0.0.0/8\", \"postgres from sg-0a1b2c3d4e5f67890\", \"all from self\"."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for rule in var.ingress : can(regex("(?i)^(all|icmp|http|https|ssh|rdp|postgres|mysql|redis|nfs|(tcp/|udp/)?[0-9]{1,5}(-[0-9]{1,5})?) from (self|sg-[0-9a-f]{8,17}|pl-[0-9a-f]{8,17}|0\\.0\\.0\\.0/0|::/0|[0-9]{1,3}(\\.[0-9]{1,3}){3}/([89]|[12][0-9]|3[0-2])|[0-9a-f:]+/([7-9]|[1-9][0-9]|1[01][0-9]|12[0-8]))$", rule))])
    error_message = "Each rule is a port, a range of ports, a service, icmp or all, then from, then an IP range, a security group (sg-…), a prefix list (pl-…) or self: 443 from 10.0.0.0/8."
  }

  validation {
    condition     = alltrue([for rule in var.ingress : alltrue([for number in regexall("[0-9]+", split(" ", rule)[0]) : tonumber(number) >= 1 && tonumber(number) <= 65535])])
    error_message = "Ports are numbers from 1 to 65535."
  }

  validation {
    condition     = alltrue([for rule in var.ingress : !can(regex("(?i)^(all|(tcp/|udp/)?[0-9]+-[0-9]+|ssh|rdp|postgres|mysql|redis|nfs|(tcp/|udp/)?0*(22|23|111|135|139|445|1433|1521|2049|2375|2376|3306|3389|5432|5439|5601|5984|5985|5986|6379|6380|7000|7001|8086|9042|9092|9200|9300|11211|26379|27017|27018|27019)) from (0\\.0\\.0\\.0|::)/0$", rule))])
    error_message = "Everybody (0.0.0.0/0, ::/0) reaches single ports only, and never those of SSH, RDP, file shares, databases and caches: name the addresses that need them, or use SSM Session Manager."
  }
}

variable "egress" {
  description = "Rules for traffic out, such as \"443 to 0.0.0.0/0\" or \"postgres to sg-0a1b2c3d4e5f67890\"; an empty list lets nothing out."
  type        = list(string)
  default     = ["all to 0.0.0.0/0"]
  nullable    = false

  validation {
    condition     = alltrue([for rule in var.egress : can(regex("(?i)^(all|icmp|http|https|ssh|rdp|postgres|mysql|redis|nfs|(tcp/|udp/)?[0-9]{1,5}(-[0-9]{1,5})?) to (self|sg-[0-9a-f]{8,17}|pl-[0-9a-f]{8,17}|[0-9]{1,3}(\\.[0-9]{1,3}){3}/([0-9]|[12][0-9]|3[0-2])|[0-9a-f:]+/([0-9]|[1-9][0-9]|1[01][0-9]|12[0-8]))$", rule))])
    error_message = "Each rule is a port, a range of ports, a service, icmp or all, then to, then an IP range, a security group (sg-…), a prefix list (pl-…) or self: 443 to 0.0.0.0/0."
  }

  validation {
    condition     = alltrue([for rule in var.egress : alltrue([for number in regexall("[0-9]+", split(" ", rule)[0]) : tonumber(number) >= 1 && tonumber(number) <= 65535])])
    error_message = "Ports are numbers from 1 to 65535."
  }
}

variable "tags" {
  description = "More tags for the security group and its rules; the tag Owner always comes from owner."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.tags) <= 40 && alltrue([for key, value in var.tags : length(key) >= 1 && length(key) <= 128 && length(value) <= 256 && !startswith(lower(key), "aws:")])
    error_message = "There are at most 40 tags; a key has 1 to 128 characters and does not start with aws:, a value has at most 256."
  }
}
