"""What must hold of a project before the first apply."""

import re
from collections.abc import Mapping
from pathlib import Path

from infra.tools.preflight import gcloud
from infra.tools.preflight.finding import Finding, look, ok, trouble
from infra.tools.preflight.project import Project

NEEDED_APIS = ("cloudresourcemanager.googleapis.com", "serviceusage.googleapis.com", "storage.googleapis.com")
"""With these Terraform can enable the others."""

FIRST_APPLY = (
    *("artifactregistry.admin", "cloudfunctions.developer", "cloudscheduler.admin", "datastore.owner", "iam.roleAdmin"),
    *("iam.serviceAccountAdmin", "iam.serviceAccountUser", "logging.configWriter", "monitoring.editor", "pubsub.admin"),
    *("resourcemanager.projectIamAdmin", "run.admin", "secretmanager.admin", "serviceusage.serviceUsageAdmin"),
    "storage.admin",
)
WITH_BIGQUERY = "bigquery.dataOwner"


VARIABLES = Path(__file__).parents[2] / "variables.tf"


def variables(project: Project) -> Finding:
    known = set(re.findall(r'^variable "(\w+)"', VARIABLES.read_text(), re.MULTILINE))
    unknown = [name for name in project.given if name not in known]
    if not unknown:
        return ok("Terraform knows every variable that is given.")
    return trouble(
        f"There is no variable {', '.join(unknown)}: Terraform only warns, and does without.",
        "Correct the name, or leave it out: infra/variables.tf has them all.",
    )


def login(_: Project) -> Finding:
    account = logged_in()
    return ok(f"gcloud acts as {account}.") if account else trouble("gcloud is not logged in.", "gcloud auth login")


def logged_in() -> str:
    accounts = gcloud.ask("auth", "list", "--filter=status:ACTIVE")
    return str(accounts[0]["account"]) if accounts else ""


def terraform_login(_: Project) -> Finding:
    try:
        gcloud.ask("auth", "application-default", "print-access-token")  # only whether there is one
    except gcloud.RefusedError:
        return trouble("Terraform has no credentials of its own.", "gcloud auth application-default login")
    return ok("Terraform has credentials.")


def project_exists(project: Project) -> Finding:
    try:
        state = gcloud.ask("projects", "describe", project.id)["lifecycleState"]
    except gcloud.RefusedError as refused:
        return trouble(
            f"Project {project.id} is not there, or may not be seen: {refused}",
            "Correct project_id in terraform.tfvars (the id, not the name), or log in as somebody who may see it.",
        )
    if state != "ACTIVE":
        return trouble(f"Project {project.id} is {state}.", f"gcloud projects undelete {project.id}")
    return ok(f"{project.id} is there.")


def billing(project: Project) -> Finding:
    if gcloud.ask("billing", "projects", "describe", project.id).get("billingEnabled"):
        return ok("Billing is on.")
    return trouble(
        f"{project.id} has no billing account, and nothing can be created.",
        f"gcloud billing projects link {project.id} --billing-account=… (gcloud billing accounts list shows them)",
    )


def apis(project: Project) -> Finding:
    enabled = enabled_apis(project)
    missing = [name for name in NEEDED_APIS if name not in enabled]
    if not missing:
        return ok("The APIs are on that Terraform needs to enable the others.")
    return trouble(
        f"Not enabled: {', '.join(missing)}.", f"gcloud services enable {' '.join(missing)} --project={project.id}"
    )


def enabled_apis(project: Project) -> set[str]:
    return {each["config"]["name"] for each in gcloud.ask("services", "list", "--enabled", f"--project={project.id}")}


def database(project: Project) -> Finding:
    create, name = project.database
    found = databases(project).get(name)
    if create:
        return _to_be_created(project, name, found)
    if not found:
        return trouble(
            f"firestore.create is false, but {project.id} has no database {name}.",
            "Leave firestore.create out, or correct firestore.name: gcloud firestore databases list shows them.",
        )
    if found["type"] != "FIRESTORE_NATIVE":
        return trouble(
            f"Database {name} is in Datastore mode, which Calendar Watch cannot use.",
            "Leave firestore out: a database of our own is created beside it.",
        )
    if found["locationId"] != project["region"]:
        return look(
            f"Database {name} is in {found['locationId']}, the functions will be in {project['region']}.",
            f"Each step crosses that distance. See that it is short (eur3 and europe-west1, nam5 and us-central1); "
            f"otherwise set region to {found['locationId']}, or leave firestore out.",
        )
    return ok(f"Database {name} is there, in {found['locationId']}.")


def databases(project: Project) -> dict[str, Mapping[str, str]]:
    if "firestore.googleapis.com" not in enabled_apis(project):
        return {}
    listed = gcloud.ask("firestore", "databases", "list", f"--project={project.id}")
    return {each["name"].rpartition("/")[2]: each for each in listed}


def _to_be_created(project: Project, name: str, found: Mapping[str, str] | None) -> Finding:
    if not found:
        return ok(f"Database {name} will be created, in {project['region']}.")
    return trouble(
        f"There is a database {name} already, in {found['locationId']}; creating it would fail.",
        f'firestore = {{ create = false, name = "{name}" }} uses it; another name leaves it alone. '
        "(If an apply of yours has made it: all is well, preflight is for the first.)",
    )


def key(project: Project) -> Finding:
    name = project["kms_key_name"]
    if not name:
        return ok("Google's own keys encrypt.")
    try:
        state = gcloud.ask("kms", "keys", "describe", name).get("primary", {}).get("state", "without a primary version")
    except gcloud.RefusedError as refused:
        return trouble(
            f"The key is not there, or may not be seen: {refused}", "Correct kms_key_name in terraform.tfvars."
        )
    if state != "ENABLED":
        return trouble(f"The key is {state}.", "gcloud kms keys versions enable, or another key in kms_key_name.")
    return look(
        "The key is there.",
        "Google's accounts that use it must exist before, and whoever applies needs roles/cloudkms.admin on it: "
        "infra/README.md, Choices.",
    )


def needed_roles(project: Project) -> tuple[str, ...]:
    return (*FIRST_APPLY, WITH_BIGQUERY) if project["bigquery"] else FIRST_APPLY


def roles(project: Project) -> Finding:
    bindings = gcloud.ask("projects", "get-iam-policy", project.id).get("bindings", [])
    account = logged_in()
    held = {each["role"] for each in bindings if any(member.endswith(f":{account}") for member in each["members"])}
    missing = sorted({f"roles/{name}" for name in needed_roles(project)} - held)
    if "roles/owner" in held or not missing:
        return ok(f"{account} holds the roles for the first apply.")
    by_groups = {each["role"] for each in bindings if any(member.startswith("group:") for member in each["members"])}
    if by_groups & {*missing, "roles/owner"}:
        return look(
            f"{account} does not itself hold: {', '.join(missing)}. Groups hold some.",
            "See that it is a member of them; gcloud does not tell.",
        )
    return trouble(
        f"{account} lacks: {', '.join(missing)}.",
        "Have an owner of the project grant them. (Roles on its folder or organisation are not looked at.)",
    )
