# What an operator may choose, one choice at a time.

mock_provider "archive" {}
mock_provider "google" {
  source = "./tests/mocks"
}

variables {
  project_id      = "example"
  region          = "europe-west1"
  subject_domains = ["example.com"]
  watch_invokers  = ["group:calendar-operators@example.com"]
  alert_channels  = ["projects/example/notificationChannels/1"]
}

run "an_existing_database" {
  command = plan

  variables {
    firestore = { create = false, name = "(default)" }
  }

  assert {
    condition     = length(google_firestore_database.this) == 0
    error_message = "A database that exists must be left alone."
  }
  assert {
    condition     = alltrue([for each in concat(values(google_firestore_field.exempt), values(google_firestore_field.lookup), [google_firestore_field.expiry]) : each.database == "(default)"])
    error_message = "Its fields must be configured."
  }
  assert {
    condition     = length(google_firestore_backup_schedule.daily) == 0
    error_message = "Whether it is backed up is for its owner to say."
  }
  assert {
    condition     = alltrue([for each in google_cloudfunctions2_function.this : each.service_config[0].environment_variables.FIRESTORE_DATABASE == "(default)"])
    error_message = "Functions must use it."
  }
  assert {
    condition     = google_project_iam_member.announcer.condition[0].expression == "resource.name == \"projects/example/databases/(default)\""
    error_message = "Rights must be to it alone."
  }
}

run "more_backups" {
  command = plan

  variables {
    backup_retention_days  = 30
    point_in_time_recovery = true
    tuning                 = { epoch = 2 }
  }

  assert {
    condition     = google_firestore_backup_schedule.daily[0].retention == "2592000s" && google_firestore_database.this[0].point_in_time_recovery_enablement == "POINT_IN_TIME_RECOVERY_ENABLED"
    error_message = "The database must be kept as it was."
  }
  assert {
    condition     = alltrue([for name in ["renew", "watches"] : google_cloudfunctions2_function.this[name].service_config[0].environment_variables.EPOCH == "2"]) && !contains(keys(google_cloudfunctions2_function.this["notifications"].service_config[0].environment_variables), "EPOCH")
    error_message = "Whoever counts must know of a restore."
  }
}

run "no_backups" {
  command = plan

  variables {
    backup_retention_days = 0
  }

  assert {
    condition     = length(google_firestore_backup_schedule.daily) == 0 && google_firestore_database.this[0].point_in_time_recovery_enablement == "POINT_IN_TIME_RECOVERY_DISABLED"
    error_message = "None must be made then."
  }
}

run "no_invoker_check" {
  command = plan

  variables {
    notification_access = "no_invoker_check"
  }

  assert {
    condition     = length(google_cloud_run_v2_service_iam_member.google_calendar) == 0
    error_message = "No public invoker may be asked for where the organisation forbids it."
  }
}

run "a_key_of_ones_own" {
  command = plan

  variables {
    kms_key_name = "projects/keys/locations/europe-west1/keyRings/ring/cryptoKeys/key"
  }

  assert {
    condition = alltrue(concat(
      [for each in google_cloudfunctions2_function.this : each.kms_key_name == var.kms_key_name],
      [for each in google_pubsub_topic.this : each.kms_key_name == var.kms_key_name],
      [
        google_artifact_registry_repository.images.kms_key_name == var.kms_key_name,
        google_firestore_database.this[0].cmek_config[0].kms_key_name == var.kms_key_name,
        google_secret_manager_secret.token_keys.replication[0].user_managed[0].replicas[0].customer_managed_encryption[0].kms_key_name == var.kms_key_name,
        google_storage_bucket.source.encryption[0].default_kms_key_name == var.kms_key_name,
      ],
    ))
    error_message = "All that is stored must be under the key."
  }
  assert {
    condition     = length(google_kms_crypto_key_iam_member.this) == 7
    error_message = "Google's services must be able to use the key."
  }
}

run "a_domain_of_ones_own" {
  command = plan

  variables {
    notification_url = "https://hooks.example.com/calendar"
  }

  assert {
    condition     = google_cloudfunctions2_function.this["renew"].service_config[0].environment_variables.NOTIFICATION_URL == "https://hooks.example.com/calendar"
    error_message = "Channels must be opened with it."
  }
  assert {
    condition     = google_monitoring_uptime_check_config.notifications.monitored_resource[0].labels.host == "hooks.example.com" && google_monitoring_uptime_check_config.notifications.http_check[0].path == "/calendar"
    error_message = "It must be looked after."
  }
}

run "an_organisation_of_several_domains" {
  command = plan

  variables {
    internal_domains = ["example.org", "example.com"]
  }

  assert {
    condition     = alltrue([for name in ["renew", "watches"] : google_cloudfunctions2_function.this[name].service_config[0].environment_variables.INTERNAL_DOMAINS == "example.com,example.org"])
    error_message = "Those who classify must know what is inside."
  }
  assert {
    condition     = google_cloudfunctions2_function.this["renew"].service_config[0].environment_variables.SUBJECT_DOMAINS == "example.com"
    error_message = "Who is inside need not be acted for."
  }
}

run "baselines_in_the_stream" {
  command = plan

  variables {
    tuning = { baseline_in_stream = "settings, acl" }
  }

  assert {
    condition     = alltrue([for name in ["renew", "watches"] : google_cloudfunctions2_function.this[name].service_config[0].environment_variables.BASELINE_IN_STREAM == "acl,settings"])
    error_message = "Both must know of it: who takes an order may read first."
  }
}

run "as_a_service_account" {
  command = plan

  variables {
    auth_mode       = "service_account"
    subject_domains = []
  }

  assert {
    condition     = google_project_iam_custom_role.signer[0].permissions == toset(["iam.serviceAccounts.getAccessToken"])
    error_message = "Without a subject, an access token is what is needed."
  }
}

run "with_a_token_service" {
  command = plan

  variables {
    auth_mode = "token_service"
    tuning    = { token_service_url = "https://tokens.example.com", sweep_threads = 32, renew_after_fraction = 0.75, log_level = "DEBUG" }
  }

  assert {
    condition     = length(google_service_account.calendar) + length(google_project_iam_custom_role.signer) + length(google_service_account_iam_member.signer) == 0
    error_message = "There is nobody to act as."
  }
  assert {
    condition     = { for name, value in google_cloudfunctions2_function.this["renew"].service_config[0].environment_variables : name => value if contains(["TOKEN_SERVICE_URL", "SWEEP_THREADS", "RENEW_AFTER_FRACTION", "LOG_LEVEL", "POLL_SECONDS"], name) } == { TOKEN_SERVICE_URL = "https://tokens.example.com", SWEEP_THREADS = "32", RENEW_AFTER_FRACTION = "0.75", LOG_LEVEL = "DEBUG" }
    error_message = "What is tuned must reach the workers, and nothing else."
  }
  assert {
    condition     = google_cloudfunctions2_function.this["notifications"].service_config[0].environment_variables.LOG_LEVEL == "DEBUG" && !contains(keys(google_cloudfunctions2_function.this["notifications"].service_config[0].environment_variables), "SWEEP_THREADS")
    error_message = "notifications must be told its own alone."
  }
}

run "more_threads_with_memory_for_them" {
  command = plan

  variables {
    max_instances = { renew = 4, watches = 1 }
    memory        = { renew = "2Gi" }
    tuning        = { sweep_threads = 64, calendar_calls_per_minute = 9999 }
  }

  assert {
    condition     = { for name, each in google_cloudfunctions2_function.this : name => "${each.service_config[0].available_memory} ${each.service_config[0].max_instance_count}" } == { notifications = "512Mi 20", renew = "2Gi 4", watches = "1Gi 1" }
    error_message = "Each function must have what it was given, and the others what they had."
  }
  assert {
    condition     = [for name in ["renew", "watches"] : google_cloudfunctions2_function.this[name].service_config[0].environment_variables.CALENDAR_CALLS_PER_MINUTE] == ["1999", "1999"]
    error_message = "Each instance that calls Google must have its share of the deployment's pace, rounded down."
  }
}

run "a_rotation_half_way" {
  command = plan

  variables {
    token_key_versions = { notifications = "2" }
  }

  assert {
    condition     = { for name, each in google_cloudfunctions2_function.this : name => one(each.service_config[0].secret_environment_variables).version } == { notifications = "2", renew = "1", watches = "1" }
    error_message = "notifications must be able to know a new key before the others use it."
  }
}

run "leaving_for_good" {
  command = plan

  variables {
    deletion_protection = false
  }

  assert {
    condition     = google_firestore_database.this[0].deletion_policy == "DELETE" && google_firestore_database.this[0].delete_protection_state == "DELETE_PROTECTION_DISABLED"
    error_message = "Who says so must be able to delete everything."
  }
}

run "where_google_refuses_what_nobody_tried" {
  command = plan

  variables {
    fall_backs = ["datastore_user", "index_all_fields", "threshold_alerts"]
  }

  assert {
    condition     = google_project_iam_member.announcer.role == "roles/datastore.user" && google_project_iam_member.announcer.condition[0].expression == "resource.name == \"projects/example/databases/calendar-watch\"" && length(google_project_iam_custom_role.announcer) == 0
    error_message = "Without a role of our own, notifications must be able to do its work, in one database."
  }
  assert {
    condition     = length(google_firestore_field.exempt) == 0 && length(google_firestore_field.lookup) == length(local._lookups)
    error_message = "Nothing but all fields at once must be left out."
  }
  assert {
    condition     = alltrue([for each in google_monitoring_alert_policy.this : length(each.conditions) > 0 && alltrue([for condition in each.conditions : length(condition.condition_prometheus_query_language) == 0])])
    error_message = "Every alert must have a condition, none in PromQL."
  }
}

run "somebody_verifies" {
  command = plan

  override_resource {
    target          = google_service_account.verifier
    override_during = plan
    values          = { name = "projects/example/serviceAccounts/calendar-watch-verifier@example.iam.gserviceaccount.com" }
  }
  variables {
    verifiers      = ["serviceAccount:calendar-watch-deployer@example.iam.gserviceaccount.com", "user:alice@example.com"]
    watch_invokers = ["user:alice@example.com"]
  }

  assert {
    condition     = google_project_iam_custom_role.verifier[0].permissions == toset(["iam.serviceAccounts.getAccessToken"])
    error_message = "Its token must be all that they get: nobody may sign for it."
  }
  assert {
    condition     = toset([for each in google_service_account_iam_member.verifier : each.member]) == var.verifiers && alltrue([for each in google_service_account_iam_member.verifier : each.service_account_id == google_service_account.verifier[0].name])
    error_message = "Verifiers must be able to share the test calendar, as that account and no other."
  }
  assert {
    condition     = [for each in google_cloud_run_v2_service_iam_member.verifiers : each.member] == ["serviceAccount:calendar-watch-deployer@example.iam.gserviceaccount.com"]
    error_message = "Verifiers must be let in, and nobody twice."
  }
}

run "nobody_verifies" {
  command = plan

  assert {
    condition     = length(google_service_account.verifier) + length(google_project_iam_custom_role.verifier) + length(google_cloud_run_v2_service_iam_member.verifiers) == 0
    error_message = "Nothing must be made for it then."
  }
}

run "nobody_may_ask_and_nobody_is_told" {
  command = plan

  variables {
    alert_channels = []
    watch_invokers = []
  }

  expect_failures = [check.somebody_is_told, check.somebody_may_ask]
}
