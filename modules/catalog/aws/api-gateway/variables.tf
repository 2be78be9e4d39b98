variable "name" {
  description = "Name of the API."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,83}[a-z0-9])?$", var.name))
    error_message = "The name has 1 to 85 lower case letters, digits and hyphens, and neither starts nor ends with a hyphen."
  }
}

variable "owner" {
  description = "Team that answers for the API; becomes the tag Owner."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9 _.-]{0,62}$", var.owner))
    error_message = "The owner is a team: 1 to 63 letters, digits, spaces, dots, underscores and hyphens, starting with a letter or digit."
  }
}

variable "lambda_arn" {
  description = "Lambda function that answers; the API is allowed to call it."
  type        = string

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:lambda:[a-z0-9-]+:[0-9]{12}:function:[A-Za-z0-9_-]+$", var.lambda_arn))
    error_message = "The function is an ARN such as arn:aws:lambda:eu-central-1:111122223333:function:shop-api, without a version."
  }
}

variable "routes" {
  description = "Requests that the function answers, each as method and path; $default stands for all of them."
  type        = list(string)
  default     = ["$default"]
  nullable    = false

  validation {
    condition     = length(var.routes) >= 1 && alltrue([for route in var.routes : route == "$default" || can(regex("^(ANY|GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) /[A-Za-z0-9{}+/._~-]*$", route))])
    error_message = "Each route is a method and a path such as GET /orders or ANY /orders/{id}, or $default for all requests."
  }
}

variable "public" {
  description = "Answer everybody without asking who it is. Off, callers need a token of jwt_issuer, or sign requests with IAM when there is none."
  type        = bool
  default     = false
  nullable    = false
}

variable "jwt_issuer" {
  description = "Issuer of the tokens (JWT) that callers need. Without it, callers sign requests with IAM, unless the API is public."
  type        = string
  default     = null

  validation {
    condition     = var.jwt_issuer == null ? true : can(regex("^https://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~/-]*)?$", var.jwt_issuer))
    error_message = "The issuer is the address that tokens name in iss, such as https://login.example.com/realms/acme."
  }
}

variable "jwt_audiences" {
  description = "Audiences of which a token has to name one; needed with jwt_issuer."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for audience in var.jwt_audiences : can(regex("^[^ ,]{1,256}$", audience))])
    error_message = "Each audience has 1 to 256 characters and neither spaces nor commas."
  }
}

variable "cors_origins" {
  description = "Web origins whose pages may call the API from a browser."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for origin in var.cors_origins : can(regex("^https://[A-Za-z0-9.*-]+(:[0-9]+)?$", origin))])
    error_message = "Each origin is https:// and a host, such as https://shop.example.com, without a path."
  }
}

variable "requests_per_second" {
  description = "Requests per second that are answered over time; more are refused with 429."
  type        = number
  default     = 100
  nullable    = false

  validation {
    condition     = var.requests_per_second >= 1 && var.requests_per_second <= 10000 && floor(var.requests_per_second) == var.requests_per_second
    error_message = "The API answers 1 to 10000 whole requests per second."
  }
}

variable "burst" {
  description = "Requests that are answered at once before the limit per second counts."
  type        = number
  default     = 200
  nullable    = false

  validation {
    condition     = var.burst >= 1 && var.burst <= 5000 && floor(var.burst) == var.burst
    error_message = "A burst is 1 to 5000 whole requests."
  }
}

variable "timeout_seconds" {
  description = "Seconds after which a request is given up; the function may run on."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.timeout_seconds >= 1 && var.timeout_seconds <= 30 && floor(var.timeout_seconds) == var.timeout_seconds
    error_message = "The timeout is 1 to 30 whole seconds."
  }
}

variable "log_retention_days" {
  description = "Days until an entry of the access log is deleted."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "Logs are kept for 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653 days."
  }
}

variable "domain_name" {
  description = "Host name of your own for the API, which then is its only one; its DNS record has to point to the output domain_target."
  type        = string
  default     = null

  validation {
    condition     = var.domain_name == null ? true : can(regex("^[a-z0-9]([a-z0-9-]*[a-z0-9])?([.][a-z0-9]([a-z0-9-]*[a-z0-9])?)+$", var.domain_name))
    error_message = "The host name is written in lower case, such as api.example.com."
  }
}

variable "certificate_arn" {
  description = "Certificate (ACM, same region) for domain_name; needed with it, and only then."
  type        = string
  default     = null

  validation {
    condition     = var.certificate_arn == null ? true : can(regex("^arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/[A-Za-z0-9-]+$", var.certificate_arn))
    error_message = "The certificate is an ARN such as arn:aws:acm:eu-central-1:111122223333:certificate/1234abcd-12ab-34cd-56ef-1234567890ab."
  }
}

variable "tags" {
  description = "More tags for the API, its log and its host name; the tag Owner always comes from owner."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.tags) <= 40 && alltrue([for key, value in var.tags : length(key) >= 1 && length(key) <= 128 && length(value) <= 256 && !startswith(lower(key), "aws:")])
    error_message = "There are at most 40 tags; a key has 1 to 128 characters and does not start with aws:, a value has at most 256."
  }
}
