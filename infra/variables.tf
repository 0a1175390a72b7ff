variable "alert_channels" {
  description = "Notification channels to alert, projects/<project>/notificationChannels/<number>."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for name in var.alert_channels : can(regex("^projects/[^/]+/notificationChannels/[0-9]+$", name))])
    error_message = "alert_channels = ${jsonencode(var.alert_channels)} must hold full names, projects/<project>/notificationChannels/<number>: `gcloud beta monitoring channels list` shows them, or `gcloud beta monitoring channels create` makes one (TUTORIAL.md, Have somebody told)."
  }
}

variable "auth_mode" {
  description = "Who Calendar Watch is to Google Calendar: delegated (users of a Workspace domain), service_account (itself) or token_service (tokens that tuning.token_service_url lends)."
  type        = string
  default     = "delegated"
  nullable    = false

  validation {
    condition     = contains(["delegated", "service_account", "token_service"], var.auth_mode)
    error_message = "auth_mode = ${jsonencode(var.auth_mode)} must be delegated, service_account or token_service."
  }
}

variable "bigquery" {
  description = "The changes as SQL, {dataset, location, expiration_days?}: the name of a dataset that is made here, and where (EU, US or a region). Rows are kept for good unless expiration_days is given; then there are no views of what is so now. Left out: none (README.md, SQL)."
  type        = map(string)
  default     = null

  validation {
    condition     = length(setsubtract(keys(coalesce(var.bigquery, {})), local.allowed_keys.bigquery)) == 0
    error_message = "bigquery has no ${join(", ", setsubtract(keys(coalesce(var.bigquery, {})), local.allowed_keys.bigquery))}; it may hold ${join(", ", local.allowed_keys.bigquery)}."
  }
  validation {
    condition     = var.bigquery == null || can(regex("^[A-Za-z0-9_]+$", var.bigquery.dataset))
    error_message = "bigquery.dataset = ${jsonencode(try(var.bigquery.dataset, null))} must be the name of a dataset: letters, digits and underscores."
  }
  validation {
    condition     = var.bigquery == null || can(regex("^(EU|US|[a-z]+-[a-z]+[0-9]+)$", var.bigquery.location))
    error_message = "bigquery.location = ${jsonencode(try(var.bigquery.location, null))} must be EU, US or a region such as europe-west1."
  }
  validation {
    condition     = try(var.bigquery.expiration_days, null) == null || can(regex("^[1-9][0-9]{0,3}$", var.bigquery.expiration_days))
    error_message = "bigquery.expiration_days = ${jsonencode(try(var.bigquery.expiration_days, null))} must be a whole number from 1 to 9999, or be left out: rows are kept for good then."
  }
  validation {
    condition     = var.bigquery == null || var.kms_key_name == null || try(var.bigquery.location, null) == var.region
    error_message = "bigquery.location = ${jsonencode(try(var.bigquery.location, null))} must be ${var.region}, where kms_key_name is: a key encrypts in its own region alone."
  }
}

variable "backup_retention_days" {
  description = "How long each daily backup of the database is kept, where it is created here: up to 98 days (Firestore's 14 weeks); 0 for no backups."
  type        = number
  default     = 7
  nullable    = false

  validation {
    condition     = floor(var.backup_retention_days) == var.backup_retention_days && var.backup_retention_days >= 0 && var.backup_retention_days <= 98
    error_message = "backup_retention_days = ${jsonencode(var.backup_retention_days)} must be a whole number from 0 (no backups) to 98."
  }
}

variable "change_subscribers" {
  description = "Ordered subscriptions to the changes, by name: pulled ({}), or pushed to an https address as plain HTTP CloudEvents ({push_endpoint, audience?}). `filter` cannot be changed later; one looks like: attributes.ce-resource = \"acl\". What you give takes the place of the default: name consumer = {} as well if anybody pulls from it, or Terraform destroys that subscription and what waits in it."
  type        = map(map(string))
  default     = { consumer = {} }
  nullable    = false

  validation {
    condition     = alltrue([for name in keys(var.change_subscribers) : can(regex("^[a-z][a-z0-9-]{0,39}$", name))])
    error_message = "change_subscribers = ${jsonencode(keys(var.change_subscribers))} must be named in lower case, with digits and hyphens, in at most 40 characters."
  }
  validation {
    condition = alltrue([for given in var.change_subscribers : given != null])
    error_message = join("\n", [for name, given in var.change_subscribers :
      "change_subscribers.${name} = null must be an object: {} is pulled by whom you let in." if given == null
    ])
  }
  validation {
    condition = alltrue([for given in var.change_subscribers : length(setsubtract(try(keys(given), []), local.allowed_keys.change_subscribers)) == 0])
    error_message = join("\n", flatten([for name, given in var.change_subscribers :
      [for key in setsubtract(try(keys(given), []), local.allowed_keys.change_subscribers) :
        "change_subscribers.${name} has no ${jsonencode(key)}; it may hold ${join(", ", local.allowed_keys.change_subscribers)}."
      ]
    ]))
  }
  validation {
    condition = alltrue([for given in var.change_subscribers : can(regex("^https://[^\\s/?#@]+([/?][^\\s#]*)?$", given.push_endpoint)) || try(given.push_endpoint, null) == null])
    error_message = join("\n", [for name, given in var.change_subscribers :
      "change_subscribers.${name}.push_endpoint = ${jsonencode(given.push_endpoint)} must be an address such as https://audit.example.com/changes, without user name or fragment." if !can(regex("^https://[^\\s/?#@]+([/?][^\\s#]*)?$", given.push_endpoint)) && try(given.push_endpoint, null) != null
    ])
  }
  validation {
    condition = alltrue([for given in var.change_subscribers : try(given.audience, null) == null || try(given.push_endpoint, null) != null])
    error_message = join("\n", [for name, given in var.change_subscribers :
      "change_subscribers.${name}.audience = ${jsonencode(given.audience)} must come with a push_endpoint: it is in the token that a push carries." if try(given.audience, null) != null && try(given.push_endpoint, null) == null
    ])
  }
  validation {
    condition = alltrue([for given in var.change_subscribers : can(regex("^\\S+$", given.audience)) || try(given.audience, null) == null])
    error_message = join("\n", [for name, given in var.change_subscribers :
      "change_subscribers.${name}.audience = ${jsonencode(given.audience)} must be a text without spaces; left out, it is the push_endpoint." if !can(regex("^\\S+$", given.audience)) && try(given.audience, null) != null
    ])
  }
  validation {
    condition = alltrue([for given in var.change_subscribers : (can(regex(local.filter_form, given.filter)) && try(length(given.filter) <= 256, false)) || try(given.filter, null) == null])
    error_message = join("\n", [for name, given in var.change_subscribers :
      "change_subscribers.${name}.filter = ${jsonencode(given.filter)} must compare attributes, such as attributes.ce-resource = \"acl\", joined by AND, OR and NOT, in at most 256 characters." if !(can(regex(local.filter_form, given.filter)) && try(length(given.filter) <= 256, false)) && try(given.filter, null) != null
    ])
  }
}

variable "deletion_protection" {
  description = "Keep Terraform from deleting what cannot be made again: the database, the keys and the rows in BigQuery."
  type        = bool
  default     = true
  nullable    = false
}

variable "fall_backs" {
  description = "What to do instead where Google refuses what nobody was found to have tried (README.md, Untried): datastore_user (the public function's account may do more than create documents), index_all_fields (fields are not exempt from indexing), threshold_alerts (alerts without PromQL)."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(setsubtract(var.fall_backs, ["datastore_user", "index_all_fields", "threshold_alerts"])) == 0
    error_message = "fall_backs = ${jsonencode(var.fall_backs)} must name some of datastore_user, index_all_fields, threshold_alerts."
  }
}

variable "firestore" {
  description = "The database, {create, name}: created here (in `region`) unless create is false; its name is calendar-watch unless given. One that exists already is often called \"(default)\"."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(setsubtract(keys(var.firestore), local.allowed_keys.firestore)) == 0
    error_message = "firestore has no ${join(", ", setsubtract(keys(var.firestore), local.allowed_keys.firestore))}; it may hold ${join(", ", local.allowed_keys.firestore)}."
  }
  validation {
    condition     = can(tobool(lookup(var.firestore, "create", true)))
    error_message = "firestore.create = ${jsonencode(lookup(var.firestore, "create", null))} must be true or false."
  }
  validation {
    condition     = lookup(var.firestore, "name", null) == null || can(regex("^(\\(default\\)|[a-z][a-z0-9-]{2,61}[a-z0-9])$", var.firestore.name))
    error_message = "firestore.name = ${jsonencode(lookup(var.firestore, "name", null))} must be (default), or 4 to 63 lower-case letters, digits and hyphens."
  }
}

variable "ingress" {
  description = "From where `notifications` takes requests: all (anywhere), or load_balancer (none but those through a load balancer of yours, whose address is notification_url)."
  type        = string
  default     = "all"
  nullable    = false

  validation {
    condition     = contains(["all", "load_balancer"], var.ingress)
    error_message = "ingress = ${jsonencode(var.ingress)} must be all or load_balancer."
  }
  validation {
    condition     = var.ingress != "load_balancer" || var.notification_url != null
    error_message = "ingress = \"load_balancer\" must come with notification_url, the balancer's address: nothing else reaches `notifications` then."
  }
}

variable "internal_domains" {
  description = "What counts as inside, for exposure: each domain in full, since no sub-domain or alias of one is inside by itself. Left out: subject_domains. A change is told once a watch, within two hours."
  type        = set(string)
  default     = null

  validation {
    condition     = var.internal_domains == null || (length(coalesce(var.internal_domains, [])) > 0 && alltrue([for name in coalesce(var.internal_domains, []) : can(regex("^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$", name))]))
    error_message = "internal_domains must hold domains in lower case, such as example.com, without @, or be left out."
  }
}

variable "kms_key_name" {
  description = "Customer-managed encryption key, in `region`, for all that is stored. Changing it later makes a new database: decide before the first apply."
  type        = string
  default     = null

  validation {
    condition     = can(regex("^projects/[^/]+/locations/${var.region}/keyRings/[^/]+/cryptoKeys/[^/]+$", coalesce(var.kms_key_name, "projects/p/locations/${var.region}/keyRings/r/cryptoKeys/k")))
    error_message = "kms_key_name = ${jsonencode(var.kms_key_name)} must be projects/<project>/locations/${var.region}/keyRings/<ring>/cryptoKeys/<key>, in the same region."
  }
}

variable "max_instances" {
  description = "How many instances of each function there may be, such as {renew = 5}; 20 of notifications, 3 of renew and of watches unless given. tuning.calendar_calls_per_minute is shared among those of the latter two."
  type        = map(number)
  default     = {}
  nullable    = false

  validation {
    condition     = length(setsubtract(keys(var.max_instances), local.allowed_keys.max_instances)) == 0
    error_message = "max_instances has no ${join(", ", setsubtract(keys(var.max_instances), local.allowed_keys.max_instances))}; it may hold ${join(", ", local.allowed_keys.max_instances)}."
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
    condition     = length(setsubtract(keys(var.memory), local.allowed_keys.memory)) == 0
    error_message = "memory has no ${join(", ", setsubtract(keys(var.memory), local.allowed_keys.memory))}; it may hold ${join(", ", local.allowed_keys.memory)}."
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
    error_message = "name = ${jsonencode(var.name)} must be 3 to 16 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "notification_access" {
  description = "How Google reaches `notifications`: all_users (a public invoker), or no_invoker_check where domain restricted sharing forbids that; the check is then switched off after each apply, by cloudbuild.yaml or by hand."
  type        = string
  default     = "all_users"
  nullable    = false

  validation {
    condition     = contains(["all_users", "no_invoker_check"], var.notification_access)
    error_message = "notification_access = ${jsonencode(var.notification_access)} must be all_users or no_invoker_check."
  }
}

variable "notification_url" {
  description = "Another https address of `notifications`, such as one on a domain of yours. Changing it replaces every channel, within two hours."
  type        = string
  default     = null

  validation {
    condition     = can(regex("^https://[A-Za-z0-9.-]+(/[^?#]*)?$", coalesce(var.notification_url, "https://localhost")))
    error_message = "notification_url = ${jsonencode(var.notification_url)} must be https://<host>/<path>, without port, query or fragment."
  }
}

variable "point_in_time_recovery" {
  description = "Keep the database's last seven days minute by minute, where it is created here: what is changed or deleted is stored, and paid, that much longer."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.point_in_time_recovery || try(tobool(coalesce(var.firestore.create)), true)
    error_message = "point_in_time_recovery = true must not come with firestore.create = false: of a database that exists already, switch it on where that is made."
  }
}

variable "project_id" {
  description = "The Google Cloud project."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^([a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project_id))
    error_message = "project_id = ${jsonencode(var.project_id)} must be a project's id, not its name or number."
  }
}

variable "region" {
  description = "Where everything runs and is stored. It needs Cloud Scheduler, Cloud Run functions and Firestore."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.region))
    error_message = "region = ${jsonencode(var.region)} must be a region such as europe-west1."
  }
}

variable "resources" {
  description = "Collections that may be watched; each needs its scope (output delegation_scopes)."
  type        = set(string)
  default     = ["acl", "calendarList"]
  nullable    = false

  validation {
    condition     = length(var.resources) > 0 && alltrue([for name in var.resources : contains(["acl", "calendarList", "events", "settings"], name)])
    error_message = "resources = ${jsonencode(var.resources)} must name some of acl, calendarList, events, settings."
  }
}

variable "subject_domains" {
  description = "Domains of the users who may be acted for."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for name in var.subject_domains : can(regex("^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$", name))])
    error_message = "subject_domains = ${jsonencode(var.subject_domains)} must hold domains in lower case, such as example.com, without @."
  }
  validation {
    condition     = length(var.subject_domains) > 0 || var.auth_mode == "service_account"
    error_message = "subject_domains must not be empty, unless auth_mode is service_account."
  }
}

variable "token_key_versions" {
  description = "Which version of the secret each function reads, 1 unless given. They differ only during a rotation, in which `notifications` goes first. Never `latest`: a value is read when an instance starts."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(setsubtract(keys(var.token_key_versions), local.allowed_keys.token_key_versions)) == 0
    error_message = "token_key_versions has no ${join(", ", setsubtract(keys(var.token_key_versions), local.allowed_keys.token_key_versions))}; it may hold ${join(", ", local.allowed_keys.token_key_versions)}."
  }
  validation {
    condition = alltrue([for version in values(var.token_key_versions) : version == null || can(regex("^[1-9][0-9]*$", version))])
    error_message = join("\n", [for name, version in var.token_key_versions :
      "token_key_versions.${name} = ${jsonencode(version)} must be a number from 1." if version != null && !can(regex("^[1-9][0-9]*$", version))
    ])
  }
}

variable "tuning" {
  description = "Environment variables, in lower case, that are rarely needed: functions/README.md, Configuration. What is left out keeps the default of the code. limits.tf says what each may hold."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(setsubtract(keys(var.tuning), local.allowed_keys.tuning)) == 0
    error_message = "tuning has no ${join(", ", setsubtract(keys(var.tuning), local.allowed_keys.tuning))}; it may hold ${join(", ", local.allowed_keys.tuning)}."
  }
  validation {
    condition = alltrue([for name, rule in local.tuning_rules : try(var.tuning[name], null) == null || (
      can(regex(rule.form, var.tuning[name])) &&
      try(var.tuning[name] >= rule.from, true) && try(var.tuning[name] > rule.above, true) &&
      try(var.tuning[name] <= rule.to, true) && try(var.tuning[name] < rule.below, true)
    )])
    error_message = join("\n", [for name, rule in local.tuning_rules :
      "tuning.${name} = ${jsonencode(var.tuning[name])} ${rule.text}." if try(var.tuning[name], null) != null && !(
        can(regex(rule.form, var.tuning[name])) &&
        try(var.tuning[name] >= rule.from, true) && try(var.tuning[name] > rule.above, true) &&
        try(var.tuning[name] <= rule.to, true) && try(var.tuning[name] < rule.below, true)
      )
    ])
  }
  validation {
    condition     = try(coalesce(tonumber(var.tuning.sweep_seconds)), 50) + try(coalesce(tonumber(var.tuning.lease_seconds)), 60) < local.functions.renew.timeout
    error_message = "tuning: sweep_seconds (${try(coalesce(var.tuning.sweep_seconds), 50)}) and lease_seconds (${try(coalesce(var.tuning.lease_seconds), 60)}) together must be below the ${local.functions.renew.timeout} seconds that `renew` may take."
  }
  validation {
    condition = (
      (1 - try(coalesce(tonumber(var.tuning.renew_after_fraction)), 0.8)) * try(coalesce(tonumber(var.tuning.channel_ttl_seconds)), 604800)
      > 2 * try(coalesce(tonumber(var.tuning.confirm_seconds)), 120)
    )
    error_message = "tuning: renew_after_fraction and channel_ttl_seconds must leave a channel more than two confirm_seconds at its renewal: renew earlier, ask for a longer life or confirm sooner."
  }
  validation {
    condition     = (try(var.tuning.token_service_url, null) != null) == (var.auth_mode == "token_service")
    error_message = "tuning: token_service_url goes with auth_mode = \"token_service\", and with no other; auth_mode is ${jsonencode(var.auth_mode)}."
  }
}

variable "verifiers" {
  description = "Who may run `make verify` with a change, besides calling `watches`: user:…, group:…, serviceAccount:…. With anybody, there is an account that shares a test calendar."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for member in var.verifiers : can(regex("^(user|group|serviceAccount|principal|principalSet):.+$", member))])
    error_message = "verifiers = ${jsonencode(var.verifiers)} must be user:…, group:…, serviceAccount:…, principal:… or principalSet:…. `domain:` and `allUsers` are not taken: let everybody in by name or group."
  }
}

variable "watch_invokers" {
  description = "Who may call `watches`: user:…, group:…, serviceAccount:…."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for member in var.watch_invokers : can(regex("^(user|group|serviceAccount|principal|principalSet):.+$", member))])
    error_message = "watch_invokers = ${jsonencode(var.watch_invokers)} must be user:…, group:…, serviceAccount:…, principal:… or principalSet:…. `domain:` and `allUsers` are not taken: let everybody in by name or group."
  }
}
