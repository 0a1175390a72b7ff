"""What is on this machine, as if it were far away: all that is sent comes half a round trip later, each way.

A process of its own, so that it waits for nobody.
"""

import asyncio
import subprocess
import sys
from asyncio import Queue, StreamReader, StreamWriter
from collections.abc import Iterator
from contextlib import contextmanager

_MOST = 65_536


@contextmanager
def distant(host: str, round_trip: float) -> Iterator[str]:
    """Where it can be reached; `round_trip` in seconds."""
    command = [sys.executable, "-m", __name__, *host.split(":"), str(round_trip / 2)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 (our own)
        assert process.stdout
        try:
            yield f"127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.kill()


class _Way:
    """One direction of a connection."""

    def __init__(self, reader: StreamReader, writer: StreamWriter, seconds: float):
        self._reader, self._writer, self._seconds = reader, writer, seconds
        self._sent: Queue[tuple[float, bytes]] = Queue()

    async def carry(self) -> None:
        await asyncio.gather(self._take(), self._deliver())

    async def _take(self) -> None:
        """Whoever hangs up, or is cut off: the other side hears of it."""
        try:
            while data := await self._reader.read(_MOST):
                self._send(data)
        finally:
            self._send(b"")

    def _send(self, data: bytes) -> None:
        self._sent.put_nowait((asyncio.get_running_loop().time() + self._seconds, data))

    async def _deliver(self) -> None:
        while True:
            when, data = await self._sent.get()
            await asyncio.sleep(max(0.0, when - asyncio.get_running_loop().time()))
            if not data:
                self._writer.close()
                return
            self._writer.write(data)


async def _serve(host: str, port: int, seconds: float) -> None:
    async def connected(reader: StreamReader, writer: StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection(host, port)
        ways = _Way(reader, there_writer, seconds), _Way(there_reader, writer, seconds)
        await asyncio.gather(*(each.carry() for each in ways), return_exceptions=True)

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1], int(sys.argv[2]), float(sys.argv[3])))
