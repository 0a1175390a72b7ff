"""Pub/Sub in memory: `with serve() as server:` and PUBSUB_EMULATOR_HOST=server.host, or no socket: PubSubAdapter."""

from tests.doubles.local_pubsub.adapter import PubSubAdapter
from tests.doubles.local_pubsub.errors import PubSubError
from tests.doubles.local_pubsub.faults import Faults
from tests.doubles.local_pubsub.message import Message
from tests.doubles.local_pubsub.pubsub import LocalPubSub
from tests.doubles.local_pubsub.server import Server, serve
from tests.doubles.local_pubsub.subscription import Received
from tests.doubles.local_pubsub.transport import Delivery, Transport, post_over_http

__all__ = [
    "Delivery",
    "Faults",
    "LocalPubSub",
    "Message",
    "PubSubAdapter",
    "PubSubError",
    "Received",
    "Server",
    "Transport",
    "post_over_http",
    "serve",
]
