"""`make dev`, as people run it, and what it shows to paste."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.support.loopback import free_ports
from tests.support.stack import Person, WatchesApi, call, until

COLUMNS = 100
PATIENCE = 600
"""Seconds, however busy the machine."""
ROOT = Path(__file__).parents[3]
TO_PASTE = "    "
ALICES = {"resource": "acl", "calendarId": "alice@example.com", "subject": "alice@example.com"}


@contextmanager
def development(*options: str) -> Iterator[subprocess.Popen[str]]:
    """Who is killed outright leaves logs behind. A test's own folder has too long a name for the sockets in it."""
    command = [sys.executable, "-m", "tests.tools.dev", *options]
    with tempfile.TemporaryDirectory(prefix="dev-", ignore_cleanup_errors=True) as directory:
        environment = {**os.environ, "TMPDIR": directory}
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:  # noqa: S603 (ours)
            try:
                yield process
            finally:
                process.kill()


def guide(process: "subprocess.Popen[str]") -> str:
    assert process.stdout
    return "".join(takewhile(lambda line: not line.startswith("More: "), process.stdout))


def answers(address: str) -> bool:
    try:
        return bool(call("GET", address).status_code)
    except requests.RequestException:
        return False


def ports_of(shown: str) -> set[int]:
    return {int(each) for each in re.findall(r"127\.0\.0\.1:(\d+)", " ".join(exported(shown).values()))}


def is_taken(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


def pasted(shown: str) -> list[str]:
    return [line.removeprefix(TO_PASTE) for line in shown.splitlines() if line.startswith(TO_PASTE)]


def exported(shown: str) -> dict[str, str]:
    return dict(re.findall(r"export ([A-Z_]+)=([^'$\n]+)$", shown, re.MULTILINE))


@pytest.fixture(scope="module")
def shown() -> Iterator[str]:
    with development("--baseline", "acl") as process:
        yield guide(process)


@pytest.mark.parametrize(
    ("farewell", "code"),
    [
        (signal.SIGINT, 0),
        (signal.SIGKILL, -signal.SIGKILL),
        pytest.param(signal.SIGTERM, 0, marks=pytest.mark.search),  # taken as SIGINT is
    ],
)
def test_the_system_runs_until_it_is_ended_and_leaves_no_process(farewell: int, code: int) -> None:
    with development() as process:
        shown = guide(process)
        prose = [line for line in shown.splitlines() if not line.startswith((TO_PASTE, "Logs"))]
        assert [line for line in prose if len(line) > COLUMNS] == []
        addresses = [each for each in exported(shown).values() if each.startswith("http://")]
        assert len(addresses) == 7
        assert all(answers(address) for address in addresses)
        process.send_signal(farewell)
        assert process.wait(timeout=PATIENCE) == code

    until(lambda: not any(map(answers, addresses)), "every process is gone")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_what_is_shown_can_be_pasted_into_any_shell(shown: str, shell: str) -> None:
    if not shutil.which(shell):
        pytest.skip(shell)
    lines = [each for each in pasted(shown) if "functions_framework" not in each]
    assert not [each for each in lines if "#" in each], "zsh takes no comments on its command line"
    ended = subprocess.run(  # noqa: S603 (ours)
        [str(shutil.which(shell)), "-c", "\n".join(lines).replace("/mine", f"/{shell}")],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert '"role": "reader"' in ended.stdout
    assert '"subject":"bob@example.com"' in ended.stdout
    assert {*re.findall("problem:([a-z-]+)", ended.stdout)} == {"changes-expired"}
    assert '"error"' not in ended.stdout
    assert ended.stdout.endswith("nobody is refused\n"), "of the domain that is enrolled"
    assert re.search('"state":"stopp(ed|ing)"', ended.stdout)


def test_the_documented_consumer_runs_as_it_stands(shown: str, tmp_path: Path) -> None:
    port, names = str(next(free_ports())), exported(shown)
    [run] = [each for each in pasted(shown) if "functions_framework" in each]
    [push] = [each for each in pasted(shown) if "pushEndpoint" in each]
    subprocess.run(push.replace("9000", port), shell=True, check=True, env={**os.environ, **names}, capture_output=True)  # noqa: S602 (ours)
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), **names}
    with subprocess.Popen(  # noqa: S603 (ours)
        run.replace("9000", port).split(), cwd=ROOT, env=environment, stderr=subprocess.DEVNULL
    ) as consumer:
        try:
            watch = WatchesApi(f"{names['WATCHES']}/").open(resource="calendarList", subject="carol@example.com")
            person(shown, "carol").create_calendar("Carol's")
            until(lambda: "Carol's" in copy_of(shown, watch), "the consumer has a copy")
        finally:
            consumer.kill()


def person(shown: str, name: str) -> Any:
    """Their address is their token: nobody has to make it known."""
    return Person(exported(shown)["API"], f"{name}@example.com")


def copy_of(shown: str, watch: Any) -> str:
    """As the guide finds it."""
    [show] = [each for each in pasted(shown) if "calendar_copies" in each]
    environment = {"PATH": os.environ["PATH"], "ID": watch["id"], **exported(shown)}
    return subprocess.run(show, shell=True, env=environment, capture_output=True, text=True, check=True).stdout  # noqa: S602 (ours)


def test_the_first_watch_that_the_readme_asks_for_is_opened(shown: str) -> None:
    first = (ROOT / "README.md").read_text().partition("\n## A first watch\n")[2]
    ask = first.partition("```\n")[2].partition("```")[0].replace("curl ", "curl -s ")
    environment = {"PATH": os.environ["PATH"], **exported(shown)}
    ended = subprocess.run(ask, shell=True, env=environment, capture_output=True, text=True, check=True)  # noqa: S602 (ours)
    assert '"calendarId":"alice@example.com"' in ended.stdout
    assert "problem" not in ended.stdout


@pytest.mark.search
def test_a_watch_is_suspended_and_comes_back_as_the_guide_has_it(shown: str) -> None:
    api = WatchesApi(f"{exported(shown)['WATCHES']}/")
    watch = api.open(**ALICES)["id"]
    paste(shown, watch, "/spell", "/resync")
    until_it_is("suspended", api, watch)
    paste(shown, watch, "/calm", "/retry")
    until_it_is("active", api, watch)


def until_it_is(state: str, api: WatchesApi, watch: str) -> None:
    until(lambda: api.show(watch)["state"] == state, f"it is {state}", seconds=PATIENCE)


def paste(shown: str, watch: str, *those_with: str) -> None:
    environment = {"PATH": os.environ["PATH"], **exported(shown), "ID": watch, "JSON": "Content-Type: application/json"}
    for each in those_with:
        [line] = [line for line in pasted(shown) if each in line]
        subprocess.run(line, shell=True, env=environment, capture_output=True, check=True)  # noqa: S602 (ours)


def test_a_baseline_is_told_in_the_stream_where_that_was_asked_for(shown: str) -> None:
    api = WatchesApi(f"{exported(shown)['WATCHES']}/")
    watch = api.open(resource="acl", calendarId="frank@example.com", subject="frank@example.com")["id"]
    types = [each["type"] for each in until(lambda: api.changes(watch), "its beginning is told")]
    assert types[0] == "calendarwatch.acl.known.v1"


def test_what_one_asks_in_sql_can_be_asked_of_what_it_has_told(shown: str) -> None:
    url = exported(shown)["WATCHES"]
    api = WatchesApi(f"{url}/")
    watch = api.open(resource="acl", calendarId="ivan@example.com", subject="ivan@example.com")["id"]
    person(shown, "ivan").share("primary", "eve@evil.net", "reader")
    until(lambda: len(api.changes(watch)) > 2, "the change is told")
    command = [sys.executable, "-m", "tests.tools.sql", url, "--who", "eve@evil.net"]
    environment = {**os.environ, "PYTHONPATH": "functions:."}
    ended = subprocess.run(command, capture_output=True, text=True, check=True, env=environment, timeout=PATIENCE)  # noqa: S603 (ours)
    _, public, this_week, of_eve = ended.stdout.split("\n\n")
    assert "ivan@" not in public
    assert re.search(r" ivan@example\.com +user +eve@evil\.net +none +reader ", this_week)
    assert re.search(r" ivan@example\.com +reader ", of_eve)


def test_everybody_has_calendars_of_their_own(shown: str) -> None:
    api = WatchesApi(f"{exported(shown)['WATCHES']}/")
    mine = person(shown, "dave").create_calendar("Dave's")
    watches = {name: opened(api, f"{name}@example.com") for name in ("dave", "erin")}
    assert {*api.items(watches["dave"])} == {"dave@example.com", mine}
    assert {*api.items(watches["erin"])} == {"erin@example.com"}


def opened(api: WatchesApi, subject: str) -> str:
    watch = api.open(resource="calendarList", subject=subject)["id"]
    until(lambda: api.show(watch)["itemCount"], "it is read")
    return str(watch)


def test_every_line_of_the_logs_has_its_time(shown: str) -> None:
    logs = Path(shown.partition("its time: ")[2].partition("\n")[0])
    until(lambda: " watches {" in logs.read_text(), "something is logged")
    lines = logs.read_text().splitlines()
    assert all(re.match(r"20[0-9-]{8}T[0-9:.]{12}\+00:00 [a-z_]+ ", each) for each in lines)


@pytest.mark.search
def test_what_is_kept_is_there_the_next_time_at_the_same_addresses(tmp_path: Path) -> None:
    port = str(next(free_ports()))
    options = ["--port", port, "--state", str(tmp_path / "state")]
    with development(*options) as process:
        shown = guide(process)
        api = WatchesApi(f"http://127.0.0.1:{port}/")
        watch = api.open(**ALICES)["id"]
        team = person(shown, "alice").create_calendar("Team")
        person(shown, "alice").share("primary", "bob@example.com", "reader")
        until(lambda: len(api.changes(watch)) > 1, "the change is told")
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=PATIENCE) == 0
    until(lambda: not any(map(is_taken, ports_of(shown))), "every port is free again")
    with development(*options) as process:
        again = guide(process)
        assert exported(again) == exported(shown)
        assert api.items(watch).keys() == {"user:alice@example.com", "user:bob@example.com"}
        assert person(again, "alice").call("GET", f"calendars/{team}")["summary"] == "Team"
        told = len(api.changes(watch))
        person(again, "alice").share("primary", "bob@example.com", "writer")
        until(lambda: shares(api, watch, told), "the next change is told")
        assert [each["data"]["changedFields"] for each in shares(api, watch, told)] == [["role"]]
        sequences = [int(each["sequence"]) for each in api.changes(watch)]
        assert sequences == [*range(1, len(sequences) + 1)]


def shares(api: WatchesApi, watch: str, after: int) -> list[Any]:
    """A channel may be renewed behind them."""
    return [each for each in api.changes(watch, after) if each["type"].startswith("calendarwatch.acl.")]


def refused(directory: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "TMPDIR": str(directory)}
    command = [sys.executable, "-m", "tests.tools.dev", *options]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=PATIENCE)  # noqa: S603 (ours)


def test_a_baseline_that_there_is_not_is_refused_in_a_sentence(tmp_path: Path) -> None:
    ended = refused(tmp_path, "--baseline", "acl,events")
    assert ended.returncode == 2
    assert "'acl,events': name some of acl, calendarList, settings" in ended.stderr


def test_a_folder_that_keeps_nothing_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ended = refused(tmp_path, "--state", str(tmp_path / "file" / "state"))
    assert ended.returncode == 2
    assert "state': Not a directory; name another" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_port_that_is_taken_is_named_in_a_sentence(tmp_path: Path, shown: str) -> None:
    port = exported(shown)["WATCHES"].rpartition(":")[2]
    ended = refused(tmp_path, "--port", port)
    assert ended.returncode == 1
    assert ended.stderr.startswith(
        f"make dev: on this machine, port {port} is taken; give another: `make dev PORT=9000` takes 9000 to 9006"
    )
