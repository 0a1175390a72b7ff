"""Ports that nobody listens on."""

import random
import socket
from collections.abc import Iterator

from .process import LOOPBACK


def free_ports() -> Iterator[int]:
    """Below those that outgoing connections take: whatever is started again finds its own still free."""
    return filter(_is_free, random.sample(range(20_000, 30_000), 10_000))


def _is_free(port: int) -> bool:
    try:
        socket.create_server((LOOPBACK, port)).close()
    except OSError:
        return False
    return True
