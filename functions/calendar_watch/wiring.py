"""The composition root: what the environment says becomes the parts that the entry points use.

Nothing is built at import, because gunicorn imports `main` before it forks, and gRPC does not survive that. What
`notifications` can do without (Firestore until a token has proved genuine, and everything that calls Google) is
imported only where it is used.
"""

import random
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from calendar_watch import __version__, log
from calendar_watch.config.settings import ReceiverSettings, Settings
from calendar_watch.model.channel_token import ChannelTokens
from calendar_watch.operations.query import Query
from calendar_watch.operations.receive import Receiver
from calendar_watch.operations.register import Registry
from calendar_watch.operations.sweep import Sweep
from calendar_watch.ports import Calendar, NotificationStore, Publisher, Services, Store

_INTAKE_SECONDS = 6.0
_WAKEUP_SECONDS = 2.0

_Part = TypeVar("_Part")


def utc_now() -> datetime:
    return datetime.now(UTC)


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
        return Sweep(self.services, threads=self.settings.sweep_threads, seconds=self.settings.sweep_seconds)

    @_Once
    def receiver(self) -> Receiver:
        tokens = ChannelTokens(self.receiver_settings.channel_token_keys)
        return Receiver(tokens, lambda: self._notification_store, self._wake_up, utc_now)

    def _wake_up(self, watch_id: str) -> None:
        self._wake(watch_id)

    @_Once
    def _wake(self) -> Callable[[str], None]:
        """What calls `renew` at once; without a topic for that, it comes within a minute."""
        from calendar_watch import pubsub  # noqa: PLC0415 (see above)

        settings = self.receiver_settings
        if not settings.wakeup_topic:
            return lambda _watch_id: None
        client = pubsub.connect(settings.pubsub_emulator_host, timeout=_WAKEUP_SECONDS)
        return pubsub.WakeupTopic(client, settings.wakeup_topic).wake

    @_Once
    def _notification_store(self) -> NotificationStore:
        from calendar_watch.firestore import client, notifications  # noqa: PLC0415 (see above)

        settings = self.receiver_settings
        database = client.connect(settings.google_cloud_project, settings.firestore_database)
        return notifications.FirestoreNotifications(database, timeout=_INTAKE_SECONDS)

    @_Once
    def services(self) -> Services:
        settings = self.settings
        return Services(
            store=_store(settings),
            calendar=_calendar(settings),
            publisher=_publisher(settings),
            tokens=ChannelTokens(settings.channel_token_keys),
            policy=settings.policy,
            clock=utc_now,
            new_id=lambda: str(uuid.uuid4()),
            jitter=random.random,
        )


def _begin_log(level: str) -> None:
    """An instance tells once which version it is, with its first request."""
    log.configure(level)
    log.event("instance", f"Calendar Watch {__version__}", version=__version__)


def _store(settings: Settings) -> Store:
    from calendar_watch.firestore import client, store  # noqa: PLC0415 (see above)

    database = client.connect(settings.google_cloud_project, settings.firestore_database)
    return store.FirestoreStore(database, timeout=settings.call_seconds, retention=settings.policy.retention)


def _publisher(settings: Settings) -> Publisher:
    from calendar_watch import pubsub  # noqa: PLC0415 (see above)

    client = pubsub.connect(settings.pubsub_emulator_host, timeout=settings.call_seconds)
    return pubsub.ChangesTopic(client, settings.changes_topic)


def _calendar(settings: Settings) -> Calendar:
    from calendar_watch.calendar_api.allow_list import AllowList  # noqa: PLC0415 (see above)
    from calendar_watch.calendar_api.api import CalendarApi  # noqa: PLC0415 (see above)
    from calendar_watch.calendar_api.calls import WAITS, GoogleCalls  # noqa: PLC0415 (see above)
    from calendar_watch.calendar_api.credentials import sessions  # noqa: PLC0415 (see above)
    from calendar_watch.calendar_api.rate_limiter import RateLimiter  # noqa: PLC0415 (see above)
    from calendar_watch.google_http import Tries  # noqa: PLC0415 (see above)

    return CalendarApi(
        GoogleCalls(
            root=settings.calendar_api_root,
            sessions=sessions(settings.auth_mode, settings.calendar_service_account, settings.token_service_url),
            allow_list=AllowList(settings.resources, settings.subject_domains),
            rate_limiter=RateLimiter(settings.calendar_calls_per_minute),
            tries=Tries(settings.call_seconds, WAITS),
        )
    )
