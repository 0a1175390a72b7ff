"""Whatever others wrote is shown as they wrote it, and is never more than text."""

from typing import Any

import pytest

from tests.api.deployment import ACL, CALENDAR_LIST, SETTINGS, Deployment, Json, json_of
from tests.api.google import ALICE
from tests.end_to_end.console.conftest import Served, Show, complaints, seen
from tests.support.browser import Browser

HOSTILE = (
    "<script>hacked=1</script><img src=x onerror=hacked=1>"
    "\"'`${hacked=1}</style><a href=javascript:hacked=1>x</a>\N{RIGHT-TO-LEFT OVERRIDE}"
)
EVENTS = {"resource": "events", "calendarId": ALICE, "subject": ALICE}
OURS = {"id", "nextPageToken", "partitionkey", "sequence", "type"}
"""What only ever has our own form; times too."""


def harmless(page: Browser) -> bool:
    foreign = "return document.querySelectorAll('#view :is(script, img, style, iframe, a:not([href^=\"#/\"]))').length"
    return page.run("return window.hacked") is None and page.run(foreign) == 0


def test_summaries_labels_and_settings_of_others_are_text(deployment: Deployment, show: Show) -> None:
    google = deployment.google
    watches = [deployment.open(each, labels={"team": HOSTILE[:200]}) for each in (CALENDAR_LIST, EVENTS)]
    google.alice.create_calendar(HOSTILE)
    google.alice.create_event(ALICE, HOSTILE, description=HOSTILE, location=HOSTILE)
    deployment.reconcile()
    for watch in watches:
        page = show(f"watches/{watch['id']}", wait="created")
        assert HOSTILE[:40] in page.text("ol")
        assert "team:<script>" in page.text("dl")
        page.click("button", "Show the items")
        seen(page, "as of change")
        page.run("document.querySelectorAll('details').forEach(each => { each.open = true; })")
        seen(page, "summary", "[aria-label=Items]")
        assert HOSTILE[:40] in page.text("[aria-label=Items]")
        assert harmless(page)


def test_ids_of_calendars_are_text(deployment: Deployment, show: Show) -> None:
    calendar = HOSTILE.replace(" ", "/")
    body = {"resource": "acl", "calendarId": calendar, "subject": ALICE}
    assert (
        json_of(deployment.ask("watches", "POST", "/batch", json={"requests": [body]}))["results"][0]["status"] == 202
    )
    page = show("watches?state=opening", wait="1, state opening")
    assert calendar[:40] in page.text(".card")
    page.click(".card a")
    seen(page, "all published")
    assert page.text("h1").startswith(f"acl {calendar[:40]}")
    assert harmless(page)


@pytest.mark.parametrize("address", ["", "watches?label=team:red", "watches/{id}"])
def test_every_text_of_every_answer_is_text(deployment: Deployment, served: Served, show: Show, address: str) -> None:
    watch = deployment.open(ACL, labels={"team": "red"})
    deployment.open(SETTINGS)
    deployment.share("reader")
    with deployment.google.refusing("/acl", 403, "forbidden"):
        deployment.order(watch["id"], "resync")
    served.amended = lambda _path, content: _spoiled(content)
    page = show(address.format(id=watch["id"]), wait=HOSTILE[:40])
    if "{id}" in address:
        page.click("button", "Show the items")
        seen(page, "as of change")
        page.run("document.querySelectorAll('details').forEach(each => { each.open = true; })")
        seen(page, "specversion", "ol")
        page.click("button", "Try now")
        seen(page, "Tried:")
    assert harmless(page)


def test_a_problem_in_hostile_words_is_text(served: Served, show: Show) -> None:
    served.amended = lambda _path, content: (
        content | {"detail": HOSTILE, "errors": [{"field": HOSTILE, "message": HOSTILE}]}
    )
    page = show("watches?asleep=1", wait=HOSTILE[:40])
    assert harmless(page)
    assert all("400" in each for each in complaints(page))


def _spoiled(content: Any, name: str = "") -> Any:
    if isinstance(content, dict):
        more: Json = {HOSTILE: 1} if name in {"reasons", "labels", "items"} else {}
        return {key: _spoiled(value, key) for key, value in content.items()} | more
    if isinstance(content, list):
        return [_spoiled(each) for each in content]
    kept = name in OURS or name.lower().endswith(("time", "expiration", "asof")) or name == "ttl"
    return content if kept or not isinstance(content, str) else HOSTILE
