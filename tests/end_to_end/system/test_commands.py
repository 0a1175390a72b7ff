"""`make demo`, as people run it."""

import io
import json
import resource
import subprocess
import sys

import pytest

import tests.tools.demo.__main__ as demo
from tests.tools.demo.change import cause as in_words
from tests.tools.demo.change import lets_outsiders_see
from tests.tools.demo.pace import pace, stretched
from tests.tools.demo.screen import Screen

ESCAPE = "\x1b"
COLUMNS = 100
PATIENCE = 600
"""Seconds, however busy the machine."""


def test_the_demo_proves_what_it_claims_within_a_minutes_work_and_plainly_when_piped() -> None:
    before = worked()
    ended = subprocess.run(
        [sys.executable, "-m", "tests.tools.demo"], capture_output=True, text=True, check=False, timeout=PATIENCE
    )

    assert (ended.returncode, ended.stderr) == (0, ""), ended.stdout
    assert worked() - before < 60, "on an idle machine, whose clock says less: it has two cores, and most is waiting"
    assert ESCAPE not in ended.stdout
    assert "11 changes made, 11 reported, 0 lost, 0 too many" in ended.stdout
    assert "who can see it: none -> public" in ended.stdout
    assert "who can see it: public -> none" in ended.stdout
    assert "Google has no live channel left" in ended.stdout
    assert [line for line in ended.stdout.splitlines() if len(line) > COLUMNS] == []
    shows_a_whole_change_and_two_lines_on_what_to_try_next(ended.stdout)


def shows_a_whole_change_and_two_lines_on_what_to_try_next(told: str) -> None:
    _, brace, ending = told.partition("\n{\n")
    change, length = json.JSONDecoder().raw_decode(brace.strip() + "\n" + ending)

    assert {"specversion", "id", "source", "type", "time", "sequence"} <= change.keys()
    assert (change["data"]["before"]["role"], change["data"]["after"]["role"]) == ("reader", "writer")
    play, read = ending[length - len("{\n") :].split("\n")[1:3]
    assert "make dev" in play
    assert "README.md" in read
    assert ending.endswith(f"\n{play}\n{read}\n")


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        ("notification", "Google called"),
        ("schedule", "found by a timed reading"),
        ("reconciliation", "found by a timed reading"),
        ("unheard of", "unheard of"),
    ],
)
def test_the_demo_says_in_words_how_a_change_was_found(cause: str, words: str) -> None:
    assert in_words({"data": {"cause": cause}}) == words


def test_the_demo_breaks_a_line_that_is_too_long() -> None:
    output = io.StringIO()
    Screen(output).check("word " * 50)

    lines = output.getvalue().splitlines()
    assert len(lines) > 1
    assert max(map(len, lines)) <= COLUMNS


def worked() -> float:
    """Seconds of processor time that our children, and theirs, have taken: what others do does not count."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


@pytest.mark.parametrize(("load", "lifetime"), [(0.1, "20.0"), (4.0, "20.0"), (12.0, "60.0"), (400.0, "160.0")])
def test_the_demo_takes_its_time_where_others_keep_the_machine_busy(load: float, lifetime: str) -> None:
    settings = {"CHANNEL_TTL_SECONDS": "20", "RENEW_AFTER_FRACTION": "0.5"}
    assert stretched(settings, pace(load, 2)) == {"CHANNEL_TTL_SECONDS": lifetime, "RENEW_AFTER_FRACTION": "0.5"}


def test_the_demo_fails_aloud_with_the_last_words_of_the_processes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(demo, "stretched", lambda *_: {"LEASE_SECONDS": "soon"})

    assert demo.main() == 1
    told = capsys.readouterr().out
    assert "the demo failed" in told
    assert "LEASE_SECONDS must be a number" in told


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("no_color", "shown"), [("", f"{ESCAPE}[32m+ something{ESCAPE}[0m"), ("1", "+ something")])
def test_the_demo_is_in_colour_on_a_terminal_unless_that_is_unwanted(
    monkeypatch: pytest.MonkeyPatch, no_color: str, shown: str
) -> None:
    monkeypatch.setenv("NO_COLOR", no_color)
    terminal = Terminal()
    Screen(terminal).change("created", "something")

    assert terminal.getvalue().endswith(f"  {shown}\n")


@pytest.mark.parametrize(
    ("change", "after", "alarming"),
    [
        ("raised", "public", True),
        ("raised", "external", True),
        ("raised", "domain", False),
        ("lowered", "external", False),
        ("same", "public", False),
    ],
)
def test_the_demo_takes_more_for_outsiders_to_see_for_an_alarm(change: str, after: str, alarming: bool) -> None:  # noqa: FBT001
    assert lets_outsiders_see({"data": {"exposure": {"change": change, "after": after}}}) is alarming
    assert not lets_outsiders_see({"data": {}})


def test_the_demo_shows_an_alarm_in_red(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "")
    terminal = Terminal()
    Screen(terminal).alarm("created", "made public")

    assert terminal.getvalue().endswith(f"  {ESCAPE}[31m+ made public{ESCAPE}[0m\n")
