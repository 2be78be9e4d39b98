variable "name" {
  description = "Name of the cache, unique among the caches of the account in its region."
  type        = string

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$", var.name)) && !can(regex("--", var.name))
    error_message = "The name has 1 to 40 lower case letters, digits and single hyphens, starts with a letter and does not end with a hyphen."
  }
}

variable "owner" {
  description = "Team that answers for the cache; becomes the tag Owner."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9 _.-]{0,62}$", var.owner))
    error_message = "The owner is a team: 1 to 63 letters, digits, spaces, dots, underscores and hyphens, starting with a letter or digit."
  }
}

variable "subnet_ids" {
  description = "Private subnets the cache may be in, in several availability zones of one VPC when there are replicas."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) >= 1 && alltrue([for id in var.subnet_ids : can(regex("^subnet-([0-9a-f]{8}|[0-9a-f]{17})$", id))])
    error_message = "The cache needs one or more subnets, such as subnet-0a1b2c3d4e5f67890; with replicas in different availability zones."
  }
}

variable "allow_from" {
  description = "Security groups whose members may connect. Without any, nobody can."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for id in var.allow_from : can(regex("^sg-([0-9a-f]{8}|[0-9a-f]{17})$", id))])
    error_message = "Each client is a security group, such as sg-0a1b2c3d4e5f67890."
  }
}

variable "security_group_ids" {
  description = "Security groups the cache is in besides its own."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.security_group_ids) <= 4 && alltrue([for id in var.security_group_ids : can(regex("^sg-([0-9a-f]{8}|[0-9a-f]{17})$", id))])
    error_message = "There are at most 4 more security groups, such as sg-0a1b2c3d4e5f67890."
  }
}

variable "engine" {
  description = "Engine: valkey, which understands what Redis clients say, or redis, the last open version of Redis (OSS)."
  type        = string
  default     = "valkey"
  nullable    = false

  validation {
    condition     = contains(["valkey", "redis"], var.engine)
    error_message = "The engine is valkey or redis."
  }
}

variable "engine_version" {
  description = "Version of the engine: Valkey begins with 7.2, Redis ends with 7.1. Without it, Valkey 8.2 or Redis 7.1."
  type        = string
  default     = null

  validation {
    condition     = var.engine_version == null ? true : can(regex("^[6-9]\\.[0-9]$", var.engine_version))
    error_message = "The version is one such as 8.2 for Valkey or 7.1 for Redis."
  }
}

variable "node_type" {
  description = "Type of every node, which decides about processors and memory."
  type        = string
  default     = "cache.t4g.small"
  nullable    = false

  validation {
    condition     = can(regex("^cache\\.[a-z][a-z0-9]+\\.(micro|small|medium|[0-9]*x?large)$", var.node_type))
    error_message = "The node type is one of ElastiCache, such as cache.t4g.small or cache.r7g.large."
  }
}

variable "replicas" {
  description = "Replicas of every shard; with one or more, a replica in another availability zone takes over when the first node fails."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.replicas >= 0 && var.replicas <= 5 && floor(var.replicas) == var.replicas
    error_message = "A shard has 0 to 5 replicas."
  }
}

variable "shards" {
  description = "Shards the keys are spread over; with more than one, clients have to speak cluster mode."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.shards >= 1 && var.shards <= 90 && floor(var.shards) == var.shards
    error_message = "There are 1 to 90 shards."
  }
}

variable "eviction_policy" {
  description = "What goes when the memory is full."
  type        = string
  default     = "volatile-lru"
  nullable    = false

  validation {
    condition     = contains(["volatile-lru", "allkeys-lru", "volatile-lfu", "allkeys-lfu", "volatile-random", "allkeys-random", "volatile-ttl", "noeviction"], var.eviction_policy)
    error_message = "The eviction policy is one of volatile-lru, allkeys-lru, volatile-lfu, allkeys-lfu, volatile-random, allkeys-random, volatile-ttl, noeviction."
  }
}

variable "snapshot_retention_days" {
  description = "Days a daily snapshot is kept. With 0 there is none, not even a last one when the cache is destroyed."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.snapshot_retention_days >= 0 && var.snapshot_retention_days <= 35 && floor(var.snapshot_retention_days) == var.snapshot_retention_days
    error_message = "Snapshots are kept for 0 to 35 whole days; 0 makes none."
  }
}

variable "user_group_id" {
  description = "User group of ElastiCache whose users may log in. Without it, everybody who can connect may do everything."
  type        = string
  default     = null

  validation {
    condition     = var.user_group_id == null ? true : can(regex("^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$", var.user_group_id))
    error_message = "The user group is its id: 1 to 40 lower case letters, digits and hyphens, starting with a letter."
  }
}

variable "kms_key_arn" {
  description = "KMS key that encrypts the nodes' disks and the snapshots. Without it, ElastiCache encrypts with its own keys."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "The KMS key is an ARN such as arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab; an alias is not enough."
  }
}

variable "tags" {
  description = "More tags for the cache; the tag Owner always comes from owner."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.tags) <= 40 && alltrue([for key, value in var.tags : length(key) >= 1 && length(key) <= 128 && length(value) <= 256 && !startswith(lower(key), "aws:")])
    error_message = "There are at most 40 tags; a key has 1 to 128 characters and does not start with aws:, a value has at most 256."
  }
}
