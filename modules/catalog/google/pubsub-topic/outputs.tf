output "name" {
  description = "Name of the topic."
  value       = google_pubsub_topic.this.name
}

output "id" {
  description = "Full name of the topic, for publishers and policies."
  value       = google_pubsub_topic.this.id
}

output "subscription_ids" {
  description = "Full names of the subscriptions, by name."
  value       = { for name, subscription in google_pubsub_subscription.this : name => subscription.id }
}
