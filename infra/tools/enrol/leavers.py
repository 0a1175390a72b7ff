"""The watches of who left: of the subjects that were enrolled, those who are in the Directory no more."""

import math
from dataclasses import dataclass

from infra.tools.enrol.directory import Directory
from infra.tools.enrol.order import LABEL, Watch, is_wanted
from infra.tools.enrol.users import Users
from infra.tools.service import PlainError, Watches


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What is kept of a watch: there may be very many."""

    subject: str
    resource: str
    id: str


def of_leavers(watches: Watches, users: Users, directory: Directory, at_most: float) -> list[Enrolled]:
    """`at_most`: percent of those enrolled, rounded up: of few, one may have left.

    Each is looked up once more, by itself. Raises PlainError where more are missing: then rather the list is wrong.
    """
    labelled = watches.every(label=f"{LABEL}:{users.source}")
    ours = (watch for watch in labelled if _is_ours(watch, users.source))
    enrolled = [Enrolled(watch["subject"], watch["resource"], watch["id"]) for watch in ours]
    subjects = {each.subject for each in enrolled}
    absent = subjects - {*users.active, *users.inactive}
    allowed = math.ceil(len(subjects) * at_most / 100)
    if len(absent) > allowed:
        raise PlainError(
            f"{len(absent)} of {len(subjects)} enrolled users are not in the Directory, and at most {allowed} may be: "
            "nothing was ended. If they have left, say so: AT_MOST=… percent"
        )
    gone = {subject for subject in sorted(absent) if not directory.has(subject)}
    return [each for each in enrolled if each.subject in gone]


def _is_ours(watch: Watch, domain: str) -> bool:
    """What others follow ends with that."""
    return is_wanted(watch) and not watch["followedBy"] and str(watch["subject"]).endswith(f"@{domain}")
