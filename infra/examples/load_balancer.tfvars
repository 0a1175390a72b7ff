# `notifications` behind a load balancer, such as the one in load_balancer/, and reachable through nothing else: an open
# run.app address beside it would let everybody past Cloud Armor.
project_id      = "my-project"
region          = "europe-west1"
subject_domains = ["example.com"]
watch_invokers  = ["group:calendar-operators@example.com"]
alert_channels  = ["projects/my-project/notificationChannels/1234567890"]

ingress          = "load_balancer"
notification_url = "https://hooks.example.com/"
