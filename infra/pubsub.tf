resource "google_pubsub_topic" "this" {
  for_each = toset(["changes", "dead-letters", "handover", "wakeups"])

  name         = "${var.name}-${each.key}"
  kms_key_name = var.kms_key_name
  depends_on   = [google_kms_crypto_key_iam_member.this, google_project_service.this]
}

# notifications -> wakeups -> renew, renew -> handover -> renew

resource "google_pubsub_topic_iam_member" "wakeups" {
  topic  = google_pubsub_topic.this["wakeups"].id
  role   = "roles/pubsub.publisher"
  member = google_service_account.function["notifications"].member
}

resource "google_pubsub_topic_iam_member" "handover" {
  topic  = google_pubsub_topic.this["handover"].id
  role   = "roles/pubsub.publisher"
  member = google_service_account.function["renew"].member
}

resource "google_pubsub_subscription" "renew" {
  for_each = { handover = "shards", wakeups = "wakeups" }

  name  = "${var.name}-${each.key}"
  topic = google_pubsub_topic.this[each.key].id

  ack_deadline_seconds       = local.functions.renew.timeout
  message_retention_duration = "600s" # the least there is: the next sweep finds what is to be done in any case

  push_config {
    push_endpoint = "${local.renew_url}/${each.value}"
    oidc_token {
      service_account_email = google_service_account.invoker.email
      audience              = local.renew_url
    }
  }

  dead_letter_policy {
    dead_letter_topic     = google_pubsub_topic.this["dead-letters"].id
    max_delivery_attempts = 10 # some seven minutes: what `renew` has no slot for is not given up before a sweep has seen to it
  }
  expiration_policy {
    ttl = "" # never: the default is 31 idle days
  }
  retry_policy {
    minimum_backoff = "10s"
    maximum_backoff = "60s"
  }

  depends_on = [google_service_account_iam_member.push_token]
}

# watches, renew -> changes -> subscribers

resource "google_pubsub_topic_iam_member" "changes" {
  for_each = toset(["renew", "watches"])

  topic  = google_pubsub_topic.this["changes"].id
  role   = "roles/pubsub.publisher"
  member = google_service_account.function[each.key].member
}

resource "google_pubsub_subscription" "changes" {
  for_each = var.change_subscribers

  name   = "${var.name}-changes-${each.key}"
  topic  = google_pubsub_topic.this["changes"].id
  filter = lookup(each.value, "filter", null)

  ack_deadline_seconds    = 60
  enable_message_ordering = true # by watch

  dynamic "push_config" {
    for_each = lookup(each.value, "push_endpoint", null)[*]
    content {
      push_endpoint = push_config.value
      no_wrapper {
        write_metadata = true # attributes become headers: a CloudEvent in HTTP binary mode
      }
      oidc_token {
        service_account_email = google_service_account.delivery.email
        audience              = lookup(each.value, "audience", null)
      }
    }
  }

  dead_letter_policy {
    dead_letter_topic     = google_pubsub_topic.this["dead-letters"].id
    max_delivery_attempts = 100 # some 16 hours: what is dead-lettered leaves a gap in the sequence
  }
  expiration_policy {
    ttl = ""
  }
  retry_policy {
    minimum_backoff = "10s"
    maximum_backoff = "600s"
  }

  depends_on = [google_service_account_iam_member.push_token]
}

# What could not be delivered waits here to be looked at, for a week.
resource "google_pubsub_subscription" "dead_letters" {
  name  = "${var.name}-dead-letters"
  topic = google_pubsub_topic.this["dead-letters"].id

  expiration_policy {
    ttl = ""
  }
}

# It is Pub/Sub's own account that moves a message there: without both of these it silently does not
# (https://cloud.google.com/pubsub/docs/handling-failures#grant_forwarding_permissions).
resource "google_pubsub_topic_iam_member" "dead_letters" {
  topic  = google_pubsub_topic.this["dead-letters"].id
  role   = "roles/pubsub.publisher"
  member = local.pubsub_agent
}

resource "google_pubsub_subscription_iam_member" "dead_letters" {
  for_each = merge(
    { for name, subscription in google_pubsub_subscription.renew : name => subscription.id },
    { for name, subscription in google_pubsub_subscription.changes : "changes-${name}" => subscription.id },
    { for subscription in google_pubsub_subscription.bigquery : "bigquery" => subscription.id },
  )

  subscription = each.value
  role         = "roles/pubsub.subscriber"
  member       = local.pubsub_agent
}
