variable "name" {
  description = "Name of the cluster, unique in its project and region."
  type        = string

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$", var.name))
    error_message = "The name has 1 to 40 lower case letters, digits and hyphens, starts with a letter and does not end with a hyphen."
  }
}

variable "owner" {
  description = "Team that answers for the cluster; becomes the label owner."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9 _.-]{0,62}$", var.owner))
    error_message = "The owner is a team: 1 to 63 letters, digits, spaces, dots, underscores and hyphens, starting with a letter or digit."
  }
}

variable "project" {
  description = "Project the cluster is in. Without it, the project of the provider."
  type        = string
  default     = null

  validation {
    condition     = var.project == null ? true : can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project))
    error_message = "The project is its id: 6 to 30 lower case letters, digits and hyphens, starting with a letter."
  }
}

variable "region" {
  description = "Region the cluster is in."
  type        = string

  validation {
    condition     = can(regex("^([a-z]+-[a-z]+[0-9]+)$", var.region))
    error_message = "The region is one of Google Cloud, such as europe-west3."
  }
}

variable "network" {
  description = "VPC network the cluster is in."
  type        = string

  validation {
    condition     = can(regex("^projects/[^/]+/global/networks/[a-z0-9-]+$", var.network))
    error_message = "The network is a full name such as projects/acme-net/global/networks/main."
  }
}

variable "subnetwork" {
  description = "Subnetwork the cluster is in."
  type        = string

  validation {
    condition     = can(regex("^projects/[^/]+/regions/[^/]+/subnetworks/[a-z0-9-]+$", var.subnetwork))
    error_message = "The subnetwork is a full name such as projects/acme-net/regions/europe-west3/subnetworks/apps."
  }
}

variable "pods_range" {
  description = "Name of the subnetwork's range for pods. Without it, Google makes one."
  type        = string
  default     = null

  validation {
    condition     = var.pods_range == null ? true : can(regex("^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$", var.pods_range))
    error_message = "The range has a name of 1 to 63 lower case letters, digits and hyphens."
  }
}

variable "services_range" {
  description = "Name of the subnetwork's range for services. Without it, Google makes one."
  type        = string
  default     = null

  validation {
    condition     = var.services_range == null ? true : can(regex("^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$", var.services_range))
    error_message = "The range has a name of 1 to 63 lower case letters, digits and hyphens."
  }
}

variable "authorized_networks" {
  description = "Networks in CIDR notation whose members may reach the control plane. Without any, only the VPC may."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for cidr in var.authorized_networks : can(cidrhost(cidr, 0)) && cidr != "0.0.0.0/0"])
    error_message = "Each is a network such as 192.0.2.0/24; 0.0.0.0/0 is everybody."
  }
}

variable "release_channel" {
  description = "How early upgrades of Kubernetes come."
  type        = string
  default     = "REGULAR"
  nullable    = false

  validation {
    condition     = contains(["RAPID", "REGULAR", "STABLE"], var.release_channel)
    error_message = "The release channel is one of RAPID, REGULAR, STABLE."
  }
}

variable "node_service_account" {
  description = "Address of the service account the nodes have. Without it, the default account of Compute Engine."
  type        = string
  default     = null

  validation {
    condition     = var.node_service_account == null ? true : can(regex("^[^@ ]+@[^@ ]+$", var.node_service_account))
    error_message = "The service account is an address such as nodes@acme-dev.iam.gserviceaccount.com."
  }
}

variable "deletion_protection" {
  description = "Refuse to delete the cluster until this is switched off."
  type        = bool
  default     = true
  nullable    = false
}

variable "kms_key" {
  description = "Key of Cloud KMS that encrypts the secrets of Kubernetes. Without it, Google encrypts with its own keys."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key == null ? true : can(regex("^projects/[^/]+/locations/[^/]+/keyRings/[^/]+/cryptoKeys/[^/]+$", var.kms_key))
    error_message = "The key is a full name such as projects/acme-keys/locations/europe-west3/keyRings/main/cryptoKeys/data."
  }
}

variable "labels" {
  description = "More labels for the cluster; the label owner always comes from owner."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.labels) <= 60 && alltrue([for key, value in var.labels : can(regex("^[a-z][a-z0-9_-]{0,62}$", key)) && can(regex("^[a-z0-9_-]{0,63}$", value))])
    error_message = "There are at most 60 labels; keys and values have at most 63 lower case letters, digits, underscores and hyphens, a key starts with a letter."
  }
}
