# For `make verify`, if somebody may run it: an account that is nobody to the Workspace. It manages the sharing of a test
# calendar of its own, has no role anywhere, and nothing is delegated to it.

resource "google_service_account" "verifier" {
  count = length(var.verifiers) == 0 ? 0 : 1

  account_id   = "${var.name}-verifier"
  display_name = "Calendar Watch: shares the test calendar"
  depends_on   = [google_project_service.this]
}

# Not roles/iam.serviceAccountTokenCreator: who has its token is this account and nobody else, whereas who signs for it
# could be any user, should something be delegated to it one day.
resource "google_project_iam_custom_role" "verifier" {
  count = length(google_service_account.verifier)

  role_id     = "${replace(var.name, "-", "_")}_verifier"
  title       = "Calendar Watch verifier"
  description = "Get tokens of the account that shares the test calendar"
  permissions = ["iam.serviceAccounts.getAccessToken"]
  depends_on  = [google_project_service.this]
}

resource "google_service_account_iam_member" "verifier" {
  for_each = var.verifiers

  service_account_id = google_service_account.verifier[0].name
  role               = google_project_iam_custom_role.verifier[0].id
  member             = each.key
}

resource "google_cloud_run_v2_service_iam_member" "verifiers" {
  for_each = setsubtract(var.verifiers, var.watch_invokers)

  name     = google_cloudfunctions2_function.this["watches"].name
  location = var.region
  role     = "roles/run.invoker"
  member   = each.key

  lifecycle {
    replace_triggered_by = [google_cloudfunctions2_function.this["watches"].id]
  }
}
