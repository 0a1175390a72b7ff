"""What would stop the first apply, as gcloud tells it, and what to do."""
