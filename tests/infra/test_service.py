"""What people run says what is wrong in a sentence, never in a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra.tools.google import Hosts, service_account, token_of
from infra.tools.service import COULD_NOT_ASK, GOES_ON, PlainError, identity_token
from infra.tools.service import run as run_program
from tests.support.gcloud import install_gcloud
from tests.support.loopback import free_ports

ROOT = Path(__file__).parents[2]
TOOLS: dict[str, list[str]] = {"checks": [], "drain": [], "enrol": ["--file", os.devnull], "verify": []}
A_SERVICE = "https://watches.example.com"


def run(tool: str, url: str, path: str = "") -> subprocess.CompletedProcess[str]:
    """As make does; `path` is where programs such as gcloud are found."""
    command = [sys.executable, "-m", f"infra.tools.{tool}", url, *TOOLS[tool]]
    return subprocess.run(  # noqa: S603 (our own)
        command, cwd=ROOT, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False, timeout=60
    )


def sentence(done: subprocess.CompletedProcess[str]) -> str:
    assert (done.returncode, done.stdout) == (COULD_NOT_ASK, "")
    (line,) = done.stderr.splitlines()
    return line


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("url", ["", "watches.example.com", "http://watches.example.com", "ftp://x"])
def test_who_does_not_say_where_watches_is_is_asked_for_it(tool: str, url: str) -> None:
    assert "WATCHES=https://" in sentence(run(tool, url))


@pytest.mark.parametrize("tool", TOOLS)
def test_where_nobody_answers_that_is_said(tool: str) -> None:
    url = f"http://127.0.0.1:{next(free_ports())}"
    assert sentence(run(tool, url)).startswith(f"{url} does not answer")


@pytest.mark.parametrize("tool", TOOLS)
def test_without_gcloud_it_is_said_where_to_get_it(tool: str, tmp_path: Path) -> None:
    assert "there is no gcloud" in sentence(run(tool, A_SERVICE, str(tmp_path)))


@pytest.mark.parametrize("tool", TOOLS)
def test_whoever_is_not_logged_in_is_told_in_gclouds_words(tool: str, tmp_path: Path) -> None:
    install_gcloud(tmp_path, {"": {"error": "You do not currently have an active account selected."}})
    assert "active account" in sentence(run(tool, A_SERVICE, str(tmp_path)))


@pytest.mark.parametrize(
    ("account", "token"),
    [("alice@example.com", "for anybody"), ("job@p.iam.gserviceaccount.com", "for the service")],
)
def test_a_service_account_names_whom_its_token_is_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, account: str, token: str
) -> None:
    answers = {"config get account": account, "auth print-identity-token": "for anybody"}
    install_gcloud(tmp_path, {**answers, f"auth print-identity-token --audiences={A_SERVICE}": "for the service"})
    monkeypatch.setenv("PATH", str(tmp_path))
    assert identity_token(A_SERVICE) == token


def test_google_itself_is_asked_as_whoever_is_logged_in_and_its_stand_in_here_as_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert service_account(Hosts.at("http://127.0.0.1:8080"), "calendar").endswith("@rehearsal.iam.gserviceaccount.com")
    with pytest.raises(PlainError, match="there is no gcloud"):
        token_of(Hosts(), "calendar-watch-calendar@p.iam.gserviceaccount.com", [])
    install_gcloud(tmp_path, {"config get project": "my-project"})
    assert service_account(Hosts(), "calendar") == "calendar-watch-calendar@my-project.iam.gserviceaccount.com"


def test_whoever_interrupts_is_told_how_it_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted() -> int:
        raise KeyboardInterrupt

    with pytest.raises(SystemExit, match="130"):
        run_program(interrupted, GOES_ON)
    assert "give the same command again" in capsys.readouterr().err
