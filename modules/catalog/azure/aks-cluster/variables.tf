variable "name" {
  description = "Name of the cluster, unique in its resource group."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,52}[a-z0-9])?$", var.name))
    error_message = "The name has 1 to 54 lower case letters, digits and hyphens, and neither starts nor ends with a hyphen."
  }
}

variable "owner" {
  description = "Team that answers for the cluster; becomes the tag Owner."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9 _.-]{0,62}$", var.owner))
    error_message = "The owner is a team: 1 to 63 letters, digits, spaces, dots, underscores and hyphens, starting with a letter or digit."
  }
}

variable "resource_group" {
  description = "Resource group the cluster is in."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9._()-]{0,89}[A-Za-z0-9_()-]$", var.resource_group))
    error_message = "The resource group has 1 to 90 letters, digits, dots, underscores, hyphens and parentheses, and does not end with a dot."
  }
}

variable "region" {
  description = "Azure region the cluster is in."
  type        = string

  validation {
    condition     = can(regex("^[a-z]+[a-z0-9]*$", var.region))
    error_message = "The region is one of Azure in its short form, such as westeurope or germanywestcentral."
  }
}

variable "subnet" {
  description = "Subnet the nodes are in."
  type        = string

  validation {
    condition     = can(regex("^/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft[.]Network/virtualNetworks/[^/]+/subnets/[^/]+$", var.subnet))
    error_message = "The subnet is its full id: /subscriptions/…/virtualNetworks/…/subnets/…."
  }
}

variable "admin_groups" {
  description = "Object ids of the groups whose members may do everything in the cluster."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for id in var.admin_groups : can(regex("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", id))])
    error_message = "Each is the object id of a user, group or identity in Entra, such as 00000000-1111-2222-3333-444444444444."
  }
}

variable "kubernetes_version" {
  description = "Minor version of Kubernetes; patches come by themselves. Without it, the one AKS recommends when the cluster is made."
  type        = string
  default     = null

  validation {
    condition     = var.kubernetes_version == null ? true : can(regex("^1[.][2-9][0-9]$", var.kubernetes_version))
    error_message = "The version is one such as 1.32."
  }
}

variable "node_size" {
  description = "Size of every node."
  type        = string
  default     = "Standard_D2s_v5"
  nullable    = false

  validation {
    condition     = can(regex("^Standard_[A-Z]+[0-9]+[a-z0-9_-]*$", var.node_size))
    error_message = "The size is one of Azure, such as Standard_D2s_v5 or Standard_D8s_v5."
  }
}

variable "min_nodes" {
  description = "Least number of nodes."
  type        = number
  default     = 2
  nullable    = false

  validation {
    condition     = var.min_nodes >= 1 && var.min_nodes <= 1000 && floor(var.min_nodes) == var.min_nodes
    error_message = "There are 1 to 1000 nodes."
  }
}

variable "max_nodes" {
  description = "Most number of nodes; it limits the price, too."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = var.max_nodes >= 1 && var.max_nodes <= 1000 && floor(var.max_nodes) == var.max_nodes
    error_message = "There are 1 to 1000 nodes."
  }
}

variable "zones" {
  description = "Availability zones of the nodes."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for zone in var.zones : contains(["1", "2", "3"], zone)])
    error_message = "The zones are 1, 2 and 3."
  }
}

variable "private" {
  description = "Let the control plane answer only in the virtual network."
  type        = bool
  default     = true
  nullable    = false
}

variable "allowed_ips" {
  description = "Public addresses and networks that may reach a control plane that is not private."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for ip in var.allowed_ips : can(cidrhost(ip, 0)) && ip != "0.0.0.0/0"])
    error_message = "Each is a network such as 192.0.2.0/24; 0.0.0.0/0 is everybody."
  }
}

variable "uptime_guarantee" {
  description = "Pay for a control plane with a guaranteed availability."
  type        = bool
  default     = true
  nullable    = false
}

variable "tags" {
  description = "More tags for the cluster; the tag Owner always comes from owner."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.tags) <= 40 && alltrue([for key, value in var.tags : can(regex("^[^<>%&?/\\\\]{1,512}$", key)) && length(value) <= 256])
    error_message = "There are at most 40 tags; a key has 1 to 512 characters without <, >, %, &, ?, / and backslashes, a value has at most 256."
  }
}
