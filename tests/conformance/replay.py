"""Recorded answers, given to our own client: what it makes of them."""

from datetime import UTC, datetime
from urllib.parse import unquote

import requests

from calendar_watch.calendar_api.allow_list import AllowList
from calendar_watch.calendar_api.api import CalendarApi
from calendar_watch.calendar_api.breakers import Breakers
from calendar_watch.calendar_api.calls import GoogleCalls
from calendar_watch.calendar_api.rate_limiter import RateLimiter
from calendar_watch.errors import GoogleError
from calendar_watch.google_http import Tries
from calendar_watch.model.channel import Channel, Opening
from calendar_watch.model.listing import Page
from calendar_watch.model.resources import RESOURCES, Item
from calendar_watch.model.target import Target
from tests.conformance.exchange import Exchange
from tests.doubles.scripted_http import Reply, ScriptedHttp

_NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
_ROOT = "https://www.googleapis.com/calendar/v3"


Made = Page | Opening | Item | GoogleError
"""What our client makes of an answer."""


def replayed(exchange: Exchange) -> Made | None:
    """Return what our client makes of it; None where it never asks the like."""
    match exchange.asked.method, exchange.asked.path.split("/"):
        case "GET", ["calendars", calendar_id, "acl" | "events" as name]:
            return _page(exchange, Target(RESOURCES[name], unquote(calendar_id)))
        case "GET", ["calendars", calendar_id, "events", event_id]:
            return _item(exchange, Target(RESOURCES["events"], unquote(calendar_id)), unquote(event_id))
        case "GET", ["users", "me", "calendarList" | "settings" as name]:
            return _page(exchange, Target(RESOURCES[name]))
        case "POST", ["calendars", calendar_id, "acl" | "events" as name, "watch"]:
            return _opening(exchange, Target(RESOURCES[name], unquote(calendar_id)))
        case "POST", ["users", "me", "calendarList" | "settings" as name, "watch"]:
            return _opening(exchange, Target(RESOURCES[name]))
        case _:
            return None


def _page(exchange: Exchange, target: Target) -> Page | GoogleError:
    query = exchange.asked.query
    try:
        return _api(exchange).page(target, query.get("syncToken", ""), query.get("pageToken", ""))
    except GoogleError as error:
        return error


def _item(exchange: Exchange, target: Target, item_id: str) -> Item | GoogleError:
    try:
        return _api(exchange).get(target, item_id)
    except GoogleError as error:
        return error


def _opening(exchange: Exchange, target: Target) -> Opening | GoogleError:
    body = exchange.asked.body or {}
    channel = Channel(body["id"], 1, _NOW, address=body.get("address", ""))
    try:
        return _api(exchange).watch(target, channel, body.get("token", ""), 3_600)
    except GoogleError as error:
        return error


def _api(exchange: Exchange) -> CalendarApi:
    session = requests.Session()
    reply = exchange.reply
    session.mount("https://", ScriptedHttp(lambda _: Reply(reply.status, reply.body, reply.headers)))
    return CalendarApi(
        GoogleCalls(
            _ROOT,
            lambda _subject, _scope: session,
            AllowList(frozenset(RESOURCES), frozenset()),
            RateLimiter(60_000, lambda: 0.0, lambda _: None),
            Breakers(),
            Tries(20, (), lambda: 0.0, lambda _: None, lambda: 0.0),
            now=lambda: _NOW,
        )
    )
