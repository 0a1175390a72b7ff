"""Serve until told to stop; the address is printed as one line of JSON."""

import argparse
import json
import signal
import sys
from pathlib import Path
from threading import Event

from tests.doubles.local_firestore.documents import Documents
from tests.doubles.local_firestore.journal import Journal
from tests.doubles.local_firestore.server import serve


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.doubles.local_firestore", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument("--journal", type=Path, help="a file that keeps the documents")
    arguments = parser.parse_args()
    documents = Journal(arguments.journal) if arguments.journal else Documents()

    told = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    with serve(arguments.port, documents) as firestore:
        sys.stdout.write(json.dumps({"host": firestore.host}) + "\n")
        sys.stdout.flush()
        told.wait()


if __name__ == "__main__":
    main()
