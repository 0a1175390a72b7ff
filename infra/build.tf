# How the source in functions/ becomes a running image.

data "archive_file" "functions" {
  type             = "zip"
  source_dir       = "${path.module}/../functions"
  excludes         = ["**/__pycache__/**"]
  output_path      = "${path.module}/.terraform/functions.zip"
  output_file_mode = "0644" # the same hash on every machine
}

resource "google_storage_bucket" "source" {
  # checkov:skip=CKV_GCP_62:Cloud Functions alone reads it; Cloud Audit Logs say when
  # checkov:skip=CKV_GCP_78:every object's name holds its hash, and git has every version
  name                        = "${var.project_id}-${var.name}-source"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"

  dynamic "encryption" {
    for_each = var.kms_key_name[*]
    content {
      default_kms_key_name = encryption.value
    }
  }

  depends_on = [google_kms_crypto_key_iam_member.this, google_project_service.this]
}

resource "google_storage_bucket_object" "functions" {
  bucket = google_storage_bucket.source.name
  name   = "functions-${data.archive_file.functions.output_sha256}.zip" # a new name is what redeploys
  source = data.archive_file.functions.output_path
}

resource "google_artifact_registry_repository" "images" {
  repository_id = var.name
  location      = var.region
  format        = "DOCKER"
  kms_key_name  = var.kms_key_name

  cleanup_policies {
    id     = "keep-recent"
    action = "KEEP"
    most_recent_versions {
      keep_count = 5
    }
  }
  cleanup_policies {
    id     = "delete-old"
    action = "DELETE"
    condition {
      older_than = "2592000s"
    }
  }

  depends_on = [google_kms_crypto_key_iam_member.this, google_project_service.this]
}

# Not the Compute Engine default account, which new projects leave without rights
# (https://cloud.google.com/functions/docs/securing/build-custom-sa).
resource "google_service_account" "builder" {
  account_id   = "${var.name}-builder"
  display_name = "Calendar Watch: builds the functions"
  depends_on   = [google_project_service.this]
}

resource "google_project_iam_member" "builder_logs" {
  project = var.project_id
  role    = "roles/logging.logWriter"
  member  = google_service_account.builder.member
}

# Cloud Functions copies the source into a bucket of its own, gcf-v2-sources-<number>-<region>, and builds from there.
resource "google_project_iam_member" "builder_source" {
  project = var.project_id
  role    = "roles/storage.objectViewer"
  member  = google_service_account.builder.member

  condition {
    title      = "source of functions"
    expression = "resource.name.startsWith(\"projects/_/buckets/gcf-v2-\")"
  }
}

resource "google_storage_bucket_iam_member" "builder_source" {
  bucket = google_storage_bucket.source.name
  role   = "roles/storage.objectViewer"
  member = google_service_account.builder.member
}

resource "google_artifact_registry_repository_iam_member" "builder_images" {
  repository = google_artifact_registry_repository.images.name
  location   = var.region
  role       = "roles/artifactregistry.writer"
  member     = google_service_account.builder.member
}
