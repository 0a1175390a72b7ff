# Who can see what, as SQL: every change of an access rule in BigQuery, with views of what is shared now, and with whom
# (README.md, SQL).
project_id      = "my-project"
region          = "europe-west1"
resources       = ["acl", "calendarList"]
subject_domains = ["example.com"]
watch_invokers  = ["group:calendar-operators@example.com"]
alert_channels  = ["projects/my-project/notificationChannels/1234567890"]

internal_domains = ["example.com", "example.org", "resource.calendar.google.com"]
bigquery         = { dataset = "calendar_watch", location = "EU" }
