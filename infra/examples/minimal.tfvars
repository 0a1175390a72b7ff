# The least there is: who may be acted for, and who may ask.
project_id      = "my-project"
region          = "europe-west1"
subject_domains = ["example.com"]
watch_invokers  = ["group:calendar-operators@example.com"]
alert_channels  = [] # nobody is told then: TUTORIAL.md, Have somebody told, says how to make one
