output "push_endpoint" {
  description = "What Calendar Watch's change_subscribers is given: { copy = { push_endpoint = … } }."
  value       = google_cloudfunctions2_function.copy.service_config[0].uri
}
