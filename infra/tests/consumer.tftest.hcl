# What the example makes beside a Calendar Watch. Providers are mocks: nothing is asked of Google.

mock_provider "archive" {}
mock_provider "google" {}

run "a_copy" {
  command = plan

  module {
    source = "./examples/consumer"
  }

  variables {
    project_id  = "example"
    region      = "europe-west1"
    watches_url = "https://calendar-watch-watches.example.com"
  }

  assert {
    condition     = google_cloudfunctions2_function.copy.build_config[0].entry_point == "on_change" && google_cloudfunctions2_function.copy.service_config[0].environment_variables.WATCHES_URL == "https://calendar-watch-watches.example.com"
    error_message = "The function must be the consumer, and know whom to ask."
  }
  assert {
    condition     = google_cloud_run_v2_service_iam_member.pushed_to.member == "serviceAccount:calendar-watch-delivery@example.iam.gserviceaccount.com" && google_cloud_run_v2_service_iam_member.asks.name == "calendar-watch-watches"
    error_message = "Pub/Sub alone may call it, and it may ask watches."
  }
  assert {
    condition     = google_project_iam_member.firestore_user.condition[0].expression == "resource.name == \"projects/example/databases/calendar-watch-copy\""
    error_message = "Its rights must be to its own database."
  }
}

run "not_over_plain_http" {
  command = plan

  module {
    source = "./examples/consumer"
  }

  variables {
    project_id  = "example"
    region      = "europe-west1"
    watches_url = "http://calendar-watch-watches.example.com"
  }

  expect_failures = [var.watches_url]
}
