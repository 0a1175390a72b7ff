"""Whether a deployment works: what is asked, what a deployment is taken to be, and what each check says."""

from collections.abc import Sequence
from dataclasses import dataclass

from calendar_watch.model.resources import RESOURCES, Resource

VERSION_HEADER = "Calendar-Watch-Version"
DATABASE_HEADER = "Calendar-Watch-Database"


@dataclass(frozen=True, slots=True)
class CheckRequest:
    subject: str | None = None
    calendar_id: str | None = None


@dataclass(frozen=True, slots=True)
class Deployed:
    """What `watches` has been told, and expects of the others."""

    version: str
    database: str
    """projects/…/databases/…"""
    auth_mode: str
    resources: Sequence[Resource]
    changes_topic: str


@dataclass(frozen=True, slots=True)
class PublicAnswer:
    """What NOTIFICATION_URL answered to a genuine message."""

    status: int
    location: str = ""
    problem: str = ""
    """The last word of the `type` of a problem of ours; empty: the answer is none."""
    version: str = ""
    database: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """`remedy` says what to do; None where all is well."""

    check: str
    ok: bool
    detail: str
    remedy: str | None = None


def scope_check(resource: str) -> str:
    return f"scope.{resource}"


SETTINGS, FIRESTORE, CHANGES_TOPIC, SIGNING = "settings", "firestore", "changesTopic", "signing"
CALENDAR, CLOCK, PUBLIC_PATH = "calendar", "clock", "publicPath"
ALL_CHECKS = (
    *(SETTINGS, FIRESTORE, CHANGES_TOPIC, SIGNING),
    *map(scope_check, RESOURCES),
    *(CALENDAR, CLOCK, PUBLIC_PATH),
)
"""As they are answered; of the scopes, those of RESOURCES, the variable, alone."""
