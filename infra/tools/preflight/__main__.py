"""Says, before the first apply, what would stop it: `make preflight`.

    python3 -m infra.tools.preflight infra/terraform.tfvars

Asks gcloud and changes nothing. The exit status is 1 where there is trouble, and 2 where nothing could be asked.
"""

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from infra.tools.preflight import gcloud, policy_checks, project_checks, tfvars
from infra.tools.preflight.finding import Finding, look
from infra.tools.preflight.project import Project

Check = Callable[[Project], Finding]

LOGIN: dict[str, Check] = {"login": project_checks.login}
PROJECT: dict[str, Check] = {
    "Terraform's login": project_checks.terraform_login,
    "project": project_checks.project_exists,
}
REST: dict[str, Check] = {
    "variables": project_checks.variables,
    "billing": project_checks.billing,
    "APIs": project_checks.apis,
    "roles": project_checks.roles,
    "database": project_checks.database,
    "key": project_checks.key,
    "policy: sharing": policy_checks.sharing,
    "policy: places": policy_checks.places,
    "policy: accounts": policy_checks.accounts,
    "policy: ingress": policy_checks.ingress,
    "policy: keys": policy_checks.own_keys,
}


def findings(project: Project) -> Iterator[tuple[str, Finding]]:
    """Where there is trouble, what comes after cannot be asked."""
    for checks in (LOGIN, PROJECT, REST):
        with ThreadPoolExecutor() as pool:
            found = list(pool.map(lambda check: finding(check, project), checks.values()))
        yield from zip(checks, found, strict=True)
        if any(each.result == "trouble" for each in found):
            return


def finding(check: Check, project: Project) -> Finding:
    try:
        return check(project)
    except gcloud.RefusedError as refused:
        return look(f"gcloud does not tell: {refused}", "Ask somebody who may see it.")
    except (LookupError, TypeError, ValueError, AttributeError):
        return look(
            "gcloud answered in a form that is not known here.",
            "Another version of gcloud may have changed it: look yourself.",
        )


def line(name: str, found: Finding) -> str:
    remedy = f"\n{'':28}-> {found.remedy}" if found.remedy else ""
    return f"{name:19}{found.result:9}{found.detail}{remedy}"


def main(path: str) -> int:
    try:
        project = Project(tfvars.read(Path(path)))
        if not (project["project_id"] and project["region"]):
            raise tfvars.UnreadableError(f"{path} must name project_id and region.")  # noqa: TRY301 - told like the others
        found = dict(findings(project))
    except tfvars.UnreadableError as problem:
        print(problem)
        return 2
    except gcloud.MissingError:
        print("There is no gcloud here: https://cloud.google.com/sdk/docs/install, or use Cloud Shell.")
        return 2
    print("\n".join(line(name, each) for name, each in found.items()))
    troubles = sum(each.result == "trouble" for each in found.values())
    print(f"\nChecked: {len(found)}, with trouble: {troubles}. Nothing was changed.")
    print("Whether the values are right, `terraform plan` says.")
    return 1 if troubles else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
