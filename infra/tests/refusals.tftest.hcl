# Whatever validates is reached in the whole configuration; tests/infra/test_refusals.py tries each validation.

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

run "one_mistake_in_each_variable" {
  command = plan

  variables {
    alert_channels      = ["ops@example.com"]
    change_subscribers  = { Audit = {} }
    firestore           = { location = "eur3" }
    internal_domains    = ["example.com."]
    kms_key_name        = "projects/keys/locations/global/keyRings/ring/cryptoKeys/key"
    name                = "calendar-watch-production"
    notification_access = "none"
    notification_url    = "http://hooks.example.com"
    project_id          = "Example Project"
    resources           = ["acl", "tasks"]
    subject_domains     = ["@example.com"]
    token_key_versions  = { renew = "latest" }
    tuning              = { safety_sync_second = 3600 }
    watch_invokers      = ["allUsers"]
  }

  expect_failures = [
    var.alert_channels, var.change_subscribers, var.firestore, var.internal_domains, var.kms_key_name, var.name,
    var.notification_access, var.notification_url, var.project_id, var.resources, var.subject_domains,
    var.token_key_versions, var.tuning, var.watch_invokers,
  ]
}

run "more_threads_than_memory" {
  command = plan
  variables {
    tuning = { sweep_threads = 64 }
  }
  expect_failures = [google_cloudfunctions2_function.this["renew"]]
}
