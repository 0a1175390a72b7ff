variable "name" {
  description = "The `name` of Calendar Watch, in this project and region."
  type        = string
  default     = "calendar-watch"
  nullable    = false
}

variable "project_id" {
  description = "The project that Calendar Watch is in."
  type        = string
  nullable    = false
}

variable "region" {
  description = "The region that Calendar Watch is in."
  type        = string
  nullable    = false
}

variable "watches_url" {
  description = "The output of that name of Calendar Watch."
  type        = string
  nullable    = false

  validation {
    condition     = startswith(var.watches_url, "https://")
    error_message = "watches_url must begin with https://: terraform -chdir=infra output -raw watches_url."
  }
}
