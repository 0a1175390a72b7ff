locals {
  # Title -> legend -> PromQL. Without a legend each line shows its labels. ${__interval} is the dashboard's own.
  _quantile = { for name in ["latency_seconds", "overdue_seconds", "unpublished"] :
    name => "sum by (le) (increase(${local.promql[name]}_bucket{${local.on_run}}[$${__interval}]))"
  }
  charts = {
    "Error budget left of 28 days, by objective (1: all of it)"          = local.error_budgets
    "Error budget burnt within an hour, by objective (1: lasts 28 days)" = local.burn_rates
    "Notifications, by outcome" = {
      ""       = "sum by (outcome) (increase(${local.promql.notifications}{${local.on_run}}[$${__interval}]))"
      "forged" = "sum(increase(${local.promql.forged}_sum{${local.on_run}}[$${__interval}]))"
    }
    "From notification to report, seconds" = { for q in [50, 95, 99] :
      "p${q}" => "histogram_quantile(${q / 100}, ${local._quantile.latency_seconds})"
    }
    "Lateness of the most overdue watch, seconds" = {
      "p99" = "histogram_quantile(0.99, ${local._quantile.overdue_seconds})"
    }
    "Watches reconciled, by state (each at least once an hour)" = {
      "" = "sum by (state) (increase(${local.promql.reconciliations}{${local.on_run}}[1h]))"
    }
    "Watches, by state (as counted every ten minutes)" = { for name in local.states :
      name => local.lately[name]
    }
    "Watches that are not well, by reason (as counted every ten minutes)" = { for name in setsubtract(local.gauges, local.states) :
      replace(name, "_", " ") => local.lately[name]
    }
    "Watches that changed state, by reason" = {
      "" = "sum by (to, reason) (increase(${local.promql.states}{${local.on_run}}[$${__interval}]))"
    }
    "Rules of calendars that changed, by who can see by them" = {
      "" = "sum by (exposure, change) (increase(${local.promql.exposures}{${local.on_run}}[$${__interval}]))"
    }
    "Channels, by what happened to them" = {
      "" = "sum by (action) (increase(${local.promql.channels}{${local.on_run}}[$${__interval}]))"
    }
    "Shards handed over to other instances" = {
      "handed over" = "sum(increase(${local.promql.handed_over}_sum{${local.on_run}}[$${__interval}]))"
      "in vain"     = "sum(increase(${local.promql.handover_failing}{${local.on_run}}[$${__interval}]))"
    }
    "Outages that an instance found or saw end (tokens, API, quota), by reason" = {
      "" = "sum by (action, reason) (increase(${local.promql.outages}{${local.on_run}}[$${__interval}]))"
    }
    "Renewals a sweep" = {
      "renewed" = "sum(increase(${local.promql.renewed}_sum{${local.on_run}}[$${__interval}]))"
    }
    "Calls to Google, by status (only failures, unless LOG_LEVEL is DEBUG)" = {
      "" = "sum by (status) (increase(${local.promql.calls}{${local.on_run}}[$${__interval}]))"
    }
    "Failures, by reason" = {
      "" = "sum by (method, reason) (increase(${local.promql.calls}{${local.on_run},reason!=\"\"}[$${__interval}]))"
    }
    "Unpublished changes of a watch" = {
      "p99" = "histogram_quantile(0.99, ${local._quantile.unpublished})"
    }
  }
}

resource "google_monitoring_dashboard" "this" {
  dashboard_json = jsonencode({
    displayName = "Calendar Watch (${var.name})"
    mosaicLayout = {
      columns = 48
      tiles = [for index, title in keys(local.charts) : {
        width  = 24
        height = 16
        xPos   = index % 2 * 24
        yPos   = floor(index / 2) * 16
        widget = {
          title = title
          xyChart = {
            dataSets = [for legend, query in local.charts[title] : {
              plotType        = "LINE"
              legendTemplate  = legend == "" ? null : legend
              timeSeriesQuery = { prometheusQuery = query }
            }]
          }
        }
      }]
    }
  })

  depends_on = [google_logging_metric.this]
}
