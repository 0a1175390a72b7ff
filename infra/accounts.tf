# One account for each function, so that each can do what it must and nothing else.
resource "google_service_account" "function" {
  for_each = local.functions

  account_id   = "${var.name}-${each.key}"
  display_name = "Calendar Watch: ${each.key}"
  depends_on   = [google_project_service.this]
}

# The one identity that Calendar sees: only the client that opened a channel may stop it. It has no role anywhere; what
# it may read is decided in the Workspace admin console, and two functions may sign for it, without a key.
resource "google_service_account" "calendar" {
  count = var.auth_mode == "token_service" ? 0 : 1

  account_id   = "${var.name}-calendar"
  display_name = "Calendar Watch, as Google Calendar sees it"
  depends_on   = [google_project_service.this]
}

# One permission, of the dozen in roles/iam.serviceAccountTokenCreator: with a subject google-auth calls signJwt,
# without one generateAccessToken (google.auth.impersonated_credentials, `Credentials._update_token`).
resource "google_project_iam_custom_role" "signer" {
  count = length(google_service_account.calendar)

  role_id     = "${replace(var.name, "-", "_")}_signer"
  title       = "Calendar Watch signer"
  description = "Act as the account that Google Calendar sees"
  permissions = [{
    delegated       = "iam.serviceAccounts.signJwt"
    service_account = "iam.serviceAccounts.getAccessToken"
  }[var.auth_mode]]
  depends_on = [google_project_service.this]
}

resource "google_service_account_iam_member" "signer" {
  for_each = length(google_service_account.calendar) == 0 ? [] : toset(["renew", "watches"])

  service_account_id = google_service_account.calendar[0].name
  role               = google_project_iam_custom_role.signer[0].id
  member             = google_service_account.function[each.key].member
}

locals {
  # The least scope of each collection; tests hold it against calendar_watch/model/resources.py.
  scopes = {
    acl          = "https://www.googleapis.com/auth/calendar.acls.readonly"
    calendarList = "https://www.googleapis.com/auth/calendar.calendarlist.readonly"
    events       = "https://www.googleapis.com/auth/calendar.events.readonly"
    settings     = "https://www.googleapis.com/auth/calendar.settings.readonly"
  }
}

# Whom Scheduler and Pub/Sub are when they call `renew`.
resource "google_service_account" "invoker" {
  account_id   = "${var.name}-invoker"
  display_name = "Calendar Watch: calls renew"
  depends_on   = [google_project_service.this]
}

# Whom Pub/Sub is when it pushes changes to subscribers: it has no role here; theirs may ask for its token.
resource "google_service_account" "delivery" {
  account_id   = "${var.name}-delivery"
  display_name = "Calendar Watch: delivers changes"
  depends_on   = [google_project_service.this]
}

# Pub/Sub's own account may do this anyway, except in projects from before April 2021
# (https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions).
resource "google_service_account_iam_member" "push_token" {
  for_each = {
    delivery = google_service_account.delivery.name
    invoker  = google_service_account.invoker.name
  }

  service_account_id = each.value
  role               = "roles/iam.serviceAccountOpenIdTokenCreator"
  member             = local.pubsub_agent
  depends_on         = [google_pubsub_topic.this] # the account comes with the first topic
}

# Firestore's roles are given on the project; the condition keeps them to one database
# (https://cloud.google.com/firestore/docs/manage-databases#configure-access).
resource "google_project_iam_member" "firestore_user" {
  for_each = toset(["renew", "watches"])

  project = var.project_id
  role    = "roles/datastore.user"
  member  = google_service_account.function[each.key].member

  condition {
    title      = "${var.name} database"
    expression = "resource.name == \"${local.database_path}\""
  }
}

# All that the public function can do to the database: make documents that were not there. A commit whose write
# requires that the document does not exist needs this one permission
# (https://cloud.google.com/firestore/docs/security/iam#required_permissions).
resource "google_project_iam_custom_role" "announcer" {
  count = contains(var.fall_backs, "datastore_user") ? 0 : 1

  role_id     = "${replace(var.name, "-", "_")}_announcer"
  title       = "Calendar Watch announcer"
  description = "Create documents; read, change and delete none"
  permissions = ["datastore.entities.create"]
  depends_on  = [google_project_service.this]
}

resource "google_project_iam_member" "announcer" {
  project = var.project_id
  role    = try(google_project_iam_custom_role.announcer[0].id, "roles/datastore.user")
  member  = google_service_account.function["notifications"].member

  condition {
    title      = "${var.name} database"
    expression = "resource.name == \"${local.database_path}\""
  }
}
