# What Google would answer, as far as others depend on it.

mock_data "google_project" {
  defaults = { number = "123456789012" }
}

mock_resource "google_artifact_registry_repository" {
  defaults = { id = "projects/example/locations/europe-west1/repositories/calendar-watch" }
}

mock_resource "google_secret_manager_secret" {
  defaults = { id = "projects/example/secrets/calendar-watch-token-keys" }
}

override_resource {
  target = google_project_iam_custom_role.announcer
  values = { id = "projects/example/roles/calendar_watch_announcer" }
}

override_resource {
  target = google_project_iam_custom_role.signer
  values = { id = "projects/example/roles/calendar_watch_signer" }
}

override_resource {
  target = google_pubsub_topic.this["changes"]
  values = { id = "projects/example/topics/calendar-watch-changes" }
}

override_resource {
  target = google_pubsub_topic.this["dead-letters"]
  values = { id = "projects/example/topics/calendar-watch-dead-letters" }
}

override_resource {
  target = google_pubsub_topic.this["handover"]
  values = { id = "projects/example/topics/calendar-watch-handover" }
}

override_resource {
  target = google_pubsub_topic.this["wakeups"]
  values = { id = "projects/example/topics/calendar-watch-wakeups" }
}

override_resource {
  target = google_service_account.builder
  values = {
    email     = "calendar-watch-builder@example.iam.gserviceaccount.com"
    id        = "projects/example/serviceAccounts/calendar-watch-builder@example.iam.gserviceaccount.com"
    member    = "serviceAccount:calendar-watch-builder@example.iam.gserviceaccount.com"
    name      = "projects/example/serviceAccounts/calendar-watch-builder@example.iam.gserviceaccount.com"
    unique_id = "1000"
  }
}

override_resource {
  target = google_service_account.calendar
  values = {
    email     = "calendar-watch-calendar@example.iam.gserviceaccount.com"
    id        = "projects/example/serviceAccounts/calendar-watch-calendar@example.iam.gserviceaccount.com"
    member    = "serviceAccount:calendar-watch-calendar@example.iam.gserviceaccount.com"
    name      = "projects/example/serviceAccounts/calendar-watch-calendar@example.iam.gserviceaccount.com"
    unique_id = "1000"
  }
}

override_resource {
  target = google_service_account.delivery
  values = {
    email     = "calendar-watch-delivery@example.iam.gserviceaccount.com"
    id        = "projects/example/serviceAccounts/calendar-watch-delivery@example.iam.gserviceaccount.com"
    member    = "serviceAccount:calendar-watch-delivery@example.iam.gserviceaccount.com"
    name      = "projects/example/serviceAccounts/calendar-watch-delivery@example.iam.gserviceaccount.com"
    unique_id = "1000"
  }
}

override_resource {
  target = google_service_account.function["notifications"]
  values = {
    email     = "calendar-watch-notifications@example.iam.gserviceaccount.com"
    id        = "projects/example/serviceAccounts/calendar-watch-notifications@example.iam.gserviceaccount.com"
    member    = "serviceAccount:calendar-watch-notifications@example.iam.gserviceaccount.com"
    name      = "projects/example/serviceAccounts/calendar-watch-notifications@example.iam.gserviceaccount.com"
    unique_id = "1000"
  }
}

override_resource {
  target = google_service_account.function["renew"]
  values = {
    email     = "calendar-watch-renew@example.iam.gserviceaccount.com"
    id        = "projects/example/serviceAccounts/calendar-watch-renew@example.iam.gserviceaccount.com"
    member    = "serviceAccount:calendar-watch-renew@example.iam.gserviceaccount.com"
    name      = "projects/example/serviceAccounts/calendar-watch-renew@example.iam.gserviceaccount.com"
    unique_id = "1000"
  }
}

override_resource {
  target = google_service_account.function["watches"]
  values = {
    email     = "calendar-watch-watches@example.iam.gserviceaccount.com"
    id        = "projects/example/serviceAccounts/calendar-watch-watches@example.iam.gserviceaccount.com"
    member    = "serviceAccount:calendar-watch-watches@example.iam.gserviceaccount.com"
    name      = "projects/example/serviceAccounts/calendar-watch-watches@example.iam.gserviceaccount.com"
    unique_id = "1000"
  }
}

override_resource {
  target = google_service_account.invoker
  values = {
    email     = "calendar-watch-invoker@example.iam.gserviceaccount.com"
    id        = "projects/example/serviceAccounts/calendar-watch-invoker@example.iam.gserviceaccount.com"
    member    = "serviceAccount:calendar-watch-invoker@example.iam.gserviceaccount.com"
    name      = "projects/example/serviceAccounts/calendar-watch-invoker@example.iam.gserviceaccount.com"
    unique_id = "1000"
  }
}
