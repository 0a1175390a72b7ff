# The functions' log lines as figures. `event` and its fields are a contract (README.md, Operating); tests/infra holds each
# filter and each extractor against lines that the code writes. No label is as many-valued as an id.
locals {
  _from_functions = join(" AND ", [
    "resource.type=\"cloud_run_revision\"",
    "resource.labels.service_name=~\"^${var.name}-(notifications|renew|watches)$\"",
  ])

  # field: what is distributed; without one, lines are counted. A line about forged messages stands for `count` of them.
  log_metrics = {
    active                     = { filter = "jsonPayload.event=\"counts\"", labels = [], field = "states.active" }
    api_disabled               = { filter = "jsonPayload.event=\"counts\"", labels = [], field = "reasons.apiDisabled" }
    authorization_revoked      = { filter = "jsonPayload.event=\"counts\"", labels = [], field = "reasons.authorizationRevoked" }
    calls                      = { filter = "jsonPayload.event=\"call\"", labels = ["method", "reason", "status"] }
    channels                   = { filter = "jsonPayload.event=\"channel\"", labels = ["action"] }
    degraded                   = { filter = "jsonPayload.event=\"counts\"", labels = [], field = "states.degraded" }
    empty_listing              = { filter = "jsonPayload.event=\"counts\"", labels = [], field = "reasons.emptyListing" }
    exposures                  = { filter = "jsonPayload.event=\"exposure\"", labels = ["change", "exposure"] }
    failed_publishing          = { filter = "jsonPayload.event=\"published\" AND severity>=WARNING", labels = [] }
    forbidden                  = { filter = "jsonPayload.event=\"counts\"", labels = [], field = "reasons.forbidden" }
    forged                     = { filter = "jsonPayload.event=\"notification\" AND jsonPayload.outcome=\"forged\"", labels = [], field = "count" }
    handed_over                = { filter = "jsonPayload.event=\"sweep\"", labels = [], field = "handedOver" }
    handover_failing           = { filter = "jsonPayload.event=\"handover\"", labels = [] }
    latency_seconds            = { filter = "jsonPayload.event=\"changes\" AND jsonPayload.latencySeconds>=0", labels = ["cause"], field = "latencySeconds" }
    locked_out                 = { filter = "jsonPayload.event=\"counts\"", labels = [], field = "lockedOut" }
    not_a_calendar_user        = { filter = "jsonPayload.event=\"counts\"", labels = [], field = "reasons.notACalendarUser" }
    not_found                  = { filter = "jsonPayload.event=\"counts\"", labels = [], field = "reasons.notFound" }
    notifications              = { filter = "jsonPayload.event=\"notification\" AND jsonPayload.outcome!=\"forged\"", labels = ["outcome"] }
    notifications_not_arriving = { filter = "jsonPayload.event=\"counts\"", labels = [], field = "reasons.notificationsNotArriving" }
    opening                    = { filter = "jsonPayload.event=\"counts\"", labels = [], field = "states.opening" }
    outages                    = { filter = "jsonPayload.event=\"outage\"", labels = ["action", "reason"] }
    overdue_seconds            = { filter = "jsonPayload.event=\"sweep\"", labels = [], field = "overdueSeconds" }
    polling                    = { filter = "jsonPayload.event=\"counts\"", labels = [], field = "states.polling" }
    push_not_supported         = { filter = "jsonPayload.event=\"counts\"", labels = [], field = "reasons.pushNotSupported" }
    quota_exceeded             = { filter = "jsonPayload.event=\"counts\"", labels = [], field = "reasons.quotaExceeded" }
    readings_failing           = { filter = "jsonPayload.event=\"counts\"", labels = [], field = "reasons.readingsFailing" }
    reconciliations            = { filter = "jsonPayload.event=\"reconciled\"", labels = ["resource", "state"] }
    renewed                    = { filter = "jsonPayload.event=\"sweep\"", labels = [], field = "renewed" }
    signing_failing            = { filter = "jsonPayload.event=\"counts\"", labels = [], field = "reasons.signingFailing" }
    states                     = { filter = "jsonPayload.event=\"state\"", labels = ["reason", "to"] }
    subject_not_allowed        = { filter = "jsonPayload.event=\"counts\"", labels = [], field = "reasons.subjectNotAllowed" }
    suspended                  = { filter = "jsonPayload.event=\"counts\"", labels = [], field = "states.suspended" }
    sweeps                     = { filter = "jsonPayload.event=\"sweep\"", labels = [] }
    sweeps_late                = { filter = "jsonPayload.event=\"sweep\" AND jsonPayload.overdueSeconds>=300", labels = [] }
    told                       = { filter = "jsonPayload.event=\"changes\" AND jsonPayload.latencySeconds>=0", labels = [] }
    told_late                  = { filter = "jsonPayload.event=\"changes\" AND jsonPayload.latencySeconds>=60", labels = [] }
    unpublished                = { filter = "jsonPayload.event=\"published\"", labels = [], field = "unpublished" }
    user_gone                  = { filter = "jsonPayload.event=\"counts\"", labels = [], field = "reasons.userGone" }
    watch_refused              = { filter = "jsonPayload.event=\"counts\"", labels = [], field = "reasons.watchRefused" }
    webhook_refused            = { filter = "jsonPayload.event=\"counts\"", labels = [], field = "reasons.webhookRefused" }
  }
}

resource "google_logging_metric" "this" {
  for_each = local.log_metrics

  name             = "${local._metric_prefix}${each.key}"
  filter           = "${local._from_functions} AND ${each.value.filter}"
  label_extractors = { for name in each.value.labels : name => "EXTRACT(jsonPayload.${name})" }
  value_extractor  = can(each.value.field) ? "EXTRACT(jsonPayload.${each.value.field})" : null

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = can(each.value.field) ? "DISTRIBUTION" : "INT64"

    dynamic "labels" {
      for_each = toset(each.value.labels)
      content {
        key = labels.key
      }
    }
  }

  dynamic "bucket_options" {
    for_each = can(each.value.field) ? [1] : []
    content {
      explicit_buckets { # 1 and 600 are bounds because alerts ask for them
        bounds = [0, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 3600, 7200, 21600, 86400]
      }
    }
  }

  depends_on = [google_project_service.this]
}

locals {
  _metric_prefix = "${replace(var.name, "-", "_")}_"

  # Each metric's name in PromQL, e.g. logging_googleapis_com:user_calendar_watch_states
  # (https://cloud.google.com/monitoring/promql/promql-mapping).
  promql = { for name in keys(local.log_metrics) : name => "logging_googleapis_com:user_${local._metric_prefix}${name}" }

  # Log-based metrics are of many resource types, and a query must say which one.
  on_run = "monitored_resource=\"cloud_run_revision\""

  # What is so, rather than what happens: each as of the last count of all watches, every ten minutes.
  gauges = [for name, metric in local.log_metrics : name if strcontains(metric.filter, "\"counts\"")]
  states = [for name in local.gauges : name if startswith(local.log_metrics[name].field, "states.")]
  # The mean of the two or three counts of 25 minutes.
  lately = { for name in local.gauges :
    name => "sum(increase(${local.promql[name]}_sum{${local.on_run}}[25m])) / sum(increase(${local.promql[name]}_count{${local.on_run}}[25m]))"
  }
}
