"""All watches at a glance, who needs somebody, and the search."""

import pytest
from werkzeug import Response

from tests.api.deployment import ACL, CALENDAR_LIST, SETTINGS, Deployment, Json
from tests.api.google import ALICE, BOB
from tests.end_to_end.console.conftest import Deploy, Served, Show, complaints, seen
from tests.support.stack import until

CAROLS = {**SETTINGS, "subject": "carol@example.org"}
EXPOSURES = {"internal": 5, "group": 0, "domain": 0, "external": 2, "public": 1}


@pytest.fixture
def deployment(deploy: Deploy) -> Deployment:
    """Refusals are believed at once."""
    return deploy(BELIEVE_SECONDS="0.01")


def suspended(deployment: Deployment, status: int = 403, reason: str = "forbidden") -> Json:
    watch = deployment.open(ACL)
    with deployment.google.refusing("/acl", status, reason):
        for _ in range(4):
            deployment.order(watch["id"], "resync")
            deployment.order(watch["id"], "retry")
    return deployment.get(f"/{watch['id']}")


def test_what_there_is_is_seen_at_a_glance(deployment: Deployment, show: Show) -> None:
    deployment.open(ACL)
    deployment.open(SETTINGS)
    deployment.open(CAROLS)
    page = show()
    assert page.text("h1") == "Overview"
    assert page.texts(".tile") == ["Watches\n3", "Late\nnot at all", "Unpublished\nnothing"]
    table = seen(page, "active", "table")
    assert table.splitlines()[0].split() == ["acl", "calendarList", "events", "settings"]
    assert "active\t1\t0\t0\t2" in table
    assert "No watch is suspended, degraded or polling, and none fails to open." in page.text()


def test_who_needs_somebody_is_shown_with_what_to_do_and_is_tried_on_the_spot(
    deployment: Deployment, served: Served, show: Show
) -> None:
    watch = suspended(deployment)
    assert watch["state"] == "suspended"
    page = show(wait="Try now")
    card = page.text(".card")
    for told in (
        "acl alice@example.com",
        "suspended",
        "since",
        "forbidden",
        watch["remedy"].replace("POST /{id}/retry", "Try now"),
        watch["detail"],
        "in a row",
    ):
        assert told in card
    page.click("button", "Try now")
    assert "is active." in seen(page, "Tried:", ".card")
    assert f"POST /{watch['id']}/retry" in served.asked
    assert deployment.get(f"/{watch['id']}")["state"] == "active"
    assert page.run("return document.activeElement.innerText") == "Try now"


def test_what_this_page_cannot_end_it_shows_how_to_end(deployment: Deployment, served: Served, show: Show) -> None:
    watch = suspended(deployment, 404, "notFound")
    card = show(wait="Try now").text(".card")
    assert "DELETE" in watch["remedy"]
    assert f"curl -X DELETE {served.url}/{watch['id']}" in card


def test_who_could_not_be_opened_is_shown_and_who_only_waits_is_not(deployment: Deployment, show: Show) -> None:
    deployment.ask("watches", "POST", "/batch", json={"requests": [SETTINGS, CALENDAR_LIST]})
    with deployment.google.refusing("/watch", 500, "backendError"):
        assert deployment.post(ACL).status_code == 202
    page = show(wait="Try now")
    [card] = page.texts(".card")
    assert f"acl {ALICE} for {ALICE} opening" in card
    assert "backendError" in card


def test_a_try_that_fails_again_says_so(deployment: Deployment, show: Show) -> None:
    watch = suspended(deployment)
    page = show(wait="Try now")
    with deployment.google.refusing("/acl", 403, "forbidden"):
        page.click("button", "Try now")
        assert "it is suspended." in seen(page, "Tried:", ".card")
    assert deployment.get(f"/{watch['id']}")["lastError"]["count"] > watch["lastError"]["count"]


def test_a_try_of_what_has_ended_meanwhile_is_refused_in_a_sentence(deployment: Deployment, show: Show) -> None:
    watch = suspended(deployment)
    page = show(wait="Try now")
    deployment.end(watch)
    page.click("button", "Try now")
    seen(page, "The function answered 409.", ".card")
    assert [each for each in complaints(page) if "409" not in each] == []


@pytest.mark.parametrize(
    ("field", "text", "found"),
    [
        ("subject", " Carol@example.org ", {"settings for carol@example.org"}),
        ("calendarId", ALICE, {f"acl {ALICE} for {ALICE}"}),
        ("label", "team:red", {f"acl {ALICE} for {ALICE}", f"calendarList for {ALICE}"}),
        ("subject", BOB, set()),
    ],
)
def test_a_search_finds_watches_by_what_they_are_for(
    deployment: Deployment, show: Show, field: str, text: str, found: set[str]
) -> None:
    for target in (ACL, CALENDAR_LIST):
        deployment.open(target, labels={"team": "red"})
    deployment.open(CAROLS)
    page = show()
    page.click("summary", "Search")
    page.type(f"[name={field}]", text)
    page.press("enter")
    seen(page, f"{len(found)}, {field} {text.strip()}")
    assert set(page.texts(".card h3 a")) == found
    assert page.run("return document.activeElement.innerText") == "Watches"


def test_a_search_by_id_leads_to_the_watch(deployment: Deployment, show: Show) -> None:
    watch = deployment.open(ACL)
    page = show()
    page.click("summary", "Search")
    page.type("[name=id]", watch["id"])
    page.press("enter")
    seen(page, f"acl {ALICE} for {ALICE}", "h1")
    assert page.run("return location.hash") == f"#/watches/{watch['id']}"


def test_filters_combine_and_are_in_the_address(deployment: Deployment, show: Show) -> None:
    suspended(deployment)
    deployment.open(SETTINGS)
    page = show()
    page.click("summary", "Search")
    page.click("#states label", "suspended")
    page.click("#states label", "active")
    page.click("#reasons label", "forbidden")
    page.run("document.querySelector('[name=resource]').value = 'acl'")
    page.click("form button", "Search")
    seen(page, "1, resource acl, state active, state suspended, reason forbidden")
    address = page.run("return location.hash")
    again = show(address[2:], wait="1, resource acl")
    assert again.run("return [...document.querySelectorAll(':checked')].map(each => each.value).filter(Boolean)") == [
        *("acl", "active", "suspended", "forbidden")
    ]


def test_a_wrong_search_is_answered_in_a_sentence(show: Show) -> None:
    page = show("watches?label=red&asleep=1", wait="400")
    told = seen(page, "label must be key:value", "#alert")
    assert "asleep is no parameter of this address" in told
    assert all("400" in each for each in complaints(page))


def test_counts_lead_to_what_they_count(deployment: Deployment, show: Show) -> None:
    deployment.open(CAROLS)
    page = show()
    page.click("td a", "1")
    seen(page, "1, resource settings, state active")
    assert page.texts(".card h3 a") == ["settings for carol@example.org"]


def test_what_is_shared_outside_is_counted(served: Served, show: Show) -> None:
    served.amended = lambda path, content: content | ({"exposures": EXPOSURES} if path == "/summary" else {})
    page = show(wait="Shared with")
    told = page.text("section:last-of-type")
    assert "internal\n5 rules\ngroup\n0 rules\ndomain\n0 rules\nexternal\n2 rules\npublic\n1 rule" in told
    assert "1 rules" not in told


def test_whoever_is_shared_with_leads_to_the_watches(deployment: Deployment, show: Show) -> None:
    deployment.open({**ACL, "calendarId": deployment.google.alice.create_calendar("Team")})
    deployment.open(ACL)
    deployment.share("reader", "eve@evil.net")
    page = show(wait="Shared with")
    page.click("a[href*='exposure=external']", "1 rule")
    seen(page, "1, resource acl, exposure external")
    assert page.texts(".card h3 a") == [f"acl {ALICE} for {ALICE}"]
    page.click("summary", "Search")
    page.run("document.querySelector('[name=exposure]').value = 'internal'")
    page.click("form button", "Search")
    seen(page, "2, resource acl, exposure internal")


def test_whoever_is_shared_with_is_looked_for_on_every_page(deployment: Deployment, served: Served, show: Show) -> None:
    deployment.multiply(deployment.open(ACL), 600)
    served.amended = _only_the_last_is_public
    page = show("watches?exposure=public", wait="2, exposure public")
    assert len(page.texts(".card")) == 2
    assert "Next page" not in page.text("#view")


def _only_the_last_is_public(path: str, content: Json) -> Json:
    if path == "/":
        content["watches"][-1]["exposures"] = EXPOSURES
    return content


def test_a_page_of_whoever_is_shared_with_leads_to_the_next(deployment: Deployment, show: Show) -> None:
    deployment.multiply(deployment.open(ACL), 600)
    page = show("watches?exposure=internal", wait="500, exposure internal")
    page.click("a", "Next page")
    seen(page, "101 more, exposure internal")


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (Response("<h1>Unauthorized</h1>", 401), "You are not signed in."),
        (Response("<h1>Forbidden</h1>", 403), "You may not ask this."),
        (
            Response('{"detail": "Firestore does not answer"}', 503),
            "The function cannot reach Firestore just now. Firestore",
        ),
    ],
)
def test_what_goes_wrong_is_said_in_a_sentence(served: Served, show: Show, answer: Response, sentence: str) -> None:
    served.instead = answer
    page = show(wait=sentence)
    assert sentence in page.text("#alert")
    assert all(str(answer.status_code) in each for each in complaints(page))


def test_a_lost_connection_is_told_and_passes_by_itself(deployment: Deployment, show: Show) -> None:
    watch = deployment.open(ACL)
    page = show(f"watches/{watch['id']}", wait="opened")
    page.offline(away=True)
    assert "opened" in seen(page, "There is no answer: you are offline"), "what was shown stays"
    page.offline(away=False)
    until(lambda: not page.text("#alert"), "it is not complained of any more")
    assert all("ERR_INTERNET_DISCONNECTED" in each for each in complaints(page))


def test_it_works_below_a_path_as_well(deployment: Deployment, served: Served, show: Show) -> None:
    deployment.open(ACL)
    show(path="/watches/console")
    assert served.asked.count("GET /watches/summary") == 1
