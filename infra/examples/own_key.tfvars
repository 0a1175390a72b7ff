# All that is stored under a key of one's own, and a database that exists, made with that key. First create Google's
# accounts that use it: README.md, Choices.
project_id      = "my-project"
region          = "europe-west1"
subject_domains = ["example.com"]
watch_invokers  = ["group:calendar-operators@example.com"]
alert_channels  = ["projects/my-project/notificationChannels/1234567890"]

kms_key_name = "projects/my-keys/locations/europe-west1/keyRings/calendar-watch/cryptoKeys/calendar-watch"
firestore    = { create = false, name = "(default)" }
