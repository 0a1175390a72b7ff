"""What strangers can make the public function do: next to nothing."""

import json
import os
import subprocess
import sys

from calendar_watch.model.channel_token import ChannelTokens
from tests.support.stack import Stack

WATCH_ID = "a" * 32


def test_a_forged_message_does_not_even_load_firestores_client(stack: Stack) -> None:
    forged = ChannelTokens(["f" * 32]).sign("c-1", WATCH_ID)
    genuine = ChannelTokens([stack.signing_key]).sign("c-1", WATCH_ID)
    program = [sys.executable, "-m", "tests.end_to_end.system.receiver_imports", forged, genuine]
    environment = {"PATH": os.environ["PATH"], **stack.environment}
    output = subprocess.run(program, env=environment, capture_output=True, text=True, check=True, timeout=60).stdout  # noqa: S603 (our own)

    assert json.loads(output.splitlines()[-1]) == [[403, False], [204, True]]
