variable "alert_channels" {
  description = "Notification channels to alert, projects/<project>/notificationChannels/<number>."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for name in var.alert_channels : can(regex("^projects/[^/]+/notificationChannels/[0-9]+$", name))])
    error_message = "alert_channels must hold full names, projects/<project>/notificationChannels/<number>: `gcloud beta monitoring channels list` shows them."
  }
}

variable "auth_mode" {
  description = "Who Calendar Watch is to Google Calendar: delegated (users of a Workspace domain), service_account (itself) or token_service (tokens that tuning.token_service_url lends)."
  type        = string
  default     = "delegated"
  nullable    = false

  validation {
    condition     = contains(["delegated", "service_account", "token_service"], var.auth_mode)
    error_message = "auth_mode must be delegated, service_account or token_service."
  }
}

variable "change_subscribers" {
  description = "Ordered subscriptions to the changes, by name: pulled, or pushed to an https address as plain HTTP CloudEvents. A filter cannot be changed later; one looks like: attributes.ce-resource = \"acl\"."
  type = map(object({
    audience      = optional(string)
    filter        = optional(string)
    push_endpoint = optional(string)
  }))
  default  = { consumer = {} }
  nullable = false

  validation {
    condition     = alltrue([for name in keys(var.change_subscribers) : can(regex("^[a-z][a-z0-9-]{0,39}$", name))])
    error_message = "change_subscribers must be named in lower case, with digits and hyphens, in at most 40 characters."
  }
  validation {
    condition     = alltrue([for each in var.change_subscribers : startswith(coalesce(each.push_endpoint, "https://"), "https://")])
    error_message = "change_subscribers must have a push_endpoint that begins with https://, or none."
  }
  validation {
    condition     = alltrue([for each in var.change_subscribers : each.audience == null || each.push_endpoint != null])
    error_message = "change_subscribers may have an audience only with a push_endpoint: it is in the token that a push carries."
  }
}

variable "deletion_protection" {
  description = "Keep Terraform from deleting what cannot be made again: the database and the keys."
  type        = bool
  default     = true
  nullable    = false
}

variable "firestore" {
  description = "The database: created here (in `region`), or one that exists already, such as \"(default)\"."
  type = object({
    create = optional(bool, true)
    name   = optional(string, "calendar-watch")
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.firestore.name == "(default)" || can(regex("^[a-z][a-z0-9-]{2,61}[a-z0-9]$", var.firestore.name))
    error_message = "firestore.name must be (default), or 4 to 63 lower-case letters, digits and hyphens."
  }
}

variable "kms_key_name" {
  description = "Customer-managed encryption key, in `region`, for all that is stored. Changing it later makes a new database: decide before the first apply."
  type        = string
  default     = null

  validation {
    condition     = can(regex("^projects/[^/]+/locations/${var.region}/keyRings/[^/]+/cryptoKeys/[^/]+$", coalesce(var.kms_key_name, "projects/p/locations/${var.region}/keyRings/r/cryptoKeys/k")))
    error_message = "kms_key_name must be projects/<project>/locations/<region>/keyRings/<ring>/cryptoKeys/<key>, in the same region."
  }
}

variable "max_instances" {
  description = "How many instances of each function there may be, such as {renew = 5}; 20 of notifications, 3 of renew and of watches unless given. tuning.calendar_calls_per_minute is shared among those of the latter two."
  type        = map(number)
  default     = {}
  nullable    = false

  validation {
    condition     = length(setsubtract(keys(var.max_instances), ["notifications", "renew", "watches"])) == 0
    error_message = "max_instances has no ${join(", ", setsubtract(keys(var.max_instances), ["notifications", "renew", "watches"]))}; it may hold notifications, renew, watches."
  }
  validation {
    condition = alltrue([for count in values(var.max_instances) : count == null || try(floor(count) == count && count >= 1 && count <= 1000, false)])
    error_message = join("\n", [for name, count in var.max_instances :
      "max_instances.${name} = ${jsonencode(count)} must be a whole number from 1 to 1000." if count != null && !try(floor(count) == count && count >= 1 && count <= 1000, true)
    ])
  }
}

variable "memory" {
  description = "Memory of each function's instances, such as {renew = \"2Gi\"}; 512Mi for notifications, 1Gi for renew and watches unless given. What tuning.sweep_threads needs is a bound from below."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(setsubtract(keys(var.memory), ["notifications", "renew", "watches"])) == 0
    error_message = "memory has no ${join(", ", setsubtract(keys(var.memory), ["notifications", "renew", "watches"]))}; it may hold notifications, renew, watches."
  }
  validation {
    condition = alltrue([for size in values(var.memory) : size == null || can(regex("^([1-9][0-9]{2,3}Mi|[1-4]Gi)$", size))])
    error_message = join("\n", [for name, size in var.memory :
      "memory.${name} = ${jsonencode(size)} must be such as 512Mi or 2Gi, and at most 4Gi: more needs a second CPU." if size != null && !can(regex("^([1-9][0-9]{2,3}Mi|[1-4]Gi)$", size))
    ])
  }
}

variable "name" {
  description = "Prefix of everything."
  type        = string
  default     = "calendar-watch"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,14}[a-z0-9]$", var.name)) # a service account's id has 30: <name>-notifications
    error_message = "name must be 3 to 16 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "notification_access" {
  description = "How Google reaches `notifications`: all_users (a public invoker), or no_invoker_check where domain restricted sharing forbids that; the check is then switched off after each apply, by cloudbuild.yaml or by hand."
  type        = string
  default     = "all_users"
  nullable    = false

  validation {
    condition     = contains(["all_users", "no_invoker_check"], var.notification_access)
    error_message = "notification_access must be all_users or no_invoker_check."
  }
}

variable "notification_url" {
  description = "Another https address of `notifications`, such as one on a domain of yours. Changing it replaces every channel, within two hours."
  type        = string
  default     = null

  validation {
    condition     = can(regex("^https://[A-Za-z0-9.-]+(/[^?#]*)?$", coalesce(var.notification_url, "https://localhost")))
    error_message = "notification_url must be https://<host>/<path>, without port, query or fragment."
  }
}

variable "project_id" {
  description = "The Google Cloud project."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^([a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project_id))
    error_message = "project_id must be a project's id, not its name or number."
  }
}

variable "region" {
  description = "Where everything runs and is stored. It needs Cloud Scheduler, Cloud Run functions and Firestore."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.region))
    error_message = "region must be a region such as europe-west1."
  }
}

variable "resources" {
  description = "Collections that may be watched; each needs its scope (output delegation_scopes)."
  type        = set(string)
  default     = ["acl", "calendarList"]
  nullable    = false

  validation {
    condition     = length(var.resources) > 0 && alltrue([for name in var.resources : contains(["acl", "calendarList", "events", "settings"], name)])
    error_message = "resources must name some of acl, calendarList, events, settings."
  }
}

variable "subject_domains" {
  description = "Domains of the users who may be acted for."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for name in var.subject_domains : can(regex("^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$", name))])
    error_message = "subject_domains must hold domains in lower case, such as example.com, without @."
  }
  validation {
    condition     = length(var.subject_domains) > 0 || var.auth_mode == "service_account"
    error_message = "subject_domains must not be empty, unless auth_mode is service_account."
  }
}

variable "token_key_versions" {
  description = "Which version of the secret each function reads. They differ only during a rotation, in which `notifications` goes first. Never `latest`: a value is read when an instance starts."
  type = object({
    notifications = optional(string, "1")
    renew         = optional(string, "1")
    watches       = optional(string, "1")
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for version in values(var.token_key_versions) : can(regex("^[1-9][0-9]*$", version))])
    error_message = "token_key_versions must be numbers."
  }
}

variable "tuning" {
  description = "Environment variables, in lower case, that are rarely needed: functions/README.md, Configuration. What is left out keeps the default of the code."
  type = object({
    audit_seconds             = optional(number)
    believe_seconds           = optional(number)
    brake_seconds             = optional(number)
    calendar_calls_per_minute = optional(number)
    change_retention_days     = optional(number)
    channel_ttl_seconds       = optional(number)
    confirm_seconds           = optional(number)
    event_snapshot            = optional(string)
    lease_seconds             = optional(number)
    log_level                 = optional(string)
    poll_seconds              = optional(number)
    probe_seconds             = optional(number)
    renew_after_fraction      = optional(number)
    safety_sync_seconds       = optional(number)
    settle_seconds            = optional(number)
    sweep_seconds             = optional(number)
    sweep_threads             = optional(number)
    token_service_url         = optional(string)
  })
  default  = {}
  nullable = false

  validation {
    condition     = coalesce(var.tuning.sweep_seconds, 50) + coalesce(var.tuning.lease_seconds, 60) < local.functions.renew.timeout
    error_message = "tuning: sweep_seconds and lease_seconds together must be below the ${local.functions.renew.timeout} seconds that `renew` may take."
  }
  validation {
    condition     = startswith(coalesce(var.tuning.token_service_url, "https://"), "https://")
    error_message = "tuning: token_service_url must begin with https://."
  }
  validation {
    condition     = (var.tuning.token_service_url != null) == (var.auth_mode == "token_service")
    error_message = "tuning: token_service_url goes with auth_mode token_service, and with no other."
  }
}

variable "watch_invokers" {
  description = "Who may call `watches`: user:…, group:…, serviceAccount:…."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for member in var.watch_invokers : can(regex("^(user|group|serviceAccount|principal|principalSet):.+$", member))])
    error_message = "watch_invokers must be user:…, group:…, serviceAccount:…, principal:… or principalSet:…; nobody is let in unknown."
  }
}
