"""What strangers can make the public function do: next to nothing."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from calendar_watch.model.channel_token import ChannelTokens
from tests.support.loopback import free_ports
from tests.support.stack import Function, Stack, call, until
from tests.tools.bench.loaded import FORGED, SETTINGS

WATCH_ID = "a" * 32


def test_a_forged_message_does_not_even_load_firestores_client(stack: Stack) -> None:
    forged = ChannelTokens(["f" * 32]).sign("c-1", WATCH_ID)
    genuine = ChannelTokens([stack.signing_key]).sign("c-1", WATCH_ID)
    program = [sys.executable, "-m", "tests.end_to_end.system.receiver_imports", forged, genuine]
    environment = {"PATH": os.environ["PATH"], **stack.environment}
    output = subprocess.run(program, env=environment, capture_output=True, text=True, check=True, timeout=60).stdout  # noqa: S603 (our own)

    assert json.loads(output.splitlines()[-1]) == [[403, False], [204, True]]


@pytest.fixture
def function(tmp_path: Path) -> Iterator[Function]:
    with Function("notifications", next(free_ports()), SETTINGS, tmp_path).running() as function:
        yield function


def test_what_is_not_told_yet_of_a_flood_is_told_when_the_instance_is_asked_to_end(function: Function) -> None:
    for _ in range(30):
        assert call("POST", function.url, None, FORGED).status_code == 403
    master, _worker = function.serving()
    os.kill(master, signal.SIGTERM)
    until(function.gone, "the function has ended")
    lines = [json.loads(each) for each in function.lines()]
    told = [each["count"] for each in lines if each.get("outcome") == "forged"]
    assert told[0] == 1
    assert sum(told) == 30
