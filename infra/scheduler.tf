resource "google_cloud_scheduler_job" "renew" {
  name             = "${var.name}-renew"
  description      = "Has every watch reconciled that is due"
  schedule         = "* * * * *"
  attempt_deadline = "${local.functions.renew.timeout + 10}s" # the function answers first

  http_target {
    http_method = "POST"
    uri         = local.renew_url
    oidc_token {
      service_account_email = google_service_account.invoker.email
      audience              = local.renew_url # the Cloud Run address: no other is accepted
    }
  }

  retry_config {
    retry_count          = 2
    min_backoff_duration = "5s"
  }

  depends_on = [google_cloud_run_v2_service_iam_member.renew]
}
