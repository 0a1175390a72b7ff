locals {
  # More than 1 while the median of the two or three counts of 25 minutes is at least 1: the second count that says so
  # opens an alert, the second that does not closes it, and one that is missing does neither. A bucket holds its lower
  # bound and not its upper one, so that a 1 lies above the bound 1
  # (https://cloud.google.com/monitoring/api/ref_v3/rest/v3/TypedValue#Distribution).
  _counted = { for name in local.gauges :
    name => "histogram_quantile(0.5, sum by (le) (increase(${local.promql[name]}_bucket{${local.on_run}}[25m])))"
  }

  # Each fires while its query answers anything. `todo` is what the alert says: whoever it wakes has long forgotten
  # how all this works.
  alerts = {
    api_disabled = {
      title    = "The Calendar API is switched off"
      severity = "CRITICAL"
      query    = "${local._counted.api_disabled} > 1"
      todo     = <<-EOT
        Google answers accessNotConfigured or SERVICE_DISABLED: nothing is read, and no channel opened or renewed. Nothing is lost yet:
        what changed meanwhile is told afterwards; channels last for a week. `terraform apply` switches the API on again, or:
        gcloud services enable calendar-json.googleapis.com --project=${var.project_id}
        It goes on by itself within minutes. `detail` of a watch, GET /, names the project that Google means.
      EOT
    }
    authorization_revoked = {
      title    = "Google does not let us act for users"
      severity = "ERROR"
      query    = "${local._counted.authorization_revoked} > 1"
      todo     = <<-EOT
        Watches show `authorizationRevoked`, most often because a domain's delegation in the Workspace admin console was taken away, lacks a
        scope, or was given within the last day and is not known everywhere yet: then wait. Otherwise grant it (again): outputs
        delegation_client_id and delegation_scopes. It goes on by itself. If only some users of a domain are concerned, `detail` of
        their watches, GET /, says what Google has against them. For a whole domain, watches are suspended only after a day.
      EOT
    }
    calls_refused = {
      title    = "Google's quota is used up"
      severity = "WARNING"
      query = join(" or ", [
        "sum(increase(${local.promql.calls}{${local.on_run},reason=~\"quotaExceeded|dailyLimitExceeded\"}[15m])) > 0",
        "sum(increase(${local.promql.calls}{${local.on_run},reason=~\"rateLimitExceeded|userRateLimitExceeded\"}[15m])) > 100",
      ])
      todo = <<-EOT
        Google refuses calls because there are too many. Calendar Watch waits and tries again; changes are late, none are lost.
        See APIs & Services > Google Calendar API > Quotas. `rateLimitExceeded`: lower tuning.calendar_calls_per_minute
        (it counts for each instance), or ask for more quota. `quotaExceeded`: an abuse limit that ends by itself in hours; look for
        what else uses this project or these users.
      EOT
    }
    changes_stuck = {
      title    = "Changes cannot be published"
      severity = "ERROR"
      query    = "sum(increase(${local.promql.failed_publishing}{${local.on_run}}[15m])) > 10"
      todo     = <<-EOT
        Pub/Sub does not take changes. They wait in the resume feed, in order, until it does, or until they are older than
        CHANGE_RETENTION_DAYS. The log lines with jsonPayload.event="published" and severity WARNING say why: NOT_FOUND or
        PERMISSION_DENIED means that somebody removed the topic or the grant: `terraform apply` brings them back.
      EOT
    }
    dead_letters = {
      title    = "Messages are dead-lettered"
      severity = "ERROR"
      query    = "sum(increase(pubsub_googleapis_com:subscription_dead_letter_message_count{monitored_resource=\"pubsub_subscription\",subscription_id=~\"${var.name}-.*\"}[15m])) > 0"
      todo     = <<-EOT
        A message was refused so often that Pub/Sub gave it up. Look at it:
        gcloud pubsub subscriptions pull ${var.name}-dead-letters --limit=10
        Its attribute CloudPubSubDeadLetterSourceSubscription says whose it was. `wakeups`: harmless, the sweeps found the
        news; `renew` was down or somebody else publishes there. `changes-…`: that subscriber has a gap in the sequence now; mend
        it, then let it read the resume feed, GET /{watch}/changes?after=<last sequence>.
      EOT
    }
    forged = {
      title    = "Forged notifications in bulk"
      severity = "WARNING"
      query    = "sum(increase(${local.promql.forged}_sum{${local.on_run}}[5m])) > 300"
      todo     = <<-EOT
        Somebody calls the public function without a token of ours: each costs one HMAC, and changes nothing. But where they keep
        all instances busy, the platform turns genuine messages away with 429, which Google does not repeat: their changes are
        told with the next reading by the clock (SAFETY_SYNC_SECONDS).
        Check first that it is not us: right after a key rotation or a move, genuine messages look forged if `notifications` does not
        have the old key any more; then put the version back (token_key_versions). Otherwise a load balancer with Cloud Armor in
        front limits them, with ingress = "load_balancer" so that nobody goes past it (infra/README.md, Choices).
      EOT
    }
    made_public = {
      title    = "A calendar was made public"
      severity = "WARNING"
      query    = "sum(increase(${local.promql.exposures}{${local.on_run},change=\"raised\",exposure=\"public\"}[15m])) > 0"
      todo     = <<-EOT
        Everybody on the internet was let see a calendar, or more of it than before, by a rule for the scope `default`. Which one:
        the log lines with jsonPayload.event="exposure" and jsonPayload.exposure="public" have its watchId; GET /{watch} names the calendar,
        GET /{watch}/changes the rule before and after: `freeBusyReader` shows when somebody is busy, anything else shows events.
        Who did it, the Workspace audit log tells, an hour later: Admin console, Reporting, Audit and investigation, Calendar log events.
        If it was not meant: its owner takes "Make available to public" away; what the organisation allows at all is set in Admin
        console, Apps, Google Calendar, Sharing settings (a rule may say more than that allows). That is told as `lowered`.
      EOT
    }
    overdue = {
      title    = "Watches are reconciled late"
      severity = "ERROR"
      query    = "histogram_quantile(0.99, sum by (le) (increase(${local.promql.overdue_seconds}_bucket{${local.on_run}}[5m]))) > 600"
      todo     = <<-EOT
        The most overdue watch has waited for more than 10 minutes: there is more to do than `renew` can do. Nothing is lost
        while channels live (they are renewed a day and more before they end). After an outage it catches up by itself: see whether
        lateness falls on the dashboard. If it does not: are calls to Google failing, or refused for their number (dashboard)? If not,
        raise tuning.sweep_threads, and memory.renew as the plan then asks, or max_instances.renew; and
        tuning.calendar_calls_per_minute with them where that is what holds the threads back.
      EOT
    }
    readings_failing = {
      title    = "Readings fail"
      severity = "ERROR"
      query    = "${local._counted.readings_failing} > 1"
      todo     = <<-EOT
        Some collections could not be read for 15 minutes and at least three times: their changes are late. None are lost: it is
        tried again, and what changed meanwhile is told then. GET /{watch} says in `lastError` what failed, how often and how; the log lines with
        jsonPayload.event="call" and severity WARNING say it of all. 5xx or no answer for many: https://www.google.com/appsstatus; wait. For
        one collection for hours, or 4xx: a defect of ours or of Google's; report it with `lastError`. After something was
        mended: POST /{watch}/retry.
      EOT
    }
    renewals_failing = {
      title    = "Channels are not renewed"
      severity = "ERROR"
      query = join(" or ", [
        "sum(increase(${local.promql.channels}{${local.on_run},action=\"lost\"}[15m])) > 0",
        "sum(increase(${local.promql.calls}{${local.on_run},method=~\".*[.]watch\",status!~\"2..|401|403|404\"}[15m])) > 10",
      ])
      todo = <<-EOT
        Channels ended before others took their place (action "lost"), or Google fails when asked for new ones. Affected watches are
        read on the safety timer meanwhile: changes are late, none are lost. The log lines with jsonPayload.event="call" and severity
        WARNING say what Google answered. 5xx: wait. `channelIdNotUnique` or 400: a defect, report it.
      EOT
    }
    shared_outside = {
      title    = "Much is shared outside"
      severity = "WARNING"
      query    = "sum(increase(${local.promql.exposures}{${local.on_run},change=\"raised\",exposure=\"external\"}[1h])) > 50"
      todo     = <<-EOT
        Within an hour, more than 50 rules have let people outside internal_domains see a calendar, or more of one. A single one is daily
        life; so many are a team that moves, a script, or somebody who takes data out. The log lines with jsonPayload.event="exposure" and
        jsonPayload.exposure="external" have the watchIds: one, or many? GET /{watch} names the calendar and its user, GET /{watch}/changes who was
        let in. One domain, and it is yours: add it to internal_domains. Otherwise ask the calendars' owners, and see Calendar log events in
        the Admin console for who did it and with which application.
      EOT
    }
    signing_failing = {
      title    = "Signing fails"
      severity = "CRITICAL"
      query    = "${local._counted.signing_failing} > 1"
      todo     = <<-EOT
        The functions get no access token, for any user: nothing is read, and no channel opened or renewed. Nothing is lost yet: what changed
        meanwhile is told afterwards; channels last for a week. `detail` of a watch, GET /, has Google's words.
        PERMISSION_DENIED on signJwt or getAccessToken: the grant on the account ${var.name}-calendar is gone: `terraform apply` (a new one takes
        minutes to spread). NOT_FOUND or disabled: so is the account; enable or undelete it (gcloud iam service-accounts), as a new one
        would be another client to the Workspace's administrators. "Invalid JWT": a clock is wrong. It goes on by itself within minutes.
      EOT
    }
    suspended = {
      title    = "Watches are suspended"
      severity = "WARNING"
      query    = "${local._counted.locked_out} > 1"
      todo     = <<-EOT
        Google refuses to let some watches read, for good, and not because a calendar or a user is gone (that is daily life, and not alerted).
        GET /?state=suspended shows them, and those others; `reason`, `detail` and `remedy` say why and what to do. `forbidden`: that user may
        not see that calendar any more. `authorizationRevoked`: see the domain-wide delegation in the Workspace admin console (outputs
        delegation_client_id, delegation_scopes). `subjectNotAllowed`: the domain left subject_domains. Each is tried again once a
        day, or at once by POST /{watch}/retry; whatever nobody wants any more, DELETE. Then this closes by itself.
      EOT
    }
    sweeps_missing = {
      title    = "No sweep for 5 minutes"
      severity = "CRITICAL"
      query    = "(sum(increase(${local.promql.overdue_seconds}_count{${local.on_run}}[5m])) or vector(0)) < 1"
      todo     = <<-EOT
        No sweep of `renew` has ended for 5 minutes. Wake-ups may still work; after a week without either, no channel is left. In this order:
        gcloud scheduler jobs describe ${var.name}-renew --location=${var.region}: is it ENABLED, what was its last status?
        403: the invoker's grant is gone: `terraform apply`. 500: the log of ${var.name}-renew names every wrong setting, or has a traceback:
        report that. 503: Firestore cannot be reached, or does not let us in; or the log says that an instance ran out of memory.
        504: one watch took longer than the function may, such as the first reading of a very large calendar. What it had read is kept, and
        the next sweep goes on from there: it ends by itself. tuning.sweep_seconds does not help: it bounds what is begun, not how long it
        lasts. After an hour, see who is `opening` or `readingsFailing` (GET /?state=opening, GET /?reason=readingsFailing) and why (`lastError`);
        DELETE /{watch} takes such a one out of the sweeps.
      EOT
    }
  }
}

resource "google_monitoring_alert_policy" "this" {
  for_each = merge(local.alerts, local._burn_alerts)

  display_name          = "${var.name}: ${each.value.title}"
  severity              = each.value.severity
  combiner              = "OR"
  notification_channels = var.alert_channels

  dynamic "conditions" {
    for_each = local.by_threshold ? [] : [each.value]
    content {
      display_name = each.value.title
      condition_prometheus_query_language {
        query                     = each.value.query
        duration                  = "60s"
        evaluation_interval       = "60s"
        disable_metric_validation = true # a metric that was made just now is not known everywhere yet
      }
    }
  }
  dynamic "conditions" {
    for_each = local.by_threshold ? local.thresholds[each.key] : []
    content {
      display_name = each.value.title
      condition_threshold {
        filter          = conditions.value.filter
        comparison      = "COMPARISON_GT"
        threshold_value = conditions.value.above
        duration        = "60s"

        aggregations {
          alignment_period     = conditions.value.period
          per_series_aligner   = conditions.value.aligner
          cross_series_reducer = conditions.value.reducer
        }

        denominator_filter = try(conditions.value.of, null)
        dynamic "denominator_aggregations" {
          for_each = can(conditions.value.of) ? [conditions.value] : []
          content {
            alignment_period     = denominator_aggregations.value.period
            per_series_aligner   = denominator_aggregations.value.aligner
            cross_series_reducer = denominator_aggregations.value.reducer
          }
        }
      }
    }
  }
  dynamic "conditions" {
    for_each = local.by_threshold ? local.absences[each.key] : []
    content {
      display_name = each.value.title
      condition_absent {
        filter   = conditions.value
        duration = "300s"

        aggregations {
          alignment_period     = "60s"
          per_series_aligner   = "ALIGN_DELTA"
          cross_series_reducer = "REDUCE_COUNT"
        }
      }
    }
  }

  documentation {
    content   = each.value.todo
    mime_type = "text/markdown"
  }

  depends_on = [google_logging_metric.this]
}

# From outside, as Google Calendar sees us. A GET is refused by our own code, with 405; Google's 403 would mean that the
# public cannot reach it.

locals {
  _address = regex("^https://([^/]+)(/.*)?$", local.notification_url)
}

resource "google_monitoring_uptime_check_config" "notifications" {
  display_name = "${var.name}-notifications"
  period       = "60s"
  timeout      = "10s"

  monitored_resource {
    type   = "uptime_url"
    labels = { host = local._address[0], project_id = var.project_id }
  }

  http_check {
    path         = coalesce(local._address[1], "/")
    port         = 443
    use_ssl      = true
    validate_ssl = true # Google refuses a bad certificate too

    accepted_response_status_codes {
      status_value = 405
    }
  }

  content_matchers {
    content = "GET is not for this address"
  }

  depends_on = [google_project_service.this]
}

resource "google_monitoring_alert_policy" "unreachable" {
  display_name          = "${var.name}: Google cannot reach us"
  severity              = "CRITICAL"
  combiner              = "OR"
  notification_channels = var.alert_channels

  conditions {
    display_name = "GET is not answered with our own 405, from at least two places"
    condition_threshold {
      filter = join(" AND ", [
        "metric.type=\"monitoring.googleapis.com/uptime_check/check_passed\"",
        "metric.labels.check_id=\"${google_monitoring_uptime_check_config.notifications.uptime_check_id}\"",
        "resource.type=\"uptime_url\"",
      ])
      comparison      = "COMPARISON_GT"
      threshold_value = 1
      duration        = "300s"

      aggregations {
        alignment_period     = "300s"
        per_series_aligner   = "ALIGN_NEXT_OLDER"
        cross_series_reducer = "REDUCE_COUNT_FALSE"
      }
    }
  }

  documentation {
    mime_type = "text/markdown"
    content   = <<-EOT
      Google Calendar's messages probably do not arrive. Google repeats some for a while, and every collection is read once an hour
      all the same: changes are late, none are lost. Ask yourself: curl -i ${local.notification_url}
      403: the public may not call it. Was a deployment not followed by `gcloud run services update ${var.name}-notifications
      --region=${var.region} --no-invoker-iam-check`, or did an organisation policy remove allUsers? Certificate or DNS: your own domain in
      notification_url. 500: the function's log names every wrong setting. 5xx otherwise: https://status.cloud.google.com
    EOT
  }
}
