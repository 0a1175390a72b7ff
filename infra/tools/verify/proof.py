"""One change from end to end: a calendar is watched, shared and unshared, and both are told.

What was made for it goes again, whatever went wrong in between.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from infra.tools.service import Watches
from infra.tools.verify.rules import Rules, SharingError
from infra.tools.verify.steps import Steps

Watch = Mapping[str, Any]

_LABEL, _VALUE = "made-by", "verify"
_TTL = "600"
"""The shortest life of a channel that there is, in seconds: should nobody end the watch, little goes on for long."""
_ENDED = ("stopping", "stopped")


@dataclass(frozen=True, slots=True)
class Proof:
    watches: Watches
    rules: Rules
    steps: Steps
    calendar: str
    subject: str | None

    def prove(self, guest: str) -> None:
        """Raises PlainError: SharingError where it could not be tried."""
        with self._watched() as watch:
            with self._shared(guest):
                sequence = self._told(watch["id"], watch["sequence"], "created", guest)
            self._told(watch["id"], sequence, "deleted", guest)

    @contextmanager
    def _watched(self) -> Iterator[Watch]:
        """A watch that somebody else has asked for serves as well, and stays."""
        there = self._there()
        if there and there["state"] not in _ENDED and not _is_ours(there):
            with self.steps.step("watch is there"):
                watch = self._opened(there["id"], None)
            yield watch
            return
        try:
            with self.steps.step("watch created"):
                watch = self._opened(self._asked()["id"], _last_reading(there))
            yield watch
        finally:
            with self.steps.step("watch removed"):
                self._remove()

    @contextmanager
    def _shared(self, guest: str) -> Iterator[None]:
        try:
            with self.steps.step("calendar shared"):
                self.rules.share(guest)
        except (SharingError, KeyboardInterrupt):
            with suppress(SharingError):
                self.rules.unshare(guest)  # Google may have heard of it all the same
            raise
        try:
            yield
        finally:
            with self.steps.step("calendar unshared"):
                self.rules.unshare(guest)

    def _asked(self) -> Watch:
        order = {**self._target(), "labels": {_LABEL: _VALUE}, "params": {"ttl": _TTL}}
        return dict(self.watches.ask("POST", "/", order))

    def _opened(self, watch_id: str, before: str | None) -> Watch:
        """`before`: when it was last read in another life; what is shared now must not be in its first reading."""

        def opened() -> Watch | None:
            watch = self._show(watch_id)
            is_read = watch["itemCount"] is not None and watch["lastSyncTime"] != before
            return watch if watch["state"] == "active" and is_read else None

        return self.steps.until(opened, lambda: self._standing(watch_id))

    def _told(self, watch_id: str, after: int, how: str, guest: str) -> int:
        """Return its sequence, once it is in the feed and Pub/Sub has it."""
        kind, item = f"calendarwatch.acl.{how}.v1", f"user:{guest}"

        def in_feed() -> int | None:
            told = (
                each for each in self._changes(watch_id, after) if (each["type"], each.get("subject")) == (kind, item)
            )
            return next((int(each["sequence"]) for each in told), None)

        def published() -> int | None:
            return sequence if self._show(watch_id)["published"] >= sequence else None

        with self.steps.step(f"{how} told"):
            sequence = self.steps.until(in_feed, lambda: f"no {kind} of {item} is told: {self._standing(watch_id)}")
            return self.steps.until(published, lambda: f"{kind} is in the feed, but not published")

    def _changes(self, watch_id: str, after: int) -> Iterator[Mapping[str, Any]]:
        while (page := self.watches.ask("GET", f"/{watch_id}/changes?after={after}"))["changes"]:
            yield from page["changes"]
            after = page["nextAfter"]

    def _remove(self) -> None:
        """By its label, not its id: what was asked for may be there though no answer came."""
        self.watches.end(each["id"] for each in self._left())
        self.steps.until(lambda: None if self._left() else True, lambda: "Google has still to be told of its end")

    def _left(self) -> list[Watch]:
        """Without what others have come to follow: it ends with that."""
        ours = self.watches.every(**self._target(), label=f"{_LABEL}:{_VALUE}")
        return [each for each in ours if each["state"] != "stopped" and not each["followedBy"]]

    def _there(self) -> Watch | None:
        return next((each for each in self.watches.every(**self._target()) if each["subject"] == self.subject), None)

    def _target(self) -> dict[str, str]:
        target = {"resource": "acl", "calendarId": self.calendar}
        return {**target, "subject": self.subject} if self.subject else target

    def _show(self, watch_id: str) -> Watch:
        return dict(self.watches.ask("GET", f"/{watch_id}"))

    def _standing(self, watch_id: str) -> str:
        watch = self._show(watch_id)
        why = ", ".join(watch[each] for each in ("reason", "detail", "remedy") if watch[each])
        return f"the watch {watch_id} is {watch['state']}" + (f" ({why})" if why else "")


def _is_ours(watch: Watch) -> bool:
    """A run that was killed has left it."""
    return bool(watch["labels"].get(_LABEL) == _VALUE)


def _last_reading(watch: Watch | None) -> str | None:
    return watch["lastSyncTime"] if watch and watch["state"] in _ENDED else None
