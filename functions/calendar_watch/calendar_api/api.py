"""The port `Calendar`, over Google Calendar's REST API (https://developers.google.com/workspace/calendar/api/v3)."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeGuard
from urllib.parse import quote

from calendar_watch import log
from calendar_watch.calendar_api.calls import Call, GoogleCalls
from calendar_watch.errors import TryLaterError
from calendar_watch.model.channel import Channel, Opening
from calendar_watch.model.listing import IN_CIRCLES, Page, PageTrail
from calendar_watch.model.resources import Item, Resource
from calendar_watch.model.target import Target

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_GONE = frozenset({404, 410})
_TOKEN_REFUSED = frozenset({400, 410})

_Params = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True, slots=True)
class CalendarApi:
    """Every method raises RefusedError or TryLaterError; each call takes at most what `calls` allows."""

    calls: GoogleCalls

    def within(self, seconds: float) -> "CalendarApi":
        return CalendarApi(self.calls.within(seconds))

    def watch(self, target: Target, channel: Channel, token: str, ttl: int) -> Opening:
        """Ask once: a second request with the same id is refused even when only the answer to the first was lost.

        `expiration` is not sent: of it and the ttl, in seconds, nobody knows which one wins.
        https://developers.google.com/workspace/calendar/api/guides/push
        """
        body = {
            "id": channel.id,
            "type": "web_hook",
            "address": channel.address,
            "token": token,
            "params": {"ttl": str(ttl)},
        }
        params = {**_quota_user(target), "eventTypes": target.event_types}
        call = Call(f"{target.resource.name}.watch", "POST", f"{_path(target)}/watch", params, body)
        return _opening(self.calls.once(target, call), channel, token)

    def stop(self, target: Target, channel: Channel) -> None:
        """404 and 410 mean that Google has forgotten the channel, by expiry or by an earlier stop."""
        body = {"id": channel.id, "resourceId": channel.resource_id}
        self.calls.once(target, Call("channels.stop", "POST", "channels/stop", _quota_user(target), body, _GONE))

    def pages(self, target: Target, first: Page) -> Iterator[list[Item]]:
        """A page may be short or empty and still have a next one."""
        page, trail = first, PageTrail()
        yield list(page.items)
        while page.page_token:
            if trail.has_seen(page.page_token):
                raise TryLaterError(IN_CIRCLES).with_answer(200, "inCircles").during("list")
            trail = trail.turned(page.page_token)
            page = self.page(target, page.page_token)
            yield list(page.items)

    def page(self, target: Target, page_token: str, sync_token: str = "", size: int = 0) -> Page:
        """At most three tries.

        A stale sync token is answered 410, or 400; of a stale page token nobody knows, so both count for it too.

        https://developers.google.com/workspace/calendar/api/guides/sync; kewisch/gdata-provider for the 400
        """
        params = {
            **target.resource.parameters,
            **({"maxResults": str(size)} if size else {}),
            **_quota_user(target),
            "fields": _fields(target),
            "eventTypes": target.event_types,
            "syncToken": [sync_token] if sync_token else [],
            "pageToken": [page_token] if page_token else [],
        }
        token_refused = _TOKEN_REFUSED if page_token or sync_token else frozenset[int]()
        call = Call(f"{target.resource.name}.list", "GET", _path(target), params, token_refused=token_refused)
        return _page(self.calls.repeatedly(target, call), target.resource)

    def get(self, target: Target, item_id: str) -> Item:
        """A single item; Google has it no longer where it says 404 or 410."""
        path = f"{_path(target)}/{quote(item_id, safe='')}"
        params = {**(target.resource.item_parameters or {}), **_quota_user(target)}
        answer = self.calls.repeatedly(target, Call(f"{target.resource.name}.get", "GET", path, params, gone=_GONE))
        if not _is_item(answer) or answer["id"] != item_id:
            wrong = TryLaterError("Google's answer is not the item that it was asked for")
            raise wrong.with_answer(200, "notUnderstood").during("get")
        return answer


def _path(target: Target) -> str:
    """The user's own calendar is `primary`: its address changes with the user's, and is sometimes not taken for an id.

    vm0-ai/vm0#31096, 2witstudios/PageSpace#495
    """
    own = target.subject is not None and target.calendar_id == target.subject
    return target.resource.path.format(calendarId="primary" if own else quote(target.calendar_id or "", safe=""))


def _fields(target: Target) -> str:
    """Only what is compared, to keep listings small; everything where the resource names nothing."""
    inner = f"({','.join(target.resource.fields)})" if target.resource.fields else ""
    tokens = "nextPageToken,nextSyncToken" if target.resource.synced else "nextPageToken"
    return f"kind,{tokens},items{inner}"


def _quota_user(target: Target) -> _Params:
    """Without it, delegation charges every call to the service account: 600 a minute for all users together.

    At most 40 characters; a hash, so that no address stands in a URL.
    https://developers.google.com/workspace/calendar/api/guides/quota
    """
    return {"quotaUser": hashlib.sha256(target.subject.encode()).hexdigest()[:40]} if target.subject else {}


def _opening(answer: object, channel: Channel, token: str) -> Opening:
    """Google may leave out what it likes, but for the ids; what it says must fit what it was asked."""
    given = answer if isinstance(answer, dict) else {}
    resource_id, resource_uri = given.get("resourceId"), given.get("resourceUri", "")
    fits = (
        given.get("kind", "api#channel") == "api#channel"
        and given.get("id") == channel.id
        and given.get("token", token) == token
        and isinstance(resource_id, str)
        and isinstance(resource_uri, str)
    )
    if not fits or not resource_id:
        raise _contradiction("its ids")
    return Opening(resource_id, resource_uri, _expiration(given))


def _expiration(given: Mapping[str, Any]) -> datetime | None:
    """Milliseconds since 1970: a string by the discovery document, a number in the guide; may be missing."""
    if "expiration" not in given:
        return None
    try:
        return _EPOCH + timedelta(milliseconds=int(given["expiration"]))
    except (ValueError, TypeError, OverflowError):
        raise _contradiction("its expiration") from None


def _contradiction(what: str) -> TryLaterError:
    error = TryLaterError(f"Google's answer to watch is not understood: {what}", may_have_happened=True)
    return error.with_answer(200, "notUnderstood").during("watch")


def _page(answer: object, resource: Resource) -> Page:
    """Take no foreign body for an empty collection: where there are no items, at least the kind must be Google's."""
    given = answer if isinstance(answer, dict) else {}
    genuine = "items" in given or str(given.get("kind")).startswith("calendar#")
    items, tokens = given.get("items", []), [given.get("nextPageToken", ""), given.get("nextSyncToken", "")]
    well_formed = isinstance(items, list) and all(isinstance(token, str) for token in tokens)
    if not genuine or not well_formed:
        raise TryLaterError("Google's answer is not a listing").with_answer(200, "notUnderstood").during("list")
    digestible = [item for item in items if _is_item(item)]
    _tell_left_out(len(items) - len(digestible), resource)
    return Page([_content(item, resource) for item in digestible], *tokens)


def _tell_left_out(count: int, resource: Resource) -> None:
    """One item that nobody can make sense of must not block those behind it."""
    if count:
        log.event("leftOut", f"{count} items without an id", severity="WARNING", resource=resource.name, count=count)


def _is_item(value: object) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict) and isinstance(value.get("id"), str)


def _content(item: Mapping[str, Any], resource: Resource) -> Item:
    """Without `kind`, and without the etag, unless it is kept to tell versions apart."""
    return {
        name: value
        for name, value in item.items()
        if name != "kind" and (name != "etag" or name in resource.fingerprint)
    }
