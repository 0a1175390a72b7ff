"""Projects that nobody has, in gcloud's answers: MADE UP, as its reference and that of the APIs say they look.

https://cloud.google.com/sdk/gcloud/reference, and there: auth list, projects describe, billing projects describe,
services list, projects get-iam-policy, firestore databases list, kms keys describe, resource-manager org-policies
describe. No real project has been asked.
"""

from typing import Any

from tests.infra.conftest import Json

ACCOUNT = "alice@example.com"
ORDINARY = 'project_id = "example"\nregion = "europe-west1"\nsubject_domains = ["example.com"]\n'
POLICY = "resource-manager org-policies describe"


def error(text: str) -> Json:
    return {"error": f"ERROR: (gcloud) {text}"}


def services(*names: str) -> list[Json]:
    return [
        {
            "config": {"name": f"{name}.googleapis.com"},
            "name": f"projects/1/services/{name}.googleapis.com",
            "state": "ENABLED",
        }
        for name in names
    ]


def granted(**roles: str) -> Json:
    return {
        "bindings": [{"members": [member], "role": f"roles/{role}"} for role, member in roles.items()],
        "etag": "BwY=",
        "version": 1,
    }


def allowing(constraint: str, *values: str) -> Json:
    return {"constraint": f"constraints/{constraint}", "listPolicy": {"allowedValues": list(values)}}


def database(name: str, kind: str, location: str) -> Json:
    return {"name": f"projects/example/databases/{name}", "type": kind, "locationId": location, "uid": "1"}


NOTHING_WRONG: dict[str, Any] = {
    "auth list": [{"account": ACCOUNT, "status": "ACTIVE"}],
    "auth application-default print-access-token": {"token": "ya29.made-up"},
    "projects describe": {"lifecycleState": "ACTIVE", "name": "Example", "projectId": "example", "projectNumber": "1"},
    "billing projects describe": {
        "billingAccountName": "billingAccounts/000000-000000-000000",
        "billingEnabled": True,
        "name": "projects/example/billingInfo",
        "projectId": "example",
    },
    "services list": services("cloudresourcemanager", "serviceusage", "storage", "firestore"),
    "projects get-iam-policy": granted(owner=f"user:{ACCOUNT}"),
    "firestore databases list": [],
    "kms keys describe": {"name": "projects/keys/…", "primary": {"state": "ENABLED"}, "purpose": "ENCRYPT_DECRYPT"},
    f"{POLICY} iam.disableServiceAccountCreation": {
        "booleanPolicy": {},
        "constraint": "constraints/iam.disableServiceAccountCreation",
    },
    POLICY: {"constraint": "constraints/…", "listPolicy": {"allValues": "ALLOW"}},
}
"""By how the arguments begin; the longest beginning counts."""

PROJECTS: dict[str, tuple[str, dict[str, Any], dict[str, tuple[str, str]]]] = {
    "nothing is wrong": (ORDINARY, {}, {}),
    "a project just made": (
        ORDINARY,
        {
            "billing projects describe": {"billingEnabled": False, "name": "projects/example/billingInfo"},
            "services list": services("serviceusage"),
            "firestore databases list": error("firestore.googleapis.com is not enabled"),
        },
        {
            "billing": ("no billing account", "gcloud billing projects link example"),
            "APIs": ("cloudresourcemanager.googleapis.com, storage.googleapis.com", "gcloud services enable"),
        },
    ),
    "a strict organisation": (
        ORDINARY,
        {
            f"{POLICY} iam.allowedPolicyMemberDomains": allowing("iam.allowedPolicyMemberDomains", "C01abcdef"),
            f"{POLICY} gcp.resourceLocations": allowing("gcp.resourceLocations", "us-east1", "us-west1"),
            f"{POLICY} iam.disableServiceAccountCreation": {
                "booleanPolicy": {"enforced": True},
                "constraint": "constraints/iam.disableServiceAccountCreation",
            },
            f"{POLICY} run.allowedIngress": allowing("run.allowedIngress", "internal-and-cloud-load-balancing"),
            f"{POLICY} gcp.restrictNonCmekServices": {
                "constraint": "constraints/gcp.restrictNonCmekServices",
                "listPolicy": {"deniedValues": ["pubsub.googleapis.com", "is:firestore.googleapis.com"]},
            },
        },
        {
            "policy: sharing": ("allUsers", "no_invoker_check"),
            "policy: places": ("europe-west1: only us-east1, us-west1", "Set region"),
            "policy: accounts": ("service accounts", "iam.disableServiceAccountCreation"),
            "policy: ingress": ("from outside", "run.allowedIngress"),
            "policy: keys": ("firestore, pubsub", "Set kms_key_name"),
        },
    ),
    "a database of another kind, and a key that is off": (
        ORDINARY
        + 'firestore = { create = false, name = "(default)" } # the one we have\n'
        + 'kms_key_name = "projects/keys/locations/europe-west1/keyRings/ring/cryptoKeys/key"\n',
        {
            "firestore databases list": [database("(default)", "DATASTORE_MODE", "eur3")],
            "kms keys describe": {"name": "projects/keys/…", "primary": {"state": "DISABLED"}},
        },
        {"database": ("Datastore mode", "Leave firestore out"), "key": ("DISABLED", "kms_key_name")},
    ),
    "a name misspelt": (
        ORDINARY + 'watch_invoker = ["user:alice@example.com"]\n',
        {},
        {"variables": ("no variable watch_invoker:", "infra/variables.tf")},
    ),
    "somebody who may look": (
        ORDINARY,
        {
            "projects get-iam-policy": granted(viewer=f"user:{ACCOUNT}", owner="user:bob@example.com"),
            "firestore databases list": [database("calendar-watch", "FIRESTORE_NATIVE", "europe-west1")],
        },
        {
            "roles": ("alice@example.com lacks: roles/artifactregistry.admin,", "owner"),
            "database": ("already, in europe-west1", "create = false"),
        },
    ),
    "a name instead of an id, and half a login": (
        'project_id = "Example"\nregion = "europe-west1"\n',
        {
            "auth application-default print-access-token": error("Your default credentials were not found."),
            "projects describe": error(
                "User [alice@example.com] does not have permission to access projects instance [Example]"
            ),
        },
        {
            "Terraform's login": ("no credentials", "gcloud auth application-default login"),
            "project": ("Example is not there, or may not be seen: (gcloud) User [alice", "project_id"),
        },
    ),
}
"""What is to be deployed; what differs from the project in which nothing is wrong; troubles: what is so, the remedy."""
