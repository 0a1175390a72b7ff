"""The composition root: what the environment says becomes the parts that the entry points use.

Nothing is built at import, because gunicorn imports `main` before it forks, and gRPC does not survive that. What
`notifications` can do without (Firestore until a token has proved genuine, and everything that calls Google) is
imported only where it is used.
"""

import atexit
import random
import threading
import time
import uuid
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any, Generic, TypeVar

from calendar_watch import __version__, log
from calendar_watch.config.settings import ReceiverSettings, Settings
from calendar_watch.model.channel_token import ChannelTokens
from calendar_watch.model.check import DATABASE_HEADER, VERSION_HEADER, Deployed
from calendar_watch.model.policy import Policy
from calendar_watch.model.resources import RESOURCES
from calendar_watch.operations.checks import Checks
from calendar_watch.operations.query import Query
from calendar_watch.operations.receive import Receiver
from calendar_watch.operations.register import Registry
from calendar_watch.operations.slots import Slots
from calendar_watch.operations.sweep import HandOver, Sweep
from calendar_watch.operations.workers import Workers
from calendar_watch.ports import Calendar, NotificationStore, Probes, Services, Store
from calendar_watch.termination import terminating

_RECEIVE_SECONDS = 6.0
_WAKEUP_SECONDS = 2.0
_ASIDE = 64
"""Threads for what goes on beside a claim, a page and a part each: whoever finds none free waits."""
_CHECK_SECONDS = 9.0
"""Less than a check may take, so that it can say what came of it."""

_Part = TypeVar("_Part")


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Runtime:
    """Time and chance, and when it ends. Tests that run in virtual time have their own."""

    now: Callable[[], datetime] = utc_now
    seconds: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    new_id: Callable[[], str] = lambda: str(uuid.uuid4())
    jitter: Callable[[], float] = random.random
    terminating: Callable[[], bool] = terminating
    aside: Executor = field(default_factory=lambda: ThreadPoolExecutor(_ASIDE, thread_name_prefix="aside"))


@dataclass(frozen=True, slots=True)
class Edges:
    """Where our own code ends. Tests that have no network put a simulation there."""

    store: Store
    calendar: Callable[[str | None, str], Any]
    """Subject and scope -> a session that reaches Google Calendar."""
    pubsub: Callable[[Any], Any]
    """Tries -> what publishes."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What the settings say to those who work."""

    policy: Policy
    tokens: ChannelTokens
    calendar_api_root: str
    resources: Collection[str]
    subject_domains: Collection[str]
    changes_topic: str
    call_seconds: float
    """What one call may take altogether."""


def build(setup: Setup, edges: Edges, runtime: Runtime) -> Services:
    """The one place where a worker's services are put together: in production, in virtual time and under chaos."""
    from calendar_watch import pubsub  # noqa: PLC0415 (see above)
    from calendar_watch.google_http import Tries  # noqa: PLC0415 (see above)

    tries = Tries(setup.call_seconds, pubsub.WAITS, runtime.seconds, runtime.sleep, runtime.jitter)
    return Services(
        store=edges.store,
        calendar=_calendar(setup, edges.calendar, runtime),
        publisher=pubsub.ChangesTopic(edges.pubsub(tries), setup.changes_topic),
        tokens=setup.tokens,
        policy=setup.policy,
        clock=runtime.now,
        new_id=runtime.new_id,
        jitter=runtime.jitter,
        aside=runtime.aside,
        terminating=runtime.terminating,
    )


def _calendar(setup: Setup, sessions: Callable[[str | None, str], Any], runtime: Runtime) -> Calendar:
    from calendar_watch.calendar_api.allow_list import AllowList  # noqa: PLC0415 (see above)
    from calendar_watch.calendar_api.api import CalendarApi  # noqa: PLC0415 (see above)
    from calendar_watch.calendar_api.breakers import Breakers  # noqa: PLC0415 (see above)
    from calendar_watch.calendar_api.calls import WAITS, GoogleCalls  # noqa: PLC0415 (see above)
    from calendar_watch.calendar_api.rate_limiter import RateLimiter  # noqa: PLC0415 (see above)
    from calendar_watch.google_http import Tries  # noqa: PLC0415 (see above)

    return CalendarApi(
        GoogleCalls(
            root=setup.calendar_api_root,
            sessions=sessions,
            allow_list=AllowList(setup.resources, setup.subject_domains),
            rate_limiter=RateLimiter(setup.policy.calls_per_minute, runtime.seconds, runtime.sleep),
            breakers=Breakers(runtime.seconds, runtime.jitter),
            tries=Tries(setup.call_seconds, WAITS, runtime.seconds, runtime.sleep, runtime.jitter),
            now=runtime.now,
        )
    )


class _Once(Generic[_Part]):
    """A part that is built for the first request that needs it, and kept for all others."""

    def __init__(self, build: Callable[[Any], _Part]):
        self._build = build

    def __get__(self, wiring: "Wiring", _owner: type) -> _Part:
        with wiring.lock:
            if self not in wiring.built:
                wiring.built[self] = self._build(wiring)
            part: _Part = wiring.built[self]
        return part


class Wiring:
    """All parts of one instance. Asking for one raises InvalidSettingsError when the environment is wrong."""

    def __init__(self, environ: Mapping[str, str]):
        self._environ = environ
        self.lock = threading.RLock()
        self.built: dict[object, Any] = {}

    @_Once
    def settings(self) -> Settings:
        settings = Settings.from_environ(self._environ)
        _begin_log(settings.log_level)
        return settings

    @_Once
    def receiver_settings(self) -> ReceiverSettings:
        settings = ReceiverSettings.from_environ(self._environ)
        _begin_log(settings.log_level)
        return settings

    @_Once
    def registry(self) -> Registry:
        return Registry(self.services, pause=time.sleep)

    @_Once
    def query(self) -> Query:
        return Query(self.services)

    def sweep(self) -> Sweep:
        """One run, of which the time is counted from now on."""
        return Sweep(self.services, self._workers, seconds=self.settings.sweep_seconds)

    @_Once
    def _workers(self) -> Workers:
        return Workers(self.services, ThreadPoolExecutor(self.settings.sweep_threads, thread_name_prefix="sweep"))

    @_Once
    def hand_over(self) -> HandOver | None:
        """None: without a topic for that, later sweeps go on."""
        from calendar_watch import pubsub  # noqa: PLC0415 (see above)
        from calendar_watch.google_http import Tries  # noqa: PLC0415 (see above)

        settings = self.settings
        if not settings.handover_topic:
            return None
        client = pubsub.connect(settings.pubsub_emulator_host, Tries(settings.call_seconds, pubsub.WAITS))
        return pubsub.HandoverTopic(client, settings.handover_topic).hand_over

    @_Once
    def wakeup_slots(self) -> Slots:
        return Slots(self.settings.wakeup_slots)

    @_Once
    def receiver(self) -> Receiver:
        tokens = ChannelTokens(self.receiver_settings.channel_token_keys)
        receiver = Receiver(tokens, lambda: self._notification_store, self._wake_up, utc_now)
        atexit.register(receiver.end)  # the platform gives an instance ten seconds after SIGTERM
        return receiver

    def _wake_up(self, watch_id: str) -> None:
        self._wake(watch_id)

    @_Once
    def _wake(self) -> Callable[[str], None]:
        """What calls `renew` at once; without a topic for that, it comes within a minute."""
        from calendar_watch import pubsub  # noqa: PLC0415 (see above)
        from calendar_watch.google_http import Tries  # noqa: PLC0415 (see above)

        settings = self.receiver_settings
        if not settings.wakeup_topic:
            return lambda _watch_id: None
        client = pubsub.connect(settings.pubsub_emulator_host, Tries(_WAKEUP_SECONDS, pubsub.WAITS))
        return pubsub.WakeupTopic(client, settings.wakeup_topic).wake

    @_Once
    def _notification_store(self) -> NotificationStore:
        from calendar_watch.firestore import client, notifications  # noqa: PLC0415 (see above)

        settings = self.receiver_settings
        database = client.connect(settings.google_cloud_project, settings.firestore_database)
        return notifications.FirestoreNotifications(database, timeout=_RECEIVE_SECONDS)

    @_Once
    def services(self) -> Services:
        return build(_setup(self.settings, self.settings.call_seconds), _edges(self.settings), Runtime())

    @_Once
    def checks(self) -> Checks:
        settings = self.settings
        deployed = Deployed(
            version=__version__,
            database=settings.database_path,
            auth_mode=settings.auth_mode,
            resources=[each for each in RESOURCES.values() if each.name in settings.resources],
            changes_topic=settings.changes_topic,
        )
        return Checks(self.services, _probes(settings), deployed, pause=time.sleep)

    @_Once
    def told_to_whoever_could_sign(self) -> Mapping[str, str]:
        """By `notifications`, so that `checks` can see which one has answered."""
        return {VERSION_HEADER: __version__, DATABASE_HEADER: self.receiver_settings.database_path}


def _begin_log(level: str) -> None:
    """An instance tells once which version it is, with its first request."""
    log.configure(level)
    log.event("instance", f"Calendar Watch {__version__}", version=__version__)


def _setup(settings: Settings, call_seconds: float) -> Setup:
    return Setup(
        policy=settings.policy,
        tokens=ChannelTokens(settings.channel_token_keys),
        calendar_api_root=settings.calendar_api_root,
        resources=settings.resources,
        subject_domains=settings.subject_domains,
        changes_topic=settings.changes_topic,
        call_seconds=call_seconds,
    )


def _probes(settings: Settings) -> Probes:
    from calendar_watch import google_http, public_path, pubsub  # noqa: PLC0415 (see above)
    from calendar_watch.calendar_api import clock, credentials  # noqa: PLC0415 (see above)

    def calendar() -> Calendar:
        mode = settings.auth_mode, settings.calendar_service_account, settings.token_service_url
        return _calendar(_setup(settings, _CHECK_SECONDS), credentials.sessions(*mode), Runtime())

    topic = pubsub.connect(settings.pubsub_emulator_host, google_http.Tries(_CHECK_SECONDS, pubsub.WAITS))
    unknown = google_http.anonymous(google_http.pool())
    return Probes(
        calendar=calendar,
        may_publish=partial(topic.may_publish, settings.changes_topic),
        google_time=partial(clock.google_time, unknown, settings.calendar_api_root),
        notify=partial(public_path.notify, unknown, settings.notification_url),
    )


def _edges(settings: Settings) -> Edges:
    from calendar_watch import pubsub  # noqa: PLC0415 (see above)
    from calendar_watch.calendar_api.credentials import sessions  # noqa: PLC0415 (see above)
    from calendar_watch.firestore import client, store  # noqa: PLC0415 (see above)

    database = client.connect(settings.google_cloud_project, settings.firestore_database)
    return Edges(
        store=store.FirestoreStore(database, timeout=settings.call_seconds, retention=settings.policy.retention),
        calendar=sessions(settings.auth_mode, settings.calendar_service_account, settings.token_service_url),
        pubsub=lambda tries: pubsub.connect(settings.pubsub_emulator_host, tries),
    )
