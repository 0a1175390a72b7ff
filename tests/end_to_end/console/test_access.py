"""By keyboard, with a screen reader, on a phone, in the dark."""

import json
from itertools import pairwise
from pathlib import Path

import pytest

from tests.api.deployment import ACL, CALENDAR_LIST, SETTINGS, Deployment, Json
from tests.end_to_end.console.conftest import Deploy, Served, Show, complaints, seen
from tests.support.browser import Browser

AXE = (Path(__file__).parent / "axe-core/axe.min.js").read_text()
"""https://github.com/dequelabs/axe-core 4.14.1, as npm has it."""
PHONE = 390
LINES_OF_EACH_NAME = """return [...document.querySelectorAll('th')].map(each => {
  const range = document.createRange();
  range.selectNodeContents(each);
  return range.getClientRects().length;
})"""
PAGES = {"": "As of", "watches?state=active": "state active", "watches/{id}": "opened", "watches?asleep=1": "400"}


@pytest.fixture
def deployment(deploy: Deploy) -> Deployment:
    return deploy(BELIEVE_SECONDS="0.01")


@pytest.fixture
def watch(deployment: Deployment, served: Served) -> Json:
    """Of three watches one, which tells changes; another is in trouble."""
    watch = deployment.open(ACL, labels={"team": "security"})
    deployment.share("reader")
    deployment.share("writer")
    deployment.open(CALENDAR_LIST)
    trouble = deployment.open(SETTINGS)
    with deployment.google.refusing("/settings", 403, "forbidden"):
        for _ in range(4):
            deployment.order(trouble["id"], "resync")
    exposures = {"internal": 5, "group": 0, "domain": 0, "external": 1, "public": 1}
    served.amended = lambda path, content: content | ({"exposures": exposures} if path == "/summary" else {})
    return watch


@pytest.mark.parametrize(("scheme", "width"), [("light", 1200), ("dark", PHONE)])
def test_axe_finds_no_violation_on_any_page(show: Show, watch: Json, scheme: str, width: int) -> None:
    for address, wait in PAGES.items():
        page = show(address.format(id=watch["id"]), wait=wait)
        page.scheme(scheme)
        page.size(width, 800)
        page.run("document.querySelectorAll('details').forEach(each => { each.open = true; })")
        assert violations(page) == [], address
        assert all("400" in each for each in complaints(page))


def violations(page: Browser) -> list[str]:
    page.run(f"{AXE}; window.axe = axe;")
    found = page.run("return axe.run().then(results => JSON.stringify(results.violations))")
    return [f"{each['id']}: {node['html']}" for each in json.loads(found) for node in each["nodes"]]


def test_an_element_without_a_name_would_be_found(show: Show) -> None:
    page = show()
    page.run("document.querySelector('main').append(document.createElement('button'))")
    assert violations(page) == ["button-name: <button></button>"]


def test_the_dark_is_dark_and_the_light_is_light(show: Show) -> None:
    page = show()
    lightness = "return getComputedStyle(document.body).backgroundColor.match(/[0-9]+/)[0]"
    assert page.run(lightness) == "255"
    page.scheme("dark")
    assert int(page.run(lightness)) < 40


def test_a_phone_shows_every_page_without_scrolling_sideways(show: Show, watch: Json) -> None:
    for address, wait in PAGES.items():
        page = show(address.format(id=watch["id"]), wait=wait)
        page.size(PHONE, 844)
        assert page.run("return [innerWidth, document.documentElement.scrollWidth]") == [PHONE, PHONE], address
        assert all("400" in each for each in complaints(page))


def test_a_phone_breaks_no_word_of_a_table_and_keeps_the_ends_of_a_line_apart(show: Show, watch: Json) -> None:
    page = show(wait="By state and collection")
    page.size(PHONE, 844)
    assert page.run("return [...document.querySelectorAll('.counts a')].map(each => each.getClientRects().length)") == (
        [1] * len(page.texts(".counts a"))
    )
    page = show(f"watches/{watch['id']}", wait="the line is now")
    page.run("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    assert "Before" in page.texts("th")
    assert {*page.run(LINES_OF_EACH_NAME)} == {1}
    ends = page.run("return [...document.querySelectorAll('.ends span')].map(each => each.getBoundingClientRect())")
    assert all(left["right"] + 8 <= right["left"] for left, right in pairwise(ends))


@pytest.mark.usefixtures("watch")
def test_a_card_of_a_watch_that_needs_nobody_ends_with_what_is_known_of_it(show: Show) -> None:
    [card] = show("watches?resource=acl", wait="1, resource acl").texts(".card")
    assert card.splitlines()[-1] == "team:security"


def test_everything_can_be_done_by_keyboard(deployment: Deployment, served: Served, show: Show, watch: Json) -> None:
    page = show(wait="Try now")
    page.press("tab")
    assert focused(page) == "Skip to the content"
    page.press("enter", "tab")
    assert focused(page) == "settings for alice@example.com"
    page.press(*["tab"] * 2)
    assert focused(page) == "Try now"
    page.press("enter")
    seen(page, "Tried:", ".card")
    assert [each for each in served.asked if each.endswith("/retry")]
    assert focused(page) == "Try now", "it does not lose its place"
    press_until(page, "acl")
    page.press("enter")
    seen(page, "1, resource acl")
    assert focused(page) == "Watches", "what is new is read out"
    page.press("tab", "enter")
    seen(page, "opened", "ol")
    assert focused(page).startswith("acl alice@example.com")
    press_until(page, "All of it")
    page.press("enter")
    seen(page, '"specversion": "1.0"', "ol")
    press_until(page, "Show the items")
    page.press("enter")
    seen(page, "items, as of change 3")
    assert deployment.get(f"/{watch['id']}")["sequence"] == 3


def focused(page: Browser) -> str:
    return str(page.run("return document.activeElement.innerText"))


def press_until(page: Browser, text: str) -> None:
    """Tab on to what has that text."""
    for _ in range(60):
        page.press("tab")
        if focused(page) == text:
            return
    pytest.fail(f"{text!r} cannot be reached")


def test_what_a_screen_reader_goes_by_is_there(show: Show, watch: Json) -> None:
    page = show(f"watches/{watch['id']}", wait="opened")
    assert page.run("return document.documentElement.lang") == "en"
    assert page.texts("h2") == ["Channels", "Changes", "Items"]
    for once in ("main", "h1", "nav", "[role=search]"):
        assert page.run(f"return document.querySelectorAll('{once}').length") == 1
    assert page.run("return [...document.querySelectorAll('input, select')].every(each => each.labels.length === 1)")
    assert page.run("return [document.getElementById('status').role, document.getElementById('alert').role]") == [
        "status",
        "alert",
    ]
