# A load balancer with Cloud Armor in front of `notifications`, with a state of its own: to be copied to where your
# organisation keeps its balancers. README.md, Choices, says in which order.

terraform {
  required_version = ">= 1.11"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 8.0"
    }
  }
}

variable "host" {
  description = "The name in notification_url, such as hooks.example.com: its A record must be the output `address`."
  type        = string
}

variable "name" {
  description = "The same as of Calendar Watch."
  type        = string
  default     = "calendar-watch"
}

variable "project_id" {
  description = "The Google Cloud project."
  type        = string
}

variable "region" {
  description = "Where Calendar Watch runs."
  type        = string
}

provider "google" {
  project        = var.project_id
  region         = var.region
  default_labels = { app = var.name }
}

resource "google_project_service" "compute" {
  service            = "compute.googleapis.com"
  disable_on_destroy = false
}

resource "google_compute_global_address" "this" {
  name       = "${var.name}-notifications"
  depends_on = [google_project_service.compute]
}

resource "google_compute_region_network_endpoint_group" "this" {
  name                  = "${var.name}-notifications"
  region                = var.region
  network_endpoint_type = "SERVERLESS"

  cloud_run {
    service = "${var.name}-notifications"
  }

  depends_on = [google_project_service.compute]
}

# Google's messages come from few addresses, and many at once after a busy minute: their limit is wide. What bears no
# channel token is refused by our code in any case; here it costs no instance. The uptime check calls six times a minute.
resource "google_compute_security_policy" "this" {
  # checkov:skip=CKV_GCP_73:no Java is behind it, and what matches no rule is refused
  name = "${var.name}-notifications"

  rule {
    priority    = 1000
    action      = "throttle"
    description = "Google Calendar, or somebody who pretends to be it"

    match {
      expr {
        expression = "request.method == 'POST' && has(request.headers['x-goog-channel-token'])"
      }
    }
    rate_limit_options {
      conform_action = "allow"
      exceed_action  = "deny(429)"
      enforce_on_key = "IP"
      rate_limit_threshold {
        count        = 6000
        interval_sec = 60
      }
    }
  }

  rule {
    priority    = 2000
    action      = "throttle"
    description = "The uptime check, and whoever looks"

    match {
      expr {
        expression = "request.method == 'GET'"
      }
    }
    rate_limit_options {
      conform_action = "allow"
      exceed_action  = "deny(429)"
      enforce_on_key = "IP"
      rate_limit_threshold {
        count        = 60
        interval_sec = 60
      }
    }
  }

  rule {
    priority    = 2147483647
    action      = "deny(403)"
    description = "Anything else"

    match {
      versioned_expr = "SRC_IPS_V1"
      config {
        src_ip_ranges = ["*"]
      }
    }
  }

  depends_on = [google_project_service.compute]
}

resource "google_compute_backend_service" "this" {
  name                  = "${var.name}-notifications"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  security_policy       = google_compute_security_policy.this.id

  backend {
    group = google_compute_region_network_endpoint_group.this.id
  }
  log_config {
    enable      = true
    sample_rate = 0.01
  }
}

resource "google_compute_url_map" "this" {
  name            = "${var.name}-notifications"
  default_service = google_compute_backend_service.this.id
}

resource "google_compute_managed_ssl_certificate" "this" {
  name = "${var.name}-notifications"

  managed {
    domains = [var.host]
  }

  depends_on = [google_project_service.compute]
}

resource "google_compute_ssl_policy" "this" {
  name            = "${var.name}-notifications"
  profile         = "MODERN"
  min_tls_version = "TLS_1_2"
  depends_on      = [google_project_service.compute]
}

resource "google_compute_target_https_proxy" "this" {
  name             = "${var.name}-notifications"
  url_map          = google_compute_url_map.this.id
  ssl_certificates = [google_compute_managed_ssl_certificate.this.id]
  ssl_policy       = google_compute_ssl_policy.this.id
}

resource "google_compute_global_forwarding_rule" "this" {
  name                  = "${var.name}-notifications"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  ip_address            = google_compute_global_address.this.id
  port_range            = "443"
  target                = google_compute_target_https_proxy.this.id
}

output "address" {
  description = "What the A record of `host` must say."
  value       = google_compute_global_address.this.address
}
