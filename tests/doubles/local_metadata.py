"""Google's metadata server, as far as an ID token needs it; ours is signed by nobody, and nobody checks it.

https://cloud.google.com/run/docs/authenticating/service-to-service
"""

import argparse
import base64
import json
import signal
import time
from threading import Event

from tests.support.loopback import Handler, Listener

_HOUR = 3_600


class _Handler(Handler):
    def do_GET(self) -> None:  # noqa: N802 - http.server looks for this name
        if self.path.partition("?")[0].endswith("/identity"):
            self._write("application/text", _id_token())
        else:
            self._write("application/json", json.dumps({"email": "nobody@dev.iam.gserviceaccount.com"}).encode())

    def _write(self, kind: str, told: bytes) -> None:
        self.send_response(200)
        for name, value in (("Metadata-Flavor", "Google"), ("content-type", kind), ("content-length", str(len(told)))):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(told)


class _Listener(Listener):
    def deliver(self) -> None:
        """There is nothing to deliver."""


def _id_token() -> bytes:
    now = int(time.time())
    parts = ({"alg": "none"}, {"sub": "nobody", "iat": now, "exp": now + _HOUR})
    return b".".join([*(base64.urlsafe_b64encode(json.dumps(each).encode()) for each in parts), b""])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.doubles.local_metadata", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    told = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    with _Listener(("127.0.0.1", parser.parse_args().port), _Handler).running():
        told.wait()


if __name__ == "__main__":
    main()
