# What an empty project gets with a dozen lines of variables. Providers are mocks: nothing is asked of Google.

mock_provider "archive" {}
mock_provider "google" {
  source = "./tests/mocks"
}

variables {
  project_id      = "example"
  region          = "europe-west1"
  subject_domains = ["example.com", "example.org"]
  watch_invokers  = ["group:calendar-operators@example.com"]
  alert_channels  = ["projects/example/notificationChannels/1"]
  change_subscribers = {
    audit = { push_endpoint = "https://audit.example.com/changes", audience = "audit", filter = "attributes.ce-resource = \"acl\"" }
    crm   = {}
  }
}

run "an_empty_project" {
  assert {
    condition     = google_cloud_run_v2_service_iam_member.google_calendar[0].member == "allUsers" && google_cloud_run_v2_service_iam_member.google_calendar[0].name == "calendar-watch-notifications"
    error_message = "notifications must be public."
  }
  assert {
    condition     = [for each in google_cloud_run_v2_service_iam_member.watches : each.member] == ["group:calendar-operators@example.com"]
    error_message = "watches must be open to watch_invokers alone."
  }
  assert {
    condition     = google_cloudfunctions2_function.this["renew"].service_config[0].environment_variables.INTERNAL_DOMAINS == "example.com,example.org"
    error_message = "Inside must be who is acted for, where nothing else is said."
  }
  assert {
    condition     = google_cloud_run_v2_service_iam_member.renew.member == google_service_account.invoker.member
    error_message = "renew must be open to Scheduler and Pub/Sub alone."
  }
  assert {
    condition     = toset([for each in google_service_account_iam_member.signer : each.member]) == toset([google_service_account.function["renew"].member, google_service_account.function["watches"].member])
    error_message = "Only renew and watches may sign for the Calendar account."
  }
  assert {
    condition     = google_project_iam_custom_role.signer[0].permissions == toset(["iam.serviceAccounts.signJwt"])
    error_message = "Signing a JWT must be all that the signer role holds."
  }
  assert {
    condition     = google_project_iam_custom_role.announcer[0].permissions == toset(["datastore.entities.create"])
    error_message = "notifications must do no more than create documents."
  }
  assert {
    condition     = toset([for each in google_project_iam_member.firestore_user : each.member]) == toset([google_service_account.function["renew"].member, google_service_account.function["watches"].member])
    error_message = "Only renew and watches may read and write the database."
  }
  assert {
    condition     = alltrue([for each in concat([google_project_iam_member.announcer], values(google_project_iam_member.firestore_user)) : each.condition[0].expression == "resource.name == \"projects/example/databases/calendar-watch\""])
    error_message = "Rights must be to one database."
  }
  assert {
    condition     = alltrue([for each in google_cloudfunctions2_function.this : one(each.service_config[0].secret_environment_variables).secret == "calendar-watch-token-keys" && !contains(keys(each.service_config[0].environment_variables), "CHANNEL_TOKEN_KEYS")])
    error_message = "Keys must be given by reference."
  }
  assert {
    condition     = alltrue([for each in google_cloudfunctions2_function.this : each.service_config[0].environment_variables.THREADS == tostring(each.service_config[0].max_instance_request_concurrency)])
    error_message = "A function must have a thread for each request."
  }
  assert {
    condition     = length(toset([for each in google_cloudfunctions2_function.this : each.service_config[0].service_account_email])) == 3
    error_message = "Each function must have an account of its own."
  }
  assert {
    condition     = alltrue([for each in concat(values(google_pubsub_subscription.renew), values(google_pubsub_subscription.changes)) : one(each.dead_letter_policy[*].dead_letter_topic) == google_pubsub_topic.this["dead-letters"].id && each.expiration_policy[0].ttl == ""])
    error_message = "Each subscription must have dead letters, and never expire."
  }
  assert {
    condition     = length(google_pubsub_subscription_iam_member.dead_letters) == length(google_pubsub_subscription.renew) + length(google_pubsub_subscription.changes)
    error_message = "Pub/Sub must be able to take each subscription's dead letters away."
  }
  assert {
    condition     = alltrue([for each in google_pubsub_subscription.changes : each.enable_message_ordering])
    error_message = "Changes must come in order."
  }
  assert {
    condition     = google_pubsub_subscription.changes["audit"].push_config[0].no_wrapper[0].write_metadata && google_pubsub_subscription.changes["audit"].push_config[0].oidc_token[0].audience == "audit" && length(google_pubsub_subscription.changes["crm"].push_config) == 0
    error_message = "A push must be a plain HTTP CloudEvent, with a token for its audience."
  }
  assert {
    condition     = google_cloud_scheduler_job.renew.http_target[0].oidc_token[0].audience == google_cloudfunctions2_function.this["renew"].service_config[0].uri && google_cloud_scheduler_job.renew.attempt_deadline == "130s"
    error_message = "Scheduler must bear a token for renew, and outlast it."
  }
  assert {
    condition     = google_firestore_database.this[0].deletion_policy == "PREVENT" && google_firestore_database.this[0].delete_protection_state == "DELETE_PROTECTION_ENABLED" && google_secret_manager_secret.token_keys.deletion_policy == "PREVENT"
    error_message = "What cannot be made again must not be deleted by accident."
  }
  assert {
    condition     = alltrue([for each in concat(values(google_monitoring_alert_policy.this), [google_monitoring_alert_policy.unreachable]) : length(each.documentation[0].content) > 100 && each.notification_channels == tolist(["projects/example/notificationChannels/1"])])
    error_message = "Each alert must say what to do, to somebody."
  }
  assert {
    condition     = alltrue([for name in ["api_disabled", "authorization_revoked", "locked_out", "readings_failing", "signing_failing"] : google_logging_metric.this[name].metric_descriptor[0].value_type == "DISTRIBUTION" && anytrue([for each in google_monitoring_alert_policy.this : strcontains(each.conditions[0].condition_prometheus_query_language[0].query, "calendar_watch_${name}_bucket")])])
    error_message = "What somebody must see to must be alerted while it lasts."
  }
  assert {
    condition     = output.notification_url == "https://calendar-watch-notifications-123456789012.europe-west1.run.app" && google_monitoring_uptime_check_config.notifications.monitored_resource[0].labels.host == "calendar-watch-notifications-123456789012.europe-west1.run.app"
    error_message = "The notification address must be known beforehand, and looked after."
  }
  assert {
    condition     = output.delegation_scopes == "https://www.googleapis.com/auth/calendar.acls.readonly,https://www.googleapis.com/auth/calendar.calendarlist.readonly" && output.delegation_client_id == "1000"
    error_message = "Delegation must be to the least scopes."
  }
}
