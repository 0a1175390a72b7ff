"""IAM and the token endpoint, in process and under google-auth."""

# google-auth says that it is typed, and is in part:
# mypy: allow-untyped-calls

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from google.auth.exceptions import RefreshError
from google.auth.impersonated_credentials import Credentials
from google.auth.transport.requests import AuthorizedSession, Request
from google.oauth2.credentials import Credentials as OwnCredentials

from tests.doubles.calendar_simulator import CalendarSimulator, Call, Options, SimulatorAdapter
from tests.doubles.calendar_simulator.token_endpoint import Granted

TEN = datetime(2026, 11, 20, 10, tzinfo=UTC)
ALICE, BOB = "alice@example.com", "bob@example.com"
SCOPE = "https://www.googleapis.com/auth/calendar"
ACCOUNT = "calendar-watch@project.iam.gserviceaccount.com"


@pytest.fixture
def real() -> CalendarSimulator:
    """google-auth dates its claims by the machine's clock."""
    return CalendarSimulator(lambda: datetime.now(UTC))


@pytest.fixture
def session(real: CalendarSimulator) -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.mount("https://", SimulatorAdapter(real))
        yield session


def delegated(session: requests.Session, subject: str | None = BOB) -> AuthorizedSession:
    credentials = Credentials(OwnCredentials("our own token"), ACCOUNT, [SCOPE], subject=subject)
    authorized = AuthorizedSession(credentials, auth_request=Request(session))
    authorized.mount("https://", session.get_adapter("https://"))
    return authorized


def said(granted: Granted) -> tuple[str, int, Any]:
    body = json.loads(granted.answer.body)
    return granted.by, granted.answer.status, body.get("error")


def test_google_auth_gets_a_token_and_calls_with_it(real: CalendarSimulator, session: requests.Session) -> None:
    answer = delegated(session).get("https://www.googleapis.com/calendar/v3/calendars/primary", timeout=5)

    assert answer.json()["id"] == BOB
    assert [(call.method_id, call.user, call.status) for call in real.calls] == [("calendar.calendars.get", BOB, 200)]


def test_a_service_account_may_act_as_itself(session: requests.Session) -> None:
    answer = delegated(session, None).get("https://www.googleapis.com/calendar/v3/calendars/primary", timeout=5)

    assert answer.json()["id"] == ACCOUNT


def test_a_token_is_good_for_an_hour(real: CalendarSimulator, session: requests.Session) -> None:
    authorized = delegated(session)
    url = "https://www.googleapis.com/calendar/v3/calendars/primary"
    token = authorized.get(url, timeout=5).request.headers["Authorization"]
    real.advance(timedelta(hours=1))

    assert session.get(url, headers={"Authorization": token}, timeout=5).status_code == 401


@pytest.mark.parametrize(
    ("number", "about", "text"),
    [
        ("Q13", "example.com", "unauthorized_client: Client is unauthorized to retrieve access tokens"),
        ("Q15", "iam, always", "Unable to acquire impersonated credentials"),
        ("Q61", BOB, "invalid_"),
        ("Q63", "iam", "Unable to acquire impersonated credentials"),
    ],
)
def test_google_auth_raises_what_it_raises_with_the_real_one(
    real: CalendarSimulator, session: requests.Session, number: str, about: str, text: str
) -> None:
    real.quirks.begin_spell(number, about, real.now(), 600)

    with pytest.raises(RefreshError, match=text):
        delegated(session).get("https://www.googleapis.com/calendar/v3/calendars/primary", timeout=5)
    assert real.quirks.reached == {number: 1}


def test_q13_a_domain_is_refused_and_others_are_not(simulator: CalendarSimulator) -> None:
    simulator.quirks.begin_spell("Q13", "example.com", TEN, 600)

    assert said(simulator.grant(ALICE, SCOPE, TEN)) == ("token", 401, "unauthorized_client")
    assert said(simulator.grant("carol@example.org", SCOPE, TEN)) == ("token", 200, None)


def test_a_scope_that_is_not_delegated_is_refused_and_others_are_not() -> None:
    simulator = CalendarSimulator(lambda: TEN, options=Options(undelegated_scopes=(SCOPE,)))

    assert said(simulator.grant(ALICE, SCOPE, TEN)) == ("token", 401, "unauthorized_client")
    assert said(simulator.grant(ALICE, f"{SCOPE}.readonly", TEN)) == ("token", 200, None)


def test_q13_while_a_grant_spreads_ever_fewer_are_refused() -> None:
    now = TEN
    simulator = CalendarSimulator(lambda: now)
    simulator.quirks.begin_spell("Q13", "grant example.com", TEN, 6 * 3600)
    refused = []
    for _ in range(4):
        refused.append(sum(simulator.grant(ALICE, SCOPE, now).answer.status == 401 for _ in range(100)))
        now += timedelta(hours=2)

    assert refused[0] == 100
    assert refused[0] > refused[1] > refused[2] > refused[3] == 0


@pytest.mark.parametrize(("minutes", "status"), [(0, 200), (4, 200), (6, 400), (-4, 200), (-6, 400)])
def test_q14_a_clients_wrong_clock_is_refused(simulator: CalendarSimulator, minutes: int, status: int) -> None:
    granted = simulator.grant(ALICE, SCOPE, simulator.now() + timedelta(minutes=minutes))

    assert granted.answer.status == status
    assert status == 200 or "Invalid JWT" in granted.answer.body.decode()
    assert not simulator.quirks.reached


@pytest.mark.parametrize("how", ["ahead", "behind"])
def test_q14_so_is_a_right_one_while_the_endpoints_own_is_wrong(simulator: CalendarSimulator, how: str) -> None:
    simulator.quirks.begin_spell("Q14", f"clock {how}", simulator.now(), 600)

    assert said(simulator.grant(ALICE, SCOPE, simulator.now())) == ("token", 400, "invalid_grant")
    assert simulator.quirks.reached == {"Q14": 1}
    simulator.advance(timedelta(minutes=10))
    assert said(simulator.grant(ALICE, SCOPE, simulator.now())) == ("token", 200, None)


def test_q14_by_itself_both_happen(simulator: CalendarSimulator) -> None:
    simulator.configure(quirks={"Q14": 0.2})
    bodies = [simulator.grant(ALICE, SCOPE, simulator.now()).answer.body.decode() for _ in range(100)]

    assert {"Bad Request" in body for body in bodies} == {True, False}
    assert any("Invalid JWT" in body for body in bodies)


def test_q15_iam_refuses_to_sign_every_other_time_for_seven_minutes(simulator: CalendarSimulator) -> None:
    simulator.quirks.begin_spell("Q15", "iam", simulator.now(), 420)
    answers = [simulator.grant(ALICE, SCOPE, simulator.now()) for _ in range(50)]

    assert {(granted.by, granted.answer.status) for granted in answers} == {("signJwt", 403), ("token", 200)}
    simulator.advance(timedelta(minutes=7))
    assert {simulator.grant(ALICE, SCOPE, simulator.now()).answer.status for _ in range(20)} == {200}


def test_q62_errors_that_pass_and_one_that_stays_for_a_subject(simulator: CalendarSimulator) -> None:
    simulator.configure(quirks={"Q62": 0.5})
    everybody = [simulator.grant(f"u{number}@example.com", SCOPE, simulator.now()) for number in range(200)]

    assert {"internal_failure", "invalid_grant", "access_denied", "deleted_client", "invalid_scope"} <= {
        said(granted)[2] for granted in everybody
    }
    simulator.configure(quirks={})
    simulator.quirks.begin_spell("Q62", ALICE, simulator.now(), 600)
    assert len({simulator.grant(ALICE, SCOPE, simulator.now()).answer.body for _ in range(9)}) == 1


@pytest.mark.parametrize(("about", "by"), [("iam", "signJwt"), ("token", "token")])
def test_q63_each_of_the_two_breaks_in_html(simulator: CalendarSimulator, about: str, by: str) -> None:
    simulator.quirks.begin_spell("Q63", about, simulator.now(), 600)
    granted = simulator.grant(ALICE, SCOPE, simulator.now())

    assert (granted.by, granted.answer.status) == (by, 502)
    assert granted.answer.body.startswith(b"<!DOCTYPE html>")


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/token", "grant_type=refresh_token", 400),
        ("/token", "assertion=nonsense", 400),
        ("/token", "assertion=e30.e30.e30", 400),
        (f"/v1/projects/-/serviceAccounts/{ACCOUNT}:signJwt", "{", 400),
        (f"/v1/projects/-/serviceAccounts/{ACCOUNT}:signJwt", '{"payload": "{}"}', 400),
        (f"/v1/projects/-/serviceAccounts/{ACCOUNT}:nosuch", "{}", 404),
    ],
)
def test_what_makes_no_sense_is_refused(simulator: CalendarSimulator, path: str, body: str, status: int) -> None:
    assert simulator.handle(Call.of("POST", path, body=body.encode())).status == status
