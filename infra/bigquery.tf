# Changes as SQL, where `bigquery` asks for it (README.md, SQL): changes -> messages, and views on that.

locals {
  _sql           = length(var.bigquery[*]) # of each there is one, or none
  _kept_for_good = try(var.bigquery.expiration_days, null) == null

  # What is so now is the sum of all that was told.
  _views = concat(["gaps", "sharing_raised"], local._kept_for_good ? ["acl_now"] : [])
  _names = { dataset = "${var.project_id}.${try(var.bigquery.dataset, "")}" }
}

resource "google_bigquery_dataset" "changes" {
  count = local._sql

  dataset_id                 = var.bigquery.dataset
  description                = "What changed in Google calendars, told by ${var.name}"
  location                   = var.bigquery.location
  delete_contents_on_destroy = false
  deletion_policy            = local.data_deletion_policy

  dynamic "default_encryption_configuration" {
    for_each = var.kms_key_name[*]
    content {
      kms_key_name = default_encryption_configuration.value
    }
  }

  depends_on = [google_kms_crypto_key_iam_member.bigquery, google_project_service.this]
}

# BigQuery's own account, which is called unlike the others. It exists after `bq show --encryption_service_account`.
resource "google_kms_crypto_key_iam_member" "bigquery" {
  count = var.kms_key_name == null ? 0 : local._sql

  crypto_key_id = var.kms_key_name
  role          = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
  member        = "serviceAccount:bq-${local._number}@bigquery-encryption.iam.gserviceaccount.com"
  depends_on    = [google_project_service.this]
}

# The columns that a subscription writes with `write_metadata`
# (https://docs.cloud.google.com/pubsub/docs/bigquery#write_metadata); an ordering key is among the attributes.
resource "google_bigquery_table" "messages" {
  # checkov:skip=CKV_GCP_80:the dataset's key, where kms_key_name names one, is every table's
  count = local._sql

  dataset_id          = google_bigquery_dataset.changes[0].dataset_id
  table_id            = "messages"
  description         = "Messages of ${google_pubsub_topic.this["changes"].name} as they came: a message may be here twice"
  deletion_protection = var.deletion_protection

  schema = jsonencode([for name, type in {
    attributes        = "JSON"
    data              = "JSON"
    message_id        = "STRING"
    publish_time      = "TIMESTAMP"
    subscription_name = "STRING"
  } : { name = name, type = type, mode = "NULLABLE" }])

  time_partitioning {
    type          = "DAY"
    field         = "publish_time"
    expiration_ms = local._kept_for_good ? 0 : var.bigquery.expiration_days * 24 * 60 * 60 * 1000 # left out, it stays as it was
  }
}

resource "google_bigquery_table_iam_member" "pubsub" {
  count = local._sql

  dataset_id = google_bigquery_table.messages[0].dataset_id
  table_id   = google_bigquery_table.messages[0].table_id
  role       = "roles/bigquery.dataEditor"
  member     = local.pubsub_agent
}

# Not ordered: rows have no order anyway, and one that cannot be written keeps none back.
resource "google_pubsub_subscription" "bigquery" {
  count = local._sql

  name  = "${var.name}-bigquery"
  topic = google_pubsub_topic.this["changes"].id

  message_retention_duration = "2678400s" # the most there is, 31 days: a missing right or table dead-letters nothing

  bigquery_config {
    table          = "${local._names.dataset}.${google_bigquery_table.messages[0].table_id}"
    write_metadata = true
  }

  dead_letter_policy {
    dead_letter_topic     = google_pubsub_topic.this["dead-letters"].id
    max_delivery_attempts = 100
  }
  expiration_policy {
    ttl = ""
  }
  retry_policy {
    minimum_backoff = "10s"
    maximum_backoff = "600s"
  }

  depends_on = [google_bigquery_table_iam_member.pubsub] # the table is looked at when the subscription is made
}

# BigQuery looks for what a view reads when it is made, so each waits for that.

resource "google_bigquery_table" "changes" {
  # checkov:skip=CKV_GCP_80:a view holds nothing
  # checkov:skip=CKV_GCP_121:a view may be made anew
  count = local._sql

  dataset_id          = google_bigquery_table.messages[0].dataset_id
  table_id            = "changes"
  deletion_protection = false

  view {
    query          = templatefile("${path.module}/sql/changes.sql", local._names)
    use_legacy_sql = false
  }
}

resource "google_bigquery_table" "view" {
  # checkov:skip=CKV_GCP_80:a view holds nothing
  # checkov:skip=CKV_GCP_121:a view may be made anew
  for_each = toset(local._sql == 0 ? [] : local._views)

  dataset_id          = google_bigquery_table.changes[0].dataset_id
  table_id            = each.key
  deletion_protection = false

  view {
    query          = templatefile("${path.module}/sql/${each.key}.sql", local._names)
    use_legacy_sql = false
  }
}

resource "google_bigquery_table" "external_now" {
  # checkov:skip=CKV_GCP_80:a view holds nothing
  # checkov:skip=CKV_GCP_121:a view may be made anew
  count = local._kept_for_good ? local._sql : 0

  dataset_id          = google_bigquery_table.view["acl_now"].dataset_id
  table_id            = "external_now"
  deletion_protection = false

  view {
    query = templatefile("${path.module}/sql/external_now.sql", merge(local._names, {
      internal_domains = join(", ", [for name in local.internal_domains : "'${name}'"])
    }))
    use_legacy_sql = false
  }
}

check "bigquery_knows_what_is_so_now" {
  assert {
    condition     = local._kept_for_good
    error_message = "bigquery.expiration_days = ${try(var.bigquery.expiration_days, "")}: rows go after as many days, so the views acl_now and external_now are not made. Leave it out, and rows are kept for good."
  }
}
