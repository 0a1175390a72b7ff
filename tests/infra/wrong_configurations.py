"""Configurations as somebody writes them who has not read variables.tf: each misses in its own way.

What is given, and what the refusal must name. The rest of a configuration is as it should be.
"""

WRONG: dict[str, tuple[str, tuple[str, ...]]] = {
    # misspelt
    "a setting in the singular": (
        "tuning = { safety_sync_second = 3600 }",
        ("safety_sync_second", "safety_sync_seconds"),
    ),
    "a setting in capitals": ('tuning = { LOG_LEVEL = "INFO" }', ("LOG_LEVEL", "log_level")),
    "a setting that Terraform sets itself": ("tuning = { resources = 4 }", ("resources", "sweep_threads")),
    "a subscriber's endpoint": (
        'change_subscribers = { audit = { push_endpont = "https://audit.example.com" } }',
        ("audit", "push_endpont", "push_endpoint"),
    ),
    "a subscriber's endpoint in camel case": (
        'change_subscribers = { audit = { pushEndpoint = "https://audit.example.com" } }',
        ("audit", "pushEndpoint", "push_endpoint"),
    ),
    "a database by its id": ('firestore = { database = "(default)" }', ("database", "create", "name")),
    "a database's place": ('firestore = { location = "eur3" }', ("location", "create", "name")),
    "a function by its singular": ('token_key_versions = { notification = "2" }', ("notification", "notifications")),
    "one version for all": ('token_key_versions = { all = "2" }', ("all", "notifications, renew, watches")),
    "a dataset by its id": (
        'bigquery = { dataset_id = "changes", location = "EU" }',
        ("bigquery", "dataset_id", "dataset, expiration_days, location"),
    ),
    # wrong type
    "a duration in words": ('tuning = { poll_seconds = "1h" }', ("poll_seconds", '"1h"', "number")),
    "a duration in Google's spelling": (
        'tuning = { channel_ttl_seconds = "604800s" }',
        ("channel_ttl_seconds", '"604800s"'),
    ),
    "a switch for a number": ("tuning = { audit_seconds = false }", ("audit_seconds", '"false"', "number")),
    "a list for a number": ("tuning = { sweep_threads = [16] }", ("tuning", "sweep_threads")),
    "a fraction of a thread": ("tuning = { sweep_threads = 16.5 }", ("sweep_threads", '"16.5"', "whole number")),
    "subscribers as a list": ('change_subscribers = ["audit"]', ("change_subscribers", "map")),
    "a subscriber as an address": (
        'change_subscribers = { audit = "https://audit.example.com" }',
        ("change_subscribers", "audit"),
    ),
    "a switch in German": ('firestore = { create = "nein" }', ("create", '"nein"', "true or false")),
    "a domain for domains": ('subject_domains = "example.com"', ("subject_domains", "set of string")),
    "a dataset as a word": ('bigquery = "changes"', ("bigquery", "map of string")),
    "protection by a word": ('deletion_protection = "enabled"', ("deletion_protection", "bool")),
    # wrong unit, out of range
    "a share in percent": (
        "tuning = { renew_after_fraction = 80 }",
        ("renew_after_fraction", '"80"', "above 0.1 and below 1"),
    ),
    "a sweep in milliseconds": (
        "tuning = { sweep_seconds = 50000 }",
        ("sweep_seconds", "50000", "lease_seconds", "120"),
    ),
    "retention in seconds": (
        "tuning = { change_retention_days = 2592000 }",
        ("change_retention_days", '"2592000"', "3650"),
    ),
    "rows that expire at once": (
        'bigquery = { dataset = "changes", location = "EU", expiration_days = 0 }',
        ("bigquery.expiration_days", '"0"', "whole number", "left out"),
    ),
    "no polling": ("tuning = { poll_seconds = 0 }", ("poll_seconds", '"0"', "above 0")),
    "a time that has passed": ("tuning = { settle_seconds = -1 }", ("settle_seconds", '"-1"', "above 0")),
    "a lease of a moment": ("tuning = { lease_seconds = 0.5 }", ("lease_seconds", '"0.5"', "1")),
    "more threads than there can be": ("tuning = { sweep_threads = 1000 }", ("sweep_threads", '"1000"', "256")),
    "channels that end before they are renewed": (
        "tuning = { channel_ttl_seconds = 600 }",
        ("renew_after_fraction", "channel_ttl_seconds", "confirm_seconds"),
    ),
    "a version before the first": ("token_key_versions = { watches = 0 }", ("watches", '"0"', "1")),
    "backups of a quarter": ("backup_retention_days = 120", ("backup_retention_days", "120", "98")),
    "an epoch before the first": ("tuning = { epoch = 0 }", ("epoch", '"0"', "1")),
    # wrong word
    "a baseline of events": (
        'tuning = { baseline_in_stream = "acl,events" }',
        ("baseline_in_stream", '"acl,events"', "acl, calendarList, settings"),
    ),
    "a snapshot of all": ('tuning = { event_snapshot = "whole" }', ("event_snapshot", '"whole"', "fingerprint, full")),
    "a level that shouts": ('tuning = { log_level = "LOUD" }', ("log_level", '"LOUD"', "DEBUG, INFO")),
    "a level in small letters": ('tuning = { log_level = "debug" }', ("log_level", '"debug"', "DEBUG, INFO")),
    "the latest key": ('token_key_versions = { renew = "latest" }', ("renew", '"latest"', "number")),
    "access for nobody": (
        'notification_access = "public"',
        ("notification_access", '"public"', "all_users", "no_invoker_check"),
    ),
    "a mode with a hyphen": ('auth_mode = "service-account"', ("auth_mode", '"service-account"', "service_account")),
    "a resource as in the API's path": (
        'resources = ["acl", "calendars"]',
        ("resources", '"calendars"', "calendarList"),
    ),
    "an ingress as Google calls it": ('ingress = "ALLOW_ALL"', ("ingress", '"ALLOW_ALL"', "all", "load_balancer")),
    "a fall-back that there is not": ('fall_backs = ["promql"]', ("fall_backs", '"promql"', "threshold_alerts")),
    # empty, null, half
    "nothing to watch": ("resources = []", ("resources", "acl")),
    "nobody to act for": ("subject_domains = []", ("subject_domains", "empty")),
    "a database without a name": ('firestore = { name = "" }', ("firestore", "name", '""')),
    "a subscriber that is null": ("change_subscribers = { audit = null }", ("change_subscribers", "audit", "null")),
    "a dataset nowhere": ('bigquery = { dataset = "changes" }', ("bigquery.location", "null", "EU, US")),
    "a place without a dataset": ('bigquery = { location = "EU" }', ("bigquery.dataset", "null")),
    "a level of nothing": ('tuning = { log_level = "" }', ("log_level", '""', "DEBUG, INFO")),
    "no region": ("region = null", ("region",)),
    "an audience alone": (
        'change_subscribers = { audit = { audience = "audit" } }',
        ("audit", "audience", "push_endpoint"),
    ),
    "recovery of somebody else's database": (
        'firestore = { create = false, name = "(default)" }\npoint_in_time_recovery = true',
        ("point_in_time_recovery", "firestore.create", "false"),
    ),
    "a balancer nowhere": ('ingress = "load_balancer"', ("ingress", "notification_url")),
    "a token service without its mode": (
        'tuning = { token_service_url = "https://tokens.example.com" }',
        ("token_service_url", "auth_mode", "token_service"),
    ),
    "the mode without a token service": ('auth_mode = "token_service"', ("token_service_url", "auth_mode")),
    # wrong form
    "a subscriber in capitals": (
        "change_subscribers = { Audit = {} }",
        ("change_subscribers", '"Audit"', "lower case"),
    ),
    "a subscriber without TLS": (
        'change_subscribers = { audit = { push_endpoint = "http://audit.example.com" } }',
        ("audit", "push_endpoint", "http://audit.example.com", "https://"),
    ),
    "a subscriber nowhere": (
        'change_subscribers = { audit = { push_endpoint = "https://" } }',
        ("audit", "push_endpoint", '"https://"', "https://audit.example.com/changes"),
    ),
    "an audience of nothing": (
        'change_subscribers = { audit = { push_endpoint = "https://audit.example.com", audience = "" } }',
        ("change_subscribers.audit.audience", '""', "push_endpoint"),
    ),
    "a filter as SQL has it": (
        "change_subscribers = { audit = { filter = \"resource = 'acl'\" } }",
        ("change_subscribers.audit.filter", "resource = 'acl'", 'attributes.ce-resource = "acl"'),
    ),
    "a filter without quotes": (
        'change_subscribers = { audit = { filter = "attributes.ce-resource = acl" } }',
        ("change_subscribers.audit.filter", "attributes.ce-resource = acl", 'attributes.ce-resource = "acl"'),
    ),
    "a filter of nothing": (
        'change_subscribers = { audit = { filter = "" } }',
        ("change_subscribers.audit.filter", '""', "attributes"),
    ),
    "a filter that is too long": (
        f'change_subscribers = {{ audit = {{ filter = "attributes:{"x" * 250}" }} }}',
        ("change_subscribers.audit.filter", "256 characters"),
    ),
    "a token service without TLS": (
        'auth_mode = "token_service"\ntuning = { token_service_url = "http://tokens.example.com" }',
        ("token_service_url", "http://tokens.example.com", "https://"),
    ),
    "a database in snake case": (
        'firestore = { name = "calendar_watch" }',
        ("firestore", "name", '"calendar_watch"', "hyphens"),
    ),
    "a dataset with a hyphen": (
        'bigquery = { dataset = "calendar-watch", location = "EU" }',
        ("bigquery.dataset", '"calendar-watch"', "underscores"),
    ),
    "a dataset in small letters": (
        'bigquery = { dataset = "changes", location = "eu" }',
        ("bigquery.location", '"eu"', "EU, US"),
    ),
    "a dataset where its key is not": (
        (
            'bigquery = { dataset = "changes", location = "EU" }\n'
            'kms_key_name = "projects/keys/locations/europe-west1/keyRings/ring/cryptoKeys/key"'
        ),
        ("bigquery.location", '"EU"', "europe-west1", "kms_key_name"),
    ),
    "an address for a channel": (
        'alert_channels = ["ops@example.com"]',
        ("alert_channels", "ops@example.com", "notificationChannels"),
    ),
    "a key elsewhere": (
        'kms_key_name = "projects/keys/locations/global/keyRings/ring/cryptoKeys/key"',
        ("kms_key_name", "locations/global", "europe-west1"),
    ),
    "a name that fits no account": (
        'name = "calendar-watch-production"',
        ("name", '"calendar-watch-production"', "16"),
    ),
    "an address without TLS": (
        'notification_url = "http://hooks.example.com"',
        ("notification_url", "http://hooks.example.com", "https://"),
    ),
    "an address with a port": (
        'notification_url = "https://hooks.example.com:8443/"',
        ("notification_url", ":8443", "port"),
    ),
    "a project by its name": ('project_id = "My Project"', ("project_id", '"My Project"', "id")),
    "a project by its number": ('project_id = "123456789012"', ("project_id", '"123456789012"', "number")),
    "a region by its continent": ('region = "EU"', ("region", '"EU"', "europe-west1")),
    "a zone": ('region = "europe-west1-b"', ("region", '"europe-west1-b"', "region")),
    "a domain with its sign": (
        'subject_domains = ["@example.com"]',
        ("subject_domains", '"@example.com"', "without @"),
    ),
    "a domain in capitals": ('subject_domains = ["Example.com"]', ("subject_domains", '"Example.com"', "lower case")),
    "a verifier without its kind": (
        'verifiers = ["calendar-watch-deployer@my-project.iam.gserviceaccount.com"]',
        ("verifiers", '"calendar-watch-deployer@', "serviceAccount:"),
    ),
    "everybody": ('watch_invokers = ["allUsers"]', ("watch_invokers", '"allUsers"', "user:")),
    "everybody who is logged in": (
        'watch_invokers = ["allAuthenticatedUsers"]',
        ("watch_invokers", '"allAuthenticatedUsers"'),
    ),
    "a person without a kind": (
        'watch_invokers = ["alice@example.com"]',
        ("watch_invokers", '"alice@example.com"', "user:"),
    ),
    # who and how much
    "an internal domain as an address": ('internal_domains = ["@example.com"]', ("internal_domains", "without @")),
    "memory of a function that is none": (
        'memory = { notify = "1Gi" }',
        ("memory", "notify", "notifications, renew, watches"),
    ),
    "memory in other units": ('memory = { renew = "1G" }', ("memory.renew", '"1G"', "512Mi or 2Gi")),
    "instances of a function that is none": (
        "max_instances = { notify = 1 }",
        ("max_instances", "notify", "notifications, renew, watches"),
    ),
    "no instances at all": ("max_instances = { renew = 0 }", ("max_instances.renew", "from 1 to 1000")),
}
