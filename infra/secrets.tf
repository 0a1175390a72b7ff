# The keys that sign channel tokens, comma separated, newest first. Values are added outside of Terraform, so that none
# is ever in its state (README.md, Deploying and Rotating keys).
resource "google_secret_manager_secret" "token_keys" {
  secret_id       = "${var.name}-token-keys"
  deletion_policy = local.data_deletion_policy

  replication {
    dynamic "auto" {
      for_each = var.kms_key_name == null ? [1] : []
      content {}
    }
    dynamic "user_managed" { # automatic replication would need a global key
      for_each = var.kms_key_name[*]
      content {
        replicas {
          location = var.region
          customer_managed_encryption {
            kms_key_name = user_managed.value
          }
        }
      }
    }
  }

  depends_on = [google_kms_crypto_key_iam_member.this, google_project_service.this]
}

resource "google_secret_manager_secret_iam_member" "token_keys" {
  for_each = local.functions

  secret_id = google_secret_manager_secret.token_keys.id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.function[each.key].member
}
