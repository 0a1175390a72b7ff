"""What is to be deployed, and where: terraform.tfvars, with the defaults of variables.tf."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

DEFAULTS = {"kms_key_name": None, "notification_access": "all_users"}
DATABASE = "calendar-watch"


@dataclass(frozen=True)
class Project:
    given: Mapping[str, Any]

    def __getitem__(self, variable: str) -> Any:
        return self.given.get(variable, DEFAULTS.get(variable))

    @property
    def id(self) -> str:
        return str(self["project_id"])

    @property
    def database(self) -> tuple[bool, str]:
        """Whether it is to be created, and its name."""
        given = self["firestore"] or {}
        return str(given.get("create", True)).lower() == "true", given.get("name") or DATABASE
