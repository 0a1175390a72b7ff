"""What `watches` answers, recorded in virtual time: of each status of each operation, what comes first."""

import json
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import patch

from flask import Request
from werkzeug.test import Client

import main
from calendar_watch.config.settings import Settings
from calendar_watch.http import openapi
from tests.api import documented
from tests.support.databases import InMemory
from tests.support.line import refused
from tests.support.world import ADDRESS, ALICE, BOB, CHANGES, KEY, World

_ENVIRON = {
    "GOOGLE_CLOUD_PROJECT": "my-project",
    "NOTIFICATION_URL": ADDRESS,
    "CHANNEL_TOKEN_KEYS": KEY,
    "RESOURCES": "acl,calendarList,events,settings",
    "CALENDAR_SERVICE_ACCOUNT": "robot@my-project.iam.gserviceaccount.com",
    "SUBJECT_DOMAINS": "example.com",
    "CHANGES_TOPIC": CHANGES,
    "CHANGE_RETENTION_DAYS": "1",
}
_ACL = {"resource": "acl", "calendarId": ALICE, "subject": ALICE, "labels": {"team": "security"}}
_SETTINGS = {"resource": "settings", "subject": ALICE}
_LIST = {"resource": "calendarList", "subject": ALICE, "follow": ["acl"]}
_UNKNOWN = "a" * 32
_TOO_LARGE = " " * (1024 * 1024 + 1)

Recorded = dict[str, dict[str, Any]]
"""By operation: the `body` of the first request that was taken, and the answers by status."""


def recorded() -> Recorded:
    settings = Settings.from_environ(_ENVIRON)
    world = World(InMemory(), policy=settings.policy)
    parts = SimpleNamespace(settings=settings, registry=world.registry, query=world.query, services=world.services)
    with patch.multiple(main, _wiring=parts, utc_now=lambda: world.now):
        watches = _Watches(world)
        watches.taken()
        watches.refused_by_google()
        watches.told_what_cannot_be()
        watches.asked_wrongly()
    world.close()
    return watches.recorded


class _Watches:
    def __init__(self, world: World):
        application: Any = Request.application(cast("Any", main.watches))
        self._client = Client(application)
        self._world = world
        self.recorded: Recorded = {}

    def _ask(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        what = {"data": json.dumps(body), "content_type": "application/json"} if method == "POST" else {}
        response = self._client.open(path, method=method, **what | more)
        documented.check(method, path, response)
        told = self.recorded.setdefault(f"{method} {documented.template_of(path)}", {})
        told.setdefault(str(response.status_code), response.json)
        if response.status_code < 300 and body:
            told.setdefault("body", body)
        return response.json

    def _pass(self, **time: float) -> None:
        self._world.run(timedelta(**time))

    def taken(self) -> None:
        watch = self._ask("POST", "/", _ACL)["id"]
        self._ask("POST", "/", {**_ACL, "labels": {"team": "security"}})
        self._pass(minutes=1)
        self._world.alice.share(ALICE, BOB, "reader")
        self._pass(minutes=1)
        for path in ("/?state=active", "/summary", f"/{watch}", f"/{watch}/items", f"/{watch}/changes?after=1"):
            self._ask("GET", path)
        for order in ("retry", "resync"):
            self._ask("POST", f"/{watch}/{order}", {})
        self._ask("POST", "/batch", {"requests": [_SETTINGS, {"resource": "acl", "subject": ALICE}]})
        self._ask("DELETE", f"/{watch}")

    def refused_by_google(self) -> None:
        """Or not answered."""
        line = self._world.line
        with line.cut("GET", "/acl", refused(403, "forbidden")):
            self._ask("POST", "/", {**_ACL, "calendarId": BOB})
        self._ask("POST", "/", {**_ACL, "calendarId": "nothing@example.com"})
        with line.cut("POST", "/watch", refused(503, "backendError")):
            self._ask("POST", "/", {**_ACL, "calendarId": BOB, "subject": BOB})
        watch = self._ask("POST", "/", _SETTINGS)["id"]
        self._pass(minutes=1)
        with line.cut("POST", "/channels/stop", refused(503, "backendError")):
            self._ask("DELETE", f"/{watch}")
        self._pass(hours=1)

    def told_what_cannot_be(self) -> None:
        """Of a watch that has ended, that another follows, or whose changes are too old."""
        ended = self._ask("POST", "/", _SETTINGS)["id"]
        self._ask("DELETE", f"/{ended}")
        for order in ("retry", "resync"):
            self._ask("POST", f"/{ended}/{order}", {})
        self._ask("POST", "/", _LIST)
        watch = self._ask("POST", "/", _ACL)["id"]
        self._pass(days=2)
        self._ask("DELETE", f"/{watch}")
        self._ask("GET", f"/{watch}/changes")

    def asked_wrongly(self) -> None:
        self._ask("POST", "/", {"resource": "acl", "subject": "alice@example.org"})
        self._ask("POST", "/batch", {"watches": []})
        for order in ("retry", "resync"):
            self._ask("POST", f"/{_UNKNOWN}/{order}", {"force": True})
        for template, operations in openapi.document()["paths"].items():
            for method in map(str.upper, operations):
                self._ask_wrongly(method, template.format(id=_UNKNOWN))

    def _ask_wrongly(self, method: str, path: str) -> None:
        self._ask(method, f"{path}?colour=red", {})
        if _UNKNOWN in path:
            self._ask(method, path, {})
        if method == "POST":
            self._ask(method, path, headers={"Sec-Fetch-Site": "cross-site"})
            self._ask(method, path, content_type="text/plain")
            self._ask(method, path, data=_TOO_LARGE)
