locals {
  # A whole CPU is the least with which an instance takes more than one request at a time. `instances` bounds what a flood
  # of messages, or a burst of calls to Google, can cost. None need wait for the first request: the uptime check keeps
  # `notifications` warm, Scheduler `renew`.
  functions = {
    notifications = {
      memory      = try(coalesce(var.memory.notifications), "512Mi")
      cpu         = "1"
      concurrency = 32
      timeout     = 30
      instances   = { min = 0, max = try(coalesce(var.max_instances.notifications), 20) }
    }
    renew = {
      memory      = try(coalesce(var.memory.renew), "1Gi")
      cpu         = "1"
      concurrency = 16
      timeout     = 120
      instances   = { min = 0, max = try(coalesce(var.max_instances.renew), 3) }
    }
    watches = {
      memory      = try(coalesce(var.memory.watches), "1Gi")
      cpu         = "1"
      concurrency = 16
      timeout     = 60
      instances   = { min = 0, max = try(coalesce(var.max_instances.watches), 3) }
    }
  }

  # A process needs some 130 MiB, and each thread that may read a calendar at a time a page of 2 MB as Python has it, with
  # the parts of the snapshot that it touches: `make bench WHICH=heavy_events`.
  _mebibytes = { for name, each in local.functions : name => tonumber(regex("^[0-9]+", each.memory)) * (endswith(each.memory, "Gi") ? 1024 : 1) }
  _readers = {
    notifications = 0
    renew         = local.functions.renew.concurrency + try(coalesce(tonumber(var.tuning.sweep_threads)), 16)
    watches       = local.functions.watches.concurrency
  }
  _least_mebibytes = { for name, count in local._readers : name => 160 + 16 * count }

  # Google's quota is the project's: what calls Calendar has a share of it for each instance that there may be.
  _calling_instances = local.functions.renew.instances.max + local.functions.watches.instances.max
  _calls_per_minute  = max(1, floor(try(coalesce(tonumber(var.tuning.calendar_calls_per_minute)), 9000) / local._calling_instances))

  # Of each, the baseline is told in the stream as well: the views of BigQuery know no other.
  _baseline_in_stream = sort(distinct(concat(
    [for each in compact(split(",", try(coalesce(var.tuning.baseline_in_stream), ""))) : trimspace(each)],
    var.bigquery == null ? [] : ["acl"],
  )))

  # Known before the function is: no circle, and the same after it is made anew
  # (https://cloud.google.com/run/docs/triggering/https-request#deterministic).
  notification_url = coalesce(
    var.notification_url,
    "https://${var.name}-notifications-${local._number}.${var.region}.run.app",
  )
  renew_url = google_cloudfunctions2_function.this["renew"].service_config[0].uri

  internal_domains = sort(coalesce(var.internal_domains, var.subject_domains))

  _tuning = merge(
    { for name, value in var.tuning : upper(name) => value if value != null },
    {
      BASELINE_IN_STREAM        = join(",", local._baseline_in_stream)
      CALENDAR_CALLS_PER_MINUTE = tostring(local._calls_per_minute)
    },
  )

  _told_all = {
    FIRESTORE_DATABASE   = local.database
    GOOGLE_CLOUD_PROJECT = var.project_id
  }
  _told_workers = merge(local._told_all, {
    AUTH_MODE                = var.auth_mode
    CALENDAR_SERVICE_ACCOUNT = join("", google_service_account.calendar[*].email)
    CHANGES_TOPIC            = google_pubsub_topic.this["changes"].id
    INTERNAL_DOMAINS         = join(",", local.internal_domains)
    NOTIFICATION_URL         = local.notification_url
    RESOURCES                = join(",", sort(var.resources))
    SUBJECT_DOMAINS          = join(",", sort(var.subject_domains))
  }, local._tuning)

  # `notifications` has no business with the rest.
  environment = {
    notifications = merge(local._told_all, {
      WAKEUP_TOPIC = google_pubsub_topic.this["wakeups"].id
    }, { for name, value in local._tuning : name => value if name == "LOG_LEVEL" })
    renew   = merge(local._told_workers, { HANDOVER_TOPIC = google_pubsub_topic.this["handover"].id })
    watches = local._told_workers
  }
}

resource "google_cloudfunctions2_function" "this" {
  # checkov:skip=CKV_GCP_124:all three must be reachable from outside the VPC: Google Calendar, operators; IAM guards two
  for_each = local.functions

  name         = "${var.name}-${each.key}" # with hyphens only, the Cloud Run service has the same name
  location     = var.region
  description  = "Calendar Watch: ${each.key}"
  kms_key_name = var.kms_key_name

  build_config {
    runtime           = "python311"
    entry_point       = each.key
    service_account   = google_service_account.builder.id
    docker_repository = google_artifact_registry_repository.images.id

    source {
      storage_source {
        bucket = google_storage_bucket.source.name
        object = google_storage_bucket_object.functions.name
      }
    }
  }

  service_config {
    available_cpu                    = each.value.cpu
    available_memory                 = each.value.memory
    max_instance_count               = each.value.instances.max
    max_instance_request_concurrency = each.value.concurrency
    min_instance_count               = each.value.instances.min
    service_account_email            = google_service_account.function[each.key].email
    timeout_seconds                  = each.value.timeout

    ingress_settings = each.key == "notifications" && var.ingress == "load_balancer" ? "ALLOW_INTERNAL_AND_GCLB" : "ALLOW_ALL"

    environment_variables = merge(local.environment[each.key], {
      # Or requests would queue for functions-framework's four. `renew` keeps two of them for Scheduler.
      THREADS = tostring(each.value.concurrency)
    })

    secret_environment_variables {
      key        = "CHANNEL_TOKEN_KEYS"
      project_id = var.project_id
      secret     = google_secret_manager_secret.token_keys.secret_id
      version    = try(coalesce(var.token_key_versions[each.key]), "1")
    }
  }

  lifecycle {
    precondition {
      condition     = local._mebibytes[each.key] >= local._least_mebibytes[each.key]
      error_message = "memory.${each.key} = ${jsonencode(each.value.memory)} must be at least ${local._least_mebibytes[each.key]}Mi, as ${local._readers[each.key]} threads may each read a calendar at a time (tuning.sweep_threads, and a request's own)."
    }
  }

  # Without some of these the first revision would not build or not start; the others it needs at its first request. A new
  # grant takes minutes to be seen everywhere, and so does building: whoever calls the functions comes after that. When a
  # first apply fails with a 403 all the same, apply again. A baseline is told once: who writes it down is there before.
  depends_on = [
    google_artifact_registry_repository_iam_member.builder_images,
    google_firestore_index.due, # without it no sweep finds what is due
    google_kms_crypto_key_iam_member.this,
    google_project_iam_member.announcer,
    google_project_iam_member.builder_logs,
    google_project_iam_member.builder_source,
    google_project_iam_member.firestore_user,
    google_pubsub_subscription.bigquery,
    google_pubsub_topic_iam_member.changes,
    google_pubsub_topic_iam_member.handover,
    google_pubsub_topic_iam_member.wakeups,
    google_secret_manager_secret_iam_member.token_keys,
    google_service_account_iam_member.signer,
    google_storage_bucket_iam_member.builder_source,
  ]
}

# Who may call them. The role is for the Cloud Run service underneath: the function's own IAM refuses it
# (https://github.com/hashicorp/terraform-provider-google/issues/15264), and a function made anew loses it.

resource "google_cloud_run_v2_service_iam_member" "google_calendar" {
  # Google Calendar bears no identity; what is checked is a signed channel token.
  count = var.notification_access == "all_users" ? 1 : 0

  name     = google_cloudfunctions2_function.this["notifications"].name
  location = var.region
  role     = "roles/run.invoker"
  member   = "allUsers"

  lifecycle {
    replace_triggered_by = [google_cloudfunctions2_function.this["notifications"].id]
  }
}

resource "google_cloud_run_v2_service_iam_member" "renew" {
  name     = google_cloudfunctions2_function.this["renew"].name
  location = var.region
  role     = "roles/run.invoker"
  member   = google_service_account.invoker.member

  lifecycle {
    replace_triggered_by = [google_cloudfunctions2_function.this["renew"].id]
  }
}

resource "google_cloud_run_v2_service_iam_member" "watches" {
  for_each = var.watch_invokers

  name     = google_cloudfunctions2_function.this["watches"].name
  location = var.region
  role     = "roles/run.invoker"
  member   = each.key

  lifecycle {
    replace_triggered_by = [google_cloudfunctions2_function.this["watches"].id]
  }
}
