# The alerts once more, as thresholds of Cloud Monitoring's own: `fall_backs` names them where PromQL is refused.
# Coarser than alerts.tf: a percentile is of each revision, not of all together; of forged messages the lines are
# looked at, of which one stands for a second; a burn rate has one window, of a day at most (25 hours are allowed), and so
# ends later.
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
  _mean       = { reducer = "REDUCE_MEAN", aligner = "ALIGN_DELTA" } # of a distribution

  _coarse_burns = { fast = { period = "3600s", rate = 14.4 }, slow = { period = "86400s", rate = 3 } }
  _ratios = {
    sweeps  = [merge(local._sum, { filter = local._logged.sweeps_late, of = local._logged.sweeps })]
    told    = [merge(local._sum, { filter = local._logged.told_late, of = local._logged.told })]
    watches = [for name in local._unserved : merge(local._mean, { filter = local._logged[name], of = local._logged.active })]
  }

  thresholds = merge(
    { for alert, burn in merge([for name in keys(local.objectives) : { for speed, burn in local._coarse_burns : "${name}_${speed}" => merge(burn, { name = name }) }]...) :
      alert => [for ratio in local._ratios[burn.name] : merge(ratio, { period = burn.period, above = tonumber(format("%.4g", burn.rate * (1 - local.objectives[burn.name].share))) })]
    },
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
      forged = [merge(local._percentile, { filter = local._logged.forged, aligner = "ALIGN_PERCENTILE_50", period = "300s", above = 10 })]
      made_public = [merge(local._sum, {
        filter = "${local._logged.exposures} AND metric.labels.change=\"raised\" AND metric.labels.exposure=\"public\"", period = "900s", above = 0
      })]
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
      shared_outside = [merge(local._sum, {
        filter = "${local._logged.exposures} AND metric.labels.change=\"raised\" AND metric.labels.exposure=\"external\"", period = "3600s", above = 50
      })]
      sweeps_missing = []
    },
  )
  absences = { for alert in keys(merge(local.alerts, local._burn_alerts)) : alert => alert == "sweeps_missing" ? [local._logged.overdue_seconds] : [] }
}
