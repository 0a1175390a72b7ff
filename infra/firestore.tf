resource "google_firestore_database" "this" {
  count = local.firestore.create ? 1 : 0

  name                    = local.firestore.name
  location_id             = var.region
  type                    = "FIRESTORE_NATIVE"
  delete_protection_state = var.deletion_protection ? "DELETE_PROTECTION_ENABLED" : "DELETE_PROTECTION_DISABLED"
  deletion_policy         = local.data_deletion_policy

  point_in_time_recovery_enablement = var.point_in_time_recovery ? "POINT_IN_TIME_RECOVERY_ENABLED" : "POINT_IN_TIME_RECOVERY_DISABLED"

  dynamic "cmek_config" {
    for_each = var.kms_key_name[*]
    content {
      kms_key_name = cmek_config.value
    }
  }

  depends_on = [google_kms_crypto_key_iam_member.this, google_project_service.this]
}

# Restoring: README.md, Losing and restoring. Of a database that exists already, its owner decides.
resource "google_firestore_backup_schedule" "daily" {
  count = local.firestore.create && var.backup_retention_days > 0 ? 1 : 0

  database  = local.database
  retention = "${var.backup_retention_days * 86400}s"
  daily_recurrence {}
}

locals {
  firestore = {
    create = try(tobool(coalesce(var.firestore.create)), true)
    name   = try(coalesce(var.firestore.name), "calendar-watch")
  }

  data_deletion_policy = var.deletion_protection ? "PREVENT" : "DELETE"
  database             = local.firestore.create ? google_firestore_database.this[0].name : local.firestore.name
  database_path        = "projects/${var.project_id}/databases/${local.firestore.name}"

  # What is looked up by, and how. Everything else is exempt ("*" below): two index entries a field saved on each
  # write, and no time of day is indexed by itself, which would bound a collection to 500 writes a second
  # (https://firebase.google.com/docs/firestore/best-practices). An index on a map serves its keys too.
  #
  # Equalities (`in` is several of them) ordered by document name are answered by merging single-field indexes
  # (https://firebase.google.com/docs/firestore/query-data/index-overview), and so is the sum of one field. What that
  # compares: tests/infra/test_indexes.py.
  _lookups = {
    calendar_id = { order = "ASCENDING" }
    exposures   = { order = "ASCENDING" }
    fingerprint = { order = "ASCENDING" }
    followed_by = { array_config = "CONTAINS" }
    labels      = { order = "ASCENDING" }
    reason      = { order = "ASCENDING" }
    resource    = { order = "ASCENDING" }
    state       = { order = "ASCENDING" }
    subject     = { order = "ASCENDING" }
    unpublished = { order = "ASCENDING" }
  }
}

# Notifications and snapshots are found by name alone, changes too.
resource "google_firestore_field" "exempt" {
  for_each = contains(var.fall_backs, "index_all_fields") ? [] : toset([
    "calendar_watch_changes", "calendar_watch_news", "calendar_watch_snapshots", "calendar_watches",
  ])

  database   = local.database
  collection = each.key
  field      = "*"
  index_config {}
}

resource "google_firestore_field" "lookup" {
  for_each = local._lookups

  database   = local.database
  collection = "calendar_watches"
  field      = each.key

  index_config {
    indexes {
      order        = lookup(each.value, "order", null)
      array_config = lookup(each.value, "array_config", null)
    }
  }

  depends_on = [google_firestore_field.exempt]
}

# What is due: sixteen rising ranges instead of one.
resource "google_firestore_index" "due" {
  database   = local.database
  collection = "calendar_watches"

  fields {
    field_path = "shard"
    order      = "ASCENDING"
  }
  fields {
    field_path = "due_at"
    order      = "ASCENDING"
  }

  deletion_policy = "DELETE"
}

# TTL only tidies, a day late at times; what is too old is decided in code.
resource "google_firestore_field" "expiry" {
  database   = local.database
  collection = "calendar_watch_changes"
  field      = "expire_at"

  index_config {} # Google advises so: a TTL field grows with time
  ttl_config {}

  depends_on = [google_firestore_field.exempt]
}
