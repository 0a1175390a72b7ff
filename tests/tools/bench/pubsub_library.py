"""Publishing over REST, as we do, against google-cloud-pubsub: what each costs to start, in memory, and a message.

    python -m tests.tools.bench.pubsub_library    installs the library into a folder of its own, needs Google's emulator

Each side runs in fresh interpreters, in turns; the machine is shared, so only the ratios mean anything.
"""

import base64
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import requests

from tests.support import pubsub_emulator

_TOPIC = "projects/bench-project/topics/changes"
_ROUNDS, _PUBLISHES = 5, 201
_FUNCTIONS = Path(__file__).parents[3] / "functions"
_PAYLOAD = b"x" * 1000

Figures = dict[str, float]


def library() -> Callable[[], object]:
    from google.cloud import pubsub_v1  # type: ignore[attr-defined, unused-ignore]  # noqa: PLC0415 (what is measured)

    options = pubsub_v1.types.PublisherOptions(enable_message_ordering=True)
    client = pubsub_v1.PublisherClient(publisher_options=options)
    return lambda: client.publish(_TOPIC, _PAYLOAD, ordering_key="k", n="1").result(timeout=10)


def ours() -> Callable[[], object]:
    import google.auth.transport.requests  # noqa: PLC0415, F401 (production needs it for its first token)

    from calendar_watch import pubsub  # noqa: PLC0415 (what is measured)
    from calendar_watch.google_http import Tries  # noqa: PLC0415 (what is measured)

    tries = Tries(10, pubsub.WAITS)
    connection = pubsub.connect(os.environ[pubsub_emulator.VARIABLE], tries)
    message = {"data": base64.b64encode(_PAYLOAD).decode(), "orderingKey": "k", "attributes": {"n": "1"}}
    return lambda: connection.publish(_TOPIC, [message])


_SIDES = {"library": library, "ours": ours}


def measured(side: str) -> Figures:
    """In this interpreter, which has done nothing else yet."""
    before = time.process_time()
    publish = _SIDES[side]()
    start = time.process_time() - before
    took = [_seconds(publish) for _ in range(_PUBLISHES)]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"start, CPU s": start, "memory, MiB": memory, "publish, ms": statistics.median(took[1:]) * 1e3}


def _seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _run(side: str, packages: str) -> Figures:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(_FUNCTIONS), packages])}
    command = [sys.executable, "-m", "tests.tools.bench.pubsub_library", side]
    finished = subprocess.run(command, check=True, capture_output=True, env=environment, cwd=_FUNCTIONS.parent)  # noqa: S603 (this module)
    figures: Figures = json.loads(finished.stdout)
    return figures


def compare() -> None:
    with tempfile.TemporaryDirectory() as packages, pubsub_emulator.emulator() as host:
        pip = [sys.executable, "-m", "pip", "install", "-q", "--target", packages, "google-cloud-pubsub"]
        subprocess.run(pip, check=True)  # noqa: S603 (our own words)
        os.environ[pubsub_emulator.VARIABLE] = host
        requests.put(f"http://{host}/v1/{_TOPIC}", json={}, timeout=10).raise_for_status()
        runs = [{side: _run(side, packages) for side in _SIDES} for _ in range(_ROUNDS)]
    for figure in runs[0]["ours"]:
        theirs, mine = (statistics.median(run[side][figure] for run in runs) for side in ("library", "ours"))
        print(f"{figure:14} library {theirs:8.3f}   ours {mine:8.3f}   library / ours {theirs / mine:5.2f}")  # noqa: T201


if __name__ == "__main__":
    if sys.argv[1:]:
        print(json.dumps(measured(sys.argv[1])))  # noqa: T201
    else:
        compare()
