"""Everything on loopback, in real processes, as in production: for system tests, the demo, benchmarks and play.

with Stack({"SETTLE_SECONDS": "1"}) as stack:
    watch = stack.api.open(resource="acl", calendarId="alice@example.com")
    stack.google.person("alice@example.com").share("primary", "bob@example.com", "reader")
    stack.pubsub.events()
    stack.api.changes(watch["id"])
    stack.renew.kill()
"""

from tests.support.loopback import free_ports

from .function import Function
from .google import Google, Person
from .process import Process, ProcessError
from .pubsub import WHOSE, Event, PubSub, best_pubsub, event_of
from .repeated import Repeated
from .rest import RefusedError, call
from .stack import Stack
from .ticker import Ticker
from .waiting import until
from .watches_api import WatchesApi

__all__ = [
    "WHOSE",
    "Event",
    "Function",
    "Google",
    "Person",
    "Process",
    "ProcessError",
    "PubSub",
    "RefusedError",
    "Repeated",
    "Stack",
    "Ticker",
    "WatchesApi",
    "best_pubsub",
    "call",
    "event_of",
    "free_ports",
    "until",
]
