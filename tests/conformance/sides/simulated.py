"""The simulator as a side: in this process, in virtual time."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import requests

from tests.conformance.exchange import Arrival, Asked, Caller, Reply
from tests.conformance.sides.hands import SimulatedHands
from tests.conformance.sides.http import perform, read
from tests.conformance.sides.side import WANTED, Need
from tests.doubles.calendar_simulator import CalendarSimulator, Delivery, SimulatorAdapter, Transport
from tests.doubles.calendar_simulator.discovery import API_ROOT
from tests.doubles.calendar_simulator.token_endpoint import ACCOUNT

_BEGINNING = datetime(2026, 11, 27, 9, tzinfo=UTC)
_STEP = 5.0
_SECONDS = 10
_NARROW = "narrow"
_READS_EVENTS = "https://www.googleapis.com/auth/calendar.events.readonly"
_BEARERS: Mapping[Caller, Mapping[str, str]] = {
    "owner": {},
    "narrow": {"Authorization": f"Bearer {_NARROW}"},
    "nobody": {"Authorization": "Bearer never-given"},
}
_SIGN_JWT = f"https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/{ACCOUNT}:signJwt"
_TOKEN = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
USER: Final = "alice@example.com"


class Simulated:
    name = "simulator"
    offers: frozenset[Need] = frozenset(WANTED)
    webhook = "https://receiver.example.com/messages"

    def __init__(self, **options: Any) -> None:
        self._time = _BEGINNING
        self._arrived: list[Delivery] = []
        self._simulator = CalendarSimulator(self.now)
        self._simulator.configure(**options)
        self._simulator.register_token(_NARROW, USER, (_READS_EVENTS,))
        self._transport = Transport(self._simulator, self._receive)
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.mount("https://", SimulatorAdapter(self._simulator, self._receive))
        self.hands = SimulatedHands(self._simulator, USER)

    def now(self) -> datetime:
        return self._time

    def send(self, asked: Asked) -> Reply:
        reply = perform(self._session, API_ROOT, asked, _BEARERS[asked.caller], _SECONDS)
        self._transport.deliver_due()
        return reply

    def pause(self, seconds: float) -> None:
        end = self._time + timedelta(seconds=seconds)
        while self._time < end:
            self._time = min(end, self._time + timedelta(seconds=_STEP))
            self._transport.deliver_due()

    def arrivals(self, channel_id: str) -> list[Arrival]:
        return [Arrival(each.headers) for each in self._arrived if each.channel_id == channel_id]

    def sign_in(self, ahead_seconds: int) -> Reply:
        issued = int(self.now().timestamp()) + ahead_seconds
        claims = {"iss": ACCOUNT, "sub": USER, "scope": _READS_EVENTS, "iat": issued, "exp": issued + 3600}
        signed = read(self._session.post(_SIGN_JWT, json={"payload": json.dumps(claims)}))
        if signed.status != 200:
            return signed
        return read(self._session.post(_TOKEN, data={"assertion": signed.body["signedJwt"]}))

    def public_calendar(self) -> str:
        return self.hands.public_calendar()

    def grant_grace(self) -> None:
        """What quirks make of the end of a run proves nothing."""
        self._simulator.calm()

    def _receive(self, delivery: Delivery) -> int | None:
        self._arrived.append(delivery)
        return 200
