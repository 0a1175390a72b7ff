# google-auth says that it is typed, and is in part:
# mypy: allow-untyped-calls

import gc
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from google.auth import compute_engine
from google.auth.credentials import Credentials
from google.auth.exceptions import DefaultCredentialsError, GoogleAuthError, RefreshError
from google.oauth2.credentials import Credentials as UserCredentials
from requests.adapters import HTTPAdapter

from calendar_watch.calendar_api.credentials import (
    Access,
    Sessions,
    anonymous,
    application_default,
    as_itself,
    delegated,
    sessions,
    token_service,
)
from calendar_watch.errors import CalendarWatchError, RefusedError, TryLaterError
from calendar_watch.reasons import Reason
from tests.doubles.scripted_google import ACCOUNT, ALICE, BOB, CALENDAR, METADATA, Google, decoded
from tests.doubles.scripted_http import Reply, json_of

SCOPE = "https://www.googleapis.com/auth/calendar.acls.readonly"
OTHER_SCOPE = "https://www.googleapis.com/auth/calendar.settings.readonly"
LENDER = "https://tokens.example.com/lend"


@pytest.fixture
def google() -> Google:
    return Google()


def own() -> Credentials:
    return UserCredentials("our own token")


def shown_by(session: requests.Session) -> Any:
    return session.get(CALENDAR, timeout=5).json()["shown"]


# Delegated


def test_a_delegated_session_acts_for_its_subject_and_within_its_scope_only(google: Google) -> None:
    session = Sessions(delegated(ACCOUNT, own), google.http)(ALICE, SCOPE)
    assert shown_by(session) == f"Bearer {ALICE} {SCOPE}"
    [claims] = google.claims
    assert (claims["iss"], claims["sub"], claims["scope"]) == (ACCOUNT, ALICE, SCOPE)
    assert claims["aud"] == "https://oauth2.googleapis.com/token"
    assert 0 < claims["exp"] - claims["iat"] <= 3600


def test_iam_signs_for_the_one_account_and_sees_our_own_token(google: Google) -> None:
    shown_by(Sessions(delegated(ACCOUNT, own), google.http)(ALICE, SCOPE))
    [request] = google.asked(":signJwt")
    assert f"/serviceAccounts/{ACCOUNT}:signJwt" in str(request.url)
    assert request.headers["Authorization"] == "Bearer our own token"


def test_a_token_is_fetched_once_and_used_until_it_expires(google: Google) -> None:
    all_sessions = Sessions(delegated(ACCOUNT, own), google.http)
    for _ in range(3):
        shown_by(all_sessions(ALICE, SCOPE))
    assert len(google.claims) == 1


def test_a_token_that_calendar_no_longer_takes_is_replaced_once(google: Google) -> None:
    session = Sessions(delegated(ACCOUNT, own), google.http)(ALICE, SCOPE)
    google.rejected = {f"Bearer {ALICE} {SCOPE}"}
    assert shown_by(session) == f"Bearer {ALICE} {SCOPE}"
    assert len(google.claims) == 2
    google.instead = {CALENDAR: Reply(401)}
    assert session.get(CALENDAR, timeout=5).status_code == 401
    assert len(google.claims) == 3


def test_our_own_credentials_are_looked_for_on_first_use_and_once(google: Google) -> None:
    found = []

    def source() -> Credentials:
        found.append("found")
        return own()

    all_sessions = Sessions(delegated(ACCOUNT, source), google.http)
    assert found == []
    for subject in (ALICE, BOB):
        all_sessions(subject, SCOPE)
    assert found == ["found"]


def test_own_credentials_that_were_not_there_are_looked_for_again(google: Google) -> None:
    failures = [DefaultCredentialsError("the metadata server is not up yet")]

    def source() -> Credentials:
        if failures:
            raise failures.pop()
        return own()

    all_sessions = Sessions(delegated(ACCOUNT, source), google.http)
    with pytest.raises(DefaultCredentialsError):
        all_sessions(ALICE, SCOPE)
    assert shown_by(all_sessions(ALICE, SCOPE)) == f"Bearer {ALICE} {SCOPE}"


def test_delegation_without_a_subject_would_be_somebody_else_and_is_refused(google: Google) -> None:
    for nobody in (None, ""):
        with pytest.raises(RefusedError) as caught:
            Sessions(delegated(ACCOUNT, own), google.http)(nobody, SCOPE)
        assert caught.value.reason is Reason.SUBJECT_NOT_ALLOWED


def test_a_withdrawn_grant_reaches_the_caller_as_google_words_it(google: Google) -> None:
    said = {"error": "unauthorized_client", "error_description": "Client is unauthorized"}
    google.instead = {"oauth2.googleapis.com/token": Reply(401, said)}
    with pytest.raises(RefreshError) as caught:
        shown_by(Sessions(delegated(ACCOUNT, own), google.http)(ALICE, SCOPE))
    assert caught.value.args == ("unauthorized_client: Client is unauthorized", said)


# As the service account itself


def test_the_service_account_acts_for_itself_without_a_subject(google: Google) -> None:
    session = Sessions(as_itself(ACCOUNT, own), google.http)(None, SCOPE)
    assert shown_by(session) == f"Bearer itself {[SCOPE]}"
    [request] = google.asked(":generateAccessToken")
    assert f"/serviceAccounts/{ACCOUNT}:" in str(request.url)
    assert google.claims == []


def test_the_service_account_refuses_to_pass_for_a_subject(google: Google) -> None:
    with pytest.raises(RefusedError) as caught:
        Sessions(as_itself(ACCOUNT, own), google.http)(ALICE, SCOPE)
    assert caught.value.reason is Reason.SUBJECT_NOT_ALLOWED


# With lent tokens


@pytest.fixture
def on_google_cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in for the metadata server with a service account's key file, which google-auth asks first."""
    key = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
    account = {
        "type": "service_account",
        "client_email": "us@project.iam.gserviceaccount.com",
        "private_key": key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
        "token_uri": "https://oauth2.googleapis.com/token",
    }
    (tmp_path / "key.json").write_text(json.dumps(account), encoding="utf-8")
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "key.json"))


@pytest.mark.usefixtures("on_google_cloud")
def test_the_token_service_sees_who_asks_for_whom_and_for_what(google: Google) -> None:
    all_sessions = Sessions(token_service(LENDER), google.http)
    assert shown_by(all_sessions(ALICE, SCOPE)) == f"Bearer lent {ALICE} {SCOPE}"
    assert shown_by(all_sessions(BOB, OTHER_SCOPE)) == f"Bearer lent {BOB} {OTHER_SCOPE}"
    first, second = google.asked("/lend")
    assert (first.method, json_of(first)) == ("POST", {"subject": ALICE, "scopes": [SCOPE]})
    assert json_of(second) == {"subject": BOB, "scopes": [OTHER_SCOPE]}
    for request in (first, second):
        scheme, identity = request.headers["Authorization"].split()
        assert (scheme, decoded(identity.split(".")[1])["aud"]) == ("Bearer", LENDER)
    assert len(google.asked("oauth2.googleapis.com")) == 1, "our ID token serves for all users"


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080/lend", "http://localhost:8080/lend"])
def test_a_token_service_on_loopback_gets_no_id_token(google: Google, url: str) -> None:
    session = Sessions(token_service(url), google.http)(ALICE, SCOPE)
    assert shown_by(session) == f"Bearer lent {ALICE} {SCOPE}"
    [request] = google.asked("/lend")
    assert "Authorization" not in request.headers


def lent(google: Google, reply: Reply | Exception) -> Any:
    google.instead = {"/lend": reply}
    return shown_by(Sessions(token_service("http://127.0.0.1:8080/lend"), google.http)(ALICE, SCOPE))


@pytest.mark.parametrize("status", [403, 404])
def test_a_user_whom_the_token_service_does_not_know_is_refused(google: Google, status: int) -> None:
    with pytest.raises(RefusedError) as caught:
        lent(google, Reply(status, b"internal words"))
    assert caught.value.reason is Reason.AUTHORIZATION_REVOKED
    assert "internal words" not in caught.value.detail


@pytest.mark.parametrize(
    "reply",
    [
        Reply(500),
        Reply(401),
        Reply(302, None, {"Location": "http://127.0.0.1:8080/login"}),
        Reply(204),
        Reply(200, b"<html>"),
        Reply(200, []),
        Reply(200, {"expireTime": "2026-11-20T11:00:00Z"}),
        Reply(200, {"accessToken": "token"}),
        Reply(200, {"accessToken": "token", "expireTime": 1}),
        Reply(200, {"accessToken": "token", "expireTime": "soon"}),
        Reply(200, {"accessToken": "token", "expireTime": "2026-11-20T11:00:00"}),
    ],
)
def test_any_other_failure_of_the_token_service_is_for_later(google: Google, reply: Reply) -> None:
    with pytest.raises(TryLaterError):
        lent(google, reply)
    assert len(google.http.requests) == 1


def test_a_token_service_that_cannot_be_reached_is_an_error_of_the_transport(google: Google) -> None:
    with pytest.raises(GoogleAuthError):
        lent(google, requests.ConnectionError())


@pytest.mark.parametrize("spelled", ["2999-01-01T00:00:00Z", "2999-01-01T02:00:00.123456789+02:00"])
def test_the_end_of_a_lent_token_may_be_spelled_in_any_way_of_rfc_3339(google: Google, spelled: str) -> None:
    assert lent(google, Reply(200, {"accessToken": "token", "expireTime": spelled})) == "Bearer token"


@pytest.mark.parametrize("hours", [-10, 0, 10])
def test_a_lent_token_is_replaced_when_it_expires_wherever_its_service_is(google: Google, hours: int) -> None:
    there = timezone(timedelta(hours=hours))
    over = (datetime.now(UTC) - timedelta(minutes=1)).astimezone(there).isoformat()
    google.instead = {"/lend": Reply(200, {"accessToken": "old", "expireTime": over})}
    session = Sessions(token_service("http://127.0.0.1:8080/lend"), google.http)(ALICE, SCOPE)
    shown_by(session)
    google.instead = {}
    assert shown_by(session) == f"Bearer lent {ALICE} {SCOPE}"


def test_nobody_lends_a_token_for_nobody(google: Google) -> None:
    with pytest.raises(RefusedError):
        Sessions(token_service(LENDER), google.http)(None, SCOPE)


# Anonymous


def test_an_anonymous_session_shows_nothing(google: Google) -> None:
    for subject in (ALICE, None):
        assert shown_by(Sessions(anonymous, google.http)(subject, SCOPE)) == "nothing"


# All modes


MODES: dict[str, Access] = {
    "delegated": delegated(ACCOUNT, own),
    "token_service": token_service("http://127.0.0.1:8080/lend"),
}


@pytest.mark.parametrize("mode", MODES)
def test_two_subjects_never_share_a_session_nor_a_token(google: Google, mode: str) -> None:
    all_sessions = Sessions(MODES[mode], google.http)
    pairs = [(subject, scope) for subject in (ALICE, BOB) for scope in (SCOPE, OTHER_SCOPE)]
    for subject, scope in pairs * 2:
        assert shown_by(all_sessions(subject, scope)).endswith(f"{subject} {scope}")


@pytest.mark.uncounted
@pytest.mark.parametrize("mode", MODES)
def test_threads_share_one_token_for_one_subject_and_get_the_right_one_for_each(google: Google, mode: str) -> None:
    all_sessions = Sessions(MODES[mode], google.http)
    subjects = [f"user{number % 20}@example.com" for number in range(200)]
    with ThreadPoolExecutor(16) as pool:
        shown = list(pool.map(lambda subject: shown_by(all_sessions(subject, SCOPE)), subjects))
    assert [each.endswith(f"{subject} {SCOPE}") for each, subject in zip(shown, subjects, strict=True)] == [True] * 200
    assert len(google.asked(":signJwt")) + len(google.asked("/lend")) == 20


def test_only_the_tokens_used_last_are_kept(google: Google) -> None:
    all_sessions = Sessions(delegated(ACCOUNT, own), google.http, most=2)
    for subject in (ALICE, BOB, ALICE, "carol@example.com", ALICE, BOB):
        shown_by(all_sessions(subject, SCOPE))
    assert [each["sub"] for each in google.claims] == [ALICE, BOB, "carol@example.com", BOB]


def test_a_token_is_replaced_shortly_before_its_end(google: Google) -> None:
    now = datetime.now(UTC)
    all_sessions = Sessions(delegated(ACCOUNT, own), google.http, now=lambda: now)
    for seconds, signed in ((0, 1), (3500, 1), (50, 2)):
        now += timedelta(seconds=seconds)
        assert shown_by(all_sessions(ALICE, SCOPE)) == f"Bearer {ALICE} {SCOPE}"
        assert len(google.claims) == signed


def test_a_refused_signing_is_not_kept(google: Google) -> None:
    all_sessions = Sessions(delegated(ACCOUNT, own), google.http)
    google.instead = {":signJwt": Reply(403)}
    for _ in range(2):
        with pytest.raises(RefreshError):
            shown_by(all_sessions(ALICE, SCOPE))
    assert len(google.asked(":signJwt")) == 2
    google.instead = {}
    assert shown_by(all_sessions(ALICE, SCOPE)) == f"Bearer {ALICE} {SCOPE}"


def test_a_token_that_calendar_refuses_is_not_shown_again_while_no_other_can_be_had(google: Google) -> None:
    all_sessions = Sessions(delegated(ACCOUNT, own), google.http)
    shown_by(all_sessions(ALICE, SCOPE))
    google.instead = {CALENDAR: Reply(401), ":signJwt": Reply(403)}
    for _ in range(2):
        with pytest.raises(RefreshError):
            shown_by(all_sessions(ALICE, SCOPE))
    assert len(google.asked(CALENDAR)) == 2


def test_on_google_cloud_our_own_token_serves_for_all_subjects_and_scopes(google: Google) -> None:
    machine = compute_engine.Credentials(universe_domain="googleapis.com")
    all_sessions = Sessions(delegated(ACCOUNT, lambda: machine), google.http)
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda number: shown_by(all_sessions(f"user{number}@example.com", SCOPE)), range(50)))
    asked = [len(google.asked(part)) for part in (METADATA, ":signJwt", "oauth2.googleapis.com/token", CALENDAR)]
    assert asked == [2, 50, 50, 50]


def test_dropping_a_session_leaves_the_others_their_connections(google: Google) -> None:
    closed = []
    google.http.close = lambda: closed.append("closed")  # type: ignore[method-assign] # to hear of it
    all_sessions = Sessions(delegated(ACCOUNT, own), google.http, most=1)
    for subject in (ALICE, BOB, ALICE):
        shown_by(all_sessions(subject, SCOPE))
    gc.collect()
    assert closed == []
    all_sessions.close()
    assert closed == ["closed"]


def test_all_sessions_share_one_pool_that_never_repeats_a_request_by_itself() -> None:
    all_sessions = Sessions(anonymous)
    adapters = [all_sessions(subject, SCOPE).get_adapter(url) for subject in (ALICE, BOB) for url in (CALENDAR, LENDER)]
    adapter = adapters[0]
    assert all(each is adapter for each in adapters)
    assert isinstance(adapter, HTTPAdapter)
    assert adapter.max_retries.total == 0
    all_sessions.close()


def test_fetching_a_token_is_bounded_whatever_time_the_call_has(google: Google) -> None:
    Sessions(delegated(ACCOUNT, own), google.http)(ALICE, SCOPE).get(CALENDAR, timeout=(5, 15))
    assert google.http.timeouts == [(3.0, 5.0), (3.0, 5.0), (5, 15)]


@pytest.mark.parametrize("mode", ["delegated", "service_account", "token_service", "anonymous"])
def test_every_mode_can_be_chosen_by_name_and_asks_nothing_until_it_is_used(mode: str) -> None:
    sessions(mode, ACCOUNT, LENDER).close()


@pytest.mark.usefixtures("user_credentials")
def test_each_name_means_its_mode() -> None:
    subjects = {"delegated": ALICE, "service_account": None, "token_service": ALICE, "anonymous": None}
    for mode, subject in subjects.items():
        chosen = sessions(mode, ACCOUNT, LENDER)
        chosen(subject, SCOPE)
        chosen.close()
    for mode in ("delegated", "token_service"):
        with pytest.raises(CalendarWatchError):
            sessions(mode, ACCOUNT, LENDER)(None, SCOPE)
    with pytest.raises(CalendarWatchError):
        sessions("service_account", ACCOUNT, LENDER)(ALICE, SCOPE)


@pytest.fixture
def user_credentials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What `gcloud auth application-default login` leaves on a developer's machine."""
    given = {"type": "authorized_user", "client_id": "id", "client_secret": "secret", "refresh_token": "refresh"}
    (tmp_path / "user.json").write_text(json.dumps(given), encoding="utf-8")
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "user.json"))
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "project")


@pytest.mark.usefixtures("user_credentials")
def test_our_own_credentials_are_those_of_the_machine(google: Google) -> None:
    shown_by(Sessions(delegated(ACCOUNT, application_default), google.http)(ALICE, SCOPE))
    [request] = google.asked(":signJwt")
    assert request.headers["Authorization"] == "Bearer refreshed"


def test_no_secret_shows_when_credentials_are_printed(google: Google) -> None:
    session = Sessions(MODES["token_service"], google.http)(ALICE, SCOPE)
    shown_by(session)
    for printed in (repr(session), repr(vars(session)["credentials"])):
        assert "lent" not in printed
