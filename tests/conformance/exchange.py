"""What is asked of Calendar, and what it answers: values, without a network."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

JsonObject = dict[str, Any]
Caller = Literal["owner", "narrow", "nobody"]
"""With every right; with a token that reads events alone; with a token that never was one."""


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    """Below the root of the API, quoted."""
    query: Mapping[str, str] = field(default_factory=dict)
    body: JsonObject | None = None
    caller: Caller = "owner"


@dataclass(frozen=True)
class Reply:
    status: int
    """0: none came in time."""
    body: Any = None
    """The JSON; None: there is none."""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_json(self) -> bool:
        return isinstance(self.body, dict)

    @property
    def error(self) -> Mapping[str, Any]:
        """What is told of a refusal: reason, message, domain, locationType, location; empty where nothing is."""
        error = self.body.get("error") if isinstance(self.body, dict) else None
        listed = error.get("errors") if isinstance(error, dict) else None
        return dict(listed[0]) if listed else {}

    @property
    def reason(self) -> str:
        """The token endpoint has its own way of telling."""
        if isinstance(self.body, dict) and isinstance(self.body.get("error"), str):
            return str(self.body["error"])
        return str(self.error.get("reason", ""))

    @property
    def said(self) -> str:
        return f"{self.status} {self.reason}".strip()


@dataclass(frozen=True)
class Exchange:
    asked: Asked
    reply: Reply


@dataclass(frozen=True)
class Arrival:
    """A message that came to the webhook."""

    headers: Mapping[str, str]
    body: str = ""

    def value(self, name: str) -> str:
        return next((value for key, value in self.headers.items() if key.lower() == name.lower()), "")
