"""Serve until told to stop; the address is printed as one line of JSON."""

import argparse
import json
import signal
import sys
from threading import Event

from tests.doubles.local_firestore.server import serve


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.doubles.local_firestore", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    port = parser.parse_args().port

    told = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    with serve(port) as firestore:
        sys.stdout.write(json.dumps({"host": firestore.host}) + "\n")
        sys.stdout.flush()
        told.wait()


if __name__ == "__main__":
    main()
