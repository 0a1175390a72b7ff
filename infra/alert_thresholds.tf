# The alerts once more, as thresholds of Cloud Monitoring's own: `fall_backs` names them where PromQL is refused.
# Coarser than alerts.tf: a percentile is of each revision, not of all together.
locals {
  by_threshold = contains(var.fall_backs, "threshold_alerts")

  _logged = { for name in keys(local.log_metrics) : name => join(" AND ", [
    "resource.type=\"cloud_run_revision\"",
    "metric.type=\"logging.googleapis.com/user/${local._metric_prefix}${name}\"",
  ]) }
  _any_of = { for name, pattern in {
    quota      = "quotaExceeded|dailyLimitExceeded"
    rate       = "rateLimitExceeded|userRateLimitExceeded"
    not_failed = "2..|401|403|404"
    watch      = ".*[.]watch"
  } : name => "monitoring.regex.full_match(\"${pattern}\")" }

  _percentile = { reducer = "REDUCE_MAX" }
  _sum        = { reducer = "REDUCE_SUM", aligner = "ALIGN_DELTA" }

  thresholds = merge(
    { for alert, metric in {
      api_disabled          = "api_disabled"
      authorization_revoked = "authorization_revoked"
      readings_failing      = "readings_failing"
      signing_failing       = "signing_failing"
      suspended             = "locked_out"
      } : alert => [merge(local._percentile, {
        filter = local._logged[metric], aligner = "ALIGN_PERCENTILE_50", period = "1500s", above = 1
    })] },
    {
      calls_refused = [
        merge(local._sum, { filter = "${local._logged.calls} AND metric.labels.reason=${local._any_of.quota}", period = "900s", above = 0 }),
        merge(local._sum, { filter = "${local._logged.calls} AND metric.labels.reason=${local._any_of.rate}", period = "900s", above = 100 }),
      ]
      changes_stuck = [merge(local._sum, { filter = local._logged.failed_publishing, period = "900s", above = 10 })]
      dead_letters = [merge(local._sum, {
        filter = join(" AND ", [
          "resource.type=\"pubsub_subscription\"",
          "metric.type=\"pubsub.googleapis.com/subscription/dead_letter_message_count\"",
          "resource.labels.subscription_id=starts_with(\"${var.name}-\")",
        ])
        period = "900s", above = 0
      })]
      forged = [merge(local._sum, { filter = "${local._logged.notifications} AND metric.labels.outcome=\"forged\"", period = "300s", above = 300 })]
      overdue = [merge(local._percentile, {
        filter = local._logged.overdue_seconds, aligner = "ALIGN_PERCENTILE_99", period = "300s", above = 600
      })]
      renewals_failing = [
        merge(local._sum, { filter = "${local._logged.channels} AND metric.labels.action=\"lost\"", period = "900s", above = 0 }),
        merge(local._sum, {
          filter = "${local._logged.calls} AND metric.labels.method=${local._any_of.watch} AND metric.labels.status!=${local._any_of.not_failed}"
          period = "900s", above = 10
        }),
      ]
      sweeps_missing = []
    },
  )
  absences = { for alert in keys(local.alerts) : alert => alert == "sweeps_missing" ? [local._logged.overdue_seconds] : [] }
}
