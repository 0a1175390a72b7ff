# Where domain restricted sharing forbids allUsers: the invoker check of `notifications` is switched off after each apply
# instead (README.md, Choices); what is checked there is a signed channel token in any case.
project_id      = "my-project"
region          = "europe-west1"
subject_domains = ["example.com"]
watch_invokers  = ["group:calendar-operators@example.com"]
alert_channels  = ["projects/my-project/notificationChannels/1234567890"]

notification_access = "no_invoker_check"
