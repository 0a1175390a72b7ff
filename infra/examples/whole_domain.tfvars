# Every collection of every user of a domain and its alias, read whole once a day besides what is notified: some hundred
# thousand watches. `make enrol` enrols them.
project_id      = "my-project"
region          = "europe-west1"
resources       = ["acl", "calendarList", "events", "settings"]
subject_domains = ["example.com", "example.org"]
watch_invokers  = ["group:calendar-operators@example.com", "serviceAccount:enrolment@my-project.iam.gserviceaccount.com"]
alert_channels  = ["projects/my-project/notificationChannels/1234567890"]

tuning = { safety_sync_seconds = 86400, sweep_threads = 32 }

change_subscribers = {
  archive = {}                                                      # pulled by whom you let in
  audit   = { push_endpoint = "https://audit.example.com/changes" } # pushed as plain HTTP CloudEvents
  sharing = { filter = "attributes.ce-resource = \"acl\"" }         # not contiguous: an alarm, not a copy
}
