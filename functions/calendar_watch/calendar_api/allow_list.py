"""What may be asked of Google at all, whatever a watch says."""

from collections.abc import Collection
from dataclasses import dataclass

from calendar_watch.errors import RefusedError
from calendar_watch.model.target import Target
from calendar_watch.reasons import Reason


@dataclass(frozen=True, slots=True)
class AllowList:
    """RESOURCES and SUBJECT_DOMAINS."""

    resources: Collection[str]
    domains: Collection[str]
    """In lower case. Empty: any; the settings see to it that only modes which act for nobody may leave it so."""

    def check(self, target: Target) -> None:
        """Raise RefusedError for a collection or a user that the operator has not allowed, or allows no longer."""
        if target.resource.name not in self.resources:
            refused = RefusedError(Reason.FORBIDDEN, f"{target.resource.name} is not in RESOURCES")
            raise refused.with_answer(0, "notInResources")
        if target.subject and self.domains and target.subject.rpartition("@")[2].lower() not in self.domains:
            refused = RefusedError(Reason.SUBJECT_NOT_ALLOWED, "the subject's domain is not in SUBJECT_DOMAINS")
            raise refused.with_answer(0, "subjectNotAllowed")
