"""What Google answered, our own client understands."""

from pathlib import Path

import pytest

from calendar_watch.errors import GoogleError
from calendar_watch.model.channel import Opening
from calendar_watch.model.listing import Page
from tests.conformance import recording, table
from tests.conformance.exchange import Asked, Exchange, Reply
from tests.conformance.recording import MADE_UP, RECORDED, Recording, recorded, recordings
from tests.conformance.replay import Made, replayed

ALL = recordings()


@pytest.mark.parametrize("found", ALL, ids=lambda found: found.name)
def test_our_client_understands_every_answer(found: Recording) -> None:
    made = [(each, replayed(each)) for each in found.exchanges]

    assert [each.asked for each, result in made if _fits(each, result) is False] == []
    assert any(isinstance(result, Page) for _, result in made)


def test_what_is_made_up_has_pages_channels_and_refusals() -> None:
    made = [replayed(each) for found in ALL if found.made_up for each in found.exchanges]

    for kind in (Page, Opening, GoogleError):
        assert sum(isinstance(each, kind) for each in made) >= 5
    assert any(isinstance(each, dict) and each["status"] == "cancelled" for each in made)


def _fits(exchange: Exchange, result: Made | None) -> bool:
    """An answer is a page, an opening or an item, a refusal an error of our tree, that knows its status."""
    if result is None:
        return True
    return isinstance(result, GoogleError) == (exchange.reply.status != 200)


@pytest.mark.parametrize("found", ALL, ids=lambda found: found.name)
def test_our_client_loses_no_item_of_a_page(found: Recording) -> None:
    for each in found.exchanges:
        page = replayed(each)
        if isinstance(page, Page):
            assert [item["id"] for item in page.items] == [item["id"] for item in each.reply.body.get("items", [])]


def test_what_is_made_up_is_not_counted_as_recorded() -> None:
    assert {each.made_up for each in recordings() if each.name.startswith(MADE_UP.name)} == {True}
    assert {each.made_up for each in recordings() if each.name.startswith(RECORDED.name)} <= {False}
    assert all(each.taken for each in recorded(ALL))


def test_the_table_says_never_run_as_long_as_nothing_is_recorded() -> None:
    told = table.GOOGLE.read_text(encoding="utf-8")

    assert (table.NEVER in told) == (recorded(ALL) == [])
    assert not recorded(ALL) or any(each.taken in told for each in recorded(ALL))


def test_only_what_has_a_day_counts_as_recorded_and_only_what_was_answered_is_kept(tmp_path: Path) -> None:
    lists = [Exchange(Asked("GET", f"users/me/{each}"), Reply(200, {})) for each in ("calendarList", "settings")]
    unanswered = Exchange(Asked("GET", "calendars/primary/acl"), Reply(0))

    recording.write([*lists, unanswered, lists[0]], "", tmp_path / "made_up")
    recording.write(lists, "2026-11-27", tmp_path / "google")

    found = recordings(tmp_path)
    assert [(each.name, each.made_up, len(each.exchanges)) for each in found] == [
        ("google/2026-11-27.json", False, 2),
        ("made_up/simulator.json", True, 2),
    ]
    assert [each.taken for each in recorded(found)] == ["2026-11-27"]
