"""Everybody at Google who has a say in whether we get a token, and a Calendar that shows which one it was given."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import requests

from tests.doubles.scripted_http import Reply, ScriptedHttp, json_of

ACCOUNT = "calendar@project.iam.gserviceaccount.com"
ALICE, BOB = "alice@example.com", "bob@example.com"
METADATA = "/computeMetadata/"
CALENDAR = "https://www.googleapis.com/calendar/v3/users/me/settings"


def in_an_hour() -> str:
    return (datetime.now(UTC) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")


def decoded(part: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(part + "=="))


def jwt(claims: object) -> str:
    """Unsigned: whoever reads it here does not check."""
    parts: tuple[object, ...] = ({"alg": "none"}, claims, {})
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)


class Google:
    """IAM, the token endpoint, Calendar and somebody's token service, behind one adapter.

    An access token tells for whom and for what it is, and Calendar answers what it was shown.
    """

    def __init__(self) -> None:
        self.http = ScriptedHttp(self.answer)
        self.claims: list[dict[str, Any]] = []
        self.instead: dict[str, Reply | Exception] = {}
        self.rejected: set[str] = set()

    def answer(self, request: requests.PreparedRequest) -> Reply | Exception:
        url = request.url or ""
        for part, reply in self.instead.items():
            if part in url:
                return reply
        for part, role in self._roles().items():
            if part in url:
                return role(request)
        return Reply(404)

    def _roles(self) -> dict[str, Callable[[requests.PreparedRequest], Reply]]:
        return {
            ":signJwt": self._sign,
            ":generateAccessToken": self._generate,
            "oauth2.googleapis.com/token": self._token,
            METADATA: self._metadata,
            "/lend": self._lend,
            CALENDAR: self._calendar,
        }

    def _sign(self, request: requests.PreparedRequest) -> Reply:
        self.claims.append(json.loads(json_of(request)["payload"]))
        return Reply(200, {"signedJwt": jwt(self.claims[-1])})

    def _generate(self, request: requests.PreparedRequest) -> Reply:
        return Reply(200, {"accessToken": f"itself {json_of(request)['scope']}", "expireTime": in_an_hour()})

    def _token(self, request: requests.PreparedRequest) -> Reply:
        asked = parse_qs(str(request.body, "ascii") if isinstance(request.body, bytes) else request.body)
        if "assertion" not in asked:
            return Reply(200, {"access_token": "refreshed", "expires_in": 3600})
        claims = decoded(asked["assertion"][0].split(".")[1])
        if "target_audience" in claims:
            return Reply(200, {"id_token": jwt({"aud": claims["target_audience"], "exp": 4_000_000_000})})
        return Reply(200, {"access_token": f"{claims['sub']} {claims['scope']}", "expires_in": 3600})

    def _metadata(self, request: requests.PreparedRequest) -> Reply:
        """Of the machine that we run on: who we are, and our own token."""
        token = {"access_token": "our own token", "expires_in": 3600, "token_type": "Bearer"}
        identity = {"email": "us@project.iam.gserviceaccount.com", "scopes": []}
        told = token if "/token" in (request.url or "") else identity
        return Reply(200, told, {"Content-Type": "application/json"})

    def _lend(self, request: requests.PreparedRequest) -> Reply:
        asked = json_of(request)
        token = f"lent {asked['subject']} {' '.join(asked['scopes'])}"
        return Reply(200, {"accessToken": token, "expireTime": in_an_hour()})

    def _calendar(self, request: requests.PreparedRequest) -> Reply:
        shown = request.headers.get("Authorization", "nothing")
        if shown in self.rejected:
            self.rejected.remove(shown)
            return Reply(401)
        return Reply(200, {"shown": shown})

    def asked(self, part: str) -> list[requests.PreparedRequest]:
        return [request for request in self.http.requests if part in (request.url or "")]
