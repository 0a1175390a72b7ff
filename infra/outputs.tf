output "changes_topic" {
  description = "Where changes are published."
  value       = google_pubsub_topic.this["changes"].id
}

output "delegation_client_id" {
  description = "Client id for domain-wide delegation in the Workspace admin console."
  value       = one(google_service_account.calendar[*].unique_id)
}

output "delegation_scopes" {
  description = "Scopes for domain-wide delegation, as the admin console takes them."
  value       = join(",", [for name in sort(var.resources) : local.scopes[name]])
}

output "notification_url" {
  description = "Where Google Calendar sends notifications."
  value       = local.notification_url
}

output "watches_url" {
  description = "Where watches are created, shown, listed and ended."
  value       = google_cloudfunctions2_function.this["watches"].service_config[0].uri
}
