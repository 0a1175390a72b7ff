"""Loopback ports for our stand-ins for Google's services, and what serves them."""

import random
import socket
from collections.abc import Iterator

from tests.doubles.calendar_simulator.loopback import TICK_SECONDS, Handler, Listener, post

__all__ = ["TICK_SECONDS", "Handler", "Listener", "free_ports", "post"]

_BELOW = 10_000
_GUARDS: list[socket.socket] = []


def free_ports() -> Iterator[int]:
    """Ours until this process ends, also while what listens there is started again.

    They lie below those that outgoing connections take, and whoever else runs tests on this machine asks for the guard
    of a port before its own.
    """
    return filter(_is_ours, random.sample(range(20_000, 30_000), 10_000))


def _is_ours(port: int) -> bool:
    try:
        socket.create_server(("127.0.0.1", port)).close()
        _GUARDS.append(socket.create_server(("127.0.0.1", port - _BELOW)))
    except OSError:
        return False
    return True
