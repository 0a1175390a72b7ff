"""Undoes what a run has done, whatever became of it."""

from urllib.parse import quote

from tests.conformance.exchange import Asked, Reply
from tests.conformance.guard import Guard
from tests.conformance.sides.side import OutOfTimeError

_TRIES = 3
_PAUSE = 5
_GONE = (404, 410)
_ENTRIES = "users/me/calendarList"


def clean(guard: Guard) -> list[str]:
    """Return what is left all the same, for somebody to delete."""
    guard.side.grant_grace()
    stops = [
        Asked("POST", "channels/stop", body={"id": channel_id, "resourceId": resource_id})
        for channel_id, resource_id in guard.channels.items()
    ]
    entries = [Asked("DELETE", f"{_ENTRIES}/{quote(each, safe='')}") for each in guard.entries]
    _find_strays(guard)
    calendars = [Asked("DELETE", f"calendars/{quote(each, safe='')}") for each in guard.calendars]
    return [_named(asked) for asked in (*stops, *entries, *calendars) if not _done(guard, asked)]


def _find_strays(guard: Guard) -> None:
    """A calendar may have been created although its answer got lost; by its name it is ours."""
    listed = _patiently(guard, Asked("GET", _ENTRIES, {"maxResults": "250", "showHidden": "true"}))
    for entry in listed.body.get("items", []) if listed.status == 200 and listed.is_json else []:
        ours = entry.get("summary", "").startswith(guard.title) and entry.get("accessRole") == "owner"
        if ours and entry["id"] not in guard.calendars:
            guard.calendars.append(entry["id"])


def _done(guard: Guard, asked: Asked) -> bool:
    return _is_final(_patiently(guard, asked))


def _patiently(guard: Guard, asked: Asked) -> Reply:
    reply = Reply(0)
    try:
        for tried in range(_TRIES):
            if tried:
                guard.side.pause(_PAUSE)
            reply = guard.send(asked)
            if _is_final(reply):
                break
    except OutOfTimeError:
        pass
    return reply


def _is_final(reply: Reply) -> bool:
    return reply.status // 100 == 2 or reply.status in _GONE


def _named(asked: Asked) -> str:
    return f"channel {asked.body['id']}" if asked.body else asked.path
