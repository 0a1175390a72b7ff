"""Lets nothing be changed but what this run has created itself, and remembers what that is."""

from dataclasses import dataclass, field
from urllib.parse import quote, unquote

from tests.conformance.exchange import Asked, Exchange, Reply
from tests.conformance.sides.side import Side

PREFIX = "calendar-watch conformance"


class NotOursError(Exception):
    """Something was about to be changed that this run has not created."""


@dataclass
class Guard:
    side: Side
    run: str
    calendars: list[str] = field(default_factory=list)
    entries: list[str] = field(default_factory=list)
    """Of calendars in our list that are not ours."""
    channels: dict[str, str] = field(default_factory=dict)
    """Resource ids by channel ids."""
    exchanges: list[Exchange] = field(default_factory=list)

    @property
    def title(self) -> str:
        """How the names of our calendars begin."""
        return f"{PREFIX} {self.run}"

    @property
    def channel_prefix(self) -> str:
        return f"conformance-{self.run}-"

    def send(self, asked: Asked) -> Reply:
        """Raise NotOursError, and ask nothing, where it would change what is not ours."""
        if asked.method != "GET" and not self._may(asked):
            raise NotOursError(f"{asked.method} {asked.path} would change what this run has not created")
        reply = self.side.send(asked)
        self.exchanges.append(Exchange(asked, reply))
        self._note(asked, reply)
        return reply

    def _may(self, asked: Asked) -> bool:
        body = asked.body or {}
        match asked.method, [unquote(part) for part in asked.path.split("/")]:
            case "POST", ["calendars"]:
                return str(body.get("summary")).startswith(self.title)
            case "POST", [*_, "watch"] | ["channels", "stop"]:
                return str(body.get("id")).startswith(self.channel_prefix)
            case "POST", ["users", "me", "calendarList"]:
                return self._is_unlisted(str(body.get("id")))
            case "PATCH" | "PUT" | "DELETE", ["users", "me", "calendarList", calendar_id]:
                return calendar_id in (*self.calendars, *self.entries)
            case _, ["calendars", calendar_id, *_]:
                return {calendar_id, asked.query.get("destination", calendar_id)} <= set(self.calendars)
            case _:
                return False

    def _is_unlisted(self, calendar_id: str) -> bool:
        """Whoever lists it already would lose the entry when we clean up."""
        return self.side.send(Asked("GET", f"users/me/calendarList/{quote(calendar_id, safe='')}")).status == 404

    def _note(self, asked: Asked, reply: Reply) -> None:
        if reply.status // 100 != 2:
            return
        match asked.method, [unquote(part) for part in asked.path.split("/")]:
            case "POST", ["calendars"]:
                self.calendars.append(reply.body["id"])
            case "POST", ["users", "me", "calendarList"]:
                self.entries.append(reply.body["id"])
            case "POST", [*_, "watch"]:
                self.channels[reply.body["id"]] = reply.body.get("resourceId", "")
            case "DELETE", ["calendars", calendar_id]:
                self.calendars.remove(calendar_id)
