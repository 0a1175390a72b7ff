"""The commands that CONSUMING.md shows enrol a domain, or the users of a file."""

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.api.deployment import Deployment
from tests.doubles.calendar_simulator import CalendarSimulator, serve
from tests.end_to_end.readme.conftest import Watches, example
from tests.support.gcloud import LOGGED_IN, install_gcloud

ADMIN, ALICE, BOB = "admin@example.com", "alice@example.com", "bob@example.com"
ROOT = Path(__file__).parents[3]
DRY, DOMAIN, FILE = example("Enrolling a whole domain", "sh").splitlines()


class Shell:
    """Where the lines of the paper are typed: gcloud is logged in, and `users.txt` is there."""

    def __init__(self, folder: Path, watches: str, google: str):
        self._folder = folder
        self._google = google
        self._environment = {**os.environ, "WATCHES": watches, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}
        install_gcloud(folder, LOGGED_IN)

    def type(self, line: str) -> list[str]:
        """Return what it says. Where Google is is added to what make would run: nobody rehearses by the paper."""
        (self._folder / "users.txt").write_text(f"{ALICE}\n{BOB}\n")
        options = shlex.quote(f"PYTHON={sys.executable}")
        asked = line.replace("FILE=users.txt", f"FILE={self._folder / 'users.txt'}")
        command = self._run(f"{asked} {options} --dry-run").removesuffix("\n")
        return self._run(f"{command} --google {self._google}").splitlines()

    def _run(self, line: str) -> str:
        done = subprocess.run(  # noqa: S602 (the paper's own)
            line, shell=True, cwd=ROOT, env=self._environment, capture_output=True, text=True, check=False, timeout=120
        )
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout


@pytest.fixture
def shell(tmp_path: Path, watches: Watches) -> Iterator[Shell]:
    assert not watches.paths
    simulator = CalendarSimulator(lambda: datetime.now(UTC))
    simulator.office.employ([ALICE, BOB], [ADMIN])
    with serve(simulator) as google:
        yield Shell(tmp_path, os.environ["WATCHES_URL"], google.url)


def test_a_dry_run_asks_for_nothing(shell: Shell, watches: Watches) -> None:
    assert shell.type(DRY) == [
        "3 users",
        "3 watches to ask for: 36 calls to Google, 1 s at 1500 a minute",
        "nobody was asked for, so it is not known who would be refused",
    ]
    assert {each.partition(" ")[0] for each in watches.paths} == {"GET"}


def test_a_domain_is_enrolled_and_what_bears_its_label_is_followed(shell: Shell, deployment: Deployment) -> None:
    shell.type(DOMAIN)
    enrolled = deployment.get("/", label="enrolled:example.com")["watches"]
    assert sorted((each["subject"], each["resource"], *each["follow"]) for each in enrolled) == [
        (each, "calendarList", "acl", "events") for each in (ADMIN, ALICE, BOB)
    ]
    assert shell.type(DOMAIN)[:2] == ["3 users", "all are enrolled"]


def test_of_a_file_whoever_it_names_is_enrolled_as_the_options_say(shell: Shell, deployment: Deployment) -> None:
    shell.type(FILE)
    enrolled = deployment.get("/", label="enrolled:file")["watches"]
    assert sorted((each["subject"], each["resource"], *each["follow"]) for each in enrolled) == [
        *((ALICE, "calendarList", "acl"), (ALICE, "settings")),
        *((BOB, "calendarList", "acl"), (BOB, "settings")),
    ]
    assert {each["labels"]["team"] for each in enrolled} == {"sales"}
