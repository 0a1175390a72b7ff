"""Three Cloud Functions that follow Google calendars.

    watches         operators say which collections to watch, and read what changed
    notifications   Google Calendar says that something changed: it is made durable, and nothing else
    renew           Cloud Scheduler has every watch attended to that is due: channels renewed, collections read

A channel cannot be extended, only replaced, and tells that something changed, never what. Firestore remembers.
"""

import functools
import os
import random
import secrets
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import functions_framework
from flask import Request

from calendar_watch import log, web
from calendar_watch.attendant import attend
from calendar_watch.body import Rules, read_bodies, read_body
from calendar_watch.config import IntakeSettings, Settings
from calendar_watch.errors import InvalidRequestError, UnknownWatchError
from calendar_watch.hold import Surroundings
from calendar_watch.intake import Intake
from calendar_watch.ports import Calendar, NewsStore, Outlet, Store
from calendar_watch.registry import Outcome, Registry
from calendar_watch.sweep import Sweep
from calendar_watch.tokens import Tokens
from calendar_watch.view import watch_view
from calendar_watch.watch import State, Watch

log.configure("INFO")  # until the settings say otherwise, or turn out to be wrong

_STATUS = {Outcome.CREATED: 201, Outcome.RESUMED: 200, Outcome.EXISTS: 200, Outcome.UNDER_WAY: 202}
_CALLS_TO_OPEN = (
    4  # to Google, for each watch in its first minute: watch, and list for it, for its first message, again
)
_ITEMS_A_PAGE = 1000
_INTAKE_SECONDS = 6.0
_WAKEUP_SECONDS = 2.0
_FIRST_LETTERS = "234567abcdefghijklmnopqrstuvwxyz"


@functions_framework.http
@web.answers
def watches(request: Request) -> web.Answer:
    """Ask for a collection to be watched, show and list watches, read what they hold and what changed, end them."""
    with log.trace(request.headers, _settings().google_cloud_project):
        match web.path_of(request):
            case ():
                web.only(request, "POST", "GET")
                return _open(request) if request.method == "POST" else _list(request)
            case ("batch",):
                web.only(request, "POST")
                return _batch(request)
            case (name,):
                web.only(request, "GET", "DELETE")
                return _end(name) if request.method == "DELETE" else _show(name)
            case (name, "items"):
                web.only(request, "GET")
                return _items(request, name)
            case (name, "changes"):
                web.only(request, "GET")
                return _changes(request, name)
        raise web.nowhere(request)


@functions_framework.http
@web.answers
def notifications(request: Request) -> web.Answer:
    """Google's messages. Public: what is not signed by us costs one HMAC and is gone."""
    settings = _intake_settings()
    with log.trace(request.headers, settings.google_cloud_project):
        web.only(request, "POST")
        _intake().take(request.headers)
        return None, 204


@functions_framework.http
@web.answers
def renew(request: Request) -> web.Answer:
    """`POST /`: attend to every watch that is due. `POST /wakeups`: to the one that a message names."""
    with log.trace(request.headers, _settings().google_cloud_project):
        match web.path_of(request):
            case ():
                web.only(request, "POST")
                return _sweep(), 200
            case ("wakeups",):
                web.only(request, "POST")
                return _wake(web.wakeup_of(request))
        raise web.nowhere(request)


def _open(request: Request) -> web.Answer:
    outcome, watch = _registry().open(*read_body(web.json_of(request), _rules()))
    return _view(watch), _STATUS[outcome]


def _batch(request: Request) -> web.Answer:
    """Each is written down now, and opened by `renew` in its turn."""
    asked = read_bodies(web.batch_of(request), _rules())
    between = _CALLS_TO_OPEN * timedelta(minutes=1) / _settings().calendar_calls_per_minute
    entered = iter(_registry().enrol([each for each in asked if isinstance(each, tuple)], between))
    return {
        "results": [_result(each if isinstance(each, InvalidRequestError) else next(entered)) for each in asked]
    }, 200


def _result(entered: tuple[Outcome, Watch] | InvalidRequestError) -> dict[str, Any]:
    if isinstance(entered, InvalidRequestError):
        problem = web.problem_of(entered)
        return {"status": problem["status"], "problem": problem}
    outcome, watch = entered
    return {"status": _STATUS[outcome], "watch": _view(watch)}


def _rules() -> Rules:
    settings = _settings()
    return Rules(settings.resources, settings.auth_mode, settings.subject_domains)


def _list(request: Request) -> web.Answer:
    wanted, state = web.filter_of(request)
    limit = web.number_of(request, "pageSize", default=100, low=1, high=500)
    page = _registry().page(wanted, state, web.page_token_of(request), limit)
    return _paged({"watches": [_view(watch) for watch in page.watches]}, page.next_token), 200


def _show(name: str) -> web.Answer:
    return _view(_registry().show(web.watch_id_of(name))), 200


def _end(name: str) -> web.Answer:
    watch = _registry().end(web.watch_id_of(name))
    return _view(watch), 200 if watch.state(_now()) is State.STOPPED else 202


def _items(request: Request, name: str) -> web.Answer:
    page = _registry().items(web.watch_id_of(name), web.item_token_of(request), _ITEMS_A_PAGE)
    return _paged({"items": page.items, "sequence": page.sequence}, page.next_token), 200


def _changes(request: Request, name: str) -> web.Answer:
    after = web.number_of(request, "after", default=0, low=0, high=10**17)
    limit = web.number_of(request, "pageSize", default=100, low=1, high=500)
    entries = _registry().changes(web.watch_id_of(name), after, limit)
    return {"changes": entries, "nextAfter": int(entries[-1]["sequence"]) if entries else after}, 200


def _paged(content: dict[str, Any], next_token: str | None) -> dict[str, Any]:
    return {**content, "nextPageToken": next_token} if next_token else content


def _view(watch: Watch) -> dict[str, Any]:
    return watch_view(watch, _now(), _settings().policy)


def _sweep() -> dict[str, Any]:
    settings = _settings()
    sweep = Sweep(_surroundings(), threads=settings.sweep_threads, seconds=settings.sweep_seconds)
    return asdict(sweep.run(start=secrets.choice(_FIRST_LETTERS)))


def _wake(watch_id: str) -> web.Answer:
    with suppress(UnknownWatchError):
        attend(_surroundings(), watch_id, pause=time.sleep)
    return None, 204


def _now() -> datetime:
    return datetime.now(UTC)


# The parts, put together once for each instance, on the first request that needs them: nothing is built at import,
# because gunicorn imports this file before it forks, and gRPC does not survive that. What `notifications` can do
# without (Firestore until a token has proved genuine, and everything that calls Google) is imported only there.

_Part = TypeVar("_Part")


def _once(build: Callable[[], _Part]) -> Callable[[], _Part]:
    lock, built = threading.Lock(), functools.cache(build)

    @functools.wraps(build)
    def part() -> _Part:
        with lock:
            return built()

    return part


@_once
def _settings() -> Settings:
    settings = Settings.from_environ(os.environ)
    log.configure(settings.log_level)
    return settings


@_once
def _intake_settings() -> IntakeSettings:
    settings = IntakeSettings.from_environ(os.environ)
    log.configure(settings.log_level)
    return settings


@_once
def _intake() -> Intake:
    tokens = Tokens(_intake_settings().channel_token_keys)
    return Intake(tokens, _news_store, _wake_renew, _now)


def _wake_renew(watch_id: str) -> None:
    _waker()(watch_id)


@_once
def _waker() -> Callable[[str], None]:
    """What calls `renew` at once; without a topic for that, it comes within a minute."""
    from calendar_watch import pubsub  # noqa: PLC0415 (see above)

    settings = _intake_settings()
    if not settings.wakeup_topic:
        return lambda _watch_id: None
    line = pubsub.connect(settings.pubsub_emulator_host, timeout=_WAKEUP_SECONDS)
    return pubsub.WakeupTopic(line, settings.wakeup_topic).wake


@_once
def _news_store() -> NewsStore:
    from calendar_watch import firestore  # noqa: PLC0415 (see above)

    settings = _intake_settings()
    client = firestore.connect(settings.google_cloud_project, settings.firestore_database)
    return firestore.FirestoreNews(client, timeout=_INTAKE_SECONDS)


@_once
def _registry() -> Registry:
    return Registry(_surroundings(), pause=time.sleep)


@_once
def _surroundings() -> Surroundings:
    settings = _settings()
    return Surroundings(
        store=_store(settings),
        calendar=_calendar(settings),
        outlet=_outlet(settings),
        tokens=Tokens(settings.channel_token_keys),
        policy=settings.policy,
        clock=_now,
        new_id=lambda: str(uuid.uuid4()),
        jitter=random.random,
    )


def _store(settings: Settings) -> Store:
    from calendar_watch import firestore  # noqa: PLC0415 (see above)

    client = firestore.connect(settings.google_cloud_project, settings.firestore_database)
    return firestore.FirestoreStore(client, timeout=settings.call_seconds, retention=settings.policy.retention)


def _outlet(settings: Settings) -> Outlet:
    from calendar_watch import pubsub  # noqa: PLC0415 (see above)

    line = pubsub.connect(settings.pubsub_emulator_host, timeout=settings.call_seconds)
    return pubsub.ChangesTopic(line, settings.changes_topic)


def _calendar(settings: Settings) -> Calendar:
    from calendar_watch.allowance import Allowance  # noqa: PLC0415 (see above)
    from calendar_watch.calendar_api import CalendarApi  # noqa: PLC0415 (see above)
    from calendar_watch.credentials import sessions  # noqa: PLC0415 (see above)
    from calendar_watch.google_calls import GoogleCalls  # noqa: PLC0415 (see above)
    from calendar_watch.pace import Pace  # noqa: PLC0415 (see above)

    return CalendarApi(
        GoogleCalls(
            root=settings.calendar_api_root,
            sessions=sessions(settings.auth_mode, settings.calendar_service_account, settings.token_service_url),
            allowance=Allowance(settings.resources, settings.subject_domains),
            pace=Pace(settings.calendar_calls_per_minute),
            timeout=settings.call_seconds,
        )
    )
