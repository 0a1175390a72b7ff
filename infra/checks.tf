# What can be applied as it is, and is hardly meant: Terraform warns at each plan and apply.

check "somebody_may_ask" {
  assert {
    condition     = length(setunion(var.watch_invokers, var.verifiers)) > 0
    error_message = "watch_invokers is empty: nobody can ask for a watch."
  }
}

check "somebody_is_told" {
  assert {
    condition     = length(var.alert_channels) > 0
    error_message = "alert_channels is empty: nobody is told of an alert. infra/TUTORIAL.md, Have somebody told, makes a channel."
  }
}
