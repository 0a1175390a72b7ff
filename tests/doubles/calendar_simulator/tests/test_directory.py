"""Who is in the account: pages, who may ask, and what the Directory says of those who are suspended or gone."""

import json
from typing import Any

import pytest

from tests.doubles.calendar_simulator import CalendarSimulator, Call
from tests.doubles.calendar_simulator.admin import handle

ADMIN, ALICE, BOB = "admin@example.com", "alice@example.com", "bob@example.com"
SCOPE = "https://www.googleapis.com/auth/admin.directory.user.readonly"


@pytest.fixture
def directory(simulator: CalendarSimulator) -> CalendarSimulator:
    """With an admin, a user, and one of another domain of the same account."""
    simulator.office.employ([ALICE, "carol@example.org"], [ADMIN])
    simulator.register_token(ADMIN, ADMIN, [SCOPE])
    simulator.register_token(ALICE, ALICE, [SCOPE])
    return simulator


def asked(simulator: CalendarSimulator, query: str, who: str = ADMIN) -> tuple[int, Any]:
    answer = simulator.handle(Call.of("GET", f"/admin/directory/v1/users{query}", {"Authorization": f"Bearer {who}"}))
    return answer.status, json.loads(answer.body)


def emails(page: Any) -> list[str]:
    return [each["primaryEmail"] for each in page.get("users", [])]


def test_an_account_has_all_its_domains_and_a_domain_its_own(directory: CalendarSimulator) -> None:
    assert emails(asked(directory, "?customer=my_customer")[1]) == [ADMIN, ALICE, "carol@example.org"]
    assert emails(asked(directory, "?domain=example.org")[1]) == ["carol@example.org"]


def test_pages_lead_from_one_to_the_next(directory: CalendarSimulator) -> None:
    users = [f"user{number:03}@example.com" for number in range(250)]
    directory.office.employ(users, [ADMIN])
    found, token = [], ""
    while token is not None:
        _, page = asked(directory, f"?domain=example.com{token and f'&pageToken={token}'}")
        found.append(emails(page))
        token = page.get("nextPageToken")
    assert [len(each) for each in found] == [100, 100, 51]
    assert sum(found, []) == [ADMIN, *users]  # noqa: RUF017 (three)


def test_a_page_never_has_more_than_500(directory: CalendarSimulator) -> None:
    directory.office.employ([f"user{number}@example.com" for number in range(600)], [ADMIN])
    assert len(emails(asked(directory, "?domain=example.com&maxResults=1000")[1])) == 500


def test_a_page_token_is_good_for_three_days_and_for_its_own_list(directory: CalendarSimulator) -> None:
    token = asked(directory, "?customer=my_customer&maxResults=1")[1]["nextPageToken"]
    assert asked(directory, f"?customer=my_customer&pageToken={token}")[0] == 200
    assert asked(directory, f"?domain=example.com&pageToken={token}")[0] == 400
    handle(directory, Call.of("POST", f"/simulator/advance?seconds={3 * 86_400 + 1}"))
    assert asked(directory, f"?customer=my_customer&pageToken={token}")[0] == 400


@pytest.mark.parametrize(
    ("query", "who", "status", "message"),
    [
        ("?domain=example.com", ALICE, 403, "Not Authorized to access this resource/api"),
        ("?domain=example.com", "calendar", 403, "Insufficient Permission"),
        ("?domain=example.com", "nobody", 401, "Invalid Credentials"),
        ("?domain=example.net", ADMIN, 404, "Domain not found"),
        ("/nobody@example.com", ADMIN, 404, "Resource Not Found: userKey"),
        ("", ADMIN, 400, "Invalid Input"),
        ("?domain=example.com&customer=my_customer", ADMIN, 400, "Invalid Input"),
        ("?domain=example.com&maxResults=0", ADMIN, 400, "Invalid Input"),
        ("?domain=example.com&fields=users(shoeSize)", ADMIN, 400, "Invalid field selection shoeSize"),
        ("?domain=example.com&query=isSuspended=false", ADMIN, 501, "does not offer users.list with query"),
    ],
)
def test_what_is_refused(directory: CalendarSimulator, query: str, who: str, status: int, message: str) -> None:
    directory.register_token("calendar", ADMIN, ["https://www.googleapis.com/auth/calendar"])
    refused, body = asked(directory, query, who)
    assert refused == body["error"]["code"] == status
    assert message in body["error"]["message"]


def test_who_is_suspended_or_archived_is_listed_and_who_is_deleted_is_not(directory: CalendarSimulator) -> None:
    directory.office.employ([ALICE, BOB, "carl@example.com"], [ADMIN])
    for user, standing in ((ALICE, "suspended"), (BOB, "archived"), ("carl@example.com", "deleted")):
        handle(directory, Call.of("PUT", f"/simulator/standing?user={user}&standing={standing}"))
    _, page = asked(directory, "?domain=example.com&fields=users(primaryEmail,suspended,archived)")
    assert page["users"] == [
        {"primaryEmail": ADMIN, "suspended": False, "archived": False},
        {"primaryEmail": ALICE, "suspended": True, "archived": False},
        {"primaryEmail": BOB, "suspended": False, "archived": True},
    ]
    assert asked(directory, "/carl@example.com")[0] == 404


def test_a_new_address_keeps_the_id_and_has_the_old_one_as_an_alias(directory: CalendarSimulator) -> None:
    before = asked(directory, f"/{ALICE}")[1]
    directory.office.rename(ALICE, "alice.x@example.com")
    after = asked(directory, f"/{ALICE}")[1]
    assert (after["id"], after["primaryEmail"], after["aliases"]) == (before["id"], "alice.x@example.com", [ALICE])


def test_a_suspended_admin_administers_nothing(directory: CalendarSimulator) -> None:
    directory.office.stand(ADMIN, "suspended")
    assert asked(directory, "?domain=example.com")[0] == 403


def test_who_is_in_the_directory_is_told_at_the_back_door(simulator: CalendarSimulator) -> None:
    body = json.dumps({"users": [ALICE], "admins": [ADMIN]}).encode()
    assert handle(simulator, Call.of("PUT", "/simulator/directory", body=body)).status == 200
    simulator.register_token(ADMIN, ADMIN, [SCOPE])
    assert emails(asked(simulator, "?customer=my_customer")[1]) == [ADMIN, ALICE]
    assert handle(simulator, Call.of("PUT", f"/simulator/standing?user={BOB}&standing=deleted")).status == 400


def test_a_token_is_lent_to_whoever_asks_for_somebody(simulator: CalendarSimulator) -> None:
    lent = handle(
        simulator,
        Call.of(
            "POST",
            "/simulator/lend",
            body=json.dumps({"subject": BOB, "scopes": ["https://www.googleapis.com/auth/calendar"]}).encode(),
        ),
    )
    token = json.loads(lent.body)["accessToken"]
    shown = simulator.handle(Call.of("GET", "/calendar/v3/calendars/primary", {"Authorization": f"Bearer {token}"}))
    assert json.loads(shown.body)["id"] == BOB
