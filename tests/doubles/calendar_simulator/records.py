"""What the witness knows of each call."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from . import request
from .call import Answer, Call
from .discovery import Method


@dataclass(frozen=True)
class CallRecord:
    time: datetime
    method: str
    path: str
    query: Mapping[str, tuple[str, ...]]
    method_id: str | None
    status: int
    user: str | None
    quota_user: str | None
    #: what in the call the discovery document does not allow, refused or overlooked
    offences: tuple[str, ...]

    @classmethod
    def of(cls, time: datetime, call: Call, method: Method | None, user: str | None, answer: Answer) -> Self:
        return cls(
            time,
            call.method,
            call.path,
            call.query,
            method.id if method else None,
            answer.status,
            user,
            quota_user=call.query.get("quotaUser", (None,))[-1],
            offences=request.offences(call, method) if method else ("no such method",),
        )
