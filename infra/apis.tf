# cloudresourcemanager and serviceusage must be on before Terraform can turn on anything (README.md, Deploying).
resource "google_project_service" "this" {
  for_each = toset(concat([
    "artifactregistry.googleapis.com",
    "calendar-json.googleapis.com", # in the project of the service account that calls it
    "cloudbuild.googleapis.com",
    "cloudfunctions.googleapis.com",
    "cloudresourcemanager.googleapis.com",
    "cloudscheduler.googleapis.com",
    "firestore.googleapis.com",
    "iam.googleapis.com",
    "iamcredentials.googleapis.com", # signJwt
    "logging.googleapis.com",
    "monitoring.googleapis.com",
    "pubsub.googleapis.com",
    "run.googleapis.com",
    "secretmanager.googleapis.com",
    "storage.googleapis.com",
  ], var.bigquery == null ? [] : ["bigquery.googleapis.com"], var.kms_key_name == null ? [] : ["cloudkms.googleapis.com"]))

  service            = each.key
  disable_on_destroy = false # others in the project may use it
}

data "google_project" "this" {
  project_id = var.project_id
}

locals {
  _number = data.google_project.this.number

  # Google's own accounts in this project.
  pubsub_agent = "serviceAccount:service-${local._number}@gcp-sa-pubsub.iam.gserviceaccount.com"
}
