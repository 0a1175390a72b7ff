"""The folder by itself: nothing of this repository besides, and of others' only what `requests` brings."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import distribution
from pathlib import Path

import pytest
import requests

HERE = Path(__file__).parent.parent
PATIENCE = 60.0
NEEDED = ("requests", "urllib3", "certifi", "idna", "charset-normalizer")
IMPORTS = """
import importlib, pkgutil, calendar_simulator
for found in pkgutil.walk_packages(calendar_simulator.__path__, "calendar_simulator."):
    if ".tests" not in found.name and not found.name.endswith((".digest", ".__main__")):
        importlib.import_module(found.name)
        print(found.name)
"""


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("elsewhere")
    shutil.copytree(HERE, folder / "calendar_simulator", ignore=shutil.ignore_patterns("tests", "__pycache__"))
    for needed in map(distribution, NEEDED):
        for name in {file.parts[0] for file in needed.files or ()} - {".."}:
            (folder / name).symlink_to(Path(str(needed.locate_file(name))))
    return folder


def python(folder: Path, *arguments: str) -> "subprocess.Popen[str]":
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(folder)}
    command = [sys.executable, "-S", *arguments]  # nothing of what else is installed here
    return subprocess.Popen(  # noqa: S603 - our own module
        command, cwd=folder, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


@contextmanager
def running(folder: Path, *arguments: str) -> Iterator[str]:
    """Yield its address."""
    with python(folder, "-m", "calendar_simulator", *arguments) as process:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())["url"]
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0


def complaint(folder: Path, *arguments: str) -> str:
    """Return the last line of what it says when it does not start."""
    with python(folder, "-m", "calendar_simulator", *arguments) as process:
        _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 2
    assert "Traceback" not in said
    return str(said.strip().splitlines()[-1])


def test_all_of_it_can_be_imported_where_only_requests_is_installed(elsewhere: Path) -> None:
    with python(elsewhere, "-c", IMPORTS) as process:
        said, complaints = process.communicate(timeout=PATIENCE)

    assert not complaints
    assert "calendar_simulator.server" in said.split()


def test_it_runs_there_with_several_users_who_have_calendars_from_the_start(elsewhere: Path) -> None:
    people = ("--user", "carol@example.com", "--user", "dave@example.com")
    with running(elsewhere, *people) as url, requests.Session() as session:
        session.trust_env = False
        mine = session.get(f"{url}/calendar/v3/calendars/primary", timeout=PATIENCE).json()
        rule = {"scope": {"type": "user", "value": "carol@example.com"}, "role": "reader"}
        grant = {"token": "t", "subject": "dave@example.com", "scopes": ["https://www.googleapis.com/auth/calendar"]}
        session.post(f"{url}/simulator/tokens", json=grant, timeout=PATIENCE).raise_for_status()
        dave = {"Authorization": "Bearer t"}
        acl = f"{url}/calendar/v3/calendars/primary/acl"
        before = session.get(acl, headers=dave, timeout=PATIENCE).json()["items"]
        session.post(acl, headers=dave, json=rule, timeout=PATIENCE).raise_for_status()
        theirs = session.get(f"{url}/calendar/v3/calendars/dave@example.com", timeout=PATIENCE).json()

    assert mine["id"] == "carol@example.com"
    assert [rule["id"] for rule in before] == ["user:dave@example.com"]
    assert theirs["id"] == "dave@example.com"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--options", "{"), "--options is not JSON: Expecting property name enclosed in double quotes"),
        (("--options", "5"), "--options is no JSON object; for example"),
        (("--options", '{"snyc": "before"}'), "no such option: snyc; there are default_user, "),
        (("--options", '{"sync": "sometimes"}'), "sync is one of after, before, never"),
        (("--options", '{"max_lifetime_seconds": "week"}'), "max_lifetime_seconds cannot be 'week'; it is 604800 now"),
        (("--options", '{"quirks": 5}'), "quirks are numbers and chances, as in"),
        (("--quirks", "Q99"), "no such quirk: Q99; there are Q"),
        (("--quirks", "Q10=often"), "--quirks Q10=often: how often it strikes is a number from 0 to 1, as in Q02=0.5"),
        (("--quirks", "Q10=5"), "how often Q10 strikes is a number from 0 to 1, not 5.0"),
        (("--port", "http"), "argument --port: 'http' is no port; a port is a number from 0 to 65535"),
        (("--port", "65536"), "'65536' is no port"),
        (("--seed", "x"), "argument --seed: invalid int value: 'x'"),
        (("--host", "192.0.2.1"), "cannot listen on 192.0.2.1, port 0: "),
        (("--nosuch",), "unrecognized arguments: --nosuch"),
    ],
)
def test_a_mistake_on_the_command_line_is_said_in_a_sentence(
    elsewhere: Path, arguments: tuple[str, ...], said: str
) -> None:
    assert said in complaint(elsewhere, *arguments)


def test_a_port_in_use_is_said_in_a_sentence(elsewhere: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        assert f"port {port} of 127.0.0.1 is in use; name another" in complaint(elsewhere, "--port", str(port))
