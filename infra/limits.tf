# What the variables that are objects may hold. Terraform drops a key that an object type does not name, without a word:
# so they are maps, and variables.tf holds every key and value against this.
locals {
  _function_names = ["notifications", "renew", "watches"] # not keys(local.functions), which depend on what is validated

  allowed_keys = {
    bigquery           = ["dataset", "expiration_days", "location"]
    change_subscribers = ["audience", "filter", "push_endpoint"]
    firestore          = ["create", "name"]
    max_instances      = local._function_names
    memory             = local._function_names
    token_key_versions = local._function_names
    tuning             = keys(local.tuning_rules)
  }

  # The settings' own limits are the code's, which tests/infra/test_refusals.py sees to.
  _ten_years = 315360000
  _numbers = {
    audit_seconds         = { from = 0, to = local._ten_years }
    believe_seconds       = { above = 0, to = local._ten_years }
    brake_seconds         = { above = 0, to = local._ten_years }
    change_retention_days = { above = 0, to = 3650 }
    channel_ttl_seconds   = { above = 0, to = local._ten_years }
    confirm_seconds       = { above = 0, to = local._ten_years }
    lease_seconds         = { from = 1, to = local._ten_years }
    poll_seconds          = { above = 0, to = local._ten_years }
    probe_seconds         = { above = 0, to = local._ten_years }
    renew_after_fraction  = { above = 0.1, below = 1 }
    safety_sync_seconds   = { from = 0, to = local._ten_years }
    settle_seconds        = { above = 0, to = local._ten_years }
    sweep_seconds         = { above = 0, to = local._ten_years }
  }
  _whole_numbers = {
    calendar_calls_per_minute = { from = 1, to = 1000000 }
    epoch                     = { from = 1, to = 1000000 }
    sweep_threads             = { from = 1, to = 256 }
  }
  _words = {
    event_snapshot = ["fingerprint", "full"]
    log_level      = ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]
  }
  _lists = {
    baseline_in_stream = ["acl", "calendarList", "settings"]
  }
  _addresses = {
    token_service_url = "https"
  }

  # Whether parentheses match, Pub/Sub says: https://cloud.google.com/pubsub/docs/subscription-message-filter
  _key        = "([A-Za-z_][A-Za-z0-9_-]*|\"[^\"\\\\]+\")"
  _text       = "\"([^\"\\\\]|\\\\.)*\""
  _comparison = "(attributes\\s*:\\s*${local._key}|attributes\\.${local._key}\\s*!?=\\s*${local._text}|hasPrefix\\(\\s*attributes\\.${local._key}\\s*,\\s*${local._text}\\s*\\))"
  _part       = "((NOT\\b|-|\\()\\s*)*${local._comparison}(\\s*\\))*"
  filter_form = "^\\s*${local._part}(\\s*(AND|OR)\\b\\s*${local._part})*\\s*$"

  tuning_rules = merge(
    { for name, limit in local._numbers : name => merge(limit, {
      form = "^-?[0-9]+(\\.[0-9]+)?$"
      text = join(" ", compact([
        "must be a number",
        can(limit.from) ? "from ${limit.from}" : "above ${limit.above}",
        can(limit.from) ? "to ${limit.to}" : "",
        can(limit.above) && can(limit.to) ? "and at most ${limit.to}" : "",
        can(limit.below) ? "and below ${limit.below}" : "",
      ]))
    }) },
    { for name, limit in local._whole_numbers : name => merge(limit, {
      form = "^-?[0-9]+$"
      text = "must be a whole number from ${limit.from} to ${limit.to}"
    }) },
    { for name, words in local._words : name => {
      form = "^(${join("|", words)})$"
      text = "must be one of ${join(", ", words)}"
    } },
    { for name, words in local._lists : name => {
      form = "^(${join("|", words)})(, *(${join("|", words)}))*$"
      text = "must name some of ${join(", ", words)}, comma separated, and no others"
    } },
    { for name, scheme in local._addresses : name => {
      form = "^${scheme}://([A-Za-z0-9.-]+|\\[[0-9A-Fa-f:.]+\\])(:[0-9]{1,5})?([/?][!\"$-~]*)?$"
      text = "must be a URL such as https://example.com/path, without user name, password or fragment"
    } },
  )
}
