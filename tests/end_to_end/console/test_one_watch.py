"""One watch: its channels, its changes while one looks, its items."""

from contextlib import suppress

import pytest

from tests.api.deployment import ACL, Deployment, Json
from tests.api.google import ALICE, BOB
from tests.end_to_end.console.conftest import Served, Show, complaints, seen
from tests.support.browser import Browser
from tests.support.stack import until

EVENTS = {"resource": "events", "calendarId": ALICE, "subject": ALICE}
EXPOSURE = {"before": "internal", "after": "public", "change": "raised"}


@pytest.fixture
def watch(deployment: Deployment) -> Json:
    return deployment.open(ACL, labels={"team": "red"})


def shown(show: Show, watch: Json) -> Browser:
    return show(f"watches/{watch['id']}", wait="opened")


def test_it_says_what_it_is_and_how_it_is(show: Show, watch: Json) -> None:
    page = shown(show, watch)
    text = page.text()
    assert page.text("h1") == f"acl {ALICE} for {ALICE}"
    for told in (watch["id"], "active since", "team:red", "1, all published", "7 days"):
        assert told in text
    assert page.run("return document.title").startswith("acl alice@example.com")


def test_changes_appear_while_one_looks_with_before_and_after(deployment: Deployment, show: Show, watch: Json) -> None:
    page = shown(show, watch)
    deployment.share("reader")
    assert "user:bob@example.com created" in seen(page, "1 new:", "#status")
    deployment.share("writer")
    assert "user:bob@example.com updated" in seen(page, "updated", "#status")
    latest = page.text("ol > li")
    assert latest.startswith("3 updated user:bob@example.com")
    assert "role\treader\twriter" in latest
    assert page.texts("ol > li h3")[-1].startswith("1 opened")


def test_of_many_changes_at_once_the_last_are_named(deployment: Deployment, show: Show, watch: Json) -> None:
    page = shown(show, watch)
    for number in range(5):
        deployment.google.alice.share(ALICE, f"user{number}@example.com", "reader")
    deployment.reconcile()
    told = seen(page, "5 new", "#status")
    assert told.startswith("5 new, the last 3 of them: ")
    assert told.count("created") == 3


def test_nothing_is_asked_while_nobody_looks(deployment: Deployment, served: Served, show: Show, watch: Json) -> None:
    page = shown(show, watch)
    with page.hidden():
        until(lambda: _rests(served), "nothing is asked any more")
        deployment.share("reader")
    seen(page, "1 new:", "#status")


def _rests(served: Served) -> bool:
    """For longer than the longest pause."""
    before = len(served.asked)
    with suppress(TimeoutError):
        return not until(lambda: len(served.asked) > before, "more is asked", seconds=11)
    return True


def test_who_can_see_it_now_is_told_with_a_change(
    deployment: Deployment, served: Served, show: Show, watch: Json
) -> None:
    def exposed(path: str, content: Json) -> Json:
        for each in content.get("changes", []):
            each["data"] |= {"exposure": EXPOSURE} if "itemId" in each["data"] else {}
        return content | ({"exposures": {"internal": 1, "public": 1}} if path == f"/{watch['id']}" else {})

    served.amended = exposed
    deployment.share("reader")
    page = shown(show, watch)
    assert "seen by public, was internal raised" in page.text("ol > li")
    assert "public\n1 rule\n" in page.text("dl")


def test_of_what_was_there_already_no_earlier_exposure_is_told(
    deployment: Deployment, served: Served, show: Show, watch: Json
) -> None:
    def known(_path: str, content: Json) -> Json:
        for each in content.get("changes", []):
            each["data"] |= {"exposure": {"after": "public"}} if "itemId" in each["data"] else {}
        return content

    served.amended = known
    deployment.share("reader")
    assert "seen by public\n" in f"{shown(show, watch).text('ol > li h3')}\n"


def test_earlier_changes_are_fetched_when_asked_for(deployment: Deployment, show: Show, watch: Json) -> None:
    for number in range(60):
        deployment.google.alice.share(ALICE, f"user{number}@example.com", "reader")
    deployment.reconcile()
    page = show(f"watches/{watch['id']}", wait="user59@example.com")
    assert len(page.texts("ol > li")) == 50
    page.click("button", "Earlier changes")
    seen(page, "11 earlier changes", "#status")
    numbers = [int(each.split()[0]) for each in page.texts("ol > li h3")]
    assert numbers == [*range(61, 0, -1)]


def test_changes_that_are_kept_no_more_are_done_without(deployment: Deployment, show: Show, watch: Json) -> None:
    deployment.share("reader")
    deployment.share("writer")
    for number in (1, 2):
        deployment.grow_old(watch, number)
    page = show(f"watches/{watch['id']}", wait="role\treader\twriter")
    assert len(page.texts("ol > li")) == 1
    assert all("410" in each for each in complaints(page))


def test_items_come_in_pages(deployment: Deployment, show: Show) -> None:
    deployment.google.simulator.seed_events(ALICE, 1_100)
    watch = deployment.open(EVENTS)
    page = shown(show, watch)
    page.click("button", "Show the items")
    seen(page, "1000 items, as of change 1")
    page.click("button", "Next page")
    seen(page, "100 items, as of change 1")
    assert page.run("return document.activeElement.innerText") == "Items"
    page.click("[aria-label=Items] summary")
    seen(page, '"start": {', "[aria-label=Items]")


@pytest.mark.parametrize("id_", ["a" * 32, "summary", "../summary"])
def test_a_watch_that_is_not_there_is_told_of_in_a_sentence(show: Show, id_: str) -> None:
    page = show(f"watches/{id_}", wait="There is no such watch.")
    assert all("404" in each for each in complaints(page))


def test_who_is_followed_by_whom_is_linked(deployment: Deployment, show: Show) -> None:
    parent = deployment.open({"resource": "calendarList", "subject": ALICE}, follow=["acl"])
    deployment.reconcile()
    page = show(f"watches/{parent['id']}", wait="what it follows")
    page.click("a", "what it follows")
    seen(page, f"1, followedBy {parent['id']}")
    page.click(".card h3 a")
    assert parent["id"] in seen(page, "Followed by", "dl")
    assert BOB not in page.text()
