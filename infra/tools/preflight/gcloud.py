"""Asks gcloud, as whoever it is logged in as."""

import json
import subprocess
from typing import Any


class RefusedError(Exception):
    """What gcloud says went wrong."""


class MissingError(Exception):
    """There is no gcloud."""


def ask(*arguments: str) -> Any:
    command = ["gcloud", *arguments, "--format=json", "--quiet"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - the operator's own gcloud
    except FileNotFoundError as error:
        raise MissingError from error
    if done.returncode:
        raise RefusedError(" ".join(done.stderr.split()).removeprefix("ERROR: ") or f"exit status {done.returncode}")
    return json.loads(done.stdout or "null")
