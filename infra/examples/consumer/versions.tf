terraform {
  required_version = ">= 1.11"

  required_providers {
    archive = {
      source  = "hashicorp/archive"
      version = "~> 2.7"
    }
    google = {
      source  = "hashicorp/google"
      version = "~> 8.0"
    }
  }

  backend "gcs" { # terraform init -backend-config=bucket=…
    prefix = "calendar-watch-copy"
  }
}

provider "google" {
  project        = var.project_id
  region         = var.region
  default_labels = { app = "${var.name}-copy" }
}
