# With a key of your own, Google's services use it through these accounts. Some exist only after a first use: create
# them beforehand (README.md, Choices).
resource "google_kms_crypto_key_iam_member" "this" {
  for_each = var.kms_key_name == null ? {} : {
    artifactregistry = "gcp-sa-artifactregistry"
    firestore        = "gcp-sa-firestore"
    functions        = "gcf-admin-robot"
    pubsub           = "gcp-sa-pubsub"
    run              = "serverless-robot-prod"
    secretmanager    = "gcp-sa-secretmanager"
    storage          = "gs-project-accounts"
  }

  crypto_key_id = var.kms_key_name
  role          = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
  member        = "serviceAccount:service-${local._number}@${each.value}.iam.gserviceaccount.com"
  depends_on    = [google_project_service.this]
}
