# What is promised to whom changes are told, and alerts on how fast the rest of the promise, its error budget, is used up: by
# several windows and rates, as in https://sre.google/workbook/alerting-on-slos/. README.md, Objectives, says why these.
locals {
  _unserved = ["degraded", "locked_out", "opening"]
  _served   = ["active", "polling"]

  # Of `all` in a WINDOW, `bad` may be 1 - `share`. `shortest` is the least time in which something happens at all;
  # `few`, how many bad ones wake nobody, whatever their share.
  objectives = {
    sweeps = {
      title    = "Sweeps find watches overdue"
      share    = 0.99
      bad      = "sum(increase(${local.promql.sweeps_late}{${local.on_run}}[WINDOW]))"
      all      = "sum(increase(${local.promql.sweeps}{${local.on_run}}[WINDOW]))"
      shortest = "5m"
      few      = 0
      todo     = <<-EOT
        Of the sweeps, too many found a watch that had waited for 5 minutes and more. There is more to do than `renew` can do, or Google
        keeps it waiting. Nothing is lost. See on the dashboard whether lateness falls by itself, as after an outage; whether shards are
        handed over; whether calls to Google fail. Then as for "Watches are reconciled late": tuning.sweep_threads, memory.renew,
        max_instances.renew.
      EOT
    }
    told = {
      title    = "Changes are told late"
      share    = 0.99
      bad      = "sum(increase(${local.promql.told_late}{${local.on_run}}[WINDOW]))"
      all      = "sum(increase(${local.promql.told}{${local.on_run}}[WINDOW]))"
      shortest = "5m"
      few      = 10
      todo     = <<-EOT
        Too many changes were told a minute and more after Google's message. None are lost. The log lines with jsonPayload.event="changes"
        and jsonPayload.latencySeconds>=60 have the watchIds: one, or all? One: `lastError` in GET /{watch}. All, and sweeps are late
        too: see that alert. All, and sweeps are on time: wake-ups do not arrive; see the subscription ${var.name}-wakeups, and the log lines
        with jsonPayload.event="wakeup". Calls that Google refuses for their number are on the dashboard.
      EOT
    }
    watches = {
      title    = "Watches are neither active nor polling"
      share    = 0.99
      bad      = join(" + ", [for name in local._unserved : "sum(increase(${local.promql[name]}_sum{${local.on_run}}[WINDOW]))"])
      all      = join(" + ", [for name in concat(local._served, local._unserved) : "sum(increase(${local.promql[name]}_sum{${local.on_run}}[WINDOW]))"])
      shortest = "25m"
      few      = 0
      todo     = <<-EOT
        Too large a share of the watches is opening, degraded, or suspended though calendar and user are there. Degraded ones are read
        on the safety timer: late, but nothing is lost. GET /summary says how many there are for each reason, GET /?state=degraded
        (opening, suspended) which; `reason` and `remedy` say what to do, and most reasons have an alert of their own. Were many watches
        asked for just now? Then wait until they are open.
      EOT
    }
  }

  # A rate of 1 uses the budget up in exactly 28 days. The short window ends the alert soon after its cause.
  _burns = {
    fast = {
      title    = "the error budget burns fast"
      severity = "ERROR"
      said     = "Within days, nothing is left of the error budget of 28 days."
      windows  = [{ long = "1h", short = "5m", rate = 14.4 }, { long = "6h", short = "30m", rate = 6 }]
    }
    slow = {
      title    = "the error budget burns slowly"
      severity = "WARNING"
      said     = "The error budget of 28 days will not last: see to it this week."
      windows  = [{ long = "3d", short = "6h", rate = 1 }]
    }
  }
  _bad_share = { for name, objective in local.objectives : name => "(${objective.bad}) / (${objective.all})" }

  _burn_alerts = merge([for name, objective in local.objectives : { for speed, burn in local._burns :
    "${name}_${speed}" => {
      title    = "${objective.title}: ${burn.title}"
      severity = burn.severity
      query = join(" or ", [for each in burn.windows : join(" and ", concat(
        [for window in [each.long, each.short == "5m" ? objective.shortest : each.short] :
        "(${replace(local._bad_share[name], "WINDOW", window)} > ${format("%.4g", each.rate * (1 - objective.share))})"],
        objective.few == 0 ? [] : ["(${replace(objective.bad, "WINDOW", each.long)} > ${objective.few})"],
      ))])
      todo = "${objective.todo}${burn.said}\n"
    }
  }]...)

  # Where nothing was ever bad, there is no such series yet.
  _burnt = { for name, objective in local.objectives :
    name => "((${objective.bad}) or vector(0)) / (${objective.all}) / ${format("%.4g", 1 - objective.share)}"
  }
  # What is left, of 1; less than nothing where more was used than there was.
  error_budgets = { for name, burnt in local._burnt : name => "1 - ${replace(burnt, "WINDOW", "28d")}" }
  burn_rates    = { for name, burnt in local._burnt : name => replace(burnt, "WINDOW", "1h") }
}
