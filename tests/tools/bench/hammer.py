"""A client in a process of its own: `python -m tests.tools.bench.hammer PORT SECONDS THREADS` prints requests answered.

Sockets are kept alive and requests written by hand, so that it costs as little as possible of the CPU that it shares.
"""

import re
import socket
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from tests.tools.bench.loaded import FORGED

_LENGTH = re.compile(rb"content-length: ([0-9]+)", re.IGNORECASE)
_HEAD = "".join(f"{name}: {value}\r\n" for name, value in FORGED.items())
_REQUEST = f"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n{_HEAD}\r\n".encode()


def _answered(connection: socket.socket) -> bool:
    """Whether the whole answer came, and the server goes on listening."""
    connection.sendall(_REQUEST)
    got = b""
    while b"\r\n\r\n" not in got:
        got += (more := connection.recv(65536))
        if not more:
            return False
    head, _, body = got.partition(b"\r\n\r\n")
    length = _LENGTH.search(head)
    left = (int(length[1]) if length else 0) - len(body)
    while left > 0:
        left -= len(connection.recv(65536))
    return b"connection: close" not in head.lower()


def _hammer(port: int, until: float) -> int:
    answered = 0
    while time.monotonic() < until:
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            alive = True
            while alive and time.monotonic() < until:
                alive = _answered(connection)
                answered += 1
    return answered


def main(port: int, seconds: float, threads: int) -> None:
    until = time.monotonic() + seconds
    with ThreadPoolExecutor(threads) as pool:
        counts = pool.map(lambda _: _hammer(port, until), range(threads))
    print(sum(counts))  # noqa: T201


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]))
