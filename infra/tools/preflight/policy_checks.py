"""What an organisation must not forbid: its policies, as they come out for the project.

What they are asked by is https://cloud.google.com/resource-manager/docs/reference/rest/v1/Policy.
"""

from collections.abc import Mapping
from typing import Any

from infra.tools.preflight import gcloud
from infra.tools.preflight.finding import Finding, look, ok, trouble
from infra.tools.preflight.project import Project

STORES = ("artifactregistry", "cloudfunctions", "firestore", "pubsub", "run", "secretmanager", "storage")
"""Services that store something of ours, which an organisation may want under a key of its own."""


def policy(project: Project, constraint: str) -> Mapping[str, Any]:
    """The effective one."""
    found = gcloud.ask(
        *("resource-manager", "org-policies", "describe", constraint),
        *(f"--project={project.id}", "--effective"),
    )
    return dict(found.get("listPolicy") or found.get("booleanPolicy") or {})


def allows(rule: Mapping[str, Any], value: str) -> bool:
    if rule.get("allValues") == "DENY" or value in rule.get("deniedValues", []):
        return False
    return value in rule.get("allowedValues", [value])


def sharing(project: Project) -> Finding:
    rule = policy(project, "iam.allowedPolicyMemberDomains")
    if project["notification_access"] == "no_invoker_check" or allows(rule, "allUsers"):
        return ok("Google can be let in.")
    return trouble(
        "The organisation restricts sharing to its own domains: allUsers, and so Google Calendar, cannot be let in.",
        'notification_access = "no_invoker_check", and after each apply what infra/README.md says under Choices.',
    )


def places(project: Project) -> Finding:
    region, rule = project["region"], policy(project, "gcp.resourceLocations")
    allowed = rule.get("allowedValues", [])
    if allows(rule, region) or f"in:{region}-locations" in allowed:
        return ok(f"The organisation lets things be in {region}.")
    if any(each.startswith("in:") for each in allowed):
        return look(
            f"The organisation allows only {', '.join(allowed)}.",
            f"See that {region} is among them: https://cloud.google.com/resource-manager/docs/organization-policy/defining-locations",
        )
    return trouble(
        f"The organisation allows nothing in {region}: only {', '.join(allowed) or 'elsewhere'}.", "Set region."
    )


def accounts(project: Project) -> Finding:
    if not policy(project, "iam.disableServiceAccountCreation").get("enforced"):
        return ok("Service accounts can be created.")
    return trouble(
        "The organisation forbids to create service accounts; each function has one.",
        "Have iam.disableServiceAccountCreation lifted for this project, at least for the first apply.",
    )


def ingress(project: Project) -> Finding:
    if allows(policy(project, "run.allowedIngress"), "all"):
        return ok("Functions may be reached from outside.")
    return trouble(
        "The organisation lets no Cloud Run service be reached from outside.",
        "Have run.allowedIngress allow `all` for this project: Scheduler and Pub/Sub call `renew`, you call `watches`.",
    )


def own_keys(project: Project) -> Finding:
    denied = policy(project, "gcp.restrictNonCmekServices").get("deniedValues", [])
    without = [name for name in STORES if f"{name}.googleapis.com" in {each.removeprefix("is:") for each in denied}]
    if project["kms_key_name"] or not without:
        return ok("The organisation asks for no other keys.")
    return trouble(f"The organisation wants a key of its own for {', '.join(without)}.", "Set kms_key_name.")
