# Every validation refuses something. Variables with several have their runs further down.

mock_provider "archive" {}
mock_provider "google" {
  source = "./tests/mocks"
}

variables {
  project_id      = "example"
  region          = "europe-west1"
  subject_domains = ["example.com"]
}

run "one_mistake_in_each_variable" {
  command = plan

  variables {
    alert_channels      = ["ops@example.com"]
    change_subscribers  = { Audit = {} }
    firestore           = { name = "calendar_watch" }
    kms_key_name        = "projects/keys/locations/global/keyRings/ring/cryptoKeys/key"
    name                = "calendar-watch-production"
    notification_access = "none"
    notification_url    = "http://hooks.example.com"
    project_id          = "Example Project"
    resources           = ["acl", "tasks"]
    subject_domains     = ["@example.com"]
    token_key_versions  = { renew = "latest" }
    tuning              = { token_service_url = "http://tokens.example.com" }
    watch_invokers      = ["allUsers"]
  }

  expect_failures = [
    var.alert_channels, var.change_subscribers, var.firestore, var.kms_key_name, var.name,
    var.notification_access, var.notification_url, var.project_id, var.resources, var.subject_domains,
    var.token_key_versions, var.tuning, var.watch_invokers,
  ]
}

# What others are validated against comes by itself: nothing that refers to a wrong value is looked at.

run "nobody_at_all" {
  command = plan
  variables {
    auth_mode = "anonymous"
  }
  expect_failures = [var.auth_mode]
}

run "a_region_that_is_none" {
  command = plan
  variables {
    region = "EU"
  }
  expect_failures = [var.region]
}

run "instances_of_no_function" {
  command = plan
  variables {
    max_instances = { notify = 1 }
  }
  expect_failures = [var.max_instances]
}

run "memory_of_no_function" {
  command = plan
  variables {
    memory = { notify = "1Gi" }
  }
  expect_failures = [var.memory]
}

run "no_instances" {
  command = plan
  variables {
    max_instances = { renew = 0 }
  }
  expect_failures = [var.max_instances]
}

run "memory_in_other_units" {
  command = plan
  variables {
    memory = { renew = "1G" }
  }
  expect_failures = [var.memory]
}

run "more_threads_than_memory" {
  command = plan
  variables {
    tuning = { sweep_threads = 64 }
  }
  expect_failures = [google_cloudfunctions2_function.this["renew"]]
}

run "no_resources" {
  command = plan
  variables {
    resources = []
  }
  expect_failures = [var.resources]
}

run "a_subscriber_without_tls" {
  command = plan
  variables {
    change_subscribers = { audit = { push_endpoint = "http://audit.example.com" } }
  }
  expect_failures = [var.change_subscribers]
}

run "an_audience_without_a_push" {
  command = plan
  variables {
    change_subscribers = { audit = { audience = "audit" } }
  }
  expect_failures = [var.change_subscribers]
}

run "nobody_to_act_for" {
  command = plan
  variables {
    subject_domains = []
  }
  expect_failures = [var.subject_domains]
}

run "a_sweep_that_outlasts_its_function" {
  command = plan
  variables {
    tuning = { sweep_seconds = 60 }
  }
  expect_failures = [var.tuning]
}

run "a_token_service_without_its_mode" {
  command = plan
  variables {
    tuning = { token_service_url = "https://tokens.example.com" }
  }
  expect_failures = [var.tuning]
}

run "a_token_service_without_tls" {
  command = plan
  variables {
    auth_mode = "token_service"
    tuning    = { token_service_url = "http://tokens.example.com" }
  }
  expect_failures = [var.tuning]
}

run "everybody_who_is_logged_in" {
  command = plan
  variables {
    watch_invokers = ["allAuthenticatedUsers"]
  }
  expect_failures = [var.watch_invokers]
}
