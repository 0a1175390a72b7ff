"""A gcloud that is made up: a program of that name, which says what a test has it say."""

import json
import shlex
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

LOGGED_IN = {
    "auth print-access-token": "a-token",
    "auth print-identity-token": "a-token",
    "config get account": "alice@example.com",
    "config get project": "rehearsal",
}


def install_gcloud(folder: Path, answers: Mapping[str, Any]) -> None:
    """It answers by how its arguments begin; the longest beginning counts."""
    cases = (f"{shlex.quote(each)}*) {_told(answers[each])} ;;\n" for each in sorted(answers, key=len, reverse=True))
    program = folder / "gcloud"
    program.write_text(f'#!/bin/sh\ncase "$*" in\n{"".join(cases)}esac\n')
    program.chmod(stat.S_IRWXU)


def _told(answer: Any) -> str:
    """A text as it is, `{"error": …}` as gcloud complains, whatever else as JSON."""
    if isinstance(answer, dict) and "error" in answer:
        return f"echo {shlex.quote(answer['error'])} >&2; exit 1"
    return f"printf %s {shlex.quote(answer if isinstance(answer, str) else json.dumps(answer))}"
