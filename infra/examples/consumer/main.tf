# The function in infra/consumer, beside a Calendar Watch that is there already: a copy of every watched collection in a
# database of its own. Images are built, and messages pushed, as Calendar Watch's are.

locals {
  copy    = "${var.name}-copy"
  builder = "${var.name}-builder@${var.project_id}.iam.gserviceaccount.com"
  pusher  = "${var.name}-delivery@${var.project_id}.iam.gserviceaccount.com"
}

data "archive_file" "consumer" {
  type             = "zip"
  source_dir       = "${path.module}/../../consumer"
  excludes         = ["**/__pycache__/**"]
  output_path      = "${path.module}/.terraform/consumer.zip"
  output_file_mode = "0644" # the same hash on every machine
}

resource "google_storage_bucket_object" "consumer" {
  bucket = "${var.project_id}-${var.name}-source"
  name   = "consumer-${data.archive_file.consumer.output_sha256}.zip" # a new name is what redeploys
  source = data.archive_file.consumer.output_path
}

resource "google_service_account" "copy" {
  account_id   = local.copy
  display_name = "Calendar Watch: keeps a copy"
}

resource "google_firestore_database" "copy" {
  name            = local.copy
  location_id     = var.region
  type            = "FIRESTORE_NATIVE"
  deletion_policy = "DELETE" # it can be made again, from Calendar Watch
}

# Items are found by name, and by the sequence that they were written with.
resource "google_firestore_field" "exempt" {
  for_each = toset(["id", "item"])

  database   = google_firestore_database.copy.name
  collection = "calendar_items"
  field      = each.key
  index_config {}
}

resource "google_project_iam_member" "firestore_user" {
  project = var.project_id
  role    = "roles/datastore.user"
  member  = google_service_account.copy.member

  condition {
    title      = "${local.copy} database"
    expression = "resource.name == \"projects/${var.project_id}/databases/${local.copy}\""
  }
}

resource "google_cloudfunctions2_function" "copy" {
  # checkov:skip=CKV_GCP_124:Pub/Sub pushes to it from outside the VPC; IAM guards it
  name        = local.copy # with hyphens only, the Cloud Run service has the same name
  location    = var.region
  description = "Calendar Watch: keeps a copy"

  build_config {
    runtime           = "python311"
    entry_point       = "on_change"
    service_account   = "projects/${var.project_id}/serviceAccounts/${local.builder}"
    docker_repository = "projects/${var.project_id}/locations/${var.region}/repositories/${var.name}"

    source {
      storage_source {
        bucket = google_storage_bucket_object.consumer.bucket
        object = google_storage_bucket_object.consumer.name
      }
    }
  }

  service_config {
    available_cpu                    = "1"
    available_memory                 = "512Mi"
    max_instance_count               = 3
    max_instance_request_concurrency = 8
    service_account_email            = google_service_account.copy.email
    timeout_seconds                  = 60 # as long as Pub/Sub waits

    environment_variables = {
      FIRESTORE_DATABASE = google_firestore_database.copy.name
      THREADS            = "8" # or requests would queue for functions-framework's four
      WATCHES_URL        = var.watches_url
    }
  }

  depends_on = [google_project_iam_member.firestore_user]
}

resource "google_cloud_run_v2_service_iam_member" "pushed_to" {
  name     = google_cloudfunctions2_function.copy.name
  location = var.region
  role     = "roles/run.invoker"
  member   = "serviceAccount:${local.pusher}"

  lifecycle {
    replace_triggered_by = [google_cloudfunctions2_function.copy.id]
  }
}

resource "google_cloud_run_v2_service_iam_member" "asks" {
  name     = "${var.name}-watches"
  location = var.region
  role     = "roles/run.invoker"
  member   = google_service_account.copy.member
}
