"""The code that speaks to Google, against the simulator in Google's place."""

# google-auth says that it is typed, and is in part:
# mypy: allow-untyped-calls

import base64
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, quote

import pytest
import requests
from google.auth.credentials import Credentials, Signing
from google.auth.exceptions import RefreshError
from google.oauth2.credentials import Credentials as WithToken

from tests.conformance import table
from tests.conformance.__main__ import main
from tests.conformance.claims import CLAIMS
from tests.conformance.exchange import Asked, Exchange
from tests.conformance.publishing import publish
from tests.conformance.recording import recordings
from tests.conformance.run import hold
from tests.conformance.sides.budget import Budget
from tests.conformance.sides.google import Choices, Google
from tests.conformance.sides.hands import SimulatedHands
from tests.conformance.sides.simulated import USER
from tests.doubles.calendar_simulator import CalendarSimulator, Delivery, SimulatorAdapter, Transport
from tests.doubles.scripted_http import Reply, ScriptedHttp

HOOK, ARRIVALS = "https://receiver.example.com/messages", "https://arrivals.example.com/lines"
EVERYTHING = Choices(HOOK, ARRIVALS, lifetimes=True)
HOLIDAYS = "en.usa#holiday@group.v.calendar.google.com"


class Place:
    """What Google is to the code under test; time passes only by sleeping."""

    def __init__(self, seconds_a_call: float = 0.0) -> None:
        self.at = datetime(2026, 11, 27, 9, tzinfo=UTC)
        self.seconds_a_call = seconds_a_call
        self.simulator = CalendarSimulator(self.now)
        self._came: list[Delivery] = []
        self._transport = Transport(self.simulator, self._receive)
        self._answers = SimulatorAdapter(self.simulator, self._receive)
        self.network = ScriptedHttp(self._answer)
        self._holidays = SimulatedHands(self.simulator, USER).public_calendar()

    def now(self) -> datetime:
        return self.at

    def budget(self) -> Budget:
        return Budget(self._seconds, self.sleep)

    def _seconds(self) -> float:
        return self.at.timestamp()

    def sleep(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
        self._transport.deliver_due()

    def access(self, scopes: Sequence[str]) -> Credentials:
        self.simulator.register_token(scopes[0], USER, scopes)
        return WithToken(scopes[0])

    def _receive(self, delivery: Delivery) -> int | None:
        self._came.append(delivery)
        return 200

    def _answer(self, request: requests.PreparedRequest) -> Reply:
        if request.url == ARRIVALS:
            return Reply(200, "\n".join(json.dumps({"headers": dict(each.headers)}) for each in self._came).encode())
        self.sleep(self.seconds_a_call)
        response = self._answers.send(self._with(request))
        self._transport.deliver_due()
        body = response.content.replace(self._holidays.encode(), HOLIDAYS.encode())
        return Reply(response.status_code, body, dict(response.headers))

    def _with(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """The holidays have another id in the simulator."""
        asked = request.copy()
        asked.url = (request.url or "").replace(quote(HOLIDAYS, safe=""), self._holidays)
        asked.body = (request.body or b"").replace(HOLIDAYS.encode(), self._holidays.encode())  # type: ignore[arg-type]
        return asked


def _google(place: Place, choices: Choices) -> Google:
    return Google(place.access, choices, place.budget(), place.network, place.now)


def test_with_everything_given_only_what_needs_hands_or_a_key_is_skipped() -> None:
    report = hold(_google(Place(), EVERYTHING), CLAIMS, "0a1b2c")

    assert [
        (each.claim.name, each.seen) for each in report.outcomes if each.verdict in ("disagrees", "not judged")
    ] == []
    assert {need for each in report.outcomes if each.verdict == "skipped" for need in each.claim.needs} == {
        *("hands", "tokens"),
    }
    assert report.left == []


def test_the_table_is_dated_and_neither_it_nor_the_recording_has_an_id_in_it(tmp_path: Path) -> None:
    report = hold(_google(Place(), EVERYTHING), CLAIMS, "0a1b2c")
    event_ids = {each.reply.body["id"] for each in report.exchanges if _made_an_event(each)}

    publish(report, "2026-11-27", tmp_path / "google.md", tmp_path / "recordings" / "google")

    told = (tmp_path / "google.md").read_text(encoding="utf-8")
    (recorded,) = recordings(tmp_path / "recordings")
    assert told.splitlines()[2].startswith(f"Google, 2026-11-27: {len(CLAIMS) - told.count('| skipped |')} agrees")
    assert not recorded.made_up
    assert len(event_ids) > 50
    assert [each for each in event_ids if each in told or each in str(recorded)] == []


def _made_an_event(exchange: Exchange) -> bool:
    return exchange.asked.method == "POST" and exchange.reply.status == 200 and exchange.asked.path.endswith("/events")


def test_without_credentials_a_sentence_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "none.json"))

    assert main(["--side", "google"]) == 2
    assert "there are no credentials for Google" in capsys.readouterr().err


def test_without_a_webhook_the_claims_about_channels_and_messages_are_skipped_and_say_why() -> None:
    report = hold(_google(Place(), Choices()), CLAIMS, "0a1b2c")

    skipped = [each for each in report.outcomes if each.verdict == "skipped"]
    assert {"webhook", "arrivals"} <= {need for each in skipped for need in each.claim.needs}
    assert all(each.seen.startswith("needs ") for each in skipped)
    assert "WEBHOOK=https://" in table.rendered("Google", "2026-11-27", report.outcomes)
    assert sum(each.verdict == "agrees" for each in report.outcomes) > 80


def test_a_slow_google_takes_twenty_minutes_at_most_and_everything_is_cleaned_up() -> None:
    place = Place(seconds_a_call=6)
    began = place.at

    report = hold(_google(place, EVERYTHING), CLAIMS, "0a1b2c")

    assert place.at - began <= timedelta(minutes=20)
    assert {each.verdict for each in report.outcomes} >= {"agrees", "not judged"}
    assert report.left == []
    assert place.simulator.live_channels() == []


def test_a_google_that_gives_no_token_is_not_judged() -> None:
    class Refusing(WithToken):
        def before_request(self, *_: object) -> None:
            raise RefreshError("no")

    side = Google(lambda _: Refusing("t"), Choices(), Budget())

    assert side.send(Asked("GET", "users/me/settings")).said == "0 no token: RefreshError"


class Key(Credentials, Signing):
    """Of a service account."""

    signer_email = "robot@project.iam.gserviceaccount.com"
    signer = None

    def sign_bytes(self, message: bytes) -> bytes:
        return message[:3]

    def refresh(self, _: object) -> None:
        raise NotImplementedError


def test_a_service_account_signs_claims_for_itself_and_nobody_else() -> None:
    network = ScriptedHttp(lambda _: Reply(400, {"error": "invalid_grant"}))
    side = Google(lambda _: Key(), Choices(), Budget(), network)

    assert side.sign_in(0).said == "400 invalid_grant"
    assert "tokens" in side.offers
    (request,) = network.requests
    (assertion,) = parse_qs(str(request.body))["assertion"]
    claims = json.loads(base64.urlsafe_b64decode(assertion.split(".")[1] + "=="))
    assert request.url == "https://oauth2.googleapis.com/token"
    assert claims["iss"] == Key.signer_email
    assert "sub" not in claims


def test_an_arrival_is_a_line_of_json() -> None:
    lines = [{"headers": {"x-goog-channel-id": "a"}}, {"headers": {"X-Goog-Channel-ID": "b"}, "body": "?"}]
    network = ScriptedHttp(lambda _: Reply(200, "\n\n".join(map(json.dumps, lines)).encode()))
    side = Google(lambda _: Key(), EVERYTHING, Budget(), network)

    assert [each.body for each in side.arrivals("b")] == ["?"]


def test_messages_can_be_told_of_only_where_one_may_read_what_arrived() -> None:
    offers = [Google(lambda _: WithToken("t"), choices, Budget()).offers for choices in (Choices(HOOK), EVERYTHING)]

    assert offers == [{"webhook"}, {"webhook", "arrivals", "lifetimes"}]
