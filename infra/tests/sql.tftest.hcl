# Changes as SQL: with `bigquery`, and without.

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

run "changes_as_sql" {
  command = plan

  variables {
    bigquery = { dataset = "calendar_watch", location = "EU" }
  }

  assert {
    condition     = google_bigquery_dataset.changes[0].deletion_policy == "PREVENT" && !google_bigquery_dataset.changes[0].delete_contents_on_destroy && google_bigquery_table.messages[0].deletion_protection
    error_message = "What was told must not be deleted by accident."
  }
  assert {
    condition     = google_bigquery_table.messages[0].time_partitioning[0].expiration_ms == 0
    error_message = "Nothing may go by itself that nobody wanted gone."
  }
  assert {
    condition     = length(google_bigquery_dataset.changes[0].access) == 0
    error_message = "Nobody may be let in but those whom the project lets in."
  }
  assert {
    condition     = google_bigquery_table_iam_member.pubsub[0].member == "serviceAccount:service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com" && google_bigquery_table_iam_member.pubsub[0].table_id == "messages" && google_bigquery_table_iam_member.pubsub[0].role == "roles/bigquery.dataEditor"
    error_message = "Pub/Sub must be able to write to that table, and to no other."
  }
  assert {
    condition     = google_pubsub_subscription.bigquery[0].bigquery_config[0].table == "example.calendar_watch.messages" && google_pubsub_subscription.bigquery[0].bigquery_config[0].write_metadata
    error_message = "Messages must be written with their attributes."
  }
  assert {
    condition     = google_pubsub_subscription.bigquery[0].dead_letter_policy[0].max_delivery_attempts == 100 && google_pubsub_subscription.bigquery[0].expiration_policy[0].ttl == "" && contains(keys(google_pubsub_subscription_iam_member.dead_letters), "bigquery")
    error_message = "What cannot be written must be kept to be looked at."
  }
  assert {
    condition     = { for each in jsondecode(google_bigquery_table.messages[0].schema) : each.name => each.type } == { attributes = "JSON", data = "JSON", message_id = "STRING", publish_time = "TIMESTAMP", subscription_name = "STRING" }
    error_message = "Columns must be those that a subscription writes."
  }
  assert {
    condition     = alltrue([for name in ["renew", "watches"] : google_cloudfunctions2_function.this[name].service_config[0].environment_variables.BASELINE_IN_STREAM == "acl"])
    error_message = "What was there before must be told as well."
  }
  assert {
    condition     = !contains(keys(google_cloudfunctions2_function.this["notifications"].service_config[0].environment_variables), "BASELINE_IN_STREAM")
    error_message = "notifications must be told its own alone."
  }
  assert {
    condition     = contains(keys(google_project_service.this), "bigquery.googleapis.com")
    error_message = "The API must be on."
  }
}

run "without_sql" {
  command = plan

  assert {
    condition     = length(google_bigquery_dataset.changes) + length(google_bigquery_table.messages) + length(google_bigquery_table.changes) + length(google_bigquery_table.view) + length(google_pubsub_subscription.bigquery) == 0
    error_message = "Nobody asked for it."
  }
  assert {
    condition     = lookup(google_cloudfunctions2_function.this["renew"].service_config[0].environment_variables, "BASELINE_IN_STREAM", "") == "" && !contains(keys(google_project_service.this), "bigquery.googleapis.com")
    error_message = "Nothing else may change for it."
  }
}

run "changes_that_expire" {
  command = plan

  variables {
    bigquery = { dataset = "calendar_watch", location = "EU", expiration_days = 400 }
  }

  assert {
    condition     = google_bigquery_table.messages[0].time_partitioning[0].expiration_ms == 400 * 86400 * 1000
    error_message = "Rows must go when they are said to."
  }
  assert {
    condition     = keys(google_bigquery_table.view) == ["gaps", "sharing_raised"] && length(google_bigquery_table.external_now) == 0
    error_message = "What is so now cannot be told from a part of what was told."
  }

  expect_failures = [check.bigquery_knows_what_is_so_now]
}

run "changes_under_a_key_of_ones_own" {
  command = plan

  variables {
    bigquery     = { dataset = "calendar_watch", location = "europe-west1" }
    kms_key_name = "projects/keys/locations/europe-west1/keyRings/ring/cryptoKeys/key"
  }

  assert {
    condition     = google_bigquery_dataset.changes[0].default_encryption_configuration[0].kms_key_name == var.kms_key_name && google_kms_crypto_key_iam_member.bigquery[0].member == "serviceAccount:bq-123456789012@bigquery-encryption.iam.gserviceaccount.com"
    error_message = "Rows must be under the key."
  }
}
